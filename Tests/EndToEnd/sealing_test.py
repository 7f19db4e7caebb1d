#!/usr/bin/env python3
"""Looks for what users gave us, in every file of the data folder and in the memory of sandboxes that have no part in it."""

import base64
import os
import re
import secrets
import shutil
import sqlite3
import subprocess
import zipfile
import io

from client import eventually
from server import Server, descendants, processes

from outcome import Outcome  # isort: skip

FUNCTION = '''
import os
# {code}
def handler(event, context):
    print("line {log}")
    return {{"answer": "{answer}"[::-1], "mark": os.environ["MARK"], "pid": os.getpid()}}
'''


class Marks:
    """Random words, one for each way that something can come in."""

    def __init__(self):
        names = ("code", "environment", "event", "log", "answer", "queued", "context")
        self.words = {name: f"{name}{secrets.token_hex(12)}" for name in names}

    def __getitem__(self, name):
        return self.words[name]

    def patterns(self):
        """Each word as it is, and as base64 at each of three offsets."""
        found = {}
        for name, word in self.words.items():
            found[word.encode()] = name
            found[word[::-1].encode()] = name
            for shift in range(3):
                coded = base64.b64encode(b"\0" * shift + word.encode())
                found[coded[4 if shift else 0:-4]] = name
        return found


class Search:
    """Finds any of the marks in bytes."""

    def __init__(self, marks):
        self.names = marks.patterns()
        self.pattern = re.compile(b"|".join(re.escape(word) for word in self.names))

    def names_in(self, content):
        return {self.names[match.group()] for match in self.pattern.finditer(content)}

    def files(self, folder):
        found, count = {}, 0
        for base, _, names in os.walk(folder):
            for name in names:
                count += 1
                try:
                    with open(os.path.join(base, name), "rb") as file:
                        there = self.names_in(file.read())
                except OSError:
                    continue  # a socket, or gone since
                there |= self.names_in(name.encode())
                if there:
                    found[os.path.relpath(os.path.join(base, name), folder)] = there
        assert count, f"{folder} is empty"
        return found

    def memory(self, number):
        found = set()
        try:
            with open(f"/proc/{number}/maps") as maps, open(f"/proc/{number}/mem", "rb", 0) as memory:
                for line in maps:
                    span, rights = line.split(" ")[:2]
                    if rights[0] != "r" or line.rstrip().endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                        continue
                    start, end = (int(part, 16) for part in span.split("-"))
                    try:
                        memory.seek(start)
                        found |= self.names_in(memory.read(end - start))
                    except (OSError, OverflowError, ValueError):
                        continue
        except OSError:
            return found
        return found


