#!/usr/bin/env python3
"""AWS's own runtime client for Python, packed with a function as a `provided` bootstrap, runs unchanged."""

import functools
import importlib.util
import json
import os
import pathlib
import sys

from server import Server, program_exists

from expect import equal, holds
from outcome import Outcome
from packages import pack, pack_folder

BOOTSTRAP = """#!/bin/sh
export PYTHONPATH="$LAMBDA_TASK_ROOT/vendor"
cd "$LAMBDA_TASK_ROOT" && exec PYTHON -m awslambdaric "$_HANDLER"
"""
SOURCE = """
import logging

def handler(event, context):
    logging.getLogger().warning("seen %s", event)
    if event == "fail":
        raise KeyError("ü")
    return {"event": event, "left": context.get_remaining_time_in_millis() > 0, "arn": context.invoked_function_arn}
"""
VENDORED = ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py")


def package():
    """The function, its bootstrap, and a copy of the installed awslambdaric with what it needs."""
    site = pathlib.Path(importlib.util.find_spec("awslambdaric").origin).parents[1]
    wanted = lambda path: path.startswith(VENDORED) and "__pycache__" not in path and "/tests/" not in path  # noqa: E731
    vendor = {f"vendor/{name}": content for name, content in pack_folder(site, wanted).items()}
    python = "/usr/bin/python%d.%d" % sys.version_info[:2]  # the extension module fits this version only
    return pack({"bootstrap": BOOTSTRAP.replace("PYTHON", python), "app.py": SOURCE, **vendor}, executable=["bootstrap"])


def call(server, event, **more):
    answer = server.client("lambda").invoke(FunctionName="vendored", Payload=json.dumps(event).encode(), **more)
    return answer, json.loads(answer["Payload"].read())


def test_it_deploys(server):
    server.client("lambda").create_function(
        FunctionName="vendored", Runtime="provided.al2023", Handler="app.handler", Role=server.role, Timeout=20, MemorySize=512,
        Code={"ZipFile": package()})


def test_it_answers(server):
    answer, result = call(server, {"a": ["ü", 1.5, None]})
    assert "FunctionError" not in answer, result
    holds(result, event={"a": ["ü", 1.5, None]}, left=True)
    assert result["arn"].endswith(":function:vendored")


def test_its_errors_reach_the_caller(server):
    answer, result = call(server, "fail")
    equal(answer["FunctionError"], "Unhandled")
    holds(result, errorType="KeyError", errorMessage="'ü'", requestId=answer["ResponseMetadata"]["RequestId"])


def test_it_goes_on_after_an_error(server):
    equal([call(server, n)[1]["event"] for n in range(20)], list(range(20)))


def test_its_log_lines_arrive(server):
    import base64
    answer, _ = call(server, "mark", LogType="Tail")
    tail = base64.b64decode(answer["LogResult"]).decode()
    assert "[WARNING]" in tail and "seen mark" in tail, tail


def main():
    outcome = Outcome("awslambdaric")
    tests = {name[5:].replace("_", " "): test for name, test in vars(sys.modules[__name__]).items() if name.startswith("test_")}
    why = None
    if importlib.util.find_spec("awslambdaric") is None or importlib.util.find_spec("boto3") is None:
        why = "not installed; dev/install puts it into .build/venv"
    elif not os.path.exists("/usr/bin/python%d.%d" % sys.version_info[:2]):
        why = "the Python of this environment is not the system's"
    elif not program_exists():
        why = "the server is not built"
    if why:
        outcome.skip(len(tests), why)
        outcome.finish()
    with Server() as server:
        for title, test in tests.items():
            outcome.check(title, functools.partial(test, server))
    outcome.finish()


if __name__ == "__main__":
    main()
