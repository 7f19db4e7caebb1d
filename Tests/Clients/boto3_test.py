#!/usr/bin/env python3
"""Walks every operation that is served with boto3, the AWS SDK for Python, against a running server."""

import functools

from server import Server, program_exists

from outcome import Outcome  # noqa: E402  (server.py makes it importable)
import boto3_conditions
import boto3_events
import boto3_identity
import boto3_lambda
import boto3_logs
import boto3_scheduler
import boto3_sns
import boto3_sqs
import boto3_triggers
import boto3_workflows


def tests(server):
    for module in (
            boto3_conditions, boto3_events, boto3_identity, boto3_lambda, boto3_logs, boto3_scheduler, boto3_sns, boto3_sqs,
            boto3_triggers, boto3_workflows):
        for name, test in vars(module).items():
            if name.startswith("test_"):
                yield f"{module.__name__[6:]}: {name[5:].replace('_', ' ')}", functools.partial(test, server)


def main():
    outcome = Outcome("boto3")
    try:
        import boto3  # noqa: F401
    except ImportError:
        outcome.skip(sum(1 for _ in tests(None)), "no boto3; dev/install puts it into .build/venv")
        outcome.finish()
    if not program_exists():
        outcome.skip(sum(1 for _ in tests(None)), "the server is not built")
        outcome.finish()
    with Server() as server:
        for title, test in tests(server):
            outcome.check(title, test)
        if server.process is not None:
            outcome.check("the server ends cleanly", server.stop)
    outcome.finish()


if __name__ == "__main__":
    main()
