#!/usr/bin/env python3
"""Measures every row of the table, each beside its yardstick, in one run on one machine. `dev/bench` calls it.

BENCH_ROWS names the parts to run (cold,warm,operations,accept,memory,many,size,policy,audit,egress,governed,
patterns,events,transitions), BENCH_JSON the file to write, BENCH_OTHER the address of a server to compare with.
"""

import glob
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.append(os.path.join(ROOT, "Tests/EndToEnd"))

from client import packed  # noqa: E402
from machine import median, start, wrk  # noqa: E402
from operations import ordinary  # noqa: E402
from server import Server, descendants, free_port, processes  # noqa: E402
from table import Table  # noqa: E402
from transitions import rates  # noqa: E402

PROGRAM = os.environ.get("MARTLET_PROGRAM", os.path.join(ROOT, ".build/release/martlet"))
BUILT = os.path.join(HERE, ".build/release")
NODE = next((path for path in ("/usr/bin/node", "/usr/bin/nodejs", "/usr/local/bin/node") if os.path.exists(path)), None)
STARTS = int(os.environ.get("BENCH_STARTS", 40))
SECONDS = int(os.environ.get("BENCH_SECONDS", 4))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", 3))
MANY = int(os.environ.get("BENCH_FUNCTIONS", 10_000))
WHOLE_CORE = {"martlet:cpu": "2"}
CODE = {
    "python": ({"function.py": "def handler(event, context):\n    return 'ok'\n"}, "python3.12", "function.handler"),
    "node": ({"index.js": "exports.handler = async () => 'ok';\n"}, "nodejs20.x", "index.handler"),
}


def code(kind):
    """The files, runtime and handler of a function that answers "ok"."""
    if kind in CODE:
        return CODE[kind]
    built = os.path.join(BUILT, "bootstrap")
    if not os.path.exists(built):
        subprocess.run(["cc", "-D_GNU_SOURCE", "-Os", "-s", "-o", built, os.path.join(HERE, "native/bootstrap.c")], check=True)
    with open(built, "rb") as file:
        CODE["native"] = ({"bootstrap": file.read()}, "provided.al2023", "bootstrap")
    return CODE["native"]


def server(*flags):
    return Server("--log-level", "warning", *flags, program=PROGRAM)


def create(client, name, kind, **settings):
    files, runtime, handler = code(kind)
    client.create(name, files, runtime, handler, **{"Timeout": 20, "MemorySize": 128, "Tags": WHOLE_CORE, **settings})


def checked(result, expected=b'"ok"'):
    assert result.status == 200 and not result.function_error and result.body == expected, result
    return result


def first_call(client, name):
    """Microseconds from sending the request of a function's first call to its whole answer."""
    request = client.invocation(name).bytes
    begun = time.perf_counter_ns()
    answer = client.connection.exchange(request)
    took = time.perf_counter_ns() - begun
    assert answer.status == 200 and answer.body == b'"ok"', answer
    return took / 1000


def cold(table, kind, command, against, bound, what, flags=()):
    """First calls of functions that were just made, each beside a start of the bare program."""
    ours, theirs = [], []
    with server(*flags) as one:
        client = one.client()
        for number in range(STARTS + 3):
            name = f"{kind}-{number}"
            create(client, name, kind)
            time.sleep(0.25)  # in which a sandbox is parked again
            bare = start(*command)
            took = first_call(client, name)
            if number >= 3:
                theirs.append(bare)
                ours.append(took)
            client.delete(name)
    table.add(what, median(ours), "us p50", against=against, baseline=median(theirs), bound=bound,
              slowest=max(ours), fastest=min(ours), samples=len(ours))


def rows_cold(table):
    python, bwrap = ("/usr/bin/python3", "-c", "pass"), (shutil.which("bwrap"), "--unshare-all", "--ro-bind", "/", "/", "/bin/true")
    cold(table, "python", python, "python3 -c pass", 0.2, "cold start, Python, parked")
    cold(table, "native", bwrap, "bwrap --unshare-all /bin/true", 0.5, "cold start, native, parked")
    cold(table, "native", bwrap, "bwrap --unshare-all /bin/true", 2, "cold start, native, nothing parked", ("--parked", "0", "--parked-maximum", "0"))
    if NODE:
        cold(table, "node", (NODE, "-e", "0"), "node -e 0", 0.15, "cold start, Node, parked")
    else:
        table.failed("cold start, Node, parked", "there is no node")


