#!/usr/bin/python3
"""Clients that were not written for this server connect and work, unmodified."""

import pathlib
import subprocess
import unittest

import redis

import suite
from processes import PATIENCE_S, Redouble

NPM = pathlib.Path(__file__).parent / "npm"


def run(*arguments, **named):
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=PATIENCE_S * 3, **named)
    if done.returncode != 0:
        raise AssertionError(f"{arguments}: {done.stdout}{done.stderr}")
    return done.stdout


class RedisCli(unittest.TestCase):
    def setUp(self):
        self.server = Redouble("--enable-debug-command", "yes")
        self.addCleanup(self.server.stop)

    def cli(self, *words, **named):
        return run("redis-cli", "-p", str(self.server.port), *words, **named)

    def test_commands_in_both_protocols(self):
        self.assertEqual(self.cli("SET", "hello", "world"), "OK\n")
        self.assertEqual(self.cli("GET", "hello"), "world\n")
        self.assertEqual(self.cli("-3", "--no-raw", "HELLO").count("=>"), 7)
        self.assertEqual(self.cli("-n", "2", "DBSIZE"), "0\n")

    def test_scan_bigkeys_and_pipe(self):
        self.cli("DEBUG", "POPULATE", "500")
        self.assertEqual(len(self.cli("--scan", "--pattern", "key:*").split()), 500)
        self.assertIn("500 strings", self.cli("--bigkeys"))
        self.assertIn("500 keys", self.cli("--memkeys"))
        mass = "".join(f"SET mass:{n} {n}\r\n" for n in range(1000))
        self.assertIn("errors: 0, replies: 1000", self.cli("--pipe", input=mass))
        self.assertEqual(self.cli("DBSIZE"), "1500\n")

    def test_its_help_and_hints_come_from_command_docs(self):
        shown = self.cli(input="help get\nquit\n")
        self.assertIn("GET", shown)

    def test_latency(self):
        # Where its output is no terminal it measures for a second and ends.
        least, most, mean, count = self.cli("--latency", "--raw").split()
        self.assertGreater(int(count), 10)
        self.assertLessEqual(float(least), float(mean))
        self.assertLessEqual(float(mean), float(most))


class RedisBenchmark(unittest.TestCase):
    def test_every_test_of_the_commands_there_are(self):
        with Redouble("--threads", "2") as server:
            shown = run("redis-benchmark", "-p", str(server.port), "-n", "20000", "-P", "16", "-q",
                        "-t", "ping,set,get,incr,mset", "-r", "1000", "-c", "20")
            for name in ("PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "MSET"):
                self.assertIn(name, shown)


class Python(unittest.TestCase):
    def test_python3_redis(self):
        with Redouble() as server:
            client = redis.Redis(host="127.0.0.1", port=server.port)
            self.assertTrue(client.ping())
            self.assertTrue(client.set("k", b"\x00\r\n", ex=100, nx=True))
            self.assertEqual(client.get("k"), b"\x00\r\n")
            self.assertIsNone(client.set("k", "v", nx=True))
            pipe = client.pipeline(transaction=False)
            for _ in range(100):
                pipe.incr("n")
            self.assertEqual(pipe.execute(), list(range(1, 101)))
            self.assertEqual(sorted(client.scan_iter()), [b"k", b"n"])
            self.assertEqual(client.config_get("databases"), {"databases": "16"})
            self.assertEqual(client.info("keyspace")["db0"]["keys"], 2)
            self.assertEqual(client.client_list()[0]["db"], "0")
            with self.assertRaises(redis.ResponseError):
                client.incr("k")
            client.close()


class Npm(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        run("npm", "ci", "--no-audit", "--no-fund", cwd=NPM)

    def test_redis_and_ioredis(self):
        for version in ("7.0", "7.2"):
            with self.subTest(version), Redouble("--compat-version", version) as server:
                run("node", "clients.mjs", str(server.port), version, cwd=NPM)


if __name__ == "__main__":
    suite.main()
