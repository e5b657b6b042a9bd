#!/usr/bin/python3
"""Odd requests get byte for byte what the real redis-server answers, and the same end.

Streams of whole, broken and strange requests are sent to both servers; each side's bytes up to the
end of the connection must be equal. A client that has sent everything closes its half, so a server
that waits for more ends the connection too, and no clock decides. REDOUBLE_SEED repeats a run.
To be named odd_requests_test.py when the server runs.
"""

import os
import pathlib
import random
import socket
import subprocess
import tempfile
import time
import unittest

import suite

STREAMS = 3000

WORDS = [b"PING", b"ECHO", b"foo", b'"a b"', b"'x y'", b'"\\x41\\n"', b'"', b"'", b"\\", b'a"b c"',
         b"", b"\0", b"\xff", b"\v", b"\f", b"\t", b"  ", b"\\x4", b'""', b"''", b"\\'", b'\\"']
LINE_ENDS = [b"\r\n"] * 8 + [b"\n", b"\r", b"\r\r", b"\rX", b"\n\n", b"\0\r\n", b" \r\n"]
NUMBERS = [b"0", b"1", b"2", b"3", b"4", b"-1", b"-0", b"01", b"+1", b" 1", b"1 ", b"", b"x", b"10",
           b"11", b"16384", b"16385", b"-10", b"2147483647", b"2147483648", b"536870912",
           b"536870913", b"9223372036854775808", b"18446744073709551617", b"1\0"]
FIXED = [b"*1\r\n$4\r\nPINGXY*1\r\n$4\r\nPING\r\n", b"*1\r\r$4\rxPING\r\n", b"*-10\r\nPING\r\n",
         b"*0\r\n", b"*1048577\r\n", b"*1\r\nfooz\r\n", b"*1\r\n\r\n", b"*1\r\n\xff\r\n",
         b'set """k""" v\r\n', b"$3\r\nabc\r\n", b"PING\0\r\n" + b"x" * 70000, b"*" + b"1" * 70000,
         b"*1\r\n$" + b"1" * 70000, b"a" * 70000, b"*1\r\n$4\r\nPING", b"\r\n\n \r\nPING\r\n"]


def array(words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words)


def damaged(chance, bytes_):
    changed = bytearray(bytes_)
    at = chance.randrange(len(changed))
    if chance.random() < 0.5:
        changed[at] = chance.choice(b"\r\n$*019a \"'\0")
    else:
        del changed[at]
    return bytes(changed)


def piece(chance):
    pick = chance.choice
    kind = chance.random()
    if kind < 0.3:
        words = [b"PING", b"ECHO", b"foo", b"a\r\nb", b"", b"x" * 40]
        return array([pick(words) for _ in range(chance.randint(1, 3))])
    if kind < 0.6:
        return b" ".join(pick(WORDS) for _ in range(chance.randint(0, 4))) + pick(LINE_ENDS)
    if kind < 0.7:
        return b"*" + pick(NUMBERS) + pick(LINE_ENDS)
    if kind < 0.8:
        return (b"*1" + pick(LINE_ENDS) + pick([b"$", b"x", b"*", b"", b"\n"]) + pick(NUMBERS) +
                pick(LINE_ENDS) + pick([b"PING", b"foo"]) + pick(LINE_ENDS))
    if kind < 0.9:
        return damaged(chance, array([b"ECHO", b"abc"]))
    return bytes(pick(b"ab\"'\\ x41\r\n\t") for _ in range(chance.randint(1, 12))) + b"\r\n"


class Server:
    def __init__(self, program, folder, *arguments):
        folder.mkdir()
        self.path = str(folder / "socket")
        self.process = subprocess.Popen(
            [program, "--port", "0", "--unixsocket", self.path, "--save", "", "--dir", folder,
             *arguments], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while True:
            try:
                self.connect().close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise
                os.sched_yield()

    def connect(self):
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(20)
        client.connect(self.path)
        return client

    def answer(self, stream):
        """What comes back until the connection ends."""
        answer = b""
        with self.connect() as client:
            try:
                client.sendall(stream)
                client.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused before everything was sent
            try:
                while received := client.recv(1 << 16):
                    answer += received
            except ConnectionResetError:
                pass
        return answer

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


class OddRequests(unittest.TestCase):
    def compare(self, *arguments):
        seed = int(os.environ.get("REDOUBLE_SEED", "1"))
        chance = random.Random(seed)
        streams = FIXED + [b"".join(piece(chance) for _ in range(chance.randint(1, 4)))
                           for _ in range(STREAMS)]
        with tempfile.TemporaryDirectory() as folder:
            servers = []
            try:
                for name, program in (("ours", os.environ["REDOUBLE_PROGRAM"]),
                                      ("real", "redis-server")):
                    servers.append(Server(program, pathlib.Path(folder) / name, *arguments))
                for stream in streams:
                    ours, real = (server.answer(stream) for server in servers)
                    self.assertEqual(ours, real, f"REDOUBLE_SEED={seed}, {stream[:200]!r}")
            finally:
                for server in servers:
                    server.stop()

    def test_a_client_gets_what_the_real_server_answers(self):
        self.compare()

    def test_an_unauthenticated_client_gets_what_the_real_server_answers(self):
        self.compare("--requirepass", "secret")


if __name__ == "__main__":
    suite.main()
