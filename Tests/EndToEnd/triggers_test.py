#!/usr/bin/env python3
"""Functions that queues and URLs call: bounds, stops, loops, crashes and attacks.

ROUNDS kills (3) while messages pour in, RATE a second at most (100), waiting WAIT seconds (240) for the last to be done.
"""

import json
import os
import random
import subprocess
import threading
import time

from client import eventually
from server import Server
from signing import Connection, Credentials, signed

from outcome import Outcome  # isort: skip

ROUNDS, RATE, WAIT = (int(os.environ.get(name, usual)) for name, usual in (("ROUNDS", 3), ("RATE", 100), ("WAIT", 240)))
ACTIONS = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:SendMessage", "logs:PutLogEvents", "lambda:InvokeFunctionUrl"]
# What it prints comes into its log in the background; what it puts is durable when the answer comes.
FUNCTION = '''
import http.client, json, os, time
def ask(service, path, body, headers):
    door = http.client.HTTPConnection("127.0.0.1", 9001, timeout=20)
    scope = "x/20260101/" + os.environ["AWS_REGION"] + "/" + service + "/aws4_request"
    door.request("POST", path, body, {**headers, "Authorization": "AWS4-HMAC-SHA256 Credential=" + scope + ", SignedHeaders=host, Signature=0"})
    answer = door.getresponse()
    said = answer.read().decode()
    if answer.status != 200: raise Exception(said)
    return said
def send(queue, body):
    message = {"QueueUrl": "http://x/000000000000/" + queue, "MessageBody": json.dumps(body)}
    if queue.endswith(".fifo"): message |= {"MessageGroupId": "g", "MessageDeduplicationId": str(time.time())}
    ask("sqs", "/", json.dumps(message), {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.SendMessage"})
def put(line):
    body = json.dumps({"logGroupName": "/triggers/ran", "logStreamName": "ran",
        "logEvents": [{"timestamp": int(time.time() * 1000), "message": line}]})
    ask("logs", "/", body, {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Logs_20140328.PutLogEvents"})
def handler(event, context):
    if "Records" not in event:
        if "sleep" in event: time.sleep(event["sleep"])
        return {"statusCode": 200, "body": json.dumps(event)}
    for record in event["Records"]:
        todo = json.loads(record["body"])
        began = time.time()
        time.sleep(todo.get("sleep", 0))
        print("RAN", json.dumps([todo.get("n"), began, time.time(), record["attributes"]["ApproximateReceiveCount"]]))
        if "put" in todo: put("ran " + todo["put"])
        if todo.get("left", 0) > 0: send(todo["to"][context.function_name], {**todo, "left": todo["left"] - 1})
'''


