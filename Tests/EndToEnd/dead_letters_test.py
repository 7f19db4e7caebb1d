#!/usr/bin/env python3
"""Lets asynchronous calls fail for good, and deals with them as an operator does: list, show, try anew, delete."""

import base64
import json
import os
import pty
import subprocess

from client import eventually
from server import Server

from outcome import Outcome  # isort: skip

# Fails until it is mended.
FUNCTION = '''
import os
def handler(event, context):
    print("GOT", event["secret"])
    if "MENDED" not in os.environ: raise Exception("broken")
'''
SECRET = "the-payload-of-a-dead-letter"


class Operator:
    """Who types the commands, and the function whose calls fail."""

    def __init__(self, server):
        self.server, self.client = server, server.client()
        self.client.create("fragile", {"function.py": FUNCTION}, Timeout=5)
        self.client.rest("PUT", "/2019-09-25/functions/fragile/event-invoke-config", {"MaximumRetryAttempts": 0})

    def command(self, *words):
        return [self.server.program, "dead-letters", *words, "--data-dir", self.server.data]

    def run(self, *words):
        done = subprocess.run(
            self.command(*words), capture_output=True, stdin=subprocess.DEVNULL, timeout=30, check=False,
            env={name: value for name, value in os.environ.items() if not name.startswith("AWS_")})
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def said(self, *words):
        status, said, complaint = self.run(*words)
        assert status == 0, (words, status, complaint)
        return said

    def letters(self):
        return json.loads(self.said("list", "--output", "json"))

    def fail(self, count=1):
        """Lets calls fail, and waits for their letters; gives the ids of the requests."""
        before = len(self.letters())
        requests = [self.client.invoke("fragile", {"secret": SECRET}, kind="Event").headers["x-amzn-requestid"] for _ in range(count)]
        assert eventually(lambda: len(self.letters()) == before + count, 20, 0.2), self.letters()
        return requests

    def listed(self):
        assert self.said() == "", "there are some before any failed"
        [request] = self.fail()
        [letter] = self.letters()
        assert letter["RequestId"] == request and letter["FunctionName"] == "fragile", letter
        assert letter["Reason"] == "RetriesExhausted: Unhandled" and letter["Attempts"] == 1, letter
        assert letter["AcceptedAt"] <= letter["EndedAt"], letter
        assert f"lineage={letter['Lineage']} " in self.server.said() + " ", "the server's log names another"
        columns = self.said().rstrip("\n").split("\t")
        assert columns[0] == letter["Id"] and columns[1] == "fragile" and letter["RequestId"] in columns, columns
        table = on_terminal(self.command())
        assert table.splitlines()[0].split() == ["ID", "TARGET", "REASON", "ATTEMPTS", "ENDED", "REQUEST", "LINEAGE"], table

    def shown(self):
        [letter] = self.letters()
        for said in (self.said(), json.dumps(letter), on_terminal(self.command())):
            assert SECRET not in said, said
        text = self.said("show", letter["Id"])
        assert f"request: {letter['RequestId']}\n" in text and text.endswith("\n\n" + json.dumps({"secret": SECRET})), text
        whole = json.loads(self.said("show", letter["Id"], "--output", "json"))
        assert json.loads(base64.b64decode(whole["Payload"])) == {"secret": SECRET}, whole
        assert SECRET not in self.server.said()

    def redriven(self):
        self.fail(2)
        old = self.letters()
        assert len(old) == 3
        self.said("redrive", old[0]["Id"])
        again = eventually(lambda: [letter for letter in self.letters() if letter["RequestId"] == old[0]["RequestId"] and letter["Id"] != old[0]["Id"]], 20, 0.2)
        assert again, "it fails once more, and is a letter once more"
        assert again[0]["Lineage"] == old[0]["Lineage"], (again, old)
        self.client.configure("fragile", Environment={"Variables": {"MENDED": "1"}})
        assert "3 queued anew" in self.run("redrive", "--all")[2]
        assert eventually(lambda: sum("GOT" in line for line in self.client.messages("fragile")) == 7, 20, 0.2)
        assert self.letters() == []

    def deleted(self):
        self.client.configure("fragile", Environment={"Variables": {}})
        self.fail(3)
        first = self.letters()[0]["Id"]
        self.said("delete", first)
        assert first not in [letter["Id"] for letter in self.letters()]
        assert "2 deleted" in self.run("delete", "--all")[2]
        assert self.letters() == []

    def mistakes(self):
        for words in (["show", "999"], ["redrive", "999"], ["delete", "999"]):
            status, _, complaint = self.run(*words)
            assert status == 2 and "martlet dead-letters" in complaint, (words, status, complaint)
        for words in (["show"], ["show", "x"], ["delete"], ["redrive", "1", "--all"]):
            assert self.run(*words)[0] == 64, words


def on_terminal(words):
    """What a command writes where somebody looks at it."""
    inner, outer = pty.openpty()
    with subprocess.Popen(words, stdout=outer, stderr=outer, stdin=subprocess.DEVNULL) as program:
        os.close(outer)
        said = b""
        while True:
            try:
                part = os.read(inner, 65536)
            except OSError:
                break
            if not part:
                break
            said += part
        program.wait(30)
    os.close(inner)
    return said.decode().replace("\r\n", "\n")


def main():
    outcome = Outcome("dead letters")
    with Server() as server:
        operator = Operator(server)
        outcome.check("a call that failed for good is listed", operator.listed)
        outcome.check("its payload is shown to who asks for it", operator.shown)
        outcome.check("it can be tried anew", operator.redriven)
        outcome.check("it can be deleted", operator.deleted)
        outcome.check("what is not there is told, and how to say it right", operator.mistakes)
    outcome.finish()


if __name__ == "__main__":
    main()
