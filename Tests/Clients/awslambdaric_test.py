#!/usr/bin/env python3
"""AWS's own runtime client for Python, packed with a function as a `provided` bootstrap, runs unchanged.

As on AWS a `provided` runtime has no interpreter; so it comes in a layer, made of this machine's.
"""

import functools
import importlib.util
import json
import os
import pathlib
import sys
import time

from server import Server, program_exists

from expect import equal, holds
from outcome import Outcome
from packages import pack, pack_folder

VERSION = "python%d.%d" % sys.version_info[:2]  # the extension module of awslambdaric fits this version only
BOOTSTRAP = """#!/bin/sh
export PYTHONHOME=/opt PYTHONPATH="$LAMBDA_TASK_ROOT/vendor"
cd "$LAMBDA_TASK_ROOT" && exec /opt/bin/VERSION -m awslambdaric "$_HANDLER"
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
    return pack({"bootstrap": BOOTSTRAP.replace("VERSION", VERSION), "app.py": SOURCE, **vendor}, executable=["bootstrap"])


def interpreter():
    """A layer with the Python that the installed awslambdaric is for: its program and what is usual of its library."""
    left_out = ("test", "idlelib", "tkinter", "ensurepip", "lib2to3", "pydoc_data", "distutils", "config-", "site-packages", "dist-packages")
    wanted = lambda path: not path.startswith(left_out) and "__pycache__" not in path and "/test" not in path  # noqa: E731
    library = {f"lib/{VERSION}/{name}": content for name, content in pack_folder(f"/usr/lib/{VERSION}", wanted).items()}
    program = pathlib.Path(f"/usr/bin/{VERSION}").read_bytes()
    return pack({f"bin/{VERSION}": program, **library}, executable=[f"bin/{VERSION}"])


def call(server, event, **more):
    answer = server.client("lambda").invoke(FunctionName="vendored", Payload=json.dumps(event).encode(), **more)
    return answer, json.loads(answer["Payload"].read())


def test_it_deploys(server):
    layer = server.client("lambda").publish_layer_version(LayerName="python", Content={"ZipFile": interpreter()})
    server.client("lambda").create_function(
        FunctionName="vendored", Runtime="provided.al2023", Handler="app.handler", Role=server.role, Timeout=20, MemorySize=512,
        Layers=[layer["LayerVersionArn"]], Code={"ZipFile": package()})


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


def test_a_record_of_many_lines_is_one_log_event(server):
    call(server, "first\nsecond\nthird")
    logs = server.client("logs")
    for _ in range(50):
        messages = [event["message"] for event in logs.filter_log_events(logGroupName="/aws/lambda/vendored")["events"]]
        found = [message for message in messages if "first" in message]
        if found:
            break
        time.sleep(0.1)
    equal(len(found), 1)
    assert "first\nsecond\nthird" in found[0], found


def main():
    outcome = Outcome("awslambdaric")
    tests = {name[5:].replace("_", " "): test for name, test in vars(sys.modules[__name__]).items() if name.startswith("test_")}
    why = None
    if importlib.util.find_spec("awslambdaric") is None or importlib.util.find_spec("boto3") is None:
        why = "not installed; dev/install puts it into .build/venv"
    elif not os.path.exists(f"/usr/bin/{VERSION}"):
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
