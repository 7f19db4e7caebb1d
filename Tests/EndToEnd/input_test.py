#!/usr/bin/env python3
"""Sends what no client should: broken HTTP, wrong signatures, hostile names, JSON and zip files; each gets a clear 4xx."""

import base64
import io
import json
import os
import signal
import socket
import struct
import time
import zipfile

from client import LAMBDA, packed
from neighbour import Neighbour
from server import Server
from signing import signed

from outcome import Outcome  # isort: skip

MEGABYTE = 1 << 20


class Input:
    """The cases; each leaves the server as it was."""

    def __init__(self, server):
        self.server, self.client = server, server.client()
        self.client.create("echo", {"function.py": "def handler(event, context):\n    return event\n"}, Timeout=10)

    # HTTP

    def raw(self, pieces, wait=5):
        """What comes back for bytes sent piece by piece, until the server closes, is silent, or has answered."""
        connection = socket.create_connection(("127.0.0.1", self.server.port), wait)
        received = b""
        try:
            for piece in [pieces] if isinstance(pieces, bytes) else pieces:
                connection.sendall(piece)
            while True:
                part = connection.recv(65536)
                if not part:
                    break
                received += part
                if b"\r\n\r\n" in received:
                    connection.settimeout(0.3)
        except (ConnectionError, TimeoutError, socket.timeout):
            pass
        finally:
            connection.close()
        return received

    def refused(self, name, pieces):
        answer = self.raw(pieces)
        status = answer.split(b" ")[1:2]
        assert not answer or (status and status[0].startswith(b"4")), f"{name}: {answer[:200]!r}"
        alive = self.client.identity()
        assert alive.status == 200, f"after {name}: {alive}"
        return answer

    def garbage(self):
        told = 0
        for name, sent in {
            "noise": os.urandom(4096), "words": b"hello there\r\n\r\n", "TLS": bytes.fromhex("16030100a5010000a10303") + os.urandom(160),
            "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9), "zeros": bytes(9000), "version": b"GET / HTTP/9.9\r\n\r\n",
            "no version": b"GET /\r\n\r\n", "method": b"G@T / HTTP/1.1\r\nHost: x\r\n\r\n", "space": b"GET / a HTTP/1.1\r\n\r\n",
            "NUL in path": b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", "NUL in header": b"GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n",
            "folded": b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", "no colon": b"GET / HTTP/1.1\r\nHost\r\n\r\n",
            "absolute form": b"GET http://elsewhere/ HTTP/1.1\r\nHost: x\r\n\r\n", "CONNECT": b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
            "star": b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "no host": b"GET / HTTP/1.1\r\n\r\n",
            "not UTF-8": b"GET /\xff\xfe HTTP/1.1\r\nHost: \xff\r\n\r\n", "percent": b"GET /%zz%f HTTP/1.1\r\nHost: x\r\n\r\n",
        }.items():
            told += bool(self.refused(name, sent))
        assert told >= 5, f"only {told} of the refusals say anything"

    def large_heads(self):
        many = b"".join(b"X-%d: y\r\n" % number for number in range(20000))
        for name, head in {
            "one long header": b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * MEGABYTE + b"\r\n\r\n",
            "many headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + many + b"\r\n", "long path": b"GET /" + b"a" * MEGABYTE + b" HTTP/1.1\r\n\r\n",
            "endless": b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 100_000,
        }.items():
            self.refused(name, head)

    def body_framing(self):
        post = b"POST /2015-03-31/functions/echo/invocations HTTP/1.1\r\nHost: x\r\n"
        for name, rest in {
            "negative length": b"Content-Length: -1\r\n\r\n", "length of words": b"Content-Length: many\r\n\r\n",
            "huge length": b"Content-Length: 99999999999999999999\r\n\r\n", "large length": b"Content-Length: 8000000000\r\n\r\n",
            "two lengths": b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "length and chunks": b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "unknown coding": b"Transfer-Encoding: gzip\r\n\r\nxx", "hidden coding": b"Transfer-Encoding: xchunked\r\nContent-Length: 1\r\n\r\na",
            "chunk size of words": b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
            "negative chunk": b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
            "huge chunk": b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nhello\r\n0\r\n\r\n",
            "chunk without end": b"Transfer-Encoding: chunked\r\n\r\n5\r\nhelloworld\r\n0\r\n\r\n",
        }.items():
            self.refused(name, post + rest)
        smuggled = self.raw(post + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\nHost: x\r\n\r\n")
        assert smuggled.count(b"HTTP/1.1 ") <= 2 and b"HTTP/1.1 2" not in smuggled, smuggled[:400]

    def broken_bodies(self):
        """What large bodies held is given back when they end in nonsense: else ten of them would be the last."""
        large = b"x" * (60 * MEGABYTE)
        head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(large)
        for _ in range(10):
            answer = self.raw([head, large, b"\r\nzz\r\n"], 20)
            assert answer.startswith(b"HTTP/1.1 400"), answer[:200]

    def slow_and_gone(self):
        held = []
        for _ in range(50):
            connection = socket.create_connection(("127.0.0.1", self.server.port), 5)
            connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\nabc")
            held.append(connection)
        assert self.client.identity().status == 200
        for connection in held:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        assert self.client.identity().status == 200

    def chunked_call(self):
        request = self.client.invocation("echo", b'"chunks"')
        headers = {name: value for name, value in request.headers.items() if name != "Content-Length"}
        head = request._replace(headers={**headers, "Transfer-Encoding": "chunked"}, body=b"").bytes
        answer = self.raw(head + b'4;a=b\r\n"chu\r\n4\r\nnks"\r\n0\r\nTrailer: x\r\n\r\n', 10)
        assert answer.startswith(b"HTTP/1.1 200") and b'"chunks"' in answer, answer[:300]

    def pipelined(self):
        one = self.client.invocation("echo", b"1").bytes
        two = self.client.invocation("echo", b"22").bytes
        connection = self.client.another()
        connection.send(signed(self.server.credentials, "lambda", "GET", LAMBDA + "/echo"))
        connection.connection.socket.sendall(one + two)
        assert [connection.connection.read().body for _ in range(2)] == [b"1", b"22"]

    # Signatures

    def denied(self, name, request, status=403):
        answer = self.client.send(request)
        assert answer.status == status, f"{name}: {answer}"
        assert answer.error, f"{name}: no error code: {answer}"

    def signatures(self):
        good = self.client.invocation("echo", b'{"a":1}')
        assert self.client.send(good).status == 200
        authorization = good.headers["Authorization"]
        for position in range(len("AWS4-HMAC-SHA256 "), len(authorization)):
            letter = authorization[position]
            wrong = "0" if letter != "0" else "1"
            changed = authorization[:position] + wrong + authorization[position + 1:]
            answer = self.client.send(good._replace(headers={**good.headers, "Authorization": changed}))
            assert 400 <= answer.status <= 404, f"byte {position} ({letter}): {answer}"
        self.denied("other body", good._replace(body=b'{"a":2}'))
        self.denied("other path", good._replace(path=good.path.replace("echo", "ecko")))
        self.denied("other query", good._replace(path=good.path + "?Qualifier=1"))
        self.denied("other header", good._replace(headers={**good.headers, "X-Amz-Invocation-Type": "Event"}))
        self.denied("other date", good._replace(headers={**good.headers, "X-Amz-Date": "20260101T000000Z"}))
        unsigned = {name: value for name, value in good.headers.items() if name != "Authorization"}
        self.denied("none", good._replace(headers=unsigned))
        for scheme in ("Basic YTpi", "Bearer x", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 " + "=," * 5000, "AWS x:y", ""):
            answer = self.client.send(good._replace(headers={**good.headers, "Authorization": scheme}))
            assert answer.status in (400, 403), f"{scheme[:40]}: {answer}"
        for shift in (-16 * 60, 16 * 60, -86400 * 400, 86400 * 400):
            late = signed(self.server.credentials, "lambda", "GET", LAMBDA + "/echo", now=time.time() + shift)
            self.denied(f"clock {shift}", late)
        stranger = self.server.credentials._replace(key="AKIAIOSFODNN7EXAMPLE")
        self.denied("unknown key", signed(stranger, "lambda", "GET", LAMBDA + "/echo"))
        wrong = self.server.credentials._replace(secret="wrong")
        self.denied("wrong secret", signed(wrong, "lambda", "GET", LAMBDA + "/echo"))
        token = self.server.credentials._replace(token="made up")
        self.denied("made-up token", signed(token, "lambda", "GET", LAMBDA + "/echo"))

    # Bodies and names

    def bodies(self):
        whole = b'"' + b"x" * (6 * MEGABYTE - 2) + b'"'
        assert self.client.invoke("echo", whole).body == whole
        for size, kind in ((6 * MEGABYTE + 1000, "RequestResponse"), (MEGABYTE + 1000, "Event"), (80 * MEGABYTE, "Event")):
            request = self.client.invocation("echo", b'"' + b"x" * size + b'"', kind)
            try:
                answer = self.client.send(request)
                assert answer.status == 413 and answer.error.startswith("Request"), answer
            except (ConnectionError, OSError):
                assert size > 70 * MEGABYTE, f"{size} bytes were not answered"

    def large_events_at_once(self):
        """Each alone is within its limit; together they are more than one commit may hold."""
        request = self.client.invocation("echo", b'"' + b"x" * 600_000 + b'"', "Event").bytes
        connections = [socket.create_connection(("127.0.0.1", self.server.port), timeout=60) for _ in range(64)]
        for connection in connections:
            connection.sendall(request[:-1])
        os.kill(self.server.process.pid, signal.SIGSTOP)
        for connection in connections:
            connection.sendall(request[-1:])
        os.kill(self.server.process.pid, signal.SIGCONT)
        said = [connection.recv(64)[:12] for connection in connections]
        for connection in connections:
            connection.close()
        assert said == [b"HTTP/1.1 202"] * len(connections), said

    def broken_json(self):
        deep = b"[" * 100_000 + b"]" * 100_000
        for name, body in {
            "not UTF-8": b'{"FunctionName":"\xff\xfe"}', "deep": deep, "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
            "cut": b'{"FunctionName":"x', "nothing": b"", "list": b"[]", "number": b"1", "text": b"hello", "NaN": b'{"a":NaN}',
            "twice": b'{"FunctionName":"a","FunctionName":"b"}', "wrong types": b'{"FunctionName":{},"Code":[],"Timeout":"x"}',
            "huge number": b'{"Timeout":1' + b"0" * 5000 + b"}", "lone surrogate": b'{"FunctionName":"\\ud800"}', "bom": b"\xef\xbb\xbf{}",
        }.items():
            answer = self.client.call("lambda", "POST", LAMBDA, body, {"Content-Type": "application/json"})
            assert 400 <= answer.status < 500 and answer.error, f"{name}: {answer}"
            answer = self.client.call("logs", "POST", "/", body, {
                "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Logs_20140328.PutLogEvents"})
            assert 400 <= answer.status < 500 and answer.error, f"logs, {name}: {answer}"
        for name, body in {"not UTF-8": b'"\xff"', "deep": deep, "cut": b'{"a":'}.items():
            result = self.client.invoke("echo", body)
            assert result.status == 400 or result.function_error, f"event {name}: {result}"
        for form in (b"Action=GetCallerIdentity&Version=\xff", b"Action=%zz", b"Action=" + b"A" * 100_000, b"&&&==&", b"Action"):
            answer = self.client.call("sts", "POST", "/", form, {"Content-Type": "application/x-www-form-urlencoded"})
            assert 400 <= answer.status < 500 or (answer.status == 200 and b"\xff" in form), f"{form[:40]}: {answer}"

    def names(self):
        for name in ("..%2F..%2Fetc%2Fpasswd", "..", "a%2F..%2Fb", "%00", "a" * 3000, "%FF", "a b", "%2e%2e%2f", "a:b:c:d:e:f:g:h:i"):
            for method, rest in (("GET", ""), ("POST", "/invocations"), ("GET", "/configuration"), ("DELETE", "")):
                answer = self.client.call("lambda", method, f"{LAMBDA}/{name}{rest}", b"{}" if method == "POST" else b"")
                assert 400 <= answer.status < 500, f"{method} {name}{rest}: {answer}"
        for qualifier in ("..%2F1", "%24OLDEST", "0", "-1", "99999999999999999999", "%00"):
            answer = self.client.call("lambda", "GET", f"{LAMBDA}/echo?Qualifier={qualifier}")
            assert 400 <= answer.status < 500, f"qualifier {qualifier}: {answer}"
        for name in ("../x", "a/../../b", "x\0y", "", "a" * 600, "é"):
            answer = self.client.call("lambda", "POST", LAMBDA, json.dumps({
                "FunctionName": name, "Runtime": "python3.12", "Handler": "a.b", "Role": "arn:aws:iam::000000000000:role/r",
                "Code": {"ZipFile": base64.b64encode(packed({"a.py": ""})).decode()}}).encode())
            assert 400 <= answer.status < 500 and answer.error, f"create {name!r}: {answer}"
        for group, stream in (("../../x", "a"), ("a\0b", "a"), ("/ok", "a:b"), ("/ok", "*")):
            answer = self.client.call("logs", "POST", "/", json.dumps({"logGroupName": group, "logStreamName": stream}).encode(), {
                "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Logs_20140328.CreateLogStream"})
            assert 400 <= answer.status < 500, f"log {group!r} {stream!r}: {answer}"

    def unknown_operations(self):
        for service, method, path, target in (
            ("lambda", "GET", "/2015-03-31/nothing", None), ("lambda", "PATCH", LAMBDA, None), ("logs", "POST", "/", "Logs_20140328.Nothing"),
            ("logs", "POST", "/", "Nothing"), ("dynamodb", "POST", "/", "DynamoDB_20120810.ListTables"), ("s3", "GET", "/bucket", None),
            ("nothing", "GET", "/", None),
        ):
            headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"} if target else {}
            answer = self.client.call(service, method, path, b"{}" if method != "GET" else b"", headers)
            assert 400 <= answer.status < 500 or answer.status == 501, f"{service} {method} {path} {target}: {answer}"

    # Code

    def code(self, name, content, handler="function.handler"):
        """Refused when it comes in, or an error of the function that it makes; never anything else."""
        answer = self.client.call("lambda", "POST", LAMBDA, json.dumps({
            "FunctionName": "hostile", "Runtime": "python3.12", "Handler": handler, "Role": "arn:aws:iam::000000000000:role/r",
            "Timeout": 5, "Code": {"ZipFile": base64.b64encode(content).decode()}}).encode())
        if answer.status < 300:
            result = self.client.invoke("hostile")
            self.client.delete("hostile")
            assert result.status == 400 or result.function_error, f"{name}: {result}"
        else:
            assert 400 <= answer.status < 500 and answer.error, f"{name}: {answer}"
        return answer

    def archives(self):
        good = packed({"function.py": "def handler(event, context): return 1\n"})
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("zeros", "w", force_zip64=True) as file:
                for _ in range(300):
                    file.write(bytes(MEGABYTE))
        many = io.BytesIO()
        with zipfile.ZipFile(many, "w") as archive:
            for number in range(70_000):
                archive.writestr(f"{number}", b"")
        lying = bytearray(good)
        struct.pack_into("<I", lying, lying.rindex(b"PK\1\2") + 24, 0xffff_fff0)
        encrypted = bytearray(good)
        for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            encrypted[encrypted.index(mark) + place] |= 1
        for name, content in {
            "bomb": bomb.getvalue(), "70,000 files": many.getvalue(), "size that lies": bytes(lying), "encrypted": bytes(encrypted),
            "cut": good[:-30], "noise": os.urandom(1000), "nothing": b"", "no files": packed({}), "tail only": good[-22:],
            "no handler": packed({"other.py": ""}),
        }.items():
            self.code(name, content)

    def paths_in_archives(self):
        body = "def handler(event, context): return 1\n"
        mark = f"martlet-mark-{os.getpid()}"
        for name in (f"../{mark}", f"../../../../tmp/{mark}", f"/tmp/{mark}", f"a/../../{mark}", f"..\\{mark}", f"./../{mark}", "a//../../b"):
            self.code(name, packed({"function.py": body, name: "x"}))
        told = self.code("told in words", packed({"function.py": body, "../x": "x"}))
        assert b"entry '../x' leads out of the archive" in told.body, told
        for name, links in {
            "absolute": [("link", "/etc/passwd")], "upwards": [("link", "../../../etc/passwd")], "folder": [("d", "/tmp"), (f"d/{mark}", None)],
            "relative folder": [("d", "../.."), (f"d/{mark}", None)], "over the handler": [("function.py", "/proc/1/environ")],
            "chain": [("a", "b/.."), ("b", "."), (f"a/../{mark}", None)],
        }.items():
            target = io.BytesIO()
            with zipfile.ZipFile(target, "w") as archive:
                if name != "over the handler":
                    archive.writestr("function.py", "def handler(event, context): return open('/var/task/link').read()\n")
                for path, destination in links:
                    entry = zipfile.ZipInfo(path)
                    entry.external_attr = (0o120777 if destination else 0o100644) << 16
                    archive.writestr(entry, destination or "x")
            self.code(f"link, {name}", target.getvalue())
        assert not os.path.exists(f"/tmp/{mark}") and not os.path.exists(f"/{mark}")


def main():
    outcome = Outcome("bad input")
    with Server() as server:
        bad = Input(server)
        number = server.process.pid
        with Neighbour(server) as neighbour:
            outcome.check("garbage in place of HTTP", bad.garbage)
            outcome.check("heads without measure", bad.large_heads)
            outcome.check("bodies framed in contradiction", bad.body_framing)
            outcome.check("large bodies that break", bad.broken_bodies)
            outcome.check("clients that stop in the middle", bad.slow_and_gone)
            outcome.check("chunks are a body like any other", bad.chunked_call)
            outcome.check("two requests in one go are answered in order", bad.pipelined)
            outcome.check("a signature changed anywhere, too old, or made by a stranger", bad.signatures)
            outcome.check("bodies above their limit", bad.bodies)
            outcome.check("large events at one moment", bad.large_events_at_once)
            outcome.check("JSON and forms that are none", bad.broken_json)
            outcome.check("names that point elsewhere", bad.names)
            outcome.check("operations and services that are not served", bad.unknown_operations)
            outcome.check("archives that are bombs, lies or nothing", bad.archives)
            outcome.check("archives with paths and links that lead out", bad.paths_in_archives)
        outcome.check("the neighbour never noticed", neighbour.check)
        outcome.check("it is still the same server", lambda: server.check_unharmed(number))
    outcome.finish()


if __name__ == "__main__":
    main()
