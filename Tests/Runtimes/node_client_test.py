#!/usr/bin/env python3
"""Plays events to Martlet's Node.js client and compares its answers and log lines with those of AWS's own client."""

import json
import os
import re
import shutil
import tempfile

from node_cases import CASES
from outcome import Outcome
from runtime_api import RuntimeAPI, parked

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CLIENT = os.path.join(ROOT, "runtimes/node/bootstrap.js")
PREFIX = "/2018-06-01/runtime/"
TIMES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
IDS = re.compile(r"00000000-0000-4000-8000-\d{12}")


def play(case, node, start):
    with tempfile.TemporaryDirectory() as folder:
        for name, source in {case.get("name", "app.js"): case.get("source", ""), **case.get("files", {})}.items():
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(source)
        environment = {
            "PATH": os.environ["PATH"], "TZ": ":UTC", "_HANDLER": case.get("handler", "app.handler"),
            "LAMBDA_TASK_ROOT": folder, "AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]00",
            **{name: value.replace("FOLDER", folder) for name, value in case.get("env", {}).items()},
        }
        played = RuntimeAPI(case.get("events", ["{}"]), case.get("headers")).play([node, CLIENT], environment, start=start)
        neutral = lambda text: text.replace(folder, "FOLDER").replace(CLIENT, "CLIENT")  # noqa: E731
        answers = [(said.path.removeprefix(PREFIX), json.loads(neutral(said.body.decode())), said.headers) for said in played.answers]
        return played, answers, neutral(IDS.sub("ID", TIMES.sub("TIME", played.output.decode())))


def check(case, node):
    for start in (None, parked):
        played, answers, output = play(case, node, start)
        about = f"\nanswers {answers}\noutput  {output!r}\nstderr  {played.errors!r}"
        assert len(answers) == len(case["answers"]), f"{len(answers)} answers{about}"
        for number, ((path, got, headers), (kind, wanted)) in enumerate(zip(answers, case["answers"])):
            place = kind if kind == "init/error" else f"invocation/00000000-0000-4000-8000-{number:012d}/{kind}"
            assert path == place, f"answered to {path}, not {place}{about}"
            if kind == "response" or "trace" not in wanted:
                assert got == wanted, f"said {got}, not {wanted}{about}"
                continue
            assert list(got) == ["errorType", "errorMessage", "trace"], f"other members{about}"
            assert got["errorType"] == wanted["errorType"], about
            assert wanted["errorMessage"] in (None, got["errorMessage"]), about
            trace = wanted["trace"]
            assert trace is None or got["trace"][:len(trace)] == trace and bool(trace) == bool(got["trace"]), about
            if kind == "init/error":
                assert headers["lambda-runtime-function-error-type"] == wanted["errorType"], about
        if "output" in case:
            exact = case["output"].endswith("\n") or not case["output"]
            assert output == case["output"] if exact else output.startswith(case["output"]), about
        if "status" in case:
            assert played.status == case["status"], f"ended with {played.status}{about}"


def main():
    outcome = Outcome("node client")
    node = shutil.which("node")
    if node is None:
        outcome.skip(len(CASES), "no node on PATH")
    else:
        for title, case in CASES.items():
            outcome.check(title, lambda case=case: check(case, node))
    outcome.finish()


if __name__ == "__main__":
    main()