def stored(files):
    """A zip file that does not compress, so that a mark would stay readable."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def make(client, name, marks):
    client.create(name, stored({"function.py": FUNCTION.format(**marks.words)}),
                  Environment={"Variables": {"MARK": marks["environment"]}}, Timeout=10)


def call(client, name, marks):
    result = client.invoke(name, {"mark": marks["event"]}, log=True)
    assert result.status == 200 and not result.function_error, result
    assert result.value["mark"] == marks["environment"] and marks["log"] in result.log, (result, result.log)


def queue(client, name, marks):
    """Leaves an asynchronous call in the queue: its function may not run."""
    client.reserve(name, 0)
    result = client.invoke(name, {"mark": marks["queued"]}, kind="Event")
    assert result.status == 202, result


def search_files(server, search, when):
    found = search.files(server.data)
    assert not found, f"{when}: {found}"


def search_proves_itself(server, search, marks):
    bait = os.path.join(server.data, "bait")
    with open(bait, "w") as file:
        file.write("x" * 5000 + marks["code"])
    found = search.files(server.data)
    os.remove(bait)
    assert found == {"bait": {"code"}}, found


def search_memory(server, searches):
    table = processes()
    below = [number for number in descendants(server.process.pid, table) if number != server.process.pid]
    inside = [number for number in below if not table[number][2].startswith("martlet")]
    holders = {name: {number for number in inside if search.memory(number)} for name, search in searches.items()}
    for name, numbers in holders.items():
        assert numbers, f"the marks of {name} are in none of {len(inside)} processes: the search is broken"
    (one, first), (other, second) = holders.items()
    assert not first & second, f"{one} and {other} share {[(number, table[number]) for number in first & second]}"
    assert len(inside) > len(first | second), "nothing is parked, so it was not looked at"


def key_file(data):
    found = [os.path.join(base, name) for base, _, names in os.walk(data) for name in names if "key" in name.lower()]
    assert len(found) == 1, found
    assert os.stat(found[0]).st_mode & 0o777 == 0o600, oct(os.stat(found[0]).st_mode)
    return found[0]


def refuses_to_start(server, why):
    with open(server.output, "w"):
        pass
    server.launch()
    try:
        status = server.process.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        raise AssertionError(f"{why}: the server started") from None
    said = server.said()
    assert status not in (0, None) and status > 0, f"{why}: status {status}: {said}"
    assert "key" in said.lower(), f"{why}: the reason is not named: {said}"
    assert "Fatal error" not in said and "backtrace" not in said.lower(), said


def key_lost(server, marks):
    path = key_file(server.data)
    kept = path + ".kept"
    shutil.move(path, kept)
    try:
        refuses_to_start(server, "no key")
        assert not os.path.exists(path), "a new key was made over old data"
        shutil.copy(kept, path)
        with open(path, "r+b") as file:
            first = file.read(1)
            file.seek(0)
            file.write(b"0" if first != b"0" else b"1")
        refuses_to_start(server, "another key")
        shutil.copy(kept, path)
        os.chmod(path, 0o644)
        refuses_to_start(server, "a key that others may read")
    finally:
        shutil.move(kept, path)
        os.chmod(path, 0o600)
    server.start()
    call(server.client(), "one", marks)


def main():
    outcome = Outcome("sealing")
    one, other = Marks(), Marks()
    with Server() as server:
        client = server.client()
        make(client, "one", one)
        make(client, "other", other)
        make(client, "waiting", one)
        searches = {"one": Search(one), "other": Search(other)}
        outcome.check("functions run with what they were given", lambda: [
            call(client, "one", one), call(client, "other", other), queue(client, "waiting", one)])
        outcome.check("the log can be read", lambda: readable(client, one))
        outcome.check("the search finds what lies open", lambda: search_proves_itself(server, searches["one"], one))
        outcome.check("no file holds a mark while the server runs", lambda: search_files(server, searches["one"], "running"))
        if os.geteuid() == 0:
            outcome.check("no sandbox's memory holds another function's marks", lambda: search_memory(server, searches))
        else:
            outcome.skip(1, "only root may look into the memory of sandboxes")
        outcome.check("the key of a deleted function is in no file", lambda: key_erased(server, client))
        server.stop()
        outcome.check("no file holds a mark after the end", lambda: search_files(server, searches["one"], "stopped"))
        outcome.check("the server says nothing of them", lambda: server_is_silent(server, searches.values()))
        outcome.check("a lost, changed or readable root key is a clear error", lambda: key_lost(server, one))
    outcome.finish()


def readable(client, marks):
    assert eventually(lambda: any(marks["log"] in line for line in client.messages("one")), 10), client.messages("one")


def key_erased(server, client):
    """The wrapped key of a deleted function is in no file any more, so that no copy of its data can be opened again."""
    with sqlite3.connect(f"file:{server.data}/store.sqlite?mode=ro", uri=True) as database:
        keys = [value for (value,) in database.execute("SELECT value FROM record WHERE kind = 'key' AND id LIKE 'function/other/%'")]
    database.close()
    assert len(keys) == 1, keys

    def holders():
        found = []
        for base, _, names in os.walk(server.data):
            for name in names:
                path = os.path.join(base, name)
                if os.path.isfile(path):
                    with open(path, "rb") as file:
                        found += [name] if keys[0] in file.read() else []
        return found

    assert holders(), "it is nowhere: the search is broken"
    client.delete("other")
    assert eventually(lambda: not holders(), 15), holders()


def server_is_silent(server, searches):
    for search in searches:
        assert not search.names_in(server.said().encode()), server.said()


if __name__ == "__main__":
    main()
