#!/usr/bin/python3
"""The server as a process: how it starts, says so, serves, refuses, and ends."""

import os
import signal
import socket
import subprocess
import tempfile
import unittest

import suite
from processes import PATIENCE_S, REDOUBLE, Client, ErrorReply, Process, Push, RealRedis, Redouble, encoded


def run_to_end(*arguments, **named):
    return subprocess.run([REDOUBLE, *arguments], capture_output=True, text=True,
                          timeout=PATIENCE_S, **named)


class Start(unittest.TestCase):
    def test_the_ready_line_names_the_free_port_and_the_process(self):
        with Redouble() as server:
            self.assertEqual(server.said_pid, server.pid)
            with server.connect() as client:
                self.assertEqual(client.ask("PING"), "PONG")
                self.assertEqual(client.ask("CONFIG", "GET", "port"),
                                 [b"port", str(server.port).encode()])

    def test_ready_fd_gets_the_same_line(self):
        read_end, write_end = os.pipe()
        try:
            with Redouble("--ready-fd", str(write_end), pass_fds=[write_end]) as server:
                line = os.read(read_end, 100).decode()
                self.assertEqual(line, f"ready port={server.port} pid={server.pid}\n")
        finally:
            os.close(read_end)
            os.close(write_end)

    def test_ready_fd_of_standard_output_gets_it_once(self):
        with Redouble("--ready-fd", "1") as server:
            os.kill(server.pid, signal.SIGTERM)
            self.assertEqual(server.child.stdout.read(), b"")  # up to its end

    def test_maxclients_is_what_the_limit_of_open_files_allows(self):
        with Redouble(before=["prlimit", "--nofile=128:128"]) as server:
            with server.connect() as client:
                self.assertEqual(client.ask("CONFIG", "GET", "maxclients"), [b"maxclients", b"64"])
                self.assertIn(b"\r\nmaxclients:64\r\n", client.ask("INFO", "clients"))

    def test_set_on_one_connection_is_seen_on_another_at_once(self):
        for threads in ("1", "2", "4"):
            with self.subTest(threads=threads), Redouble("--threads", threads) as server:
                clients = [server.connect() for _ in range(8)]
                for number, client in enumerate(clients):
                    self.assertEqual(client.ask("SET", "hello", number), "OK")
                    for other in clients:
                        self.assertEqual(other.ask("GET", "hello"), str(number).encode())
                for client in clients:
                    client.close()

    def test_a_unix_socket_serves_and_its_file_goes_at_the_end(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "redouble.sock")
            with Redouble("--unixsocket", path, "--unixsocketperm", "700") as server:
                self.assertEqual(os.stat(path).st_mode & 0o777, 0o700)
                with Client(path) as client:
                    self.assertEqual(client.ask("PING"), "PONG")
                    self.assertIn(b"flags=U", client.ask("CLIENT", "LIST"))
                self.assertEqual(server.stop(), 0)
            self.assertFalse(os.path.exists(path))

    def test_a_configuration_file_is_read_and_the_command_line_stands_over_it(self):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write("# a comment\nmaxclients 77\ndatabases 3\n")
            file.flush()
            process = Process([REDOUBLE, file.name, "--port", "0", "--databases", "5"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            with process:
                line = process.child.stdout.readline().decode()
                port = int(line.split("port=")[1].split()[0])
                with Client(("127.0.0.1", port)) as client:
                    self.assertEqual(client.ask("CONFIG", "GET", "maxclients"),
                                     [b"maxclients", b"77"])
                    self.assertEqual(client.ask("SELECT", "4"), "OK")
                    self.assertIsInstance(client.ask("SELECT", "5"), ErrorReply)

    def test_the_frozen_clock_stands_still(self):
        with Redouble("--clock-frozen") as server, server.connect() as client:
            self.assertEqual(client.ask("TIME"), client.ask("TIME"))
            client.ask("SET", "k", "v", "PX", "1")
            self.assertEqual(client.ask("PTTL", "k"), 1)

    def test_an_expired_key_goes_by_itself(self):
        with Redouble() as server, server.connect() as client:
            client.ask("SET", "k", "v", "PX", "5")
            while b"expired_keys:1" not in client.ask("INFO", "stats"):
                pass
            self.assertEqual(client.ask("DBSIZE"), 0)

    def test_version_and_help_are_told(self):
        line = run_to_end("--version").stdout
        self.assertRegex(line, r"^Redis server v=7\.0\.15 sha=\S+ malloc=libc bits=64 build=redouble-\S+\n$")
        self.assertIn("--port", run_to_end("--help").stdout)


class BadStart(unittest.TestCase):
    def assert_one_clear_line(self, ended, *parts):
        self.assertEqual(ended.returncode, 1, ended)
        self.assertEqual(ended.stdout, "")
        self.assertEqual(ended.stderr.count("\n"), 1, ended.stderr)
        for part in parts:
            self.assertIn(part, ended.stderr)

    def test_a_port_in_use(self):
        with Redouble() as server:
            self.assert_one_clear_line(run_to_end("--port", str(server.port)), str(server.port),
                                       "in use")

    def test_a_bad_value(self):
        self.assert_one_clear_line(run_to_end("--port", "70000"), "port")
        self.assert_one_clear_line(run_to_end("--threads", "many"), "threads")

    def test_an_unknown_directive(self):
        self.assert_one_clear_line(run_to_end("--nosuch", "1"), "nosuch")

    def test_an_unknown_directive_in_a_file_names_the_line(self):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write("port 0\n\nnosuch 1\n")
            file.flush()
            self.assert_one_clear_line(run_to_end(file.name), file.name, "line 3", "nosuch")

    def test_an_unreadable_file(self):
        self.assert_one_clear_line(run_to_end("/nonexistent/redouble.conf"), "redouble.conf")

    def test_what_would_be_a_lie_is_refused(self):
        self.assert_one_clear_line(run_to_end("--appendonly", "yes", "--port", "0"), "appendonly")

    def test_a_directory_that_is_not_there(self):
        self.assert_one_clear_line(run_to_end("--dir", "/nonexistent", "--port", "0"),
                                   "/nonexistent")


class End(unittest.TestCase):
    def test_signals_end_it_with_code_0(self):
        for sign in (signal.SIGTERM, signal.SIGINT):
            for threads in ("1", "2"):
                with self.subTest(sign=sign, threads=threads):
                    with Redouble("--threads", threads) as server, server.connect() as client:
                        self.assertEqual(client.ask("PING"), "PONG")
                        self.assertEqual(server.stop(sign), 0)
                        self.assertEqual(client.ended(), b"")

    def test_commands_that_were_sent_before_are_answered(self):
        with Redouble() as server, server.connect() as client:
            many = 2000
            client.ask("PING")
            client.socket.sendall(encoded("INCR", "n") * many)
            server.child.send_signal(signal.SIGTERM)
            self.assertEqual([client.read() for _ in range(many)], list(range(1, many + 1)))
            self.assertEqual(client.ended(), b"")
            self.assertEqual(server.stop(), 0)

    def test_a_client_that_does_not_read_cannot_hold_it_longer_than_the_timeout(self):
        with Redouble("--shutdown-timeout", "1") as server, server.connect() as client:
            client.ask("SET", "big", b"x" * 4_000_000)
            client.socket.sendall(encoded("GET", "big") * 20)
            with server.connect() as other:
                while b"cmd=get" not in other.ask("CLIENT", "LIST"):
                    pass
            self.assertEqual(server.stop(), 0)

    def test_the_command_shutdown_ends_it(self):
        for words in (["SHUTDOWN"], ["SHUTDOWN", "NOSAVE"], ["SHUTDOWN", "NOW"],
                      ["SHUTDOWN", "FORCE"], ["SHUTDOWN", "NOW", "FORCE", "NOSAVE"]):
            with self.subTest(words=words), Redouble() as server, server.connect() as client:
                client.send(*words)
                self.assertEqual(client.ended(), b"")
                self.assertEqual(server.child.wait(PATIENCE_S), 0)

    def test_a_shutdown_that_cannot_be_leaves_it_alive(self):
        for words, refused in ((["SHUTDOWN", "ABORT"], "ERR No shutdown in progress."),
                               (["SHUTDOWN", "SAVE", "NOSAVE"], "ERR syntax error"),
                               (["SHUTDOWN", "ABORT", "NOW"], "ERR syntax error"),
                               (["SHUTDOWN", "SAVE"], "no data on disk")):
            with self.subTest(words=words), Redouble() as server, server.connect() as client:
                self.assertIn(refused, str(client.ask(*words)))
                self.assertEqual(client.ask("PING"), "PONG")

    def test_it_ends_with_its_parent(self):
        script = ("import subprocess, sys; "
                  "child = subprocess.Popen([sys.argv[1], '--port', '0', '--exit-with-parent'], "
                  "stdout=subprocess.PIPE); "
                  "print(child.stdout.readline().decode(), end='', flush=True); input()")
        parent = subprocess.Popen(["/usr/bin/python3", "-c", script, REDOUBLE],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = parent.stdout.readline()
        port = int(line.split("port=")[1].split()[0])
        with Client(("127.0.0.1", port)) as client:
            self.assertEqual(client.ask("PING"), "PONG")
            parent.kill()
            parent.wait()
            self.assertEqual(client.ended(), b"")
        parent.stdin.close()
        parent.stdout.close()


class Clients(unittest.TestCase):
    def test_a_killed_client_is_gone_before_the_reply(self):
        with Redouble("--threads", "2") as server:
            with server.connect() as victim, server.connect() as killer:
                victim_id = victim.ask("CLIENT", "ID")
                self.assertEqual(killer.ask("CLIENT", "KILL", "ID", victim_id), 1)
                self.assertEqual(victim.ended(), b"")
                self.assertEqual(killer.ask("CLIENT", "KILL", "ID", victim_id), 0)

    def test_too_many_clients_are_refused_in_words(self):
        with Redouble("--maxclients", "2") as server:
            first, second = server.connect(), server.connect()
            self.assertEqual([first.ask("PING"), second.ask("PING")], ["PONG", "PONG"])
            with server.connect() as third:
                self.assertEqual(third.ended(), b"-ERR max number of clients reached\r\n")
            second.close()
            # The place is free when the server has seen the second one go.
            while first.ask("CLIENT", "LIST").count(b"\n") > 1:
                pass
            with server.connect() as fourth:
                self.assertEqual(fourth.ask("PING"), "PONG")
            first.close()

    def test_a_client_that_does_not_read_is_cut_off_at_the_limit(self):
        limit = 1_000_000
        with Redouble("--client-output-buffer-limit", "normal", str(limit), "0", "0") as server:
            with server.connect() as reader, server.connect() as other:
                other.ask("SET", "big", b"x" * 500_000)
                reader.socket.sendall(encoded("GET", "big") * 100)
                while b"cmd=get" in other.ask("CLIENT", "LIST"):
                    pass
                self.assertLess(len(reader.ended()), 100 * 500_000)

    def test_one_reply_beyond_the_limit_is_not_sent_at_all(self):
        # As the real server: replies count before they are sent, but for the first 16 KiB.
        for program in Redouble, RealRedis:
            with self.subTest(program.__name__), program() as server, server.connect() as admin:
                admin.ask("SET", "big", b"x" * 500_000)
                admin.ask("SET", "small", b"x" * 10_000)
                admin.ask("CONFIG", "SET", "client-output-buffer-limit", "normal 400000 0 0")
                for requests in encoded("GET", "big"), encoded("GET", "small") * 100:
                    with server.connect() as reader:
                        reader.socket.sendall(requests)
                        self.assertEqual(reader.ended(), b"")
                with server.connect() as reader:
                    self.assertEqual(reader.ask("GET", "small"), b"x" * 10_000)

    def test_a_slow_reader_gets_every_byte(self):
        with Redouble() as server, server.connect() as client:
            value = os.urandom(300_000)
            client.ask("SET", "big", value)
            many = 60
            client.socket.sendall(encoded("GET", "big") * many)
            client.send("PING")
            for _ in range(many):
                self.assertEqual(client.read(), value)
            self.assertEqual(client.read(), "PONG")

    def test_the_idle_timeout_begins_when_it_is_set(self):
        with Redouble() as server, server.connect() as idle, server.connect() as admin:
            self.assertEqual(idle.ask("PING"), "PONG")
            self.assertEqual(admin.ask("CONFIG", "SET", "timeout", "1"), "OK")
            self.assertEqual(admin.ask("PING"), "PONG")
            self.assertEqual(idle.ended(), b"")
            self.assertEqual(admin.ended(), b"")

    def test_a_pause_holds_writes_until_it_ends(self):
        with Redouble() as server, server.connect() as one, server.connect() as other:
            self.assertEqual(one.ask("CLIENT", "PAUSE", "100000", "WRITE"), "OK")
            other.send("SET", "k", "v")
            self.assertIsNone(one.ask("GET", "k"))
            self.assertEqual(one.ask("CLIENT", "UNPAUSE"), "OK")
            self.assertEqual(other.read(), "OK")
            self.assertEqual(one.ask("CLIENT", "PAUSE", "30", "ALL"), "OK")
            self.assertEqual(one.ask("GET", "k"), b"v")  # answered when the pause has run out

    def test_an_invalidation_comes_before_any_later_reply(self):
        with Redouble("--threads", "2") as server:
            with server.connect() as reader, server.connect() as writer:
                reader.ask("HELLO", "3")
                reader.ask("CLIENT", "TRACKING", "ON")
                for number in range(200):
                    reader.ask("GET", "k")
                    self.assertEqual(writer.ask("SET", "k", number), "OK")
                    push = reader.ask("GET", "k")
                    self.assertEqual(push, Push([b"invalidate", [b"k"]]))
                    self.assertEqual(reader.read(), str(number).encode())

    def test_the_hangup_of_a_terminal_does_not_end_it(self):
        with Redouble() as server, server.connect() as client:
            os.kill(server.pid, signal.SIGHUP)
            self.assertEqual(client.ask("PING"), "PONG")

    def test_config_get_dir_is_where_it_stands(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(f"{folder}/below")
            real = os.path.realpath(folder)
            for arguments, expected in ((), real), (("--dir", "below"), f"{real}/below"):
                with Redouble(*arguments, cwd=folder) as server, server.connect() as client:
                    self.assertEqual(client.ask("CONFIG", "GET", "dir"),
                                     [b"dir", expected.encode()])

    def test_without_an_address_it_serves_on_its_unix_socket_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/socket"
            with Redouble("--bind", "", "--unixsocket", path) as server:
                self.assertEqual(server.port, 0)
                with Client(path) as client:
                    self.assertEqual(client.ask("PING"), "PONG")
        done = run_to_end("--bind", "")
        self.assertEqual(done.returncode, 1)
        self.assertIn("nothing to listen on", done.stderr)

    def test_half_a_request_and_garbage_harm_nobody(self):
        with Redouble() as server, server.connect() as good:
            halves = [server.connect() for _ in range(20)]
            for number, client in enumerate(halves):
                client.socket.sendall(encoded("SET", "k", "v" * 100)[:5 + number])
            with server.connect() as garbage:
                garbage.socket.sendall(b"*1\r\n$x\r\n")
                self.assertEqual(garbage.ended(), b"-ERR Protocol error: invalid bulk length\r\n")
            self.assertEqual(good.ask("PING"), "PONG")
            for client in halves[:10]:
                client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                         b"\x01\0\0\0\0\0\0\0")
                client.close()
            self.assertEqual(good.ask("SET", "k", "v"), "OK")
            for client in halves[10:]:
                client.close()

    def test_the_password_guards_everything_but_the_handshake(self):
        with Redouble("--requirepass", "secret") as server, server.connect() as client:
            self.assertEqual(client.ask("GET", "k"), ErrorReply("NOAUTH Authentication required."))
            self.assertTrue(client.ask("AUTH", "wrong").startswith("WRONGPASS"))
            self.assertEqual(client.ask("AUTH", "secret"), "OK")
            self.assertIsNone(client.ask("GET", "k"))

    def test_memory_is_limited_and_evicts_as_told(self):
        with Redouble("--maxmemory", "1mb") as server, server.connect() as client:
            replies = [client.ask("SET", f"k{n}", "v" * 1000) for n in range(300)]
            self.assertTrue(replies[-1].startswith("OOM"))
            self.assertEqual(client.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru"), "OK")
            self.assertEqual(client.ask("SET", "k", "v"), "OK")
            self.assertNotIn(b"evicted_keys:0", client.ask("INFO", "stats"))


if __name__ == "__main__":
    suite.main()
