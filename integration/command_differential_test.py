#!/usr/bin/python3
"""COMMAND and its subcommands tell of every row what the real redis-server tells.

For every command that COMMAND LIST names here, INFO and DOCS are compared with the real server's in
both protocols, types of replies included. What may differ stands in ALLOWED, and nowhere else.
"""

import os
import random
import socket
import subprocess
import tempfile
import unittest

import suite

ALLOWED = {
    "docs summary": "in this project's own words",
    "docs complexity": "in this project's own words; there where the real one has it",
    "docs history": "not told",
    "docs replaced_by": "in this project's own words; there where the real one has it",
    "info notes of a key spec": "in this project's own words; there where the real one has it",
    "rows of the group double": "this project's own",
    "order of commands and subcommands": "the real one's is that of a hash table",
}

GETKEYS = """
get k | get | get k k | set k v | set k v get | set k v nx gEt | set get get | getex k persist
mset a 1 b | mset a 1 b 2 c 3 | msetnx a 1 | mget a b c d e f g h i j k l | del a b a | lcs a b idx
copy a b db 1 | rename a b | object encoding k | object nosuch k | object encoding | OBJECT freq k
memory usage k samples 5 | memory usage | keys * | config get x | ping x | nosuch a | config|get x
object|encoding k | command count | command nosuch x | client kill addr x:1 | scan 0 | ping a b c d
touch a a a | unlink a b | exists a | expire k 1 nx | move a 1 | swapdb 0 1 | info server | auth a b
xread streams a b 0 0 | xread count 2 streams a 0 | xread streams a | xgroup create s g 0 mkstream
xreadgroup group g c streams a b > > | xreadgroup count 1 group g streams streams a >
xreadgroup group g c streams a b > | xinfo stream s full | xclaim s g c 0 1 | xinfo nosuch s
"""


class Connection:
    """A client that keeps the type of every reply: (type, value)."""

    def __init__(self, address, protocol):
        self.socket = socket.create_connection(address, timeout=20)
        self.file = self.socket.makefile("rb")
        if protocol == 3:
            self.ask("HELLO", "3")

    def ask(self, *words):
        request = b"*%d\r\n" % len(words)
        for word in words:
            request += b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode())
        self.socket.sendall(request)
        return self.read()

    def read(self):
        line = self.file.readline().decode()
        if not line.endswith("\r\n"):
            raise EOFError(f"the connection ended after {line!r}")
        kind, text = line[0], line[1:-2]
        if kind in "+-:_,#(":
            return kind, text
        count = int(text)
        if count < 0:
            return "_", ""
        if kind in "$=":
            value = self.file.read(count + 2)[:-2].decode()
            return kind, value
        if kind in "*~>":
            return kind, [self.read() for _ in range(count)]
        if kind == "%":
            return kind, [(self.read(), self.read()) for _ in range(count)]
        raise ValueError(line)

    def close(self):
        self.file.close()
        self.socket.close()


def texts(reply):
    return [value for _, value in reply[1]]


def pairs(reply):
    """The entries of a map of either protocol, as {text of the key: value}."""
    kind, items = reply
    if kind == "*":
        items = list(zip(items[0::2], items[1::2]))
    return {key[1]: value for key, value in items}


def normal_info(reply):
    """An entry of COMMAND INFO without what may differ; its subcommands by name."""
    facts = list(reply[1])
    kind, specs = facts[8]
    facts[8] = (kind, [[(k, "..." if k == "notes" else v) for k, v in pairs(spec).items()]
                       for spec in specs])
    kind, subcommands = facts[9]
    facts[9] = (kind, sorted(map(normal_info, subcommands), key=lambda entry: entry[0]))
    return facts


def normal_docs(reply):
    """An entry of COMMAND DOCS without what may differ; its subcommands by name."""
    facts = pairs(reply)
    facts.pop("history", None)
    for own in "summary", "complexity", "replaced_by":
        if own in facts:
            facts[own] = "..."
    if "subcommands" in facts:
        inner = pairs(facts["subcommands"])
        facts["subcommands"] = {name: normal_docs(inner[name]) for name in sorted(inner)}
    return reply[0], facts


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_reference(test):
    """The real redis-server on a free port; tried again where somebody else was faster."""
    folder = tempfile.TemporaryDirectory()
    test.addClassCleanup(folder.cleanup)
    for _ in range(5):
        port = free_port()
        process = subprocess.Popen(
            ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "",
             "--dir", folder.name, "--logfile", ""], stdout=subprocess.PIPE, text=True)
        if any("Ready to accept connections" in line for line in process.stdout):
            test.addClassCleanup(stop, process)
            return "127.0.0.1", port
        stop(process)
    raise RuntimeError("redis-server does not start")


def start_ours(test):
    process = subprocess.Popen([os.environ["REDOUBLE_PROGRAM"], "--port", "0"],
                               stdout=subprocess.PIPE, text=True)
    test.addClassCleanup(stop, process)
    ready = process.stdout.readline()
    facts = dict(word.split("=") for word in ready.split()[1:])
    return "127.0.0.1", int(facts["port"])


def stop(process):
    process.terminate()
    process.wait(20)
    if process.stdout:
        process.stdout.close()


