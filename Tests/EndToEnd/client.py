"""The few AWS operations that these tests need, called with as little work on this side as there can be."""

import base64
import io
import json
import time
import zipfile
from urllib.parse import quote, urlencode

from signing import Connection, signed

LAMBDA = "/2015-03-31/functions"


def packed(files):
    """A zip file of names and texts; what is called `bootstrap` is executable."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if name == "bootstrap" else 0o100644) << 16
            archive.writestr(entry, content)
    return target.getvalue()


class Refused(Exception):
    """An AWS error where none was expected."""

    def __init__(self, answer):
        super().__init__(f"{answer.status} {answer.error}: {answer.body[:500].decode(errors='replace')}")
        self.answer = answer


class Result:
    """The outcome of one Invoke."""

    def __init__(self, answer):
        self.status, self.headers, self.body = answer.status, answer.headers, answer.body
        self.function_error = answer.headers.get("x-amz-function-error")
        self.code = answer.error

    @property
    def value(self):
        return json.loads(self.body)

    @property
    def error_type(self):
        return self.value.get("errorType") if self.function_error else None

    @property
    def log(self):
        return base64.b64decode(self.headers.get("x-amz-log-result", "")).decode(errors="replace")

    def __repr__(self):
        return f"<{self.status} {self.function_error} {self.code} {self.body[:300]!r}>"


class Client:
    """Calls one server over one kept connection; a thread uses its own."""

    def __init__(self, port, credentials, timeout=60):
        self.port, self.credentials, self.timeout = port, credentials, timeout
        self.connection = None

    def another(self):
        return Client(self.port, self.credentials, self.timeout)

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def send(self, request):
        """Sends a request as it is."""
        if self.connection is None:
            self.connection = Connection(self.port, self.timeout)
        try:
            answer = self.connection.exchange(request.bytes)
        except BaseException:
            self.close()
            raise
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    def call(self, service, method, path, body=b"", headers=None):
        return self.send(signed(self.credentials, service, method, path, body, headers))

    def rest(self, method, path, body=None, expect=(200, 201, 202, 204)):
        answer = self.call("lambda", method, path, b"" if body is None else json.dumps(body).encode(),
                           {"Content-Type": "application/json"})
        if answer.status not in expect:
            raise Refused(answer)
        return answer

    def create(self, name, files, runtime="python3.12", handler="function.handler", **settings):
        """Makes a function from files, or from the bytes of a zip file."""
        code = files if isinstance(files, bytes) else packed(files)
        return self.rest("POST", LAMBDA, {
            "FunctionName": name, "Runtime": runtime, "Handler": handler, "Role": "arn:aws:iam::000000000000:role/test",
            "Code": {"ZipFile": base64.b64encode(code).decode()}, **settings}).json()

    def role(self, name, *actions):
        """Makes a role for functions that allows these actions on everything; gives its ARN."""
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        self.iam("CreateRole", RoleName=name, AssumeRolePolicyDocument=document(trust))
        allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        self.iam("PutRolePolicy", RoleName=name, PolicyName="own", PolicyDocument=document(allow))
        return f"arn:aws:iam::000000000000:role/{name}"

    def iam(self, action, **members):
        """Calls an operation of IAM."""
        form = urlencode({"Action": action, "Version": "2010-05-08", **members}).encode()
        answer = self.call("iam", "POST", "/", form, {"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status == 200, answer
        return answer

    def configure(self, name, **settings):
        return self.rest("PUT", f"{LAMBDA}/{name}/configuration", settings).json()

    def reserve(self, name, count):
        self.rest("PUT", f"/2017-10-31/functions/{name}/concurrency", {"ReservedConcurrentExecutions": count})

    def delete(self, name):
        self.rest("DELETE", f"{LAMBDA}/{name}")

    def invocation(self, name, event=b"{}", kind="RequestResponse", log=False, qualifier=None):
        """The signed request of an Invoke, to be sent now or many times."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        headers = {"X-Amz-Invocation-Type": kind}
        if log:
            headers["X-Amz-Log-Type"] = "Tail"
        query = f"?Qualifier={quote(qualifier, safe='')}" if qualifier else ""
        return signed(self.credentials, "lambda", "POST", f"{LAMBDA}/{name}/invocations{query}", body, headers)

    def invoke(self, name, event=b"{}", **options):
        return Result(self.send(self.invocation(name, event, **options)))

    def do(self, name, what, **details):
        """Calls a function whose events name what to do, and looks that there was an answer."""
        result = self.invoke(name, {"do": what, **details})
        assert result.status == 200, result
        return result

    def value(self, name, what, **details):
        """The same where an error of the function is none of the ways it may end."""
        result = self.do(name, what, **details)
        assert not result.function_error, result
        return result.value

    def logs(self, operation, **input):
        answer = self.call("logs", "POST", "/", json.dumps(input).encode(), {
            "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"Logs_20140328.{operation}"})
        if answer.status != 200:
            raise Refused(answer)
        return answer.json()

    def messages(self, name):
        """Every line that a function has logged."""
        lines, token = [], None
        while True:
            more = {"nextToken": token} if token else {}
            try:
                page = self.logs("FilterLogEvents", logGroupName=f"/aws/lambda/{name}", **more)
            except Refused as refused:
                if refused.answer.error == "ResourceNotFoundException":
                    return lines
                raise
            lines += [event["message"] for event in page["events"]]
            token = page.get("nextToken")
            if not token:
                return lines

    def identity(self):
        return self.call("sts", "POST", "/", b"Action=GetCallerIdentity&Version=2011-06-15",
                         {"Content-Type": "application/x-www-form-urlencoded"})


def document(*statements):
    """The text of a policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def eventually(condition, seconds=10, pause=0.05):
    """Waits until something holds, and says whether it did."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found or time.monotonic() > end:
            return found
        time.sleep(pause)
