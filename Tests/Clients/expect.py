"""What several client tests say."""

import contextlib
import time

from botocore.exceptions import ClientError


@contextlib.contextmanager
def refused(code, status=None, contains=None):
    """The calls inside must be refused with this error code."""
    try:
        yield
    except ClientError as error:
        answer = error.response
        assert answer["Error"]["Code"] == code, f"refused with {answer['Error']}, not {code}"
        got = answer["ResponseMetadata"]["HTTPStatusCode"]
        assert status in (None, got), f"{code} came with {got}, not {status}"
        assert contains is None or contains in answer["Error"]["Message"], f"message {answer['Error']['Message']!r}"
        return
    raise AssertionError(f"was not refused with {code}")


def eventually(look, seconds=10.0, every=0.1):
    """What `look` gives once it is true; fails after some seconds."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"did not come within {seconds} seconds: {look.__name__}, last {found!r}"
        time.sleep(every)


def equal(got, wanted):
    assert got == wanted, f"got {got!r}\nnot {wanted!r}"


def holds(got, **wanted):
    """An answer must have these members."""
    for name, value in wanted.items():
        assert got.get(name) == value, f"{name} is {got.get(name)!r}, not {value!r}, in {got!r}"
