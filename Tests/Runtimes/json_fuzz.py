#!/usr/bin/env python3
"""Compares the JSON of Martlet's Python client with that of awslambdaric over random values, for some seconds.

Usage: json_fuzz.py [SECONDS] [SEED]   run by a Python that can import awslambdaric (.build/venv/bin/python).
"""

import collections
import decimal
import enum
import importlib.util
import os
import pathlib
import random
import sys
import time

from outcome import Outcome

CLIENT = pathlib.Path(__file__).resolve().parents[2] / "runtimes/python/martlet_client.py"
CHARACTERS = ["a", '"', "\\", "\n", "\x00", "\x1f", "\x7f", "é", "\u2028", "😀", "\ud800", "/", "<"]
Pair = collections.namedtuple("Pair", "a b")


class Text(str):
    pass


class Number(enum.IntEnum):
    THREE = 3


class Values:
    """Random values of the kinds that handlers return, and some that they should not."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def text(self):
        return "".join(self.random.choice(CHARACTERS) for _ in range(self.random.randrange(4)))

    def odd(self):
        return self.random.choice([
            b"x", b"\xff", decimal.Decimal("1.10"), decimal.Decimal("Infinity"), decimal.Decimal("sNaN"), Number.THREE, Text("q"),
            {1}, object])

    def key(self):
        return self.random.choice([self.text(), self.text(), self.text(), 1, None, 2.5, True, b"k", Number.THREE, Text("w"), (1,)])

    def leaf(self):
        pick = self.random
        return pick.choice([
            None, True, False, pick.randrange(-5, 10**20), pick.uniform(-1e3, 1e3) * 10.0 ** pick.randrange(-20, 20), self.text(),
            float("nan"), float("-inf"), self.odd()])

    def value(self, depth=3):
        kind = self.random.randrange(18 if depth else 10)
        several = range(self.random.randrange(4))
        if kind < 10:
            return self.leaf()
        if kind < 13:
            return {self.key(): self.value(depth - 1) for _ in several}
        if kind < 16:
            return [self.value(depth - 1) for _ in several]
        return tuple(self.value(depth - 1) for _ in several) if kind == 16 else Pair(self.value(depth - 1), self.value(depth - 1))


def load_client():
    spec = importlib.util.spec_from_file_location("martlet_client", CLIENT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compare(ours, theirs, value):
    try:
        wanted = theirs.marshal_response(value)[0]
    except Exception as error:  # noqa: BLE001
        wanted = error.msg
    try:
        got = ours.encode(value)
    except Exception as error:  # noqa: BLE001
        got = f"Unable to marshal response: {error}"
    assert got == wanted, f"of {value!r}\ngot {got!r}\nnot {wanted!r}"


def main():
    outcome = Outcome("JSON of the Python client")
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
    if importlib.util.find_spec("awslambdaric") is None:
        outcome.skip(2, "no awslambdaric; run by .build/venv/bin/python")
        outcome.finish()
    from awslambdaric.lambda_runtime_marshaller import LambdaMarshaller
    client = load_client()
    for environment in ("AWS_Lambda_python3.11", "AWS_Lambda_python3.12"):
        os.environ["AWS_EXECUTION_ENV"] = environment
        ours, theirs, values = client.JSONText(environment.endswith("11")), LambdaMarshaller(), Values(seed)

        def body():
            end, count = time.monotonic() + seconds / 2, 0
            while time.monotonic() < end:
                value = values.value()
                if not isinstance(value, bytes):
                    compare(ours, theirs, value)
                count += 1
            print(f"{count} values, seed {seed}")

        outcome.check(environment, body)
    outcome.finish()


if __name__ == "__main__":
    main()
