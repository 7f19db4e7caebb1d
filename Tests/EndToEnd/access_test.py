#!/usr/bin/env python3
"""Lets functions reach for what their role allows and for what it does not, and looks for credentials inside them."""

import hashlib

from client import Client, document
from server import Server

from outcome import Outcome  # isort: skip

# Asks the platform through the function's own door, and says what it was answered.
ASKS = '''
import http.client, json, os, urllib.parse
def handler(event, context):
    door = http.client.HTTPConnection("127.0.0.1", 9001, timeout=10)
    scope = "/20260101/" + os.environ["AWS_REGION"] + "/" + event["service"] + "/aws4_request"
    headers = {"Authorization": "AWS4-HMAC-SHA256 Credential=" + event.get("key", "x") + scope + ", SignedHeaders=host, Signature=0",
        **event.get("headers", {})}
    door.request(event.get("method", "GET"), event["path"], event.get("body"), headers)
    answer = door.getresponse()
    return {"status": answer.status, "body": answer.read().decode()}
'''
# Everything a function can read of itself: its environment, the memory of its processes, its files. What is looked for is
# known by its hash alone, or it would be found in the event.
LOOKS = '''
import glob, hashlib, os, re
WORD = re.compile(rb"(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{40}|[A-Z0-9]{20})(?![A-Za-z0-9+/])")
def readable():
    yield "\\n".join(f"{name}={value}" for name, value in os.environ.items()).encode()
    for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
        try: yield open(path, "rb").read()
        except OSError: pass
    memory = open("/proc/self/mem", "rb", 0)
    for line in open("/proc/self/maps").readlines():
        first, last = (int(part, 16) for part in line.split()[0].split("-"))
        if " r" not in line or "[v" in line: continue
        try:
            memory.seek(first)
            yield memory.read(last - first)
        except (OSError, ValueError, OverflowError): pass
    for folder, _, names in os.walk("/"):
        if folder.startswith(("/proc", "/sys", "/usr")): continue
        for name in names:
            path = os.path.join(folder, name)
            try:
                if os.path.isfile(path) and os.path.getsize(path) < 1 << 24: yield open(path, "rb").read()
            except OSError: pass
def handler(event, context):
    words, size = set(), 0
    for part in readable():
        size += len(part)
        words.update(WORD.findall(part))
    found = [word.decode() for word in words if hashlib.sha256(word).hexdigest() in event["hashes"]]
    keys = [word.decode() for word in words if word.startswith((b"AKIA", b"ASIA"))]
    return {"found": found, "keys": keys, "size": size, "words": len(words)}
'''
LIST = {"service": "lambda", "path": "/2015-03-31/functions/"}


class Access:
    """The cases; each function runs as a role of its own."""

    def __init__(self, server):
        self.server, self.client = server, server.client()

    def function(self, name, *actions, code=ASKS, timeout=20, **settings):
        role = self.client.role(f"role-of-{name}", *actions) if actions else f"arn:aws:iam::000000000000:role/none-{name}"
        self.client.create(name, {"function.py": code}, Timeout=timeout, MemorySize=256, Role=role, **settings)

    def ask(self, name, **event):
        result = self.client.invoke(name, event)
        assert result.status == 200 and not result.function_error, result
        return result.value

    def allowed(self):
        self.function("reader", "lambda:ListFunctions")
        answer = self.ask("reader", **LIST)
        assert answer["status"] == 200 and "reader" in answer["body"], answer
        denied = self.ask("reader", service="lambda", path="/2015-03-31/functions/reader", method="DELETE")
        assert denied["status"] == 403 and "assumed-role/role-of-reader/reader" in denied["body"], denied
        assert "because no identity-based policy allows the lambda:DeleteFunction action" in denied["body"], denied

    def default(self):
        self.function("nobody")
        for event in (LIST, {"service": "logs", "path": "/", "method": "POST", "body": "{}", "headers": {
                "X-Amz-Target": "Logs_20140328.DescribeLogGroups", "Content-Type": "application/x-amz-json-1.1"}}):
            answer = self.ask("nobody", **event)
            assert answer["status"] in (400, 403) and "is not authorized to perform" in answer["body"], answer
        who = self.ask("nobody", service="sts", path="/", method="POST", body="Action=GetCallerIdentity&Version=2011-06-15",
                       headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert who["status"] == 200 and "assumed-role/none-nobody/nobody" in who["body"], who

    def others(self):
        """What a function says of itself in its request changes nothing: neither a key nor a name."""
        for headers in ({"X-Amz-Security-Token": "stolen"}, {"X-Amzn-Lambda-Function": "reader"}, {"X-Forwarded-For": "127.0.0.1"}):
            answer = self.ask("nobody", **LIST, headers=headers, key=self.server.credentials.key)
            assert answer["status"] == 403, answer

    def trust(self):
        """A role that Lambda may not assume gives a function nothing."""
        self.client.iam("CreateRole", RoleName="foreign", AssumeRolePolicyDocument=document(
            {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"}))
        self.client.iam("PutRolePolicy", RoleName="foreign", PolicyName="all", PolicyDocument=document(
            {"Effect": "Allow", "Action": "*", "Resource": "*"}))
        self.client.create("foreign", {"function.py": ASKS}, Timeout=20, Role="arn:aws:iam::000000000000:role/foreign")
        answer = self.ask("foreign", **LIST)
        assert answer["status"] == 403, answer

    def change(self):
        """A policy that is taken away counts for a warm sandbox at once."""
        self.function("changing", "lambda:ListFunctions")
        assert self.ask("changing", **LIST)["status"] == 200
        self.client.iam("DeleteRolePolicy", RoleName="role-of-changing", PolicyName="own")
        assert self.ask("changing", **LIST)["status"] == 403

    def secrets(self):
        self.function("looks", "lambda:ListFunctions", code=LOOKS, timeout=300)
        mine = self.server.credentials
        hashes = [hashlib.sha256(word.encode()).hexdigest() for word in (mine.key, mine.secret, "ASIAMARTLETPLACEHOLD")]
        result = self.client.invoke("looks", {"hashes": hashes})
        assert result.status == 200 and not result.function_error, result
        assert result.value["found"] == ["ASIAMARTLETPLACEHOLD"], result.value
        assert result.value["size"] > 5 << 20, result.value
        for key in result.value["keys"]:
            answer = self.outside(key)
            assert answer.status == 403, (key, answer)

    def outside(self, key):
        """What a key that was found inside is good for outside, with the secret that lies beside it."""
        stolen = Client(self.server.port, self.server.credentials._replace(key=key, secret="placeholder"))
        return stolen.call("lambda", "GET", "/2015-03-31/functions/")


def main():
    outcome = Outcome("access")
    with Server() as server:
        access = Access(server)
        outcome.check("a function may do what its role allows, and nothing beside it", access.allowed)
        outcome.check("a function whose role does not exist may only ask who it is", access.default)
        outcome.check("a function cannot pass itself off as somebody else", access.others)
        outcome.check("a role that functions may not assume gives them nothing", access.trust)
        outcome.check("a change of a policy counts at once", access.change)
        outcome.check("no credential inside works outside", access.secrets)
    outcome.finish()


if __name__ == "__main__":
    main()
