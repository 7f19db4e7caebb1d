#!/usr/bin/env python3
"""Makes calls that are kept in the audit trail, kills the server in the middle of them, and tampers with what it left."""

import concurrent.futures
import glob
import http.client
import json
import os
import shutil
import subprocess

from client import eventually
from server import Server

from outcome import Outcome  # isort: skip


class Auditor:
    """Who types the commands, with the server running or not."""

    def __init__(self, server):
        self.server = server
        self.trail = os.path.join(server.data, "audit")

    def run(self, *words, data=None):
        done = subprocess.run(
            [self.server.program, "audit", *words, "--data-dir", data or self.server.data], capture_output=True,
            stdin=subprocess.DEVNULL, timeout=60, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def records(self):
        status, said, complaint = self.run("export", "--output", "jsonl")
        assert status == 0, complaint
        return [json.loads(line) for line in said.splitlines()]

    def recorded(self):
        client = self.server.client()
        client.create("resize", {"function.py": "def handler(event, context): return event"}, Timeout=5)
        assert client.invoke("resize", {"a": "a-payload"}).status == 200
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        connection.request("GET", "/2015-03-31/functions")
        assert connection.getresponse().status == 403
        assert eventually(lambda: any(r["outcome"] == "denied" for r in self.records()), 10, 0.1)
        records = self.records()
        created = [r for r in records if r["action"] == "lambda:CreateFunction"]
        assert len(created) == 1 and created[0]["outcome"] == "succeeded" and created[0]["source"] == "127.0.0.1", created
        assert created[0]["resource"].endswith(":function:resize") and created[0]["principal"].endswith(":root"), created
        assert not any("Invoke" in r["action"] for r in records), "a call that was allowed is kept"
        denied = [r for r in records if r["outcome"] == "denied"]
        assert denied[0]["kind"] == "authentication" and denied[0]["reason"] == "MissingAuthenticationTokenException", denied
        status, said, _ = self.run("tail", "--filter", "DENIED")
        assert status == 0 and len(said.splitlines()) == 1 and said.split("\t")[1] == "denied", said
        follower = subprocess.Popen(
            [self.server.program, "audit", "tail", "--follow", "--output", "json", "--data-dir", self.server.data],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        try:
            client.call("lambda", "GET", "/2015-03-31/functions/followed")
            for line in follower.stdout:
                if json.loads(line)["resource"].endswith(":function:followed"):
                    break
            else:
                raise AssertionError("the follower ended")
        finally:
            follower.terminate()
            follower.wait()
        for path in glob.glob(self.trail + "/*"):
            with open(path, "rb") as file:
                content = file.read()
            assert not any(word in content for word in (b"resize", b"CreateFunction", b"127.0.0.1", b"arn:aws")), path

    def survived(self):
        """Kills the server while many calls are under way; every one that was answered is in the trail."""
        for _ in range(3):
            answered = []

            def work(number):
                client = self.server.client()
                for turn in range(1000):
                    try:
                        answer = client.call("lambda", "GET", f"/2015-03-31/functions/resize?x={number}-{turn}")
                    except Exception:  # The server was killed: the call has no answer.
                        return
                    if answer.status == 200:
                        answered.append(answer.headers["x-amzn-requestid"])

            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                jobs = [pool.submit(work, number) for number in range(8)]
                eventually(lambda: len(answered) > 40, 60)
                self.server.kill()
                for job in jobs:
                    job.result()
            kept = {r.get("requestId") for r in self.records()}
            assert len(answered) > 10 and set(answered) <= kept, (len(answered), len(set(answered) - kept))
            self.server.start()
            status, said, complaint = self.run("verify")
            assert status == 0 and "The trail is whole." in said, (said, complaint)

    def verified(self):
        self.server.stop()
        status, said, complaint = self.run("verify")
        assert status == 0, (said, complaint)
        assert self.run("verify", "--chain-only")[0] == 0
        with open(self.trail + "/head") as file:
            head = file.read().strip()
        copy = os.path.join(self.server.folder, "copy")
        shutil.copytree(self.server.data, copy)
        [segment] = glob.glob(copy + "/audit/*.audit")
        with open(segment, "rb") as file:
            whole = file.read()

        def check(content, *words):
            with open(segment, "wb") as file:
                file.write(content)
            status, _, complaint = self.run("verify", *words, data=copy)
            assert status in (0, 1) and (status == 0 or complaint), complaint
            return status

        assert check(whole) == 0 and check(whole, "--head", head) == 0
        for place in range(0, len(whole), len(whole) // 15):
            changed = bytearray(whole)
            changed[place] ^= 1
            assert check(changed, "--chain-only") == 1, place
        # The last group has a length of its own, so the file can be cut right before it.
        os.remove(copy + "/audit/head")
        at = ends = 158
        while at < len(whole):
            ends, at = at, at + 56 + int.from_bytes(whole[at:at + 4], "big")
        assert check(whole[:ends]) == 0 and check(whole[:ends], "--head", head) == 1
        assert self.run("verify", "--head", head.replace("martlet", "x"), data=copy)[0] == 2

    def refused(self):
        """A server whose trail was cut does not start as if nothing were."""
        [segment] = glob.glob(self.trail + "/*.audit")
        with open(segment, "rb+") as file:
            file.truncate(2000)
        self.server.launch()
        assert self.server.process.wait(30) != 0
        assert "audit trail is not as it was left" in self.server.said()


def main():
    outcome = Outcome("audit trail")
    with Server() as server:
        auditor = Auditor(server)
        outcome.check("calls are kept, sealed, and shown", auditor.recorded)
        outcome.check("kill -9 loses no record of an answered call", auditor.survived)
        outcome.check("verification finds what was changed or cut", auditor.verified)
        outcome.check("a trail that was cut is not gone on with", auditor.refused)
    outcome.finish()


if __name__ == "__main__":
    main()
