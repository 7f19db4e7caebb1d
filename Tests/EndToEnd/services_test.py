#!/usr/bin/env python3
"""Plain TCP services as ports of a sandbox's own loopback: a real PostgreSQL where there is one, and who may not get there."""

import glob
import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time

from server import Server, free_port

from outcome import Outcome  # isort: skip

# Speaks PostgreSQL's protocol, version 3.0, just far enough for one query of text.
QUERIES = '''
import socket, struct
def message(file):
    kind, length = struct.unpack("!cI", file.read(5))
    return kind, file.read(length - 4)
def until_ready(file):
    rows = []
    while True:
        kind, body = message(file)
        if kind == b"E":
            raise RuntimeError(body.decode(errors="replace"))
        if kind == b"D":
            length, = struct.unpack_from("!i", body, 2)
            rows.append(body[6:6 + length].decode())
        if kind == b"Z":
            return rows
def handler(event, context):
    with socket.create_connection(("127.0.0.1", event["port"]), timeout=10) as connection, connection.makefile("rb") as file:
        words = b"user\\0martlet\\0database\\0postgres\\0\\0"
        connection.sendall(struct.pack("!II", len(words) + 8, 196608) + words)
        until_ready(file)
        rows = []
        for text in event["queries"]:
            text = text.encode() + b"\\0"
            connection.sendall(b"Q" + struct.pack("!I", len(text) + 4) + text)
            rows.append(until_ready(file))
        return rows
'''
# Says a line and gives the answers: at once, or after having listened for as long as it is told.
TALKS = '''
import os, socket, time
try:
    first = socket.create_connection(("127.0.0.1", int(os.environ["PORT"])), timeout=5)
except OSError as error:
    first = error
def talk(connection, words):
    connection.sendall(words.encode() + b"\\n")
    return connection.recv(4096).decode()
def handler(event, context):
    if event.get("early"):
        return talk(first, "early")
    try:
        if event.get("bind"):
            with socket.create_server(("127.0.0.1", event["bind"])):
                return "bound"
        with socket.create_connection(("127.0.0.1", event.get("port", int(os.environ["PORT"]))), timeout=5) as connection:
            answers = [talk(connection, "one")]
            if event.get("hold"):
                began = time.monotonic()
                connection.settimeout(event["hold"])
                while time.monotonic() - began < event["hold"] and talk(connection, "more"):
                    time.sleep(0.05)
                answers.append(round(time.monotonic() - began, 2))
            return answers
    except OSError as error:
        return type(error).__name__
'''


