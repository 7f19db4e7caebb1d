#!/usr/bin/env python3
"""Plays the conformance cases of Step Functions that need a server: other services, a client that acts, or the wire.

Needs the cases and boto3. Cases of services that are not provided here are skipped. What was reached is recorded below, and must
not become less.
"""

import collections
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import threading

from client import document
from server import Server

from outcome import Outcome  # isort: skip

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
SUITES = os.environ.get("MARTLET_SUITES") or os.path.join(ROOT, "../shared/suites")
RUNNER = os.path.join(SUITES, "tools/run_sfn.py")
CASES = os.path.join(SUITES, "states-language")
ABSENT = re.compile("dynamodb|secretsmanager|'s3'|sdk:s3|setup:s3")
# Cases whose result, and whose whole history, are those of the real service.
# One history tells a time whose text is shorter where its last digit is a zero.
SERVICES = {"result": 16, "history": 10}
TOKENS = {"result": 4, "history": 4}
VALIDATION = {"result": 90}
TESTS = {"result": 90}


class Answerer(threading.Thread):
    """Who reads the queues of the cases and completes the tasks whose tokens lie there, with what was sent."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.client, self.over = server.client(), threading.Event()

    def call(self, service, target, version, **members):
        answer = self.client.call(service, "POST", "/", json.dumps(members).encode(), {
            "Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": target})
        return answer.json() if answer.status == 200 else {}

    def run(self):
        while not self.over.wait(0.3):
            for url in self.call("sqs", "AmazonSQS.ListQueues", "1.0").get("QueueUrls", []):
                for message in self.call("sqs", "AmazonSQS.ReceiveMessage", "1.0", QueueUrl=url).get("Messages", []):
                    self.call("sqs", "AmazonSQS.DeleteMessage", "1.0", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                    self.answer(message["Body"])

    def answer(self, body):
        body = json.loads(body) if body.startswith("{") else {}
        token = body.get("TaskToken")
        if token and "Context" in body:
            self.call("states", "AWSStepFunctions.SendTaskFailure", "1.0", taskToken=token)
        # The case that waits for a beat gets none.
        elif token and body.get("Message") != "test_message_txt":
            self.call("states", "AWSStepFunctions.SendTaskSuccess", "1.0", taskToken=token,
                      output=json.dumps(body.get("Message")))


def play(server, cases, tiers):
    """Runs the cases of a file; gives the sums and what became of each."""
    access = server.client().credentials
    with tempfile.NamedTemporaryFile("r", suffix=".jsonl") as results:
        done = subprocess.run(
            [sys.executable, RUNNER, "--endpoint", f"http://127.0.0.1:{server.port}", "--corpus", cases, "--tiers", tiers,
             "--out", results.name, "--timeout", "60", "-v"],
            env={**os.environ, "AWS_ACCESS_KEY_ID": access.key, "AWS_SECRET_ACCESS_KEY": access.secret},
            capture_output=True, stdin=subprocess.DEVNULL, timeout=540, check=False)
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        sums = collections.Counter(json.loads(done.stdout.decode().splitlines()[-1]))
        return sums, [json.loads(line) for line in results.read().splitlines()]


def rounds(tier, skipped):
    """The cases of a tier in rounds, so that none finds the machine of another by its name: on AWS each had its own."""
    found = []
    with open(os.path.join(CASES, "executions.jsonl"), encoding="utf-8") as lines:
        for line in lines:
            case = json.loads(line)
            if case["tier"][0] != tier or re.search(skipped, case["name"] + json.dumps(case["needs"])):
                continue
            names = {machine["name"] for machine in case.get("state_machines") or []}
            free = next((one for one in found if not one[0] & names), None)
            if free is None:
                found.append((names, [line]))
            else:
                free[0].update(names)
                free[1].append(line)
    return [lines for _, lines in found]


def play_rounds(server, tier, skipped):
    """Runs the cases of a tier, with no machines left of one round in the next."""
    sums, rows = collections.Counter(), []
    for lines in rounds(tier, skipped):
        with tempfile.NamedTemporaryFile("w", prefix="execution", suffix=".jsonl", encoding="utf-8") as cases:
            cases.writelines(lines)
            cases.flush()
            more_sums, more_rows = play(server, cases.name, tier)
        sums.update(more_sums)
        rows += more_rows
        delete_machines(server.client())
    return sums, rows


def delete_machines(client):
    def call(operation, **members):
        answer = client.call("states", "POST", "/", json.dumps(members).encode(), {
            "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"AWSStepFunctions.{operation}"})
        assert answer.status == 200, answer.body
        return answer.json()

    while machines := call("ListStateMachines")["stateMachines"]:
        for machine in machines:
            call("DeleteStateMachine", stateMachineArn=machine["stateMachineArn"])


def prepare(client):
    """Makes the roles that the cases name; they may do whatever the cases do."""
    for name, trusted in (("conformance", {"Service": "states.amazonaws.com"}),
                          ("admin-test-role-cross-account-a0000000", {"AWS": "arn:aws:iam::000000000000:root"})):
        trust = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
        client.iam("CreateRole", RoleName=name, AssumeRolePolicyDocument=document(trust))
        allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        client.iam("PutRolePolicy", RoleName=name, PolicyName="own", PolicyDocument=document(allow))


def main():
    outcome = Outcome("states services")
    if not os.path.exists(RUNNER) or importlib.util.find_spec("boto3") is None:
        outcome.skip(4, "no conformance cases, or no boto3 (set MARTLET_SUITES to the folder that holds the cases)")
        outcome.finish()
    with Server() as server:
        prepare(server.client())

        def reached(group, played, least):
            sums, rows = played
            for row in rows:
                if not row.get("result") or row.get("history") is False:
                    print("  differs:", row["name"], json.dumps(row.get("diff") or row.get("exc") or row.get("got"))[:1500])
            print(f"  {group}: {sums['result']}/{sums['cases']} results, {sums['history']}/{sums['history_of']} histories")
            for kind, number in least.items():
                assert sums[kind] >= number, f"{sums[kind]} of {kind} where {number} were reached before"

        def corpus(name):
            return play(server, os.path.join(CASES, name), "A")

        outcome.check("validation", lambda: reached("validation", corpus("validation.jsonl"), VALIDATION))
        outcome.check("tests of states", lambda: reached("tests of states", corpus("test-state.jsonl"), TESTS))
        outcome.check("services", lambda: reached("services", play_rounds(server, "C", ABSENT.pattern), SERVICES))
        answerer = Answerer(server)
        answerer.start()
        outcome.check("tokens", lambda: reached(
            "tokens", play_rounds(server, "D", ABSENT.pattern + "|activity"), TOKENS))
        answerer.over.set()
        answerer.join()
    outcome.finish()


if __name__ == "__main__":
    main()
