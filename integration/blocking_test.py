"""Commands that wait, of several clients at once: every reply, and who waits, as redis-server has it.

Random steps of a few clients run on both servers. After each of them both say who still waits
(CLIENT LIST's flag b); whoever does not has one reply to read, which must be the same on both. No
time is waited for: a command waits for ever, or longer than the test lasts, or it is unblocked.
"""

import os
import random
import select
import unittest

import suite
from processes import RealRedis, Redouble

CLIENTS = 5
KEYS = ("a", "b", "c", "d")
SEQUENCES = 2000 if os.environ.get("REDOUBLE_LONG") else 100
STEPS = 50
LONG_S, LONG_MS = "1000", "1000000"


def waiting_request(chance):
    keys = chance.sample(KEYS, chance.choice((1, 1, 2, 3)))
    side, other = chance.choices(("LEFT", "RIGHT"), k=2)
    timeout = chance.choice(("0", LONG_S))
    counted = ("COUNT", str(chance.randint(1, 3))) if chance.random() < 0.5 else ()
    ids = [chance.choice(("$", "0", "5-0")) for _ in keys]
    return chance.choice((
        ("BLPOP", *keys, timeout),
        ("BRPOP", *keys, timeout),
        ("BLMOVE", *chance.choices(KEYS, k=2), side, other, timeout),
        ("BLMOVE", *chance.choices(KEYS, k=2), side, other, timeout),
        ("BRPOPLPUSH", *chance.choices(KEYS, k=2), timeout),
        ("BLMPOP", timeout, str(len(keys)), *keys, side, *counted),
        ("BZPOPMIN", *keys, timeout),
        ("BZPOPMAX", *keys, timeout),
        ("BZMPOP", timeout, str(len(keys)), *keys, chance.choice(("MIN", "MAX")), *counted),
        ("XREAD", *counted, "BLOCK", chance.choice(("0", LONG_MS)), "STREAMS", *keys, *ids),
        ("XREADGROUP", "GROUP", "g", chance.choice("xy"), *counted, "BLOCK", "0", *(
            ("NOACK",) if chance.random() < 0.2 else ()), "STREAMS", *keys, *(">" for _ in keys)),
        ("WAIT", "1", chance.choice(("0", LONG_MS))),
    ))


def other_request(chance):
    key, second = chance.choices(KEYS, k=2)
    values = [str(chance.randint(0, 99)) for _ in range(chance.randint(1, 3))]
    scored = [word for value in values for word in (value, "m" + value)]
    name = f"c{chance.randint(1, CLIENTS)}"
    return chance.choice((
        ("RPUSH", key, *values), ("LPUSH", key, *values), ("RPUSH", key, *values),
        ("ZADD", key, *scored), ("ZADD", key, *scored),
        ("XADD", key, f"{chance.randint(1, 9)}-*", "f", values[0]),
        ("XADD", key, f"{chance.randint(1, 9)}-*", "f", values[0]),
        ("XGROUP", "CREATE", key, "g", chance.choice("0$"), "MKSTREAM"),
        ("XGROUP", "CREATE", key, "g", chance.choice("0$"), "MKSTREAM"),
        ("XGROUP", "SETID", key, "g", "0"), ("XGROUP", "DESTROY", key, "g"), ("XDEL", key, "5-0"),
        ("DEL", key), ("SET", key, "text"), ("RENAME", key, second), ("LPOP", key),
        ("COPY", key, second, "REPLACE"), ("LMOVE", key, second, "LEFT", "LEFT"),
        ("ZUNIONSTORE", key, "1", second), ("MOVE", key, "1"), ("COPY", key, second, "DB", "1"),
        ("SWAPDB", "0", "1"), ("FLUSHDB",), ("PEXPIRE", key, "-1"),
        ("UNBLOCK", name, chance.choice(("TIMEOUT", "ERROR"))), ("UNBLOCK", name),
        ("KILL", name),
    ))


class Side:
    """One server, its clients c1, c2... and one that never waits."""

    def __init__(self, server, protocols):
        self.server = server
        self.protocols = protocols
        self.watcher = server.connect()
        self.watcher.ask("FLUSHALL")
        self.clients, self.ids = {}, {}
        for name in protocols:
            self.open(name)
        self.waiting = set()

    def open(self, name):
        client = self.server.connect()
        client.ask("HELLO", self.protocols[name], "SETNAME", name)
        self.clients[name], self.ids[name] = client, client.ask("CLIENT", "ID")

    def run(self, name, request):
        """Sends it for `name`; the replies that have come, by client."""
        word, *rest = request
        asked = self.waiting | {name}
        if word in ("UNBLOCK", "KILL"):
            id_of = self.ids[rest[0]]
            request = ("CLIENT", "UNBLOCK", id_of, *rest[1:]) if word == "UNBLOCK" else (
                "CLIENT", "KILL", "ID", id_of)
        replies = {}
        if word.startswith("B") or word in ("XREAD", "XREADGROUP", "WAIT"):
            self.clients[name].send(*request)
            # Until it has run: then it waits, or its reply comes.
            while name not in self.who_waits() and not self.has_reply(name):
                pass
        else:
            replies[name] = self.clients[name].ask(*request)
            asked -= {name}
        if word == "KILL":
            killed = rest[0]
            self.clients[killed].close()
            self.open(killed)
            asked -= {killed}
        self.waiting = self.who_waits()
        for who in sorted(asked - self.waiting):
            replies[who] = self.clients[who].read()
        return replies

    def has_reply(self, name):
        return bool(select.select([self.clients[name].socket], [], [], 0)[0])

    def who_waits(self):
        lines = self.watcher.ask("CLIENT", "LIST").decode().splitlines()
        fields = [dict(word.split("=", 1) for word in line.split()) for line in lines]
        return {entry["name"] for entry in fields if "b" in entry["flags"]}

    def state(self):
        ask = self.watcher.ask
        content = [ask("SELECT", database) and ask("DEBUG", "DIGEST-VALUE", *KEYS)
                   for database in (0, 1)]
        ask("SELECT", 0)
        return content, ask("INFO", "clients").decode().partition("blocked_clients:")[2]

    def close(self):
        for client in (self.watcher, *self.clients.values()):
            client.close()


