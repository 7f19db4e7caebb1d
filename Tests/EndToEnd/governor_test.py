#!/usr/bin/env python3
"""Lets functions run away, and stops, limits and lifts calls under load as an operator does."""

import json
import os
import re
import subprocess
import threading
import time

from client import eventually
from server import Server

from outcome import Outcome  # isort: skip

# Calls functions through its own door, in every way there is.
FUNCTION = '''
import http.client, json, os, threading, time
def ask(service, method, path, body=None, headers={}):
    door = http.client.HTTPConnection("127.0.0.1", 9001, timeout=60)
    scope = "x/20260101/" + os.environ["AWS_REGION"] + "/" + service + "/aws4_request"
    door.request(method, path, body, {"Content-Type": "application/json", **headers,
        "Authorization": "AWS4-HMAC-SHA256 Credential=" + scope + ", SignedHeaders=host, Signature=0"})
    answer = door.getresponse()
    said = answer.read().decode()
    return {"status": answer.status, "said": json.loads(said) if said else None}
def call(name, event, kind):
    return ask("lambda", "POST", "/2015-03-31/functions/" + name + "/invocations", json.dumps(event), {"X-Amz-Invocation-Type": kind})
def many(calls):
    found = []
    threads = [threading.Thread(target=lambda call=call: found.append(call())) for call in calls]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return found
if os.environ.get("EARLY"):
    print("EARLY", json.dumps(call(os.environ["AWS_LAMBDA_FUNCTION_NAME"], {"do": "nothing"}, "RequestResponse")))
    print("RAN")
def handler(event, context):
    me, do = context.function_name, event["do"]
    print("RAN", do)
    if do == "sleep": time.sleep(event["seconds"])
    if do == "ask": return ask(**event["ask"])
    if do == "again":
        answer = call(me, event, event["kind"])
        print("ANSWER", json.dumps(answer))
        return answer["said"]
    if do == "spread":
        for _ in range(3): print("ANSWER", json.dumps(call(me, event, "Event")))
    if do == "heavy":
        time.sleep(0.3)
        return call(me, event, "Event")["status"]
    if do == "branch":
        return many([lambda: call(event["to"], {"do": "sleep", "seconds": event.get("seconds", 1)}, "RequestResponse")] * event["count"])
    if do == "later":
        def later():
            time.sleep(0.05)
            print("ANSWER", json.dumps(call(me, event, "RequestResponse")))
        threading.Thread(target=later).start()
'''


