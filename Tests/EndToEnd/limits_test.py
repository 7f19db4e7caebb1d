#!/usr/bin/env python3
"""Runs functions into each of their limits; each ends in the error that says so, and a neighbour never notices."""

from neighbour import Neighbour
from server import Server

from outcome import Outcome  # isort: skip

FUNCTION = '''
import errno, os, resource, signal, threading, time
def handler(event, context):
    return globals()[event["do"]](**{name: value for name, value in event.items() if name != "do"})
def allocate(megabytes):
    kept = [bytearray(os.urandom(1) * (1 << 20)) for _ in range(megabytes)]
    return len(kept)
def allocate_in_child(megabytes):
    child = os.fork()
    if child == 0:
        allocate(megabytes)
        os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])
def sleep(seconds):
    time.sleep(seconds)
    return "awake"
def spin(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end: pass
    return "done"
def fork_bomb():
    children = []
    try:
        while len(children) < 20000:
            child = os.fork()
            if child == 0: time.sleep(30); os._exit(0)
            children.append(child)
    except OSError as error:
        return {"forks": len(children), "error": errno.errorcode[error.errno]}
    finally:
        for child in children: os.kill(child, signal.SIGKILL)
    return {"forks": len(children)}
def wild_fork_bomb():
    while True:
        try: os.fork()
        except OSError: pass
def threads():
    count = 0
    try:
        while count < 20000:
            threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
            count += 1
    except RuntimeError as error:
        return {"threads": count, "error": str(error)}
    return {"threads": count}
def fill(megabytes, path="/tmp/full"):
    written = 0
    try:
        with open(path, "wb", 0) as file:
            for _ in range(megabytes): written += file.write(b"x" * (1 << 20))
    except OSError as error:
        return {"megabytes": written >> 20, "error": errno.errorcode[error.errno]}
    finally:
        if os.path.exists(path): os.remove(path)
    return {"megabytes": written >> 20}
def inodes():
    count = 0
    try:
        while count < 5_000_000:
            os.close(os.open("/tmp/f%d" % count, os.O_CREAT | os.O_WRONLY))
            count += 1
    except OSError as error:
        return {"files": count, "error": errno.errorcode[error.errno]}
    return {"files": count}
def descriptors():
    held = []
    try:
        while len(held) < 100000: held.append(os.open("/dev/null", os.O_RDONLY))
    except OSError as error:
        return {"open": len(held), "error": errno.errorcode[error.errno]}
    finally:
        for one in held: os.close(one)
    return {"open": len(held)}
def answer(length):
    return "x" * length
def core():
    return resource.getrlimit(resource.RLIMIT_CORE)
'''


class Limits:
    """The cases, each called by its name."""

    def __init__(self, client):
        self.client = client

    def make(self, name, **settings):
        self.client.create(name, {"function.py": FUNCTION}, **{"Timeout": 20, "MemorySize": 256, **settings})

    def memory(self):
        result = self.client.do("small", "allocate", megabytes=300)
        assert result.error_type == "Runtime.OutOfMemory", result
        assert "128 MB" in result.value["errorMessage"], result
        assert self.client.value("small", "allocate", megabytes=40) == 40

    def memory_of_child(self):
        # The hog is a child of the function; whether the whole instance ends with it or only the child, it is told.
        result = self.client.do("small", "allocate_in_child", megabytes=300)
        assert result.error_type == "Runtime.OutOfMemory" or result.value == 9, result
        assert self.client.value("small", "allocate", megabytes=10) == 10

    def timeout(self):
        for what in ("sleep", "spin"):
            result = self.client.do("quick", what, seconds=8)
            assert result.error_type == "Sandbox.Timedout", result
            assert "Task timed out after 1.00 seconds" in result.value["errorMessage"], result
        assert self.client.value("quick", "sleep", seconds=0) == "awake"

    def processes(self):
        value = self.client.value("large", "fork_bomb")
        assert value.get("error") == "EAGAIN" and value["forks"] <= 1024, value
        value = self.client.value("large", "threads")
        assert value.get("error") and value["threads"] <= 1024, value

    def wild_processes(self):
        result = self.client.do("quick", "wild_fork_bomb")
        assert result.error_type in ("Sandbox.Timedout", "Runtime.OutOfMemory"), result
        assert self.client.value("quick", "sleep", seconds=0) == "awake"

    def temporary_space(self):
        value = self.client.value("large", "fill", megabytes=700)
        assert value.get("error") == "ENOSPC" and 480 <= value["megabytes"] <= 512, value
        for path in ("/var/task/x", "/opt/x", "/usr/x", "/x", "/dev/shm/x", "/etc/x", "/var/runtime/x", "/run/x"):
            result = self.client.do("large", "fill", megabytes=1, path=path)
            assert result.function_error or result.value["error"] in ("EROFS", "EACCES", "ENOENT"), (path, result)

    def temporary_files(self):
        result = self.client.do("large", "inodes")
        assert result.function_error or result.value.get("error") in ("ENOSPC", "ENOMEM"), result

    def descriptors(self):
        value = self.client.value("large", "descriptors")
        assert value.get("error") == "EMFILE" and value["open"] <= 1024, value

    def response(self):
        assert len(self.client.value("large", "answer", length=6 * 1024 * 1024 - 100)) == 6 * 1024 * 1024 - 100
        result = self.client.do("large", "answer", length=6 * 1024 * 1024 + 200)
        assert result.error_type == "Function.ResponseSizeTooLarge", result
        assert self.client.value("large", "answer", length=3) == "xxx"

    def no_core(self):
        assert self.client.value("large", "core")[0] == 0


def main():
    outcome = Outcome("limits")
    with Server() as server:
        limits = Limits(server.client(timeout=60))
        limits.make("small", MemorySize=128)
        limits.make("large", MemorySize=1536, Timeout=60)
        limits.make("quick", Timeout=1)
        with Neighbour(server) as neighbour:
            outcome.check("memory: the error names the function's own limit", limits.memory)
            outcome.check("memory: a child's hunger is told too", limits.memory_of_child)
            outcome.check("time: a sleeper and a spinner are ended", limits.timeout)
            outcome.check("processes and threads are bounded", limits.processes)
            outcome.check("a fork bomb is ended with its function", limits.wild_processes)
            outcome.check("temporary space is bounded, and the only place to write", limits.temporary_space)
            outcome.check("the number of temporary files is bounded", limits.temporary_files)
            outcome.check("file descriptors are bounded", limits.descriptors)
            outcome.check("a response above 6 MB is an error that says so", limits.response)
            outcome.check("no core is written", limits.no_core)
        outcome.check("the neighbour never noticed", neighbour.check)
    outcome.finish()


if __name__ == "__main__":
    main()
