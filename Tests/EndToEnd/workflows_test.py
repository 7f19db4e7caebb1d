#!/usr/bin/env python3
"""Lets state machines call real functions, and kills the server under them: each ends as it would have.

KILLS kills (3) during COUNT executions (40), waiting WAIT seconds (300) for the last of them.
"""

import collections
import json
import os
import random
import threading
import time

import ledger
from client import Refused, document, eventually
from server import Server

from outcome import Outcome  # isort: skip

KILLS, COUNT, WAIT = (int(os.environ.get(name, usual)) for name, usual in (("KILLS", 3), ("COUNT", 40), ("WAIT", 300)))
AFTER = """
    time.sleep(event.get("seconds", 0))
    if event.get("fail"): raise Odd(event["fail"])
    return event["number"] + 1
"""
EFFECT = "arn:aws:lambda:us-east-1:000000000000:function:effect"


def task(place, number="$.number", **more):
    return {"Type": "Task", "Resource": EFFECT, "Parameters": {
        "id.$": "$$.Execution.Name", "place": place, "number.$": number, **more}}


ALL = {"StartAt": "Begin", "States": {
    "Begin": {"Type": "Pass", "Parameters": {"name.$": "$$.Execution.Name", "number.$": "$.number"}, "Next": "Both"},
    "Both": {"Type": "Parallel", "ResultPath": "$.both", "Next": "Each", "Branches": [
        {"StartAt": "Left", "States": {"Left": {**task("left"), "End": True}}},
        {"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "Seconds": 1, "Next": "Right"}, "Right": {
            "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "OutputPath": "$.Payload", "End": True, "Parameters": {
                "FunctionName": "effect", "Payload": task("right")["Parameters"]}}}}]},
    "Each": {"Type": "Map", "ItemsPath": "$.both", "ResultPath": "$.each", "Next": "Fails", "ItemSelector": {
        "number.$": "$$.Map.Item.Value", "place.$": "States.Format('item-{}', $$.Map.Item.Index)"},
        "ItemProcessor": {"StartAt": "Item", "States": {"Item": {"Type": "Task", "Resource": EFFECT, "End": True, "Parameters": {
            "id.$": "$$.Execution.Name", "place.$": "$.place", "number.$": "$.number"}}}}},
    "Fails": {**task("fails", fail="odd"), "Retry": [{"ErrorEquals": ["Odd"], "MaxAttempts": 1, "IntervalSeconds": 1}],
              "Catch": [{"ErrorEquals": ["Odd"], "ResultPath": "$.error", "Next": "Sum"}], "End": True},
    "Sum": {"Type": "Pass", "QueryLanguage": "JSONata", "End": True, "Output": {
        "name": "{% $states.input.name %}", "sum": "{% $sum($states.input.each) %}", "error": "{% $states.input.error.Error %}"}}}}


