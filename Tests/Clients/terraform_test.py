#!/usr/bin/env python3
"""Terraform: apply, a clean no-op plan, update, destroy, of an application that has all that a function can have here.

Skipped where there is no `terraform`, or where `terraform init` cannot get the AWS provider. MARTLET_TF_PLUGINS may name a folder
that is a mirror of providers; without it terraform looks where it always looks.
"""

import json
import os
import shutil
import subprocess

from server import Server, program_exists

from outcome import Outcome
from packages import pack, python_package

STEPS = ["apply", "no-op plan", "invoke", "update", "no-op plan after the update", "invoke after the update", "destroy", "nothing is left"]
APPLICATION = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  skip_region_validation      = true
  skip_metadata_api_check     = true
}

variable "code" { type = string }
variable "memory" { type = number }

resource "aws_iam_role" "role" {
  name = "terraform"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
  tags = { team = "blue" }
}

resource "aws_iam_role_policy_attachment" "basic" {
  role       = aws_iam_role.role.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_policy" "own" {
  name   = "terraform"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })
}

resource "aws_iam_role_policy_attachment" "own" {
  role       = aws_iam_role.role.name
  policy_arn = aws_iam_policy.own.arn
}

resource "aws_iam_role_policy" "inline" {
  name   = "inline"
  role   = aws_iam_role.role.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:*", Resource = "*" }] })
}

resource "aws_cloudwatch_log_group" "logs" {
  name              = "/aws/lambda/terraform"
  retention_in_days = 14
  tags              = { team = "blue" }
}

resource "aws_lambda_layer_version" "layer" {
  layer_name          = "terraform"
  filename            = "layer.zip"
  source_code_hash    = filebase64sha256("layer.zip")
  compatible_runtimes = ["python3.12"]
  description         = "a layer"
}

resource "aws_lambda_function" "function" {
  function_name                  = "terraform"
  role                           = aws_iam_role.role.arn
  runtime                        = "python3.12"
  handler                        = "app.handler"
  filename                       = var.code
  source_code_hash               = filebase64sha256(var.code)
  memory_size                    = var.memory
  timeout                        = 10
  publish                        = true
  layers                         = [aws_lambda_layer_version.layer.arn]
  reserved_concurrent_executions = 3
  description                    = "made by Terraform"
  environment {
    variables = { MODE = "m${var.memory}" }
  }
  ephemeral_storage { size = 600 }
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.logs.name
  }
  tags = { team = "blue" }
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.function.function_name
  function_version = aws_lambda_function.function.version
}

resource "aws_lambda_permission" "events" {
  statement_id  = "events"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.function.function_name
  principal     = "events.amazonaws.com"
  source_arn    = "arn:aws:events:eu-west-1:123456789012:rule/nightly"
  qualifier     = aws_lambda_alias.live.name
}

resource "aws_lambda_function_event_invoke_config" "asynchronous" {
  function_name                = aws_lambda_function.function.function_name
  maximum_retry_attempts       = 1
  maximum_event_age_in_seconds = 300
}

resource "aws_sqs_queue" "dead" {
  name = "terraform-dead"
}

resource "aws_sqs_queue" "queue" {
  name                       = "terraform"
  visibility_timeout_seconds = 60
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 3 })
}

resource "aws_lambda_event_source_mapping" "trigger" {
  event_source_arn                   = aws_sqs_queue.queue.arn
  function_name                      = aws_lambda_alias.live.arn
  batch_size                         = var.memory > 300 ? 20 : 10
  maximum_batching_window_in_seconds = 1
  function_response_types            = ["ReportBatchItemFailures"]
  scaling_config { maximum_concurrency = 2 }
  filter_criteria {
    filter { pattern = jsonencode({ body = { kind = ["order"] } }) }
  }
  tags       = { team = "blue" }
  depends_on = [aws_iam_role_policy.inline]
}

