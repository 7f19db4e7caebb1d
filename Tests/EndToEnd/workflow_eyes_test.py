#!/usr/bin/env python3
"""What a person sees of state machines: `martlet workflows`, in pipes and in a terminal."""

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import tempfile
import termios
import time
import xml.dom.minidom

from client import Refused, document
from server import ROOT, Server

from outcome import Outcome  # isort: skip

EXAMPLE = os.path.join(ROOT, "Examples/order-workflow/order.asl.json")
FUNCTION = '''
import time
class Busy(Exception): pass
def handler(event, context):
    time.sleep(event.get("seconds", 0))
    if event.get("fail"): raise Busy(event["fail"])
    return event
'''


def task(**payload):
    return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "does", "Payload": payload}}


BOTH = {"StartAt": "Begin", "States": {
    "Begin": {"Type": "Pass", "Next": "Both"},
    "Both": {"Type": "Parallel", "Next": "Done", "Branches": [
        {"StartAt": "Slow", "States": {"Slow": {**task(seconds=2), "End": True}}},
        {"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "Seconds": 1, "Next": "Fails"}, "Fails": {
            **task(fail="as told"), "Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 1, "IntervalSeconds": 1}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}], "End": True}, "Caught": {"Type": "Succeed"}}}]},
    "Done": {"Type": "Succeed"}}}
DEEP = {"StartAt": "Outer", "States": {"Outer": {
    "Type": "Parallel", "End": True, "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Late"}], "Branches": [
        {"StartAt": "Inner", "States": {"Inner": {"Type": "Pass", "Parameters": {"total.$": "$.order.total"}, "End": True}}}]},
    "Late": {"Type": "Succeed"}}}
SLEEPS = {"StartAt": "Sleeps", "States": {"Sleeps": {"Type": "Wait", "Seconds": 600, "End": True}}}
ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Eyes:
    """Who looks at machines on one server."""

    def __init__(self, server):
        self.server = server
        self.environment = {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm"}
        self.environment.pop("NO_COLOR", None)
        client = server.client()
        client.create("does", {"function.py": FUNCTION}, Timeout=20)
        trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
        client.iam("CreateRole", RoleName="workflows", AssumeRolePolicyDocument=document(trust))
        allow = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
        client.iam("PutRolePolicy", RoleName="workflows", PolicyName="own", PolicyDocument=document(allow))
        for name, definition in (("both", BOTH), ("deep", DEEP), ("sleeps", SLEEPS)):
            self.states("CreateStateMachine", name=name, definition=json.dumps(definition),
                        roleArn="arn:aws:iam::000000000000:role/workflows")

    def states(self, operation, **members):
        answer = self.server.client().call("states", "POST", "/", json.dumps(members).encode(), {
            "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"AWSStepFunctions.{operation}"})
        if answer.status != 200:
            raise Refused(answer)
        return answer.json()

    def command(self, *arguments, isLocal=False):
        place = [] if isLocal else ["--data-dir", self.server.data]
        return [self.server.program, "workflows", *arguments, *place]

    def run(self, *arguments, expect=0, isLocal=False):
        done = subprocess.run(self.command(*arguments, isLocal=isLocal), capture_output=True, text=True, timeout=120,
                              stdin=subprocess.DEVNULL, env=self.environment, check=False)
        assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def terminal(self, *arguments, columns=110, rows=50):
        """Everything that a command writes to a terminal, and its exit status."""
        child, screen = pty.fork()
        if child == 0:
            os.execve(self.server.program, self.command(*arguments), self.environment)
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        said, end = b"", time.monotonic() + 60
        while time.monotonic() < end:
            if not select.select([screen], [], [], 1)[0]:
                continue
            try:
                piece = os.read(screen, 65536)
            except OSError:
                piece = b""
            if not piece:
                break
            said += piece
        os.close(screen)
        return said.decode(), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def machines_and_executions_are_listed(self):
        names = [line.split("\t")[0] for line in self.run("list").splitlines()]
        assert sorted(names) == ["both", "deep", "sleeps"], names
        assert {machine["name"] for machine in json.loads(self.run("--output", "json"))} == set(names)
        arn = self.run("start", "sleeps", "--name", "one", "--input", '{"a": 1}').strip()
        assert arn.endswith(":execution:sleeps:one"), arn
        rows = [line.split("\t") for line in self.run("executions", "sleeps").splitlines()]
        assert [row[:2] for row in rows] == [["one", "RUNNING"]], rows
        assert "Stopped" in self.run("stop", "sleeps:one", "--error", "Enough")
        assert json.loads(self.run("executions", "sleeps", "--status", "ABORTED", "--output", "json"))[0]["name"] == "one"
        said = self.run("explain", "sleeps", expect=1)
        assert "ABORTED" in said and "error:     Enough" in said, said
        self.run("executions", "nowhere", expect=2)

    def lines_tell_of_an_execution_in_a_pipe(self):
        said = self.run("start", "both", "--name", "piped", "--follow").splitlines()
        types = [line.split("\t")[2] for line in said[1:]]
        assert types[0] == "ExecutionStarted" and types[-1] == "ExecutionSucceeded", types
        events = [json.loads(line) for line in self.run("history", "both:piped", "--output", "json").splitlines()]
        assert [event["type"] for event in events] == types
        assert [event["id"] for event in events] == list(range(1, len(events) + 1))
        assert any("\tFails\tBusy: " in line and "as told" in line for line in said), said
        told = self.run("explain", "both:piped")
        assert "on the way: Fails: Busy" in told and "(caught)" in told, told

    def the_picture_lives(self):
        said, status = self.terminal("start", "both", "--name", "live", "--follow")
        assert status == 0, said
        assert "\x1b[36" in said and "\x1b[32" in said and "\x1b[33" in said, "states have no colours"
        plain = ESCAPE.sub("", said)
        for words in ("both:live  RUNNING", "► ", "~ ", "try 2", "both:live  SUCCEEDED", "! ", "┌", "▼"):
            assert words in plain, f"no {words!r} in\n{plain[-4000:]}"
        last = plain[plain.rindex("both:live"):]
        assert "►" not in last[:last.rindex("► running")], last
        assert all(len(line) <= 110 for line in plain.replace("\r", "\n").split("\n")), "a line is too wide"

    def a_small_terminal_shows_a_part(self):
        said, status = self.terminal("follow", "both:live", columns=40, rows=12)
        assert status == 0 and said.count("\n") <= 14, said
        assert all(len(line) <= 40 for line in ESCAPE.sub("", said).replace("\r", "\n").split("\n")), said

    def a_failure_is_explained_and_fails_the_command(self):
        said, status = self.terminal("start", "deep", "--name", "bad", "--input", '{"order": {"sum": 5}}', "--follow")
        assert status == 1 and "FAILED" in said and "workflows explain" in said, said
        said = self.run("explain", "deep:bad", expect=1)
        for words in ("state:     Inner (Pass, inside of Outer)", "error:     States.Runtime", "$.order.total",
                      "$.order has no 'total'; it has sum", 'input:     {"order":{"sum":5}}',
                      "its Catch names States.Timeout, and not this error", "next: "):
            assert words in said, f"no {words!r} in\n{said}"
        told = json.loads(self.run("explain", "deep", "--output", "json", expect=1))
        assert told["state"] == "Inner" and told["inside"] == ["Outer"] and told["expression"] == "$.order.total", told

    def pictures_are_files_too(self):
        with tempfile.TemporaryDirectory(prefix="martlet-test-") as folder:
            path = os.path.join(folder, "both.svg")
            self.run("svg", "both", "--execution", "both:piped", "--output", path)
            picture = xml.dom.minidom.parse(path).documentElement
            titles = [node.firstChild.data for node in picture.getElementsByTagName("title")]
            assert any(title.startswith("Fails\n") and "caught" in title for title in titles), titles
            with open(os.path.join(ROOT, "docs/order-workflow.svg")) as drawn:
                assert self.run("svg", EXAMPLE, isLocal=True) == drawn.read(), "docs/order-workflow.svg is of another time"
        shown = self.run("show", "both", "--execution", "both:piped")
        assert "✓ " in shown and "! " in shown and "\x1b" not in shown, shown
        states = json.loads(self.run("show", EXAMPLE, "--output", "json", isLocal=True))["states"]
        assert states[0]["name"] == "Check the order" and states[0]["isStart"], states[0]

    def definitions_are_checked_without_a_server(self):
        assert self.run("check", EXAMPLE, isLocal=True) == ""
        with tempfile.TemporaryDirectory(prefix="martlet-test-") as folder:
            path = os.path.join(folder, "bad.json")
            with open(path, "w") as file:
                file.write('{"StartAt": "A",\n "States": {\n  "A": {"Type": "Pass", "Next": "B"}}}')
            said = self.run("check", path, expect=1, isLocal=True)
            assert f"{path}:3:25: error: Missing 'Next' target: B (/States/A/Next)" in said, said
            told = json.loads(self.run("check", path, "--output", "json", expect=1, isLocal=True))
            assert told["result"] == "FAIL" and told["diagnostics"][0]["line"] == 3, told
        self.run("check", "/nonexistent", expect=2, isLocal=True)

    def what_does_not_exist_is_said(self):
        done = subprocess.run(self.command("follow", "sleeps:never"), capture_output=True, text=True, timeout=30,
                              stdin=subprocess.DEVNULL, env=self.environment, check=False)
        assert done.returncode == 2 and "martlet workflows executions" in done.stderr, done


def main():
    outcome = Outcome("workflow eyes")
    with Server() as server:
        eyes = Eyes(server)
        for test in (eyes.machines_and_executions_are_listed, eyes.lines_tell_of_an_execution_in_a_pipe, eyes.the_picture_lives,
                     eyes.a_small_terminal_shows_a_part, eyes.a_failure_is_explained_and_fails_the_command,
                     eyes.pictures_are_files_too, eyes.definitions_are_checked_without_a_server, eyes.what_does_not_exist_is_said):
            outcome.check(test.__name__.replace("_", " "), test)
    outcome.finish()


if __name__ == "__main__":
    main()
