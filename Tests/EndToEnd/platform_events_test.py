#!/usr/bin/env python3
"""What happens to the platform itself comes as events: users build on them with ordinary rules, and nothing comes twice."""

import json
import subprocess
import time

from client import document, eventually
from server import Server

from outcome import Outcome  # isort: skip

REGION, ACCOUNT = "us-east-1", "000000000000"
FAILS = '''
def handler(event, context):
    raise Exception("as it was told")
'''
HEARS = '''
import json
def handler(event, context):
    print("heard " + json.dumps(event))
'''
SECRET = "nobody-may-read-this"
FAILURE = {"source": ["aws.lambda"], "detail-type": ["Lambda Function Invocation Result - Failure"]}


def function(name):
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


class Watcher:
    """Who makes rules about the platform, and looks at what comes."""

    def __init__(self, server):
        self.server = server
        self.connect()
        for name, code in (("fails", FAILS), ("hears", HEARS), ("stumbles", FAILS), ("full", HEARS)):
            self.client.create(name, {"function.py": code})
            self.client.rest("POST", f"/2015-03-31/functions/{name}/policy", {
                "StatementId": "any", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com",
                "SourceArn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/*"})
            self.client.rest("PUT", f"/2019-09-25/functions/{name}/event-invoke-config", {"MaximumRetryAttempts": 0})

    def connect(self):
        self.client = self.server.client()

    def raw(self, service, prefix, version, operation, input):
        return self.client.call(service, "POST", "/", json.dumps(input).encode(), {
            "Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": f"{prefix}.{operation}"})

    def events(self, operation, **input):
        answer = self.raw("events", "AWSEvents", "1.1", operation, input)
        assert answer.status == 200, f"{operation}: {answer.status} {answer.body}"
        return answer.json()

    def sqs(self, operation, **input):
        answer = self.raw("sqs", "AmazonSQS", "1.0", operation, input)
        assert answer.status == 200, f"{operation}: {answer.status} {answer.body}"
        return answer.json()

    def queue(self, name, allowed=True, **more):
        url = self.sqs("CreateQueue", QueueName=name, **more)["QueueUrl"]
        own = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        if allowed:
            self.sqs("SetQueueAttributes", QueueUrl=url, Attributes={"Policy": document(
                {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": own})})
        return url, own

    def rule(self, name, pattern, *targets):
        self.events("PutRule", Name=name, EventPattern=json.dumps(pattern))
        self.events("PutTargets", Rule=name, Targets=[{"Id": str(number), "Arn": arn} for number, arn in enumerate(targets)])

    def messages(self, url, wait=10):
        found = []
        while True:
            got = self.sqs("ReceiveMessage", QueueUrl=url, WaitTimeSeconds=0 if found else wait, MaxNumberOfMessages=10).get("Messages", [])
            if not got:
                return [json.loads(message["Body"]) for message in found]
            found += got
            for message in got:
                self.sqs("DeleteMessage", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def start(self, name, event):
        answer = self.client.call("lambda", "POST", f"/2015-03-31/functions/{name}/invocations", json.dumps(event).encode(),
                                  {"X-Amz-Invocation-Type": "Event"})
        assert answer.status == 202, answer

    def command(self, *words):
        return subprocess.run([self.server.program, *words, "--data-dir", self.server.data], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=60, check=False)

    # What is tested.

    def a_call_that_fails_reaches_a_function_and_a_queue(self):
        url, own = self.queue("failed")
        self.rule("failed", {**FAILURE, "resources": [f"{function('fails')}"]}, own, function("hears"))
        self.start("fails", {"secret": SECRET})
        event, = self.messages(url, 20)
        context = event["detail"]["requestContext"]
        assert event["source"] == "aws.lambda" and context["condition"] == "RetriesExhausted", event
        assert context["approximateInvokeCount"] == 1 and event["detail"]["responseContext"]["functionError"] == "Unhandled"
        assert SECRET not in json.dumps(event), event
        assert eventually(lambda: any(context["requestId"] in line["message"] for line in self.log("hears")), 30)

    def log(self, name):
        answer = self.raw("logs", "Logs_20140328", "1.1", "FilterLogEvents", {"logGroupName": f"/aws/lambda/{name}"})
        return answer.json().get("events", []) if answer.status == 200 else []

    def a_report_that_fails_makes_no_report(self):
        url, own = self.queue("reports")
        self.rule("every-failure", FAILURE, own, function("stumbles"))
        self.start("fails", {})
        assert eventually(lambda: any("as it was told" in line["message"] for line in self.log("stumbles")), 30)
        time.sleep(3)
        found = self.messages(url, 1)
        assert [event["resources"][0] for event in found] == [function("fails")], found
        self.events("RemoveTargets", Rule="every-failure", Ids=["0", "1"])

    def a_dead_letter_is_an_event_and_one_of_that_event_is_none(self):
        url, own = self.queue("letters")
        _, closed = self.queue("closed", allowed=False)
        self.rule("letters", {"source": ["martlet.deliveries"]}, own, closed)
        self.rule("undelivered", {"source": ["mine"]}, closed)
        self.events("PutEvents", Entries=[{"Source": "mine", "DetailType": "d", "Detail": json.dumps({"s": SECRET})}])
        time.sleep(4)
        found = self.messages(url)
        assert [event["detail-type"] for event in found] == ["Dead Letter Written"], found
        detail = found[0]["detail"]
        assert detail["target"] == closed and detail["code"] == "NO_PERMISSIONS" and detail["sender"].endswith("rule/undelivered"), detail
        assert SECRET not in json.dumps(found)
        self.events("RemoveTargets", Rule="letters", Ids=["0", "1"])

    def a_flood_of_dead_letters_is_counted(self):
        url, own = self.queue("flood")
        self.rule("flood", {"source": ["martlet.deliveries"]}, own)
        for _ in range(10):
            self.events("PutEvents", Entries=[{"Source": "mine", "DetailType": "d", "Detail": "{}"}] * 10)
        time.sleep(2)
        self.events("PutEvents", Entries=[{"Source": "mine", "DetailType": "d", "Detail": "{}"}])
        found = self.messages(url)
        assert 20 <= len(found) <= 40, len(found)
        assert eventually(lambda: found.extend(self.messages(url, 1)) or
                   sum(1 + event["detail"].get("omitted", 0) for event in found) == 101, 60)
        self.events("RemoveTargets", Rule="flood", Ids=["0"])

    def calls_that_find_no_room_are_told_once(self):
        url, own = self.queue("throttled")
        self.rule("throttled", {"source": ["martlet.functions"]}, own)
        self.client.reserve("full", 0)
        for _ in range(5):
            assert self.client.call("lambda", "POST", "/2015-03-31/functions/full/invocations", b"{}", {}).status == 429
        time.sleep(3)
        event, = self.messages(url)
        assert event["detail"]["reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded", event

    def what_operators_order_is_an_event(self):
        url, own = self.queue("ordered")
        self.rule("ordered", {"source": ["martlet.governor"]}, own)
        said = self.command("governor", "stop", "function/full", "--reason", "maintenance")
        assert said.returncode == 0, said
        self.command("governor", "lift", "function/full")
        found = []
        assert eventually(lambda: found.extend(self.messages(url, 5)) or len(found) >= 2, 30), found
        found.sort(key=lambda event: event["detail-type"], reverse=True)
        assert [event["detail-type"] for event in found] == ["Governor Rule Set", "Governor Rule Lifted"], found
        assert found[0]["detail"]["action"] == "stop" and found[0]["detail"]["reason"] == "maintenance", found

    def only_the_platform_speaks_as_the_platform(self):
        for source in ("martlet.functions", "aws.lambda"):
            done = self.events("PutEvents", Entries=[{"Source": source, "DetailType": "d", "Detail": "{}"}])
            assert done["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException", done

    def a_stop_and_a_start_are_events(self):
        url, own = self.queue("server")
        self.rule("server", {"source": ["martlet.server"]}, own)
        self.server.stop()
        self.server.start()
        self.connect()
        found = []
        assert eventually(lambda: found.extend(self.messages(url, 2)) or len(found) >= 2, 30)
        assert {event["detail-type"] for event in found} == {"Server Stopping", "Server Started"}, found

    def a_queue_that_grows_and_one_that_has_recovered_are_told(self):
        url, own = self.queue("grown")
        self.rule("grown", {"source": ["martlet.queues"]}, own)
        busy, _ = self.queue("busy", tags={"martlet:alert-waiting": "3"})
        for _ in range(5):
            self.sqs("SendMessage", QueueUrl=busy, MessageBody="1")
        found = []
        assert eventually(lambda: found.extend(self.messages(url, 5)) or found, 90)
        assert found[0]["detail-type"] == "Queue Growing" and found[0]["detail"]["waiting"] == 5, found
        self.messages(busy, 1)
        assert eventually(lambda: found.extend(self.messages(url, 5)) or len(found) > 1, 90)
        assert [event["detail-type"] for event in found] == ["Queue Growing", "Queue Recovered"], found

    def executions_are_events_and_rules_begin_them(self):
        role = f"arn:aws:iam::{ACCOUNT}:role/begins"
        self.client.iam("CreateRole", RoleName="begins", AssumeRolePolicyDocument=document(
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": ["states.amazonaws.com", "events.amazonaws.com"]}}))
        self.client.iam("PutRolePolicy", RoleName="begins", PolicyName="own", PolicyDocument=document(
            {"Effect": "Allow", "Action": "states:StartExecution", "Resource": "*"}))
        definition = {"StartAt": "Only", "States": {"Only": {"Type": "Pass", "End": True}}}
        answer = self.raw("states", "AWSStepFunctions", "1.0", "CreateStateMachine", {
            "name": "begun", "definition": json.dumps(definition), "roleArn": role})
        assert answer.status == 200, answer.body
        machine = answer.json()["stateMachineArn"]
        url, own = self.queue("executions")
        self.rule("executions", {"source": ["aws.states"]}, own)
        self.events("PutRule", Name="begin", EventPattern=json.dumps({"source": ["mine"], "detail-type": ["begin"]}))
        failed = self.events("PutTargets", Rule="begin", Targets=[
            {"Id": "1", "Arn": machine, "RoleArn": role, "InputPath": "$.detail"}])
        assert failed["FailedEntryCount"] == 0, failed
        self.events("PutEvents", Entries=[{"Source": "mine", "DetailType": "begin", "Detail": '{"n":1}'}])
        found = []
        assert eventually(lambda: found.extend(self.messages(url, 5)) or len(found) >= 2, 30), found
        assert sorted(event["detail"]["status"] for event in found) == ["RUNNING", "SUCCEEDED"], found
        ended = next(event for event in found if event["detail"]["status"] == "SUCCEEDED")
        assert json.loads(ended["detail"]["output"]) == {"n": 1} and ended["detail"]["stateMachineArn"] == machine, ended


def main():
    outcome = Outcome("platform events")
    with Server() as server:
        watcher = Watcher(server)
        for test in (watcher.executions_are_events_and_rules_begin_them,
                     watcher.a_call_that_fails_reaches_a_function_and_a_queue, watcher.a_report_that_fails_makes_no_report,
                     watcher.a_dead_letter_is_an_event_and_one_of_that_event_is_none, watcher.a_flood_of_dead_letters_is_counted,
                     watcher.calls_that_find_no_room_are_told_once, watcher.what_operators_order_is_an_event,
                     watcher.only_the_platform_speaks_as_the_platform, watcher.a_stop_and_a_start_are_events,
                     watcher.a_queue_that_grows_and_one_that_has_recovered_are_told):
            outcome.check(test.__name__.replace("_", " "), test)
    outcome.finish()


if __name__ == "__main__":
    main()
