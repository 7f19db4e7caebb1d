#!/usr/bin/env python3
"""Clients that functions use to call outside find the way out by themselves: Node.js' fetch and agents, boto3."""

import glob
import hashlib
import http.server
import json
import os
import ssl
import subprocess
import tempfile
import threading

from egress_test import certificate
from server import ROOT, Server

from outcome import Outcome  # isort: skip

FETCHES = '''
exports.handler = async (event) => {
  if (event.trust === false) process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
  const many = await Promise.all(event.urls.map(async (url) => {
    try {
      const answer = await fetch(url, event.options);
      return { status: answer.status, body: await answer.text(), url: answer.url };
    } catch (error) {
      return { error: error.message, cause: error.cause?.message, code: error.cause?.code };
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  }));
  return { many, name: fetch.name, length: fetch.length, env: process.env.NODE_USE_ENV_PROXY };
};
'''
# What documentation says of node:http and node:https: the proxy is asked in absolute form, or for a tunnel by an agent.
AGENTS = '''
const http = require("node:http"), https = require("node:https"), tls = require("node:tls"), fs = require("node:fs");
const proxy = new URL(process.env.HTTP_PROXY);
const text = (make) => new Promise((resolve) => make((answer) => {
  let body = "";
  answer.on("data", (bytes) => { body += bytes; }).on("end", () => resolve({ status: answer.statusCode, body }));
}).on("error", (error) => resolve({ error: error.code || error.message })).end());
class TunnelAgent extends https.Agent {
  createConnection(options, then) {
    const target = `${options.host}:${options.port}`;
    http.request({ host: proxy.hostname, port: proxy.port, method: "CONNECT", path: target, headers: { host: target } })
      .on("connect", (answer, socket) => (answer.statusCode === 200
        ? then(null, tls.connect({ ...options, socket, servername: options.host, ca: fs.readFileSync("/var/task/ca.pem") }))
        : then(new Error(`refused ${answer.statusCode}`))))
      .on("error", then).end();
  }
}
exports.handler = async ({ plain, secure, other }) => {
  const agent = new TunnelAgent({ keepAlive: true });
  return {
    plain: await text((then) => http.get({ host: proxy.hostname, port: proxy.port, path: plain, headers: { host: new URL(plain).host } }, then)),
    secure: await text((then) => https.get(secure, { agent }, then)),
    other: await text((then) => https.get(other, { agent }, then)),
    without: await text((then) => http.get(plain, then)),
  };
};
'''
BUCKETS = '''
import boto3, botocore.config, os
def handler(event, context):
    config = botocore.config.Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}, connect_timeout=5, read_timeout=10)
    s3 = boto3.client("s3", endpoint_url=event["endpoint"], verify="/var/task/ca.pem", config=config)
    try:
        s3.put_object(Bucket="birds", Key="martlet", Body=b"x" * event["size"])
        body = s3.get_object(Bucket="birds", Key="martlet")["Body"].read()
        return [len(body), [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]]
    except Exception as error:
        return type(error).__name__ + ": " + str(error)
'''


