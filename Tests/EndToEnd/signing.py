"""Signs requests with AWS's signature version 4, and speaks HTTP/1.1 over one kept connection; needs nothing installed."""

import hashlib
import hmac
import json
import socket
import time
from typing import NamedTuple, Optional
from urllib.parse import quote

CODE_POINTS = "-_.~"


class Credentials(NamedTuple):
    """Who signs, and for which region."""

    key: str
    secret: str
    region: str
    token: Optional[str] = None

    def signing_key(self, date, service):
        key = ("AWS4" + self.secret).encode()
        for part in (date, self.region, service, "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        return key


class Request(NamedTuple):
    """One request as it goes over the wire."""

    method: str
    path: str
    headers: dict
    body: bytes = b""

    @property
    def bytes(self):
        lines = [f"{self.method} {self.path} HTTP/1.1"] + [f"{name}: {value}" for name, value in self.headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + self.body


def signed(credentials, service, method, path, body=b"", headers=None, host="127.0.0.1", now=None):
    """A request with its signature in the header; `path` may carry a query."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    bare, _, query = path.partition("?")
    given = {"Host": host, "X-Amz-Date": stamp, **(headers or {})}
    if credentials.token:
        given["X-Amz-Security-Token"] = credentials.token
    names = sorted(name.lower() for name in given)
    lower = {name.lower(): " ".join(str(value).split()) for name, value in given.items()}
    canonical = "\n".join([
        method, quote(bare, safe="/" + CODE_POINTS), "&".join(sorted(query.split("&"))) if query else "",
        *[f"{name}:{lower[name]}" for name in names], "", ";".join(names), hashlib.sha256(body).hexdigest()])
    scope = f"{stamp[:8]}/{credentials.region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    signature = hmac.new(credentials.signing_key(stamp[:8], service), text.encode(), "sha256").hexdigest()
    given["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.key}/{scope}, SignedHeaders={';'.join(names)}, Signature={signature}")
    if body or method in ("POST", "PUT", "PATCH"):
        given["Content-Length"] = str(len(body))
    return Request(method, path, given, body)


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict
    body: bytes

    def json(self):
        return json.loads(self.body or b"{}")

    @property
    def error(self):
        """The AWS error code, wherever the protocol puts it."""
        code = self.headers.get("x-amzn-errortype")
        if code is None and self.body[:1] == b"{":
            code = self.json().get("__type", "")
        return (code or "").split(":")[0].split("#")[-1]


class Connection:
    """One kept connection to a port of this machine."""

    def __init__(self, port, timeout=60):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.waiting = b""

    def exchange(self, request):
        """Sends bytes and reads one whole answer."""
        self.socket.sendall(request)
        return self.read()

    def read(self):
        while True:
            while b"\r\n\r\n" not in self.waiting:
                self._more()
            head, self.waiting = self.waiting.split(b"\r\n\r\n", 1)
            first, *lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
            status = int(first.split(" ")[1])
            if status >= 200:
                return Answer(status, headers, self._body(headers))

    def _body(self, headers):
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = b""
            while size := int(self._line(), 16):
                body += self._take(size)
                self._line()
            self._line()
            return body
        return self._take(int(headers.get("content-length", 0)))

    def _line(self):
        while b"\r\n" not in self.waiting:
            self._more()
        line, self.waiting = self.waiting.split(b"\r\n", 1)
        return line

    def _take(self, size):
        parts, have = [self.waiting], len(self.waiting)
        while have < size:
            part = self.socket.recv(1 << 20)
            if not part:
                raise ConnectionError("the server closed the connection")
            parts.append(part)
            have += len(part)
        whole = b"".join(parts)
        self.waiting = whole[size:]
        return whole[:size]

    def _more(self):
        part = self.socket.recv(1 << 16)
        if not part:
            raise ConnectionError("the server closed the connection")
        self.waiting += part

    def close(self):
        self.socket.close()
