#!/usr/bin/env python3
"""Follows what one request causes over two hops and back: the calls a function makes belong to the call it works on."""

import re

from client import eventually
from server import Server

from outcome import Outcome  # isort: skip

# Calls the next function through its own door, asynchronously, and fails: so each hop ends where it can be seen.
FUNCTION = '''
import http.client, json, os
def handler(event, context):
    if event["hops"] > 1:
        door = http.client.HTTPConnection("127.0.0.1", 9001, timeout=10)
        door.request("POST", "/2015-03-31/functions/" + event["to"] + "/invocations",
            json.dumps({"hops": event["hops"] - 1, "to": event["to"]}), {"X-Amz-Invocation-Type": "Event", **event.get("headers", {}),
            "Authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/" + os.environ["AWS_REGION"]
            + "/lambda/aws4_request, SignedHeaders=host, Signature=0"})
        answer = door.getresponse()
        answer.read()
        if answer.status != 202: return answer.status
    raise Exception("on purpose")
'''
OWN = "00-" + "ab" * 16 + "-" + "cd" * 8 + "-01"


class Lineage:
    """The cases; each calls a function that calls another."""

    def __init__(self, server):
        self.server, self.client = server, server.client()
        role = self.client.role("calls", "lambda:InvokeFunction")
        for name in ("first", "second"):
            self.client.create(name, {"function.py": FUNCTION}, Timeout=10, Role=role)
            self.client.rest("PUT", f"/2019-09-25/functions/{name}/event-invoke-config", {"MaximumRetryAttempts": 0})
        self.seen = 0

    def ends(self, count):
        """What the next dead letters say of themselves, as (lineage, trace, function)."""
        found = eventually(lambda: self.dead() if len(self.dead()) >= self.seen + count else None, 20)
        assert found, self.server.said()[-3000:]
        self.seen += count
        return found[-count:]

    def dead(self):
        lines = [line for line in self.server.said().splitlines() if "went to the dead letters" in line]
        return [(value(line, "lineage"), value(line, "trace").split("-")[1], value(line, "function")) for line in lines]

    def asynchronous(self):
        self.client.invoke("first", {"hops": 3, "to": "second"}, kind="Event")
        ends = self.ends(3)
        assert sorted(name for _, _, name in ends) == ["first", "second", "second"], ends
        assert len({lineage for lineage, _, _ in ends}) == 1, ends
        assert len({trace for _, trace, _ in ends}) == 1, ends

    def synchronous(self):
        result = self.client.invoke("first", {"hops": 2, "to": "second"})
        assert result.function_error, result
        [(_, trace, name)] = self.ends(1)
        assert name == "second" and result.headers["traceparent"].split("-")[1] == trace, (trace, result.headers)

    def own_trace(self):
        self.client.invoke("first", {"hops": 2, "to": "second", "headers": {"traceparent": OWN}}, kind="Event")
        ends = self.ends(2)
        assert len({lineage for lineage, _, _ in ends}) == 1, ends
        traces = {name: trace for _, trace, name in ends}
        assert traces["second"] == "ab" * 16 and traces["first"] != traces["second"], ends

    def apart(self):
        for _ in range(2):
            self.client.invoke("second", {"hops": 1}, kind="Event")
        ends = self.ends(2)
        assert len({lineage for lineage, _, _ in ends}) == 2, ends


def value(line, name):
    return re.search(rf"(?<!\S){name}=(\S+)", line).group(1)


def main():
    outcome = Outcome("lineage")
    with Server() as server:
        lineage = Lineage(server)
        outcome.check("calls that calls cause are of one lineage and one trace", lineage.asynchronous)
        outcome.check("so are those that a synchronous call causes", lineage.synchronous)
        outcome.check("a function may name a trace of its own, not a lineage", lineage.own_trace)
        outcome.check("calls from outside have nothing to do with each other", lineage.apart)
    outcome.finish()


if __name__ == "__main__":
    main()
