#!/usr/bin/env python3
"""Looks out from inside a function: its own identity at one door, a refusal at the other, and nothing else in the world."""

import io
import os
import socket
import threading
import zipfile

from client import eventually
from server import Server

from outcome import Outcome  # isort: skip

FUNCTION = '''
import errno, json, os, socket, struct, subprocess, time, urllib.request
def handler(event, context):
    return globals()[event["do"]](**{name: value for name, value in event.items() if name != "do"})
def identity(key="x"):
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + "/", b"Action=GetCallerIdentity&Version=2011-06-15", {
        "Authorization": "AWS4-HMAC-SHA256 Credential=%s/20260101/%s/sts/aws4_request, SignedHeaders=host, Signature=00" % (key, os.environ["AWS_REGION"])})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer: return [answer.status, answer.read().decode()]
    except urllib.error.HTTPError as error: return [error.code, error.read().decode()]
def call_other(name):
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + "/2015-03-31/functions/" + name + "/invocations", b'{"do": "hello"}', {
        "Authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/%s/lambda/aws4_request, SignedHeaders=host, Signature=00" % os.environ["AWS_REGION"]})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer: return [answer.status, answer.read().decode()]
    except urllib.error.HTTPError as error: return [error.code, error.read().decode()]
def hello(): return "hello"
def way_out():
    said = []
    for sent in (b"CONNECT example.com:443 HTTP/1.1\\r\\nHost: example.com:443\\r\\n\\r\\n", b"GET http://example.com/ HTTP/1.1\\r\\nHost: example.com\\r\\n\\r\\n"):
        connection = socket.create_connection(("127.0.0.1", 9002), 5)
        connection.sendall(sent)
        said.append(connection.recv(4096).decode())
    return said
def reach(addresses):
    found = {}
    for host, port in addresses:
        try:
            socket.create_connection((host, port), 1).close()
            found["%s:%d" % (host, port)] = "open"
        except OSError as error: found["%s:%d" % (host, port)] = errno.errorcode.get(error.errno, type(error).__name__)
    return found
def ports():
    found = []
    for port in range(1, 65536):
        with socket.socket() as one:
            one.settimeout(1)
            # A socket that connects to the very port it was given has met itself.
            if one.connect_ex(("127.0.0.1", port)) == 0 and one.getsockname() != one.getpeername(): found.append(port)
    return found
def datagrams():
    said = {}
    for host in ("8.8.8.8", "255.255.255.255", "224.0.0.251"):
        try:
            one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            one.sendto(b"x", (host, 53))
            said[host] = "sent"
        except OSError as error: said[host] = errno.errorcode.get(error.errno)
    return said
def families():
    said = {}
    for name, family, kind in (("netlink", 16, 3), ("packet", 17, 3), ("vsock", 40, 1), ("raw", 2, 3), ("alg", 38, 5), ("bluetooth", 31, 3), ("xdp", 44, 3)):
        try: socket.socket(family, kind); said[name] = "made"
        except OSError as error: said[name] = errno.errorcode.get(error.errno)
    return said
def names():
    try: return socket.getaddrinfo("example.com", 443) and "found"
    except OSError as error: return type(error).__name__
def interfaces(): return [line.split(":")[0].strip() for line in open("/proc/net/dev") if ":" in line]
def listen(port, seconds):
    one = socket.create_server(("0.0.0.0", port))
    other = socket.socket(socket.AF_UNIX); other.bind("\\0martlet-door"); other.listen()
    print("LISTENING", flush=True)
    one.settimeout(seconds)
    try: one.accept(); return "somebody came"
    except TimeoutError: return "nobody came"
def abstract():
    one = socket.socket(socket.AF_UNIX)
    try: one.connect("\\0martlet-door"); return "open"
    except OSError as error: return errno.errorcode.get(error.errno)
def processes(): return sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
def secrets():
    found = dict(os.environ)
    return {name: value for name, value in found.items() if "SECRET" in name or "TOKEN" in name or "KEY" in name}
def look():
    paths = ("/sys", "/sys/fs/cgroup", "/proc/sys/kernel/core_pattern", "/dev/kmsg", "/dev/mem", "/root", "/home", "/etc/shadow", "/var/lib", "/proc/1/root", "/proc/1/environ", "/proc/1/mem", "/proc/kcore", "/proc/keys")
    said = {}
    for path in paths:
        try: said[path] = (os.listdir(path) if os.path.isdir(path) else "%d bytes" % len(open(path, "rb").read(64)))
        except OSError as error: said[path] = errno.errorcode.get(error.errno)
    return said
def status():
    return dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
def descriptors():
    return {name: os.readlink("/proc/self/fd/" + name) for name in os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd/" + name)}
def first_process():
    said = []
    for signal in (9, 15, 19):
        try: os.kill(1, signal); said.append("sent")
        except OSError as error: said.append(errno.errorcode.get(error.errno))
    time.sleep(0.1)
    return said
def use_boto3():
    import boto3
    found = boto3.client("sts").get_caller_identity()
    return found["Arn"]
'''


