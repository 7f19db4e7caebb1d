"""State machines through the wire: how many transitions a second eight clients get out of a machine of ten states.

The other server is one that speaks the same protocol, where BENCH_OTHER names its address, such as
http://127.0.0.1:4566 of LocalStack: docs/performance.md says how to get one.
"""

import json
import time
from urllib.parse import urlsplit

from client import Client, document
from machine import median, wrk
from signing import Credentials, signed

STATES, CLIENTS = 10, 8
ROLE = "arn:aws:iam::000000000000:role/bench"
ANYBODY = Credentials("test", "test", "us-east-1")


def definition():
    """Ten states that only pass their input on."""
    names = [f"State{number}" for number in range(STATES)]
    states = {name: {"Type": "Pass", "Next": after} for name, after in zip(names, names[1:])}
    return json.dumps({"StartAt": names[0], "States": {**states, names[-1]: {"Type": "Pass", "End": True}}})


class Machine:
    """The machine on one server, and what runs it."""

    def __init__(self, client, name):
        self.client = client
        self.arn = self.call("CreateStateMachine", name=name, definition=definition(), roleArn=ROLE)["stateMachineArn"]

    def request(self, action, **members):
        return signed(self.client.credentials, "states", "POST", "/", json.dumps(members).encode(), {
            "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"AWSStepFunctions.{action}"})

    def call(self, action, **members):
        answer = self.client.send(self.request(action, **members))
        assert answer.status == 200, answer
        return answer.json()

    def running(self):
        return self.call("ListExecutions", stateMachineArn=self.arn, statusFilter="RUNNING", maxResults=1)["executions"]

    def rate(self, seconds):
        """Transitions a second, from the first start to the last end."""
        begun = time.perf_counter()
        load = wrk(self.client.port, CLIENTS, seconds, self.request("StartExecution", stateMachineArn=self.arn, input='{"a": 1}'))
        assert not load.wrong, f"{load.wrong} starts were refused"
        while self.running():
            time.sleep(0.02)
        return STATES * load.requests / (time.perf_counter() - begun)


def ours(client):
    """The machine on a server of ours, whose role must be there."""
    trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    client.iam("CreateRole", RoleName="bench", AssumeRolePolicyDocument=document(trust))
    return Machine(client, "transitions")


def other(address):
    """The machine on the other server, which believes every signature."""
    return Machine(Client(urlsplit(address).port, ANYBODY), f"transitions-{time.time_ns()}")


def rates(client, address, seconds, rounds):
    """Ours and the other's, in turns; the other's is nothing without an address."""
    one, two = ours(client), other(address) if address else None
    pairs = [(one.rate(seconds), two.rate(seconds) if two else 0) for _ in range(rounds)]
    return median([pair[0] for pair in pairs]), median([pair[1] for pair in pairs])
