#!/usr/bin/python3
"""Compares INFO and MEMORY STATS of redouble with those of redis-server: the same fields, in the
same order, of the same kind; and the figures that can be known agree with what was done.
"""
import re
import time
import unittest

import suite
from processes import RealRedis, Redouble

# Fields that say the same in words of their own.
IN_OWN_WORDS = {"redis_build_id", "os", "monotonic_clock", "atomicvar_api", "gcc_version", "run_id",
                "executable", "mem_allocator", "master_replid", "maxmemory_policy"}


def sections(text):
    """{heading: {field: value}}, both in the order of the text."""
    found = {}
    for line in text.decode().split("\r\n"):
        if line.startswith("# "):
            fields = found[line] = {}
        elif line:
            name, _, value = line.partition(":")
            fields[name] = value
    return found


def kind(value):
    """What a reader may take a value for."""
    for what, pattern in (("integer", r"-?\d+"), ("two decimals", r"-?\d+\.\d\d"),
                          ("percent", r"-?\d+\.\d\d%"), ("seconds", r"\d+\.\d{6}"),
                          ("bytes", r"\d+(\.\d\d)?[BKMGT]")):
        if re.fullmatch(pattern, value):
            return what
    return value


def ours_alone(name):
    return name.startswith("redouble_")


class Info(unittest.TestCase):
    def test_has_the_fields_of_redis_server_in_its_order(self):
        with Redouble() as ours, RealRedis() as reference, ours.connect() as one, \
                reference.connect() as other:
            for client in one, other:
                client.ask("SET", "k", "v")
                client.ask("GET", "k")
                client.ask("NOSUCH")
            mine, theirs = (sections(client.ask("INFO", "everything")) for client in (one, other))
            self.assertEqual(list(mine), list(theirs))
            for heading, fields in theirs.items():
                if heading in ("# Commandstats", "# Latencystats"):
                    continue
                with self.subTest(heading):
                    known = {name: value for name, value in mine[heading].items()
                             if not ours_alone(name)}
                    self.assertEqual(list(known), list(fields))
                    for name, value in fields.items():
                        if name not in IN_OWN_WORDS:
                            self.assertEqual((name, kind(known[name])), (name, kind(value)))

    def test_tells_how_long_calls_took_as_redis_server_does(self):
        def latencies(client):
            """{command: {percentile: microseconds}}"""
            lines = sections(client.ask("INFO", "latencystats"))["# Latencystats"]
            return {name.removeprefix("latency_percentiles_usec_"):
                    dict(one.split("=") for one in text.split(",") if one)
                    for name, text in lines.items()}

        with Redouble() as ours, RealRedis() as reference:
            told = []
            for server in ours, reference:
                with server.connect() as client, server.connect() as other:
                    seen = []
                    for words in (("CONFIG", "RESETSTAT"), ("GET", "k"), ("GET", "k"),
                                  ("SET", "k"), ("NOSUCH",),
                                  ("CONFIG", "GET", "port"), ("BLPOP", "l", "0.01"),
                                  ("RPUSH", "l", "x"), ("BLPOP", "l", "0")):
                        client.ask(*words)
                    seen.append(latencies(client))
                    client.send("BRPOP", "l", "0")
                    end = time.monotonic() + 20
                    while b"blocked_clients:1\r\n" not in other.ask("INFO", "clients"):
                        self.assertLess(time.monotonic(), end)
                    # So long the first waits at least, and that must not count.
                    other.ask("BLPOP", "nothing", "0.2")
                    other.ask("RPUSH", "l", "x")
                    client.read()
                    other.ask("CONFIG", "SET", "latency-tracking-info-percentiles", "0 50.12345678 100")
                    seen.append(latencies(other))
                    for words in (("latency-tracking", "no"), ("latency-tracking", "yes"),
                                  ("latency-tracking-info-percentiles", "")):
                        other.ask("CONFIG", "SET", *words)
                        other.ask("ECHO", "x")
                        seen.append(latencies(other))
                    other.ask("CONFIG", "RESETSTAT")
                    seen.append(latencies(other))
                    told.append(seen)
            for mine, theirs in zip(*told):
                self.assertEqual({name: list(figures) for name, figures in mine.items()},
                                 {name: list(figures) for name, figures in theirs.items()})
            for seen in told:
                self.assertLess(float(seen[1]["brpop"]["p100"]), 100_000)
                for figures in seen[1].values():
                    self.assertRegex(figures["p100"], r"^\d+\.\d{3}$")
                    self.assertLessEqual(float(figures["p0"]), float(figures["p100"]))

    def test_memory_stats_has_the_fields_of_redis_server_in_its_order(self):
        def shape(reply):
            names = [name.decode() for name in reply[::2]]
            return [(name, shape(value) if isinstance(value, list) else
                     "integer" if isinstance(value, int) else "real")
                    for name, value in zip(names, reply[1::2])]

        with Redouble() as ours, RealRedis() as reference, ours.connect() as one, \
                reference.connect() as other:
            shapes = []
            for client in one, other:
                client.ask("SELECT", "3")
                client.ask("SET", "k", "v")
                shapes.append(shape(client.ask("MEMORY", "STATS")))
            self.assertEqual(*shapes)

    def test_counts_what_was_done(self):
        with Redouble() as server, server.connect() as client:
            def field(name):
                return sections(client.ask("INFO", "everything"))["# Stats"][name]

            before = int(field("total_reads_processed")), int(field("total_writes_processed"))
            for _ in range(10):
                client.ask("PING")
            self.assertEqual(int(field("total_reads_processed")), before[0] + 12)
            self.assertEqual(int(field("total_writes_processed")), before[1] + 12)
            rate, bytes_in, bytes_out = 0, 0, 0
            end = time.monotonic() + 20
            while not (rate and bytes_in and bytes_out) and time.monotonic() < end:
                client.ask("ECHO", "x" * 1000)
                rate = int(field("instantaneous_ops_per_sec"))
                bytes_in = float(field("instantaneous_input_kbps"))
                bytes_out = float(field("instantaneous_output_kbps"))
            self.assertGreater(rate, 0)
            self.assertGreater(bytes_in, 0)
            self.assertGreater(bytes_out, 0)

    def test_knows_the_process_and_the_machine(self):
        with Redouble() as server, server.connect() as client:
            end = time.monotonic() + 20
            busy = False
            while not busy and time.monotonic() < end:
                client.ask("DEBUG", "POPULATE", "10000")
                client.ask("FLUSHALL")
                fields = sections(client.ask("INFO", "cpu"))["# CPU"]
                seconds = {name: float(value) for name, value in fields.items()}
                main = seconds["used_cpu_sys_main_thread"] + seconds["used_cpu_user_main_thread"]
                busy = main > 0
            self.assertTrue(busy)
            # The main thread's is told in hundredths.
            self.assertLess(main, seconds["used_cpu_sys"] + seconds["used_cpu_user"] + 0.03)
            with open("/proc/meminfo") as lines:
                total = int(lines.readline().split()[1]) * 1024
            memory = sections(client.ask("INFO", "memory"))["# Memory"]
            self.assertEqual(int(memory["total_system_memory"]), total)


if __name__ == "__main__":
    suite.main()
