"""Starts a Martlet server for one test run and stops it, cleanly."""

import functools
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/Runtimes"))
PROGRAM = os.environ.get("MARTLET_PROGRAM", str(ROOT / ".build/debug/martlet"))


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def listens(port):
    """Whether somebody listens: who tries a free port for long may at last be connected to itself (RFC 9293, 3.5)."""
    with socket.create_connection(("127.0.0.1", port), 1) as connection:
        return connection.getsockname() != connection.getpeername()


class Server:
    """A running server with its data folder and what clients need to reach it.

    With MARTLET_TEST_ENDPOINT set, that server is used instead, with the credentials of the environment.
    """

    def __init__(self, *arguments):
        self.arguments, self.stopped = arguments, False

    def __enter__(self):
        if endpoint := os.environ.get("MARTLET_TEST_ENDPOINT"):
            self.process, self.folder = None, tempfile.mkdtemp(prefix="martlet-test.")
            self.environment = {**os.environ, "AWS_ENDPOINT_URL": endpoint, "AWS_PAGER": ""}
            return self
        self.folder = tempfile.mkdtemp(prefix="martlet-test.")
        self.data = os.path.join(self.folder, "data")
        self.port = free_port()
        self.start()
        return self

    def start(self):
        address = f"127.0.0.1:{self.port}"
        with open(os.path.join(self.folder, "server.log"), "ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "serve", "--data-dir", self.data, "--listen", address, *self.arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while True:
            try:
                if listens(self.port):
                    break
                raise ConnectionRefusedError
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"the server did not start:\n{self.log()}") from None
                time.sleep(0.05)
        text = subprocess.run(
            [PROGRAM, "credentials", "--data-dir", self.data, "--format", "env"], check=True, capture_output=True, text=True).stdout
        exports = dict(re.findall(r"^export (\w+)='?([^'\n]*)'?$", text, re.M))
        missing = {"AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"} - exports.keys()
        if missing:
            raise SystemExit(f"`martlet credentials` does not print {sorted(missing)}")
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": self.folder, "LANG": "C.UTF-8", "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true",
            **exports, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
        }
        self.environment.setdefault("AWS_DEFAULT_REGION", exports["AWS_REGION"])

    def log(self):
        with open(os.path.join(self.folder, "server.log"), encoding="utf-8", errors="replace") as file:
            return file.read()[-8000:]

    def stop(self):
        """Asks the server to end; it must, within ten seconds, with status 0."""
        self.stopped = True
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the server did not end within ten seconds:\n{self.log()}") from None
        assert status == 0, f"the server ended with status {status}:\n{self.log()}"

    def __exit__(self, *error):
        try:
            if self.process is None or self.stopped:
                return
            if self.process.poll() is not None:
                raise SystemExit(f"the server died with status {self.process.returncode}:\n{self.log()}")
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    @functools.cached_property
    def role(self):
        """The ARN of a role that functions may have."""
        iam = self.client("iam")
        trust = ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},'
                 '"Action":"sts:AssumeRole"}]}')
        try:
            return iam.create_role(RoleName="for-functions", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        except iam.exceptions.EntityAlreadyExistsException:
            return iam.get_role(RoleName="for-functions")["Role"]["Arn"]

    def client(self, service, **config):
        """A boto3 client that makes no retries, so that a test sees the first answer."""
        import boto3
        from botocore.config import Config

        known = self.environment
        return boto3.client(
            service, endpoint_url=known["AWS_ENDPOINT_URL"], region_name=known.get("AWS_REGION") or known["AWS_DEFAULT_REGION"],
            aws_access_key_id=known["AWS_ACCESS_KEY_ID"], aws_secret_access_key=known["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=known.get("AWS_SESSION_TOKEN"),
            config=Config(retries={"total_max_attempts": 1}, read_timeout=60, **config))


def program_exists():
    return os.environ.get("MARTLET_TEST_ENDPOINT") or os.access(PROGRAM, os.X_OK)
