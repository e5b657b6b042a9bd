"""Dumps made by hand: the encodings that older servers wrote, and the footer that makes any bytes a
dump. What they are is said in src/value/rdb_format.hpp and ziplist.hpp.
"""

import struct

POLYNOMIAL = 0x95ac9329ac4bc9b5  # Jones', its bits the other way round


def crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (POLYNOMIAL if byte & 1 else 0)
        table.append(byte)
    return table


TABLE = crc_table()


def sealed(value, version=10):
    whole = value + struct.pack("<H", version)
    crc = 0
    for byte in whole:
        crc = TABLE[(crc ^ byte) & 255] ^ crc >> 8
    return whole + struct.pack("<Q", crc)


def length(number):
    if number < 64:
        return bytes([number])
    if number < 16384:
        return bytes([0x40 | number >> 8, number & 255])
    return b"\x80" + struct.pack(">I", number)


def text(content):
    return length(len(content)) + content


def ziplist_integer(number):
    if 0 <= number <= 12:
        return bytes([0xf1 + number])
    for kind, form, bits in ((0xfe, "<b", 8), (0xc0, "<h", 16), (0xf0, None, 24), (0xd0, "<i", 32),
                             (0xe0, "<q", 64)):
        if -1 << (bits - 1) <= number < 1 << (bits - 1):
            packed = struct.pack(form, number) if form else struct.pack("<i", number)[:3]
            return bytes([kind]) + packed
    raise ValueError(number)


def ziplist_text(content):
    if len(content) < 64:
        return bytes([len(content)]) + content
    if len(content) < 16384:
        return bytes([0x40 | len(content) >> 8, len(content) & 255]) + content
    return b"\x80" + struct.pack(">I", len(content)) + content


def ziplist(elements):
    body, before, last = b"", 0, 10
    for element in elements:
        last = 10 + len(body)
        size = bytes([before]) if before < 254 else b"\xfe" + struct.pack("<I", before)
        one = size + (ziplist_integer(element) if isinstance(element, int)
                      else ziplist_text(element))
        before = len(one)
        body += one
    return struct.pack("<IIH", 11 + len(body), last, len(elements)) + body + b"\xff"


def zipmap(pairs):
    def size(content):
        if len(content) < 254:
            return bytes([len(content)])
        return b"\xfe" + struct.pack("<I", len(content))
    made = bytes([min(len(pairs), 254)])
    for key, value in pairs:
        made += size(key) + key + size(value) + b"\x02" + value + b"??"
    return made + b"\xff"


def of_old_servers():
    """Pairs of a name and a dump."""
    elements = [b"a", 5, -1, 300, -70000, 1 << 20, 1 << 40, b"x" * 70, b"", b"y" * 300, 13, 12,
                b"z" * 17000, -129, 1 << 31, -(1 << 63)]
    pairs = [(b"field", b"value"), (b"n", b"12"), (b"", b""), (b"long", b"v" * 60)]
    flat = [part for pair in pairs for part in pair]
    flat[3] = 12
    digits = b"\x03" + b"1.5"
    scores = (length(5) + text(b"a") + digits + text(b"b") + b"\xfe" + text(b"c") + b"\xff" +
              text(b"d") + b"\x02-0" + b"\xc0\x07" + b"\x051e300")
    return [
        ("list", sealed(b"\x01" + length(4) + text(b"a") + b"\xc0\x05" + b"\xc1\x00\x80" +
                        b"\xc2\xff\xff\xff\x7f", 3)),
        ("list of a long element", sealed(b"\x01" + length(1) + text(b"x" * 20000), 3)),
        ("set", sealed(b"\x02" + length(3) + text(b"a") + b"\xc0\x05" + text(b"12x"), 3)),
        ("set of integers", sealed(b"\x02" + length(3) + text(b"7") + b"\xc0\x05" + text(b"-12"))),
        ("sorted set of digits", sealed(b"\x03" + scores, 6)),
        ("hash", sealed(b"\x04" + length(2) + text(b"f") + text(b"v") + text(b"g") + b"\xc0\x01")),
        ("hash of long values", sealed(b"\x04" + length(1) + text(b"f") + text(b"v" * 65))),
        ("zipmap", sealed(b"\x09" + text(zipmap(pairs)), 4)),
        ("zipmap with a long value", sealed(b"\x09" + text(zipmap([(b"k", b"v" * 300)])), 4)),
        ("ziplist of a list", sealed(b"\x0a" + text(ziplist(elements)), 6)),
        ("ziplist of a hash", sealed(b"\x0d" + text(ziplist(flat)), 9)),
        ("ziplist of a hash with a long value", sealed(b"\x0d" + text(ziplist([b"f", b"v" * 70])))),
        ("ziplist of a long hash",
         sealed(b"\x0d" + text(ziplist([part for i in range(600) for part in (i, b"v")])))),
        ("ziplist of a sorted set",
         sealed(b"\x0c" + text(ziplist([b"a", 1, b"b", b"1.5", 7, b"1e+100", b"c", b"inf"])), 9)),
        ("ziplist of a long sorted set",
         sealed(b"\x0c" + text(ziplist([part for i in range(200) for part in (b"m%d" % i, i)])))),
        ("quicklist of ziplists",
         sealed(b"\x0e" + length(3) + text(ziplist(elements)) + text(ziplist([])) +
                text(ziplist([1, 2, 3])), 9)),
    ]