class Hello:
    """The yardstick server."""

    def __enter__(self):
        self.port = free_port()
        self.process = subprocess.Popen([os.path.join(BUILT, "hello"), str(self.port)], stdin=subprocess.DEVNULL)
        time.sleep(0.5)
        wrk(self.port, 1, 1)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def rows_warm(table):
    with server() as one, Hello() as hello:
        client = one.client()
        for kind in ("python", "native", "node") if NODE else ("python", "native"):
            create(client, kind, kind)
            checked(client.invoke(kind))
            # The signature of one request is good for minutes, so wrk need not sign.
            for connections in (1, 32):
                wrk(one.port, connections, 1, client.invocation(kind))
                ours, theirs = [], []
                for _ in range(ROUNDS):
                    theirs.append(wrk(hello.port, connections, SECONDS))
                    ours.append(wrk(one.port, connections, SECONDS, client.invocation(kind)))
                assert not sum(load.wrong for load in ours), f"{sum(load.wrong for load in ours)} calls failed"
                if connections == 1:
                    table.add(f"warm call, {kind}, concurrency 1", median([load.p50 for load in ours]), "us p50", against="Hummingbird hello",
                              baseline=median([load.p50 for load in theirs]), bound=2.5 if kind == "python" else None,
                              p99=median([load.p99 for load in ours]))
                else:
                    table.add(f"warm throughput, {kind}, concurrency 32", median([load.per_second for load in ours]), "/s",
                              against="Hummingbird hello", baseline=median([load.per_second for load in theirs]),
                              bound=0.35 if kind == "python" else None, at_least=True, p99=median([load.p99 for load in ours]))


def rows_operations(table):
    """Ordinary operations, one after another, beside warm calls of a Python function in turns with them."""
    with server() as one:
        client = one.client()
        create(client, "python", "python")
        checked(client.invoke("python"))
        operations = ordinary(client)
        call = client.invocation("python")
        calls, took = [], {name: [] for name in operations}
        for _ in range(ROUNDS):
            calls.append(wrk(one.port, 1, SECONDS, call))
            for name, (_, request) in operations.items():
                took[name].append(wrk(one.port, 1, SECONDS, request))
                assert not took[name][-1].wrong, f"{name}: {took[name][-1].said}"
        for name, (bound, _) in operations.items():
            table.add(f"{name}, concurrency 1", median([load.p50 for load in took[name]]), "us p50", against="a warm call, Python",
                      baseline=median([load.p50 for load in calls]), bound=bound, p99=median([load.p99 for load in took[name]]))


def rows_accept(table):
    """Asynchronous calls that are taken in, 64 at a time, beside the same grouping without a server."""
    ours, theirs, groups = [], [], []
    event = b'"' + b"x" * 1022 + b'"'
    sleeps = {"function.py": "import time\ndef handler(event, context):\n    time.sleep(15)\n"}
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="martlet-bench-") as folder:
            said = subprocess.run([os.path.join(BUILT, "commits"), folder, str(SECONDS), "64"], capture_output=True, check=True)
            theirs.append(json.loads(said.stdout)["per_second"])
            groups.append(json.loads(said.stdout)["group"])
        with server() as one:
            client = one.client()
            client.create("sleeps", sleeps, Timeout=20)
            client.reserve("sleeps", 1)
            request = client.invocation("sleeps", event, "Event")
            assert client.send(request).status == 202
            load = wrk(one.port, 64, SECONDS, request)
            assert not load.wrong, f"{load.wrong} of {load.per_second * SECONDS:.0f} calls were refused"
            ours.append(load)
            one.kill()  # it need not work off what it took in
    table.add("durable asynchronous accept, 64 clients, 1 KB", median([load.per_second for load in ours]), "/s",
              against="SQLite alone, 64 callers, same groups", baseline=median(theirs), bound=0.5, at_least=True,
              p50=median([load.p50 for load in ours]), p99=median([load.p99 for load in ours]), group=median(groups))


def charges(megabytes):
    """The memory charged to each control group that has exactly this limit, in MiB."""
    found = []
    for name, usage in (("memory.limit_in_bytes", "memory.usage_in_bytes"), ("memory.max", "memory.current")):
        for path in glob.glob("/sys/fs/cgroup/**/martlet-*/**/" + name, recursive=True):
            with open(path) as limit:
                if limit.read().strip() != str(megabytes << 20):
                    continue
            with open(os.path.join(os.path.dirname(path), usage)) as used:
                found.append(int(used.read()) / (1 << 20))
    return found


def rows_memory(table):
    with server("--parked", "2") as one:
        client = one.client()
        for place, (kind, bound) in enumerate((("python", 6), ("node", 11), ("native", 1.5))):
            if kind == "node" and not NODE:
                continue
            limit = 201 + place  # by which the groups are known
            for number in range(5):
                create(client, f"{kind}-{number}", kind, MemorySize=limit)
                time.sleep(0.4)
                for _ in range(50):
                    checked(client.invoke(f"{kind}-{number}"))
            time.sleep(2)
            found = charges(limit)
            assert len(found) == 5, f"{len(found)} control groups of 5 were found"
            table.add(f"memory of an idle warm instance, {kind}", median(found), "MiB", bound=bound, largest=max(found))


