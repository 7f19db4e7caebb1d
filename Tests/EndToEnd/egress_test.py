#!/usr/bin/env python3
"""Lets functions call the outside: what a rule allows, what none allows, and with a secret that they never hold."""

import http.server
import json
import os
import ssl
import subprocess
import tempfile
import threading

from server import Server

from outcome import Outcome  # isort: skip

# Calls a URL as the standard library does, which reads the proxy from the environment.
CALLS = '''
import os, urllib.request, urllib.error
def handler(event, context):
    body = b"x" * event["size"] if "size" in event else None
    request = urllib.request.Request(event["url"], body, headers=event.get("headers", {}), method=event.get("method"))
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return {"status": answer.status, "body": answer.read(65536).decode("latin-1"), "headers": dict(answer.headers)}
    except urllib.error.HTTPError as error:
        return {"status": error.code, "body": error.read(4096).decode("latin-1"), "headers": dict(error.headers)}
    except OSError as error:
        return {"status": 0, "body": str(error), "headers": {}}
'''
# Everything that could lead out besides the proxy.
REACHES = '''
import errno, socket, struct
def reach(kind, *details):
    try:
        if kind == "tcp":
            socket.create_connection(tuple(details), timeout=2).close()
        elif kind == "udp":
            one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); one.connect(tuple(details)); one.send(b"x")
        elif kind == "raw":
            socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        elif kind == "packet":
            socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        elif kind == "netlink":
            one = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); one.bind((0, 0))
        elif kind == "abstract":
            one = socket.socket(socket.AF_UNIX); one.connect("\\0" + details[0])
        elif kind == "name":
            socket.getaddrinfo(details[0], 80)
        return "reached"
    except (OSError, OverflowError) as error:
        return type(error).__name__
def handler(event, context):
    return [reach(*one) for one in event["reach"]]
'''


class Outside:
    """A server outside: plain, or with TLS."""

    def __init__(self, context=None):
        outside = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outside.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                if self.path == "/slow":
                    outside.slow.set()
                    outside.go_on.wait(20)
                if self.path == "/redirect":
                    self.send_response(302)
                    self.send_header("Location", f"http://127.0.0.1:{outside.port}/private")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                if self.path == "/upload":
                    self.take()
                body = b"hello from outside"
                if self.path == "/echo":
                    body = (self.headers.get("Authorization") or "").encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def take(self):
                """Reads a body, and counts it as it comes."""
                outside.uploaded = 0
                left = int(self.headers["Content-Length"])
                while left > 0 and (piece := self.rfile.read1(min(left, 65536))):
                    outside.uploaded += len(piece)
                    left -= len(piece)

            def log_message(self, *_):
                pass

        self.seen, self.slow, self.go_on, self.uploaded = [], threading.Event(), threading.Event(), 0
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.server.handle_error = lambda *_: None  # a client that goes away is no news
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()


