#!/usr/bin/python3
"""DUMP and RESTORE beside the real redis-server: what one dumps the other restores, to a value with
the same type, encoding and digest; where a value has one form alone, both dump the same bytes. Dumps
of older servers are read; damaged ones are refused, or taken as the real server takes them when it
checks. REDOUBLE_SEED repeats a run.
"""

import os
import random
import unittest

import dump_payloads
import suite
from processes import ErrorReply, RealRedis, Redouble

VALUES = 250
DAMAGES = 3000

SIZES = [0, 1, 2, 3, 11, 20, 21, 24, 60, 63, 64, 65, 127, 200, 254, 300, 4096, 5000, 9000, 16384,
         20000]


def some_text(chance):
    kind = chance.random()
    if kind < 0.25:
        return str(chance.choice([0, 1, 12, 13, 127, 128, -1, -128, -129, 4095, 4096, -4097, 32767,
                                  32768, 8388607, -8388609, 1 << 31, -(1 << 31) - 1, 1 << 62,
                                  chance.randrange(-1 << 63, 1 << 63)])).encode()
    size = chance.choice(SIZES[:12] if chance.random() < 0.9 else SIZES)
    if kind < 0.5:
        return chance.randbytes(size)
    if kind < 0.75:
        word = chance.randbytes(chance.randint(1, 7))
        return (word * (size // len(word) + 1))[:size]
    return bytes(chance.choice(b"abcde 0123") for _ in range(size))


def some_count(chance):
    return chance.choice([1, 2, 3, 5, 10, 50, 127, 128, 129, 500, 511, 512, 513, 600, 2000])


def some_score(chance):
    return chance.choice([b"0", b"-0", b"1", b"-1.5", b"inf", b"-inf", b"1e300", b"5e-324",
                          b"%d" % chance.randrange(-1 << 62, 1 << 62), b"%r" % chance.random(),
                          b"3.0000000000000004", b"%d" % chance.randrange(1000)])


def chunks(words, size=1000):
    for at in range(0, len(words), size):
        yield words[at:at + size]


def string_of(chance):
    yield "SET", "k", some_text(chance)
    if chance.random() < 0.3:
        yield "APPEND", "k", some_text(chance)


def list_of(chance):
    one_end = chance.random() < 0.7
    for _ in range(some_count(chance)):
        yield "RPUSH" if one_end or chance.random() < 0.5 else "LPUSH", "k", some_text(chance)


def set_of(chance):
    integers = chance.random() < 0.5
    members = [b"%d" % chance.randrange(-1 << chance.randint(1, 63), 1 << chance.randint(1, 63))
               if integers else some_text(chance) for _ in range(some_count(chance))]
    for part in chunks(members):
        yield "SADD", "k", *part
    for member in members[:chance.randint(0, 2)]:
        if len(members) > 3:
            yield "SREM", "k", member


def hash_of(chance):
    pairs = []
    for _ in range(some_count(chance)):
        pairs += [some_text(chance)[:chance.choice([64, 64, 64, 70])],
                  some_text(chance)[:chance.choice([64, 64, 64, 300])]]
    for part in chunks(pairs):
        yield "HSET", "k", *part
    for part in chunks(pairs[::4], 2):
        yield "HSET", "k", part[0], "again"


def sorted_set_of(chance):
    words = []
    for _ in range(some_count(chance)):
        words += [some_score(chance), some_text(chance)[:chance.choice([64, 64, 64, 70])]]
    for part in chunks(words):
        yield "ZADD", "k", *part


def stream_of(chance):
    ms = 0
    ids = []
    names = [some_text(chance)[:50] for _ in range(3)]
    for _ in range(some_count(chance) % 700):
        ms += chance.choice([0, 1, 1000, 1 << 33])
        ids.append(b"%d-%d" % (ms, len(ids) + 1))
        fields = names[:chance.randint(1, 3)] if chance.random() < 0.8 else [some_text(chance)]
        yield "XADD", "k", ids[-1], *[word for name in fields for word in (name, some_text(chance))]
    for one in chance.sample(ids, chance.choice([0, 1, len(ids) // 2])) if ids else []:
        yield "XDEL", "k", one
    if ids and chance.random() < 0.3:
        yield "XTRIM", "k", "MAXLEN", chance.randint(0, len(ids))
    if ids and chance.random() < 0.5:
        yield from groups_of(chance, ids)
    if ids and chance.random() < 0.2:
        yield "XSETID", "k", b"%d-7" % (ms + 5), "ENTRIESADDED", 5000, "MAXDELETEDID", "1-1"


def serialized_length(client):
    words = client.ask("DEBUG", "OBJECT", "k").split()
    return next(word for word in words if word.startswith("serializedlength:"))


def groups_of(chance, ids):
    """Commands of groups; times are given, so that both servers have the same."""
    for name in ("g", "h")[:chance.randint(1, 2)]:
        yield "XGROUP", "CREATE", "k", name, chance.choice([b"0", b"$", *ids[:3]])
        for consumer in ("alice", "bob", "c" * 30)[:chance.randint(1, 3)]:
            for one in chance.sample(ids, chance.randint(0, min(len(ids), 60))):
                yield ("XCLAIM", "k", name, consumer, 0, one, "TIME",
                       chance.randrange(1700000000000), "RETRYCOUNT", chance.randrange(70000),
                       "FORCE", "JUSTID")
        yield "XGROUP", "SETID", "k", name, chance.choice(ids), "ENTRIESREAD", chance.randint(0, 9)


KINDS = {"string": string_of, "list": list_of, "set": set_of, "hash": hash_of,
         "zset": sorted_set_of, "stream": stream_of}


class DumpTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.seed = int(os.environ.get("REDOUBLE_SEED", random.randrange(1 << 32)))
        cls.real_process = RealRedis("--enable-debug-command", "yes", "--sanitize-dump-payload",
                                     "yes")
        cls.our_process = Redouble("--enable-debug-command", "yes")
        cls.real = cls.real_process.connect()
        cls.ours = cls.our_process.connect()

    @classmethod
    def tearDownClass(cls):
        for one in (cls.real, cls.ours):
            one.close()
        cls.real_process.__exit__()
        cls.our_process.__exit__()

    def setUp(self):
        print(f"REDOUBLE_SEED={self.seed}")
        self.chance = random.Random(self.seed)
        self.both("FLUSHALL")

    def both(self, *words):
        ours, real = self.ours.ask(*words), self.real.ask(*words)
        self.assertEqual(ours, real, words)
        return ours

    def facts(self, client, key):
        return [client.ask("TYPE", key), client.ask("OBJECT", "ENCODING", key),
                client.ask("DEBUG", "DIGEST-VALUE", key)]

    def same(self, key, note):
        self.assertEqual(self.facts(self.ours, key), self.facts(self.real, key), note)

    def exchange(self, note, one_form=False):
        """Restores each server's dump of the key k on both, and compares. A value of one form alone
        has the same dump again."""
        self.same("k", note)
        dumps = self.ours.ask("DUMP", "k"), self.real.ask("DUMP", "k")
        for dump in dumps:
            self.assertEqual(self.both("RESTORE", "r", 0, dump, "REPLACE"), "OK", note)
            self.same("r", note)
            if one_form:
                self.assertEqual(self.both("DUMP", "r").hex(), dump.hex(), note)
        self.assertEqual(self.ours.ask("DEBUG", "DIGEST-VALUE", "r"),
                         self.ours.ask("DEBUG", "DIGEST-VALUE", "k"), note)
        return dumps

    def test_what_one_dumps_the_other_restores(self):
        equal = dict.fromkeys(KINDS, 0)
        for number in range(VALUES):
            name = self.chance.choice(list(KINDS))
            self.both("FLUSHALL")
            commands = list(KINDS[name](self.chance))
            for words in commands:
                self.both(*words)
            if self.ours.ask("EXISTS", "k") == 0:
                continue
            note = f"{number}: {name}, {len(commands)} commands"
            names = {words[0] for words in commands}
            encoding = self.ours.ask("OBJECT", "ENCODING", "k").decode()
            one_form = encoding != "hashtable" and "LPUSH" not in names
            ours, real = self.exchange(note, one_form)
            equal[name] += ours == real
            # A consumer remembers when it was seen, by each server's clock.
            if one_form and "XCLAIM" not in names:
                self.assertEqual(ours.hex(), real.hex(), note)
            if one_form or encoding == "hashtable":
                self.assertEqual(serialized_length(self.ours), serialized_length(self.real), note)
            self.both("DEBUG", "RELOAD")
            self.same("k", note)
        print("equal dumps:", equal)

    def test_dumps_of_older_servers_are_read(self):
        for name, dump in dump_payloads.of_old_servers():
            self.assertEqual(self.both("RESTORE", "r", 0, dump, "REPLACE"), "OK", name)
            self.same("r", name)

    def test_limits_decide_what_a_value_becomes(self):
        settings = [("hash-max-listpack-entries", 3), ("hash-max-listpack-value", 5),
                    ("zset-max-listpack-entries", 3), ("zset-max-listpack-value", 5),
                    ("set-max-intset-entries", 3), ("list-max-listpack-size", 2)]
        dumps = [dump for _, dump in dump_payloads.of_old_servers()]
        for commands in ([("HSET", "k", "a", "b" * 20)], [("HSET", "k", *"abcdefgh")],
                         [("ZADD", "k", 1, "a" * 20)], [("ZADD", "k", *"1a2b3c4d")],
                         [("SADD", "k", *"1234")], [("SADD", "k", *"123")],
                         [("RPUSH", "k", *"abcdefg")]):
            self.both("DEL", "k")
            for words in commands:
                self.both(*words)
            dumps += [self.ours.ask("DUMP", "k"), self.real.ask("DUMP", "k")]
        defaults = [(name, self.both("CONFIG", "GET", name)[1]) for name, _ in settings]
        for name, value in settings:
            self.both("CONFIG", "SET", name, value)
        try:
            for dump in dumps:
                self.assertEqual(self.both("RESTORE", "k", 0, dump, "REPLACE"), "OK", dump)
                self.exchange(dump)
        finally:
            for name, value in defaults:
                self.both("CONFIG", "SET", name, value)

    def test_without_compression_the_bytes_are_plain(self):
        for setting in ("no", "yes"):
            self.both("CONFIG", "SET", "rdbcompression", setting)
            self.both("SET", "k", "ab" * 40)
            self.both("DUMP", "k")

    def test_errors_and_options_are_the_real_ones(self):
        self.both("SET", "k", "v")
        dump = self.both("DUMP", "k")
        self.assertIsNone(self.both("DUMP", "nosuch"))
        wrong = dump[:-1] + bytes([dump[-1] ^ 1])
        newer = dump_payloads.sealed(b"\x00\x01v", 11)
        for words in [(0, dump), (0, wrong, "REPLACE"), (0, newer, "REPLACE"), (0, b""),
                      (0, b"", "REPLACE"), (-1, dump, "REPLACE"), ("x", dump, "REPLACE"),
                      (-1, dump), (0, dump, "FOO"), (0, dump, "REPLACE", "IDLETIME"),
                      (0, dump, "REPLACE", "IDLETIME", "-1"), (0, dump, "REPLACE", "IDLETIME", "x"),
                      (0, dump, "REPLACE", "FREQ", "256"), (0, dump, "REPLACE", "FREQ", "-1"),
                      (0, dump, "IDLETIME", "1", "FREQ", "1"), (0, dump, "FREQ", 1, "IDLETIME", 1),
                      (0, dump, "REPLACE", "IDLETIME", "1000"), (0, dump, "replace", "FREQ", "7"),
                      (9223372036854775807, dump, "REPLACE"), (0, dump), (0, dump, "REPLACE"),
                      (1, dump, "REPLACE", "ABSTTL"), (1, dump, "ABSTTL"), (0, dump, "ABSTTL"),
                      (9223372036854775806, dump, "REPLACE", "ABSTTL"),
                      (8000000000123, dump, "ABSTTL", "REPLACE")]:
            self.both("RESTORE", "k", *words)
            self.both("EXISTS", "k")
            self.both("PEXPIRETIME", "k")
        self.both("RESTORE", "k", 0, dump, "REPLACE", "IDLETIME", "1000")
        self.both("OBJECT", "IDLETIME", "k")
        self.both("RESTORE", "i", 100000, dump)
        self.both("TTL", "i")
        self.both("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu")
        self.both("RESTORE", "k", 0, dump, "REPLACE", "FREQ", "77")
        self.both("OBJECT", "FREQ", "k")
        self.both("CONFIG", "SET", "maxmemory-policy", "noeviction")

    def some_dumps(self):
        dumps = [dump for _, dump in dump_payloads.of_old_servers() if len(dump) < 2000]
        while len(dumps) < 120:
            self.real.ask("DEL", "k")
            for words in list(KINDS[self.chance.choice(list(KINDS))](self.chance))[:8]:
                self.real.ask(*words)
            dump = self.real.ask("DUMP", "k")
            if dump is not None and len(dump) < 2000:
                dumps.append(dump)
        return dumps

    def test_damaged_dumps_are_refused(self):
        dumps = self.some_dumps()
        taken = refused = 0
        for number in range(DAMAGES):
            value = bytearray(self.chance.choice(dumps)[:-10])
            for _ in range(self.chance.choice([1, 1, 1, 2, 4])):
                at = self.chance.randrange(len(value))
                how = self.chance.random()
                if how < 0.6:
                    value[at] = self.chance.choice([0, 1, 127, 128, 255, value[at] ^ 1,
                                                    value[at] + 1 & 255, value[at] - 1 & 255])
                elif how < 0.8 and len(value) > 1:
                    del value[at]
                else:
                    value.insert(at, self.chance.randrange(256))
            dump = dump_payloads.sealed(bytes(value))
            ours = self.ours.ask("RESTORE", "r", 0, dump, "REPLACE")
            if ours == "OK":
                taken += 1
                real = self.real.ask("RESTORE", "r", 0, dump, "REPLACE")
                self.assertEqual(ours, real, (number, dump.hex()))
                self.assertEqual(self.facts(self.ours, "r"), self.facts(self.real, "r"),
                                 (number, dump.hex()))
                again = self.ours.ask("DUMP", "r")
                self.assertEqual(self.ours.ask("RESTORE", "s", 0, again, "REPLACE"), "OK")
            else:
                self.assertIsInstance(ours, ErrorReply)
                self.assertEqual(ours, "ERR Bad data format")
                refused += 1
        print("damaged:", taken, "taken,", refused, "refused")
        self.assertGreater(refused, DAMAGES // 4)


if __name__ == "__main__":
    suite.main()
