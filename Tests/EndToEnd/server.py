"""A server of a test's own: its program, its data folder, its port, and what the machine knows of its processes."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from client import Client
from signing import Credentials

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(1, os.path.join(ROOT, "Tests/Runtimes"))
PROGRAM = os.environ.get("MARTLET_PROGRAM", os.path.join(ROOT, ".build/debug/martlet"))


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def listens(port):
    """Whether somebody listens: who tries a free port for long may at last be connected to itself (RFC 9293, 3.5)."""
    with socket.create_connection(("127.0.0.1", port), 1) as connection:
        return connection.getsockname() != connection.getpeername()


class Server:
    """`martlet serve` with a data folder of its own; used as `with Server() as server:`."""

    def __init__(self, *flags, program=PROGRAM, data=None):
        self.program, self.flags = program, list(flags)
        self.folder = tempfile.mkdtemp(prefix="martlet-test-")
        self.data = data or os.path.join(self.folder, "data")
        self.output = os.path.join(self.folder, "server.log")
        self.port = free_port()
        self.process = None
        self._credentials = None

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def launch(self, *flags):
        """Starts the program and does not wait until it listens."""
        with open(self.output, "ab") as output:
            self.process = subprocess.Popen(
                [self.program, "serve", "--data-dir", self.data, "--listen", f"127.0.0.1:{self.port}", *self.flags, *flags],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        return self

    def start(self, seconds=60, pause=0.01):
        """Starts the program and waits until it listens; keeps how long that took."""
        begun = time.monotonic()
        self.launch()
        while True:
            try:
                if listens(self.port):
                    break
                raise ConnectionRefusedError
            except OSError:
                if self.process.poll() is not None or time.monotonic() - begun > seconds:
                    raise AssertionError(f"the server did not start ({self.process.poll()}):\n{self.said()}") from None
                time.sleep(pause)
        self.started_after = time.monotonic() - begun
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=30):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def said(self):
        with open(self.output, errors="replace") as output:
            return output.read()

    def check_unharmed(self, number):
        """It is still the process with this number, and nothing in it has crashed."""
        said = self.said()
        assert self.process.poll() is None and self.process.pid == number, f"it ended with {self.process.poll()}: {said[-6000:]}"
        assert "Fatal error" not in said and "Crash:" not in said, said[-3000:]

    @property
    def credentials(self):
        if self._credentials is None:
            said = subprocess.run(
                [self.program, "credentials", "--data-dir", self.data, "--format", "env"], capture_output=True, text=True,
                stdin=subprocess.DEVNULL, timeout=30, check=False)
            assert said.returncode == 0, f"martlet credentials: {said.stderr}"
            lines = [line.removeprefix("export ").split("=", 1) for line in said.stdout.splitlines() if "=" in line]
            found = {name: value.strip("'\"") for name, value in lines}
            self._credentials = Credentials(
                found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"], found["AWS_REGION"], found.get("AWS_SESSION_TOKEN"))
        return self._credentials

    def client(self, timeout=60):
        return Client(self.port, self.credentials, timeout)


def processes():
    """Every process of this machine: its number, its parent's, its state and its name."""
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", errors="replace") as stat:
                text = stat.read()
        except OSError:
            continue
        start, end = text.index("("), text.rindex(")")
        state, parent = text[end + 2:].split(" ")[:2]
        found[int(name)] = (int(parent), state, text[start + 1:end])
    return found


def descendants(root, table=None):
    """The processes below one, and itself."""
    table = table or processes()
    children = {}
    for number, (parent, _, _) in table.items():
        children.setdefault(parent, []).append(number)
    found, waiting = [], [root]
    while waiting:
        number = waiting.pop()
        found.append(number)
        waiting += children.get(number, [])
    return found


def open_descriptors(number):
    return len(os.listdir(f"/proc/{number}/fd"))


def resident(number):
    """Kilobytes of memory that a process holds."""
    with open(f"/proc/{number}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def mounts(number):
    with open(f"/proc/{number}/mountinfo") as table:
        return len(table.readlines())


def control_groups(number):
    """The folders of a server's control groups in every hierarchy, those of its sandboxes among them."""
    found = []
    for base, folders, _ in os.walk("/sys/fs/cgroup"):
        owned = [name for name in folders if name.startswith(f"martlet-{number}-")]
        for name in owned:
            found += [path for path, _, _ in os.walk(os.path.join(base, name))]
    return found
