#!/usr/bin/env python3
"""Fills the disk under a server that works: what it accepted is not lost, what it cannot keep it refuses, and an operator
can stop everything; with room again all goes on by itself."""

import json
import os
import subprocess
import tempfile

from client import eventually
from server import Server

from outcome import Outcome  # isort: skip

FUNCTION = "import time\ndef handler(event, context):\n    time.sleep(event['seconds'])\n    return event['name']\n"
TITLES = (
    "work is accepted", "what cannot be stored is refused", "what is there can be read", "the doctor and the log say why",
    "everything can be stopped", "with room all goes on", "nothing that was accepted is lost")
SIZE, PATIENCE = 48 << 20, 180


class SmallDisk:
    """A file system of its own for a data folder, and what takes the room in it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="martlet-disk-")
        self.filler = os.path.join(self.folder, "filler")

    def mount(self):
        words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "martlet-test", self.folder]
        return subprocess.run(words, stderr=subprocess.DEVNULL, check=False).returncode == 0

    def remove(self):
        subprocess.run(["umount", "-l", self.folder], stderr=subprocess.DEVNULL, check=False)
        os.rmdir(self.folder)

    def fill(self):
        with open(self.filler, "ab", buffering=0) as filler:
            for size in (1 << 20, 4096, 1):
                try:
                    while True:
                        filler.write(b"x" * size)
                except OSError:
                    continue

    def make_room(self):
        os.remove(self.filler)


class Operator:
    """The cases, in their order."""

    def __init__(self, server, disk):
        self.server, self.disk, self.client = server, disk, server.client()
        self.number = server.process.pid
        self.sent, self.fired = set(), set()

    def run(self, *words):
        return subprocess.run(
            [self.server.program, *words, "--data-dir", self.server.data], capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=60, check=False)

    def sqs(self, operation, **members):
        return self.client.call("sqs", "POST", "/", json.dumps(members).encode(), {
            "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"AmazonSQS.{operation}"})

    def send(self, size=20):
        name = f"message-{len(self.sent)}"
        answer = self.sqs("SendMessage", QueueUrl=self.url("work"), MessageBody=name.ljust(size, "."))
        if answer.status == 200:
            self.sent.add(name)
        return answer

    def fire(self, size=0, seconds=0):
        name = f"event-{len(self.fired)}"
        answer = self.client.invoke("works", {"name": name, "seconds": seconds, "more": "." * size}, kind="Event")
        if answer.status == 202:
            self.fired.add(name)
        return answer

    def url(self, queue):
        return f"http://127.0.0.1:{self.server.port}/000000000000/{queue}"

    def taken(self, queue, read, found):
        """Takes what a queue has and adds it to what was found."""
        while True:
            answer = self.sqs("ReceiveMessage", QueueUrl=self.url(queue), MaxNumberOfMessages=10)
            assert answer.status == 200, answer
            messages = answer.json().get("Messages", [])
            if not messages:
                return found
            for message in messages:
                found.add(read(message["Body"]))
                self.sqs("DeleteMessage", QueueUrl=self.url(queue), ReceiptHandle=message["ReceiptHandle"])

    def accepts(self):
        role = self.client.role("works", "sqs:SendMessage", "lambda:InvokeFunction")
        for queue in ("work", "done"):
            assert self.sqs("CreateQueue", QueueName=queue).status == 200
        self.client.create("works", {"function.py": FUNCTION}, Timeout=60, Role=role)
        self.client.rest("PUT", "/2019-09-25/functions/works/event-invoke-config", {
            "DestinationConfig": {"OnSuccess": {"Destination": "arn:aws:sqs:us-east-1:000000000000:done"}}})
        self.client.reserve("works", 2)
        assert self.client.invoke("works", {"name": "first", "seconds": 0}).value == "first"
        for _ in range(20):
            assert self.send().status == 200
        for _ in range(6):
            assert self.fire(seconds=2).status == 202

    def refuses(self):
        self.disk.fill()
        # Files that were larger before give their own room again for a while.
        for act, size in ((self.send, 200_000), (self.send, 1), (self.fire, 200_000), (self.fire, 1)):
            for _ in range(2000):
                answer = act(size)
                if answer.status not in (200, 202):
                    break
                self.disk.fill()
            assert answer.status in (500, 503), answer
            assert b"disk" in answer.body and b"full" in answer.body, answer.body
        for _ in range(2000):
            answer = self.client.call("lambda", "PUT", "/2017-10-31/functions/works/concurrency",
                                      b'{"ReservedConcurrentExecutions":3}', {"Content-Type": "application/json"})
            if answer.status != 200:
                break
            self.disk.fill()
        assert answer.status in (500, 503), answer
        self.server.check_unharmed(self.number)

    def reads(self):
        assert self.client.rest("GET", "/2015-03-31/functions/works").json()["Configuration"]["FunctionName"] == "works"
        answer = self.sqs("GetQueueAttributes", QueueUrl=self.url("work"), AttributeNames=["All"])
        assert answer.status == 200 and int(answer.json()["Attributes"]["ApproximateNumberOfMessages"]) >= 20, answer
        assert eventually(lambda: self.client.invoke("works", {"name": "again", "seconds": 0}).status == 200, PATIENCE, 0.5)

    def says_why(self):
        said = self.run("doctor")
        assert said.returncode == 1 and "the disk is full" in said.stdout, said
        assert eventually(lambda: "is full" in self.server.said(), PATIENCE, 0.5), self.server.said()[-3000:]

    def stops(self):
        stopped = self.run("governor", "stop", "all", "--reason", "no room")
        assert stopped.returncode == 0 and "Stopped all" in stopped.stderr, stopped
        # Whatever room there is after all is the operator's luck, and no promise.
        if "cannot write to its store" not in stopped.stderr:
            print("    the stop found room in the store")
        answer = self.client.invoke("works", {"name": "no", "seconds": 0})
        assert answer.status == 429 and b"no room" in answer.body, answer
        rules = self.run("governor", "rules", "--output", "json")
        assert rules.returncode == 0 and '"all"' in rules.stdout, rules
        lifted = self.run("governor", "lift", "all")
        assert lifted.returncode != 0, "a lift was done that cannot be recorded"
        assert self.client.invoke("works", {"name": "no", "seconds": 0}).status == 429

    def goes_on(self):
        self.disk.make_room()
        assert eventually(lambda: self.run("governor", "lift", "all").returncode == 0, PATIENCE, 0.5)
        answer = eventually(lambda: self.fire().status == 202 and self.send().status == 200, PATIENCE, 0.5)
        assert answer, "nothing is accepted though there is room"
        self.server.check_unharmed(self.number)
        exported = self.run("audit", "export", "--output", "jsonl")
        records = [json.loads(line) for line in exported.stdout.splitlines()]
        told = [r["action"] for r in records if r["kind"] == "governor" and r["resource"] == "all"]
        assert told == ["governor:Stop", "governor:Lift"], told
        assert self.run("audit", "verify").returncode == 0

    def loses_nothing(self):
        found, done = set(), set()

        def is_whole():
            self.taken("work", lambda body: body.rstrip("."), found)
            self.taken("done", lambda body: json.loads(body)["responsePayload"], done)
            return self.sent <= found and self.fired <= done

        assert eventually(is_whole, PATIENCE, 0.5), (self.sent - found, self.fired - done)


def main():
    outcome, disk = Outcome("full disk"), SmallDisk()
    if not disk.mount():
        os.rmdir(disk.folder)
        outcome.skip(len(TITLES), "no file system can be mounted here")
        return outcome.finish()
    try:
        with Server(data=os.path.join(disk.folder, "data")) as server:
            operator = Operator(server, disk)
            cases = (operator.accepts, operator.refuses, operator.reads, operator.says_why, operator.stops,
                     operator.goes_on, operator.loses_nothing)
            for title, body in zip(TITLES, cases):
                # Each case stands on the one before.
                if not outcome.check(title, body):
                    print(server.said()[-3000:])
                    break
    finally:
        disk.remove()
    outcome.finish()


if __name__ == "__main__":
    main()