class Doors:
    """The cases, all from inside of one function."""

    def __init__(self, server):
        self.server, self.client = server, server.client()
        for name in ("inside", "beside"):
            self.client.create(name, {"function.py": FUNCTION}, Timeout=30, MemorySize=512)

    def do(self, what, name="inside", **details):
        return self.client.value(name, what, **details)

    def identity(self):
        for key in ("x", self.server.credentials.key):
            status, said = self.do("identity", key=key)
            assert status == 200, said
            assert ":assumed-role/" in said and "inside" in said, said

    def nothing_secret(self):
        own = self.do("secrets")
        assert self.server.credentials.key not in own.values() and self.server.credentials.secret not in str(own), own

    def boto3(self):
        self.client.rest("POST", "/2018-10-31/layers/boto3/versions", {"Content": {"ZipFile": boto3_layer()}})
        layer = self.client.rest("GET", "/2018-10-31/layers/boto3/versions/1").json()["LayerVersionArn"]
        self.client.create("sdk", {"function.py": FUNCTION}, Timeout=30, MemorySize=512, Layers=[layer])
        found = self.do("use_boto3", "sdk")
        assert ":assumed-role/" in found and found.endswith("/sdk"), found

    def way_out(self):
        for said in self.do("way_out"):
            assert said.startswith("HTTP/1.1 403 ") and "Martlet" in said, said

    def no_network(self):
        with socket.create_server(("0.0.0.0", 0)) as listener:
            port = listener.getsockname()[1]
            addresses = [["127.0.0.1", self.server.port], ["127.0.0.1", port], ["1.1.1.1", 53], ["10.0.0.1", 80], ["169.254.169.254", 80],
                         ["192.168.0.1", 80], ["0.0.0.0", port], [host_address(), port], ["::1", port], ["fd00::1", 80]]
            found = self.do("reach", addresses=addresses)
        assert "open" not in found.values(), found
        assert set(self.do("datagrams").values()) <= {"ENETUNREACH", "EACCES", "EPERM", "ENETDOWN"}, self.do("datagrams")
        assert self.do("names") == "gaierror"
        assert self.do("interfaces") == ["lo"], self.do("interfaces")
        assert self.do("ports") == [9001, 9002], self.do("ports")

    def no_other_family(self):
        made = {name: said for name, said in self.do("families").items() if said == "made"}
        assert not made, made

    def no_other_sandbox(self):
        outcomes = []
        thread = threading.Thread(target=lambda: outcomes.append(self.server.client().invoke("beside", {"do": "listen", "port": 7777, "seconds": 3})))
        thread.start()
        assert eventually(lambda: any("LISTENING" in line for line in self.client.messages("beside")), 5), "beside does not listen"
        found = self.do("reach", addresses=[["127.0.0.1", 7777], ["127.0.0.2", 7777]])
        hidden = self.do("abstract")
        thread.join()
        assert set(found.values()) == {"ECONNREFUSED"}, found
        assert hidden == "ECONNREFUSED", hidden
        assert outcomes[0].value == "nobody came", outcomes

    def confinement(self):
        numbers = self.do("processes")
        assert len(numbers) <= 4 and numbers[0] == 1, numbers
        found = self.do("status")
        assert found["NoNewPrivs"] == "1" and found["Seccomp"] == "2", found
        for kind in ("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"):
            assert int(found[kind], 16) == 0, (kind, found[kind])
        said = self.do("look")
        for path in ("/dev/kmsg", "/dev/mem", "/etc/shadow", "/root", "/home", "/proc/1/mem", "/proc/1/environ", "/proc/1/root", "/proc/kcore", "/sys/fs/cgroup"):
            assert said[path] in ("ENOENT", "EACCES", "EPERM", []), (path, said[path])
        held = self.do("descriptors")
        odd = {number: name for number, name in held.items() if not name.startswith(("pipe:", "socket:", "/dev/null", "/proc/", "anon_inode:"))}
        assert not odd, odd

    def first_process(self):
        self.do("first_process")
        assert self.do("hello") == "hello"


def host_address():
    """This machine's own address, if it has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.connect(("192.0.2.1", 9))
            return one.getsockname()[0]
        except OSError:
            return "192.0.2.1"


def boto3_layer():
    """boto3 as a layer, with the one service model that is needed."""
    import base64

    import boto3
    import botocore

    target = io.BytesIO()
    home = os.path.dirname(os.path.dirname(boto3.__file__))
    data = os.path.join(os.path.dirname(botocore.__file__), "data")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py"):
            for base, _, files in os.walk(os.path.join(home, name)):
                for file in files:
                    path = os.path.join(base, file)
                    inside = os.path.relpath(path, data) if path.startswith(data + "/") else ""
                    if file.endswith(".pyc") or ("/" in inside and not inside.startswith("sts/")):
                        continue
                    archive.write(path, "python/" + os.path.relpath(path, home))
            if name.endswith(".py"):
                archive.write(os.path.join(home, name), "python/" + name)
    return base64.b64encode(target.getvalue()).decode()


def main():
    outcome = Outcome("doors")
    with Server() as server:
        doors = Doors(server)
        outcome.check("the platform's endpoint knows a function by its socket", doors.identity)
        outcome.check("there is no secret in a function", doors.nothing_secret)
        try:
            import boto3  # noqa: F401
            outcome.check("boto3 inside a function just works, as the function", doors.boto3)
        except ImportError:
            outcome.skip(1, "boto3 is not installed here")
        outcome.check("the way out is closed, and says so", doors.way_out)
        outcome.check("there is no other network", doors.no_network)
        outcome.check("there are no other kinds of sockets", doors.no_other_family)
        outcome.check("another sandbox cannot be reached", doors.no_other_sandbox)
        outcome.check("a function sees its own processes, and has no power", doors.confinement)
        outcome.check("a function cannot end what watches it", doors.first_process)
    outcome.finish()


if __name__ == "__main__":
    main()
