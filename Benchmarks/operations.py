"""Signed requests of ordinary operations, each of which can be sent again and again."""

import json

from signing import signed

ROLE = "arn:aws:iam::000000000000:role/workflows"
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
PASSES = {"StartAt": "A", "States": {
    "A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Pass", "End": True}}}


def ordinary(client):
    """Makes what the operations are about; gives each by its name, with the ratio to a warm call that it must not exceed."""

    def request(service, target, version="1.0", **body):
        return signed(client.credentials, service, "POST", "/", json.dumps(body).encode(), {
            "Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": target})

    def made(*about, **body):
        answer = client.send(request(*about, **body))
        assert answer.status == 200, answer
        return answer.json()

    client.iam("CreateRole", RoleName="workflows", AssumeRolePolicyDocument=json.dumps(TRUST))
    machine = made("states", "AWSStepFunctions.CreateStateMachine", name="passes", type="EXPRESS",
                   definition=json.dumps(PASSES), roleArn=ROLE)["stateMachineArn"]
    queue = made("sqs", "AmazonSQS.CreateQueue", QueueName="orders")["QueueUrl"]
    event = {"Source": "shop", "DetailType": "order", "Detail": '{"number": 1}'}
    return {
        "StartSyncExecution, 3 Pass states": (
            3, request("states", "AWSStepFunctions.StartSyncExecution", stateMachineArn=machine, input='{"a": 1}')),
        "DescribeStateMachine": (None, request("states", "AWSStepFunctions.DescribeStateMachine", stateMachineArn=machine)),
        "GetFunctionConfiguration": (None, signed(client.credentials, "lambda", "GET", "/2015-03-31/functions/python/configuration")),
        "GetQueueAttributes": (
            None, request("sqs", "AmazonSQS.GetQueueAttributes", QueueUrl=queue, AttributeNames=["VisibilityTimeout"])),
        "SendMessage, 100 bytes": (None, request("sqs", "AmazonSQS.SendMessage", QueueUrl=queue, MessageBody="x" * 100)),
        "PutEvents, no rule": (None, request("events", "AWSEvents.PutEvents", "1.1", Entries=[event])),
    }
