#!/usr/bin/env python3
"""Events to real web servers: what they are asked, how it is proven, what is tried again, and what never gets out."""

import http.server
import json
import os
import ssl
import subprocess
import tempfile
import threading
import time
from urllib.parse import parse_qs, urlsplit

from client import document, eventually
from server import Server

from outcome import Outcome  # isort: skip

REGION, ACCOUNT = "us-east-1", "000000000000"
SECRETS = ("key-nobody-may-read", "password-nobody-may-read", "client-nobody-may-read", "added-nobody-may-read")
TOKEN = "token-nobody-may-read-"


class Endpoint:
    """A web server that keeps what it is asked, answers each path as it is told, and grants tokens at `/token`."""

    def __init__(self, context=None):
        self.got, self.answers, self.granted, self.lock = [], {}, 0, threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                path = urlsplit(self.path).path
                headers, said = {}, b""
                with outer.lock:
                    outer.got.append((time.monotonic(), self.command, self.path, {
                        name.lower(): value for name, value in self.headers.items()}, body))
                    answer = outer.answers.get(path, [200])
                    status = answer.pop(0) if len(answer) > 1 else answer[0]
                    if path == "/token":
                        outer.granted += 1
                        said = json.dumps({"access_token": f"{TOKEN}{outer.granted}", "token_type": "Bearer",
                                           "expires_in": 3600}).encode()
                if isinstance(status, tuple):
                    status, headers = status
                if callable(status):
                    status = status()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # Who asked may be gone before it is answered.
        self.server.handle_error = lambda *_: None
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def at(self, path):
        with self.lock:
            return [one for one in self.got if urlsplit(one[2]).path == path]


