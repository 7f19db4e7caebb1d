#!/usr/bin/env python3
"""Plays runtimes that break the rules of the Runtime API; their callers get function errors, and a neighbour never notices."""

import threading
import time

from client import eventually
from neighbour import Neighbour
from server import Server

from outcome import Outcome  # isort: skip

# Code that takes over the process when the runtime imports it, and speaks to the Runtime API by itself.
OWN = '''
import json, os, socket, sys, threading, time
def connect():
    connection = socket.create_connection(("127.0.0.1", 9001), 20)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
class Door:
    def __init__(self): self.socket, self.waiting = connect(), b""
    def send(self, content): self.socket.sendall(content)
    def read(self):
        while b"\\r\\n\\r\\n" not in self.waiting: self.more()
        head, self.waiting = self.waiting.split(b"\\r\\n\\r\\n", 1)
        lines = head.decode().split("\\r\\n")
        headers = dict((name.lower(), value.strip()) for name, value in (line.split(":", 1) for line in lines[1:]))
        length = int(headers.get("content-length", 0))
        while len(self.waiting) < length: self.more()
        body, self.waiting = self.waiting[:length], self.waiting[length:]
        return int(lines[0].split(" ")[1]), headers, body
    def more(self):
        part = self.socket.recv(65536)
        if not part: raise ConnectionError("closed")
        self.waiting += part
    def ask(self, method, path, body=b"", headers=()):
        lines = [f"{method} /2018-06-01/runtime/{path} HTTP/1.1", "Host: 127.0.0.1:9001", f"Content-Length: {len(body)}", *headers]
        self.send("\\r\\n".join(lines).encode() + b"\\r\\n\\r\\n" + body)
        return self.read()
    def next(self):
        status, headers, body = self.ask("GET", "invocation/next")
        return headers["lambda-runtime-aws-request-id"], json.loads(body)
    def answer(self, id, value):
        return self.ask("POST", f"invocation/{id}/response", json.dumps(value).encode())
def attempt(body, *arguments):
    try: return body(*arguments)[0]
    except Exception as error: return type(error).__name__
def run():
    door = Door()
    while True:
        id, event = door.next()
        globals()[event.get("do", "plain")](door, id, event)
'''
CASES = '''
def plain(door, id, event): door.answer(id, ["polled", event])
def foreign_id(door, id, event):
    tries = [attempt(Door().answer, other, "forged") for other in event["ids"]]
    door.answer(id, tries)
def two_answers(door, id, event):
    first = door.answer(id, "first")[0]
    print("THEN", *(door.answer(id, "second")[0], attempt(door.ask, "POST", f"invocation/{id}/error", b"{}")), first, flush=True)
def late_answer(door, id, event):
    if event["first"]: return globals().update(late=id)
    door.answer(id, [attempt(Door().answer, late, "late")])
def two_at_once(door, id, event):
    statuses = []
    def one(): statuses.append(attempt(Door().answer, id, "one of many"))
    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    print("STATUSES", sorted(statuses))
def many_pollers(door, id, event):
    def poll():
        other = Door()
        while True:
            mine, event = other.next()
            other.answer(mine, ["polled", event])
    early = attempt(lambda: Door().ask("GET", "invocation/next"))
    door.answer(id, ["polling", early])
    for _ in range(5): threading.Thread(target=poll, daemon=True).start()
    time.sleep(3600)
def dead_poller(door, id, event):
    for _ in range(20):
        other = Door()
        other.send(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
        other.socket.close()
    time.sleep(0.2)  # until the server has seen them come and go while this event is in work
    door.answer(id, "closed")
def asks_and_goes():
    other = socket.create_connection(("127.0.0.1", 9001), 20)
    other.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)  # so that the request and the end come together
    other.sendall(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
    other.close()
def half_then_exit(door, id, event):
    door.send(f"POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\\r\\nContent-Length: 100\\r\\n\\r\\nhalf".encode())
    os._exit(0)
def half_then_close(door, id, event):
    other = Door()
    other.send(f"POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\\r\\nContent-Length: 100\\r\\n\\r\\nhalf".encode())
    other.socket.close()
    time.sleep(0.2)
def half_then_silence(door, id, event):
    door.send(f"POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\\r\\nContent-Length: 100\\r\\n\\r\\nhalf".encode())
    time.sleep(3600)
def next_without_answer(door, id, event):
    pass
def too_large(door, id, event):
    print("STATUS", attempt(door.ask, "POST", f"invocation/{id}/response", b"x" * (7 << 20)))
def endless(door, id, event):
    door.send(f"POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n".encode())
    while True: door.send(b"100000\\r\\n" + b"x" * 0x100000 + b"\\r\\n")
def garbage(door, id, event):
    said = []
    for sent in (os.urandom(2000), b"hello\\r\\n\\r\\n", b"GET /2018-06-01/runtime/invocation/next HTTP/9\\r\\n\\r\\n", b"\\0" * 5000,
                 b"GET /2018-06-01/" + b"a" * 200000 + b" HTTP/1.1\\r\\n\\r\\n", b"POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\\r\\nContent-Length: -5\\r\\n\\r\\n",
                 b"POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\\r\\nContent-Length: 99999999999999\\r\\n\\r\\nx",
                 b"POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nzzz\\r\\n",
                 b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\n" + b"A: b\\r\\n" * 50000 + b"\\r\\n"):
        other = Door()
        other.socket.settimeout(3)
        try:
            other.send(sent)
            said.append(other.read()[0])
        except ConnectionError: said.append("closed")
        except OSError as error: said.append(type(error).__name__)
        other.socket.close()
    door.answer(id, said)
def paths(door, id, event):
    door.answer(id, [attempt(Door().ask, *words) for words in (
        ("GET", "nothing"), ("DELETE", "invocation/next"), ("POST", "invocation/next"), ("GET", f"invocation/{id}/response"),
        ("POST", "invocation/../../x/response"), ("POST", "invocation//response"), ("POST", "invocation/%00/response"),
        ("POST", "init/error"), ("POST", "restore/error"))])
def hoard(door, id, event):
    held = []
    try:
        while len(held) < 900: held.append(connect())
    except OSError: pass
    door.answer(id, len(held))
def flood(door, id, event):
    line = b"x" * 1000 + b"\\n"
    for _ in range(event["lines"]): os.write(1, line)
    door.answer(id, "flooded")
def long_line(door, id, event):
    for _ in range(64): os.write(1, b"y" * (1 << 20))
    door.answer(id, "long")
def odd_bytes(door, id, event):
    os.write(1, bytes(range(256)) * 10 + b"\\n\\xff\\xfe\\n\\xed\\xa0\\x80\\n" + b"END RequestId: " + b"0" * 36 + b"\\n")
    door.answer(id, "odd")
def odd_error(door, id, event):
    door.ask("POST", f"invocation/{id}/error", b"\\xff not json", ["Lambda-Runtime-Function-Error-Type: " + event["type"]])
def never_reads(door, id, event):
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    raw.connect(("127.0.0.1", 9001))
    door.answer(id, "ready")
    raw.sendall(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
    time.sleep(3600)
'''


