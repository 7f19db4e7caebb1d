#!/usr/bin/env python3
"""Types what people type: the AWS CLI against a running server."""

import functools
import json
import os
import shutil
import subprocess
import sys
import time

from server import PROGRAM, ROOT, Server, program_exists

from expect import equal, holds
from outcome import Outcome
from packages import node_package, python_package

AWS = os.environ.get("MARTLET_AWS") or shutil.which(str(ROOT / ".build/venv/bin/aws")) or shutil.which("aws")


class CLI:
    """The AWS CLI in a folder of its own."""

    def __init__(self, server):
        self.server, self.folder = server, server.folder
        self.version = subprocess.run([AWS, "--version"], capture_output=True, text=True).stdout
        self.is_first = self.version.startswith("aws-cli/1.")
        self.where = [] if self.is_first else ["--endpoint-url", server.environment["AWS_ENDPOINT_URL"]]  # for those before 2.13
        # Version 1 takes the endpoint of queues from the environment only where the region is none of AWS's.
        self.queues = ["--endpoint-url", server.environment["AWS_ENDPOINT_URL"]] if self.is_first else []
        self.raw = [] if self.is_first else ["--cli-binary-format", "raw-in-base64-out"]

    def run(self, *words, **options):
        return subprocess.run(
            [AWS, *self.where, *words], env=self.server.environment, cwd=self.folder, capture_output=True, text=True, timeout=300, **options)

    def json(self, *words):
        """The answer of a command, which must succeed."""
        done = self.run(*words, "--output", "json")
        assert done.returncode == 0, f"aws {' '.join(words)} ended with {done.returncode}: {done.stderr}"
        return json.loads(done.stdout) if done.stdout.strip() else None

    def refused(self, code, *words):
        done = self.run(*words)
        assert done.returncode != 0 and f"({code})" in done.stderr, f"aws {' '.join(words)}: {done.returncode} {done.stderr}"

    def martlet(self, *words):
        return subprocess.run(
            [PROGRAM, *words], env=self.server.environment, cwd=self.folder, capture_output=True, text=True, timeout=300)

    def write(self, name, content):
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return name

    def create(self, name, package=None, *words):
        self.write(f"{name}.zip", package or python_package())
        return self.json("lambda", "create-function", "--function-name", name, "--runtime", "python3.12", "--handler", "app.handler",
                         "--role", self.server.role, "--zip-file", f"fileb://{name}.zip", *words)

    def invoke(self, name, event, *words):
        answer = self.json("lambda", "invoke", "--function-name", name, "--payload", json.dumps(event), *self.raw, *words, "out.json")
        with open(os.path.join(self.folder, "out.json"), encoding="utf-8") as file:
            return answer, json.load(file)


def test_who_am_i(cli):
    assert len(cli.json("sts", "get-caller-identity")["Account"]) == 12


def test_the_life_of_a_function(cli):
    holds(cli.create("cli-life", None, "--timeout", "5", "--environment", "Variables={MODE=m}", "--tags", "a=1"), Timeout=5)
    cli.json("lambda", "wait", "function-active-v2", "--function-name", "cli-life")
    answer, result = cli.invoke("cli-life", {"a": "ü"}, "--log-type", "Tail")
    equal((answer["StatusCode"], result["event"], result["mode"]), (200, {"a": "ü"}, "m"))
    assert "LogResult" in answer
    holds(cli.json("lambda", "get-function", "--function-name", "cli-life"), Tags={"a": "1"})
    holds(cli.json("lambda", "update-function-configuration", "--function-name", "cli-life", "--memory-size", "512"), MemorySize=512)
    cli.json("lambda", "wait", "function-updated-v2", "--function-name", "cli-life")
    cli.write("new.zip", node_package())
    cli.json("lambda", "update-function-code", "--function-name", "cli-life", "--zip-file", "fileb://new.zip")
    cli.json("lambda", "update-function-configuration", "--function-name", "cli-life", "--runtime", "nodejs20.x", "--handler", "index.handler")
    equal(cli.invoke("cli-life", 1)[1], {"node": 1})
    assert "cli-life" in [f["FunctionName"] for f in cli.json("lambda", "list-functions")["Functions"]]
    cli.json("lambda", "delete-function", "--function-name", "cli-life")
    cli.refused("ResourceNotFoundException", "lambda", "get-function", "--function-name", "cli-life")


