"""The servers that ci/bench measures, and what is read of their processes."""

import json
import os
import pathlib
import re
import subprocess
import sys
import time

import results

sys.path.insert(0, str(results.ROOT / "integration"))
os.environ.setdefault("REDOUBLE_PROGRAM", str(results.BUILD / "release" / "redouble"))

from processes import Client, RealRedis, Redouble, encoded  # noqa: E402, F401

PROGRAMS = pathlib.Path(os.environ.get("REDOUBLE_BUILD", results.BUILD / "release")) / "integration"


class Ours:
    name = "redouble"

    @staticmethod
    def start(threads=1):
        return checked(Redouble("--threads", str(threads), "--maxclients", "15000"))


class Limit:
    name = "limit"

    @staticmethod
    def start(threads=1):
        server = Redouble(program=PROGRAMS / "bench_limit")
        return checked(server, server.said_pid)  # its replies are fixed, INFO's too


class Real:
    name = "redis-server"

    @staticmethod
    def start(threads=1):
        extra = [] if threads == 1 else ["--io-threads", str(threads), "--io-threads-do-reads", "yes"]
        return checked(RealRedis("--maxclients", "15000", *extra, port=True))


def cpu_seconds(pid):
    """By the process's own CPU clock, to the nanosecond: /proc/PID/stat counts in ticks of 10 ms."""
    return time.clock_gettime((~pid << 3) | 2)  # what clock_getcpuclockid(3) makes of a process


def resident(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


class Work:
    """The CPU `seconds` that a server uses within a block; where it uses none, the run ends."""

    def __init__(self, server):
        self.pid = server.pid

    def __enter__(self):
        self.before = cpu_seconds(self.pid)
        return self

    def __exit__(self, kind, *_):
        self.seconds = cpu_seconds(self.pid) - self.before
        if kind is None and self.seconds <= 0:
            sys.exit(f"ci/bench: process {self.pid} used no CPU time")


def check_owner(server, said_pid=None):
    """The process that was started is the one that answers on its port; by INFO, or as it said."""
    with Client(("127.0.0.1", server.port)) as client:
        said = client.ask("INFO", "server")
    if said_pid is None:
        said_pid = int(re.search(rb"process_id:(\d+)\r", said)[1])
    if said_pid != server.pid:
        sys.exit(f"ci/bench: another process answers on port {server.port}")


def checked(server, said_pid=None):
    """The server, once it owns its port and has used CPU time for an answer."""
    server.at_start = resident(server.pid)  # before anybody asks it
    with Work(server):
        check_owner(server, said_pid)
    return server


def in_turn(servers, turn):
    """The servers forwards in one round, backwards in the next."""
    return list(servers)[::1 if turn % 2 == 0 else -1]


def spread(runs_of_servers):
    """The largest of the rounds as a multiple of the smallest, of the server where it is greatest."""
    return round(max(max(runs) / min(runs) for runs in runs_of_servers), 2)


def load_command(server, *options):
    return ["taskset", "-c", "1", PROGRAMS / "bench_load", "--port", *map(str, (server.port, *options))]


def seen(output):
    """What bench_load has seen: the last line of what it prints."""
    return json.loads(output.splitlines()[-1])


def loaded(server, words, pipeline, requests, keys=1, connections=20):
    """(CPU microseconds a request, requests a second, latency of the 99.99th percentile in us)."""
    with Work(server) as work:
        said = seen(subprocess.run(
            load_command(server, "--connections", connections, "--pipeline", pipeline, "--requests",
                         requests, "--keys", keys, *words), check=True, stdout=subprocess.PIPE).stdout)
    return (work.seconds / said["requests"] * 1e6, said["requests"] / said["seconds"],
            said["p99_99_us"])