class Runtimes:
    """The cases, each on a function of its own."""

    def __init__(self, server):
        self.server, self.client = server, server.client(timeout=60)

    def make(self, name, begin="", **settings):
        code = OWN + CASES + begin + "\nrun()\n"
        self.client.create(name, {"function.py": code}, **{"Timeout": 3, "MemorySize": 256, **settings})

    def error(self, name, what, *types, **details):
        result = self.client.do(name, what, **details)
        assert result.error_type in types, result
        return result

    def other_ids(self):
        self.make("forger")
        slow = threading.Thread(target=lambda: self.victim.append(self.server.client().invoke("victim", b"1")))
        self.client.create("victim", {"function.py": "import time\ndef handler(e, c):\n    print(c.aws_request_id, flush=True)\n"
                                                     "    time.sleep(2)\n    return 'mine'\n"}, Timeout=10)
        self.victim = []
        slow.start()
        ids = eventually(lambda: [line.split()[0] for line in self.client.messages("victim") if len(line.split()) == 1], 5)
        ids = (ids or []) + ["00000000-0000-0000-0000-000000000000", "x", "..", "a" * 5000]
        statuses = self.client.value("forger", "foreign_id", ids=ids)
        slow.join()
        assert self.victim and self.victim[0].value == "mine", self.victim
        assert all(status in (400, 404, 413, 431, "ConnectionError") for status in statuses), statuses

    def twice(self):
        self.make("twice")
        assert self.client.value("twice", "two_answers") == "first"
        # From its log, because a second call may have an instance of its own while the first one is busy being refused.
        then = eventually(lambda: [line.split() for line in self.client.messages("twice") if line.startswith("THEN")], 30)
        assert then and then[0][3] == "202" and {then[0][1], then[0][2]} <= {"400", "403"}, then
        result = self.client.do("twice", "two_at_once")
        assert result.value == "one of many", result

    def late(self):
        self.make("late")
        self.error("late", "late_answer", "Sandbox.Timedout", "Runtime.ExitError", first=True)
        assert self.client.value("late", "foreign_id", ids=["late"]), "the next instance works"

    def pollers(self):
        self.make("pollers")
        assert self.client.value("pollers", "many_pollers") == ["polling", 403], "a second event is none before the first is answered"
        time.sleep(0.5)
        for number in range(20):
            result = self.client.invoke("pollers", {"number": number})
            assert result.value == ["polled", {"number": number}], result
        self.make("dead")
        assert self.client.value("dead", "dead_poller") == "closed"
        for _ in range(3):
            assert self.client.value("dead", "dead_poller") == "closed"

    def gone(self):
        self.make("gone", begin="for _ in range(5): asks_and_goes()")
        for number in range(3):
            result = self.client.invoke("gone", {"number": number})
            assert result.value == ["polled", {"number": number}], result
        self.make("only-gone", begin="asks_and_goes()\ntime.sleep(1)\nos._exit(3)")
        result = self.client.invoke("only-gone")
        assert result.error_type == "Runtime.ExitError", result

    def halves(self):
        self.make("half")
        self.error("half", "half_then_exit", "Runtime.ExitError", "Runtime.TruncatedResponse")
        self.error("half", "half_then_silence", "Sandbox.Timedout")
        result = self.client.do("half", "half_then_close")
        assert result.function_error, result
        self.error("half", "next_without_answer", "Sandbox.Timedout", "Runtime.ExitError", "Runtime.NoResponse")
        assert self.client.value("half", "foreign_id", ids=[]) == []

    def sizes(self):
        self.make("large")
        self.error("large", "too_large", "Function.ResponseSizeTooLarge")
        self.error("large", "endless", "Function.ResponseSizeTooLarge", "Sandbox.Timedout", "Runtime.ExitError", "Runtime.InvalidRequest")
        assert self.client.value("large", "foreign_id", ids=[]) == []

    def noise(self):
        self.make("noise", Timeout=40)
        said = self.client.value("noise", "garbage")
        assert all(str(one) in ("closed", "ConnectionResetError", "BrokenPipeError") or str(one).startswith("4") for one in said), said
        said = self.client.value("noise", "paths")
        assert all(str(one) == "ConnectionError" or str(one).startswith("4") for one in said), said

    def connections(self):
        self.make("hoard", Timeout=20)
        count = self.client.value("hoard", "hoard")
        print(f"a function held {count} connections to its door")
        assert self.client.identity().status == 200

    def never_reading(self):
        self.make("deaf", Timeout=3)
        assert self.client.value("deaf", "never_reads") == "ready"
        time.sleep(0.5)  # until it has asked for the event that it will never read
        result = self.client.invoke("deaf", b'"' + b"x" * 5_000_000 + b'"')
        assert result.error_type == "Sandbox.Timedout", result

    def log_flood(self):
        self.make("flood", Timeout=60)
        before = memory(self.server.process.pid)
        result = self.client.do("flood", "flood", lines=100_000)
        assert result.function_error is None, result
        assert self.client.value("flood", "long_line") == "long"
        assert self.client.value("flood", "odd_bytes") == "odd"
        after = memory(self.server.process.pid)
        print(f"164 MB of log lines: the server's memory went from {before} to {after} MB")
        assert after < before + 96, (before, after)

    def odd_errors(self):
        self.make("odd")
        for kind in ("Runtime.Fine", "nonsense", "Function.<script>", "x" * 5000):
            result = self.client.do("odd", "odd_error", type=kind)
            assert result.function_error, (kind[:30], result)

    def missing_programs(self):
        for name, files in {"none": {"other": "x"}, "text": {"bootstrap": "hello"}, "wrong": {"bootstrap": "#!/nowhere/at/all\n"}}.items():
            self.client.create(f"missing-{name}", files, "provided.al2023", "x", Timeout=5)
            result = self.client.invoke(f"missing-{name}")
            assert result.error_type in ("Runtime.InvalidEntrypoint", "Runtime.ExitError"), (name, result)


def memory(number):
    with open(f"/proc/{number}/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))


def main():
    outcome = Outcome("hostile runtimes")
    with Server() as server:
        runtimes, number = Runtimes(server), server.process.pid
        with Neighbour(server) as neighbour:
            outcome.check("an answer for another's request", runtimes.other_ids)
            outcome.check("two answers for one request", runtimes.twice)
            outcome.check("no answer in time", runtimes.late)
            outcome.check("many pollers, and dead ones", runtimes.pollers)
            outcome.check("a poller that is gone when its request is read", runtimes.gone)
            outcome.check("half an answer, or none", runtimes.halves)
            outcome.check("answers without measure", runtimes.sizes)
            outcome.check("garbage at the Runtime API", runtimes.noise)
            outcome.check("connections hoarded", runtimes.connections)
            outcome.check("a runtime that never reads", runtimes.never_reading)
            outcome.check("a flood of log lines", runtimes.log_flood)
            outcome.check("errors that are none", runtimes.odd_errors)
            outcome.check("no program, or none that runs", runtimes.missing_programs)
        outcome.check("the neighbour never noticed", neighbour.check)
        outcome.check("it is still the same server", lambda: server.check_unharmed(number))
    outcome.finish()


if __name__ == "__main__":
    main()