def test_versions_and_aliases(cli):
    cli.create("cli-versions", None, "--publish")
    equal(cli.json("lambda", "publish-version", "--function-name", "cli-versions")["Version"], "1")
    cli.json("lambda", "create-alias", "--function-name", "cli-versions", "--name", "live", "--function-version", "1")
    equal(cli.invoke("cli-versions", 1, "--qualifier", "live")[0]["ExecutedVersion"], "1")
    cli.json("lambda", "update-alias", "--function-name", "cli-versions", "--name", "live", "--description", "d")
    holds(cli.json("lambda", "get-alias", "--function-name", "cli-versions", "--name", "live"), Description="d", FunctionVersion="1")
    equal(len(cli.json("lambda", "list-aliases", "--function-name", "cli-versions")["Aliases"]), 1)
    equal(len(cli.json("lambda", "list-versions-by-function", "--function-name", "cli-versions")["Versions"]), 2)
    cli.json("lambda", "delete-alias", "--function-name", "cli-versions", "--name", "live")
    cli.json("lambda", "delete-function", "--function-name", "cli-versions")


def test_layers_permissions_and_concurrency(cli):
    cli.create("cli-more")
    cli.write("layer.zip", python_package())
    layer = cli.json("lambda", "publish-layer-version", "--layer-name", "cli-layer", "--zip-file", "fileb://layer.zip")
    cli.json("lambda", "update-function-configuration", "--function-name", "cli-more", "--layers", layer["LayerVersionArn"])
    assert cli.json("lambda", "list-layer-versions", "--layer-name", "cli-layer")["LayerVersions"]
    cli.json("lambda", "get-layer-version", "--layer-name", "cli-layer", "--version-number", str(layer["Version"]))
    cli.json("lambda", "add-permission", "--function-name", "cli-more", "--statement-id", "s", "--action", "lambda:InvokeFunction",
             "--principal", "events.amazonaws.com")
    assert '"s"' in cli.json("lambda", "get-policy", "--function-name", "cli-more")["Policy"]
    cli.json("lambda", "remove-permission", "--function-name", "cli-more", "--statement-id", "s")
    cli.json("lambda", "put-function-concurrency", "--function-name", "cli-more", "--reserved-concurrent-executions", "5")
    equal(cli.json("lambda", "get-function-concurrency", "--function-name", "cli-more")["ReservedConcurrentExecutions"], 5)
    cli.json("lambda", "delete-function-concurrency", "--function-name", "cli-more")
    cli.json("lambda", "put-function-event-invoke-config", "--function-name", "cli-more", "--maximum-retry-attempts", "0")
    cli.json("lambda", "delete-function-event-invoke-config", "--function-name", "cli-more")
    arn = cli.json("lambda", "get-function-configuration", "--function-name", "cli-more")["FunctionArn"]
    cli.json("lambda", "tag-resource", "--resource", arn, "--tags", "k=v")
    equal(cli.json("lambda", "list-tags", "--resource", arn)["Tags"], {"k": "v"})
    cli.json("lambda", "untag-resource", "--resource", arn, "--tag-keys", "k")
    assert cli.json("lambda", "get-account-settings")["AccountLimit"]
    cli.json("lambda", "delete-layer-version", "--layer-name", "cli-layer", "--version-number", str(layer["Version"]))
    cli.json("lambda", "delete-function", "--function-name", "cli-more")


def test_async_invocations(cli):
    cli.create("cli-async")
    answer = cli.json("lambda", "invoke", "--function-name", "cli-async", "--invocation-type", "Event",
                      "--payload", '{"needle": 1}', *cli.raw, "out.json")
    equal(answer["StatusCode"], 202)
    deadline = time.monotonic() + 120
    group = "/aws/lambda/cli-async"
    show = ["logs", "filter-log-events", "--log-group-name", group] if cli.is_first else ["logs", "tail", group, "--since", "5m"]
    while "needle" not in (shown := cli.run(*show)).stdout:
        assert time.monotonic() < deadline, f"{shown.stdout} {shown.stderr}"
        time.sleep(0.3)
    found = cli.json("logs", "filter-log-events", "--log-group-name", group, "--filter-pattern", "needle")
    assert len(found["events"]) == 1, found
    streams = cli.json("logs", "describe-log-streams", "--log-group-name", group)["logStreams"]
    assert cli.json("logs", "get-log-events", "--log-group-name", group,
                    "--log-stream-name", streams[0]["logStreamName"])["events"]
    cli.json("lambda", "delete-function", "--function-name", "cli-async")


