"""Servers as child processes, and a plain client: what the tests of real processes share.

A server is ended by its own process id, and dies with the test in any case. Nothing is slept for:
redouble says when it is ready, redis-server is asked until it answers.
"""

import ctypes
import os
import re
import select
import signal
import socket
import subprocess
import tempfile
import time

REDOUBLE = os.environ.get("REDOUBLE_PROGRAM", "build/release/redouble")
PATIENCE_S = 60


def die_with_parent():
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


class Process:
    """A child process; a context that ends it."""

    def __init__(self, arguments, **named):
        self.child = subprocess.Popen(arguments, preexec_fn=die_with_parent, **named)
        self.pid = self.child.pid

    def stop(self, sign=signal.SIGTERM):
        """Sends the signal and gives the exit code."""
        if self.child.poll() is None:
            self.child.send_signal(sign)
        try:
            code = self.child.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise
        for stream in (self.child.stdout, self.child.stderr):
            if stream is not None:
                stream.close()
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGKILL)


class Redouble(Process):
    """This project's server, on a port of its own."""

    def __init__(self, *arguments, program=None, before=(), **named):
        """`program`: another one that says when it is ready, in the same words; `before`: what runs
        it (valgrind, say)."""
        command = [program or REDOUBLE, "--port", "0"]
        super().__init__([*before, *command, *arguments], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, **named)
        line = self.child.stdout.readline().decode()
        ready = re.fullmatch(r"ready port=(\d+) pid=(\d+)\n", line)
        if ready is None:
            self.child.kill()
            raise RuntimeError(f"not ready: {line!r} {self.child.stderr.read()!r}")
        self.port = int(ready[1])
        self.said_pid = int(ready[2])

    def connect(self, **named):
        return Client(("127.0.0.1", self.port), **named)


class RealRedis(Process):
    """Debian's redis-server, on a Unix socket and a port that was free a moment ago."""

    def __init__(self, *arguments, port=False, before=()):
        self.folder = tempfile.TemporaryDirectory(prefix="redouble-test-")
        self.path = os.path.join(self.folder.name, "s")
        self.port = free_port() if port else 0
        super().__init__([*before, "redis-server", "--port", str(self.port), "--bind", "127.0.0.1",
                          "--unixsocket", self.path, "--save", "", "--dir", self.folder.name,
                          *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                with Client(self.path) as client:
                    client.ask("PING")
                return
            except (OSError, EOFError):
                if self.child.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("redis-server does not start") from None
                select.select([], [], [], 0.01)

    def connect(self, **named):
        return Client(self.path, **named)

    def __exit__(self, *_):
        super().__exit__()
        self.folder.cleanup()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ErrorReply(str):
    """The text of an error reply, its code included."""


class Push(list):
    """A RESP3 push."""


class Client:
    """A connection that speaks RESP2 or RESP3 and gives plain Python values."""

    def __init__(self, address, source=None):
        if isinstance(address, str):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(PATIENCE_S)
            self.socket.connect(address)
        else:
            self.socket = socket.create_connection(address, PATIENCE_S, source_address=source)
        self.file = self.socket.makefile("rb")

    def send(self, *words):
        self.socket.sendall(encoded(*words))

    def ask(self, *words):
        self.send(*words)
        return self.read()

    def read(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise EOFError(f"the connection ended after {line!r}")
        kind, text = line[:1], line[1:-2].decode("utf-8", "replace")
        if kind == b"+":
            return text
        if kind == b"-":
            return ErrorReply(text)
        if kind in b":":
            return int(text)
        if kind == b",":
            return float(text)
        if kind == b"#":
            return text == "t"
        if kind == b"_":
            return None
        if kind == b"(":
            return int(text)
        count = int(text)
        if count < 0:
            return None
        if kind in b"$=":
            return self.file.read(count + 2)[:-2]
        if kind == b"*":
            return [self.read() for _ in range(count)]
        if kind == b"~":
            return [self.read() for _ in range(count)]
        if kind == b">":
            return Push(self.read() for _ in range(count))
        if kind == b"%":
            return {hashable(self.read()): self.read() for _ in range(count)}
        raise ValueError(line)

    def ended(self):
        """Waits for the end of the stream; what came before it."""
        try:
            return self.file.read()
        except ConnectionResetError:
            return b""

    def close(self):
        self.file.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def hashable(key):
    return key if not isinstance(key, list) else tuple(key)


def encoded(*words):
    request = b"*%d\r\n" % len(words)
    for word in words:
        data = word if isinstance(word, bytes) else str(word).encode()
        request += b"$%d\r\n%s\r\n" % (len(data), data)
    return request
