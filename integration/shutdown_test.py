#!/usr/bin/python3
"""The end under load: clients whose pipelines are under way get whole replies, in order, and then
the end of the stream; never a part of a reply."""

import re
import signal
import threading
import unittest

import suite
from processes import PATIENCE_S, Redouble, encoded

CLIENTS = 12
ROUNDS_BEFORE = 20
VALUE = b"v" * 700


class Pipeliner(threading.Thread):
    """Sends pipelines and reads their replies for as long as there is somebody."""

    def __init__(self, server, number):
        super().__init__(daemon=True)
        self.client = server.connect()
        self.rounds = threading.Semaphore(0)
        self.size = 1 + 7 * number
        self.request = (encoded("INCR", f"n{number}") + encoded("GET", "v")) * self.size
        self.received = bytearray()

    def run(self):
        try:
            while True:
                self.client.socket.sendall(self.request)
                # An INCR's reply is one line, a GET's are two.
                lines = 3 * self.size
                while lines > 0:
                    part = self.client.socket.recv(1 << 16)
                    if not part:
                        return
                    self.received += part
                    lines -= part.count(b"\n")
                self.rounds.release()
        except (ConnectionResetError, BrokenPipeError):
            return

    def numbers(self):
        """The INCR replies; what is no whole reply at the end is a ValueError."""
        pair = re.compile(rb":(\d+)\r\n(?:\Z|\$%d\r\n%s\r\n)" % (len(VALUE), VALUE))
        received, at, found = bytes(self.received), 0, []
        while at < len(received):
            whole = pair.match(received, at)
            if whole is None:
                raise ValueError(f"half a reply: {received[at:at + 2000]!r}")
            found.append(int(whole[1]))
            at = whole.end()
        return found


class Shutdown(unittest.TestCase):
    def end_under_load(self, threads, end):
        with Redouble("--threads", threads) as server:
            with server.connect() as client:
                client.ask("SET", "v", VALUE)
                pipeliners = [Pipeliner(server, number) for number in range(CLIENTS)]
                for pipeliner in pipeliners:
                    pipeliner.start()
                for pipeliner in pipeliners:
                    for _ in range(ROUNDS_BEFORE):
                        self.assertTrue(pipeliner.rounds.acquire(timeout=PATIENCE_S))
                end(server, client)
                for pipeliner in pipeliners:
                    pipeliner.join(PATIENCE_S)
                    self.assertFalse(pipeliner.is_alive())
                    numbers = pipeliner.numbers()
                    self.assertGreaterEqual(len(numbers), ROUNDS_BEFORE * pipeliner.size)
                    self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
                    pipeliner.client.close()
                self.assertEqual(server.child.wait(PATIENCE_S), 0)

    def test_a_signal_leaves_nobody_with_half_a_reply(self):
        for threads in ("1", "2", "4"):
            with self.subTest(threads=threads):
                self.end_under_load(threads, lambda server, _: server.child.send_signal(
                    signal.SIGTERM))

    def test_the_command_shutdown_leaves_nobody_with_half_a_reply(self):
        for threads in ("1", "2", "4"):
            with self.subTest(threads=threads):
                self.end_under_load(threads, lambda _, client: client.send("SHUTDOWN", "NOSAVE"))


if __name__ == "__main__":
    suite.main()