class Sender:
    """Who makes connections, destinations and rules, and looks at what came of its events."""

    def __init__(self, server, safe, plain):
        self.server, self.safe, self.plain, self.client = server, safe, plain, server.client()
        self.rules({"rules": [
            {"host": "localhost", "ports": [safe.port], "tls": "originate", "addresses": ["127.0.0.0/8", "::1"]},
            {"host": "localhost", "ports": [plain.port], "speak": ["http"], "addresses": ["127.0.0.0/8", "::1"],
             "methods": ["POST"]}]})
        trust = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole"}
        for name, action in (("calls", "events:InvokeApiDestination"), ("weak", "sqs:SendMessage")):
            self.client.iam("CreateRole", RoleName=name, AssumeRolePolicyDocument=document(trust))
            allow = {"Effect": "Allow", "Action": action, "Resource": "*"}
            self.client.iam("PutRolePolicy", RoleName=name, PolicyName="own", PolicyDocument=document(allow))
        self.url = self.sqs("CreateQueue", QueueName="dead")["QueueUrl"]
        self.dead = f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"
        self.sqs("SetQueueAttributes", QueueUrl=self.url, Attributes={"Policy": document(
            {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": self.dead})})
        self.key = self.connection("key", "API_KEY", ApiKeyAuthParameters={
            "ApiKeyName": "X-Api-Key", "ApiKeyValue": SECRETS[0]})

    def rules(self, rules):
        path = os.path.join(self.server.folder, "rules.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(rules, file)
        subprocess.run([self.server.program, "egress", "set", "destinations", path, "--data-dir", self.server.data],
                       check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=60)

    def json(self, service, prefix, version, operation, input):
        answer = self.client.call(service, "POST", "/", json.dumps(input).encode(), {
            "Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": f"{prefix}.{operation}"})
        assert answer.status == 200, f"{operation}: {answer.status} {answer.body}"
        return answer.json()

    def events(self, operation, **input):
        return self.json("events", "AWSEvents", "1.1", operation, input)

    def sqs(self, operation, **input):
        return self.json("sqs", "AmazonSQS", "1.0", operation, input)

    def connection(self, name, kind, **parameters):
        return self.events("CreateConnection", Name=name, AuthorizationType=kind, AuthParameters=parameters)["ConnectionArn"]

    def target(self, name, connection, path, method="POST", endpoint=None, rate=None, role="calls", retry=None, **more):
        """A destination, and a rule that sends it the events of the source of its name."""
        endpoint = endpoint or self.safe
        scheme = "https" if endpoint is self.safe else "http"
        arn = self.events("CreateApiDestination", Name=name, ConnectionArn=connection, HttpMethod=method,
                          InvocationEndpoint=f"{scheme}://localhost:{endpoint.port}{path}",
                          **({"InvocationRateLimitPerSecond": rate} if rate else {}))["ApiDestinationArn"]
        self.events("PutRule", Name=name, EventPattern=json.dumps({"source": [name]}))
        self.events("PutTargets", Rule=name, Targets=[{
            "Id": "t", "Arn": arn, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{role}", "DeadLetterConfig": {"Arn": self.dead},
            **({"RetryPolicy": retry} if retry else {}), **more}])
        return arn

    def put(self, source, detail=None, count=1):
        done = self.events("PutEvents", Entries=[
            {"Source": source, "DetailType": "happened", "Detail": json.dumps(detail or {})}] * count)
        assert done["FailedEntryCount"] == 0, done
        return [entry["EventId"] for entry in done["Entries"]]

    def letter(self, wait=20):
        """The next message of the queue of what could not be delivered."""
        got = self.sqs("ReceiveMessage", QueueUrl=self.url, WaitTimeSeconds=wait, MessageAttributeNames=["All"]).get("Messages")
        assert got, "nothing came"
        self.sqs("DeleteMessage", QueueUrl=self.url, ReceiptHandle=got[0]["ReceiptHandle"])
        return json.loads(got[0]["Body"]), {name: value["StringValue"] for name, value in got[0]["MessageAttributes"].items()}

    def asked(self, path, count=1, patience=30):
        eventually(lambda: len(self.safe.at(path) + self.plain.at(path)) >= count, patience)
        return self.safe.at(path) + self.plain.at(path)

    # What is tested.

    def an_event_is_posted_with_a_key(self):
        self.target("posts", self.key, "/posts")
        event, = self.put("posts", {"n": 1})
        (_, method, _, headers, body), = self.asked("/posts")
        assert method == "POST" and json.loads(body)["id"] == event and json.loads(body)["detail"] == {"n": 1}, body
        assert headers["x-api-key"] == SECRETS[0] and headers["content-type"] == "application/json; charset=utf-8", headers
        assert headers["user-agent"] == "Amazon/EventBridge/ApiDestinations", headers

    def a_target_without_a_role_is_refused(self):
        arn = self.target("roleless", self.key, "/roleless")
        answer = self.client.call("events", "POST", "/", json.dumps({"Rule": "roleless", "Targets": [{"Id": "u", "Arn": arn}]}).encode(), {
            "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSEvents.PutTargets"})
        assert answer.status == 400 and "RoleArn is required" in str(answer.body), answer.body

    def stars_queries_headers_and_bodies_are_filled_in(self):
        connection = self.connection("basic", "BASIC", BasicAuthParameters={"Username": "me", "Password": SECRETS[1]},
                                     InvocationHttpParameters={
            "HeaderParameters": [{"Key": "X-Added", "Value": SECRETS[3], "IsValueSecret": True}],
            "QueryStringParameters": [{"Key": "q", "Value": "a b", "IsValueSecret": False}],
            "BodyParameters": [{"Key": "extra", "Value": "in", "IsValueSecret": False}]})
        self.target("filled", connection, "/orders/*/items/*?v=1", "PUT", HttpParameters={
            "PathParameterValues": ["$.detail.id", "x..y"], "HeaderParameters": {"X-Own": "$.detail.n", "x-added": "lost"},
            "QueryStringParameters": {"own": "1"}}, InputPath="$.detail")
        self.put("filled", {"id": "é 1", "n": 7})
        (_, method, path, headers, body), = self.asked("/orders/%C3%A9%201/items/x..y")
        assert method == "PUT" and parse_qs(urlsplit(path).query) == {"v": ["1"], "own": ["1"], "q": ["a b"]}, path
        assert headers["x-added"] == SECRETS[3] and headers["x-own"] == "7", headers
        assert headers["authorization"].startswith("Basic "), headers
        assert json.loads(body) == {"id": "é 1", "n": 7, "extra": "in"}, body

    def a_grant_is_asked_for_once_and_again_when_it_is_refused(self):
        connection = self.connection("grant", "OAUTH_CLIENT_CREDENTIALS", OAuthParameters={
            "AuthorizationEndpoint": f"https://localhost:{self.safe.port}/token", "HttpMethod": "POST",
            "ClientParameters": {"ClientID": "me", "ClientSecret": SECRETS[2]},
            "OAuthHttpParameters": {"BodyParameters": [{"Key": "scope", "Value": "all", "IsValueSecret": False}]}})
        self.target("granted", connection, "/granted")
        self.put("granted", count=5)
        got = self.asked("/granted", 5)
        assert {headers["authorization"] for _, _, _, headers, _ in got} == {f"Bearer {TOKEN}1"}, got
        (_, method, _, _, body), = self.safe.at("/token")
        assert method == "POST" and parse_qs(body.decode()) == {
            "grant_type": ["client_credentials"], "client_id": ["me"], "client_secret": [SECRETS[2]], "scope": ["all"]}, body
        self.safe.answers["/granted"] = [401, 200]
        self.put("granted")
        got = self.asked("/granted", 7)
        assert [one[3]["authorization"] for one in got[5:]] == [f"Bearer {TOKEN}1", f"Bearer {TOKEN}2"], got[5:]

    def what_may_pass_is_tried_again_and_when_it_is_asked_to_wait_later(self):
        self.safe.answers["/passing"] = [503, (429, {"Retry-After": "6"}), 200]
        self.target("passing", self.key, "/passing")
        self.put("passing")
        got = self.asked("/passing", 3)
        assert got[2][0] - got[1][0] >= 5.5, [one[0] for one in got]

    def what_is_refused_lies_in_the_dead_letters(self):
        self.safe.answers["/refused"] = [404]
        arn = self.target("refused", self.key, "/refused")
        event, = self.put("refused", {"n": 2})
        body, said = self.letter()
        assert body["id"] == event and said["TARGET_ARN"] == arn and said["ERROR_CODE"] == "CLIENT_ERROR", said
        assert said["RETRY_ATTEMPTS"] == "0" and "404" in said["ERROR_MESSAGE"], said
        self.target("weak", self.key, "/weak", role="weak")
        self.put("weak")
        _, said = self.letter()
        assert said["ERROR_CODE"] == "NO_PERMISSIONS" and "InvokeApiDestination" in said["ERROR_MESSAGE"], said
        assert not self.safe.at("/weak")

    def who_takes_longer_than_five_seconds_is_given_up(self):
        answers = threading.Event()
        self.safe.answers["/slow"] = [lambda: answers.wait(60) and 200]
        self.target("slow", self.key, "/slow", retry={"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60})
        begun = time.monotonic()
        self.put("slow")
        _, said = self.letter()
        assert 4.5 < time.monotonic() - begun and not answers.is_set(), time.monotonic() - begun
        answers.set()
        assert said["EXHAUSTED_RETRY_CONDITION"] == "MaximumRetryAttempts", said

    def plain_http_and_other_methods_go_only_where_rules_say_so(self):
        self.target("plain", self.key, "/plain", endpoint=self.plain)
        self.put("plain")
        self.asked("/plain")
        self.target("deletes", self.key, "/deletes", "DELETE", endpoint=self.plain)
        self.put("deletes")
        _, said = self.letter()
        assert said["ERROR_CODE"] == "NO_PERMISSIONS" and "destinations" in said["ERROR_MESSAGE"], said
        self.target("gets", self.key, "/gets", "GET")
        self.put("gets")
        (_, method, _, _, body), = self.asked("/gets")
        assert (method, body) == ("GET", b""), (method, body)

    def a_destination_is_called_no_more_often_than_it_says(self):
        self.target("paced", self.key, "/paced", rate=5)
        self.put("paced", count=10)
        self.put("paced", count=10)
        times = sorted(one[0] for one in self.asked("/paced", 20))
        assert times[-1] - times[0] > 3.5, times[-1] - times[0]

    def events_leave_as_cloud_events(self):
        self.target("structured", self.key, "/structured", HttpParameters={
            "HeaderParameters": {"Content-Type": "application/cloudevents+json"}})
        event, = self.put("structured", {"n": 3})
        (_, _, _, headers, body), = self.asked("/structured")
        cloud = json.loads(body)
        assert headers["content-type"].startswith("application/cloudevents+json"), headers
        assert (cloud["specversion"], cloud["id"], cloud["source"], cloud["type"], cloud["data"]) == (
            "1.0", event, "structured", "happened", {"n": 3}), cloud
        self.target("binary", self.key, "/binary", HttpParameters={"HeaderParameters": {"ce-specversion": "1.0"}})
        answer = self.client.call("events", "POST", "/cloudevents/default", b"<a/>", {
            "Content-Type": "text/xml", "ce-specversion": "1.0", "ce-id": "mine", "ce-source": "binary", "ce-type": "t",
            "ce-subject": "s%20t"})
        assert answer.status == 200, answer
        (_, _, _, headers, body), = self.asked("/binary")
        assert body == b"<a/>" and headers["content-type"] == "text/xml", (headers, body)
        assert (headers["ce-id"], headers["ce-source"], headers["ce-type"], headers["ce-subject"]) == (
            "mine", "binary", "t", "s%20t"), headers

    def a_dead_endpoint_keeps_nobody_else_waiting(self):
        ends = threading.Event()
        self.plain.answers["/hangs"] = [lambda: ends.wait(60) and 200]
        self.target("hangs", self.key, "/hangs", endpoint=self.plain)
        for _ in range(30):
            self.put("hangs", count=10)
        self.target("quick", self.key, "/quick")
        self.put("quick")
        self.asked("/quick", patience=20)  # Those that hang take minutes.
        ends.set()
        # It is not called any more.
        self.events("RemoveTargets", Rule="hangs", Ids=["t"])
        self.events("DeleteApiDestination", Name="hangs")

    def what_proves_who_calls_is_nowhere_to_be_read(self):
        said = subprocess.run([self.server.program, "events", "why", self.put("posts")[0], "--data-dir", self.server.data],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, check=False).stdout
        shown = json.dumps([self.events("DescribeConnection", Name=name) for name in ("key", "basic", "grant")])
        time.sleep(2)
        self.server.stop()
        for secret in (*SECRETS, TOKEN):
            found = subprocess.run(["grep", "-rlaF", secret, self.server.data, self.server.output], capture_output=True,
                                   check=False).stdout.decode()
            assert not found and secret not in shown + said, f"{secret} lies in the clear in {found}"
        self.server.start()


def main():
    outcome = Outcome("API destinations")
    with tempfile.TemporaryDirectory(prefix="martlet-test-") as folder:
        key, signed = os.path.join(folder, "key.pem"), os.path.join(folder, "signed.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", signed, "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(signed, key)
        with Server("--egress-trust", signed) as server:
            sender = Sender(server, Endpoint(context), Endpoint())
            for test in (sender.an_event_is_posted_with_a_key, sender.a_target_without_a_role_is_refused,
                         sender.stars_queries_headers_and_bodies_are_filled_in,
                         sender.a_grant_is_asked_for_once_and_again_when_it_is_refused,
                         sender.what_may_pass_is_tried_again_and_when_it_is_asked_to_wait_later,
                         sender.what_is_refused_lies_in_the_dead_letters,
                         sender.who_takes_longer_than_five_seconds_is_given_up,
                         sender.plain_http_and_other_methods_go_only_where_rules_say_so,
                         sender.a_destination_is_called_no_more_often_than_it_says, sender.events_leave_as_cloud_events,
                         sender.a_dead_endpoint_keeps_nobody_else_waiting,
                         sender.what_proves_who_calls_is_nowhere_to_be_read):
                outcome.check(test.__name__.replace("_", " "), test)
    outcome.finish()


if __name__ == "__main__":
    main()