class Governor:
    """The cases, and the operator who types the commands."""

    def __init__(self, server):
        self.server, self.client = server, server.client()
        self.role = self.client.role("calls", "lambda:InvokeFunction")

    def function(self, name, role=None, **settings):
        self.client.create(name, {"function.py": FUNCTION}, Timeout=60, Role=role or self.role, **settings)

    def run(self, *words):
        done = subprocess.run(
            [self.server.program, "governor", *words, "--data-dir", self.server.data], capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=30, check=False,
            env={name: value for name, value in os.environ.items() if not name.startswith("AWS_")})
        return done.returncode, done.stdout, done.stderr

    def said(self, *words):
        status, said, complaint = self.run(*words)
        assert status == 0, (words, status, complaint)
        return said

    def top(self, member="Functions"):
        return {row["Name"].split("/")[-1]: row for row in json.loads(self.said("top", "--output", "json"))[member]}

    def alerts(self):
        return [line for line in self.server.said().splitlines() if "has used up a budget" in line]

    def trail(self, action):
        done = subprocess.run([self.server.program, "audit", "export", "--data-dir", self.server.data], capture_output=True,
                              text=True, timeout=30, check=True)
        return [record for record in map(json.loads, done.stdout.splitlines()) if action in json.dumps(record)]

    def ran(self, name):
        return sum("RAN" in line for line in self.client.messages(name))

    def settled(self, name, count):
        """How often a function ran, once that is so often and for a second no more often."""
        assert eventually(lambda: self.ran(name) >= count, 30, 0.2), (self.ran(name), self.client.messages(name)[-5:])
        time.sleep(1)
        return self.ran(name)

    def answers(self, name):
        lines = [line for line in self.client.messages(name) if line.startswith("ANSWER")]
        return [json.loads(line.removeprefix("ANSWER ")) for line in lines]

    def refused(self, name, budget, entry):
        """Calls of a function that were refused for a budget, each naming it."""
        found = [answer["said"] for answer in self.answers(name) if answer["status"] == 429]
        assert found and all(f"used up its budget of {budget}" in said["message"] and f"/{entry}" in said["message"] for said in found), found
        assert all(said["Reason"] == f"LineageBudgetExhausted:{budget}" for said in found), found
        return len(found)

    def synchronous(self):
        self.function("recursion")
        self.said("budget", "recursion", "--depth", "5")
        result = self.client.invoke("recursion", {"do": "again", "kind": "RequestResponse"})
        assert result.status == 200 and result.value["Reason"] == "LineageBudgetExhausted:depth", result
        assert "used up its budget of depth (5 calls deep" in result.value["message"], result
        assert self.settled("recursion", 6) == 6
        [alert] = self.alerts()
        assert "budget=depth" in alert and "entry=recursion" in alert, alert
        [record] = self.trail("governor:BudgetExhausted")
        lineage = re.search(r"lineage=(\S+)", alert).group(1)
        assert lineage in json.dumps(record) and lineage in result.value["message"], (record, alert)

    def standard(self):
        """Without any setting a recursion ends too; asynchronously, so that it holds few sandboxes."""
        self.function("endless")
        self.client.invoke("endless", {"do": "again", "kind": "Event"}, kind="Event")
        assert self.settled("endless", 65) == 65
        [answer] = [answer for answer in self.answers("endless") if answer["status"] == 429]
        assert "used up its budget of depth (64 calls deep, set by default for any entry point)" in answer["said"]["message"], answer

    def hidden(self):
        """What goes on after the answer, or comes before the first event, is of the same lineage."""
        self.function("later")
        self.said("budget", "later", "--depth", "4")
        self.client.invoke("later", {"do": "later"})
        assert self.settled("later", 5) == 5
        self.refused("later", "depth", "later")
        self.function("early", Environment={"Variables": {"EARLY": "1"}})
        self.said("budget", "early", "--depth", "2")
        result = self.client.invoke("early", {"do": "nothing"})
        assert result.status == 200 and not result.function_error, result
        assert self.settled("early", 6) == 6, "three starts and three calls"
        lines = [line for line in self.client.messages("early") if line.startswith("EARLY")]
        assert len(lines) == 3 and "LineageBudgetExhausted:depth" in "".join(lines), lines

    def spread(self):
        self.function("spread")
        self.said("budget", "spread", "--calls", "40")
        before = len(self.alerts())
        self.client.invoke("spread", {"do": "spread"}, kind="Event")
        assert self.settled("spread", 40) == 40
        assert self.refused("spread", "calls", "spread") == 40 * 3 - 39
        assert len(self.alerts()) == before + 1, "one alert tells it all"

    def heavy(self):
        """What was accepted already when the budget was used up ends where its owner finds it."""
        self.function("heavy")
        self.client.reserve("heavy", 1)
        self.said("budget", "heavy", "--gigabyte-seconds", "0.01")
        assert self.client.invoke("heavy", {"do": "heavy"}).value == 202
        command = [self.server.program, "dead-letters", "list", "--output", "json", "--data-dir", self.server.data]
        letters = eventually(lambda: json.loads(subprocess.run(command, capture_output=True, timeout=30, check=True).stdout), 10, 0.2)
        assert [(letter["FunctionName"], letter["Reason"]) for letter in letters] == [("heavy", "LineageBudgetExhausted: memoryTime")], letters
        assert self.ran("heavy") == 1

    def branch(self):
        self.function("branch")
        self.function("leaf")
        self.said("budget", "branch", "--branches", "4")
        answers = self.client.invoke("branch", {"do": "branch", "to": "leaf", "count": 8}).value
        assert sorted(answer["status"] for answer in answers) == [200] * 3 + [429] * 5, answers
        said = next(answer["said"] for answer in answers if answer["status"] == 429)
        assert "used up its budget of branches (4 calls at a time" in said["message"], said
        again = self.client.invoke("branch", {"do": "branch", "to": "leaf", "count": 3}).value
        assert [answer["status"] for answer in again] == [200] * 3, again

    def stopped(self):
        """Under load, on connections that stay open, while another function goes on."""
        for name in ("busy", "quiet"):
            self.function(name)
        with Load(self.client, "busy", 3) as busy, Load(self.client, "quiet", 1) as quiet:
            assert eventually(lambda: busy.count(200) > 50 and quiet.count(200) > 20, 20)
            self.said("stop", "function/busy", "--reason", "runs wild")
            stopped = time.monotonic()
            time.sleep(1)
            self.said("lift", "function/busy")
            lifted = time.monotonic()
            time.sleep(1)
        during = busy.between(stopped + 0.2, stopped + 0.9)
        assert len(during) > 20 and {status for _, status in during} == {429}, during[:20]
        after = busy.between(lifted + 0.1, lifted + 0.9)
        assert len(after) > 20 and {status for _, status in after} == {200}, after[:20]
        assert {status for _, status in quiet.seen} == {200} and len(quiet.between(stopped, lifted)) > 10, len(quiet.seen)
        said = next(said for said in busy.bodies if b"GovernorStopped" in said)
        assert b"Calls of function/000000000000/busy are stopped by arn:aws:iam::000000000000:root" in said and b"(runs wild)" in said, said
        row = self.top()["busy"]
        assert row["CallsPerSecond"] > 5 and row["ThrottlesPerSecond"] > 1 and row["MedianMilliseconds"] < 1000, row
        assert self.top("Kinds")["invocation"]["ThrottlesPerSecond"] > 1
        assert self.trail("governor:Stop") and self.trail("martlet:LiftRule"), "both are in the audit trail"

    def waiting(self):
        """Asynchronous calls wait for the lift; new ones are refused; a call that waits for its sandbox is told at once."""
        self.function("patient")
        self.said("limit", "function/patient", "--concurrency", "0")
        for _ in range(5):
            assert self.client.invoke("patient", {"do": "nothing"}, kind="Event").status == 202
        self.said("stop", "function/patient")
        refused = self.client.invoke("patient", {"do": "nothing"}, kind="Event")
        assert refused.status == 429 and refused.value["Reason"] == "GovernorStopped", refused
        time.sleep(3)
        assert self.ran("patient") == 0
        self.said("lift", "function/patient")
        assert eventually(lambda: self.ran("patient") == 5, 10), self.ran("patient")
        self.client.create("slow-start", {"function.py": "import time\ntime.sleep(8)\ndef handler(event, context): pass\n"}, Role=self.role)
        with Calls(self.client, "slow-start", {}, 2) as calls:
            time.sleep(1)
            self.said("stop", "function/slow-start")
            assert eventually(lambda: len(calls.results) == 2, 1), "they wait no longer"
        assert [result.status for result in calls.results] == [429, 429], calls.results
        self.said("lift", "function/slow-start")

    def running(self):
        self.function("works")
        with Calls(self.client, "works", {"do": "sleep", "seconds": 3}, 1) as first:
            assert eventually(lambda: self.ran("works") == 1)
            self.said("stop", "function/works")
        assert first.results[0].status == 200 and not first.results[0].function_error, first.results
        self.said("lift", "function/works")
        with Calls(self.client, "works", {"do": "sleep", "seconds": 30}, 2) as second:
            assert eventually(lambda: self.ran("works") == 3) and self.top()["works"]["InFlight"] == 2
            self.said("stop", "function/works", "--now", "--reason", "enough")
            assert eventually(lambda: len(second.results) == 2, 1), "they are ended within a second"
        for result in second.results:
            assert result.function_error and result.error_type == "Governor.Stopped" and "(enough)" in result.value["errorMessage"], result
        self.said("lift", "function/works")
        assert self.client.invoke("works", {"do": "nothing"}).status == 200

    def lineage(self):
        """One runaway is ended, and nobody else."""
        self.function("family")
        with Calls(self.client, "family", {"do": "branch", "to": "leaf", "count": 2}, 1) as other:
            pass
        with Calls(self.client, "family", {"do": "branch", "to": "leaf", "count": 1, "seconds": 30}, 1) as calls:
            name = eventually(lambda: next((name for name, row in self.top("Lineages").items() if row["InFlight"]), None))
            self.said("stop", f"lineage/{name}", "--now")
            assert eventually(lambda: len(calls.results) == 1, 1)
        assert calls.results[0].error_type == "Governor.Stopped", calls.results
        assert other.results[0].status == 200 and self.client.invoke("family", {"do": "nothing"}).status == 200
        self.said("lift", f"lineage/{name}")

    def limited(self):
        self.function("narrow")
        self.said("limit", "function/narrow", "--concurrency", "2")
        with Calls(self.client, "narrow", {"do": "sleep", "seconds": 3}, 6) as calls:
            pass
        assert sorted(result.status for result in calls.results) == [200] * 2 + [429] * 4, calls.results
        said = next(result.value for result in calls.results if result.status == 429)
        assert said["Reason"] == "GovernorConcurrencyLimitExceeded" and "limited to 2 at a time" in said["message"], said
        self.said("limit", "function/narrow", "--rate", "5")
        begun = time.monotonic()
        with Load(self.client, "narrow", 2) as load:
            time.sleep(2)
        passed, most = load.count(200), 5 + 5 * (time.monotonic() - begun) + 1
        assert 10 <= passed <= most and load.count(429) > 20, (passed, most, load.count(429))
        self.said("lift", "function/narrow")

    def restart(self):
        self.said("stop", "function/quiet", "--reason", "for good")
        self.said("limit", "kind/event", "--rate", "0.5")
        self.said("budget", "--all", "--depth", "7")
        before = self.said("rules", "--output", "json")
        for end in (self.server.stop, self.server.kill):
            end()
            self.server.start()
            self.client.close()
            answer = self.client.invoke("quiet", {"do": "nothing"})
            assert answer.status == 429 and "(for good)" in answer.value["message"], answer
            assert self.said("rules", "--output", "json") == before
        lines = [line.split("\t") for line in self.said("rules").splitlines()]
        assert lines[0][:3] == ["function/000000000000/quiet", "stop", "arn:aws:iam::000000000000:root"], lines
        assert lines[1][:2] == ["kind/event", "limit 0.5/s"] and ["any", "100000", "7"] in [line[:3] for line in lines], lines
        for scope in ("function/quiet", "kind/event"):
            self.said("lift", scope)
        self.said("budget", "--all", "--reset")
        assert self.client.invoke("quiet", {"do": "nothing"}).status == 200

    def unprivileged(self):
        path, scope = "/2026-11-20/governor", {"Scope": "all", "Entry": "any", "Depth": 1}
        asks = [("POST", f"/{name}", json.dumps(scope)) for name in ("stop", "limit", "lift", "budget")] + [("GET", "/top", None), ("GET", "/rules", None)]
        for method, rest, body in asks:
            answer = self.client.invoke("busy", {"do": "ask", "ask": {"service": "martlet", "method": method, "path": path + rest, "body": body}}).value
            assert answer["status"] == 403 and "is not authorized to perform: martlet:" in answer["said"]["message"], (rest, answer)
        assert json.loads(self.said("rules", "--output", "json"))["Rules"] == []
        self.function("watchman", role=self.client.role("watches", "martlet:StopCalls"))
        ask = {"service": "martlet", "method": "POST", "path": path + "/stop", "body": json.dumps({"Scope": "function/quiet"})}
        assert self.client.invoke("watchman", {"do": "ask", "ask": ask}).value["status"] == 200
        answer = self.client.invoke("quiet", {"do": "nothing"})
        assert answer.status == 429 and "assumed-role/watches/watchman" in answer.value["message"], answer
        self.said("lift", "function/quiet")

    def mistakes(self):
        status, _, complaint = self.run("stop", "function/nobody")
        assert status == 2 and "nobody" in complaint and "martlet functions" in complaint, complaint
        status, _, complaint = self.run("lift", "function/busy")
        assert status == 2 and "martlet governor rules" in complaint, complaint
        assert self.run("stop", "kind/nonsense")[0] == 2
        for words in (["stop"], ["stop", "busy"], ["limit", "all"], ["limit", "all", "--rate", "-1"], ["budget"], ["budget", "busy"],
                      ["budget", "busy", "--all", "--depth", "1"], ["top", "--by", "nothing"]):
            assert self.run(*words)[0] == 64, words


