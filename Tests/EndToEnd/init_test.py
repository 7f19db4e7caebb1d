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
        assert len(self.lines("quick", "INIT_START Runtime Version: python:3.12")) == 1
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
        [told] = self.lines("crash", "Phase: invoke")
        assert "Status: error\tError Type: Runtime.ExitError" in told, told

    def failures(self):
        """Whatever ends a start, the call that waited for it has a log, and its tail says the same."""
        for name, code, kind in (
                ("raises", "print('BEFORE')\nraise ValueError('why')", "Runtime.Unknown"),
                ("missing", "print('BEFORE')\nimport nothing_of_this_name", "Runtime.ImportModuleError"),
                ("leaves", "import os\nprint('BEFORE', flush=True)\nos._exit(0)", "Runtime.ExitError")):
            self.client.create(name, {"function.py": code})
            result = self.client.invoke(name, log=True)
            assert result.function_error, result
            steps = ("INIT_START", "BEFORE", "INIT_REPORT", "START RequestId", "END RequestId", "REPORT RequestId")
            places = [result.log.find(step) for step in steps]
            assert -1 not in places and places == sorted(places), (name, result.log)
            assert result.log.count(f"Status: error\tError Type: {kind}") == 2, (name, result.log)
            assert self.lines(name, "REPORT RequestId"), self.client.messages(name)
        assert "Runtime exited without providing a reason" in result.value["errorMessage"], result

    def first_words(self):
        self.client.create("words", {"function.py": "print('BEFORE')\ndef handler(event, context): print('WITHIN')"})
        tail = self.client.invoke("words", log=True).log
        assert tail.find("BEFORE") < tail.find("START RequestId") < tail.find("WITHIN"), tail
        assert "BEFORE" not in self.client.invoke("words", log=True).log, "what came before the first call is no part of the second"

    def levels(self):
        logging = {"LogFormat": "JSON", "SystemLogLevel": "WARN"}
        code = "def handler(event, context):\n    if event: raise SystemExit(1)\n"
        self.client.create("levels", {"function.py": code}, LoggingConfig=logging)
        assert "platform." not in self.client.invoke("levels", log=True).log, "nothing is wrong, so nothing is said"
        tail = self.client.invoke("levels", {"fail": True}, log=True).log
        assert "platform.report" in tail and "platform.start" not in tail, tail


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
        outcome.check("a start that fails has a log", starts.failures)
        outcome.check("what is said before the first call is in its tail", starts.first_words)
        outcome.check("the platform's lines have levels", starts.levels)
        outcome.check("it is still the same server", lambda: server.check_unharmed(number))
    outcome.finish()


if __name__ == "__main__":
    main()
