#!/usr/bin/python3
"""Compares the configuration of redouble with that of redis-server: CONFIG GET *, CONFIG SET and
the command line, for every directive, with good, boundary and bad values.

Each difference that the table ALLOWED does not explain is a failure.
"""
import fnmatch
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import suite
from processes import REDOUBLE, RealRedis, Redouble

BIG = "9223372036854775807"
HUGE = "18446744073709551615"

# Tried on every directive.
COMMON = ["", "yes", "NO", "x", "-1", "0", "1", "2", "+1", " 1", "1 ", "01", "0x10", "1kb", "5%", "101%",
          BIG, "9223372036854775808", HUGE, "18446744073709551616", "2147483647", "2147483648",
          "-2147483648", "-2147483649", "a b", "a/b", "1 2 3", "1 1 1 1", "\"x\""]

# Tried on one directive beside those: what only it understands.
PARTICULAR = {
    "bind": ["127.0.0.1", "* -::*", " ".join(["127.0.0.1"] * 17)],
    "client-output-buffer-limit": [
        "normal 1 2 3", "SLAVE 1kb 1m 010", "replica 1 1 4294967297", "pubsub 1 1 -1",
        "master 1 1 1", "normal 1 1", "normal x 1 1", "normal 1 x 1", "normal 1 1 x",
        "normal 1 1 1 pubsub 2 2 2", "normal  1 1 1", "normal +1 1 1", "normal 1 1 "],
    "cluster-announce-hostname": ["a.b-c", "a_b", "a" * 255, "a" * 256],
    "latency-tracking-info-percentiles": [
        "50 99.99", "0", "100", "100.1", "-0", "nan", "inf", "1e1", "50.123456789", ".5", "5.",
        "0x1p3", "50  60"],
    "list-max-listpack-size": ["-6", "-02"],
    "loglevel": ["NOTICE", "debug"],
    "maxmemory": ["1b", "1k", "1MB", "1gb", "k", "1t", "1.5gb", "17179869184gb", "0" * 127, "0" * 128],
    "maxmemory-policy": ["allkeys-LRU", "volatile-ttl"],
    "notify-keyspace-events": ["KEA", "Kg$", "AKEn", "KEg$lshzxetd", "m", "N", "A"],
    "oom-score-adj-values": ["0 200 800", "-2000 0 2000", "0 0 2001", "1 1 ", "+1 1 1"],
    "proc-title-template": [
        "{title}", "{port} {{", "{bad}", "{", "{}", "x}", "{server-mode}", "{config-file}",
        "{listen-addr} {tls-port} {unixsocket}", "   "],
    "proto-max-bulk-len": ["1mb", "1048575", "1048576"],
    "replicaof": ["no one", "h 1", "h x", "h 70000"],
    "save": ["900 1", "900 1 300 10", "0 1", "1 0", "1 -1", "900 x", "1  1", "9223372036854775808 1"],
    "shutdown-on-sigint": ["save now", "nosave save", "FORCE default", "now ", "default"],
    "unixsocketperm": ["777", "0700", "1000", "8"],
}

# Tried instead of all others. With two thousand million clients redis-server tries limits on open
# files one by one, for minutes.
ONLY = {"maxclients": ["", "x", "0", "1", "100", "-1", "4294967296", "100000"]}

# name, what redis-server answers, what redouble answers, why that is right.
ALLOWED = [
    ("*", "", r".* (kept on disk|no cluster|replicated|not spoken|system's log|defragmented|"
     r"beside the default one|memory they use|whoever started it)$",
     "a directive without a meaning here is refused with the reason"),
    ("save", "OK", "Invalid save parameters",
     "more changes than 31 bits hold come back as other numbers"),
    ("activedefrag", "Active defragmentation cannot be enabled.*", ".*not defragmented$",
     "neither can; redouble never could"),
    ("tls-*", "Unable to update TLS configuration.*", "OK|.*not spoken$", "TLS is not spoken"),
    ("dir", ".*(such file|Not a directory|can't set).*", "OK", "main changes the directory, later"),
    ("maxclients", ".*not able to handle.*", "OK|.*not able to handle.*",
     "the limit on open files is the process's own"),
    ("maxmemory-clients", "", ".*memory they use$", "clients are not evicted"),
]