class Load:
    """Calls a function again and again over connections that stay open, and keeps when each answer came."""

    def __init__(self, client, name, threads):
        self.seen, self.bodies, self.ended = [], [], threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(client.another(), name)) for _ in range(threads)]

    def work(self, client, name):
        request = client.invocation(name, {"do": "nothing"})
        while not self.ended.is_set():
            answer = client.send(request)
            self.seen.append((time.monotonic(), answer.status))
            if answer.status != 200:
                self.bodies.append(answer.body)
            time.sleep(0.005)
        client.close()

    def count(self, status):
        return sum(found == status for _, found in list(self.seen))

    def between(self, begin, end):
        return [(when, status) for when, status in self.seen if begin <= when <= end]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()


class Calls:
    """A number of calls at the same time; all have their answers at the end."""

    def __init__(self, client, name, event, count):
        self.results = []
        self.threads = [threading.Thread(target=self.work, args=(client.another(), name, event)) for _ in range(count)]

    def work(self, client, name, event):
        self.results.append(client.invoke(name, event))
        client.close()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        for thread in self.threads:
            thread.join()


def main():
    outcome = Outcome("governor")
    with Server() as server:
        governor = Governor(server)
        outcome.check("a function that calls itself for ever ends with an error that names the budget", governor.synchronous)
        outcome.check("so it does asynchronously, and without any setting", governor.standard)
        outcome.check("so it does after its answer and before its first event", governor.hidden)
        outcome.check("a function that calls itself more and more often ends", governor.spread)
        outcome.check("an accepted call whose lineage has used up its memory becomes a dead letter", governor.heavy)
        outcome.check("so many calls may be in flight at a time, and no more", governor.branch)
        outcome.check("a stop and a lift take effect within a second under load, and disturb nobody else", governor.stopped)
        outcome.check("what waits is refused or waits for the lift", governor.waiting)
        outcome.check("what runs goes on after a stop, unless it is to end now", governor.running)
        outcome.check("all that one request has caused is ended at once", governor.lineage)
        outcome.check("limits of concurrency and rate hold", governor.limited)
        outcome.check("stops, limits and budgets outlive a restart and a crash", governor.restart)
        outcome.check("a function cannot govern unless its role says so", governor.unprivileged)
        outcome.check("what makes no sense is told, and how to say it right", governor.mistakes)
    outcome.finish()


if __name__ == "__main__":
    main()
