"""The servers that ci/bench measures, and what is read of their processes."""

import json
import os
import pathlib
import subprocess
import sys
import time

import results

sys.path.insert(0, str(results.ROOT / "integration"))
os.environ.setdefault("REDOUBLE_PROGRAM", str(results.BUILD / "release" / "redouble"))

from processes import Client, RealRedis, Redouble, encoded  # noqa: E402, F401

PROGRAMS = results.BUILD / "release" / "integration"


class Ours:
    name = "redouble"

    @staticmethod
    def start(threads=1):
        return Redouble("--threads", str(threads), "--maxclients", "15000")


class Limit:
    name = "limit"

    @staticmethod
    def start(threads=1):
        return Redouble(program=PROGRAMS / "bench_limit")


class Real:
    name = "redis-server"

    @staticmethod
    def start(threads=1):
        extra = [] if threads == 1 else ["--io-threads", str(threads), "--io-threads-do-reads", "yes"]
        return RealRedis("--maxclients", "15000", *extra, port=True)


def cpu_seconds(pid):
    """By the process's own CPU clock, to the nanosecond: /proc/PID/stat counts in ticks of 10 ms."""
    return time.clock_gettime((~pid << 3) | 2)  # what clock_getcpuclockid(3) makes of a process


def resident(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def check_owner(server):
    """The process that was started is the one that answers on its port."""
    with Client(("127.0.0.1", server.port)) as client:
        said = client.ask("INFO", "server").decode()
    if f"process_id:{server.pid}\r" not in said:
        sys.exit(f"ci/bench: another process answers on port {server.port}")


def loaded(server, words, pipeline, requests, keys=1, connections=20):
    """(CPU microseconds a request, requests a second, latency of the 99.99th percentile in us)."""
    before = cpu_seconds(server.pid)
    said = subprocess.run(["taskset", "-c", "1", PROGRAMS / "bench_load", "--port", str(server.port),
                           "--connections", str(connections), "--pipeline", str(pipeline),
                           "--requests", str(requests), "--keys", str(keys), *words],
                          check=True, stdout=subprocess.PIPE).stdout
    used = cpu_seconds(server.pid) - before
    if used <= 0:
        sys.exit(f"ci/bench: process {server.pid} used no CPU time")
    seen = json.loads(said)
    return used / seen["requests"] * 1e6, seen["requests"] / seen["seconds"], seen["p99_99_us"]
