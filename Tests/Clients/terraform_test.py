#!/usr/bin/env python3
"""Terraform: apply, a clean no-op plan, update, destroy, of the applications in `terraform/`, which have all that is served.

Skipped where there is no `terraform`, or where `terraform init` cannot get the AWS provider. MARTLET_TF_PLUGINS may name a folder
that is a mirror of providers; without it terraform looks where it always looks.
"""

from functools import partial
import json
import os
import pathlib
import shutil
import subprocess

from server import Server, program_exists

from outcome import Outcome
from packages import pack, python_package

APPLICATIONS = pathlib.Path(__file__).parent / "terraform"


class Terraform:
    """Terraform in a folder of its own, with one application, pointed at a server."""

    def __init__(self, server, application):
        self.folder = os.path.join(server.folder, f"terraform-{application}")
        os.mkdir(self.folder)
        self.environment = {**server.environment, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "HOME": self.folder}
        if mirror := os.environ.get("MARTLET_TF_PLUGINS"):
            self.environment["TF_CLI_CONFIG_FILE"] = self.write(
                "terraform.rc", f'provider_installation {{\n  filesystem_mirror {{\n    path = {json.dumps(mirror)}\n  }}\n}}\n')
        elif "TF_CLI_CONFIG_FILE" in os.environ:
            self.environment["TF_CLI_CONFIG_FILE"] = os.environ["TF_CLI_CONFIG_FILE"]
        for name in ("provider", application):
            shutil.copy(APPLICATIONS / f"{name}.tf", self.folder)

    def write(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def run(self, *words, timeout=600):
        return subprocess.run(
            ["terraform", *words], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=timeout)

    def starts(self):
        """Whether Terraform finds its provider."""
        try:
            return self.run("init", "-input=false", "-no-color", timeout=120).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def must(self, *words, round):
        done = self.run(*words, "-no-color", "-input=false", f"-var=round={round}")
        assert done.returncode == 0, f"terraform {' '.join(words)} ended with {done.returncode}\n{done.stdout[-6000:]}\n{done.stderr[-4000:]}"


class Application:
    """What is to be seen of an application in each of its two rounds, and once it is destroyed."""

    def __init__(self, server=None, terraform=None):
        self.server, self.terraform = server, terraform

    def prepare(self):
        """Writes the files that the application needs."""

    def run(self, *words, round):
        self.terraform.must(*words, round=round)

    def steps(self):
        """What is done, by its title; each step needs the one before."""
        for number in (1, 2):
            applied = "apply" if number == 1 else "update"
            yield applied, partial(self.run, "apply", "-auto-approve", round=number)
            yield f"no-op plan after {applied}", partial(self.run, "plan", "-detailed-exitcode", round=number)
            yield f"what is seen after {applied}", partial(self.look, number)
        yield "destroy", partial(self.run, "destroy", "-auto-approve", round=2)
        yield "nothing is left", self.nothing_left

    def gone(self, *words, call):
        try:
            call()
        except Exception as error:
            assert any(word in str(error) for word in words), error
        else:
            raise AssertionError("something is left")


class Functions(Application):
    def prepare(self):
        for number, mode in ((1, "one"), (2, "two")):
            self.terraform.write(f"{number}.zip", python_package(mode))
        self.terraform.write("layer.zip", pack({"python/layered.py": "VALUE = 1\n"}))

    def look(self, number):
        answer = self.server.client("lambda").invoke(FunctionName="terraform", Qualifier="live", Payload=b"1")
        result = json.loads(answer["Payload"].read())
        assert (result["mode"], result["version"]) == (f"m{128 * (number + 1)}", str(number)), result

    def nothing_left(self):
        self.gone("ResourceNotFound", call=lambda: self.server.client("lambda").get_function(FunctionName="terraform"))
        self.gone("NoSuchEntity", call=lambda: self.server.client("iam").get_role(RoleName="terraform"))


class Events(Application):
    def look(self, number):
        """An order goes over the rule to the queue, by the transformer; the alias leads to the newest version."""
        events, sqs, states = (self.server.client(name) for name in ("events", "sqs", "stepfunctions"))
        detail = json.dumps({"id": f"order-{number}", "round": number})
        entry = {"Source": "shop", "DetailType": "order", "Detail": detail, "EventBusName": "terraform-shop"}
        assert events.put_events(Entries=[entry])["FailedEntryCount"] == 0
        url = sqs.get_queue_url(QueueName="terraform-inbox")["QueueUrl"]
        bodies = []
        for _ in range(12):
            for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5).get("Messages", []):
                bodies.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            if bodies:
                break
        assert bodies == [{"id": f"order-{number}", "from": "shop"}], bodies
        arn = "arn:aws:states:us-east-1:000000000000:stateMachine:terraform-flow"
        versions = states.list_state_machine_versions(stateMachineArn=arn)["stateMachineVersions"]
        routes = states.describe_state_machine_alias(stateMachineAliasArn=f"{arn}:live")["routingConfiguration"]
        assert routes == [{"stateMachineVersionArn": versions[0]["stateMachineVersionArn"], "weight": 100}], (routes, versions)

    def nothing_left(self):
        lists = [
            ("sqs", "list_queues", "QueueUrls"), ("sns", "list_topics", "Topics"), ("sns", "list_subscriptions", "Subscriptions"),
            ("events", "list_rules", "Rules"), ("events", "list_archives", "Archives"), ("events", "list_connections", "Connections"),
            ("events", "list_api_destinations", "ApiDestinations"), ("scheduler", "list_schedules", "Schedules"),
            ("stepfunctions", "list_state_machines", "stateMachines"), ("stepfunctions", "list_activities", "activities"),
        ]
        for service, operation, member in lists:
            left = getattr(self.server.client(service), operation)().get(member, [])
            assert not [thing for thing in left if "terraform" in str(thing)], left


class Access(Application):
    def look(self, number):
        iam = self.server.client("iam")
        arn = "arn:aws:iam::000000000000:policy/terraform-reading"
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        assert version == f"v{number}", version
        [key] = iam.list_access_keys(UserName="terraform-ada")["AccessKeyMetadata"]
        assert key["Status"] == ("Active" if number == 1 else "Inactive"), key

    def nothing_left(self):
        iam = self.server.client("iam")
        self.gone("NoSuchEntity", call=lambda: iam.get_user(UserName="terraform-ada"))
        self.gone("NoSuchEntity", call=lambda: iam.get_role(RoleName="terraform-worker"))
        assert not iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]


def main():
    outcome = Outcome("Terraform")
    kinds = [Functions, Events, Access]
    steps = sum(len(list(kind().steps())) for kind in kinds)
    if shutil.which("terraform") is None:
        outcome.skip(steps, "no terraform on PATH")
    elif not program_exists():
        outcome.skip(steps, "the server is not built")
    else:
        with Server() as server:
            applications = [kind(server, Terraform(server, kind.__name__.lower())) for kind in kinds]
            if all(application.terraform.starts() for application in applications):
                for application in applications:
                    walk(application, outcome)
            else:
                outcome.skip(steps, "terraform init cannot get the AWS provider (MARTLET_TF_PLUGINS may name a mirror)")
    outcome.finish()


def walk(application, outcome):
    application.prepare()
    steps = list(application.steps())
    for done, (title, step) in enumerate(steps, 1):
        if not outcome.check(f"{type(application).__name__.lower()}: {title}", step):
            return outcome.skip(len(steps) - done, "the step before failed")


if __name__ == "__main__":
    main()