class Egress:
    """The cases."""

    def __init__(self, server, plain, secure):
        self.server, self.client, self.plain, self.secure = server, server.client(), plain, secure
        self.slow = []
        # The outside of these tests is called localhost, which functions do not look for outside unless they are told to.
        direct = {"Variables": {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}}
        for name in ("caller", "neighbour"):
            self.client.create(name, {"function.py": CALLS}, Timeout=20, MemorySize=256, Environment=direct)
        self.client.create("reaches", {"function.py": REACHES}, Timeout=60, MemorySize=256)

    def command(self, *words, given=None, status=0):
        said = subprocess.run([self.server.program, *words, "--data-dir", self.server.data], input=given, capture_output=True)
        assert said.returncode == status, (words, said)
        return said.stdout.decode()

    def rules(self, scope, rules):
        self.command("egress", "set", scope, "-", given=json.dumps(rules).encode())

    def call(self, url, name="caller", **event):
        result = self.client.invoke(name, {"url": url, **event})
        assert result.status == 200 and not result.function_error, result
        return result.value

    def closed(self):
        before = len(self.plain.seen)
        for url in (f"http://localhost:{self.plain.port}/", "http://example.com/", "https://example.com/", "http://169.254.169.254/latest/meta-data/"):
            answer = self.call(url)
            assert answer["status"] in (403, 0) and "403" in str(answer["status"]) + answer["body"], (url, answer)
        assert len(self.plain.seen) == before

    def allowed(self):
        rule = {"host": "localhost", "ports": [self.plain.port], "speak": ["http"], "methods": ["GET"], "paths": ["/", "/open/**"],
                "addresses": ["127.0.0.1", "::1"], "name": "local"}
        self.rules("function:caller", [rule])
        base = f"http://localhost:{self.plain.port}"
        assert self.call(base + "/")["body"] == "hello from outside"
        assert self.call(base + "/open/door")["status"] == 200
        for url, options in ((base + "/closed", {}), (base + "/open/../closed", {}), (base + "/open/%2e%2e/closed", {}), (base + "/", {"method": "POST"}),
                             (f"http://127.0.0.1:{self.plain.port}/", {}), (f"http://localhost:{self.plain.port + 1}/", {})):
            # What is said to 127.0.0.1 does not take the proxy: there is nothing else in the sandbox.
            answer = self.call(url, **options)
            assert answer["status"] in (0, 400, 403), (url, answer)
        assert all(path in ("/", "/open/door") for path, _ in self.plain.seen), self.plain.seen

    def neighbours(self):
        answer = self.call(f"http://localhost:{self.plain.port}/", name="neighbour")
        assert answer["status"] == 403, answer

    def private(self):
        """A name that leads to a private address is refused unless the rule names the address."""
        self.rules("function:caller", [{"host": "localhost", "ports": [self.plain.port], "speak": ["http"]}])
        answer = self.call(f"http://localhost:{self.plain.port}/")
        assert answer["status"] == 403 and "loopback" in json.dumps(answer), answer

    def secret(self):
        """A key that the function uses and never holds."""
        self.command("secrets", "put", "TOKEN", "-", given=b"hunter2-hunter2")
        assert self.command("secrets") == "TOKEN\n"
        self.rules("function:caller", [{
            "host": "localhost", "ports": [self.secure.port], "speak": ["http"],
            "addresses": ["127.0.0.1", "::1"], "tls": "originate", "headers": {"Authorization": "Bearer {{secret:TOKEN}}"}}])
        url = f"http://localhost:{self.secure.port}"
        answer = self.call(url + "/api", headers={"Authorization": "mine"})
        assert answer["status"] == 200 and answer["body"] == "hello from outside", answer
        path, headers = self.secure.seen[-1]
        assert path == "/api" and headers["authorization"] == "Bearer hunter2-hunter2", self.secure.seen
        echoed = self.call(url + "/echo")
        assert "hunter2" not in json.dumps(echoed), echoed
        trail = self.command("audit", "tail", "--output", "json")
        assert "martlet:UseSecret" in trail and "hunter2" not in trail, trail[-2000:]
        self.command("secrets", "delete", "TOKEN")
        assert self.call(url + "/api")["status"] in (403, 502, 503), "a deleted secret is still used"

    def tunnel(self):
        """HTTPS passes untouched to the host that is allowed, and to no other."""
        self.rules("function:caller", [{"host": "localhost", "ports": [self.secure.port], "speak": ["tls"], "addresses": ["127.0.0.1", "::1"]}])
        answer = self.call(f"https://localhost:{self.secure.port}/")
        # The function does not know who signed the server: that it says so itself is how one sees that the tunnel stood.
        assert "CERTIFICATE_VERIFY_FAILED" in answer["body"], answer
        answer = self.call(f"https://localhost:{self.plain.port}/")
        assert "403" in answer["body"], answer

    def removed(self):
        self.command("egress", "allow", "function:caller", f"localhost:{self.plain.port}", "--speak", "http")
        assert "function:caller" in self.command("egress")
        self.command("egress", "remove", "function:caller")
        answer = self.call(f"http://localhost:{self.plain.port}/")
        assert answer["status"] == 403, answer

    def governed(self):
        """The governor stops a host or a function at once, also what is under way, and lets it go on."""
        rule = {"host": "localhost", "ports": [self.plain.port], "speak": ["http"], "addresses": ["127.0.0.1", "::1"]}
        self.rules("function:caller", [rule])
        url = f"http://localhost:{self.plain.port}/"
        assert self.call(url)["status"] == 200
        for scope in ("target/localhost", "kind/outbound"):
            self.command("governor", "stop", scope)
            answer = self.call(url)
            assert answer["status"] == 403 and scope in json.dumps(answer), answer
            self.command("governor", "lift", scope)
            assert self.call(url)["status"] == 200
        slow = threading.Thread(target=lambda: self.slow.append(self.call(url + "slow")))
        slow.start()
        assert self.plain.slow.wait(10)
        self.command("governor", "stop", "target/localhost")
        slow.join(5)
        self.plain.go_on.set()
        assert self.slow and self.slow[0]["status"] != 200, self.slow
        self.command("governor", "lift", "target/localhost")
        assert "localhost" in self.command("governor", "top", "--by", "target")

    def limited(self):
        """What the governor limits is judged before anything leaves, and bytes while they do."""
        url = f"http://localhost:{self.plain.port}/"
        self.command("governor", "limit", "target/localhost", "--rate", "1")
        before = len(self.plain.seen)
        answers = [self.call(url)["status"] for _ in range(12)]
        self.command("governor", "lift", "target/localhost")
        assert answers.count(403) >= 6 and answers.count(200) >= 1, answers
        assert len(self.plain.seen) - before == answers.count(200), (len(self.plain.seen) - before, answers)
        self.command("governor", "budget", "caller", "--egress-bytes", str(3 << 20))
        answer = self.call(url + "upload", size=64 << 20)
        self.command("governor", "budget", "caller", "--reset")
        assert answer["status"] != 200 and "budget" in answer["body"] + str(answer["status"]) or answer["status"] == 0, answer
        assert 0 < self.plain.uploaded < 8 << 20, self.plain.uploaded
        assert self.call(url)["status"] == 200

    def around(self):
        """There is no other way: no route, no raw socket, no neighbour's door, no abstract socket of the host."""
        ports = [("tcp", "127.0.0.1", port) for port in (self.server.port, self.plain.port, 22, 80, 9003)]
        reach = ports + [("tcp", "::1", self.server.port), ("tcp", "1.1.1.1", 443), ("udp", "1.1.1.1", 53), ("raw",), ("packet",),
                         ("abstract", "martlet"), ("abstract", "/tmp/.X11-unix/X0"), ("name", "example.com")]
        result = self.client.invoke("reaches", {"reach": reach})
        assert result.status == 200 and not result.function_error, result
        assert "reached" not in result.value, list(zip(reach, result.value))