def test_log_groups(cli):
    cli.json("logs", "create-log-group", "--log-group-name", "/cli/g", "--tags", "a=1")
    cli.json("logs", "put-retention-policy", "--log-group-name", "/cli/g", "--retention-in-days", "30")
    equal(cli.json("logs", "describe-log-groups", "--log-group-name-prefix", "/cli/g")["logGroups"][0]["retentionInDays"], 30)
    cli.json("logs", "create-log-stream", "--log-group-name", "/cli/g", "--log-stream-name", "s")
    event = f"timestamp={int(time.time() * 1000)},message=hello"
    cli.json("logs", "put-log-events", "--log-group-name", "/cli/g", "--log-stream-name", "s", "--log-events", event)
    equal(len(cli.json("logs", "filter-log-events", "--log-group-name", "/cli/g")["events"]), 1)
    cli.json("logs", "delete-log-stream", "--log-group-name", "/cli/g", "--log-stream-name", "s")
    cli.json("logs", "delete-log-group", "--log-group-name", "/cli/g")


def test_queues(cli):
    url = cli.json("sqs", "create-queue", "--queue-name", "cli", "--attributes", "VisibilityTimeout=5", *cli.queues)["QueueUrl"]
    sent = cli.json("sqs", "send-message", "--queue-url", url, "--message-body", "typed ü", *cli.queues)
    got = cli.json("sqs", "receive-message", "--queue-url", url, "--wait-time-seconds", "2", *cli.queues)["Messages"][0]
    equal((got["Body"], got["MessageId"]), ("typed ü", sent["MessageId"]))
    cli.json("sqs", "delete-message", "--queue-url", url, "--receipt-handle", got["ReceiptHandle"], *cli.queues)
    attributes = cli.json("sqs", "get-queue-attributes", "--queue-url", url, "--attribute-names", "All", *cli.queues)["Attributes"]
    holds(attributes, VisibilityTimeout="5", ApproximateNumberOfMessages="0")
    assert url in cli.json("sqs", "list-queues", *cli.queues)["QueueUrls"]
    cli.json("sqs", "delete-queue", "--queue-url", url, *cli.queues)
    cli.refused("AWS.SimpleQueueService.NonExistentQueue", "sqs", "purge-queue", "--queue-url", url, *cli.queues)


def test_topics(cli):
    topic = cli.json("sns", "create-topic", "--name", "cli", "--attributes", "DisplayName=CLI")["TopicArn"]
    queue = topic.replace(":sns:", ":sqs:")
    subscription = cli.json("sns", "subscribe", "--topic-arn", topic, "--protocol", "sqs", "--notification-endpoint", queue,
                            "--attributes", '{"FilterPolicy": "{\\"a\\": [\\"b\\"]}"}')["SubscriptionArn"]
    assert subscription.startswith(topic + ":"), subscription
    assert cli.json("sns", "publish", "--topic-arn", topic, "--message", "typed ü", "--subject", "s")["MessageId"]
    attributes = cli.json("sns", "get-subscription-attributes", "--subscription-arn", subscription)["Attributes"]
    assert attributes["FilterPolicy"] == '{"a": ["b"]}', attributes
    assert topic in [entry["TopicArn"] for entry in cli.json("sns", "list-topics")["Topics"]]
    cli.json("sns", "delete-topic", "--topic-arn", topic)
    cli.refused("NotFound", "sns", "publish", "--topic-arn", topic, "--message", "x")


def test_events(cli):
    rule = cli.json("events", "put-rule", "--name", "cli", "--event-pattern", '{"source": ["cli"]}')["RuleArn"]
    equal(rule, "arn:aws:events:us-east-1:000000000000:rule/cli")
    queue = "arn:aws:sqs:us-east-1:000000000000:absent"
    cli.json("events", "put-targets", "--rule", "cli", "--targets", f"Id=one,Arn={queue}")
    equal(cli.json("events", "list-targets-by-rule", "--rule", "cli")["Targets"], [{"Id": "one", "Arn": queue}])
    equal(cli.json("events", "list-rule-names-by-target", "--target-arn", queue)["RuleNames"], ["cli"])
    done = cli.json("events", "put-events", "--entries", json.dumps([{"Source": "cli", "DetailType": "d", "Detail": "{}"}]))
    equal(done["FailedEntryCount"], 0)
    why = cli.martlet("events", "why", done["Entries"][0]["EventId"])
    assert why.returncode == 0 and "rule cli: matches" in why.stdout and "NO_RESOURCE" in why.stdout, why
    cli.refused("ResourceNotFoundException", "events", "describe-rule", "--name", "absent")
    cli.json("events", "remove-targets", "--rule", "cli", "--ids", "one")
    cli.json("events", "delete-rule", "--name", "cli")


