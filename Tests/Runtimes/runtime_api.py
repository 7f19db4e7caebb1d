"""A Runtime API for tests: plays events to one runtime client and keeps all that the client says."""

import os
import socket
import subprocess
import threading
from dataclasses import dataclass, field

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:f"


@dataclass
class Said:
    """One request of the client."""

    method: str
    path: str
    headers: dict
    body: bytes


@dataclass
class Played:
    """What came of playing events to a client."""

    requests: list = field(default_factory=list)
    output: bytes = b""
    errors: bytes = b""
    status: int = 0

    @property
    def answers(self):
        return [said for said in self.requests if said.method == "POST"]


class Connection:
    """One HTTP/1.1 connection of the client, read strictly."""

    def __init__(self, sock):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket, self.buffer = sock, b""

    def more(self):
        data = self.socket.recv(65536)
        self.buffer += data
        return bool(data)

    def request(self):
        while b"\r\n\r\n" not in self.buffer:
            if not self.more():
                return None
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, version = first.split(" ")
        assert version == "HTTP/1.1", first
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if headers.get("transfer-encoding") == "chunked":
            return Said(method, path, headers, self.chunks())
        length = int(headers.get("content-length", 0))
        while len(self.buffer) < length:
            if not self.more():
                return None
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return Said(method, path, headers, body)

    def chunks(self):
        body = b""
        while True:
            while b"\r\n" not in self.buffer:
                self.more()
            size, _, self.buffer = self.buffer.partition(b"\r\n")
            while len(self.buffer) < int(size, 16) + 2:
                self.more()
            body += self.buffer[:int(size, 16)]
            self.buffer = self.buffer[int(size, 16) + 2:]
            if int(size, 16) == 0:
                return body

    def respond(self, status, headers, body=b""):
        lines = [f"HTTP/1.1 {status} X", *(f"{k}: {v}" for k, v in headers.items()), f"Content-Length: {len(body)}"]
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def event_headers(number, extra):
    headers = {
        "Content-Type": "application/json",
        "Lambda-Runtime-Aws-Request-Id": f"00000000-0000-4000-8000-{number:012d}",
        "Lambda-Runtime-Deadline-Ms": "4102444800000",
        "Lambda-Runtime-Invoked-Function-Arn": ARN,
        "Lambda-Runtime-Trace-Id": f"Root=1-5759e988-bd862e3fe1be46a99427{number:04d};Sampled=1",
    }
    headers.update(extra)
    return {name: value for name, value in headers.items() if value is not None}


class RuntimeAPI:
    """Listens on loopback; `play` runs a client against it until all events are answered or the client ends."""

    def __init__(self, events, headers=None, statuses=None, drop_answer=None):
        self.events = [event if isinstance(event, bytes) else event.encode() for event in events]
        self.headers = headers or {}
        self.statuses = statuses or {}  # number of the answer → status to refuse it with
        self.drop_answer = drop_answer  # number of the answer on which the connection is closed
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.played, self.done = Played(), threading.Event()

    def serve(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(Connection(sock),), daemon=True).start()

    def talk(self, connection):
        try:
            while (said := connection.request()) is not None:
                self.answer(connection, said)
        except OSError:
            pass

    def answer(self, connection, said):
        self.played.requests.append(said)
        if said.method == "GET":
            number = sum(1 for one in self.played.requests if one.method == "GET") - 1
            if number >= len(self.events):
                self.done.set()
                return
            connection.respond(200, event_headers(number, self.headers), self.events[number])
        else:
            number = len(self.played.answers) - 1
            if number == self.drop_answer:
                connection.socket.close()
                raise ConnectionError("dropped, as asked")
            else:
                connection.respond(self.statuses.get(number, 202), {"Content-Type": "application/json"}, b'{"status":"OK"}\n')

    def play(self, command, environment, timeout=20, start=None):
        """Runs the client; `start` may start it in another way, given the command and its environment."""
        threading.Thread(target=self.serve, daemon=True).start()
        environment = dict(environment, AWS_LAMBDA_RUNTIME_API=self.address)
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = (start or subprocess.Popen)(command, env=environment, **pipes)

        def stop():
            self.done.wait(timeout)
            process.kill()

        threading.Thread(target=stop, daemon=True).start()
        self.played.output, self.played.errors = process.communicate()
        self.played.status = process.returncode
        self.done.set()
        self.listener.close()
        return self.played


def parked(command, env, **pipes):
    """Starts a client as a sandbox does: parked, with its environment sent later."""
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        command, env={"MARTLET_PARK_FD": str(theirs.fileno()), "PATH": os.environ["PATH"]}, pass_fds=[theirs.fileno()], **pipes)
    theirs.close()
    assert ours.recv(1) == b"R", "the client must say that it is parked"
    message = b"".join(f"{name}={value}".encode() + b"\0" for name, value in env.items())
    ours.sendall(len(message).to_bytes(4, "big") + message)
    ours.close()
    return process
