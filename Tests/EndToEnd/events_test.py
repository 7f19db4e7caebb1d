#!/usr/bin/env python3
"""Events on buses with real functions and queues: who gets what, what a kill takes away, and why something happened.

ROUNDS kills while events pour in (3).
"""

import concurrent.futures
import json
import os
import subprocess
import threading
import time

import ledger
from client import document, eventually
from server import Server

from outcome import Outcome  # isort: skip

REGION, ACCOUNT = "us-east-1", "000000000000"
LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:called"
SECRET = "nobody-may-read-this"
LOADERS = 4
ROUNDS = int(os.environ.get("ROUNDS", 3))
# What was in work when a kill came is taken up once its lease is over.
WAIT = 300


def arn(resource):
    return f"arn:aws:events:{REGION}:{ACCOUNT}:{resource}"


class Buses:
    """Who makes rules, puts events, and looks at what came of them."""

    def __init__(self, server):
        self.server = server
        self.connect()
        ledger.create(self.client, "called", "/events/ran", before='if isinstance(event, dict) and event.get("detail-type") == "fails": raise Exception("as it was told")')
        self.allow_function("any", arn("rule/*"))

    def connect(self):
        self.client = self.server.client()

    def json(self, service, prefix, version, operation, input, client=None):
        answer = (client or self.client).call(service, "POST", "/", json.dumps(input).encode(), {
            "Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": f"{prefix}.{operation}"})
        assert answer.status == 200, f"{operation}: {answer.status} {answer.body}"
        return answer.json()

    def events(self, operation, client=None, **input):
        return self.json("events", "AWSEvents", "1.1", operation, input, client)

    def sqs(self, operation, **input):
        return self.json("sqs", "AmazonSQS", "1.0", operation, input)

    def allow_function(self, sid, source):
        self.client.rest("POST", "/2015-03-31/functions/called/policy", {
            "StatementId": sid, "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com", "SourceArn": source})

    def queue(self, name, source=arn("rule/*")):
        url = self.sqs("CreateQueue", QueueName=name)["QueueUrl"]
        own = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        policy = document({"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage",
                           "Resource": own, "Condition": {"ArnLike": {"aws:SourceArn": source}}})
        self.sqs("SetQueueAttributes", QueueUrl=url, Attributes={"Policy": policy})
        return url, own

    def rule(self, name, pattern, *targets, bus="default", **more):
        self.events("PutRule", Name=name, EventBusName=bus, EventPattern=json.dumps(pattern), **more)
        if targets:
            self.events("PutTargets", Rule=name, EventBusName=bus, Targets=[
                {"Id": str(number), **target} for number, target in enumerate(targets)])
        return arn(f"rule/{name}" if bus == "default" else f"rule/{bus}/{name}")

    def put(self, source, detail=None, kind="d", bus="default", client=None):
        done = self.events("PutEvents", client, Entries=[
            {"Source": source, "DetailType": kind, "Detail": json.dumps(detail or {}), "EventBusName": bus}])
        assert done["FailedEntryCount"] == 0, done
        return done["Entries"][0]["EventId"]

    def messages(self, url, wait=5):
        """All messages of a queue, which is empty then."""
        found = []
        while True:
            got = self.sqs("ReceiveMessage", QueueUrl=url, WaitTimeSeconds=0 if found else wait, MaxNumberOfMessages=10,
                           MessageAttributeNames=["All"]).get("Messages", [])
            if not got:
                return found
            found += got
            self.sqs("DeleteMessageBatch", QueueUrl=url, Entries=[
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]} for number, message in enumerate(got)])

    def ran(self):
        """What the function was called with."""
        found, token = [], {}
        while True:
            page = self.client.logs("FilterLogEvents", logGroupName="/events/ran", **token)
            found += [json.loads(event["message"]) for event in page["events"]]
            if "nextToken" not in page:
                return found
            token = {"nextToken": page["nextToken"]}

    def command(self, *words, timeout=60):
        return subprocess.run([self.server.program, "events", *words, "--data-dir", self.server.data], capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=timeout, check=False)

    # What is tested.

    def an_event_reaches_functions_and_queues(self):
        url, own = self.queue("fan-out")
        self.rule("fan-out", {"source": ["fan"], "detail": {"n": [{"numeric": [">", 1]}]}}, {"Arn": LAMBDA}, {"Arn": own}, {
            "Arn": own, "InputTransformer": {"InputPathsMap": {"n": "$.detail.n"}, "InputTemplate": '{"only": <n>}'}})
        self.rule("other", {"source": ["other"]}, {"Arn": own})
        event = self.put("fan", {"n": 2})
        self.put("fan", {"n": 1})
        bodies = [json.loads(message["Body"]) for message in self.messages(url)]
        assert len(bodies) == 2 and {"only": 2} in bodies and event in [body.get("id") for body in bodies], bodies
        assert eventually(lambda: [ran for ran in self.ran() if ran.get("id") == event], 30), self.ran()

    def a_disabled_rule_does_nothing(self):
        url, own = self.queue("off")
        self.rule("off", {"source": ["off"]}, {"Arn": own}, State="DISABLED")
        self.put("off")
        assert self.messages(url, wait=1) == []

    def what_may_not_be_delivered_lies_in_the_dead_letters(self):
        _, closed = self.queue("closed", source=arn("rule/nobody"))
        url, dead = self.queue("dead")
        rule = self.rule("denied", {"source": ["denied"]}, {"Arn": closed, "DeadLetterConfig": {"Arn": dead}})
        event = self.put("denied", {"a": 1})
        message, = self.messages(url)
        attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
        assert json.loads(message["Body"])["id"] == event, message
        assert attributes["RULE_ARN"] == rule and attributes["TARGET_ARN"] == closed, attributes
        assert attributes["ERROR_CODE"] == "NO_PERMISSIONS" and attributes["RETRY_ATTEMPTS"] == "0", attributes
        said = self.command("why", event)
        assert said.returncode == 0 and f"buried: {closed}, by rule/denied" in said.stdout, said
        assert "NO_PERMISSIONS" in said.stdout and f"lies in: {dead}" in said.stdout, said.stdout

    def why_says_what_matched_and_what_not(self):
        url, own = self.queue("why")
        self.rule("why-yes", {"source": ["why"]}, {"Arn": own})
        self.rule("why-no", {"source": ["why"], "detail": {"total": [{"numeric": [">", 10]}]}}, {"Arn": own})
        event = self.put("why", {"total": 5})
        self.messages(url)
        said = self.command("why", event)
        assert "rule why-yes: matches" in said.stdout, said
        assert "rule why-no: does not match\n    detail.total is 5; the pattern wants" in said.stdout, said.stdout
        assert f"delivered: {own}, by rule/why-yes, attempts: 1" in said.stdout, said.stdout
        whole = json.loads(self.command("why", event, "--output", "json").stdout)
        assert json.loads(whole["Event"])["detail"] == {"total": 5}, whole
        assert self.command("why", "11111111-1111-4111-8111-111111111111").returncode == 2
        assert self.command("why", "nonsense").returncode == 64

    def tail_shows_events_as_they_come(self):
        words = [self.server.program, "events", "tail", "--pattern", '{"source": ["tail"]}', "--data-dir", self.server.data]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as tail:
            try:
                # It shows what comes after it has begun, which nothing says.
                lines = []
                reader = threading.Thread(target=lambda: lines.append(tail.stdout.readline()), daemon=True)
                reader.start()
                for number in range(60):
                    self.put("other")
                    self.put("tail", {"n": number})
                    reader.join(0.5)
                    if lines:
                        break
                event = json.loads(lines[0])
                assert event["source"] == "tail", event
            finally:
                tail.terminate()

    def an_archive_is_replayed(self):
        self.events("CreateArchive", ArchiveName="all", EventSourceArn=arn("event-bus/default"),
                    EventPattern=json.dumps({"source": ["archived"]}))
        begun = time.time()
        ids = [self.put("archived", {"n": n, "secret": SECRET}) for n in range(120)]
        url, own = self.queue("replayed")
        rule = self.rule("replayed", {"source": ["archived"]}, {"Arn": own})
        self.events("StartReplay", ReplayName="again", EventSourceArn=arn("archive/all"), EventStartTime=begun - 60,
                    EventEndTime=time.time() + 60, Destination={"Arn": arn("event-bus/default"), "FilterArns": [rule]})
        # It goes on behind what it has done.
        self.server.kill()
        self.server.start()
        self.connect()
        eventually(lambda: self.events("DescribeReplay", ReplayName="again")["State"] == "COMPLETED", 60)
        bodies = [json.loads(message["Body"]) for message in self.messages(url)]
        assert sorted(body["id"] for body in bodies) == sorted(ids), f"{len(bodies)} of {len(ids)}"
        assert {body["replay-name"] for body in bodies} == {"again"}
        assert self.events("DescribeArchive", ArchiveName="all")["EventCount"] == 120

    def a_rule_fires_by_the_clock(self):
        url, own = self.queue("clock")
        self.events("PutRule", Name="clock", ScheduleExpression="rate(1 minute)")
        self.events("PutTargets", Rule="clock", Targets=[{"Id": "q", "Arn": own}])
        time.sleep(40)
        # Over a restart too.
        self.server.kill()
        self.server.start()
        self.connect()
        messages = eventually(lambda: self.messages(url), 60, 1)
        event = json.loads(messages[0]["Body"])
        assert len(messages) == 1 and event["source"] == "aws.events" and event["detail-type"] == "Scheduled Event", messages
        assert event["resources"] == [arn("rule/clock")] and event["detail"] == {}, event
        self.events("RemoveTargets", Rule="clock", Ids=["q"])
        self.events("DeleteRule", Name="clock")

    def kills_lose_nothing_that_was_acknowledged(self):
        """Some put events while the server is killed; what was acknowledged arrives, twice in a queue and in a function."""
        url, own = self.queue("load")
        self.rule("load", {"source": ["load"]}, {"Arn": own}, {"Arn": own, "InputPath": "$.id"},
                  {"Arn": LAMBDA, "InputPath": "$.id"})
        acknowledged, lock, ends = [], threading.Lock(), threading.Event()

        def load():
            client = self.server.client()
            while not ends.is_set():
                try:
                    event = self.put("load", {"x": "x" * 500}, client=client)
                except (OSError, AssertionError):
                    time.sleep(0.05)
                    client = self.server.client()
                    continue
                with lock:
                    acknowledged.append(event)
                # What the functions work off meanwhile.
                time.sleep(0.05)

        with concurrent.futures.ThreadPoolExecutor(LOADERS) as pool:
            for _ in range(LOADERS):
                pool.submit(load)
            for _ in range(ROUNDS):
                time.sleep(3)
                self.server.kill()
                self.server.start()
            time.sleep(2)
            ends.set()
        self.connect()
        bodies = [json.loads(message["Body"]) for message in self.messages(url)]
        whole = {body["id"] for body in bodies if isinstance(body, dict)}
        parts = {body for body in bodies if isinstance(body, str)}
        assert len(acknowledged) > 50, len(acknowledged)
        assert not set(acknowledged) - whole and not set(acknowledged) - parts, "acknowledged events are lost"
        # Both targets get an event or none does.
        assert whole == parts, whole ^ parts
        assert eventually(lambda: not set(acknowledged) - {one for one in self.ran() if isinstance(one, str)}, WAIT, 2)
        ran = {one for one in self.ran() if isinstance(one, str)}
        assert ran <= whole, f"{len(ran - whole)} calls for events that no queue has"
        print(f"{len(acknowledged)} events over {ROUNDS} kills, all in both queues and in the function")

    def what_is_kept_is_sealed(self):
        self.rule("sealed", {"source": [SECRET]}, {"Arn": LAMBDA, "Input": json.dumps({"a": SECRET})})
        self.put("sealed", {"a": SECRET})
        time.sleep(2)
        self.server.stop()
        found = subprocess.run(["grep", "-rlaF", SECRET, self.server.data], capture_output=True, check=False).stdout.decode()
        self.server.start()
        self.connect()
        assert not found, f"it lies in the clear in {found}"
        assert self.events("ListTargetsByRule", Rule="sealed")["Targets"][0]["Input"] == json.dumps({"a": SECRET})


def main():
    outcome = Outcome("events")
    with Server() as server:
        buses = Buses(server)
        for test in (buses.an_event_reaches_functions_and_queues, buses.a_disabled_rule_does_nothing,
                     buses.what_may_not_be_delivered_lies_in_the_dead_letters, buses.why_says_what_matched_and_what_not,
                     buses.tail_shows_events_as_they_come, buses.an_archive_is_replayed, buses.a_rule_fires_by_the_clock,
                     buses.kills_lose_nothing_that_was_acknowledged, buses.what_is_kept_is_sealed):
            outcome.check(test.__name__.replace("_", " "), test)
    outcome.finish()


if __name__ == "__main__":
    main()
