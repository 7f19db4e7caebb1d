#!/usr/bin/env python3
"""Lets schedules call operations of the platform's own services: what is done, as whom, and what becomes of a refusal."""

import json
import subprocess

from client import Refused, document, eventually
from server import Server

from outcome import Outcome  # isort: skip

QUEUE = "http://sqs.us-east-1.amazonaws.com/000000000000/"
NOW = "rate(1 hour)"
PATIENCE = 30
KILLS, CALLS = 2, 30


class Planner:
    """Who makes schedules that call operations, and looks at what these did."""

    def __init__(self, server):
        self.server, self.client = server, server.client()
        self.role = self.scheduler_role("does", "sqs:SendMessage", "sqs:CreateQueue", "sns:CreateTopic",
                                        "lambda:InvokeFunction", "scheduler:CreateSchedule", "iam:PassRole")
        for name in ("got", "dead"):
            self.sqs("CreateQueue", QueueName=name)

    def scheduler_role(self, name, *actions):
        trust = {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}
        self.client.iam("CreateRole", RoleName=name, AssumeRolePolicyDocument=document(trust))
        allow = [{"Effect": "Allow", "Action": list(actions), "Resource": "*"},
                 {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*:*:dead"}]
        self.client.iam("PutRolePolicy", RoleName=name, PolicyName="own", PolicyDocument=document(*allow))
        return f"arn:aws:iam::000000000000:role/{name}"

    def sqs(self, operation, **members):
        answer = self.client.call("sqs", "POST", "/", json.dumps(members).encode(), {
            "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"AmazonSQS.{operation}"})
        if answer.status != 200:
            raise Refused(answer)
        return answer.json()

    def messages(self, queue):
        """Takes what lies in a queue now."""
        found = []
        while True:
            page = self.sqs("ReceiveMessage", QueueUrl=QUEUE + queue, MaxNumberOfMessages=10,
                            MessageAttributeNames=["All"]).get("Messages", [])
            for message in page:
                self.sqs("DeleteMessage", QueueUrl=QUEUE + queue, ReceiptHandle=message["ReceiptHandle"])
            found += page
            if not page:
                return found

    def make(self, name, operation, input, role=None, expression=NOW, **target):
        target = {"Arn": f"arn:aws:scheduler:::aws-sdk:{operation}", "RoleArn": role or self.role,
                  "Input": input if isinstance(input, str) else json.dumps(input), **target}
        answer = self.client.call("scheduler", "POST", f"/schedules/{name}", json.dumps({
            "ScheduleExpression": expression, "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target}).encode(),
            {"Content-Type": "application/json"})
        if answer.status != 200:
            raise Refused(answer)

    def refused(self, name, operation, input=None):
        try:
            self.make(name, operation, input or {})
        except Refused as refused:
            return str(refused)
        raise AssertionError(f"{operation} was taken")

    def dead(self, name, operation, input, **settings):
        """The reason why a call lies in the dead-letter queue."""
        self.make(name, operation, input, DeadLetterConfig={"Arn": "arn:aws:sqs:us-east-1:000000000000:dead"}, **settings)
        [letter] = eventually(lambda: self.messages("dead"), PATIENCE, 0.2)
        return {key: value["StringValue"] for key, value in letter["MessageAttributes"].items()}

    def audited(self, action):
        done = subprocess.run(
            [self.server.program, "audit", "export", "--output", "jsonl", "--data-dir", self.server.data],
            capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=True)
        return [r for r in map(json.loads, done.stdout.decode().splitlines()) if r["action"] == action]

    def a_message_is_sent(self):
        self.make("send", "sqs:sendMessage", {
            "QueueUrl": QUEUE + "got", "MessageBody": "at <aws.scheduler.scheduled-time>",
            "MessageAttributes": {"kind": {"DataType": "String", "StringValue": "nightly"}}})
        [message] = eventually(lambda: self.messages("got"), PATIENCE, 0.2)
        assert message["Body"].startswith("at 20"), message
        assert message["MessageAttributes"]["kind"]["StringValue"] == "nightly", message

    def operations_of_every_protocol_are_called(self):
        # SQS speaks JSON, SNS the query protocol, Scheduler and Lambda REST.
        self.make("queue", "sqs:createQueue", {"QueueName": "made", "Attributes": {"DelaySeconds": "7"}})
        self.make("topic", "sns:createTopic", {"Name": "made"})
        self.make("another", "scheduler:createSchedule", {
            "Name": "made", "ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage", "RoleArn": self.role,
                       "Input": json.dumps({"QueueUrl": QUEUE + "got", "MessageBody": "from a schedule of a schedule"})}})
        assert eventually(lambda: self.messages("got"), PATIENCE, 0.2), "the schedule was not made"
        made = self.sqs("GetQueueAttributes", QueueUrl=QUEUE + "made", AttributeNames=["DelaySeconds"])
        assert made["Attributes"] == {"DelaySeconds": "7"}, made
        topics = self.client.call("sns", "POST", "/", b"Action=ListTopics&Version=2010-03-31",
                                  {"Content-Type": "application/x-www-form-urlencoded"})
        assert b":made<" in topics.body, topics.body

    def a_function_is_called(self):
        self.client.create("called", {"function.py": "def handler(event, context): print('CALLED', event)"},
                           Timeout=10, MemorySize=512)
        self.make("invoke", "lambda:invoke", {"FunctionName": "called", "Payload": {"from": "a schedule"}})
        assert eventually(lambda: any("CALLED {'from': 'a schedule'}" in line for line in self.client.messages("called")),
                          PATIENCE, 0.2), self.client.messages("called")

    def what_is_done_is_in_the_audit_trail(self):
        [record] = [r for r in self.audited("sqs:CreateQueue") if r["resource"].endswith(":made")]
        assert record["source"] == "scheduler.amazonaws.com" and record["outcome"] == "succeeded", record
        assert record["principal"].endswith("assumed-role/does/scheduler"), record

    def what_the_role_may_not_do_is_a_dead_letter_that_names_the_action(self):
        idle = self.scheduler_role("idle", "sqs:GetQueueUrl")
        facts = self.dead("may-not", "sqs:sendMessage", {"QueueUrl": QUEUE + "got", "MessageBody": "x"}, role=idle)
        assert facts["ERROR_CODE"] == "NO_PERMISSIONS" and "sqs:SendMessage" in facts["ERROR_MESSAGE"], facts
        assert facts["RETRY_ATTEMPTS"] == "0" and not self.messages("got"), facts
        denied = [r for r in self.audited("sqs:SendMessage") if r["outcome"] == "denied"]
        assert denied and denied[-1]["principal"].endswith("assumed-role/idle/scheduler"), denied

    def what_the_operation_refuses_is_a_dead_letter_with_its_code(self):
        facts = self.dead("nowhere", "sqs:sendMessage", {"QueueUrl": QUEUE + "absent", "MessageBody": "x"})
        assert facts["ERROR_CODE"] == "AWS.SimpleQueueService.NonExistentQueue", facts
        facts = self.dead("misspelt", "sqs:sendMessage", {"QueueUrl": QUEUE + "got", "Body": "x"})
        assert facts["ERROR_CODE"] == "INVALID_PARAMETER" and "parameter Body" in facts["ERROR_MESSAGE"], facts
        facts = self.dead("lacking", "sns:createTopic", {})
        assert "Value null at 'name'" in facts["ERROR_MESSAGE"], facts

    def what_is_no_operation_is_no_target(self):
        assert "not provided here" in self.refused("a", "sqs:sendMassage")
        assert "not provided here" in self.refused("b", "rekognition:createCollection")
        assert "of a kind that is not served" in self.refused("c", "sqs:receiveMessage")
        assert "of a kind that is not served" in self.refused("d", "sqs")
        assert "well-formed JSON" in self.refused("e", "sqs:sendMessage", "no json")

    def kills_lose_nothing(self):
        for number in range(CALLS):
            self.make(f"kill-{number}", "sqs:sendMessage", {"QueueUrl": QUEUE + "got", "MessageBody": str(number)})
            if number % (CALLS // KILLS) == CALLS // KILLS - 1:
                self.server.kill()
                self.server.start()
                self.client = self.server.client()
        got = set()
        assert eventually(lambda: got.update(m["Body"] for m in self.messages("got")) or len(got) == CALLS, 150, 0.5), got


def main():
    outcome = Outcome("operations")
    with Server() as server:
        planner = Planner(server)
        for test in (planner.a_message_is_sent, planner.operations_of_every_protocol_are_called,
                     planner.a_function_is_called, planner.what_is_done_is_in_the_audit_trail,
                     planner.what_the_role_may_not_do_is_a_dead_letter_that_names_the_action,
                     planner.what_the_operation_refuses_is_a_dead_letter_with_its_code,
                     planner.what_is_no_operation_is_no_target, planner.kills_lose_nothing):
            outcome.check(test.__name__.replace("_", " "), test)
    outcome.finish()


if __name__ == "__main__":
    main()