def test_roles(cli):
    cli.write("trust.json", '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}')
    cli.json("iam", "create-role", "--role-name", "cli-role", "--assume-role-policy-document", "file://trust.json")
    basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    cli.json("iam", "attach-role-policy", "--role-name", "cli-role", "--policy-arn", basic)
    equal(len(cli.json("iam", "list-attached-role-policies", "--role-name", "cli-role")["AttachedPolicies"]), 1)
    assert "cli-role" in [r["RoleName"] for r in cli.json("iam", "list-roles")["Roles"]]
    cli.json("iam", "detach-role-policy", "--role-name", "cli-role", "--policy-arn", basic)
    cli.json("iam", "delete-role", "--role-name", "cli-role")
    cli.refused("NoSuchEntity", "iam", "get-role", "--role-name", "cli-role")


def test_what_policies_would_say(cli):
    cli.json("iam", "create-user", "--user-name", "cli-user")
    arn = "arn:aws:iam::000000000000:user/cli-user"
    allow = '{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"lambda:List*","Resource":"*"}]}'
    cli.write("allow.json", allow)
    cli.json("iam", "put-user-policy", "--user-name", "cli-user", "--policy-name", "own", "--policy-document", "file://allow.json")
    found = cli.json("iam", "simulate-principal-policy", "--policy-source-arn", arn, "--action-names", "lambda:ListFunctions",
                     "lambda:DeleteFunction")["EvaluationResults"]
    equal([r["EvalDecision"] for r in found], ["allowed", "implicitDeny"])
    found = cli.json("iam", "simulate-custom-policy", "--policy-input-list", json.dumps([allow]), "--action-names", "s3:GetObject")
    equal([r["EvalDecision"] for r in found["EvaluationResults"]], ["implicitDeny"])
    explained = cli.martlet("authorize", "--principal", arn, "--action", "lambda:ListFunctions", "--explain")
    assert explained.returncode == 0 and "'own', statement 0 (Read)" in explained.stdout, explained
    explained = cli.martlet("authorize", "--principal", arn, "--action", "lambda:DeleteFunction", "--explain", "--output", "json")
    equal((explained.returncode, json.loads(explained.stdout)["MissingPolicyKind"]), (1, "identity"))
    equal(cli.martlet("authorize", "--principal", arn + "s", "--action", "lambda:DeleteFunction").returncode, 2)
    cli.json("iam", "delete-user-policy", "--user-name", "cli-user", "--policy-name", "own")
    cli.json("iam", "delete-user", "--user-name", "cli-user")


def test_policies_are_checked_without_a_server(cli):
    good = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"lambda:*","Resource":"*"}]}'
    for name, text, status, words in [
            ("good.json", good, 0, ""), ("idle.json", good.replace("lambda", "lamda"), 1, "can never match"),
            ("bad.json", good.replace("Allow", "Alow"), 2, "Statement[0].Effect must be Allow or Deny")]:
        done = cli.martlet("policies", "check", cli.write(name, text))
        assert done.returncode == status and words in done.stdout, (name, done)
    equal(cli.martlet("policies", "check", "none.json").returncode, 2)
    equal(cli.martlet("policies", "check", "--use", "trust", "good.json").returncode, 2)


def main():
    outcome = Outcome("AWS CLI")
    tests = {name[5:].replace("_", " "): test for name, test in vars(sys.modules[__name__]).items() if name.startswith("test_")}
    why = "no AWS CLI; dev/install puts it into .build/venv" if AWS is None else None if program_exists() else "the server is not built"
    if why:
        outcome.skip(len(tests), why)
        outcome.finish()
    with Server() as server:
        cli = CLI(server)
        print(cli.version.strip())
        for title, test in tests.items():
            outcome.check(title, functools.partial(test, cli))
    outcome.finish()


if __name__ == "__main__":
    main()
