#!/usr/bin/env python3
"""Lets schedules call a real function: what arrives, who may, what a stop and a kill mean for what falls due."""

import datetime
import json
import random
import subprocess
import time

import ledger
from client import Refused, document, eventually
from server import Server

from outcome import Outcome  # isort: skip

ARN = "arn:aws:lambda:us-east-1:000000000000:function:"
INPUT = {"name": "<aws.scheduler.schedule-arn>", "at": "<aws.scheduler.scheduled-time>",
         "execution": "<aws.scheduler.execution-id>", "attempt": "<aws.scheduler.attempt-number>"}
KILLS = 3
# Seconds from now; a time that is past when the request comes, on a busy machine, never fires.
SOON = 6
# A run that a stop cuts off counts as an error of the function, and is tried again after a minute.
PATIENCE = 90


class Planner:
    """Who makes schedules, and looks at what they called."""

    def __init__(self, server):
        self.server, self.client = server, server.client()
        ledger.create(self.client, "called", "/schedules/ran")
        self.role = self.scheduler_role("calls", "lambda:InvokeFunction")

    def scheduler_role(self, name, action):
        trust = {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole",
                 "Condition": {"StringEquals": {"aws:SourceAccount": "000000000000"}}}
        self.client.iam("CreateRole", RoleName=name, AssumeRolePolicyDocument=document(trust))
        allow = {"Effect": "Allow", "Action": action, "Resource": "*"}
        self.client.iam("PutRolePolicy", RoleName=name, PolicyName="own", PolicyDocument=document(allow))
        return f"arn:aws:iam::000000000000:role/{name}"

    def call(self, method, path, body=None):
        answer = self.client.call("scheduler", method, path, b"" if body is None else json.dumps(body).encode(),
                                  {"Content-Type": "application/json"})
        if answer.status != 200:
            raise Refused(answer)
        return answer.json()

    def make(self, name, expression, function="called", role=None, input=INPUT, **settings):
        target = {"Arn": ARN + function, "RoleArn": role or self.role}
        if input is not None:
            target["Input"] = json.dumps(input)
        return self.call("POST", f"/schedules/{name}", {
            "ScheduleExpression": expression, "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target, **settings})

    def exists(self, name):
        try:
            return self.call("GET", f"/schedules/{name}")
        except Refused as refused:
            assert refused.answer.error == "ResourceNotFoundException", refused
            return None

    def ran(self, name=None):
        """The events that the function was called with, or those of one schedule."""
        events, token = [], None
        while True:
            more = {"nextToken": token} if token else {}
            page = self.client.logs("FilterLogEvents", logGroupName="/schedules/ran", **more)
            events += [json.loads(event["message"]) for event in page["events"]]
            token = page.get("nextToken")
            if not token:
                break
        return [event for event in events if name is None or str(event.get("name", "")).endswith(f"/default/{name}")]

    def letters(self):
        said = subprocess.run(
            [self.server.program, "dead-letters", "list", "--output", "json", "--data-dir", self.server.data],
            capture_output=True, stdin=subprocess.DEVNULL, timeout=30, check=True).stdout
        return json.loads(said)

    def a_rate_fires_at_once(self):
        self.make("often", "rate(1 hour)")
        [event] = eventually(lambda: self.ran("often"), PATIENCE, 0.2)
        assert event["name"] == "arn:aws:scheduler:us-east-1:000000000000:schedule/default/often", event
        assert len(event["execution"]) == 36 and event["attempt"] == "1", event
        moment = datetime.datetime.fromisoformat(event["at"])
        assert abs(moment.timestamp() - time.time()) < 30, event
        self.call("DELETE", "/schedules/often")

    def a_time_fires_once_and_its_schedule_goes(self):
        self.make("once", at(SOON), ActionAfterCompletion="DELETE")
        assert eventually(lambda: self.ran("once"), PATIENCE, 0.2), "it did not fire"
        assert eventually(lambda: not self.exists("once"), PATIENCE, 0.2), "the schedule is still there"
        self.make("past", at(-60))
        time.sleep(1.5)
        assert len(self.ran("once")) == 1 and not self.ran("past"), self.ran()

    def a_target_without_input_gets_an_event(self):
        self.make("plain", at(SOON), input=None)
        found = eventually(lambda: [e for e in self.ran() if e.get("source") == "aws.scheduler"], PATIENCE, 0.2)
        event = found[0]
        assert event["detail-type"] == "Scheduled Event" and event["resources"][0].endswith("/default/plain"), event
        assert event["account"] == "000000000000" and event["region"] == "us-east-1", event

    def disabled_and_deleted_do_not_fire(self):
        self.make("off", at(SOON), State="DISABLED")
        self.make("gone", at(SOON))
        self.call("DELETE", "/schedules/gone")
        time.sleep(SOON + 2)
        assert not self.ran("off") and not self.ran("gone"), self.ran()

    def what_may_not_call_lies_in_the_dead_letters(self):
        before = len(self.letters())
        idle = self.scheduler_role("idle", "lambda:GetFunction")
        self.make("forbidden", at(SOON), role=idle)
        self.make("nobody", at(SOON), function="nobody")
        assert eventually(lambda: len(self.letters()) == before + 2, PATIENCE, 0.2), self.letters()
        reasons = sorted(letter["Reason"] for letter in self.letters()[before:])
        assert reasons[0].startswith("NO_PERMISSIONS: AccessDenied: ") and "FunctionNotFound" in reasons[1], reasons
        assert not self.ran("forbidden"), "it was called"

    def a_role_must_trust_the_scheduler(self):
        for role in (self.client.role("for-functions", "lambda:InvokeFunction"), "arn:aws:iam::000000000000:role/absent"):
            try:
                self.make("untrusted", at(100), role=role)
                raise AssertionError(f"{role} was taken")
            except Refused as refused:
                assert "must allow AWS EventBridge Scheduler to assume the role" in str(refused), refused

    def what_falls_into_a_stop_is_fired_once(self):
        self.make("missed", at(SOON))
        self.make("minutely", "cron(* * * * ? *)", State="ENABLED")
        self.server.stop()
        time.sleep(SOON + 1)
        self.server.start()
        self.client = self.server.client()
        assert eventually(lambda: self.ran("missed"), PATIENCE, 0.2), "it was lost"
        time.sleep(1)
        assert len(self.ran("missed")) == 1, self.ran("missed")
        self.call("DELETE", "/schedules/minutely")

    def kills_lose_and_double_nothing(self):
        names = [f"kill-{number}" for number in range(60)]
        for number, name in enumerate(names):
            self.make(name, at(3 * SOON + number // 6), ActionAfterCompletion="DELETE" if number % 2 else "NONE")
        time.sleep(2 * SOON)
        for _ in range(KILLS):
            time.sleep(random.uniform(1, 3.5))
            self.server.kill()
            self.server.start()
        self.client = self.server.client()
        assert eventually(lambda: {n for n in names if self.ran(n)} == set(names), PATIENCE, 1), "some did not fire"
        time.sleep(1)
        for name in names:
            # A function may run twice when the server is killed under it, but then for the same firing.
            executions = {event["execution"] for event in self.ran(name)}
            assert len(executions) == 1, f"{name} fired {len(executions)} times"

    def inputs_are_sealed(self):
        secret = "the-input-of-a-schedule"
        self.make("sealed", at(3600), input={"secret": secret})
        assert self.exists("sealed")["Target"]["Input"] == json.dumps({"secret": secret})
        self.server.stop()
        found = subprocess.run(["grep", "-rlaF", secret, self.server.data], capture_output=True, check=False).stdout.decode()
        self.server.start()
        self.client = self.server.client()
        assert not found, f"it lies in the clear in {found}"


def at(seconds):
    """The time so many seconds from now, in UTC."""
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return f"at({moment:%Y-%m-%dT%H:%M:%S})"


def main():
    outcome = Outcome("schedules")
    with Server() as server:
        planner = Planner(server)
        for test in (planner.a_rate_fires_at_once, planner.a_time_fires_once_and_its_schedule_goes,
                     planner.a_target_without_input_gets_an_event, planner.disabled_and_deleted_do_not_fire,
                     planner.what_may_not_call_lies_in_the_dead_letters, planner.a_role_must_trust_the_scheduler,
                     planner.what_falls_into_a_stop_is_fired_once, planner.kills_lose_and_double_nothing,
                     planner.inputs_are_sealed):
            outcome.check(test.__name__.replace("_", " "), test)
    outcome.finish()


if __name__ == "__main__":
    main()
