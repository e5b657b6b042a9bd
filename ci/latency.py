"""The rows of ci/bench about latency: what one client sees while another makes the server work.

In each round a server is emptied, filled with what the row needs, and asked single GETs on two
connections, exactly while the other client runs. The servers alternate. The row of nothing else is
the machine's own noise, by an idle server of the same run.
A stall is seen at the 99.99th percentile only if it comes often, so FLUSHALL, DEL and COPY are sent
again and again; the first of them meets a million keys or fields, and shows in the largest time.
No part of a hash that is deleted is shared with another: a COPY in redouble is shared at first.
"""

import os
import statistics
import subprocess
import sys

from measured import Client, Ours, Real, Work, in_turn, load_command, loaded, seen, spread
from value_rows import VALUE

KEY = "k" * 16
COLUMNS = ["what the other client does", "99.99 % within us", "redis-server 7.0.15",
           "the largest, us", "redis-server's", "above nothing else, us", "redis-server's",
           "spread of the rounds"]


def window_ms(scale):
    return int(scale * 1500)


def rows_of(scale):
    """(what, what sets the million that is there before, the other client, the keys after it)."""
    million, some = int(scale * 1_000_000), int(scale * 50_000)
    window = ["--for-ms", window_ms(scale)]
    key, field = ["SET", "%k", VALUE], ["HSET", "hash", "%k", VALUE]
    whole = ["--requests", million, "--keys", million]
    return [("nothing else", None, None, None),
            ("a million keys set", None, [*whole, *key], million + 1),
            ("a million keys deleted", key, [*whole, "DEL", "%k"], 1),
            ("FLUSHALL ASYNC of a million keys, then of each 50,000 that it sets", key,
             [*window, "--keys", some, *key, "--and", "FLUSHALL", "ASYNC"], None),
            ("DEL of a hash of a million fields, then of each 50,000 that it sets", field,
             [*window, "--keys", some, *field, "--and", "DEL", "hash"], None),
            ("COPY of a hash of a million fields, before each 1,000 HSETs to it", field,
             [*window, "--keys", million, "--between", 1000, *field,
              "--and", "COPY", "hash", "copy", "REPLACE"], 3)]


def one_round(server, filling, other, left, scale):
    """(microseconds within which 99.99 % of the GETs are answered, the longest)."""
    million = int(scale * 1_000_000)
    with Client(("127.0.0.1", server.port)) as client:
        client.ask("FLUSHALL", "SYNC")
        if filling:
            loaded(server, filling, 100, million, million, connections=1)
        client.ask("SET", KEY, VALUE)
        with Work(server):
            said = asked(server, other, scale)
        if left is not None and client.ask("DBSIZE") != left:
            sys.exit("ci/bench: the other client has not done what its row says")
    return said["p99_99_us"], said["max_us"]


def asked(server, other, scale):
    """What the client of single GETs sees."""
    def gets(*options, stdin=None):
        return seen(subprocess.run(load_command(server, "--connections", 2, *options, "GET", KEY),
                                   check=True, stdin=stdin, stdout=subprocess.PIPE).stdout)

    if other is None:
        return gets("--for-ms", window_ms(scale))
    with subprocess.Popen(load_command(server, "--connections", 1, "--pipeline", 16, *other),
                          stdout=subprocess.PIPE) as worker:
        said = gets("--while-input", stdin=worker.stdout)
    if worker.returncode != 0:
        sys.exit("ci/bench: the other client failed")
    return said


def latency(rounds, scale):
    rows, noise = [], None
    with Ours.start() as ours, Real.start() as real:
        servers = (ours, real)
        for server in servers:
            os.sched_setaffinity(server.pid, {0})
        for what, filling, other, left in rows_of(scale):
            taken = {server: [] for server in servers}
            for turn in range(rounds):
                for server in in_turn(servers, turn):
                    taken[server].append(one_round(server, filling, other, left, scale))
            within = [[run[0] for run in taken[server]] for server in servers]
            median = [statistics.median(runs) for runs in within]
            noise = noise or median
            rows.append([what, *map(int, median),
                         *(int(max(run[1] for run in taken[server])) for server in servers),
                         *(int(own - idle) for own, idle in zip(median, noise)), spread(within)])
            print("  ", *rows[-1], flush=True)
    return rows
