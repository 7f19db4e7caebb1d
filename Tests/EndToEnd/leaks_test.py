#!/usr/bin/env python3
"""Kills KILLS runtimes (100) in every way a runtime can end, then counts what is left of them."""

import os
import time

from client import eventually
from server import Server, control_groups, descendants, mounts, open_descriptors, processes, resident

from outcome import Outcome  # isort: skip

KILLS = int(os.environ.get("KILLS", 100))
FUNCTION = '''
import ctypes, os, signal, subprocess, sys
def handler(event, context):
    how = event["how"]
    if how == "killed": os.kill(os.getpid(), signal.SIGKILL)
    if how == "exits": os._exit(3)
    if how == "crashes": ctypes.string_at(0)
    if how == "aborts": os.abort()
    if how == "orphans":
        for _ in range(3): subprocess.Popen(["sleep", "600"])
        os._exit(4)
    return how
'''
AT_INIT = "import os\nos._exit(5)\n"
ENDINGS = {
    "killed": "signal: killed", "exits": "exit status 3", "crashes": "signal: segmentation fault", "aborts": "signal: aborted",
    "orphans": "exit status 4", "init": "exit status 5",
}


class Counts:
    """What the machine holds for one server."""

    def __init__(self, server):
        number = server.process.pid
        table = processes()
        below = descendants(number, table)
        self.values = {
            "descriptors of the server": open_descriptors(number),
            "processes": len(below), "zombies": sum(table[below_one][1] == "Z" for below_one in below),
            "control groups": len(control_groups(number)), "mounts of the host": mounts("self"),
        }
        for child in below:
            if table[child][0] == number and table[child][2].startswith("martlet"):
                self.values["descriptors of the starter"] = open_descriptors(child)
                self.values["mounts of the starter"] = mounts(child)
                self.starter = child
        self.memory = {"server": resident(number), "starter": resident(self.starter)}

    def above(self, other):
        return {name: (other.values[name], value) for name, value in self.values.items() if value > other.values.get(name, 0)}

    def __repr__(self):
        counts = [f"{value} {name}" for name, value in self.values.items()]
        return ", ".join(counts + [f"{value} KB of the {name}" for name, value in self.memory.items()])


def end_one(client, how):
    result = client.invoke("init" if how == "init" else "ends", {"how": how})
    assert result.status == 200 and result.function_error == "Unhandled", (how, result)
    assert result.error_type == "Runtime.ExitError", (how, result)
    assert ENDINGS[how] in result.value["errorMessage"], (how, result)


def end_many(client, count, wrong):
    for number in range(count):
        how = list(ENDINGS)[number % len(ENDINGS)]
        try:
            end_one(client, how)
        except AssertionError as error:
            wrong.append(str(error))


def settled(server):
    """The counts once they have stopped falling."""
    lowest, since = Counts(server), time.monotonic()
    while time.monotonic() - since < 3:
        time.sleep(0.5)
        now = Counts(server)
        if any(now.values[name] < value for name, value in lowest.values.items() if name in now.values):
            since = time.monotonic()
        lowest = now
    return lowest


def main():
    outcome = Outcome("leaks")
    with Server("--parked-maximum", "2") as server:
        client = server.client()
        client.create("ends", {"function.py": FUNCTION}, Timeout=10)
        client.create("init", {"function.py": AT_INIT}, Timeout=10)
        wrong = []
        end_many(client, len(ENDINGS), wrong)
        before = settled(server)
        print(f"before: {before}")
        begun = time.monotonic()
        end_many(client, KILLS, wrong)
        took = time.monotonic() - begun
        # Parked sandboxes follow demand, and what was taken up for the rush is given back within a minute.
        eventually(lambda: not Counts(server).above(before), 90, 1)
        after = Counts(server)
        print(f"after {KILLS} ends in {took:.1f} s: {after}")

        def same():
            assert not after.above(before), f"before and after: {after.above(before)}"

        def bounded():
            # The server keeps pages of its store (16 MB each for writing and for reading), 8,192 streams and 20,000 names.
            allowed = {"server": min(2048 + 8 * KILLS, 49152), "starter": 512}
            grown = {name: after.memory[name] - value for name, value in before.memory.items()}
            assert all(grown[name] <= most for name, most in allowed.items()), f"KB grown: {grown}, allowed: {allowed}"

        def right():
            assert not wrong, f"{len(wrong)} of {KILLS + len(ENDINGS)}: {wrong[:3]}"

        outcome.check("every caller gets the right error", right)
        outcome.check("no descriptor, process, zombie, control group or mount is left", same)
        outcome.check("memory grows by nothing but bounded caches", bounded)
        outcome.check("the function still answers", lambda: answers(client))
        outcome.check("nothing is left of a server that ended", lambda: ends(server))
    outcome.finish()


def answers(client):
    result = client.invoke("ends", {"how": "well"})
    assert result.status == 200 and result.value == "well", result


def ends(server):
    below = descendants(server.process.pid)
    number = server.process.pid
    status = server.stop()
    assert status == 0, (status, server.said())
    table = processes()
    left = [(one, table[one]) for one in below if one in table]
    assert not left, left
    assert not control_groups(number), control_groups(number)


if __name__ == "__main__":
    main()