class BlockingTest(unittest.TestCase):
    def run_both(self, seed, real, ours):
        chance = random.Random(seed)
        protocols = {f"c{n}": chance.choice((2, 3)) for n in range(1, CLIENTS + 1)}
        sides = Side(real, protocols), Side(ours, protocols)
        story = []
        try:
            for _ in range(STEPS):
                idle = sorted(set(protocols) - sides[0].waiting)
                busy = len(idle) < CLIENTS and chance.random() < 0.55
                name = chance.choice(idle) if len(idle) > 1 else idle[0]
                request = waiting_request(chance) if not busy and len(idle) > 1 else (
                    other_request(chance))
                if request[0] == "KILL" and request[1] == name:
                    continue
                story.append((name, *request))
                expected, got = (side.run(name, request) for side in sides)
                told = f"seed {seed}\n" + "\n".join(" ".join(map(str, line)) for line in story)
                self.assertEqual(expected, got, told)
                self.assertEqual(sides[0].waiting, sides[1].waiting, told)
                self.served += sum(who != name for who in expected)
            self.assertEqual(sides[0].state(), sides[1].state(), told)
        finally:
            for side in sides:
                side.close()

    def test_changes_of_a_key_that_came_in_silence_serve_as_by_the_real_server(self):
        fill = (("RPUSH", "src", "s1", "s2", "s3"), ("ZADD", "srcz", "1", "z1", "2", "z2"),
                ("SADD", "srcs", "m"), ("GEOADD", "srcg", "1", "1", "g"))
        stores = (("SORT", "src", "ALPHA", "STORE", "a"), ("ZRANGESTORE", "a", "srcz", "0", "-1"),
                  ("ZUNIONSTORE", "a", "1", "srcz"), ("SUNIONSTORE", "a", "srcs"),
                  ("GEOSEARCHSTORE", "a", "srcg", "FROMLONLAT", "1", "1", "BYRADIUS", "1", "km"),
                  ("SET", "a", "text"), ("COPY", "src", "a", "REPLACE"), ("RENAME", "src", "a"),
                  ("COPY", "srcz", "a", "REPLACE"), ("RENAME", "srcz", "a"))
        befores = (("SADD", "a", "x"), ("SET", "a", "x"), ("XADD", "a", "1-1", "f", "v"),
                   ("HSET", "a", "f", "v"))
        afters = (("EXPIRE", "a", "100"), ("LPUSH", "a", "n"), ("ZADD", "a", "9", "n"),
                  ("LPOP", "a"), ("ZPOPMAX", "a"), ("XADD", "a", "5-*", "f", "v"), ("DEL", "a"),
                  ("RPUSH", "a", "new"), ("DEL", "a"), ("ZADD", "a", "1", "new"))
        waits = (("BLPOP", "a", "0"), ("BZPOPMIN", "a", "0"), ("BLMOVE", "a", "b", "LEFT", "LEFT", "0"),
                 ("XREAD", "BLOCK", "0", "STREAMS", "a", "0"))
        protocols = {f"c{n}": 2 for n in range(1, CLIENTS + 1)}
        with RealRedis("--enable-debug-command", "yes") as real, Redouble(
                "--enable-debug-command", "yes") as ours:
            for wait in waits:
                for before in befores:
                    for store in stores:
                        steps = [("c2", request) for request in fill]
                        steps += [("c1", wait), ("c2", before), ("c2", store)]
                        steps += [("c2", request) for request in afters]
                        self.compare(Side(real, protocols), Side(ours, protocols), steps)

    def compare(self, real, ours, steps):
        try:
            for name, request in steps:
                expected, got = (side.run(name, request) for side in (real, ours))
                told = f"{request} of {steps}"
                self.assertEqual(expected, got, told)
                self.assertEqual(real.waiting, ours.waiting, told)
            self.assertEqual(real.state(), ours.state(), str(steps))
        finally:
            real.close()
            ours.close()

    def test_random_waiting_clients_are_answered_as_by_the_real_server(self):
        self.served = 0
        first = int(os.environ.get("REDOUBLE_SEED", "1"))
        with RealRedis("--enable-debug-command", "yes") as real, Redouble(
                "--enable-debug-command", "yes") as ours:
            for seed in range(first, first + SEQUENCES):
                self.run_both(seed, real, ours)
        self.assertGreater(self.served, SEQUENCES, "too few were served for the test to mean much")


if __name__ == "__main__":
    suite.main()