resource "aws_lambda_function_url" "url" {
  function_name      = aws_lambda_function.function.function_name
  qualifier          = aws_lambda_alias.live.name
  authorization_type = "AWS_IAM"
  cors {
    allow_origins = ["https://a.example"]
    allow_methods = ["GET", "POST"]
    max_age       = 60
  }
}

output "version" { value = aws_lambda_function.function.version }
"""


class Terraform:
    """Terraform in a folder of its own, pointed at a server."""

    def __init__(self, server):
        self.folder = os.path.join(server.folder, "terraform")
        os.mkdir(self.folder)
        self.environment = {**server.environment, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "HOME": self.folder}
        if mirror := os.environ.get("MARTLET_TF_PLUGINS"):
            self.environment["TF_CLI_CONFIG_FILE"] = self.write(
                "terraform.rc", f'provider_installation {{\n  filesystem_mirror {{\n    path = {json.dumps(mirror)}\n  }}\n}}\n')
        elif "TF_CLI_CONFIG_FILE" in os.environ:
            self.environment["TF_CLI_CONFIG_FILE"] = os.environ["TF_CLI_CONFIG_FILE"]
        self.write("main.tf", APPLICATION)
        self.write("one.zip", python_package("one"))
        self.write("two.zip", python_package("two"))
        self.write("layer.zip", pack({"python/layered.py": "VALUE = 1\n"}))

    def write(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def run(self, *words, timeout=300):
        return subprocess.run(
            ["terraform", *words], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=timeout)

    def must(self, status, *words):
        done = self.run(*words)
        assert done.returncode == status, f"terraform {' '.join(words)} ended with {done.returncode}\n{done.stdout[-6000:]}\n{done.stderr[-4000:]}"
        return done.stdout


def variables(code, memory):
    return ["-no-color", "-input=false", f"-var=code={code}.zip", f"-var=memory={memory}"]


def steps(terraform, server):
    first, second = variables("one", 256), variables("two", 384)
    lambda_ = server.client("lambda")

    def invoke(mode, version):
        answer = lambda_.invoke(FunctionName="terraform", Qualifier="live", Payload=b"1")
        result = json.loads(answer["Payload"].read())
        assert (result["mode"], result["version"]) == (mode, version), result

    def nothing_left():
        for look in (lambda: lambda_.get_function(FunctionName="terraform"), lambda: server.client("iam").get_role(RoleName="terraform")):
            try:
                look()
            except Exception as error:
                assert "ResourceNotFound" in str(error) or "NoSuchEntity" in str(error), error
            else:
                raise AssertionError("something is left")

    return [
        lambda: terraform.must(0, "apply", "-auto-approve", *first),
        lambda: terraform.must(0, "plan", "-detailed-exitcode", *first),
        lambda: invoke("m256", "1"),
        lambda: terraform.must(0, "apply", "-auto-approve", *second),
        lambda: terraform.must(0, "plan", "-detailed-exitcode", *second),
        lambda: invoke("m384", "2"),
        lambda: terraform.must(0, "destroy", "-auto-approve", *second),
        nothing_left,
    ]


def main():
    outcome = Outcome("Terraform")
    if shutil.which("terraform") is None:
        outcome.skip(len(STEPS), "no terraform on PATH")
    elif not program_exists():
        outcome.skip(len(STEPS), "the server is not built")
    else:
        with Server() as server:
            terraform = Terraform(server)
            try:
                init = terraform.run("init", "-input=false", "-no-color", timeout=120)
            except subprocess.TimeoutExpired:
                init = None
            if init is None or init.returncode != 0:
                outcome.skip(len(STEPS), "terraform init cannot get the AWS provider (MARTLET_TF_PLUGINS may name a mirror)")
            else:
                for title, step in zip(STEPS, steps(terraform, server)):
                    if not outcome.check(title, step):
                        outcome.skip(len(STEPS) - STEPS.index(title) - 1, "the step before failed")
                        break
    outcome.finish()


if __name__ == "__main__":
    main()
