"""The requests that the data types are measured by: what fills a value, and what is asked of it."""

import itertools
import sys

import results

sys.path.insert(0, str(results.ROOT / "integration"))
from processes import Client, encoded  # noqa: E402

VALUE = "v" * 32
# What fills the values that the rows ask; "%k" is a number of 16 digits below that of the elements.
FILLED = {"hash": ("HSET", "hash", "%k", VALUE), "set": ("SADD", "set", "%k"),
          "zset": ("ZADD", "zset", "%k", "%k"), "list": ("RPUSH", "list", VALUE)}
ROWS = [("LPUSH", ("LPUSH", "pushed", VALUE)), ("LPOP", ("LPOP", "list")),
        ("HSET", FILLED["hash"]), ("HGET", ("HGET", "hash", "%k")),
        ("SADD", FILLED["set"]), ("SISMEMBER", ("SISMEMBER", "set", "%k")),
        ("ZADD", FILLED["zset"]), ("ZRANK", ("ZRANK", "zset", "%k")),
        ("ZRANGE of 10", ("ZRANGE", "zset", "10000", "10009")),
        ("XADD", ("XADD", "stream", "*", "field", VALUE)),
        ("XRANGE of 10", ("XRANGE", "stream", "-", "+", "COUNT", "10"))]


def send(server, requests):
    """Sends every request, a thousand at a time; each is answered in a line, XADD in two."""
    with Client(("127.0.0.1", server.port)) as client:
        requests = iter(requests)
        while batch := list(itertools.islice(requests, 1000)):
            client.socket.sendall(b"".join(encoded(*request) for request in batch))
            awaited = len(batch) * (2 if batch[0][0] == "XADD" else 1)
            while awaited > 0:
                answer = client.socket.recv(1 << 20)
                if not answer or answer.startswith(b"-"):
                    raise RuntimeError(f"{batch[0]}: {answer[:100]!r}")
                awaited -= answer.count(b"\n")


def pour(server, words, elements):
    """Fills a value: the words once for each of its elements."""
    send(server, ([word.replace("%k", f"{n:016}") for word in words] for n in range(elements)))
