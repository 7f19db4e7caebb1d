#!/usr/bin/env python3
"""Starts functions that take their time: one start too long is tried again within the call, and the call's time is all it gets."""

import re
import time

from client import eventually
from server import Server

from outcome import Outcome  # isort: skip

# Takes START seconds to be imported and WORK seconds for each call.
FUNCTION = '''
import os, time
print("BEGUN", flush=True)
time.sleep(float(os.environ["START"]))
def handler(event, context):
    left = context.get_remaining_time_in_millis()
    time.sleep(float(os.environ["WORK"]))
    return {"pid": os.getpid(), "left": left}
'''


class Starts:
    """The cases, on a server where a start may take a second."""

    def __init__(self, server):
        self.client = server.client()

    def make(self, name, start, work, timeout):
        self.client.create(name, {"function.py": FUNCTION}, Timeout=timeout, Environment={"Variables": {"START": str(start), "WORK": str(work)}})

    def call(self, name):
        begun = time.monotonic()
        result = self.client.invoke(name)
        assert result.status == 200, result
        return result, time.monotonic() - begun

    def lines(self, name, wanted):
        found = eventually(lambda: [line for line in self.client.messages(name) if wanted in line], 5)
        return found or []

    def in_time(self):
        self.make("quick", 0, 0, 5)
        result, _ = self.call("quick")
        assert result.value["left"] > 4500, result.value
        [report] = self.lines("quick", "REPORT RequestId")
        assert "Init Duration:" in report, report
        assert len(self.lines("quick", "BEGUN")) == 1 and not [line for line in self.client.messages("quick") if "INIT_REPORT" in line]

    def second_start(self):
        self.make("slow", 2, 0, 6)
        result, seconds = self.call("slow")
        assert not result.function_error, result
        assert 3 <= seconds < 15, seconds
        assert result.value["left"] < 4100, "the second start takes its time from the call's"
        assert len(self.lines("slow", "BEGUN")) == 2, "it was to start twice"
        [told] = self.lines("slow", "INIT_REPORT")
        assert "Phase: init" in told and "Status: timeout" in told, told
        [report] = self.lines("slow", "REPORT RequestId")
        assert duration(report) >= 2000 and "Init Duration" not in report, report
        again, _ = self.call("slow")
        assert again.value["pid"] == result.value["pid"] and again.value["left"] > 4500, (again.value, result.value)
        assert duration(self.lines("slow", "REPORT RequestId")[-1]) < 1900

    def never(self):
        self.make("never", 30, 0, 2)
        result, seconds = self.call("never")
        assert result.error_type == "Sandbox.Timedout" and "Task timed out after 2.00 seconds" in result.value["errorMessage"], result
        assert 3 <= seconds < 15, seconds
        assert self.lines("never", "Task timed out after 2.00 seconds"), self.client.messages("never")

    def shared_time(self):
        self.make("shared", 2, 2, 3)
        result, seconds = self.call("shared")
        assert result.error_type == "Sandbox.Timedout" and "Task timed out after 3.00 seconds" in result.value["errorMessage"], result
        assert 3.5 <= seconds < 15, seconds

    def crash(self):
        self.client.create("crash", {"function.py": "import os, time\ntime.sleep(1.5)\nos._exit(3)\n"}, Timeout=5)
        result, _ = self.call("crash")
        assert result.error_type == "Runtime.ExitError", result


def duration(report):
    return float(re.search(r"\tDuration: ([\d.]+) ms", report).group(1))


def main():
    outcome = Outcome("starts")
    with Server("--init-seconds", "1") as server:
        starts, number = Starts(server), server.process.pid
        outcome.check("a start in time is no part of the call", starts.in_time)
        outcome.check("one that is not is tried again within the call", starts.second_start)
        outcome.check("twice too long is the call's timeout", starts.never)
        outcome.check("a second start and its call share one timeout", starts.shared_time)
        outcome.check("a second start that ends by itself says so", starts.crash)
        outcome.check("it is still the same server", lambda: server.check_unharmed(number))
    outcome.finish()


if __name__ == "__main__":
    main()