class States:
    """Calls Step Functions on one server."""

    def __init__(self, server):
        self.client = server.client(timeout=20)

    def __call__(self, operation, **members):
        answer = self.client.call("states", "POST", "/", json.dumps(members).encode(), {
            "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"AWSStepFunctions.{operation}"})
        if answer.status != 200:
            raise Refused(answer)
        return answer.json()

    def history(self, execution):
        events, more = [], {}
        while True:
            page = self("GetExecutionHistory", executionArn=execution, maxResults=1000, **more)
            events += page["events"]
            if "nextToken" not in page:
                return events
            more = {"nextToken": page["nextToken"]}

    def end(self, execution):
        found = self("DescribeExecution", executionArn=execution)
        return found if found["status"] != "RUNNING" else None


class Machines:
    """The machines of these tests, on a server that may be killed."""

    def __init__(self, server):
        self.server = server
        client = server.client()
        ledger.create(
            client, "effect", "/workflows/ran", Timeout=300,
            message='event["id"] + " " + event["place"]',
            before="class Odd(Exception): pass", after=AFTER)
        trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
        client.iam("CreateRole", RoleName="workflows", AssumeRolePolicyDocument=document(trust))
        allow = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
        client.iam("PutRolePolicy", RoleName="workflows", PolicyName="own", PolicyDocument=document(allow))

    def make(self, name, definition, kind="STANDARD"):
        return States(self.server)(
            "CreateStateMachine", name=name, definition=json.dumps(definition), type=kind,
            roleArn="arn:aws:iam::000000000000:role/workflows")["stateMachineArn"]

    def run(self, machine, value, name=None, seconds=60):
        states = States(self.server)
        execution = states("StartExecution", stateMachineArn=machine, input=json.dumps(value), **({"name": name} if name else {}))
        found = eventually(lambda: states.end(execution["executionArn"]), seconds)
        assert found, states.history(execution["executionArn"])
        return found

    def ran(self):
        """How often each effect was had."""
        client, names, more = self.server.client(), collections.Counter(), {}
        while True:
            page = client.logs("FilterLogEvents", logGroupName="/workflows/ran", **more)
            names.update(event["message"] for event in page["events"])
            if not page.get("nextToken"):
                return names
            more = {"nextToken": page["nextToken"]}


def begun(events):
    """How often each effect was begun, as a history says it."""
    counts, places = collections.Counter(), {}
    for event in events:
        kind = event["type"]
        details = event.get("lambdaFunctionScheduledEventDetails") or event.get("taskScheduledEventDetails")
        if details:
            given = json.loads(details.get("input") or details["parameters"])
            given = given.get("Payload", given)
            places[event["id"]] = f"{given['id']} {given['place']}"
        elif kind in ("LambdaFunctionStarted", "TaskStarted"):
            place = places[event["previousEventId"]]
            places[event["id"]] = place
            counts[place] += 1
    return counts


def whole(machines):
    found = machines.run(machines.make("all", ALL), {"number": 5}, "once")
    assert found["status"] == "SUCCEEDED", found
    assert json.loads(found["output"]) == {"name": "once", "sum": 14, "error": "Odd"}, found
    wanted = {f"once {place}": 1 for place in ("left", "right", "item-0", "item-1")} | {"once fails": 2}
    assert machines.ran() == wanted, machines.ran()
    events = States(machines.server).history(found["executionArn"])
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert begun(events) == wanted, events


def stopped(machines):
    """What is stopped while a function runs ends at once; what the function answers changes nothing."""
    machine = machines.make("slow", {"StartAt": "Slow", "States": {"Slow": {**task("slow", seconds=3), "End": True}}})
    states = States(machines.server)
    execution = states("StartExecution", stateMachineArn=machine, name="slow", input='{"number": 1}')["executionArn"]
    assert eventually(lambda: machines.ran()["slow slow"] == 1, 30)
    states("StopExecution", executionArn=execution, error="Enough")
    found = states.end(execution)
    assert found["status"] == "ABORTED" and found["error"] == "Enough", found
    time.sleep(4)
    assert [event["type"] for event in states.history(execution)][-1] == "ExecutionAborted"


def timed(machines):
    """A task that takes longer than it may fails with the error of the language."""
    machine = machines.make("timed", {"StartAt": "Slow", "States": {"Slow": {
        **task("timed", seconds=20), "TimeoutSeconds": 1, "Next": "Never", "Catch": [
            {"ErrorEquals": ["States.Timeout"], "Next": "Late"}]}, "Never": {"Type": "Fail"}, "Late": {"Type": "Succeed"}}})
    found = machines.run(machine, {"number": 1})
    assert found["status"] == "SUCCEEDED", found
    types = [event["type"] for event in States(machines.server).history(found["executionArn"])]
    assert "LambdaFunctionTimedOut" in types, types


def forbidden(machines):
    """A role that may not call the function cannot, and the execution says so."""
    client = machines.server.client()
    trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    client.iam("CreateRole", RoleName="nothing", AssumeRolePolicyDocument=document(trust))
    machine = States(machines.server)(
        "CreateStateMachine", name="forbidden", definition=json.dumps(
            {"StartAt": "No", "States": {"No": {**task("no"), "End": True}}}),
        roleArn="arn:aws:iam::000000000000:role/nothing")["stateMachineArn"]
    found = machines.run(machine, {"number": 1})
    assert found["status"] == "FAILED" and found["error"] == "Lambda.AWSLambdaException", found
    assert "lambda:InvokeFunction" in found["cause"], found
    assert not any(place.endswith(" no") for place in machines.ran())


def out_of_time_at_once(machines):
    """Who waits for an express execution is answered when its task has run out of time, not when the function has ended (which the client would not wait for)."""
    machine = machines.make("quick", {"StartAt": "Slow", "States": {"Slow": {
        **task("quick", seconds=50), "TimeoutSeconds": 1, "End": True}}}, "EXPRESS")
    found = States(machines.server)("StartSyncExecution", stateMachineArn=machine, input='{"number": 1}')
    assert found["status"] == "FAILED" and found["error"] == "States.Timeout", found


def stop_and_go_on(machines):
    """A stop does not wait out the time of functions, and what it cuts off goes on as soon as there is a server again."""
    states, kinds = States(machines.server), ("STANDARD", "EXPRESS")
    for kind in kinds:
        machine = machines.make(f"cut-{kind}", {"StartAt": "Slow", "States": {"Slow": {
            **task("cut", seconds=290), "End": True}}}, kind)
        states("StartExecution", stateMachineArn=machine, name=f"cut-{kind}", input='{"number": 1}')
    assert eventually(lambda: all(machines.ran()[f"cut-{kind} cut"] == 1 for kind in kinds), 60), machines.ran()
    assert machines.server.stop(120) == 0, machines.server.said()
    machines.server.start()
    assert eventually(lambda: all(machines.ran()[f"cut-{kind} cut"] == 2 for kind in kinds), 60), machines.ran()
    for kind in kinds:
        states = States(machines.server)
        states("DeleteStateMachine", stateMachineArn=f"arn:aws:states:us-east-1:000000000000:stateMachine:cut-{kind}")


class Load:
    """A thread that begins executions, and keeps which were acknowledged."""

    def __init__(self, server, machine):
        self.server, self.machine, self.begun, self.refusals = server, machine, {}, []
        self.thread = threading.Thread(target=self.start)
        self.thread.start()

    def start(self):
        states = States(self.server)
        for number in range(COUNT):
            while True:
                try:
                    # The same again, where a kill took the answer away, is no second execution.
                    self.begun[number] = states(
                        "StartExecution", stateMachineArn=self.machine, name=f"run-{number}",
                        input=json.dumps({"number": number}))["executionArn"]
                    break
                except (OSError, ConnectionError):
                    time.sleep(0.05)
                except Refused as refused:
                    if refused.answer.error == "ExecutionAlreadyExists":
                        # It has ended before it could be asked for again.
                        self.begun[number] = self.machine.replace("stateMachine", "execution") + f":run-{number}"
                    else:
                        self.refusals.append(refused)
                    break
            time.sleep(0.02)


def kill_again_and_again(machines, outcome):
    server = machines.server
    load = Load(server, machines.make("killed", ALL))
    for _ in range(KILLS):
        time.sleep(random.uniform(0.5, 3))
        server.kill()
        server.start()
    load.thread.join()
    states, since = States(server), time.monotonic()
    waiting = dict(load.begun)
    ends = {}

    def all_ended():
        for number, execution in list(waiting.items()):
            if end := states.end(execution):
                ends[number] = end
                del waiting[number]
        return not waiting

    eventually(all_ended, WAIT, 0.5)
    print(f"{KILLS} kills, {len(load.begun)} executions begun, {len(ends)} ended, the last {time.monotonic() - since:.0f} s after")

    def ended():
        assert not load.refusals, load.refusals[:3]
        assert len(ends) == COUNT, [states.history(execution)[-3:] for execution in list(waiting.values())[:3]]

    def as_they_would_have():
        for number, end in ends.items():
            assert end["status"] == "SUCCEEDED", (number, end, states.history(end["executionArn"])[-6:])
            assert json.loads(end["output"]) == {"name": f"run-{number}", "sum": 2 * number + 4, "error": "Odd"}, end

    def no_effect_unsaid():
        ran, again = machines.ran(), 0
        for number, end in ends.items():
            events = states.history(end["executionArn"])
            assert [event["id"] for event in events] == list(range(1, len(events) + 1)), number
            said = begun(events)
            for place, count in said.items():
                assert 1 <= ran[place] <= count, f"{place}: had {ran[place]} times, begun {count} times"
                again += count - (2 if place.endswith("fails") else 1)
            assert len(said) == 5, said
        print(f"{sum(ran.values())} effects were had; {again} were begun once more after a kill, and the histories say so")

    outcome.check("every execution ends", ended)
    outcome.check("every execution ends as it would have", as_they_would_have)
    outcome.check("nothing is begun that the history does not say", no_effect_unsaid)


def main():
    outcome = Outcome("workflows")
    with Server() as server:
        machines = Machines(server)
        outcome.check("a machine of all kinds of states runs to its end", lambda: whole(machines))
        outcome.check("an execution is stopped while a function runs", lambda: stopped(machines))
        outcome.check("a task that takes too long is timed out", lambda: timed(machines))
        outcome.check("a role that may not call is refused", lambda: forbidden(machines))
        outcome.check("who waits is answered when a task's time is over", lambda: out_of_time_at_once(machines))
        outcome.check("what a stop cuts off goes on at the next start", lambda: stop_and_go_on(machines))
        kill_again_and_again(machines, outcome)
        outcome.check("the server is unharmed", lambda: server.check_unharmed(server.process.pid))
    outcome.finish()


if __name__ == "__main__":
    main()