class Talker:
    """A plain TCP server that says back what it is told, line by line."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.connections, self.said = 0, threading.Event()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        with connection:
            while True:
                try:
                    words = connection.recv(4096)
                except OSError:
                    return
                if not words:
                    return
                connection.sendall(b"back: " + words)
                if words == b"more\n":
                    self.said.set()


class Postgres:
    """A PostgreSQL of this test's own on a free port; `None` where none is installed."""

    @staticmethod
    def start(folder):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
        if not found:
            return None
        return Postgres(os.path.dirname(found[-1]), folder)

    def __init__(self, programs, folder):
        # It does not run as root, nor as somebody who has no name.
        self.user = {"user": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        data = os.path.join(folder, "postgres")
        os.mkdir(data)
        if self.user:
            os.chown(data, pwd.getpwnam("postgres").pw_uid, -1)
            os.chmod(folder, 0o711)
        self.port = free_port()
        subprocess.run([f"{programs}/initdb", "-D", data, "-A", "trust", "-U", "martlet", "--no-sync"], check=True, capture_output=True, cwd="/", **self.user)
        self.process = subprocess.Popen(
            [f"{programs}/postgres", "-D", data, "-p", str(self.port), "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={data}",
             "-c", "fsync=off"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **self.user)
        for _ in range(300):
            try:
                return socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.1)
        raise AssertionError("PostgreSQL does not start")

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


class Services:
    """The cases."""

    INSIDE = 7000

    def __init__(self, server, talker, postgres):
        self.server, self.client, self.talker, self.postgres = server, server.client(), talker, postgres
        for name in ("talks", "neighbour"):
            self.create(name)
        self.client.create("queries", {"function.py": QUERIES}, Timeout=30, MemorySize=256)

    def create(self, name):
        variables = {"Variables": {"PORT": str(self.INSIDE)}}
        self.client.create(name, {"function.py": TALKS}, Timeout=30, MemorySize=256, Environment=variables)

    def command(self, *words, given=None, status=0):
        said = subprocess.run([self.server.program, *words, "--data-dir", self.server.data], input=given, capture_output=True)
        assert said.returncode == status, (words, said)
        return (said.stdout + said.stderr).decode()

    def rules(self, scope, rules, services, status=0):
        return self.command("egress", "set", scope, "-", given=json.dumps({"rules": rules, "services": services}).encode(), status=status)

    def allow(self, scope="function:talks", services=None, addresses=("127.0.0.1", "::1")):
        rule = {"host": "localhost", "ports": [self.talker.port], "speak": ["tcp"], "addresses": list(addresses)}
        service = {"name": "talker", "listen": self.INSIDE, "target": f"localhost:{self.talker.port}"}
        return self.rules(scope, [rule], [service] if services is None else services)

    def call(self, name="talks", **event):
        result = self.client.invoke(name, event)
        assert result.status == 200 and not result.function_error, result
        return result.value

    def database(self):
        rule = {"host": "localhost", "ports": [self.postgres.port], "speak": ["tcp"], "addresses": ["127.0.0.1", "::1"]}
        self.rules("function:queries", [rule], [{"listen": 5432, "target": f"localhost:{self.postgres.port}"}])
        queries = ["create table if not exists birds (name text)", "insert into birds values ('martlet')", "select name from birds",
                   "select repeat('x', 3000000)"]
        rows = self.call("queries", port=5432, queries=queries)
        assert rows[2] == ["martlet"] and len(rows[3][0]) == 3_000_000, [str(row)[:100] for row in rows]

    def closed(self):
        assert self.call() == "ConnectionRefusedError"
        assert self.talker.connections == 0

    def early(self):
        """The port is there before the first line of the function's code runs, in a sandbox that was parked before anyone knew whose it is."""
        self.allow("function:fresh")
        self.create("fresh")
        assert self.call("fresh", early=True) == "back: early\n"
        assert self.call("fresh") == ["back: one\n"]
        self.allow()

    def neighbours(self):
        connections = self.talker.connections
        assert self.call("neighbour") == "ConnectionRefusedError"
        assert self.talker.connections == connections

    def warm(self):
        """A service that is added reaches sandboxes that are warm already."""
        self.allow("function:neighbour")
        for _ in range(50):
            answer = self.call("neighbour")
            if answer == ["back: one\n"]:
                break
            time.sleep(0.02)
        assert answer == ["back: one\n"], answer
        self.command("egress", "remove", "function:neighbour")
        for _ in range(50):
            if self.call("neighbour") == "ConnectionRefusedError":
                break
            time.sleep(0.02)
        assert self.call("neighbour") == "ConnectionRefusedError"
        assert self.call("neighbour", bind=self.INSIDE) == "bound", "a port that leads nowhere any more is not given back"

    def refused(self):
        """What could never work, or would take the sandbox's own doors, is refused when it is written."""
        target = f"localhost:{self.talker.port}"
        for services, word in (([{"listen": 80, "target": target}], "1024"), ([{"listen": 9001, "target": target}], "9001"),
                               ([{"listen": 9002, "target": target}], "9002"), ([{"listen": 7000, "target": "db"}], "HOST:PORT"),
                               ([{"listen": 7000, "target": "example.com:5432"}], "no rule allows it"),
                               ([{"listen": 7000, "target": target}] * 2, "two services"),
                               ([{"listen": 7000 + n, "target": target} for n in range(17)], "at most 16")):
            rule = {"host": "localhost", "ports": [self.talker.port], "speak": ["tcp"]}
            said = self.rules("function:talks", [rule], services, status=2)
            assert word in said, said
        assert self.call() == ["back: one\n"], "rules that were refused have changed something"

    def private(self):
        """The address is judged as everywhere: a rule that does not name a private one leads nowhere."""
        self.allow(addresses=["10.0.0.0/8"])
        connections = self.talker.connections
        assert self.call() in (["ConnectionResetError"], "ConnectionResetError", [""], "BrokenPipeError"), self.call()
        assert self.talker.connections == connections
        self.allow()

    def taken(self):
        """The function cannot take a service's port for itself, nor the doors."""
        for port in (self.INSIDE, 9001, 9002):
            assert self.call(bind=port) == "OSError", port

    def held(self, change, undo):
        """A connection that is open when something changes; gives how long it went on."""
        self.talker.said.clear()
        answers, client = [], self.client.another()
        holding = threading.Thread(target=lambda: answers.append(client.invoke("talks", {"hold": 15})))
        holding.start()
        assert self.talker.said.wait(10)
        began = time.monotonic()
        change()
        holding.join(20)
        lasted = time.monotonic() - began
        undo()
        assert answers and lasted < 5, (lasted, answers)

    def withdrawn(self):
        """A service that is taken away ends what is connected to it."""
        self.held(lambda: self.command("egress", "remove", "function:talks"), self.allow)

    def governed(self):
        """The governor ends what is open, and refuses what is new."""
        scope = "target/localhost"

        def stop():
            self.command("governor", "stop", scope)

        self.held(stop, lambda: None)
        connections = self.talker.connections
        assert self.call() in ([""], "ConnectionResetError", "BrokenPipeError")
        assert self.talker.connections == connections
        self.command("governor", "lift", scope)
        assert self.call() == ["back: one\n"]
        trail = self.command("audit", "tail", "--output", "json")
        assert "martlet:CallOutside" in trail, trail[-2000:]

    def easy(self):
        """One command allows a service and opens its port."""
        self.command("egress", "remove", "function:talks")
        self.command("egress", "allow", "function:talks", f"localhost:{self.talker.port}", "--listen", str(self.INSIDE))
        shown = json.loads(self.command("egress", "show", "function:talks"))
        assert shown["services"] == [{"listen": self.INSIDE, "target": f"localhost:{self.talker.port}"}], shown


def main():
    outcome = Outcome("services")
    with tempfile.TemporaryDirectory() as folder:
        talker, postgres = Talker(), Postgres.start(folder)
        try:
            with Server() as server:
                services = Services(server, talker, postgres)
                outcome.check("a service that nobody declared is not there", services.closed)
                outcome.check("a service is there before the function's code runs", services.early)
                outcome.check("one function's service is not in another's sandbox", services.neighbours)
                outcome.check("a service reaches warm sandboxes, and leaves them", services.warm)
                outcome.check("services that cannot be are refused when they are written", services.refused)
                outcome.check("a service may not lead to a private address", services.private)
                outcome.check("a function cannot take the port of a service or a door", services.taken)
                outcome.check("a service that is taken away ends what is open", services.withdrawn)
                outcome.check("the governor ends and refuses connections to a service", services.governed)
                outcome.check("one command allows a service", services.easy)
                if postgres:
                    outcome.check("PostgreSQL's own protocol works through a service", services.database)
                else:
                    outcome.skip(1, "there is no PostgreSQL here")
        finally:
            if postgres:
                postgres.stop()
    outcome.finish()


if __name__ == "__main__":
    main()
