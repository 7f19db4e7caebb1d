#!/usr/bin/env python3
"""Plays the conformance cases of Step Functions that need other services, where the cases and boto3 are there.

Cases of services that are not provided here are skipped. What was reached is recorded below, and must not become less.
"""

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
CASES = os.path.join(SUITES, "states-language/executions.jsonl")
ABSENT = re.compile("dynamodb|secretsmanager|'s3'|sdk:s3|setup:s3")
# Cases whose result, and whose whole history, are those of the real service.
SERVICES = {"result": 12, "history": 10}
TOKENS = {"result": 3, "history": 3}


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


def play(server, tiers, skipped):
    """Runs cases; gives the sums and what became of each."""
    access = server.client().credentials
    with tempfile.NamedTemporaryFile("r", suffix=".jsonl") as results:
        done = subprocess.run(
            [sys.executable, RUNNER, "--endpoint", f"http://127.0.0.1:{server.port}", "--corpus", CASES, "--tiers", tiers,
             "--skip", skipped, "--out", results.name, "--timeout", "60", "-v"],
            env={**os.environ, "AWS_ACCESS_KEY_ID": access.key, "AWS_SECRET_ACCESS_KEY": access.secret},
            capture_output=True, stdin=subprocess.DEVNULL, timeout=540, check=False)
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        return json.loads(done.stdout.decode().splitlines()[-1]), [json.loads(line) for line in results.read().splitlines()]


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
        outcome.skip(2, "no conformance cases, or no boto3 (set MARTLET_SUITES to the folder that holds the cases)")
        outcome.finish()
    with Server() as server:
        prepare(server.client())

        def reached(group, tiers, skipped, least):
            sums, rows = play(server, tiers, skipped)
            for row in rows:
                if not row.get("history"):
                    print("  differs:", row["name"], json.dumps(row.get("diff") or row.get("exc") or row.get("got"))[:1500])
            print(f"  {group}: {sums.get('result', 0)}/{sums['cases']} results, "
                  f"{sums.get('history', 0)}/{sums.get('history_of', 0)} histories")
            for kind, number in least.items():
                assert sums.get(kind, 0) >= number, f"{sums.get(kind, 0)} of {kind} where {number} were reached before"

        outcome.check("services", lambda: reached("services", "C", ABSENT.pattern, SERVICES))
        answerer = Answerer(server)
        answerer.start()
        outcome.check("tokens", lambda: reached("tokens", "D", ABSENT.pattern + "|activity", TOKENS))
        answerer.over.set()
        answerer.join()
    outcome.finish()


if __name__ == "__main__":
    main()
