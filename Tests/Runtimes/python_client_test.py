#!/usr/bin/env python3
"""Plays the same events to Martlet's Python client and to awslambdaric, AWS's own, and compares every byte they say.

Usage: python_client_test.py [PYTHON]   PYTHON is one that can import awslambdaric (default: .build/venv/bin/python).
"""

import os
import re
import subprocess
import sys
import tempfile

from outcome import Outcome
from python_cases import CASES
from runtime_api import RuntimeAPI, parked

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OURS = os.path.join(ROOT, "runtimes/python/bootstrap.py")
PYTHON = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, ".build/venv/bin/python")
TIMES = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
CLIENT = re.compile(rb'File (\\?")[^"\\]*(runtimes/python/martlet_client|awslambdaric/bootstrap)\.py\\?", line \d+')
ADVICE = re.compile(rb"\[WARNING\]\t[^\n]*LAMBDA_WARNING[^\n]*\n|\{[^\n]*LAMBDA_WARNING[^\n]*\n")


def environment(folder, case):
    return {
        "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TZ": ":UTC", "_HANDLER": case.get("handler", "app.handler"),
        "LAMBDA_TASK_ROOT": folder, "AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]00", "AWS_EXECUTION_ENV": "AWS_Lambda_python3.12",
        **case.get("env", {}),
    }


def play(case, folder, command, start=None):
    api = RuntimeAPI(case.get("events", ["{}"]), case.get("headers"))
    return api.play(command, environment(folder, case), start=start)


def seen(played):
    """What a caller and a reader of the logs can see."""
    answers = [
        (said.path, said.headers.get("content-type") if "/init/" not in said.path else None,
         said.headers.get("lambda-runtime-function-error-type"), CLIENT.sub(b"CLIENT", said.body))
        for said in played.answers
    ]
    return answers, CLIENT.sub(b"CLIENT", ADVICE.sub(b"", TIMES.sub(b"TIME", played.output)))


def compare(case):
    with tempfile.TemporaryDirectory() as folder:
        for name, source in {"app.py": case.get("source", ""), **case.get("files", {})}.items():
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(source)
        theirs = play(case, folder, [PYTHON, "-c", (
            f"import os, sys; os.chdir({folder!r}); sys.path.insert(0, {folder!r}); sys.dont_write_bytecode = True\n"
            "from awslambdaric.__main__ import main; main(['', os.environ['_HANDLER']])")])
        for start in (None, parked):
            ours = play(case, folder, [PYTHON, "-S", "-E", OURS], start)
            if case.get("crash"):
                assert ours.status == theirs.status, f"ended with {ours.status}, not {theirs.status}: {ours.errors!r}"
            assert seen(ours) == seen(theirs), (
                f"said   {seen(ours)}\nnot    {seen(theirs)}\nstderr {ours.errors[-2000:]!r}\nand    {theirs.errors[-2000:]!r}")


def main():
    outcome = Outcome("python client")
    found = subprocess.run([PYTHON, "-c", "import awslambdaric"], capture_output=True) if os.path.exists(PYTHON) else None
    if found is None or found.returncode != 0:
        outcome.skip(len(CASES), f"{PYTHON} has no awslambdaric; dev/install puts it into .build/venv")
    else:
        for title, case in CASES.items():
            outcome.check(title, lambda case=case: compare(case))
    outcome.finish()


if __name__ == "__main__":
    main()
