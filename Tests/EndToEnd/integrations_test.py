#!/usr/bin/env python3
"""Lets executions call services: results and errors as AWS has them, tokens that complete tasks, executions of executions."""

import base64
import http.server
import json
import subprocess
import threading
import time
from urllib.parse import parse_qs, urlsplit

from client import Refused, document, eventually
from server import Server

from outcome import Outcome  # isort: skip

ARN = "arn:aws:states:us-east-1:000000000000:"
QUEUE = "http://sqs.us-east-1.amazonaws.com/000000000000/"
PATIENCE = 30
KILLED = 20


class Endpoint:
    """A web server that says what it was asked, and gives out a token."""

    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                path = urlsplit(self.path)
                if path.path == "/token":
                    said = {"access_token": "the-token", "asked": body}
                else:
                    said = {"method": self.command, "path": path.path, "query": parse_qs(path.query), "body": body,
                            "headers": {name.lower(): value for name, value in self.headers.items()}}
                status = 404 if path.path == "/absent" else 200
                text = json.dumps(said).encode()
                self.send_response(status, "Not Here" if status == 404 else "OK")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text) if path.path != "/large" else 300000))
                self.end_headers()
                self.wfile.write(text if path.path != "/large" else b"a" * 300000)

            do_GET = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Worker:
    """Who makes machines and runs them, and completes their tasks."""

    def __init__(self, server):
        self.server, self.client = server, server.client()
        self.role = self.machine_role("flows", "sqs:*", "sns:*", "events:*", "states:*", "lambda:*", "sts:AssumeRole")
        self.sqs("CreateQueue", QueueName="jobs")
        self.machines = 0

    def machine_role(self, name, *actions):
        trust = [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]
        self.client.iam("CreateRole", RoleName=name, AssumeRolePolicyDocument=document(*trust))
        allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        self.client.iam("PutRolePolicy", RoleName=name, PolicyName="own", PolicyDocument=document(allow))
        return f"arn:aws:iam::000000000000:role/{name}"

    def json(self, service, prefix, operation, version, **members):
        answer = self.client.call(service, "POST", "/", json.dumps(members).encode(), {
            "Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": f"{prefix}.{operation}"})
        if answer.status != 200:
            raise Refused(answer)
        return answer.json()

    def sqs(self, operation, **members):
        return self.json("sqs", "AmazonSQS", operation, "1.0", **members)

    def sfn(self, operation, **members):
        return self.json("states", "AWSStepFunctions", operation, "1.0", **members)

    def refusal(self, operation, **members):
        try:
            self.sfn(operation, **members)
        except Refused as refused:
            return refused.answer.error
        raise AssertionError(f"{operation} was done")

    def messages(self, queue="jobs"):
        found = []
        while True:
            page = self.sqs("ReceiveMessage", QueueUrl=QUEUE + queue, MaxNumberOfMessages=10).get("Messages", [])
            for message in page:
                self.sqs("DeleteMessage", QueueUrl=QUEUE + queue, ReceiptHandle=message["ReceiptHandle"])
            found += page
            if not page:
                return found

    def message(self):
        [message] = eventually(self.messages, PATIENCE, 0.05)
        return json.loads(message["Body"])

    def machine(self, resource, parameters=None, role=None, **state):
        """A machine of one task; gives its ARN."""
        self.machines += 1
        task = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "End": True, **state}
        if parameters is not None:
            task["Parameters"] = parameters
        return self.made(f"machine-{self.machines}", {"StartAt": "Do", "States": {"Do": task}}, role)

    def made(self, name, definition, role=None):
        return self.sfn("CreateStateMachine", name=name, definition=json.dumps(definition),
                        roleArn=role or self.role)["stateMachineArn"]

    def start(self, machine, input=None, **more):
        return self.sfn("StartExecution", stateMachineArn=machine, input=json.dumps(input or {}), **more)["executionArn"]

    def state(self, execution):
        return self.sfn("DescribeExecution", executionArn=execution)

    def ended(self, execution, patience=PATIENCE):
        """How an execution ended, with its output read."""
        def look():
            found = self.state(execution)
            return found if found["status"] != "RUNNING" else None
        found = eventually(look, patience, 0.05)
        assert found, self.history(execution)
        if "output" in found:
            found["output"] = json.loads(found["output"])
        return found

    def run(self, resource, parameters=None, role=None, input=None, **state):
        return self.ended(self.start(self.machine(resource, parameters, role, **state), input))

    def history(self, execution):
        return self.sfn("GetExecutionHistory", executionArn=execution)["events"]

    def types(self, execution):
        return [event["type"] for event in self.history(execution)]

    def an_sdk_integration_calls_any_operation(self):
        found = self.run("aws-sdk:sqs:createQueue", {"QueueName": "made"})
        assert found["status"] == "SUCCEEDED" and found["output"]["QueueUrl"].endswith("/000000000000/made"), found
        found = self.run("aws-sdk:sfn:listStateMachines", {"MaxResults": 1})
        assert len(found["output"]["StateMachines"]) == 1 and "T" in found["output"]["StateMachines"][0]["CreationDate"], found
        found = self.run("aws-sdk:sqs:getQueueUrl", {"QueueName": "absent"})
        assert (found["status"], found["error"]) == ("FAILED", "Sqs.QueueDoesNotExistException"), found
        assert "(Service: Sqs, Status Code: 400, Request ID: " in found["cause"], found
        found = self.run("aws-sdk:lambda:getFunction", {"FunctionName": "absent"})
        assert found["error"] == "Lambda.ResourceNotFoundException" and "Status Code: 404" in found["cause"], found
        found = self.run("aws-sdk:sqs:getQueueUrl", {"Queue": "absent"})
        assert found["error"] == "States.Runtime" and "no parameter Queue" in found["cause"], found
        found = self.run("aws-sdk:rekognition:doThat", {})
        assert found["error"] == "States.Runtime", found

    def optimized_integrations_answer_as_on_aws(self):
        found = self.run("sqs:sendMessage", {"QueueUrl": QUEUE + "jobs", "MessageBody": {"a": [1]}})
        output = found["output"]
        assert self.message() == {"a": [1]}
        assert set(output) == {"MD5OfMessageBody", "MessageId", "SdkHttpMetadata", "SdkResponseMetadata"}, output
        assert output["SdkHttpMetadata"]["HttpHeaders"]["Content-Length"] == "106", output
        assert output["SdkHttpMetadata"]["AllHttpHeaders"]["Content-Type"] == ["application/x-amz-json-1.0"], output
        topic = self.run("aws-sdk:sns:createTopic", {"Name": "told"})["output"]["TopicArn"]
        found = self.run("sns:publish", {"TopicArn": topic, "Message": {"a": 1}})
        assert found["output"]["SdkHttpMetadata"]["HttpHeaders"]["Content-Length"] == "294", found
        found = self.run("sns:publish", {"TopicArn": topic + "x", "Message": "x"})
        assert found["error"] == "SNS.NotFoundException" and "(Service: AmazonSNS; Status Code: 404; Error Code: NotFound;" in found["cause"], found
        entry = {"Detail": {"a": 1}, "DetailType": "t", "Source": "s"}
        found = self.run("events:putEvents", {"Entries": [entry]})
        assert found["output"]["FailedEntryCount"] == 0, found
        found = self.run("events:putEvents", {"Entries": [{**entry, "Detail": "no json"}]})
        assert found["error"] == "EventBridge.FailedEntry" and "MalformedDetail" in found["cause"], found

    def the_role_decides(self):
        role = self.machine_role("idle", "sqs:GetQueueUrl")
        parameters = {"QueueUrl": QUEUE + "jobs", "MessageBody": "x"}
        found = self.run("aws-sdk:sqs:sendMessage", parameters, role)
        assert found["error"] == "Sqs.SqsException" and "sqs:SendMessage" in found["cause"], found
        found = self.run("sqs:sendMessage", parameters, role)
        assert found["error"] == "SQS.AmazonSQSException" and "sqs:SendMessage" in found["cause"], found
        assert not self.messages()
        # A task may act as another role that lets it.
        trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:role/flows"}, "Action": "sts:AssumeRole"}
        self.client.iam("CreateRole", RoleName="other", AssumeRolePolicyDocument=document(trust))
        credentials = {"RoleArn": "arn:aws:iam::000000000000:role/other"}
        found = self.run("aws-sdk:sqs:sendMessage", parameters, Credentials=credentials)
        assert found["error"] == "Sqs.SqsException" and "assumed-role/other/" in found["cause"], found
        allow = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
        self.client.iam("PutRolePolicy", RoleName="other", PolicyName="own", PolicyDocument=document(allow))
        found = self.run("aws-sdk:sqs:sendMessage", parameters, Credentials=credentials)
        assert found["status"] == "SUCCEEDED" and len(self.messages()) == 1, found
        found = self.run("aws-sdk:sqs:sendMessage", parameters, role, Credentials=credentials)
        assert found["status"] == "FAILED" and "sts:AssumeRole" in found["cause"], found

    def waiting(self, **state):
        machine = self.machine("sqs:sendMessage.waitForTaskToken", {
            "QueueUrl": QUEUE + "jobs", "MessageBody": {"token.$": "$$.Task.Token"}}, **state)
        execution = self.start(machine)
        return execution, self.message()["token"]

    def a_token_completes_a_task_once(self):
        execution, token = self.waiting()
        assert self.state(execution)["status"] == "RUNNING"
        assert self.refusal("SendTaskSuccess", taskToken=token, output="no json") == "InvalidOutput"
        self.sfn("SendTaskSuccess", taskToken=token, output=json.dumps({"done": True}))
        assert self.ended(execution)["output"] == {"done": True}
        assert self.types(execution)[2:6] == ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]
        for operation in ("SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"):
            more = {"output": "{}"} if operation == "SendTaskSuccess" else {}
            assert self.refusal(operation, taskToken=token, **more) == "TaskTimedOut", operation
            for forged in ("x", token[:-1] + ("A" if token[-1] != "A" else "B"), "B" + token[1:]):
                assert self.refusal(operation, taskToken=forged, **more) == "InvalidToken", operation

    def a_token_fails_a_task_and_each_attempt_has_its_own(self):
        execution, token = self.waiting(Retry=[{"ErrorEquals": ["Again"], "IntervalSeconds": 1, "MaxAttempts": 1}])
        self.sfn("SendTaskFailure", taskToken=token, error="Again", cause="because")
        second = self.message()["token"]
        assert second != token
        assert self.refusal("SendTaskSuccess", taskToken=token, output="1") == "TaskTimedOut"
        self.sfn("SendTaskFailure", taskToken=second, error="Again", cause="because")
        found = self.ended(execution)
        assert (found["status"], found["error"], found["cause"]) == ("FAILED", "Again", "because"), found

    def heartbeats_keep_a_task_alive(self):
        execution, token = self.waiting(HeartbeatSeconds=2)
        for _ in range(4):
            time.sleep(1)
            self.sfn("SendTaskHeartbeat", taskToken=token)
        assert self.state(execution)["status"] == "RUNNING"
        assert self.ended(execution)["status"] == "FAILED"
        assert self.refusal("SendTaskHeartbeat", taskToken=token) == "TaskTimedOut"

    def an_execution_waits_for_another(self):
        child = self.made("child", {"StartAt": "A", "States": {
            "A": {"Type": "Wait", "Seconds": 1, "Next": "B"}, "B": {"Type": "Pass", "Result": {"x": 1}, "End": True}}})
        for resource, output in (("sync", '{"x":1}'), ("sync:2", {"x": 1})):
            execution = self.start(self.machine(f"states:startExecution.{resource}", {
                "StateMachineArn": child, "Input": {"from": "parent"}}))
            found = self.ended(execution)
            assert found["status"] == "SUCCEEDED" and found["output"]["Output"] == output, found
            assert found["output"]["Status"] == "SUCCEEDED" and found["output"]["StopDate"] > 10**12, found
            assert "TaskSubmitted" in self.types(execution)
        failing = self.made("failing", {"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "E", "Cause": "C"}}})
        found = self.run("states:startExecution.sync", {"StateMachineArn": failing, "Name": "named"})
        cause = json.loads(found["cause"])
        assert found["error"] == "States.TaskFailed" and (cause["Error"], cause["Cause"]) == ("E", "C"), found
        found = self.run("states:startExecution", {"StateMachineArn": failing, "Name": "named"})
        assert found["error"] == "StepFunctions.ExecutionAlreadyExistsException", found

    def who_is_stopped_stops_what_he_waits_for(self):
        child = self.made("long", {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 600, "End": True}}})
        for state in ({}, {"TimeoutSeconds": 2}):
            execution = self.start(self.machine("states:startExecution.sync", {"StateMachineArn": child}, **state))
            def children():
                return self.sfn("ListExecutions", stateMachineArn=child, statusFilter="RUNNING")["executions"]
            assert eventually(children, PATIENCE, 0.05), "the child was not begun"
            if not state:
                self.sfn("StopExecution", executionArn=execution)
            assert eventually(lambda: not children(), PATIENCE, 0.05), "the child goes on"

    def what_calls_itself_ends(self):
        arn = ARN + "stateMachine:loop"
        self.made("loop", {"StartAt": "A", "States": {"A": {
            "Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "Parameters": {"StateMachineArn": arn},
            "End": True}}})
        self.start(arn)
        def failed():
            return self.sfn("ListExecutions", stateMachineArn=arn, statusFilter="FAILED")["executions"]
        assert eventually(failed, PATIENCE, 0.2), "the loop goes on"
        [last] = failed()
        found = self.state(last["executionArn"])
        assert "LineageBudgetExhausted:depth" in found["cause"], found

    def connection(self, name, kind, **parameters):
        return self.json("events", "AWSEvents", "CreateConnection", "1.1", Name=name, AuthorizationType=kind,
                         AuthParameters=parameters)["ConnectionArn"]

    def an_endpoint_is_called_through_the_governed_way_out(self):
        endpoint = Endpoint()
        port = endpoint.server.server_port
        basic = self.connection("basic", "BASIC", BasicAuthParameters={"Username": "u", "Password": "p"}, InvocationHttpParameters={
            "QueryStringParameters": [{"Key": "added", "Value": "by the connection", "IsValueSecret": False}]})
        call = {"ApiEndpoint": endpoint.url + "/x", "Method": "POST", "Authentication": {"ConnectionArn": basic},
                "RequestBody": {"a": [1, 2]}, "Headers": {"X-Own": "h"}, "QueryParameters": {"q": "a b&c"}}
        found = self.run("http:invoke", call)
        assert found["error"] == "States.Permissions" and "states:InvokeHTTPEndpoint" not in found["cause"], found
        rules = [{"host": "127.0.0.1", "ports": [port], "methods": ["GET", "POST"], "addresses": ["127.0.0.1"]}]
        subprocess.run([self.server.program, "egress", "set", "workflows", "-", "--data-dir", self.server.data],
                       input=json.dumps(rules).encode(), capture_output=True, timeout=30, check=True)
        found = self.run("http:invoke", call)
        assert found["status"] == "SUCCEEDED", found
        said = found["output"]["ResponseBody"]
        assert (found["output"]["StatusCode"], found["output"]["StatusText"]) == (200, "OK"), found
        assert found["output"]["Headers"]["content-type"] == ["application/json"], found
        assert (said["method"], said["path"], json.loads(said["body"])) == ("POST", "/x", {"a": [1, 2]}), said
        assert said["query"] == {"q": ["a b&c"], "added": ["by the connection"]}, said
        assert said["headers"]["authorization"] == "Basic " + base64.b64encode(b"u:p").decode(), said
        assert said["headers"]["x-own"] == "h" and said["headers"]["content-type"].startswith("application/json"), said
        self.a_test_shows_what_went_over_the_web(call)
        form = {**call, "Transform": {"RequestBodyEncoding": "URL_ENCODED", "RequestEncodingOptions": {"ArrayFormat": "REPEAT"}}}
        said = self.run("http:invoke", form)["output"]["ResponseBody"]
        assert said["body"] == "a=1&a=2" and said["headers"]["content-type"] == "application/x-www-form-urlencoded", said
        key = self.connection("key", "API_KEY", ApiKeyAuthParameters={"ApiKeyName": "X-Key", "ApiKeyValue": "k"})
        said = self.run("http:invoke", {"ApiEndpoint": endpoint.url, "Method": "GET", "Authentication": {"ConnectionArn": key}})
        assert said["output"]["ResponseBody"]["headers"]["x-key"] == "k", said
        found = self.run("http:invoke", {**call, "ApiEndpoint": endpoint.url + "/absent"})
        assert found["error"] == "States.Http.StatusCode.404" and json.loads(found["cause"])["StatusText"] == "Not Here", found
        found = self.run("http:invoke", {**call, "ApiEndpoint": endpoint.url + "/large"})
        assert found["error"] == "States.Http.Socket", found
        found = self.run("http:invoke", {**call, "Method": "DELETE"})
        assert found["error"] == "States.Permissions", found
        found = self.run("http:invoke", {**call, "Authentication": {"ConnectionArn": basic + "x"}})
        assert found["error"] == "Events.ConnectionResource.NotFound", found
        found = self.run("http:invoke", call, "arn:aws:iam::000000000000:role/idle")
        assert found["error"] == "States.Permissions" and "states:InvokeHTTPEndpoint" in found["cause"], found
        self.client.create("forbidden", {"function.py": "def handler(event, context): return event"})
        found = self.run("lambda:invoke", {"FunctionName": "forbidden"}, "arn:aws:iam::000000000000:role/idle")
        assert found["error"] == "Lambda.AWSLambdaException", found
        assert eventually(lambda: self.denied("idle") >= {"states:InvokeHTTPEndpoint", "lambda:InvokeFunction"}, PATIENCE, 0.2)

    def denied(self, role):
        """The actions that a role was denied, as the audit trail has them."""
        done = subprocess.run([self.server.program, "audit", "export", "--output", "jsonl", "--data-dir", self.server.data],
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=True)
        records = [json.loads(line) for line in done.stdout.decode().splitlines()]
        return {record["action"] for record in records
                if record["outcome"] == "denied" and f"assumed-role/{role}/" in record["principal"]
                and record.get("source") == "states.amazonaws.com"}

    def a_test_shows_what_went_over_the_web(self, call):
        state = json.dumps({"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "Parameters": call, "End": True})

        def test(**more):
            found = self.json("states", "AWSStepFunctions", "TestState", "1.0", definition=state, roleArn=self.role, **more)
            assert found["status"] == "SUCCEEDED", found
            return found["inspectionData"]
        assert "request" not in test(inspectionLevel="DEBUG")
        shown = test(inspectionLevel="TRACE")
        request, response = shown["request"], shown["response"]
        assert (request["protocol"], request["method"], request["body"]) == ("http", "POST", '{"a":[1,2]}'), request
        assert "X-Own: h" in request["headers"] and "uthorization" not in request["headers"], request
        assert "added" not in request["url"] and request["url"].startswith(call["ApiEndpoint"]), request
        assert (response["statusCode"], response["statusMessage"]) == ("200", "OK"), response
        assert json.loads(response["body"])["query"]["added"] == ["by the connection"], response
        request = test(inspectionLevel="TRACE", revealSecrets=True)["request"]
        assert "uthorization: Basic" in request["headers"] and "added=" in request["url"], request

    def kills_change_nothing(self):
        child = self.made("killed-child", {"StartAt": "A", "States": {
            "A": {"Type": "Wait", "Seconds": 3, "Next": "B"}, "B": {"Type": "Pass", "Result": 7, "End": True}}})
        parent = self.machine("states:startExecution.sync:2", {"StateMachineArn": child})
        waiting = self.machine("sqs:sendMessage.waitForTaskToken", {
            "QueueUrl": QUEUE + "jobs", "MessageBody": {"token.$": "$$.Task.Token"}})
        parents = [self.start(parent) for _ in range(KILLED)]
        waiters = [self.start(waiting) for _ in range(KILLED)]
        for _ in range(3):
            time.sleep(0.7)
            self.server.kill()
            self.server.start()
            self.client = self.server.client()
        # A message that was sent and not noted is sent again when its lease is over, with the same token.
        done = set()
        def complete():
            for message in self.messages():
                token = json.loads(message["Body"])["token"]
                if token not in done:
                    self.sfn("SendTaskSuccess", taskToken=token, output="8")
                    done.add(token)
            return len(done) == KILLED
        assert eventually(complete, 120, 0.2), len(done)
        for execution in waiters:
            assert self.ended(execution, 120)["output"] == 8
        for execution in parents:
            found = self.ended(execution, 120)
            assert found["output"]["Output"] == 7, found
        children = self.sfn("ListExecutions", stateMachineArn=child)["executions"]
        assert len(children) == KILLED, f"{len(children)} children were begun"


def main():
    outcome = Outcome("integrations")
    with Server() as server:
        worker = Worker(server)
        for test in (worker.an_sdk_integration_calls_any_operation, worker.optimized_integrations_answer_as_on_aws,
                     worker.the_role_decides, worker.a_token_completes_a_task_once,
                     worker.a_token_fails_a_task_and_each_attempt_has_its_own, worker.heartbeats_keep_a_task_alive,
                     worker.an_execution_waits_for_another, worker.who_is_stopped_stops_what_he_waits_for,
                     worker.what_calls_itself_ends, worker.an_endpoint_is_called_through_the_governed_way_out,
                     worker.kills_change_nothing):
            outcome.check(test.__name__.replace("_", " "), test)
    outcome.finish()


if __name__ == "__main__":
    main()
