#!/usr/bin/env python3
"""Publishes to real queues, functions and web servers: what arrives, what is tried again, and what is let through."""

import base64
import email.utils
import http.server
import json
import os
import random
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from urllib.parse import urlencode
from xml.etree import ElementTree

from client import Refused, document, eventually
from server import Server

from outcome import Outcome  # isort: skip

ACCOUNT = "000000000000"
ARN = f"arn:aws:sns:us-east-1:{ACCOUNT}:"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:"
FUNCTION = '''
import json
def handler(event, context):
    print("got " + json.dumps(event))
'''
PATIENCE = 60
# How often the server is killed while it publishes (the environment may say more).
KILLS = int(os.environ.get("ROUNDS", "5"))
# Retries at once, so that a test need not wait.
HASTY = json.dumps({"healthyRetryPolicy": {"numRetries": 3, "numNoDelayRetries": 2, "minDelayTarget": 1, "maxDelayTarget": 1}})


class Hook:
    """A web server that keeps what it gets, and answers each path as it is told."""

    def __init__(self, host="127.0.0.1"):
        self.host, self.got, self.answers, self.lock = host, [], {}, threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with outer.lock:
                    outer.got.append((self.path, dict(self.headers), body))
                    answer = outer.answers.get(self.path, [200])
                    status = answer.pop(0) if len(answer) > 1 else answer[0]
                if callable(status):
                    status = status()
                status, headers = status if isinstance(status, tuple) else (status, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status == 302:
                    self.send_header("Location", f"http://127.0.0.1:{outer.port}/secret")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((host, 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://{self.host}:{self.port}{path}"

    def at(self, path):
        with self.lock:
            return [(headers, body) for place, headers, body in self.got if place == path]

    def messages(self, path):
        return [json.loads(body) for headers, body in self.at(path) if headers["x-amz-sns-message-type"] == "Notification"]


class Publisher:
    """Who makes topics, and looks at what came of what it published."""

    def __init__(self, server, hook):
        self.server, self.hook, self.client = server, hook, server.client()

    def sns(self, action, status=200, **members):
        form = urlencode({"Action": action, "Version": "2010-03-31", **members}).encode()
        answer = self.client.call("sns", "POST", "/", form, {"Content-Type": "application/x-www-form-urlencoded"})
        if answer.status != status:
            raise Refused(answer)
        tree = ElementTree.fromstring(answer.body)
        return {element.tag.split("}")[1]: element.text or "" for element in tree.iter()}

    def sqs(self, operation, **input):
        answer = self.client.call("sqs", "POST", "/", json.dumps(input).encode(), {
            "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"AmazonSQS.{operation}"})
        if answer.status != 200:
            raise Refused(answer)
        return json.loads(answer.body or b"{}")

    def topic(self, name):
        return self.sns("CreateTopic", Name=name)["TopicArn"]

    def queue(self, name, open=True):
        attributes = {}
        if open:
            attributes["Policy"] = document({"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
                                             "Resource": QUEUE + name, "Condition": {"ArnLike": {"aws:SourceArn": ARN + "*"}}})
        return self.sqs("CreateQueue", QueueName=name, Attributes=attributes)["QueueUrl"]

    def subscribe(self, topic, protocol, endpoint, status=200, **attributes):
        entries = {}
        for place, (name, value) in enumerate(attributes.items(), 1):
            entries |= {f"Attributes.entry.{place}.key": name, f"Attributes.entry.{place}.value": value}
        return self.sns("Subscribe", status, TopicArn=topic, Protocol=protocol, Endpoint=endpoint, ReturnSubscriptionArn="true",
                        **entries).get("SubscriptionArn")

    def publish(self, topic, message, **more):
        return self.sns("Publish", TopicArn=topic, Message=message, **more)["MessageId"]

    def received(self, url, count=1, seconds=PATIENCE):
        found, end = [], time.monotonic() + seconds
        while len(found) < count and time.monotonic() < end:
            for message in self.sqs("ReceiveMessage", QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", []):
                self.sqs("DeleteMessage", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found.append(message["Body"])
        return found

    def rules(self, rules, **more):
        said = subprocess.run([self.server.program, "egress", "set", "topics", "-", "--data-dir", self.server.data],
                              input=json.dumps({"rules": rules, **more}).encode(), capture_output=True, timeout=30, check=False)
        assert said.returncode == 0, said.stderr

    def hooked(self, topic, path, hook=None, **attributes):
        """A confirmed subscription of the hook, or of another one."""
        hook = hook or self.hook
        subscription = self.subscribe(topic, "http", hook.url(path), **attributes)
        asked = eventually(lambda: [body for headers, body in hook.at(path) if headers["x-amz-sns-message-type"] == "SubscriptionConfirmation"], PATIENCE)
        with urllib.request.urlopen(json.loads(asked[-1])["SubscribeURL"], timeout=30) as answer:
            assert subscription in answer.read().decode(), "the answer does not name the subscription"
        return subscription

    # What the tests are.

    def a_function_gets_the_event(self):
        topic = self.topic("to-function")
        self.client.create("listener", {"function.py": FUNCTION})
        arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:listener"
        self.client.rest("POST", "/2015-03-31/functions/listener/policy", {
            "StatementId": "topic", "Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com", "SourceArn": topic})
        subscription = self.subscribe(topic, "lambda", arn)
        sent = self.publish(topic, "hello", Subject="s", **{"MessageAttributes.entry.1.Name": "a", "MessageAttributes.entry.1.Value.DataType": "String",
                                                            "MessageAttributes.entry.1.Value.StringValue": "b"})
        lines = eventually(lambda: [line for line in self.client.messages("listener") if line.startswith("got ")], PATIENCE, 0.3)
        record, = json.loads(lines[0][4:])["Records"]
        assert (record["EventSource"], record["EventVersion"], record["EventSubscriptionArn"]) == ("aws:sns", "1.0", subscription), record
        event = record["Sns"]
        assert event["MessageId"] == sent and event["Message"] == "hello" and event["Subject"] == "s" and event["TopicArn"] == topic, event
        assert event["MessageAttributes"] == {"a": {"Type": "String", "Value": "b"}} and event["Type"] == "Notification", event
        assert {"SigningCertUrl", "UnsubscribeUrl", "Signature", "SignatureVersion", "Timestamp"} <= set(event), event

    def nothing_on_the_web_is_called_without_a_rule(self):
        topic = self.topic("careful")
        before = len(self.hook.got)
        for protocol, endpoint in (("http", self.hook.url("/x")), ("https", f"https://127.0.0.1:{self.hook.port}/x"), ("https", "https://10.0.0.1/"),
                                   ("https", "https://169.254.169.254/latest/meta-data"), ("https", "https://[::1]/"), ("https", "https://user:pw@example.com/"),
                                   ("https", "https://0x7f.1/"), ("https", "https://example.com/\r\nX: y"), ("https", "http://example.com"), ("http", "file:///etc/passwd")):
            answer = self.sns("Subscribe", 400, TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
            assert answer["Code"] == "InvalidParameter", answer
        # A name that leads to a private address is found out when it is called.
        self.subscribe(topic, "https", f"https://localhost:{self.hook.port}/x")
        time.sleep(1)
        assert len(self.hook.got) == before, self.hook.got
        self.rules([{"host": "127.0.0.1", "ports": [self.hook.port]}])
        answer = self.sns("Subscribe", 400, TopicArn=topic, Protocol="https", Endpoint="https://example.com/")
        assert answer["Code"] == "InvalidParameter" and "rules for topics" in answer["Message"], answer

    def a_web_server_confirms_and_is_told(self):
        topic = self.topic("hooked")
        path = "/hooked"
        subscription = self.subscribe(topic, "http", self.hook.url(path))
        asked = eventually(lambda: self.hook.at(path), PATIENCE)
        headers, body = asked[0]
        assert headers["x-amz-sns-topic-arn"] == topic and headers["x-amz-sns-message-type"] == "SubscriptionConfirmation", headers
        request = json.loads(body)
        self.check_signature(request, ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"])
        self.publish(topic, "too early")
        assert self.sns("Subscribe", TopicArn=topic, Protocol="http", Endpoint=self.hook.url(path))["SubscriptionArn"] == "pending confirmation"
        for token in ("", "forged", request["Token"][:-2] + "AA", request["Token"] * 40):
            answer = self.sns("ConfirmSubscription", 400, TopicArn=topic, Token=token)
            assert answer["Code"] in ("InvalidParameter", "ValidationError"), answer
        other = self.topic("other")
        assert self.sns("ConfirmSubscription", 400, TopicArn=other, Token=request["Token"])["Code"] == "InvalidParameter"
        assert self.sns("ConfirmSubscription", TopicArn=topic, Token=request["Token"])["SubscriptionArn"] == subscription
        sent = self.publish(topic, "it's \"me\"\n", Subject="subject")
        message, = eventually(lambda: self.hook.messages(path), PATIENCE)
        assert message["MessageId"] == sent and message["Message"] == "it's \"me\"\n", message
        self.check_signature(message, ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"])
        headers, body = self.hook.at(path)[-1]
        assert headers["x-amz-sns-subscription-arn"] == subscription and headers["Content-Type"] == "text/plain; charset=UTF-8", headers
        assert headers["User-Agent"] == "Amazon Simple Notification Service Agent", headers
        self.sns("SetTopicAttributes", TopicArn=topic, AttributeName="SignatureVersion", AttributeValue="2")
        self.publish(topic, "version 2")
        message = eventually(lambda: [m for m in self.hook.messages(path) if m["Message"] == "version 2"], PATIENCE)[0]
        assert message["SignatureVersion"] == "2", message
        self.check_signature(message, ["Message", "MessageId", "Timestamp", "TopicArn", "Type"])
        for link in (message["UnsubscribeURL"][:-2] + "AA", message["UnsubscribeURL"].split("&Token")[0]):
            try:
                urllib.request.urlopen(link, timeout=30)
                raise AssertionError("a forged link ends a subscription")
            except urllib.error.HTTPError as error:
                assert error.code in (400, 404), error.code
        urllib.request.urlopen(message["UnsubscribeURL"], timeout=30).read()
        assert self.sns("GetSubscriptionAttributes", 404, SubscriptionArn=subscription)["Code"] == "NotFound"

    def check_signature(self, message, names):
        """Checks a signature as a receiver does: with the certificate of the URL, and OpenSSL."""
        with urllib.request.urlopen(message["SigningCertURL"], timeout=30) as answer:
            certificate = answer.read()
        text = "".join(f"{name}\n{message[name]}\n" for name in names if name in message)
        with tempfile.TemporaryDirectory() as folder:
            for name, content in (("cert", certificate), ("text", text.encode()), ("sign", base64.b64decode(message["Signature"]))):
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(content)
            key = subprocess.run(["openssl", "x509", "-in", "cert", "-noout", "-pubkey"], cwd=folder, capture_output=True, check=True).stdout
            with open(os.path.join(folder, "key"), "wb") as file:
                file.write(key)
            kind = "-sha1" if message["SignatureVersion"] == "1" else "-sha256"
            check = subprocess.run(["openssl", "dgst", kind, "-verify", "key", "-signature", "sign", "text"], cwd=folder, capture_output=True, check=False)
            assert check.returncode == 0, (check.stdout, check.stderr, message)

    def a_web_server_is_told_that_its_subscription_has_ended(self):
        topic = self.topic("ending")
        policy = json.dumps({"kind": ["wanted"]})
        subscription = self.hooked(topic, "/ending", FilterPolicy=policy)
        self.sns("Unsubscribe", SubscriptionArn=subscription)
        told = lambda: [(headers, json.loads(body)) for headers, body in self.hook.at("/ending") if headers["x-amz-sns-message-type"] == "UnsubscribeConfirmation"]
        (headers, message), = eventually(told, PATIENCE)
        assert headers["x-amz-sns-subscription-arn"] == subscription and message["Type"] == "UnsubscribeConfirmation", (headers, message)
        self.check_signature(message, ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"])
        assert self.sns("GetSubscriptionAttributes", 404, SubscriptionArn=subscription)["Code"] == "NotFound"
        assert self.sns("ConfirmSubscription", 400, TopicArn=self.topic("not-ending"), Token=message["Token"])["Code"] == "InvalidParameter"
        with urllib.request.urlopen(message["SubscribeURL"], timeout=30) as answer:
            assert subscription in answer.read().decode()
        # It is as it was, with its filter.
        wanted = {"MessageAttributes.entry.1.Name": "kind", "MessageAttributes.entry.1.Value.DataType": "String", "MessageAttributes.entry.1.Value.StringValue": "wanted"}
        self.publish(topic, "unwanted")
        self.publish(topic, "wanted", **wanted)
        assert eventually(lambda: self.hook.messages("/ending"), PATIENCE)
        assert [message["Message"] for message in self.hook.messages("/ending")] == ["wanted"], self.hook.messages("/ending")
        self.sns("Unsubscribe", SubscriptionArn=subscription)
        assert eventually(lambda: len(told()) == 2, PATIENCE), "it was not told the second time"

    def what_fails_is_tried_again_and_then_laid_aside(self):
        topic, dead = self.topic("failing"), self.queue("failing-dead")
        redrive = json.dumps({"deadLetterTargetArn": QUEUE + "failing-dead"})
        self.hooked(topic, "/flaky", DeliveryPolicy=HASTY, RedrivePolicy=redrive)
        self.hook.answers["/flaky"] = [500, 429, 200]
        self.publish(topic, "third time lucky")
        assert eventually(lambda: len(self.hook.messages("/flaky")) == 3, PATIENCE), self.hook.messages("/flaky")
        self.hook.answers["/flaky"] = [503]
        self.publish(topic, "never")
        letter, = self.received(dead)
        assert json.loads(letter)["Message"] == "never" and len(self.hook.messages("/flaky")) == 7, (letter, len(self.hook.messages("/flaky")))
        for status in (404, 302):
            self.hook.answers["/flaky"] = [status]
            before = len(self.hook.messages("/flaky"))
            self.publish(topic, f"status {status}")
            letter, = self.received(dead)
            assert json.loads(letter)["Message"] == f"status {status}", letter
            assert len(self.hook.messages("/flaky")) == before + 1, "it was tried again"
        assert not self.hook.at("/secret"), "a redirect was followed"

    def a_slow_server_keeps_nobody_waiting(self):
        topic, url = self.topic("slow"), self.queue("beside-slow")
        self.subscribe(topic, "sqs", QUEUE + "beside-slow", RawMessageDelivery="true")
        self.hooked(topic, "/slow")
        self.hooked(topic, "/quick")
        answers = threading.Event()
        self.hook.answers["/slow"] = [lambda: answers.wait(60) and 200]
        for number in range(5):
            self.publish(topic, str(number))
        assert sorted(self.received(url, 5)) == list("01234")
        assert eventually(lambda: len(self.hook.messages("/quick")) == 5, PATIENCE), self.hook.messages("/quick")
        self.hook.answers["/slow"] = [200]
        answers.set()
        assert eventually(lambda: len(self.hook.messages("/slow")) >= 5, PATIENCE), "the slow one got less"

    def a_slow_host_takes_no_other_hosts_connections(self):
        slow, quick = Hook("127.0.0.2"), Hook("127.0.0.3")
        rules = [{"host": hook.host, "ports": [hook.port], "addresses": [hook.host]} for hook in (self.hook, slow, quick)]
        self.rules(rules)
        stuck, once = self.topic("stuck"), json.dumps({"healthyRetryPolicy": {"numRetries": 0, "minDelayTarget": 1, "maxDelayTarget": 1}})
        self.hooked(stuck, "/stuck", slow)
        free = self.topic("free")
        self.hooked(free, "/free", quick, DeliveryPolicy=once)
        self.rules(rules, limits={"connections": 1})
        done = threading.Event()
        slow.answers["/stuck"] = [lambda: done.wait(PATIENCE) and 200 or 200]
        self.publish(stuck, "wait")
        assert eventually(lambda: slow.messages("/stuck"), PATIENCE), "the slow host was not called"
        self.publish(free, "go")
        # It is tried once only: had the slow host taken the one connection, it would be laid aside.
        assert eventually(lambda: quick.messages("/free"), PATIENCE), "a slow host held up another"
        done.set()
        self.rules(rules)

    def who_asks_to_be_left_alone_is(self):
        topic = self.topic("patient")
        self.hooked(topic, "/patient", DeliveryPolicy=HASTY)
        times = []

        def later():
            times.append(time.time())
            return 503, {"Retry-After": email.utils.formatdate(times[0] + 6, usegmt=True)}

        self.hook.answers["/patient"] = [later, lambda: times.append(time.time()) or 200]
        self.publish(topic, "later")
        assert eventually(lambda: len(times) == 2, PATIENCE), times
        assert times[1] >= int(times[0] + 6) - 0.5, f"tried again after {times[1] - times[0]} seconds"

    def a_chat_gets_its_own_shape(self):
        topic = self.topic("chat")
        said = subprocess.run([self.server.program, "secrets", "put", "slack-hook", "-", "--data-dir", self.server.data],
                              input=self.hook.url("/chat").encode(), capture_output=True, timeout=30, check=False)
        assert said.returncode == 0, said.stderr
        answer = self.sns("Subscribe", 400, TopicArn=topic, Protocol="http", Endpoint=self.hook.url("/chat"), **{
            "Attributes.entry.1.key": "martlet:format", "Attributes.entry.1.value": "slack"})
        assert answer["Code"] == "InvalidParameter", answer
        self.subscribe(topic, "https", "secret:slack-hook", **{"martlet:format": "slack"})
        self.publish(topic, "disk <!channel> full", Subject="Alert")
        (headers, body), = eventually(lambda: self.hook.at("/chat"), PATIENCE)
        assert json.loads(body) == {"text": "*Alert*\ndisk &lt;!channel&gt; full"} and headers["Content-Type"] == "application/json", body

    def channels_are_topics_made_easy(self):
        channels = self.channels
        assert channels("add", "easy", "--slack", "secret:slack-hook").strip() == ARN + "easy"
        assert ["easy", "https", "secret:slack-hook", "confirmed"] in [line.split("\t") for line in channels().splitlines()], channels()
        before = len(self.hook.at("/chat"))
        channels("test", "easy", "--message", "is it there?")
        assert eventually(lambda: len(self.hook.at("/chat")) > before, PATIENCE)
        assert json.loads(self.hook.at("/chat")[-1][1]) == {"text": "*Test of easy*\nis it there?"}, self.hook.at("/chat")
        assert "Reason: A chat is secret:NAME" in channels("add", "easy", "--slack", "https://hooks.example.com/x", status=2)
        channels("remove", "easy")
        assert "There is no channel" in channels("test", "easy", status=2)

    def who_may_not_publish_does_not(self):
        topic = self.topic("guarded")
        role = self.client.role("stranger", "sns:ListTopics")
        self.client.create("stranger", {"function.py": STRANGER}, Role=role, Timeout=30)
        said = self.client.invoke("stranger", {"topic": topic}).value
        assert said["status"] == 403 and "AuthorizationError" in said["body"], said
        policy = document({"Effect": "Allow", "Principal": {"AWS": role}, "Action": "sns:Publish", "Resource": topic})
        self.sns("SetTopicAttributes", TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
        said = self.client.invoke("stranger", {"topic": topic}).value
        assert said["status"] == 200, said
        deny = document({"Effect": "Deny", "Principal": "*", "Action": "sns:*", "Resource": topic})
        self.sns("SetTopicAttributes", TopicArn=topic, AttributeName="Policy", AttributeValue=deny)
        said = self.client.invoke("stranger", {"topic": topic}).value
        assert said["status"] == 403, said

    def a_schedule_publishes(self):
        topic, url = self.topic("scheduled"), self.queue("scheduled")
        self.subscribe(topic, "sqs", QUEUE + "scheduled", RawMessageDelivery="true")
        trust = {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}
        self.client.iam("CreateRole", RoleName="publishes", AssumeRolePolicyDocument=document(trust))
        allow = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
        self.client.iam("PutRolePolicy", RoleName="publishes", PolicyName="own", PolicyDocument=document(allow))
        answer = self.client.call("scheduler", "POST", "/schedules/to-topic", json.dumps({
            "ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": topic, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/publishes", "Input": "from a schedule"}}).encode(),
            {"Content-Type": "application/json"})
        assert answer.status == 200, answer
        assert self.received(url) == ["from a schedule"]

    def the_result_of_a_call_is_published(self):
        topic, url = self.topic("results"), self.queue("results")
        self.subscribe(topic, "sqs", QUEUE + "results", RawMessageDelivery="true")
        self.client.create("worker", {"function.py": "def handler(event, context):\n    return {'done': event['n']}\n"}, Role=self.client.role("worker", "sns:Publish"))
        self.client.rest("PUT", "/2019-09-25/functions/worker/event-invoke-config", {"DestinationConfig": {"OnSuccess": {"Destination": topic}}})
        assert self.client.invoke("worker", {"n": 7}, kind="Event").status == 202
        result, = self.received(url)
        assert json.loads(result)["responsePayload"] == {"done": 7}, result

    def channels(self, *arguments, status=0):
        said = subprocess.run([self.server.program, "channels", *arguments, "--data-dir", self.server.data], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=30, check=False)
        assert said.returncode == status, said
        return said.stdout + said.stderr

    def heard(self, name):
        """A channel, and a queue that hears what it is told."""
        topic, url = self.topic(name), self.queue(name)
        self.subscribe(topic, "sqs", QUEUE + name)
        return lambda count=1: [json.loads(text) for text in self.received(url, count)]

    def a_channel_hears_of_results_in_one_line(self):
        failures, successes = self.heard("failures"), self.heard("successes")
        code = "def handler(event, context):\n    if event.get('fail'): raise ValueError('disk full')\n    return {'done': True}\n"
        self.client.create("backup", {"function.py": code}, Tags={"martlet:channel-on-failure": "failures"})
        self.client.rest("PUT", "/2019-09-25/functions/backup/event-invoke-config", {"MaximumRetryAttempts": 0})
        self.channels("attach", "backup", "successes", "--on", "success")
        self.client.invoke("backup", {"fail": True}, kind="Event")
        notice, = failures()
        assert notice["Subject"] == "backup failed: ValueError: disk full" and "function:backup" in notice["Message"], notice
        assert notice["MessageAttributes"]["martlet.outcome"]["Value"] == "failure", notice
        letters = subprocess.run([self.server.program, "dead-letters", "--data-dir", self.server.data], capture_output=True, text=True, timeout=30, check=False).stdout
        assert "backup" in letters, "the event itself does not lie where its owner finds it"
        self.client.invoke("backup", {}, kind="Event")
        notice, = successes()
        assert notice["Subject"] == "backup succeeded" and '{"done": true}' in notice["Message"], notice
        # Whoever may not publish there may not have others do so.
        self.client.iam("CreateUser", UserName="tagger")
        self.client.iam("PutUserPolicy", UserName="tagger", PolicyName="own", PolicyDocument=document({"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}))
        key = {element.tag.split("}")[1]: element.text for element in ElementTree.fromstring(self.client.iam("CreateAccessKey", UserName="tagger").body).iter()}
        other = self.client.another()
        other.credentials = self.client.credentials._replace(key=key["AccessKeyId"], secret=key["SecretAccessKey"])
        path = f"/2017-03-31/tags/arn:aws:lambda:us-east-1:{ACCOUNT}:function:backup".replace(":", "%3A")
        answer = other.call("lambda", "POST", path, json.dumps({"Tags": {"martlet:channel": "failures"}}).encode(), {"Content-Type": "application/json"})
        assert answer.status == 403 and b"sns:Publish" in answer.body, answer
        answer = self.client.call("lambda", "POST", path, json.dumps({"Tags": {"martlet:channel": "no topic"}}).encode(), {"Content-Type": "application/json"})
        assert answer.status == 400 and b"is not the name of a standard topic" in answer.body, answer

    def a_chat_hears_of_results(self):
        self.channels("add", "chat-alerts", "--slack", "secret:slack-hook")
        self.channels("attach", "backup", "chat-alerts", "--on", "failure")
        before = len(self.hook.at("/chat"))
        self.client.invoke("backup", {"fail": True}, kind="Event")
        assert eventually(lambda: len(self.hook.at("/chat")) > before, PATIENCE), "the chat heard nothing"
        text = json.loads(self.hook.at("/chat")[-1][1])["text"]
        assert text.startswith("*backup failed: ValueError: disk full*\nbackup failed: ValueError: disk full\n") and "function:backup" in text, text

    def a_channel_hears_of_a_schedule(self):
        heard = self.heard("nightly-alerts")
        trust = {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}
        for role, action in (("nightly", "lambda:InvokeFunction"), ("powerless", "sqs:SendMessage")):
            self.client.iam("CreateRole", RoleName=role, AssumeRolePolicyDocument=document(trust))
            self.client.iam("PutRolePolicy", RoleName=role, PolicyName="own", PolicyDocument=document({"Effect": "Allow", "Action": action, "Resource": "*"}))

        def schedule(name, role):
            answer = self.client.call("scheduler", "POST", f"/schedules/{name}", json.dumps({
                "ScheduleExpression": f"at({time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(time.time() + 6))})", "FlexibleTimeWindow": {"Mode": "OFF"},
                "Target": {"Arn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:backup", "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{role}", "Input": "{}"}}).encode(),
                {"Content-Type": "application/json"})
            assert answer.status == 200, answer

        schedule("nightly", "nightly")
        self.channels("attach", "schedule:nightly", "nightly-alerts")
        schedule("forbidden", "powerless")
        self.channels("attach", "schedule:default/forbidden", "nightly-alerts", "--on", "failure")
        notices = sorted(heard(2), key=lambda notice: notice["Subject"])
        assert notices[0]["Subject"] == "backup succeeded", notices
        assert notices[1]["Subject"].startswith("forbidden failed: AccessDenied") and "NO_PERMISSIONS" in notices[1]["Message"], notices
        assert "does not exist" in self.channels("attach", "schedule:nowhere", "nightly-alerts", status=2)
        assert "There is no channel" in self.channels("attach", "schedule:nightly", "nowhere", status=2)
        self.channels("detach", "schedule:forbidden")

    def operators_see_and_stop_queues_and_topics(self):
        topic, url = self.topic("governed"), self.queue("governed")
        self.subscribe(topic, "sqs", QUEUE + "governed", RawMessageDelivery="true")
        self.publish(topic, "seen")
        assert self.received(url) == ["seen"]
        top = json.loads(self.governor("top", "--rows", "200", "--output", "json"))
        names = {row["Name"] for row in top["Targets"]}
        assert {"topic/governed", "queue/governed"} <= names, names
        self.governor("stop", "topic/governed", "--reason", "too loud")
        answer = self.sns("Publish", 429, TopicArn=topic, Message="m")
        assert answer["Code"] == "Throttled" and "too loud" in answer["Message"], answer
        self.publish(self.topic("governed-too"), "others go on")
        self.governor("lift", "topic/governed")
        self.governor("stop", "queue/governed")
        self.publish(topic, "held back")
        try:
            self.sqs("ReceiveMessage", QueueUrl=url)
            raise AssertionError("a stopped queue gives messages out")
        except Refused as refused:
            assert refused.answer.status == 429 and "GovernorStopped" in str(refused), refused
        self.governor("lift", "queue/governed")
        assert self.received(url) == ["held back"]
        self.governor("limit", "kind/queue", "--rate", "1")
        answers = [self.client.call("sqs", "POST", "/", json.dumps({"QueueUrl": url, "MessageBody": "m"}).encode(), {
            "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.SendMessage"}).status for _ in range(5)]
        assert 429 in answers and answers[0] == 200, answers
        self.governor("lift", "kind/queue")
        self.governor("stop", "kind/topic")
        assert self.sns("Publish", 429, TopicArn=topic, Message="m")["Code"] == "Throttled"
        self.governor("lift", "kind/topic")

    def governor(self, *words):
        said = subprocess.run([self.server.program, "governor", *words, "--data-dir", self.server.data], capture_output=True, timeout=30, check=False)
        assert said.returncode == 0, said.stderr
        return said.stdout

    def many_subscribers_get_one_message(self):
        topic, url = self.topic("many"), self.queue("many")
        self.subscribe(topic, "sqs", QUEUE + "many", RawMessageDelivery="true")
        # More than go in one commit: queues that are not there, which find their end in the dead letters of their subscription.
        self.queue("many-dead")
        redrive = json.dumps({"deadLetterTargetArn": QUEUE + "many-dead"})
        for number in range(210):
            self.subscribe(topic, "sqs", f"{QUEUE}nobody-{number}", RedrivePolicy=redrive)
        self.publish(topic, "to all")
        assert self.received(url) == ["to all"]
        depth = eventually(lambda: int(self.sqs("GetQueueAttributes", QueueUrl=url + "-dead", AttributeNames=["All"])["Attributes"][
            "ApproximateNumberOfMessages"]) >= 210, PATIENCE, 0.5)
        assert depth, "not all got it"

    def what_is_acknowledged_survives_a_kill(self):
        topic, url = self.topic("durable"), self.queue("durable")
        ordered = self.sns("CreateTopic", Name="durable.fifo", **{"Attributes.entry.1.key": "FifoTopic", "Attributes.entry.1.value": "true"})["TopicArn"]
        policy = document({"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": QUEUE + "durable.fifo"})
        fifo = self.sqs("CreateQueue", QueueName="durable.fifo", Attributes={"FifoQueue": "true", "Policy": policy})["QueueUrl"]
        self.subscribe(topic, "sqs", QUEUE + "durable", RawMessageDelivery="true")
        self.subscribe(ordered, "sqs", QUEUE + "durable.fifo", RawMessageDelivery="true")
        self.hooked(topic, "/durable")
        acknowledged = {topic: [], ordered: []}
        for round in range(KILLS):
            stop = threading.Event()
            threads = [threading.Thread(target=self.load, args=(target, f"{round}-{worker}", stop, acknowledged[target]))
                       for worker, target in enumerate((topic, topic, ordered))]
            for thread in threads:
                thread.start()
            # Also in the middle of deliveries, some of which the hook answers late.
            self.hook.answers["/durable"] = [200, 200, lambda: time.sleep(0.2) or 200, 500, 200] * 40 + [200]
            time.sleep(random.uniform(0.5, 2))
            self.server.kill()
            stop.set()
            for thread in threads:
                thread.join()
            self.server.start()
            self.client = self.server.client()
        assert all(acknowledged.values()), acknowledged
        for target, place in ((topic, url), (ordered, fifo)):
            found = []
            while more := self.received(place, 10, 10):
                found += more
            assert set(acknowledged[target]) <= set(found), f"lost {set(acknowledged[target]) - set(found)}"
            if target == ordered:
                first = list(dict.fromkeys(found))
                for round in range(KILLS):
                    own = [int(text.rsplit("-", 1)[1]) for text in first if text.startswith(f"{round}-")]
                    assert own == sorted(own), own
                assert len(found) == len(set(found)), "a FIFO queue got a message twice"
        told = lambda: {message["Message"] for message in self.hook.messages("/durable")}
        assert eventually(lambda: set(acknowledged[topic]) <= told(), PATIENCE, 0.5), f"the hook lacks {set(acknowledged[topic]) - told()}"

    def load(self, topic, name, stop, acknowledged):
        other = Publisher(self.server, self.hook)
        other.client = self.client.another()
        number = 0
        while not stop.is_set() and number < 400:
            text = f"{name}-{number}"
            more = {"MessageGroupId": "g", "MessageDeduplicationId": text} if topic.endswith(".fifo") else {}
            try:
                other.publish(topic, text, **more)
            except (OSError, Refused):
                return
            acknowledged.append(text)
            number += 1

    def topics_are_sealed(self):
        secret = "what-is-told-to-nobody"
        topic = self.topic("sealed")
        self.queue("sealed", open=False)
        self.subscribe(topic, "sqs", QUEUE + "sealed", FilterPolicy=json.dumps({"kind": [secret]}))
        self.subscribe(topic, "sqs", QUEUE + f"{secret}-queue")
        self.publish(topic, f"body {secret}")
        self.server.stop()
        found = subprocess.run(["grep", "-rlaF", secret, self.server.data], capture_output=True, check=False).stdout.decode()
        self.server.start()
        self.client = self.server.client()
        assert not found, f"it lies in the clear in {found}"


STRANGER = '''
import http.client, os
from urllib.parse import urlencode
def handler(event, context):
    door = http.client.HTTPConnection("127.0.0.1", 9001, timeout=10)
    door.request("POST", "/", urlencode({"Action": "Publish", "Version": "2010-03-31", "TopicArn": event["topic"], "Message": "x"}), {
        "Content-Type": "application/x-www-form-urlencoded", "Authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/"
        + os.environ["AWS_REGION"] + "/sns/aws4_request, SignedHeaders=host, Signature=0"})
    answer = door.getresponse()
    return {"status": answer.status, "body": answer.read().decode()}
'''


def main():
    outcome = Outcome("topics")
    hook = Hook()
    with Server() as server:
        publisher = Publisher(server, hook)
        for test in (publisher.a_function_gets_the_event, publisher.nothing_on_the_web_is_called_without_a_rule,
                     publisher.a_web_server_confirms_and_is_told, publisher.a_web_server_is_told_that_its_subscription_has_ended,
                     publisher.what_fails_is_tried_again_and_then_laid_aside,
                     publisher.a_slow_server_keeps_nobody_waiting, publisher.a_slow_host_takes_no_other_hosts_connections,
                     publisher.who_asks_to_be_left_alone_is, publisher.a_chat_gets_its_own_shape,
                     publisher.channels_are_topics_made_easy,
                     publisher.who_may_not_publish_does_not, publisher.a_schedule_publishes,
                     publisher.the_result_of_a_call_is_published, publisher.a_channel_hears_of_results_in_one_line,
                     publisher.a_chat_hears_of_results, publisher.a_channel_hears_of_a_schedule, publisher.operators_see_and_stop_queues_and_topics, publisher.many_subscribers_get_one_message,
                     publisher.what_is_acknowledged_survives_a_kill, publisher.topics_are_sealed):
            outcome.check(test.__name__.replace("_", " "), test)
    outcome.finish()


if __name__ == "__main__":
    main()