class Footprint:
    """Start-up time and memory of a server, from several starts on one data folder."""

    def __init__(self, one):
        starts, memories, self.processes, self.threads = [], [], 0, 0
        for _ in range(5):
            one.stop()
            one.start(pause=0.0005)
            starts.append(one.started_after * 1000)
            time.sleep(1.5)
            with open(f"/proc/{one.process.pid}/status") as status:
                values = dict(line.split(":", 1) for line in status)
            memories.append(int(values["VmRSS"].split()[0]) / 1024)
            self.threads = int(values["Threads"])
            self.processes = len(descendants(one.process.pid, processes()))
        self.start, self.memory = median(starts), median(memories)


def fill(one, first, last):
    """Registers functions on four connections at once."""
    wrong = []

    def work(numbers):
        client = one.client()
        try:
            for number in numbers:
                create(client, f"function-{number}", "python")
        except Exception as error:  # noqa: BLE001
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(range(first + part, last, 4),)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong[0]


def rows_many(table):
    with server() as one:
        fill(one, 0, 10)
        few = Footprint(one)
        begun = time.monotonic()
        fill(one, 10, MANY)
        took = time.monotonic() - begun
        many = Footprint(one)
        checked(one.client().invoke(f"function-{MANY - 1}"))
    table.add(f"start of the server with {MANY:,} functions", many.start, "ms", against="with 10", baseline=few.start, bound=1.2)
    table.add(f"memory of the server with {MANY:,} functions", many.memory, "MiB", against="with 10", baseline=few.memory, bound=1.2)
    table.add(f"processes and threads with {MANY:,} functions", many.processes + many.threads, "", against="with 10",
              baseline=few.processes + few.threads, bound=1.2)
    table.add("registering functions", (MANY - 10) / took, "/s")


def rows_size(table):
    with server() as one:
        starts = []
        for _ in range(10):
            one.stop()
            one.start(pause=0.0005)
            starts.append(one.started_after * 1000)
    table.add("start of the server", median(starts), "ms")
    with tempfile.TemporaryDirectory() as folder:
        stripped = os.path.join(folder, "martlet")
        subprocess.run(["strip", "-o", stripped, PROGRAM], check=True)
        table.add("size of the program", os.path.getsize(PROGRAM) / 1e6, "MB")
        table.add("size of the program, stripped", os.path.getsize(stripped) / 1e6, "MB")


def said(program, *arguments):
    """The rows of a program of ours that measures by itself: one JSON object a line."""
    done = subprocess.run([os.path.join(os.path.dirname(PROGRAM), program), *arguments, "--json"], capture_output=True, check=True, timeout=600)
    return [json.loads(line) for line in done.stdout.splitlines()]


def take(table, rows):
    """Puts the rows of a program into the table; each has `what`, `value` and `unit`, and what else `Table.add` knows."""
    for row in rows:
        table.add(row.pop("what"), row.pop("value"), row.pop("unit"), **row)


def rows_policy(table):
    take(table, said("policy-bench", "5000"))


def rows_audit(table):
    with tempfile.TemporaryDirectory(prefix="martlet-bench-") as folder:
        take(table, said("audit-bench", folder, str(min(SECONDS, 2)), str(ROUNDS)))


def rows_patterns(table):
    take(table, said("pattern-bench"))


def rows_events(table):
    """Schedules that are due at one time, deliveries beside a dead target, and how soon a function runs for an event."""
    with tempfile.TemporaryDirectory(prefix="martlet-bench-") as folder:
        take(table, said("event-bench", folder))
    with server() as one:
        direct, by_rule = reactions(one.client())
    table.add("event to function over a rule, more than an asynchronous call", median(by_rule) - median(direct), "ms p50",
              against="asynchronous call to function", baseline=median(direct), bound=5)


