"""Instructions a request, counted by callgrind: repeatable where time is not.

A server runs under valgrind and is sent so many requests over one connection, then, afresh, several
times as many; the difference of the two counts, divided, is what one request takes, without the
start and the end. At a pipeline of 1 it still depends on who is quicker, the server to look again
or the client to send again: a tenth more or less.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import results

sys.path.insert(0, str(results.ROOT / "integration"))
from processes import Client, RealRedis, Redouble  # noqa: E402
from value_rows import FILLED, ROWS, pour  # noqa: E402

FEW, MANY = 2_000, 18_000
ELEMENTS = 20_000
KEY, VALUE = "k" * 16, "v" * 32
WORDS = {"PING": ["PING"], "GET": ["GET", KEY], "SET": ["SET", KEY, VALUE],
         "INCR": ["INCR", "c" * 16], "MGET": ["MGET", *[KEY] * 10]}
PROGRAMS = pathlib.Path(os.environ.get("REDOUBLE_BUILD", results.BUILD / "release"))


def total(counts):
    """The sum over the files that one process left."""
    found = [re.search(r"^(?:totals|summary): (\d+)", path.read_text(errors="replace"), re.M)
             for path in counts]
    return sum(int(match[1]) for match in found if match)


def counted(start, words, pipeline, requests, filled=0):
    """The instructions of a whole run; `filled`: elements that the values of FILLED have before."""
    with tempfile.TemporaryDirectory() as folder:
        before = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out.%p", "-q"]
        with start(before) as server:
            with Client(("127.0.0.1", server.port)) as client:
                client.ask("SET", KEY, VALUE)
            for filling in FILLED.values() if filled else ():
                pour(server, filling, filled)
            subprocess.run([PROGRAMS / "integration" / "bench_load", "--port", str(server.port),
                            "--connections", "1", "--pipeline", str(pipeline), "--requests",
                            str(requests), "--keys", str(max(filled, 1)), *words], check=True, stdout=subprocess.DEVNULL)
            server.stop()
        return total(pathlib.Path(folder).glob("out.*"))


def ours(before):
    return Redouble("--seed", "1", program=PROGRAMS / "redouble", before=before)


def real(before):
    return RealRedis(port=True, before=before)


def a_request(start, words, pipeline, filled=0):
    few, many = (counted(start, words, pipeline, n, filled) for n in (FEW, MANY))
    return (many - few) / (MANY - FEW)


def compared(name, words, pipeline, filled=0):
    mine, theirs = (a_request(start, words, pipeline, filled) for start in (ours, real))
    row = [name, round(mine), round(theirs), round(mine / theirs, 2)]
    print("  ", *row, flush=True)
    return row


def report():
    stage = results.Stage("instructions")
    columns = ["row", "redouble", "redis-server 7.0.15", "ratio"]
    rows = [compared(f"{command}, pipeline {pipeline}", WORDS[command], pipeline)
            for pipeline in (1, 16, 100) for command in WORDS]
    stage.table("Instructions a request", columns, rows)
    of_types = [compared(name, words, 16, ELEMENTS) for name, words in ROWS]
    stage.table("Instructions a request on values of 20,000 elements, pipeline 16", columns, of_types)
    stage.passed(len(rows) + len(of_types))
    return stage.leave()