# Directives whose value depends on how the two were started.
STARTED = {"dir", "port", "unixsocket", "save", "pidfile", "daemonize", "bind"}
# Setting these would cut the connection off or write to the disk.
NOT_SET = {"requirepass", "appendonly", "port", "bind", "replicaof", "slaveof"}
OURS = {"busy-poll-us", "clock-frozen", "compat-version", "double", "exit-with-parent", "ready-fd", "seed", "threads"}


def text_of(reply):
    if isinstance(reply, list):
        return [text_of(one) for one in reply]
    return reply.decode("latin-1") if isinstance(reply, bytes) else reply


class Subject:
    """A program that serves, asked over its socket, and started anew for its command line."""

    def __init__(self, program, server, directory):
        self.program = program
        self.server = server
        self.client = server.connect()
        self.directory = pathlib.Path(directory)
        self.directory.mkdir()

    def ask(self, *words):
        return text_of(self.client.ask(*(word.encode("latin-1") for word in words)))

    def defaults(self):
        words = self.ask("CONFIG", "GET", "*")
        return dict(zip(words[::2], words[1::2]))

    def set(self, name, value):
        """'OK' and the value that CONFIG GET then answers, or why it was refused."""
        reply = self.ask("CONFIG", "SET", name, value)
        if reply == "OK":
            return "OK", self.ask("CONFIG", "GET", name)[1]
        head = f"ERR CONFIG SET failed (possibly related to argument '{name}') - "
        return reply.removeprefix(head), ""

    def start(self, name, value):
        """'OK' where --name value is taken, else why not; a wrong directive behind it ends both."""
        done = subprocess.run([self.program, "--" + name, value, "--nosuchdirective", "1"],
                              cwd=self.directory, capture_output=True, text=True, timeout=30)
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        text = lines[-1] if lines else f"(silent, exit code {done.returncode})"
        if "nosuchdirective" in "".join(lines):
            return "OK", ""
        return re.sub(rf"^redouble: command line: '{re.escape(name)}'(:| cannot be .*?:) ", "", text), ""


def allowed(name, real, ours):
    for pattern, real_text, our_text, _ in ALLOWED:
        if fnmatch.fnmatchcase(name, pattern) and re.fullmatch(our_text, ours[0]) and \
                (real_text == "" or re.fullmatch(real_text, real[0])):
            return True
    return False


def values_for(name, common=COMMON):
    return ONLY.get(name, common + PARTICULAR.get(name, []))


class Comparison:
    def __init__(self, real, ours):
        self.real, self.ours = real, ours
        self.asked = self.explained = 0
        self.differences = []

    def compare(self, what, name, real, ours):
        self.asked += 1
        if real == ours:
            return
        if allowed(name, real, ours):
            self.explained += 1
        else:
            self.differences.append(f"{what}\n    redis-server: {real}\n    redouble:     {ours}")

    def compare_defaults(self):
        real, ours = self.real.defaults(), self.ours.defaults()
        for name in sorted(real.keys() | ours.keys() - OURS):
            if name not in STARTED:
                self.compare(f"CONFIG GET {name}", name, (real.get(name), ""), (ours.get(name), ""))
        return real

    def compare_setting(self, name, before):
        for value in values_for(name):
            if name not in NOT_SET:
                self.compare(f"CONFIG SET {name} {value!r}", name, self.real.set(name, value),
                             self.ours.set(name, value))
                self.real.set(name, before)
                self.ours.set(name, before)

    def compare_start(self, name, fixed):
        for value in values_for(name, COMMON if fixed else ["", "x", "-1", "0"]):
            if value.startswith("-") and value[1:2] in ("", "-"):
                continue
            self.compare(f"--{name} {value!r}", name, self.real.start(name, value),
                         self.ours.start(name, value))


class ConfigDifferential(unittest.TestCase):
    def test_every_directive_is_answered_as_by_the_real_server(self):
        with tempfile.TemporaryDirectory() as directory, RealRedis() as real_server, \
                Redouble("--save", "") as our_server:
            real = Subject("redis-server", real_server, f"{directory}/redis")
            ours = Subject(os.path.abspath(REDOUBLE), our_server, f"{directory}/redouble")
            comparison = Comparison(real, ours)
            defaults = comparison.compare_defaults()
            for name in sorted(defaults):
                comparison.compare_setting(name, defaults[name])
                fixed = "immutable" in real.set(name, defaults[name])[0]
                comparison.compare_start(name, fixed)
        print(f"{comparison.asked} answers compared, {comparison.explained} differ for a reason")
        self.assertEqual(comparison.differences, [])


if __name__ == "__main__":
    suite.main()
