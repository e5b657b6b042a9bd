#!/usr/bin/python3
"""Idle connections: as many as the system's file limit allows, what each costs, and that all are
served.

The clients live in processes of their own, so that the limit is the server's alone, and come from
several addresses of 127.0.0.0/8, so that no address runs out of ports.
"""
# ctest: alone

import os
import resource
import signal
import socket
import sys
import unittest

import suite
from processes import PATIENCE_S, Redouble, encoded

# Beside the kernel's socket; what the server is built to hold.
MOST_BYTES = 1200
# Files of the server that are not clients, with room to spare.
OTHER_FILES = 500
MOST_CONNECTIONS = 100_000
MOST_OF_ONE_ADDRESS = 15_000


def hold(address, source, count, commands, answers):
    """A process that holds idle connections and does what it is told: a byte for a byte."""
    sockets = []
    while True:
        command = os.read(commands, 1)
        if command == b"o":
            for _ in range(count):
                sockets.append(socket.create_connection(address, PATIENCE_S, (source, 0)))
        elif command == b"p":
            # All are asked before the first is read.
            for client in sockets:
                client.sendall(encoded("PING"))
            for client in sockets:
                if client.recv(100) != b"+PONG\r\n":
                    return
        else:
            return
        os.write(answers, command)


class Holder:
    """The parent's end of such a process."""

    def __init__(self, *what):
        commands, self.commands = os.pipe()
        self.answers, answers = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self.commands)
                os.close(self.answers)
                hold(*what, commands, answers)
            finally:
                os._exit(0)
        os.close(commands)
        os.close(answers)

    def tell(self, command):
        os.write(self.commands, command)

    def answered(self):
        """The byte of the command that was done; empty where it failed."""
        return os.read(self.answers, 1)

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.commands)
        os.close(self.answers)


def resident_bytes(pid):
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    raise ValueError(pid)


class Idle(unittest.TestCase):
    def each(self, holders, command):
        for holder in holders:
            holder.tell(command)
        for holder in holders:
            self.assertEqual(holder.answered(), command)

    def wait_for_clients(self, client, count):
        """The kernel connects a client before the server accepts it, and closes it likewise."""
        while b"connected_clients:%d\r\n" % count not in client.ask("INFO", "clients"):
            pass

    def test_as_many_as_the_limit_of_files_allows_are_held_cheaply_and_all_served(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard == resource.RLIM_INFINITY:
            hard = MOST_CONNECTIONS + OTHER_FILES
        wanted = min(hard - OTHER_FILES, MOST_CONNECTIONS)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        # A short backlog would overflow where the machine is busy, and each overflow costs a second.
        with Redouble("--maxclients", str(wanted + 10), "--threads", "2",
                      "--tcp-backlog", "4096") as server:
            holders = []
            try:
                left, number = wanted, 0
                while left > 0:
                    number += 1
                    count = min(left, MOST_OF_ONE_ADDRESS, hard - OTHER_FILES)
                    holders.append(Holder(("127.0.0.1", server.port), f"127.0.0.{1 + number}",
                                          count))
                    left -= count
                with server.connect() as client:
                    self.assertEqual(client.ask("CONFIG", "GET", "maxclients")[1],
                                     str(wanted + 10).encode())
                    # What the first ones touch is no cost of each.
                    few = [server.connect() for _ in range(20)]
                    self.assertEqual({one.ask("PING") for one in few}, {"PONG"})
                    self.wait_for_clients(client, 21)
                    for one in few:
                        one.close()
                    self.wait_for_clients(client, 1)
                    before = resident_bytes(server.pid)
                    self.each(holders, b"o")
                    self.wait_for_clients(client, wanted + 1)
                    after = resident_bytes(server.pid)
                    each = -(-(after - before) // wanted)
                    suite.fact("idle connections held and served", wanted)
                    suite.fact("bytes of memory of each, beside the kernel's", each)
                    # Used once, they are no dearer, since an idle one owns no buffer.
                    self.each(holders, b"p")
                    self.each(holders, b"p")
                    used = -(-(resident_bytes(server.pid) - before) // wanted)
                    suite.fact("bytes of memory of each that was used before", used)
                    self.wait_for_clients(client, wanted + 1)
                    self.assertLessEqual(each, MOST_BYTES)
                    self.assertLessEqual(used, MOST_BYTES)
            finally:
                for holder in holders:
                    holder.end()
            # All of them going at once harms nobody.
            with server.connect() as client:
                self.wait_for_clients(client, 1)
            self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    suite.main()
