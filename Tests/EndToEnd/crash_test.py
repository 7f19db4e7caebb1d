#!/usr/bin/env python3
"""Kills the server while asynchronous calls pour in, again and again: what was acknowledged is run, what ran was asked for.

ROUNDS kills (3), with RATE calls a second at most (150), waiting WAIT seconds (300) for what was in work when a kill came.
"""

import json
import os
import random
import threading
import time

import ledger
from client import eventually
from server import Server, control_groups, descendants, processes

from outcome import Outcome  # isort: skip

ROUNDS, RATE, WAIT = (int(os.environ.get(name, usual)) for name, usual in (("ROUNDS", 3), ("RATE", 150), ("WAIT", 300)))
SENDERS = 4


class Load:
    """Threads that send numbered events and keep what was acknowledged."""

    def __init__(self, server):
        self.server, self.over = server, threading.Event()
        self.acknowledged, self.sent, self.refusals = set(), set(), []
        self.threads = [threading.Thread(target=self.send, args=(number,)) for number in range(SENDERS)]
        for thread in self.threads:
            thread.start()

    def send(self, sender):
        client, count = self.server.client(timeout=10), 0
        while not self.over.is_set():
            count += 1
            name = f"{sender}-{count}"
            self.sent.add(name)
            try:
                result = client.invoke("crash", {"id": name}, kind="Event")
                if result.status == 202:
                    self.acknowledged.add(name)
                else:
                    self.refusals.append(result)
            except (OSError, ConnectionError):
                time.sleep(0.05)
            time.sleep(SENDERS / RATE)

    def end(self):
        self.over.set()
        for thread in self.threads:
            thread.join()


def ran(client):
    names, token = [], None
    while True:
        more = {"nextToken": token} if token else {}
        page = client.logs("FilterLogEvents", logGroupName="/crash/ran", **more)
        names += [event["message"].removeprefix("ran ") for event in page["events"]]
        token = page.get("nextToken")
        if not token:
            return names


def main():
    outcome = Outcome("crashes under load")
    with Server() as server:
        client = server.client()
        # Enough of a processor that a start beside thirty others is not cut off: what fails three times is no loss of the queue.
        ledger.create(client, "crash", "/crash/ran", message='"ran " + event["id"]', after='time.sleep(event.get("seconds", 0))')
        outcome.check("a call is run before any crash", lambda: first_call(client))
        outcome.check("what was in work is taken up at once", lambda: taken_up(server))
        outcome.check("code that a crash left without a record goes away", lambda: swept(server))
        client = server.client()
        load, left = Load(server), []
        try:
            for _ in range(ROUNDS):
                time.sleep(random.uniform(0.5, 2))
                below = [number for number in descendants(server.process.pid) if number != server.process.pid]
                killed = server.process.pid
                server.kill()
                if not eventually(lambda below=below: not alive(below), 10):
                    left.append(alive(below))
                server.start()
                if groups := control_groups(killed):
                    left.append(groups)
        finally:
            time.sleep(0.5)
            load.end()
        client = server.client()
        begun = time.monotonic()
        eventually(lambda: load.acknowledged <= set(ran(client)), WAIT, 1)
        names = ran(client)
        print(f"{ROUNDS} kills, {len(load.sent)} sent, {len(load.acknowledged)} acknowledged, {len(set(names))} run, "
              f"{len(names) - len(set(names))} more than once, all after {time.monotonic() - begun:.0f} s, "
              f"{len(load.refusals)} refused")

        def nothing_lost():
            lost = load.acknowledged - set(names)
            assert load.acknowledged, "nothing was acknowledged at all"
            assert not lost, f"{len(lost)} acknowledged calls never ran: {sorted(lost)[:10]}"

        def nothing_invented():
            assert set(names) <= load.sent | {"first", "held"}, sorted(set(names) - load.sent)[:10]

        def nothing_left():
            assert not left, left

        outcome.check("nothing that was acknowledged is lost", nothing_lost)
        outcome.check("nothing runs that nobody sent", nothing_invented)
        outcome.check("a killed server leaves no process, and the next one no control group of it", nothing_left)
        outcome.check("no call was refused but by the crash", lambda: check_refusals(load))
    outcome.finish()


def first_call(client):
    result = client.invoke("crash", {"id": "first"})
    assert result.status == 200 and not result.function_error, result
    assert ran(client) == ["first"], json.dumps(ran(client))


def taken_up(server):
    """A lease is a minute long; the next server does not wait for the end of one that it cannot have given."""
    assert server.client().invoke("crash", {"id": "held", "seconds": 8}, kind="Event").status == 202
    assert eventually(lambda: ran(server.client()).count("held") == 1, 20), "it was not begun"
    server.kill()
    server.start()
    begun = time.monotonic()
    assert eventually(lambda: ran(server.client()).count("held") == 2, 30, 0.2), ran(server.client())
    print(f"taken up {time.monotonic() - begun:.1f} s after the start")


def swept(server):
    """A zip is written before the record that names it; here the one is there and the other was never committed."""
    code = [os.path.join(base, name) for base, _, files in os.walk(os.path.join(server.data, "blobs")) for name in files]
    assert code, "the function has no code on the disk"
    server.kill()
    old, young = (os.path.join(server.data, "blobs", f"0{digit}", f"0{digit}000000-0000-4000-8000-000000000000") for digit in "12")
    for path in (old, young):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as blob:
            blob.write(b"sealed")
    for path in (old, *code):
        os.utime(path, (time.time() - 2 * 86400,) * 2)
    server.start()
    assert eventually(lambda: not os.path.exists(old), 10), server.said()[-2000:]
    assert os.path.exists(young) and all(os.path.exists(path) for path in code)
    result = server.client().invoke("crash", {"id": "first"})
    assert result.status == 200 and not result.function_error, result


def alive(numbers):
    table = processes()
    return [(number, table[number]) for number in numbers if number in table and table[number][1] != "Z"]


def check_refusals(load):
    assert not load.refusals, load.refusals[:3]


if __name__ == "__main__":
    main()