class Buckets:
    """A server of HTTPS that knows as much of S3 as one object needs, and answers everything else with a greeting."""

    def __init__(self, context=None):
        outside = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def body(self):
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                whole = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    whole += self.rfile.read(size)
                    self.rfile.readline()
                while self.rfile.readline().strip():
                    pass
                return whole

            def answer(self):
                body = self.body()
                outside.seen.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
                answer = b"hello from outside"
                if self.path.startswith("/birds/") and self.command == "PUT":
                    outside.objects[self.path.split("?")[0]] = self.decoded(body)
                    answer = b""
                elif self.path.startswith("/birds/"):
                    answer = outside.objects[self.path.split("?")[0]]
                elif self.headers.get("Authorization", "").startswith("AWS4-"):
                    answer = b"<ListAllMyBucketsResult><Buckets><Bucket><Name>birds</Name></Bucket></Buckets></ListAllMyBucketsResult>"
                elif body:
                    answer = hashlib.sha256(body).hexdigest().encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def decoded(self, body):
                """What is inside AWS's own chunks, whose checksum comes last."""
                if "aws-chunked" not in self.headers.get("Content-Encoding", ""):
                    return body
                whole = b""
                while body:
                    line, _, body = body.partition(b"\r\n")
                    size = int(line.split(b";")[0], 16)
                    if not size:
                        break
                    whole, body = whole + body[:size], body[size + 2:]
                return whole

            do_GET = do_PUT = do_POST = answer

            def log_message(self, *_):
                pass

        class Threads(http.server.ThreadingHTTPServer):
            request_queue_size = 128  # many come at once

        self.seen, self.objects = [], {}
        self.server = Threads(("127.0.0.1", 0), Handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.server.handle_error = lambda *_: None
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def boto3_files():
    """The files of boto3 that S3 needs, from the tests' own Python; empty where it has none."""
    for folder in glob.glob(os.path.join(ROOT, ".build/venv/lib/python3*/site-packages")):
        files = {}
        for name in ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py"):
            path = os.path.join(folder, name)
            for file in [path] if name.endswith(".py") else glob.glob(path + "/**", recursive=True):
                relative = os.path.relpath(file, folder)
                if not os.path.isfile(file) or "__pycache__" in file:
                    continue
                if relative.startswith("botocore/data/") and not relative.startswith("botocore/data/s3/") and relative.count("/") > 2:
                    continue
                if relative.startswith("boto3/data/") or relative.startswith("boto3/examples/"):
                    continue
                with open(file, "rb") as content:
                    files[relative] = content.read()
        if "boto3/__init__.py" in files:
            return files
    return {}


class Clients:
    """The cases."""

    def __init__(self, server, authority, plain, secure):
        self.server, self.client, self.plain, self.secure = server, server.client(), plain, secure
        self.base, self.safe = f"http://localhost:{plain.port}", f"https://localhost:{secure.port}"
        with open(authority, encoding="ascii") as file:
            self.authority = file.read()
        # The outside of these tests is called localhost, which functions do not look for outside unless they are told to.
        self.direct = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        loopback = ["127.0.0.1", "::1"]
        rules = [{"host": "localhost", "ports": [plain.port], "speak": ["http"], "addresses": loopback},
                 {"host": "localhost", "ports": [secure.port], "speak": ["tls"], "addresses": loopback}]
        said = subprocess.run([server.program, "egress", "set", "account", "-", "--data-dir", server.data], input=json.dumps(rules).encode(),
                              capture_output=True)
        assert said.returncode == 0, said

    def create(self, name, files, runtime="nodejs20.x", handler="index.handler", **variables):
        self.client.create(name, {"ca.pem": self.authority, **files}, runtime, handler, Timeout=30, MemorySize=512,
                           Environment={"Variables": {**self.direct, **variables}})

    def call(self, name, **event):
        result = self.client.invoke(name, event)
        assert result.status == 200 and not result.function_error, result
        return result.value

    def fetch(self):
        """Plain HTTP in absolute form, every request judged; many at a time on kept connections."""
        self.create("fetches", {"index.js": FETCHES})
        value = self.call("fetches", urls=[self.base + "/a?b=c"] * 20 + ["http://127.0.0.1:9001/x"], options={"method": "POST", "body": "x" * 100_000})
        digest = hashlib.sha256(b"x" * 100_000).hexdigest()
        wrong = [one for one in value["many"][:20] if one.get("body") != digest]
        assert not wrong, wrong
        assert value["many"][20].get("status", 0) >= 400, "what is meant for the sandbox's own door went to the proxy"
        method, path, headers = self.plain.seen[-1]
        assert (method, path, headers["host"]) == ("POST", "/a?b=c", f"localhost:{self.plain.port}"), self.plain.seen[-1]
        assert (value["name"], value["length"], value["env"]) == ("fetch", 1, "1"), value

    def refused(self):
        value = self.call("fetches", urls=["http://example.com/", "https://example.com/"])
        assert value["many"][0]["status"] == 403 and "host-not-allowed" in value["many"][0]["body"], value
        assert "No rule of this function" in value["many"][1]["cause"], value

    def fetch_tls(self):
        value = self.call("fetches", urls=[self.safe + "/"])
        assert value["many"][0].get("code") == "DEPTH_ZERO_SELF_SIGNED_CERT", value
        value = self.call("fetches", urls=[self.safe + "/"], trust=False)
        assert value["many"][0].get("body") == "hello from outside", value

    def fetch_fresh(self):
        """An interpreter that is run anew for the function, because it reads its certificates at its start."""
        self.create("fresh", {"index.js": FETCHES}, NODE_EXTRA_CA_CERTS="/var/task/ca.pem")
        value = self.call("fresh", urls=[self.safe + "/", self.base + "/"])
        assert [one.get("body") for one in value["many"]] == ["hello from outside"] * 2, value

    def fetch_without(self):
        """A function that takes the variables away has taken the way out away, and nothing else."""
        self.create("without", {"index.js": "for (const name of Object.keys(process.env)) if (/_proxy$/i.test(name)) delete process.env[name];" + FETCHES})
        value = self.call("without", urls=[self.base + "/"])
        assert value["many"][0].get("code") in ("ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"), value

    def fetch_module(self):
        files = {"index.mjs": FETCHES.replace("exports.handler =", "export const handler =")}
        self.create("module", files)
        assert self.call("module", urls=[self.base + "/"])["many"][0].get("body") == "hello from outside"

    def agents(self):
        self.create("agents", {"index.js": AGENTS})
        value = self.call("agents", plain=self.base + "/", secure=self.safe + "/", other="https://example.com/")
        assert value["plain"] == value["secure"] == {"status": 200, "body": "hello from outside"}, value
        assert value["other"] == {"error": "refused 403"}, value
        assert "error" in value["without"], "node:http found a way out without an agent: correct docs/egress.md"

    def boto3(self, files):
        self.create("buckets", {"function.py": BUCKETS, **files}, "python3.12", "function.handler")
        for size in (10, 3_000_000):
            value = self.call("buckets", endpoint=self.safe, size=size)
            assert value == [size, ["birds"]], value
        assert len(self.secure.objects["/birds/martlet"]) == 3_000_000
        before = len(self.plain.seen)
        value = self.call("buckets", endpoint=self.base, size=1000)
        assert value == [1000, ["birds"]] and len(self.plain.seen) > before, value
        value = self.call("buckets", endpoint="https://s3.example.com", size=1)
        assert value.startswith("ProxyConnectionError"), value


def main():
    outcome = Outcome("egress clients")
    with tempfile.TemporaryDirectory() as folder:
        key, signed = certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(signed, key)
        with Server() as server:
            clients = Clients(server, signed, Buckets(), Buckets(context))
            outcome.check("fetch takes the proxy for plain HTTP", clients.fetch)
            outcome.check("fetch is told why it may not", clients.refused)
            outcome.check("fetch takes a tunnel for HTTPS", clients.fetch_tls)
            outcome.check("fetch finds its way in an interpreter that is run anew", clients.fetch_fresh)
            outcome.check("fetch without the variables has no way out", clients.fetch_without)
            outcome.check("fetch finds its way in an ES module", clients.fetch_module)
            outcome.check("node:http and node:https work with what docs/egress.md shows", clients.agents)
            files = boto3_files()
            if files:
                outcome.check("boto3 reaches an S3 outside", lambda: clients.boto3(files))
            else:
                outcome.skip(1, "there is no boto3 in .build/venv")
    outcome.finish()


if __name__ == "__main__":
    main()