class CommandDifferential(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        addresses = start_ours(cls), start_reference(cls)
        cls.clients = {}
        for protocol in 2, 3:
            cls.clients[protocol] = [Connection(address, protocol) for address in addresses]
            for client in cls.clients[protocol]:
                cls.addClassCleanup(client.close)
        ours = cls.clients[3][0]
        docs = pairs(ours.ask("COMMAND", "DOCS"))
        cls.commands = sorted(name for name, entry in docs.items()
                              if pairs(entry)["group"][1] != "double")
        cls.names = sorted(name for name in texts(ours.ask("COMMAND", "LIST"))
                           if name.split("|")[0] in cls.commands)

    def both(self, *words):
        """(protocol, our reply, the real one's) of each protocol."""
        for protocol, (ours, reference) in self.clients.items():
            yield protocol, ours.ask(*words), reference.ask(*words)

    def test_info_of_every_row_is_the_real_servers(self):
        for name in self.names:
            for protocol, ours, reference in self.both("COMMAND", "INFO", name):
                with self.subTest(name=name, protocol=protocol):
                    self.assertEqual(ours[0], reference[0])
                    self.assertEqual(*(normal_info(reply[1][0]) for reply in (ours, reference)))

    def test_docs_of_every_row_are_the_real_servers(self):
        for name in self.names:
            for protocol, ours, reference in self.both("COMMAND", "DOCS", name):
                with self.subTest(name=name, protocol=protocol):
                    self.assertEqual(ours[0], reference[0])
                    self.assertEqual(*(normal_docs(pairs(reply)[name])
                                       for reply in (ours, reference)))

    def test_all_rows_are_told_where_none_is_named(self):
        for ours in self.clients[2][0], self.clients[3][0]:
            listed = {entry[1][0][1] for entry in ours.ask("COMMAND")[1]}
            self.assertLessEqual(set(self.commands), listed)
            self.assertEqual(ours.ask("COMMAND", "COUNT"), (":", str(len(listed))))
            self.assertEqual({entry[1][0][1] for entry in ours.ask("COMMAND", "INFO")[1]}, listed)
            self.assertEqual(set(pairs(ours.ask("COMMAND", "DOCS"))), listed)

    def test_list_filters_as_the_real_server(self):
        categories = texts(self.clients[2][1].ask("ACL", "CAT"))
        filters = [("ACLCAT", category) for category in categories]
        filters += [("ACLCAT", "STRING"), ("ACLCAT", "@string"), ("ACLCAT", "nosuch")]
        filters += [("PATTERN", pattern) for pattern in
                    ("*", "get*", "GET", "conf*", "CONFIG|G*", "*|help", "?[ce]*", "nosuch")]
        filters += [("MODULE", "nosuch")]
        for words in filters:
            for protocol, ours, reference in self.both("COMMAND", "LIST", "FILTERBY", *words):
                with self.subTest(words=words, protocol=protocol):
                    self.assertEqual(ours[0], reference[0])
                    self.assertEqual(*(sorted(set(texts(reply)) & set(self.names))
                                       for reply in (ours, reference)))

    def test_errors_and_odd_requests_are_answered_as_by_the_real_server(self):
        for line in ("LIST foo", "LIST FILTERBY", "LIST FILTERBY PATTERN", "LIST FILTERBY foo bar",
                     "LIST foo PATTERN x", "LIST FILTERBY PATTERN x y", "INFO nosuch",
                     "INFO config|nosuch get", "DOCS nosuch", "DOCS config|nosuch", "COUNT x",
                     "HELP x", "nosuch", "GETKEYS", "GETKEYS get", "GETKEYSANDFLAGS ping"):
            for protocol, ours, reference in self.both("COMMAND", *line.split()):
                with self.subTest(line=line, protocol=protocol):
                    if line == "INFO config|nosuch get":
                        ours, reference = ours[1][0], reference[1][0]
                    self.assertEqual(ours, reference)

    def test_keys_are_those_that_the_real_server_finds(self):
        lines = [line.strip().split(" ") for part in GETKEYS.strip().splitlines()
                 for line in part.split(" | ")]
        for line in lines:
            self.compare_keys(line)

    def test_keys_of_random_requests_are_those_that_the_real_server_finds(self):
        seed = int(os.environ.get("REDOUBLE_SEED", "1"))
        chance = random.Random(seed)
        words = "k a b c 0 1 2 3 -1 x get GET nx ex streams * 10".split()
        for _ in range(2000):
            line = chance.choice(self.names).split("|")
            line += chance.choices(words, k=chance.randrange(7))
            self.compare_keys(line, seed=seed)

    def compare_keys(self, line, **note):
        for subcommand in "GETKEYS", "GETKEYSANDFLAGS":
            for protocol, ours, reference in self.both("COMMAND", subcommand, *line):
                if ours != reference:
                    with self.subTest(line=" ".join(line), protocol=protocol, **note):
                        self.assertEqual(ours, reference)

    def test_help_is_a_list_of_simple_strings(self):
        for command in "COMMAND", "CONFIG", "CLIENT", "OBJECT", "MEMORY", "XGROUP", "XINFO":
            for _, ours, reference in self.both(command, "HELP"):
                self.assertEqual(ours[0], reference[0])
                self.assertEqual({kind for kind, _ in ours[1]}, {"+"})


if __name__ == "__main__":
    suite.main()
