#!/usr/bin/env python3
"""Lets results of asynchronous calls and firings of schedules go to queues and functions, and looks at what arrives."""

import json
import subprocess
import time

from client import document, eventually
from server import Server

from outcome import Outcome  # isort: skip

FUNCTION = '''
def handler(event, context):
    if event.get("fail"): raise ValueError("cannot do " + event["name"])
    return {"done": event["name"]}
'''
NEXT = '''
import json
def handler(event, context): print("GOT", json.dumps(event["responsePayload"]), event["requestContext"]["condition"])
'''
ARN = "arn:aws:lambda:us-east-1:000000000000:function:"
QUEUE = "arn:aws:sqs:us-east-1:000000000000:"
PATIENCE = 60
LOAD, KILLS = 300, 2


class Sender:
    """Who makes functions and queues, and reads what arrives."""

    def __init__(self, server):
        self.server, self.client = server, server.client()
        self.role = self.client.role("sends", "sqs:SendMessage", "lambda:InvokeFunction")
        for name in ("good", "bad", "dead"):
            self.sqs("CreateQueue", QueueName=name)
        self.client.create("works", {"function.py": FUNCTION}, Timeout=10, MemorySize=512, Role=self.role)
        self.client.create("next", {"function.py": NEXT}, Timeout=10, MemorySize=512)

    def sqs(self, operation, **members):
        answer = self.client.call("sqs", "POST", "/", json.dumps(members).encode(), {
            "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"AmazonSQS.{operation}"})
        assert answer.status == 200, answer
        return answer.json()

    def messages(self, queue):
        """Takes what lies in a queue now."""
        found = []
        while True:
            page = self.sqs("ReceiveMessage", QueueUrl=f"http://localhost/000000000000/{queue}", MaxNumberOfMessages=10,
                            MessageAttributeNames=["All"]).get("Messages", [])
            for message in page:
                self.sqs("DeleteMessage", QueueUrl=f"http://localhost/000000000000/{queue}", ReceiptHandle=message["ReceiptHandle"])
            found += page
            if not page:
                return found

    def message(self, queue):
        [message] = eventually(lambda: self.messages(queue), PATIENCE, 0.2)
        return message

    def send_to(self, success=None, failure=None, retries=0, function="works"):
        self.client.rest("PUT", f"/2019-09-25/functions/{function}/event-invoke-config", {
            "MaximumRetryAttempts": retries, "DestinationConfig": {
                **({"OnSuccess": {"Destination": success}} if success else {}),
                **({"OnFailure": {"Destination": failure}} if failure else {})}})

    def fire(self, event, function="works"):
        return self.client.invoke(function, event, kind="Event").headers["x-amzn-requestid"]

    def letters(self):
        said = subprocess.run(
            [self.server.program, "dead-letters", "list", "--output", "json", "--data-dir", self.server.data],
            capture_output=True, stdin=subprocess.DEVNULL, timeout=30, check=True).stdout
        return json.loads(said)

    def succeeds(self):
        self.send_to(QUEUE + "good", QUEUE + "bad")
        request = self.fire({"name": "one", "of": [1.50, "ü"]})
        record = json.loads(self.message("good")["Body"])
        assert time.time() - time.mktime(time.strptime(record.pop("timestamp")[:19], "%Y-%m-%dT%H:%M:%S")) < 86_400
        assert record == {
            "version": "1.0",
            "requestContext": {"requestId": request, "functionArn": f"{ARN}works:$LATEST", "condition": "Success", "approximateInvokeCount": 1},
            "requestPayload": {"name": "one", "of": [1.5, "ü"]},
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST"}, "responsePayload": {"done": "one"}}, record
        assert not self.messages("bad")

    def fails(self):
        self.client.configure("works", DeadLetterConfig={"TargetArn": QUEUE + "dead"})
        request = self.fire({"name": "two", "fail": True})
        record = json.loads(self.message("bad")["Body"])
        assert record["requestContext"] == {
            "requestId": request, "functionArn": f"{ARN}works:$LATEST", "condition": "RetriesExhausted", "approximateInvokeCount": 1}, record
        assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}, record
        assert record["responsePayload"]["errorMessage"] == "cannot do two", record
        letter = self.message("dead")
        assert json.loads(letter["Body"]) == {"name": "two", "fail": True}, letter
        facts = {name: (value["DataType"], value["StringValue"]) for name, value in letter["MessageAttributes"].items()}
        assert facts == {"RequestID": ("String", request), "ErrorCode": ("Number", "200"), "ErrorMessage": ("String", "cannot do two")}, facts
        assert not self.letters() and not self.messages("good")
        self.client.configure("works", DeadLetterConfig={"TargetArn": ""})

    def calls_the_next(self):
        self.send_to(ARN + "next")
        self.fire({"name": "three"})
        assert eventually(lambda: any('GOT {"done": "three"} Success' in line for line in self.client.messages("next")), PATIENCE, 0.2)

    def tells_the_bus(self):
        """A result on a bus is an event that rules match, with the record as its detail."""
        def events(operation, **members):
            answer = self.client.call("events", "POST", "/", json.dumps(members).encode(), {
                "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"AWSEvents.{operation}"})
            assert answer.status == 200, answer

        bus = "arn:aws:events:us-east-1:000000000000:event-bus/default"
        events("PutRule", Name="results", EventPattern=json.dumps({"source": ["lambda"], "detail": {"responsePayload": {"done": ["bus"]}}}))
        allow = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", "Principal": {"Service": "events.amazonaws.com"}}
        self.sqs("SetQueueAttributes", QueueUrl="http://localhost/000000000000/good", Attributes={"Policy": document(allow)})
        events("PutTargets", Rule="results", Targets=[{"Id": "one", "Arn": QUEUE + "good"}])
        more = {"Effect": "Allow", "Action": "events:PutEvents", "Resource": bus}
        self.client.iam("PutRolePolicy", RoleName="sends", PolicyName="bus", PolicyDocument=document(more))
        self.send_to(bus)
        self.fire({"name": "bus"})
        event = json.loads(self.message("good")["Body"])
        assert event["detail-type"] == "Lambda Function Invocation Result - Success" and event["source"] == "lambda", event
        assert event["resources"] == [f"{ARN}works:$LATEST", bus] and event["detail"]["requestPayload"] == {"name": "bus"}, event

    def may_not(self):
        """A role that may not send: the result lies in the dead letters, and can be sent on once the role may."""
        self.client.create("weak", {"function.py": FUNCTION}, Timeout=10, MemorySize=512, Role=self.client.role("weak", "logs:PutLogEvents"))
        self.send_to(QUEUE + "good", function="weak")
        self.fire({"name": "four"}, "weak")
        [letter] = eventually(self.letters, PATIENCE, 0.2)
        assert letter["Target"] == QUEUE + "good" and letter["Sender"] == ARN + "weak", letter
        assert letter["Reason"].startswith("NO_PERMISSIONS: AccessDenied") and "sqs:SendMessage" in letter["Reason"], letter
        assert "four" not in self.server.said() and not self.messages("good")
        allow = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE + "good"}
        self.client.iam("PutRolePolicy", RoleName="weak", PolicyName="more", PolicyDocument=document(allow))
        subprocess.run([self.server.program, "dead-letters", "redrive", letter["Id"], "--data-dir", self.server.data],
                       stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=True)
        assert json.loads(self.message("good")["Body"])["responsePayload"] == {"done": "four"}
        assert not self.letters()

    def schedules(self):
        """A schedule reaches a queue; what it cannot deliver lies in its dead-letter queue with the facts."""
        trust = {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}
        self.client.iam("CreateRole", RoleName="plans", AssumeRolePolicyDocument=document(trust))
        allow = {"Effect": "Allow", "Action": ["sqs:SendMessage", "lambda:InvokeFunction"], "Resource": "*"}
        self.client.iam("PutRolePolicy", RoleName="plans", PolicyName="own", PolicyDocument=document(allow))
        for name, target in (("queued", QUEUE + "good"), ("lost", ARN + "absent")):
            answer = self.client.call("scheduler", "POST", f"/schedules/{name}", json.dumps({
                "ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "OFF"},
                "Target": {"Arn": target, "RoleArn": "arn:aws:iam::000000000000:role/plans", "Input": '"from <aws.scheduler.schedule-arn>"',
                           "DeadLetterConfig": {"Arn": QUEUE + "dead"}}}).encode(), {"Content-Type": "application/json"})
            assert answer.status == 200, answer
        assert self.message("good")["Body"] == '"from arn:aws:scheduler:us-east-1:000000000000:schedule/default/queued"'
        letter = self.message("dead")
        facts = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
        assert letter["Body"].endswith('/lost"') and facts["ERROR_CODE"] == "NO_RESOURCE" and facts["RETRY_ATTEMPTS"] == "0", letter
        assert facts["SCHEDULE_ARN"].endswith("/lost") and facts["TARGET_ARN"] == ARN + "absent" and "SCHEDULED_TIME" in facts, facts
        assert not self.letters()

    def kills_lose_nothing(self):
        self.send_to(QUEUE + "good")
        sent = set()
        for number in range(LOAD):
            name = f"load-{number}"
            try:
                if self.client.invoke("works", {"name": name}, kind="Event").status == 202:
                    sent.add(name)
            except (OSError, ConnectionError):
                pass
            if number % (LOAD // (KILLS + 1)) == LOAD // (KILLS + 2):
                self.server.kill()
                self.server.start()
                self.client = self.server.client()
        found = []

        def all_there():
            found.extend(json.loads(message["Body"])["requestPayload"]["name"] for message in self.messages("good"))
            return sent <= set(found)

        assert eventually(all_there, 200, 0.5), (len(sent), len(set(found)), sorted(sent - set(found))[:5])
        print(f"{KILLS} kills, {len(sent)} acknowledged, {len(found) - len(set(found))} results more than once")


def main():
    outcome = Outcome("destinations")
    with Server() as server:
        sender = Sender(server)
        outcome.check("the result of a call goes to its queue", sender.succeeds)
        outcome.check("a failure goes to its destination and to the dead-letter queue", sender.fails)
        outcome.check("a result calls the next function", sender.calls_the_next)
        outcome.check("a result on a bus is an event", sender.tells_the_bus)
        outcome.check("what may not be sent is kept, and can be sent on later", sender.may_not)
        outcome.check("a schedule sends to a queue, and what it cannot deliver to another", sender.schedules)
        outcome.check("kills lose no result", sender.kills_lose_nothing)
    outcome.finish()


if __name__ == "__main__":
    main()
