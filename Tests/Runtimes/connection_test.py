#!/usr/bin/env python3
"""Plays difficult servers to both runtime clients: large bodies, refused answers, lost connections, sandboxes given up."""

import json
import os
import shutil
import socket
import subprocess
import tempfile

from outcome import Outcome
from runtime_api import RuntimeAPI, parked

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FUNCTIONS = {"p.py": "def handler(event, context):\n    return event\n", "n.js": "exports.handler = async (event) => event;\n"}
CLIENTS = {
    "python": (["/usr/bin/python3", "-S", "-E", os.path.join(ROOT, "runtimes/python/bootstrap.py")], "p.handler"),
    "node": ([shutil.which("node") or "node", os.path.join(ROOT, "runtimes/node/bootstrap.js")], "n.handler"),
}


class Bench:
    """One client with a folder that holds a function which answers its event."""

    def __init__(self, name, folder):
        self.command, handler = CLIENTS[name]
        self.environment = {"PATH": os.environ["PATH"], "LAMBDA_TASK_ROOT": folder, "_HANDLER": handler}

    def play(self, events, start=None, **server):
        return RuntimeAPI(events, **server).play(self.command, self.environment, start=start)

    def large_bodies(self):
        event = json.dumps({"a": "é" * 1_500_000, "b": list(range(200_000))})
        played = self.play([event, "1", event], start=parked)
        assert [json.loads(said.body) for said in played.answers] == [json.loads(event), 1, json.loads(event)]

    def many_events(self):
        played = self.play([str(n) for n in range(500)])
        assert [said.body for said in played.answers] == [b"%d" % n for n in range(500)]

    def refused_answer(self):
        played = self.play(["1", "2", "3"], statuses={0: 413, 1: 400})
        assert [said.body for said in played.answers] == [b"1", b"2", b"3"], played.errors

    def dropped_connection(self):
        played = self.play(["1", "2"], drop_answer=0)
        assert [said.body for said in played.answers][0] == b"1"
        assert played.answers[-1].body == b"2", (played.answers, played.errors)

    def broken_server(self):
        played = self.play(["1", "2"], statuses={0: 500})
        assert played.status == 1 and len(played.answers) == 1, (played.status, played.errors)

    def given_up(self):
        ours, theirs = socket.socketpair()
        process = subprocess.Popen(
            self.command, env={"MARTLET_PARK_FD": str(theirs.fileno()), "PATH": os.environ["PATH"]},
            pass_fds=[theirs.fileno()], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        theirs.close()
        assert ours.recv(1) == b"R"
        ours.close()
        output, errors = process.communicate(timeout=10)
        assert (process.returncode, output, errors) == (0, b"", b""), (process.returncode, output, errors)

    def no_leftovers(self):
        """A parked client forgets the environment it was parked with, and holds no descriptor beyond its connection."""
        folder = self.environment["LAMBDA_TASK_ROOT"]
        sources = {
            "look.py": "import os\ndef handler(e, c):\n    return [sorted(os.environ), len(os.listdir('/proc/self/fd'))]\n",
            "look.js": "exports.handler = async () => [Object.keys(process.env).sort(), 0];\n",
        }
        for name, source in sources.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(source)
        environment = dict(self.environment, _HANDLER="look.handler", NODE_PATH="/n")
        played = RuntimeAPI(["1"]).play(self.command, environment, start=parked)
        names, count = json.loads(played.answers[0].body)
        assert names == sorted([*environment, "AWS_LAMBDA_RUNTIME_API", "_X_AMZN_TRACE_ID"]), names
        assert count <= 5, f"{count} descriptors"  # three, the connection, and the folder that is listed


def main():
    outcome = Outcome("client connections")
    tests = [name for name, value in vars(Bench).items() if callable(value) and name not in ("__init__", "play")]
    for client, (command, _) in CLIENTS.items():
        if shutil.which(command[0]) is None:
            outcome.skip(len(tests), f"no {command[0]}")
            continue
        for test in tests:
            with tempfile.TemporaryDirectory() as folder:
                for name, source in FUNCTIONS.items():
                    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                        file.write(source)
                outcome.check(f"{client}: {test.replace('_', ' ')}", getattr(Bench(client, folder), test))
    outcome.finish()


if __name__ == "__main__":
    main()