class Triggers:
    """The cases; each has its own functions and queues."""

    def __init__(self, server):
        self.server, self.client = server, server.client()
        self.role = self.client.role("triggered", *ACTIONS)

    def sqs(self, operation, client=None, **members):
        answer = (client or self.client).call("sqs", "POST", "/", json.dumps(members).encode(), {
            "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"AmazonSQS.{operation}"})
        assert answer.status == 200, answer
        return answer.json()

    def said(self, *arguments):
        done = subprocess.run([self.server.program, *arguments, "--data-dir", self.server.data], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=30, check=False)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def queue(self, name, **attributes):
        return self.sqs("CreateQueue", QueueName=name, Attributes=attributes)["QueueUrl"]

    def trigger(self, name, queue=None, attributes=None, **settings):
        """A function and the queue that calls it."""
        self.client.create(name, {"function.py": FUNCTION}, Timeout=20, Role=self.role)
        url = self.queue(queue or name, **(attributes or {}))
        mapping = self.client.rest("POST", "/2015-03-31/event-source-mappings", {
            "EventSourceArn": f"arn:aws:sqs:us-east-1:000000000000:{queue or name}", "FunctionName": name, **settings}).json()
        return url, mapping["UUID"]

    def mapping(self, uuid):
        return self.client.rest("GET", f"/2015-03-31/event-source-mappings/{uuid}").json()

    def send(self, url, *bodies, client=None, **members):
        for body in bodies:
            self.sqs("SendMessage", client=client, QueueUrl=url, MessageBody=json.dumps(body), **members)

    def ran(self, name):
        """What a function has run: (number, begin, end, receives)."""
        return [json.loads(line[line.index("RAN ") + 4:]) for line in self.client.messages(name) if "RAN " in line]

    def depth(self, url):
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"]
        return sum(int(number) for number in self.sqs("GetQueueAttributes", QueueUrl=url, AttributeNames=names)["Attributes"].values())

    def concurrency(self):
        url, _ = self.trigger("bounded", BatchSize=1, ScalingConfig={"MaximumConcurrency": 2})
        self.send(url, *({"n": n, "sleep": 0.3} for n in range(10)))
        assert eventually(lambda: self.depth(url) == 0, 120), self.server.said()[-2000:]
        spans = [(begin, end) for _, begin, end, _ in eventually(lambda: len(self.ran("bounded")) == 10 and self.ran("bounded"), 10)]
        assert most_at_once(spans) == 2, spans

    def stop_and_lift(self):
        """A stop costs no message and no receive."""
        url, uuid = self.trigger("halted", attributes={"VisibilityTimeout": "20"})
        self.send(url, {"n": 0})
        assert eventually(lambda: len(self.ran("halted")) == 1, 20)
        self.said("governor", "stop", "function/halted", "--reason", "on purpose")
        self.send(url, *({"n": n} for n in range(1, 4)))
        time.sleep(1.5)
        attributes = self.sqs("GetQueueAttributes", QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert (attributes["ApproximateNumberOfMessages"], len(self.ran("halted"))) == ("3", 1), attributes
        self.said("governor", "lift", "function/halted")
        assert eventually(lambda: self.depth(url) == 0, 20), self.mapping(uuid)
        assert eventually(lambda: len(self.ran("halted")) == 4, 10)
        assert {receives for *_, receives in self.ran("halted")} == {"1"}, self.ran("halted")

    def throttled(self):
        """While others use all that the function may have, its messages wait where they are."""
        url, _ = self.trigger("narrow", attributes={"VisibilityTimeout": "20"})
        self.client.reserve("narrow", 1)
        other = self.client.another()
        thread = threading.Thread(target=lambda: other.invoke("narrow", {"sleep": 3}))
        thread.start()
        time.sleep(1)
        self.send(url, {"n": 1}, {"n": 2})
        thread.join()
        assert eventually(lambda: self.depth(url) == 0, 20)
        assert eventually(lambda: len(self.ran("narrow")) == 2, 10)
        assert {receives for *_, receives in self.ran("narrow")} == {"1"}, self.ran("narrow")

    def loop(self):
        """A function that sends to its own queue is called sixteen times, and the chain is told."""
        dead = self.queue("loop-dead")
        redrive = json.dumps({"deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:loop-dead", "maxReceiveCount": "5"})
        url, uuid = self.trigger("looping", attributes={"RedrivePolicy": redrive, "VisibilityTimeout": "20"})
        self.send(url, {"left": 1000, "to": {"looping": "looping"}})
        assert eventually(lambda: self.depth(dead) == 1, 60), self.server.said()[-2000:]
        assert eventually(lambda: len(self.ran("looping")) == 16, 10), len(self.ran("looping"))
        assert self.depth(url) == 0
        assert "looping ×16" in self.mapping(uuid)["LastProcessingResult"], self.mapping(uuid)
        said = [line for line in self.server.said().splitlines() if "the loop was ended" in line]
        assert len(said) == 1 and "looping ×16" in said[0] and "dead letter" in said[0], said
        # Those that come from outside go on.
        self.send(url, {"n": 17})
        assert eventually(lambda: len(self.ran("looping")) == 17, 20)

    def long_loop(self):
        """Two functions that call each other: the chain names both; it is on record."""
        first, uuid = self.trigger("ping", attributes={"VisibilityTimeout": "20"})
        second, _ = self.trigger("pong", attributes={"VisibilityTimeout": "20"})
        self.send(first, {"left": 1000, "to": {"ping": "pong", "pong": "ping"}})
        assert eventually(lambda: "A loop was ended" in self.mapping(uuid).get("LastProcessingResult", ""), 60), self.server.said()[-2000:]
        assert "(ping ×16 → pong ×16), and the message that would call it again was deleted" in self.mapping(uuid)["LastProcessingResult"]
        assert eventually(lambda: (self.depth(first), self.depth(second)) == (0, 0), 5)
        assert (len(self.ran("ping")), len(self.ran("pong"))) == (16, 16)
        trail = eventually(lambda: [line for line in self.said("audit", "tail", "--output", "json").splitlines() if "governor:LoopEnded" in line
                                    and "ping" in line], 10)
        assert trail and "ping ×16 → pong ×16" in trail[0], trail

    def allowed_loop(self):
        url, _ = self.trigger("recursive", attributes={"VisibilityTimeout": "20"})
        self.client.rest("PUT", "/2024-08-31/functions/recursive/recursion-config", {"RecursiveLoop": "Allow"})
        self.send(url, {"left": 19, "to": {"recursive": "recursive"}})
        assert eventually(lambda: len(self.ran("recursive")) == 20, 60), len(self.ran("recursive"))
        assert self.depth(url) == 0

    def crashes(self):
        """Kills under load: what was acknowledged is run, and the mapping goes on by itself."""
        self.client.logs("CreateLogGroup", logGroupName="/triggers/ran")
        self.client.logs("CreateLogStream", logGroupName="/triggers/ran", logStreamName="ran")
        url, uuid = self.trigger("crashing", attributes={"VisibilityTimeout": "30"})
        over, acknowledged, sent = threading.Event(), set(), set()

        def pour(sender):
            client, count = self.server.client(timeout=10), 0
            while not over.is_set():
                count += 1
                name = f"{sender}-{count}"
                sent.add(name)
                try:
                    self.send(url, {"put": name}, client=client)
                    acknowledged.add(name)
                except (OSError, ConnectionError, AssertionError):
                    time.sleep(0.05)
                time.sleep(2 / RATE)
        threads = [threading.Thread(target=pour, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(ROUNDS):
                time.sleep(random.uniform(0.5, 2))
                self.server.kill()
                self.server.start()
        finally:
            time.sleep(0.5)
            over.set()
            for thread in threads:
                thread.join()
        self.client = self.server.client()
        assert self.mapping(uuid)["State"] == "Enabled"
        begun = time.monotonic()
        eventually(lambda: acknowledged <= set(self.put()), WAIT, 1)
        names = self.put()
        print(f"{ROUNDS} kills, {len(sent)} sent, {len(acknowledged)} acknowledged, {len(set(names))} run, "
              f"{len(names) - len(set(names))} more than once, all after {time.monotonic() - begun:.0f} s")
        assert acknowledged and acknowledged <= set(names), sorted(acknowledged - set(names))[:10]
        assert set(names) <= sent, sorted(set(names) - sent)[:10]
        assert eventually(lambda: self.depth(url) == 0, 40)

    def put(self):
        names, token = [], None
        while True:
            more = {"nextToken": token} if token else {}
            page = self.client.logs("FilterLogEvents", logGroupName="/triggers/ran", **more)
            names += [event["message"].removeprefix("ran ") for event in page["events"]]
            token = page.get("nextToken")
            if not token:
                return names

    def url(self, name, auth="NONE", permission=True):
        """The id of a new function's URL."""
        self.client.create(name, {"function.py": FUNCTION}, Timeout=20, Role=self.role)
        made = self.client.rest("POST", f"/2021-10-31/functions/{name}/url", {"AuthType": auth}).json()
        if permission:
            self.client.rest("POST", f"/2015-03-31/functions/{name}/policy", {
                "StatementId": "url", "Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": auth})
        return made["FunctionUrl"].rstrip("/").rsplit("/", 1)[1]

    def raw(self, text, body=b""):
        """Sends bytes as they are, on a connection of their own."""
        connection = Connection(self.server.port, 30)
        try:
            return connection.exchange(text.encode("latin-1") + body)
        finally:
            connection.close()

    def get(self, path, host="127.0.0.1", more=""):
        return self.raw(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n")

    def url_attacks(self):
        own, other = self.url("guarded", "AWS_IAM", permission=False), self.url("neighbour", "AWS_IAM", permission=False)
        known = self.server.credentials
        number = self.server.process.pid

        def call(request):
            connection = Connection(self.server.port, 30)
            try:
                return connection.exchange(request.bytes)
            finally:
                connection.close()
        good = signed(known, "lambda", "GET", f"/_url/{own}/")
        assert call(good).status == 200, call(good)
        refused = {
            "unsigned": self.get(f"/_url/{own}/"), "no id": self.get("/_url/"), "nobody's id": self.get(f"/_url/{'a' * 32}/"),
            "a short id": self.get(f"/_url/{own[:-1]}/"), "a long id": self.get(f"/_url/{own}a/"), "capitals": self.get(f"/_url/{own.upper()}/"),
            "dots": self.get(f"/_url/../_url/{own}/"), "an escaped id": self.get(f"/_url/%{ord(own[0]):02x}{own[1:]}/"),
            "a wrong secret": call(signed(Credentials(known.key, "x" * 40, known.region), "lambda", "GET", f"/_url/{own}/")),
            "another service": call(signed(known, "s3", "GET", f"/_url/{own}/")),
            "another region": call(signed(Credentials(known.key, known.secret, "eu-west-9"), "lambda", "GET", f"/_url/{own}/")),
            "an old signature": call(signed(known, "lambda", "GET", f"/_url/{own}/", now=time.time() - 3600)),
            "another function's signature": call(good._replace(path=f"/_url/{other}/")),
            "another query": call(good._replace(path=f"/_url/{own}/?x=1")),
            "another method": call(good._replace(method="DELETE")),
            "another host": call(good._replace(headers={**good.headers, "Host": f"{own}.lambda-url.us-east-1.on.aws"})),
            "another body": call(signed(known, "lambda", "POST", f"/_url/{own}/", b"one")._replace(body=b"two")),
            "the host of another": self.get("/", f"{other}.lambda-url.us-east-1.on.aws"),
        }
        for what, answer in refused.items():
            assert answer.status == 403 and own not in answer.body.decode(), (what, answer)
        shapes = {refused[what].body for what in ("unsigned", "nobody's id", "a short id", "the host of another")}
        assert len(shapes) == 1, "nobody learns which ids there are"
        # A host of another region, or one that only looks like a URL's, is no URL's.
        for host in (f"{own}.lambda-url.eu-west-1.on.aws", f"{own}.lambda-urls.us-east-1.on.aws", f"x{own}.lambda-url.us-east-1.on.aws"):
            assert self.get("/", host).status in (400, 403), host
        # The host is one, in all its spellings.
        answer = call(signed(known, "lambda", "GET", "/x", host=f"{own.upper()}.LAMBDA-URL.us-east-1.example:99"))
        assert answer.status == 200 and json.loads(answer.body)["rawPath"] == "/x", answer
        self.server.check_unharmed(number)

    def url_smuggling(self):
        own = self.url("plain")
        number = self.server.process.pid
        path = f"/_url/{own}/"
        for head in (
                f"GET {path} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", f"GET {path} HTTP/1.1\r\nHost : a\r\n\r\n", f"GET {path} HTTP/1.1\r\n\r\n",
                f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", f"GET {path}\r\n x HTTP/1.1\r\nHost: a\r\n\r\n"):
            assert self.raw(head).status == 400, head
        event = json.loads(self.get(path, more="X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Port: 443\r\n"
                                               "X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793\r\nProxy-Connection: x\r\nTE: trailers\r\n").body)
        headers = event["headers"]
        assert headers["x-forwarded-for"] == "6.6.6.6, 127.0.0.1" and event["requestContext"]["http"]["sourceIp"] == "127.0.0.1", headers
        assert headers["x-forwarded-proto"] == "http" and headers["x-forwarded-port"] == "80" and "te" not in headers and "proxy-connection" not in headers
        assert headers["x-amzn-trace-id"].startswith("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=")
        event = json.loads(self.get(f"{path}..%2f..%2fetc?a=%zz&b=%00&%26=%3d").body)
        assert event["rawPath"] == "/..%2f..%2fetc" and "queryStringParameters" not in event, event
        assert self.get(f"/_url/{own}").status == 200
        many = "".join(f"x-{n}: {n}\r\n" for n in range(2000))
        assert json.loads(self.get(path, more=many).body)["headers"]["x-1999"] == "1999"
        assert self.get(path, more="x: " + "y" * 70_000 + "\r\n").status == 431
        self.server.check_unharmed(number)

    def url_bodies(self):
        own = self.url("bodies")
        number = self.server.process.pid

        def post(body, kind="text/plain"):
            return self.raw(f"POST /_url/{own}/ HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n", body)
        answer = post(b"x" * 2_000_000)
        assert answer.status == 200 and len(json.loads(answer.body)["body"]) == 2_000_000, answer.status
        for body, kind in ((b"x" * 6_300_000, "text/plain"), (b"\0" * 4_800_000, "application/octet-stream"), (b'"' * 3_200_000, "text/plain")):
            answer = post(body, kind)
            assert answer.status == 413, (answer.status, answer.body[:100])
        answer = self.raw(f"POST /_url/{own}/ HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n")
        assert answer.status == 413, answer
        deep = b"[" * 500_000
        assert json.loads(post(deep, "application/json").body)["body"] == deep.decode()
        self.server.check_unharmed(number)

    def url_governed(self):
        own = self.url("entered")
        assert self.get(f"/_url/{own}/").status == 200
        self.said("governor", "stop", "function/entered", "--reason", "on purpose")
        answer = self.get(f"/_url/{own}/")
        assert answer.status == 429 and answer.json()["Reason"] == "GovernorStopped", answer
        self.said("governor", "lift", "function/entered")
        assert self.get(f"/_url/{own}/").status == 200
        self.client.delete("entered")
        assert self.get(f"/_url/{own}/").status == 403
        self.client.create("entered", {"function.py": FUNCTION}, Timeout=20, Role=self.role)
        assert self.get(f"/_url/{own}/").status == 403, "another function of the name has not the URL of the first"

    def restarted(self):
        """Mappings, URLs and what was sealed are there after a clean restart too."""
        own = self.url("kept")
        url, uuid = self.trigger("resumed")
        self.server.stop()
        self.server.start()
        self.client = self.server.client()
        self.send(url, {"n": 1})
        assert eventually(lambda: len(self.ran("resumed")) == 1, 20)
        assert self.mapping(uuid)["State"] == "Enabled" and self.get(f"/_url/{own}/").status == 200


def most_at_once(spans):
    edges = sorted([(begin, 1) for begin, _ in spans] + [(end, -1) for _, end in spans])
    most = now = 0
    for _, change in edges:
        now += change
        most = max(most, now)
    return most


def main():
    outcome = Outcome("triggers")
    with Server() as server:
        cases = Triggers(server)
        outcome.check("no more calls run at a time than the mapping allows", cases.concurrency)
        outcome.check("a stopped function loses no message and no receive", cases.stop_and_lift)
        outcome.check("messages wait while the function is in use", cases.throttled)
        outcome.check("a function that calls itself over its queue is stopped", cases.loop)
        outcome.check("so are two that call each other, and the chain is on record", cases.long_loop)
        outcome.check("a function that may call itself goes on", cases.allowed_loop)
        outcome.check("nobody gets past the signature of a function URL", cases.url_attacks)
        outcome.check("heads are read one way only", cases.url_smuggling)
        outcome.check("bodies have bounds", cases.url_bodies)
        outcome.check("calls at URLs are governed, and end with their function", cases.url_governed)
        outcome.check("all goes on after a restart", cases.restarted)
        outcome.check("nothing that was acknowledged is lost by kills under load", cases.crashes)
    outcome.finish()


if __name__ == "__main__":
    main()
