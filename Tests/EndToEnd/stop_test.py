#!/usr/bin/env python3
"""Ends servers gently while they work: what was begun is finished, and nothing is left."""

import socket
import threading
import time

from client import eventually
from server import Server, control_groups, descendants, processes

from outcome import Outcome  # isort: skip

FUNCTION = "import time\ndef handler(event, context):\n    time.sleep(event)\n    return 'slept'\n"


def finishes_what_it_began():
    with Server() as server:
        client = server.client()
        client.create("sleeps", {"function.py": FUNCTION}, Timeout=10)
        assert client.invoke("sleeps", b"0").value == "slept"
        outcomes = []
        thread = threading.Thread(target=lambda: outcomes.append(server.client().invoke("sleeps", b"2")))
        thread.start()
        time.sleep(0.5)
        number, below = server.process.pid, descendants(server.process.pid)
        begun = time.monotonic()
        status = server.stop()
        took = time.monotonic() - begun
        thread.join(10)
        assert outcomes and outcomes[0].status == 200 and outcomes[0].value == "slept", outcomes
        assert status == 0, (status, server.said())
        assert took < 8, f"the end took {took:.1f} s"
        table = processes()
        left = [(one, table[one]) for one in below if one in table]
        assert not left, left
        assert not control_groups(number), control_groups(number)


def ends_at_once_without_work():
    with Server() as server:
        client = server.client()
        client.create("sleeps", {"function.py": FUNCTION}, Timeout=10)
        assert client.invoke("sleeps", b"0").value == "slept"
        idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(5)]
        begun = time.monotonic()
        assert server.stop() == 0, server.said()
        assert time.monotonic() - begun < 3, time.monotonic() - begun
        for connection in idle:
            connection.close()


def survives_what_clients_leave():
    with Server() as server:
        client = server.client()
        client.create("sleeps", {"function.py": FUNCTION}, Timeout=10)
        gone = server.client()
        gone.connection = None
        request = gone.invocation("sleeps", b"1")
        for _ in range(5):
            connection = socket.create_connection(("127.0.0.1", server.port))
            connection.sendall(request.bytes)
            connection.close()
        assert client.invoke("sleeps", b"0").value == "slept"
        assert server.stop() == 0, server.said()


def keeps_everything_over_a_restart():
    with Server() as server:
        server.client().create("sleeps", {"function.py": FUNCTION}, Timeout=10)
        before = server.client().call("lambda", "GET", "/2015-03-31/functions/sleeps").json()["Configuration"]
        assert server.stop() == 0
        server.start()
        after = server.client().call("lambda", "GET", "/2015-03-31/functions/sleeps").json()["Configuration"]
        assert before == after, (before, after)
        assert server.client().invoke("sleeps", b"0").value == "slept"


def two_servers_do_not_share_a_folder():
    with Server() as first:
        second = Server(data=first.data)
        try:
            second.launch()
            status = second.process.wait(15)
            assert status > 0, status
            assert second.said().strip() and "Fatal error" not in second.said(), second.said()
        finally:
            second.close()
        assert first.client().identity().status == 200


def a_killed_server_leaves_no_process():
    with Server() as server:
        server.client().create("sleeps", {"function.py": FUNCTION}, Timeout=10)
        server.client().invoke("sleeps", b"0")
        below = descendants(server.process.pid)
        server.kill()
        assert eventually(lambda: not [one for one in below if one in processes()], 10), below


def main():
    outcome = Outcome("ends of a server")
    outcome.check("SIGTERM lets a call finish", finishes_what_it_began)
    outcome.check("SIGTERM without work ends at once, idle connections or not", ends_at_once_without_work)
    outcome.check("clients that hang up do not disturb it", survives_what_clients_leave)
    outcome.check("a function is the same after a restart", keeps_everything_over_a_restart)
    outcome.check("a second server on the same data folder is refused", two_servers_do_not_share_a_folder)
    outcome.check("a killed server leaves no process behind", a_killed_server_leaves_no_process)
    outcome.finish()


if __name__ == "__main__":
    main()
