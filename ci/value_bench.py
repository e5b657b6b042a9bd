"""The rows of ci/bench about the data types: CPU time a request on large values, memory an element."""

import os
import statistics

from measured import Ours, Real, Work, in_turn, loaded, resident, spread
from value_rows import FILLED, ROWS, VALUE, pour, send

MILLION = 1_000_000
# What one element of a value adds, and the bytes of it that are the caller's own.
ELEMENTS = {"list": (lambda n: ("RPUSH", VALUE), 32),
            "hash": (lambda n: ("HSET", f"{n:016}", VALUE), 48),
            "set": (lambda n: ("SADD", f"member:{n:09}"), 16),
            "set of integers": (lambda n: ("SADD", str(n * 7)), 0),
            "sorted set": (lambda n: ("ZADD", str(n), f"member:{n:09}"), 24),
            "stream": (lambda n: ("XADD", f"{n + 1}-0", "field", VALUE), 32)}


def requests(rounds, scale):
    rows = []
    with Ours.start() as ours, Real.start() as real:
        servers = {"ours": ours, "real": real}
        for server in servers.values():
            os.sched_setaffinity(server.pid, {0})
            for words in FILLED.values():
                pour(server, words, MILLION)
        for name, words in ROWS:
            count = int(scale * 300_000)
            taken = {who: [] for who in servers}
            for turn in range(rounds):
                for who, server in in_turn(servers.items(), turn):
                    taken[who].append(loaded(server, words, 16, count, MILLION)[0])
            cpu = {who: statistics.median(runs) for who, runs in taken.items()}
            rows.append([name, round(cpu["ours"], 2), round(cpu["real"], 2),
                         round(cpu["ours"] / cpu["real"], 2), spread(taken.values())])
            print("  ", *rows[-1], flush=True)
    return rows


def memory_of(kind, element, own, keys, size):
    """Resident bytes an element beyond the caller's own, of so many values of this size."""
    with kind.start() as server:
        before = resident(server.pid)
        with Work(server):
            send(server, ((word[0], f"{key:08}", *word[1:]) for key in range(keys)
                          for word in map(element, range(size))))
        return (resident(server.pid) - before) / (keys * size) - own


def memory():
    rows = []
    for name, (element, own) in ELEMENTS.items():
        for what, keys, size in (("a million", 1, MILLION), ("5 in each of 100,000 keys", 100_000, 5)):
            ours, real = (memory_of(kind, element, own, keys, size) for kind in (Ours, Real))
            rows.append([f"{name}, {what}", round(ours, 1), round(real, 1), round(ours / real, 2)])
            print("  ", *rows[-1], flush=True)
    return rows


def measure(stage, rounds, scale):
    columns = ["row", "redouble", "redis-server 7.0.15", "ratio"]
    spreading = [*columns, "spread of the rounds"]
    print("values of a million elements, pipeline 16: CPU us a request: " + ", ".join(spreading))
    stage.table("CPU microseconds a request on values of a million elements, pipeline 16", spreading,
                requests(rounds, scale))
    print("bytes an element beyond the caller's own: " + ", ".join(columns))
    stage.table("Resident bytes an element beyond the caller's own", columns, memory())
