#!/usr/bin/env python3
"""Hours of load, with the server killed again and again; nothing acknowledged may get lost, and nothing may leak.

Usage: soak.py [MINUTES]
"""

import collections
import json
import os
import pathlib
import random
import re
import signal
import sys
import threading
import time

from server import Server

from packages import pack

SOURCE = """
import os, time
def handler(event, context):
    kind = event["kind"]
    if kind == "fail":
        raise ValueError("asked")
    if kind == "exit":
        os._exit(9)
    if kind == "hang":
        time.sleep(30)
    if kind == "hog":
        event["x"] = bytearray(1 << 30)
    print("did", event["id"])
    return event["id"]
"""
EXPECTED = {"fail": "ValueError", "exit": "Runtime.ExitError", "hang": "Sandbox.Timedout", "hog": "Runtime.OutOfMemory|Runtime.ExitError"}


class Soak:
    """The load and what came of it."""

    def __init__(self, server):
        self.server, self.stopping, self.counts = server, threading.Event(), collections.Counter()
        self.acknowledged, self.wrong, self.down = set(), [], threading.Event()

    def sync_caller(self, number):
        pick, client = random.Random(number), self.server.client("lambda")
        while not self.stopping.is_set():
            kind = pick.choices(["ok", "fail", "exit", "hang", "hog"], [80, 8, 4, 2, 2])[0]
            name = f"s{number}-{self.counts['calls']}"
            try:
                answer = client.invoke(FunctionName="soak", Payload=json.dumps({"id": name, "kind": kind, "pad": "x" * pick.choice([1, 1, 9000])}))
                result = json.loads(answer["Payload"].read())
            except Exception as error:  # noqa: BLE001
                self.counts[type(error).__name__] += 1
                if "TooManyRequests" not in str(error) and not self.down.is_set() and "Connection" not in type(error).__name__:
                    self.wrong.append(f"{kind}: {error}")
                time.sleep(0.05)
                continue
            self.counts["calls"] += 1
            self.counts[kind] += 1
            right = result == name if kind == "ok" else isinstance(result, dict) and re.fullmatch(EXPECTED[kind], result.get("errorType", ""))
            if not right:
                self.wrong.append(f"{kind}: {json.dumps(result)[:300]}")

    def async_caller(self, number):
        client, count = self.server.client("lambda"), 0
        while not self.stopping.is_set():
            count += 1
            name = f"a{number}-{count}"
            try:
                client.invoke(FunctionName="soak", InvocationType="Event", Payload=json.dumps({"id": name, "kind": "ok"}))
                self.acknowledged.add(name)
            except Exception as error:  # noqa: BLE001
                self.counts["async " + type(error).__name__] += 1
            time.sleep(0.02)

    def killer(self):
        while not self.stopping.wait(random.uniform(15, 45)):
            self.down.set()
            self.server.process.send_signal(signal.SIGKILL)
            self.server.process.wait()
            self.server.start()
            self.counts["kills"] += 1
            time.sleep(2)
            self.down.clear()

    def done(self):
        """The ids of the events whose log line arrived."""
        pages = self.server.client("logs").get_paginator("filter_log_events").paginate(logGroupName="/aws/lambda/soak", filterPattern="did")
        return {event["message"].split()[1] for page in pages for event in page["events"] if event["message"].startswith("did ")}


def family(pid):
    """A process and all below it, with their states."""
    children = collections.defaultdict(list)
    states = {}
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        children[int(fields[1])].append(int(entry.name))
        states[int(entry.name)] = fields[0]
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        todo += children[one]
    return {one: states.get(one) for one in found}


def counted(server):
    """What must not grow: descriptors and memory of the server, zombies, mounts, cgroups."""
    pid = server.process.pid
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return {
        "descriptors": len(os.listdir(f"/proc/{pid}/fd")),
        "resident MiB": int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024,
        "zombies": sum(1 for state in family(pid).values() if state == "Z"),
        "processes": len(family(pid)),
        "mounts": len(pathlib.Path(f"/proc/{pid}/mountinfo").read_text().splitlines()),
        "cgroups": sum(1 for path, _, _ in os.walk("/sys/fs/cgroup") if "martlet" in path),
    }


def main():
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    with Server() as server:
        server.client("lambda").create_function(
            FunctionName="soak", Runtime="python3.12", Handler="app.handler", Role=server.role, Timeout=2, MemorySize=128,
            Code={"ZipFile": pack({"app.py": SOURCE})})
        soak = Soak(server)
        threads = [threading.Thread(target=soak.sync_caller, args=(n,)) for n in range(6)]
        threads += [threading.Thread(target=soak.async_caller, args=(n,)) for n in range(2)] + [threading.Thread(target=soak.killer)]
        for thread in threads:
            thread.start()
        end = time.monotonic() + minutes * 60
        while time.monotonic() < end:
            time.sleep(min(10, max(0, end - time.monotonic())))
            if not soak.down.is_set():
                print(f"{dict(soak.counts)} wrong {len(soak.wrong)} {counted(server)}", flush=True)
        soak.stopping.set()
        for thread in threads:
            thread.join()
        deadline = time.monotonic() + 300
        while (missing := soak.acknowledged - soak.done()) and time.monotonic() < deadline:
            print(f"waiting for {len(missing)} events", flush=True)
            time.sleep(5)
        print(f"{len(soak.acknowledged)} asynchronous events acknowledged, {len(missing)} lost, {len(soak.wrong)} wrong answers")
        for line in soak.wrong[:10]:
            print("  " + line)
        print(f"at the end: {counted(server)}")
    failed = (1 if missing else 0) + (1 if soak.wrong else 0)
    print(f"soak: {2 - failed} passed, {failed} failed, 0 skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