def certificate(folder):
    """A key and a certificate for localhost that signs itself."""
    key, signed = os.path.join(folder, "key.pem"), os.path.join(folder, "certificate.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", signed, "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    return key, signed


def main():
    outcome = Outcome("egress")
    with tempfile.TemporaryDirectory() as folder:
        key, signed = certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(signed, key)
        plain, secure = Outside(), Outside(context)
        with Server("--egress-trust", signed) as server:
            egress = Egress(server, plain, secure)
            outcome.check("nothing leaves while no rule allows it", egress.closed)
            outcome.check("a rule allows a host, a port, methods and paths, and nothing beside them", egress.allowed)
            outcome.check("what one function may, another may not", egress.neighbours)
            outcome.check("a name may not lead to a private address", egress.private)
            outcome.check("a secret is used by a function that never holds it", egress.secret)
            outcome.check("a tunnel leads to the host that is allowed", egress.tunnel)
            outcome.check("rules that are taken away count at once", egress.removed)
            outcome.check("the governor stops what leaves, and lets it go on", egress.governed)
            outcome.check("the governor's limits hold before anything leaves", egress.limited)
            outcome.check("there is no way around the door", egress.around)
        plain.close()
        secure.close()
    outcome.finish()


if __name__ == "__main__":
    main()
