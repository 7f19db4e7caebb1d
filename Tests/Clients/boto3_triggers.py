"""Event source mappings, function URLs and loops through boto3, with functions that really run."""

import json
import time

from expect import equal, eventually, holds, refused
from packages import pack

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
QUEUE_ACTIONS = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
# Says what it got in its log, and does what the messages say.
FUNCTION = '''
import json, time
def handler(event, context):
    print("EVENT", json.dumps(event))
    failures = []
    for record in event["Records"]:
        try:
            todo = json.loads(record["body"])
        except ValueError:
            todo = {}
        if not isinstance(todo, dict):
            todo = {}
        time.sleep(todo.get("sleep", 0))
        if "raise" in todo:
            raise Exception(todo["raise"])
        if "fail" in todo:
            failures.append({"itemIdentifier": record["messageId"]})
        if "answer" in todo:
            return todo["answer"]
    return {"batchItemFailures": failures}
'''


def role(server, name, actions):
    iam = server.client("iam")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    if actions:
        allow(iam, name, actions)
    return arn


def allow(iam, name, actions):
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}))


def queue(server, name, **attributes):
    sqs = server.client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def function(server, name, role_arn, code=FUNCTION, **settings):
    return server.client("lambda").create_function(
        FunctionName=name, Runtime="python3.12", Handler="app.handler", Role=role_arn, Code={"ZipFile": pack({"app.py": code})},
        **{"Timeout": 10, **settings})["FunctionArn"]


def events(server, name):
    """The events that a function has said it got."""
    logs = server.client("logs")
    try:
        lines = [event["message"] for page in logs.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{name}")
                 for event in page["events"]]
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [json.loads(line[line.index("EVENT ") + 6:]) for line in lines if "EVENT " in line]


def records(server, name):
    return [record for event in events(server, name) for record in event["Records"]]


def depth(server, url):
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"]
    found = server.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(number) for number in found.values())


def trigger(server, name, **settings):
    """A queue whose messages call a function: the queue's URL and the mapping."""
    arn = role(server, f"{name}-role", QUEUE_ACTIONS)
    url, source = queue(server, name + (".fifo" if settings.get("fifo") else ""), **settings.pop("queue", {}),
                        **({"FifoQueue": "true", "ContentBasedDeduplication": "true"} if settings.pop("fifo", False) else {}))
    function(server, name, arn, **settings.pop("function", {}))
    return url, server.client("lambda").create_event_source_mapping(EventSourceArn=source, FunctionName=name, **settings)


def test_a_message_calls_a_function(server):
    sqs, client = server.client("sqs"), server.client("lambda")
    url, mapping = trigger(server, "called")
    assert mapping["State"] == "Creating" and mapping["ResponseMetadata"]["HTTPStatusCode"] == 202, mapping
    attributes = {"kind": {"DataType": "String", "StringValue": "test"}, "raw": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}}
    sent = sqs.send_message(QueueUrl=url, MessageBody="hello ü", MessageAttributes=attributes)
    record, = eventually(lambda: records(server, "called"))
    holds(record, messageId=sent["MessageId"], body="hello ü", md5OfBody=sent["MD5OfMessageBody"], eventSource="aws:sqs",
          eventSourceARN=mapping["EventSourceArn"], awsRegion=server.environment["AWS_REGION"],
          md5OfMessageAttributes=sent["MD5OfMessageAttributes"], messageAttributes={
              "kind": {"stringValue": "test", "stringListValues": [], "binaryListValues": [], "dataType": "String"},
              "raw": {"binaryValue": "AP8=", "stringListValues": [], "binaryListValues": [], "dataType": "Binary"}})
    holds(record["attributes"], ApproximateReceiveCount="1", SenderId="000000000000")
    equal(set(record["attributes"]), {"ApproximateReceiveCount", "SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp"})
    assert record["receiptHandle"]
    eventually(lambda: depth(server, url) == 0)
    equal(client.get_event_source_mapping(UUID=mapping["UUID"])["State"], "Enabled")