def reactions(client):
    """Milliseconds from before an asynchronous call, and from before an event that a rule leads to the function, until it runs; in turns."""
    files = {"function.py": "import time\ndef handler(event, context):\n    print('RAN', event.get('detail', event)['n'], time.time())\n"}
    client.create("runs", files, Timeout=20, MemorySize=128, Tags=WHOLE_CORE)

    def events(operation, **input):
        answer = client.call("events", "POST", "/", json.dumps(input).encode(), {
            "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"AWSEvents.{operation}"})
        assert answer.status == 200 and not answer.json().get("FailedEntryCount"), answer
        return answer.json()

    rule = events("PutRule", Name="runs", EventPattern='{"source": ["bench"]}')["RuleArn"]
    events("PutTargets", Rule="runs", Targets=[{"Id": "1", "Arn": "arn:aws:lambda:us-east-1:000000000000:function:runs"}])
    client.rest("POST", "/2015-03-31/functions/runs/policy", {
        "StatementId": "rule", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com", "SourceArn": rule})
    begun, first, count = [], 20, 420
    for number in range(count):
        begun.append(time.time())
        if number % 2:
            events("PutEvents", Entries=[{"Source": "bench", "DetailType": "d", "Detail": json.dumps({"n": number})}])
        else:
            assert client.invoke("runs", {"n": number}, kind="Event").status == 202
        time.sleep(0.02)
    ran, end = {}, time.monotonic() + 60
    while len(ran) < count:
        assert time.monotonic() < end, f"only {len(ran)} of {count} calls ran"
        time.sleep(0.2)
        ran = {int(line.split()[1]): float(line.split()[2]) for line in client.messages("runs") if line.startswith("RAN ")}
    took = [1000 * (ran[number] - begun[number]) for number in range(count)]
    return took[first::2], took[first + 1::2]


def rows_transitions(table):
    """A durable state machine through the wire, beside another server of the same protocol where one runs."""
    address = os.environ.get("BENCH_OTHER")
    with server() as one:
        ours, theirs = rates(one.client(), address, SECONDS, ROUNDS)
    beside = {"against": f"the server at {address}", "baseline": theirs, "bound": 20, "at_least": True} if address else {}
    table.add("state transitions through the wire, 8 clients", ours, "/s", **beside)


def rows_egress(table):
    """The way out beside the direct connection: what its own program measures, and a server and a client that are none of ours."""
    program = os.path.join(os.path.dirname(PROGRAM), "egress-bench")
    take(table, said("egress-bench"))
    with Hello() as hello:
        proxy = subprocess.Popen([program, "proxy", str(hello.port), "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        port = int(proxy.stdout.readline())
        target = f"http://localhost.test:{hello.port}/v1/items"
        wrk(port, 16, 1, target=target)
        direct, through = [], []
        for _ in range(ROUNDS):
            direct.append(wrk(hello.port, 16, SECONDS, path="/v1/items"))
            through.append(wrk(port, 16, SECONDS, target=target))
        assert not sum(load.wrong for load in direct + through), "requests failed"
        proxy.stdin.close()
        proxy.wait()
    table.add("way out: wrk to Hummingbird, 16 connections, 1 KiB", median([load.per_second for load in through]), "/s",
              against="direct", baseline=median([load.per_second for load in direct]), bound=0.5, at_least=True)


def rows_governed(table):
    """What of a warm call's throughput is left by what governs it: the time that a call may take, less that part of it.

    All calls of functions are served on one event loop, so that what a call costs there is what it takes from the others.
    Governing is measured by itself, with the same code, because nothing can switch it off; that an allowed call leaves
    nothing in the audit trail is what makes the two parts all there is.
    """
    with tempfile.TemporaryDirectory(prefix="martlet-bench-") as folder:
        costs = {row["what"]: row["value"] for row in said("audit-bench", folder, "0", "1")}
    cost = costs["governor, every call a new lineage"] + costs["authorizing a call, 40 statements"]
    with server() as one:
        client = one.client()
        create(client, "native", "native")
        checked(client.invoke("native"))
        loads = [wrk(one.port, 32, SECONDS, client.invocation("native")) for _ in range(ROUNDS)]
    each = 1e9 / median([load.per_second for load in loads])
    table.add("governed part of a warm call, native, concurrency 32", cost, "ns", against="time of a call there", baseline=each)
    table.add("warm throughput left by governing", 1 - cost / each, "", bound=0.85, at_least=True)


PARTS = {
    "cold": rows_cold, "warm": rows_warm, "operations": rows_operations, "accept": rows_accept, "memory": rows_memory,
    "many": rows_many, "size": rows_size, "policy": rows_policy, "audit": rows_audit, "egress": rows_egress, "governed": rows_governed,
    "patterns": rows_patterns, "events": rows_events, "transitions": rows_transitions}


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(65536, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    table = Table()
    wanted = os.environ.get("BENCH_ROWS", ",".join(PARTS)).split(",")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; sealing is on, signatures are verified\n")
    for name in wanted:
        try:
            PARTS[name](table)
        except Exception as error:  # noqa: BLE001
            traceback.print_exc()
            table.failed(name, f"{type(error).__name__}: {error}")
    path = os.environ.get("BENCH_JSON", os.path.join(ROOT, ".build/bench.json"))
    table.write(path)
    print(f"\nwritten to {path}")
    print("\n".join(["", *[table.line(row) for row in table.rows]]))


if __name__ == "__main__":
    main()
