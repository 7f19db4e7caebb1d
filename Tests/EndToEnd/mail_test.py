#!/usr/bin/env python3
"""Sends mail through real SMTP servers, good ones and hostile ones: what arrives, what is tried again, and what never leaves."""

import base64
import email
import email.policy
import json
import os
import queue
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

from client import document, eventually
from server import Server, free_port
from topics_test import PATIENCE, QUEUE, Publisher

from outcome import Outcome  # isort: skip

SENDER = "martlet@sender.example"
USER, PASSWORD = "mailer", "p\u00e4ss word"
SKIPPED = 17


def certificates(folder):
    """A root, and a certificate of it for this machine."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    with open(os.path.join(folder, "names"), "w", encoding="ascii") as file:
        file.write("subjectAltName=IP:127.0.0.1\n")
    for command in (["req", "-x509", "-days", "2", "-subj", "/CN=Root", "-keyout", "root.key", "-out", "root.pem", *key],
                    ["req", "-subj", "/CN=relay", "-keyout", "key.pem", "-out", "request.pem", *key],
                    ["x509", "-req", "-days", "2", "-in", "request.pem", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-extfile", "names",
                     "-out", "cert.pem"]):
        subprocess.run(["openssl", *command], cwd=folder, capture_output=True, check=True)


def tls(folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
    return context


class Relay:
    """What an SMTP server of aiosmtpd was given, and what it answers to whom."""

    def __init__(self):
        self.mails, self.answers, self.logins, self.lock = [], {}, [], threading.Lock()

    async def handle_RCPT(self, server, session, envelope, address, options):
        with self.lock:
            answers = self.answers.get(address, [])
            if answers:
                return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        with self.lock:
            self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content, envelope.original_content, bool(session.ssl)))
        return "250 taken"

    def authenticate(self, server, session, envelope, mechanism, data):
        from aiosmtpd.smtp import AuthResult
        self.logins.append((mechanism, data.login, data.password))
        return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()))

    def to(self, address):
        """The mails to a mailbox, as a mail program reads them."""
        with self.lock:
            return [email.message_from_bytes(content, policy=email.policy.SMTPUTF8) for _, to, content, _, _ in self.mails if to == [address]]

    def one(self, address, subject, count=1):
        found = eventually(lambda: [mail for mail in self.to(address) if subject in mail["Subject"]][count - 1:], PATIENCE, 0.05)
        assert found, f"no mail about {subject!r} to {address}: {[mail['Subject'] for mail in self.to(address)]}"
        return found[-1]


class Script:
    """A TCP server that treats each connection as the next function says, and well if there is none."""

    def __init__(self, wellbehaved):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.heard, self.scripts, self.wellbehaved = [], queue.Queue(), wellbehaved
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            try:
                script = self.scripts.get_nowait()
            except queue.Empty:
                script = self.wellbehaved
            threading.Thread(target=self.carry_out, args=(script, connection), daemon=True).start()

    def carry_out(self, script, connection):
        heard = []
        self.heard.append((script.__name__, heard))
        connection.settimeout(60)
        try:
            with connection:
                script(Talk(connection, heard))
        except OSError:
            pass


class Talk:
    """One side of a conversation, by lines."""

    def __init__(self, connection, heard):
        self.connection, self.heard, self.rest = connection, heard, b""

    def say(self, text):
        self.connection.sendall(text if isinstance(text, bytes) else text.encode())

    def line(self):
        while b"\n" not in self.rest:
            more = self.connection.recv(65536)
            if not more:
                raise ConnectionError
            self.rest += more
        line, self.rest = self.rest.split(b"\n", 1)
        self.heard.append(line + b"\n")
        return line

    def until_closed(self):
        while more := self.connection.recv(65536):
            self.heard.append(more)


def good(talk, greeting="220 here\r\n", content="250 taken\r\n", offers=""):
    """What a relay without anything does, up to the answer to the content."""
    talk.say(greeting)
    talk.line()
    talk.say(f"250-here\r\n{offers}250 HELP\r\n")
    for answer in ("250 ok\r\n", "250 ok\r\n", "354 go on\r\n"):
        talk.line()
        talk.say(answer)
    while talk.line() != b".\r":
        pass
    talk.say(content)
    talk.until_closed()


def endless_line(talk):
    for _ in range(1000):
        talk.say("220 " + "x" * 4096)


def endless_reply(talk):
    for _ in range(100_000):
        talk.say("220-more\r\n")


def bare_line_feeds(talk):
    good(talk, greeting="220 here\n")


def no_protocol(talk):
    talk.say("HTTP/1.1 400 Bad Request\r\n\r\n")
    talk.until_closed()


def two_answers_at_once(talk):
    good(talk, greeting="220 here\r\n250 and there\r\n")


def unequal_numbers(talk):
    good(talk, greeting="220-here\r\n250 there\r\n")


def not_now(talk):
    talk.say("421 too busy\r\n")
    talk.until_closed()


def nobody_wanted(talk):
    talk.say("554 no service\r\n")
    talk.until_closed()


def gone_before_the_answer(talk):
    good(talk, content="")


def not_stored(talk):
    good(talk, content="452 no room\r\n")


HOSTILE = [endless_line, endless_reply, bare_line_feeds, no_protocol, two_answers_at_once, unequal_numbers, not_now, nobody_wanted, not_stored]


class Mail(Publisher):
    """Who subscribes mailboxes, and looks at what came."""

    def __init__(self, server, relay):
        super().__init__(server, None)
        self.relay = relay

    def mailbox(self, topic, address, protocol="email", **attributes):
        """A mailbox that has followed its link."""
        subscription = self.subscribe(topic, protocol, address, **attributes)
        self.follow(self.relay.one(address, "Subscription Confirmation"))
        return subscription

    @staticmethod
    def text(mail):
        """What a mail says, with line ends as programs have them."""
        return mail.get_content().replace("\r\n", "\n")

    @staticmethod
    def follow(mail):
        links = [word for word in mail.get_content().split() if word.startswith("http")]
        with urllib.request.urlopen(links[0], timeout=30) as answer:
            return answer.read().decode()

    # With TLS and a login.

    def a_mailbox_confirms_and_is_told(self):
        topic = self.topic("letters")
        self.sns("SetTopicAttributes", TopicArn=topic, AttributeName="DisplayName", AttributeValue='Bäcker "und" Söhne')
        subscription = self.subscribe(topic, "email", "anna@example.com")
        asked = self.relay.one("anna@example.com", "Subscription Confirmation")
        assert str(asked["From"]) == f'"Bäcker \\"und\\" Söhne" <{SENDER}>' and asked["To"] == "anna@example.com", (str(asked["From"]), asked["To"])
        assert topic in asked.get_content() and asked["Auto-Submitted"] == "auto-generated", asked
        self.publish(topic, "too early")
        assert subscription in self.follow(asked)
        text = "Grüße\n.\n.hidden\n..two\nFrom here\ntrailing \t\n" + "long " * 1000 + "\r\nend=3D"
        sent = self.publish(topic, text, Subject="It is = ?x?")
        mail = self.relay.one("anna@example.com", "It is = ?x?")
        assert self.text(mail).startswith(text.replace("\r\n", "\n") + "\n\n--\n"), self.text(mail)
        assert mail["Date"].datetime.timestamp() > time.time() - 600 and mail["Message-ID"].endswith("@sender.example>") and sent, mail
        assert mail.get_content_type() == "text/plain" and mail.get_content_charset() == "utf-8", mail
        *_, raw, secure = self.relay.mails[-1]
        assert secure and max(map(len, raw.split(b"\r\n"))) <= 998 and b"\n" not in raw.replace(b"\r\n", b""), "lines are not as mail has them"
        assert {(login.decode(), password.decode()) for _, login, password in self.relay.logins} == {(USER, PASSWORD)}, self.relay.logins
        assert len(self.relay.to("anna@example.com")) == 2, "what came too early was sent"
        link = mail["List-Unsubscribe"].strip("<>")
        assert link in self.text(mail) and link.startswith("http"), mail["List-Unsubscribe"]
        with urllib.request.urlopen(link, timeout=30) as answer:
            assert answer.status == 200
        assert self.sns("GetSubscriptionAttributes", 404, SubscriptionArn=subscription)["Code"] == "NotFound"

    def a_mailbox_of_a_program_gets_json(self):
        topic = self.topic("json-letters")
        self.subscribe(topic, "email-json", "program@example.com")
        asked = json.loads(self.relay.one("program@example.com", "Subscription Confirmation").get_content())
        assert asked["Type"] == "SubscriptionConfirmation" and self.sns("ConfirmSubscription", TopicArn=topic, Token=asked["Token"]), asked
        sent = self.publish(topic, "hello", Subject="s", **{"MessageAttributes.entry.1.Name": "a", "MessageAttributes.entry.1.Value.DataType": "String",
                                                            "MessageAttributes.entry.1.Value.StringValue": "b"})
        message = json.loads(self.relay.one("program@example.com", "s", 2).get_content())
        assert (message["Type"], message["MessageId"], message["Message"]) == ("Notification", sent, "hello"), message
        assert message["MessageAttributes"] == {"a": {"Type": "String", "Value": "b"}}, message

    def no_line_can_be_added(self):
        topic = self.topic("injected")
        for address in ("a@b.example\r\nRCPT TO:<c@d.example>", "a@b.example\nBcc: c@d.example", "a b@c.example", '"a@b"@c.example', "<a@b.example>", "a@b.example>",
                        "a@b", "@b.example", "a@", "a@b@c.example", ".a@b.example", "a..b@c.example", "a@1.2.3.4", "a@[127.0.0.1]", "a@b_\r.example",
                        "a\u0000@b.example", "a\u202e@b.example", "a" * 65 + "@b.example", "a@" + "b." * 130 + "example", "a@b.example,c@d.example", "a@bücher.example"):
            if address == "a@b":  # A name of the intranet is one.
                continue
            answer = self.sns("Subscribe", 400, TopicArn=topic, Protocol="email", Endpoint=address)
            assert answer["Code"] in ("InvalidParameter", "ValidationError"), (address, answer)
        self.mailbox(topic, "careful@example.com")
        for subject in ("a\r\nBcc: c@d.example", "a\nb", "\u0000"):
            assert self.sns("Publish", 400, TopicArn=topic, Message="m", Subject=subject)["Code"] in ("InvalidParameter", "ValidationError")
        answer = self.sns("SetTopicAttributes", 400, TopicArn=topic, AttributeName="DisplayName", AttributeValue="a\r\nBcc: c@d.example")
        assert answer["Code"] in ("InvalidParameter", "ValidationError"), answer

    def who_subscribes_a_stranger_again_and_again_sends_one_mail(self):
        topic = self.topic("nagging")
        for _ in range(5):
            self.subscribe(topic, "email", "stranger@example.com")
        subscription = self.subscribe(topic, "email", "stranger@example.com")
        assert self.relay.one("stranger@example.com", "Subscription Confirmation")
        time.sleep(1)
        assert len(self.relay.to("stranger@example.com")) == 1 and subscription, self.relay.to("stranger@example.com")

    def what_a_relay_does_not_take_now_it_gets_later(self):
        topic = self.topic("greylisted")
        self.mailbox(topic, "grey@example.com")
        self.relay.answers["grey@example.com"] = ["451 4.7.1 greylisted"]
        begun = time.monotonic()
        self.publish(topic, "patience", Subject="patience")
        self.relay.one("grey@example.com", "patience")
        assert time.monotonic() - begun > 5, "it was not tried again but at once"

    def what_a_relay_refuses_is_laid_aside(self):
        topic, dead = self.topic("refused"), self.queue("refused-dead")
        self.mailbox(topic, "gone@example.com", RedrivePolicy=json.dumps({"deadLetterTargetArn": QUEUE + "refused-dead"}))
        self.relay.answers["gone@example.com"] = ["550 5.1.1 no such user"] * 9
        self.publish(topic, "never")
        letter, = self.received(dead)
        assert json.loads(letter)["Message"] == "never", letter
        assert len(self.relay.answers["gone@example.com"]) == 8, "it was tried again"

    def a_mailbox_may_be_called_in_another_script(self):
        topic = self.topic("scripts")
        self.mailbox(topic, "用户@example.com")
        self.publish(topic, "你好", Subject="hello")
        mail = self.relay.one("用户@example.com", "hello")
        assert self.text(mail).startswith("你好\n"), self.text(mail)

    def the_use_of_the_password_is_on_record(self):
        said = subprocess.run([self.server.program, "audit", "tail", "--data-dir", self.server.data, "--output", "json"], capture_output=True, timeout=60, check=False)
        assert b"secret/relay" in said.stdout, (said.stdout[-500:], said.stderr)

    def rules_for_topics_count_for_the_relay(self):
        topic = self.topic("ruled")
        self.mailbox(topic, "ruled@example.com")
        self.rules([{"host": "hooks.example.com"}])
        answer = self.sns("Subscribe", 400, TopicArn=topic, Protocol="email", Endpoint="new@example.com")
        assert "do not let tcp be spoken" in answer["Message"], answer
        self.rules([{"host": "127.0.0.1", "speak": ["tcp"], "ports": [self.port], "addresses": ["127.0.0.1"]}])
        self.publish(topic, "allowed", Subject="allowed")
        assert self.relay.one("ruled@example.com", "allowed")

    def a_stop_of_the_relay_holds_mail_back(self):
        topic = self.topic("stopped")
        self.mailbox(topic, "held@example.com")
        self.governor("stop", "target/127.0.0.1")
        self.publish(topic, "later", Subject="later")
        time.sleep(3)
        assert not [mail for mail in self.relay.to("held@example.com") if mail["Subject"] == "later"], "a stop was not heeded"
        self.governor("lift", "target/127.0.0.1")
        assert self.relay.one("held@example.com", "later")

    def a_mailbox_hears_of_results(self):
        topic = self.topic("people")
        self.mailbox(topic, "people@example.com")
        code = "def handler(event, context):\n    if event.get('fail'): raise ValueError('disk full')\n    return {'done': True}\n"
        self.client.create("backup", {"function.py": code}, Tags={"martlet:channel": "people"})
        self.client.rest("PUT", "/2019-09-25/functions/backup/event-invoke-config", {"MaximumRetryAttempts": 0})
        self.client.invoke("backup", {"fail": True}, kind="Event")
        mail = self.relay.one("people@example.com", "backup failed: ValueError: disk full")
        assert self.text(mail).startswith("backup failed: ValueError: disk full\n") and "function:backup" in self.text(mail), self.text(mail)
        trust = {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}
        self.client.iam("CreateRole", RoleName="nightly", AssumeRolePolicyDocument=document(trust))
        self.client.iam("PutRolePolicy", RoleName="nightly", PolicyName="own", PolicyDocument=document(
            {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}))
        self.client.create("report", {"function.py": code})
        answer = self.client.call("scheduler", "POST", "/schedules/nightly", json.dumps({
            "ScheduleExpression": f"at({time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(time.time() + 10))})", "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": "arn:aws:lambda:us-east-1:000000000000:function:report", "RoleArn": "arn:aws:iam::000000000000:role/nightly", "Input": "{}"}}).encode(),
            {"Content-Type": "application/json"})
        assert answer.status == 200, answer
        said = subprocess.run([self.server.program, "channels", "attach", "schedule:nightly", "people", "--data-dir", self.server.data], capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=30, check=False)
        assert said.returncode == 0, said
        assert '{"done": true}' in self.text(self.relay.one("people@example.com", "report succeeded"))

    def governor(self, *words):
        said = subprocess.run([self.server.program, "governor", *words, "--data-dir", self.server.data], capture_output=True, timeout=30, check=False)
        assert said.returncode == 0, said.stderr

    # With hostile relays.

    def a_relay_that_misbehaves_loses_nothing(self, script):
        topic, number = self.topic("hostile"), len(HOSTILE)
        subscription = self.subscribe(topic, "email", "tough@example.com")
        confirmation = eventually(lambda: [b"".join(heard) for _, heard in script.heard if b"SubscribeURL" in b"".join(heard) or b"\r\n.\r\n" in b"".join(heard)], PATIENCE)
        self.follow(email.message_from_bytes(confirmation[0].split(b"DATA\r\n", 1)[1].split(b"\r\n.\r\n")[0], policy=email.policy.SMTP))
        assert self.sns("GetSubscriptionAttributes", SubscriptionArn=subscription)
        for hostile in HOSTILE:
            script.scripts.put(hostile)
        for place in range(number):
            self.publish(topic, f"message {place}", Subject=f"message {place}")
        arrived = lambda: {place for place in range(number) for name, heard in script.heard
                           if name == "good" and f"\r\nSubject: message {place}\r\n".encode() in b"".join(heard)}
        assert eventually(lambda: arrived() == set(range(number)), PATIENCE, 0.2), f"only {arrived()} arrived"
        assert {name for name, _ in script.heard} == {"good"} | {hostile.__name__ for hostile in HOSTILE}
        refused = [(name, heard) for name, heard in script.heard if name in ("endless_line", "endless_reply", "bare_line_feeds", "no_protocol", "not_now") and heard]
        assert not refused, refused

    def a_mail_that_is_too_large_is_laid_aside(self, script):
        topic, dead = self.topic("hostile"), self.queue("large-dead")
        self.sns("SetSubscriptionAttributes", SubscriptionArn=self.tree(topic), AttributeName="RedrivePolicy",
                 AttributeValue=json.dumps({"deadLetterTargetArn": QUEUE + "large-dead"}))
        script.scripts.put(lambda talk: good(talk, offers="250-SIZE 1000\r\n"))
        self.publish(topic, "x" * 2000)
        letter, = self.received(dead)
        assert len(json.loads(letter)["Message"]) == 2000, letter

    def tree(self, topic):
        return self.sns("ListSubscriptionsByTopic", TopicArn=topic)["SubscriptionArn"]

    def a_dumb_relay_keeps_nobody_else_waiting(self, script):
        topic, url = self.topic("hostile"), self.queue("beside-mail")
        self.subscribe(topic, "sqs", QUEUE + "beside-mail", RawMessageDelivery="true")
        def dumb(talk):
            talk.until_closed()

        for _ in range(40):
            script.scripts.put(dumb)
        begun = time.monotonic()
        for number in range(40):
            self.publish(topic, str(number))
        assert sorted(self.received(url, 40), key=int) == [str(number) for number in range(40)]
        assert time.monotonic() - begun < 30, "queues waited for a relay"
        silent = [name for name, _ in script.heard if name == "dumb"]
        assert len(silent) <= 32, f"{len(silent)} connections at a time"

    def nothing_is_said_without_tls(self, script, context):
        """The relay of a server that insists on STARTTLS, and what a man in the middle can do to it."""
        wrong = tempfile.mkdtemp(dir=self.server.folder)
        certificates(wrong)

        def stripped(talk):
            good(talk)

        def injected(talk):
            talk.say("220 here\r\n")
            talk.line()
            talk.say("250-here\r\n250 STARTTLS\r\n")
            talk.line()
            talk.say("220 go on\r\n250-here\r\n250 AUTH PLAIN\r\n")
            talk.until_closed()

        def no_tls_at_all(talk):
            talk.say("220 here\r\n")
            talk.line()
            talk.say("250-here\r\n250 STARTTLS\r\n")
            talk.line()
            talk.say("220 go on\r\n")
            time.sleep(0.2)
            talk.say("250-here\r\n250 AUTH PLAIN\r\n")
            talk.until_closed()

        def somebody_else(talk):
            self.secured(talk, tls(wrong))

        def later(talk):
            talk.say("220 here\r\n")
            talk.line()
            talk.say("250-here\r\n250 STARTTLS\r\n")
            talk.line()
            talk.say("454 TLS not available\r\n")
            talk.until_closed()

        def no_way_in(talk):
            self.secured(talk, context, "535 5.7.8 wrong password\r\n")

        def no_auth(talk):
            self.secured(talk, context, offers="250 HELP\r\n")

        scripts = (stripped, injected, no_tls_at_all, somebody_else, later, no_way_in, no_auth)
        for number, hostile in enumerate(scripts):
            script.scripts.put(hostile)
            self.subscribe(self.topic(f"secure-{number}"), "email", f"secure-{number}@example.com")
        taken = lambda: [heard for name, heard in script.heard if name == "through" and b"MAIL FROM" in b"".join(heard)]
        assert eventually(lambda: len(taken()) >= len(scripts), PATIENCE, 0.2), [(name, heard) for name, heard in script.heard]
        for name, heard in script.heard:
            said = b"".join(heard)
            if name in ("no_way_in", "no_auth"):
                assert b"MAIL FROM" not in said, (name, said)
            elif name != "through":
                assert b"AUTH" not in said and b"MAIL" not in said and b"secure-" not in said, (name, said)
        login = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode())
        assert all(b"AUTH PLAIN " + login in b"".join(heard) for heard in taken()), taken()

    @staticmethod
    def secured(talk, context, login="235 welcome\r\n", offers="250 AUTH LOGIN PLAIN\r\n"):
        """A relay with STARTTLS, up to where the connection is closed."""
        talk.say("220 here\r\n")
        talk.line()
        talk.say("250-here\r\n250 STARTTLS\r\n")
        talk.line()
        talk.say("220 go on\r\n")
        talk.connection = context.wrap_socket(talk.connection, server_side=True)
        talk.line()
        talk.say(f"250-here\r\n{offers}")
        for answer in (login, "250 ok\r\n", "250 ok\r\n", "354 go on\r\n"):
            talk.line()
            talk.say(answer)
        while talk.line() != b".\r":
            pass
        talk.say("250 taken\r\n")
        talk.until_closed()


def with_login(outcome, folder):
    from aiosmtpd.controller import Controller
    relay, port = Relay(), free_port()
    controller = Controller(relay, hostname="127.0.0.1", port=port, tls_context=tls(folder), require_starttls=True, auth_required=True,
                            authenticator=relay.authenticate, enable_SMTPUTF8=True)
    controller.start()
    flags = ["--mail-relay", f"127.0.0.1:{port}", "--mail-sender", SENDER, "--mail-user", USER, "--mail-password", "secret:relay",
             "--egress-trust", os.path.join(folder, "root.pem")]
    with Server(*flags) as server:
        said = subprocess.run([server.program, "secrets", "put", "relay", "-", "--data-dir", server.data], input=(PASSWORD + "\n").encode(), capture_output=True,
                              timeout=30, check=False)
        assert said.returncode == 0, said.stderr
        mail = Mail(server, relay)
        mail.port = port
        for test in (mail.a_mailbox_confirms_and_is_told, mail.a_mailbox_of_a_program_gets_json, mail.no_line_can_be_added,
                     mail.who_subscribes_a_stranger_again_and_again_sends_one_mail, mail.what_a_relay_does_not_take_now_it_gets_later,
                     mail.what_a_relay_refuses_is_laid_aside, mail.a_mailbox_may_be_called_in_another_script, mail.the_use_of_the_password_is_on_record,
                     mail.a_stop_of_the_relay_holds_mail_back, mail.a_mailbox_hears_of_results, mail.rules_for_topics_count_for_the_relay):
            outcome.check(test.__name__.replace("_", " "), test)
    controller.stop()


def with_tls_from_the_first_byte(folder):
    from aiosmtpd.controller import Controller
    relay, port = Relay(), free_port()
    # What aiosmtpd has for such ports goes by the way of asyncio alone, so that it does not know of TLS.
    controller = Controller(relay, hostname="127.0.0.1", port=port, ssl_context=tls(folder), auth_required=True, auth_require_tls=False,
                            authenticator=relay.authenticate)
    controller.start()
    secret = os.path.join(folder, "password")
    with open(secret, "w", encoding="utf-8") as file:
        file.write(PASSWORD + "\n")
    flags = ["--mail-relay", f"127.0.0.1:{port}", "--mail-security", "tls", "--mail-sender", SENDER, "--mail-user", USER, "--mail-password", f"file:{secret}",
             "--egress-trust", os.path.join(folder, "root.pem")]
    os.chmod(secret, 0o644)
    exposed = Server(*flags).launch()
    assert exposed.process.wait(60) != 0, "a password that anybody can read was taken"
    exposed.close()
    os.chmod(secret, 0o600)
    with Server(*flags) as server:
        mail = Mail(server, relay)
        topic = mail.topic("implicit")
        mail.mailbox(topic, "implicit@example.com")
        mail.publish(topic, "hello", Subject="hello")
        assert relay.one("implicit@example.com", "hello")
    controller.stop()


def settings_that_are_refused():
    for flags in (["--mail-relay", "relay.example.com:25", "--mail-security", "none", "--mail-sender", SENDER], ["--mail-relay", "127.0.0.1", "--mail-sender", SENDER],
                  ["--mail-relay", "127.0.0.1:25"], ["--mail-relay", "127.0.0.1:25", "--mail-sender", "a@b\r\nc"], ["--mail-sender", SENDER],
                  ["--mail-relay", "127.0.0.1:25", "--mail-sender", SENDER, "--mail-user", "u"], ["--mail-relay", "127.0.0.1:25", "--mail-sender", SENDER, "--mail-security", "ssl"]):
        server = Server(*flags).launch()
        status = server.process.wait(60)
        said = server.said()
        server.close()
        assert status != 0 and "mail-" in said, (flags, status, said)


def without_a_relay():
    with Server() as server:
        mail = Mail(server, None)
        answer = mail.sns("Subscribe", 400, TopicArn=mail.topic("nothing"), Protocol="email", Endpoint="a@example.com")
        assert answer["Code"] == "InvalidParameter" and "no mail relay" in answer["Message"], answer


def with_hostile_relays(outcome, folder):
    script = Script(good)
    with Server("--mail-relay", f"127.0.0.1:{script.port}", "--mail-security", "none", "--mail-sender", SENDER) as server:
        mail = Mail(server, None)
        for test in (mail.a_relay_that_misbehaves_loses_nothing, mail.a_mail_that_is_too_large_is_laid_aside, mail.a_dumb_relay_keeps_nobody_else_waiting):
            outcome.check(test.__name__.replace("_", " "), lambda test=test: test(script))
    context = tls(folder)

    def through(talk):
        Mail.secured(talk, context)

    script = Script(through)
    secret = os.path.join(folder, "password")
    with Server("--mail-relay", f"127.0.0.1:{script.port}", "--mail-sender", SENDER, "--mail-user", USER, "--mail-password", f"file:{secret}",
                "--egress-trust", os.path.join(folder, "root.pem")) as server:
        mail = Mail(server, None)
        outcome.check("nothing is said without TLS", lambda: mail.nothing_is_said_without_tls(script, context))


def main():
    outcome = Outcome("mail")
    try:
        import aiosmtpd.controller  # noqa: F401
    except ImportError:
        outcome.skip(SKIPPED, "aiosmtpd is not installed (dev/requirements.txt)")
        outcome.finish()
    with tempfile.TemporaryDirectory() as folder:
        certificates(folder)
        with_login(outcome, folder)
        outcome.check("TLS from the first byte", lambda: with_tls_from_the_first_byte(folder))
        outcome.check("settings that are refused", settings_that_are_refused)
        outcome.check("without a relay", without_a_relay)
        with_hostile_relays(outcome, folder)
    outcome.finish()


if __name__ == "__main__":
    main()
