"""A function that is called all the time while another one misbehaves; it must never notice."""

import threading
import time


class Neighbour:
    """Used as `with Neighbour(server) as neighbour:`; says afterwards how it went."""

    def __init__(self, server, pause=0.05):
        self.client, self.pause = server.client(timeout=30), pause
        self.over = threading.Event()
        self.calls, self.wrong, self.slowest = 0, [], 0.0
        self.client.create("neighbour", {"function.py": "def handler(event, context):\n    return event\n"}, Timeout=10)
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.call()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def run(self):
        while not self.over.wait(self.pause):
            self.call()

    def call(self):
        self.calls += 1
        begun = time.monotonic()
        try:
            result = self.client.invoke("neighbour", {"number": self.calls})
            if result.status != 200 or result.function_error or result.value != {"number": self.calls}:
                self.wrong.append(repr(result))
        except Exception as error:  # noqa: BLE001
            self.wrong.append(repr(error))
        self.slowest = max(self.slowest, time.monotonic() - begun)

    def check(self):
        print(f"the neighbour was called {self.calls} times, at most {self.slowest * 1000:.0f} ms each")
        assert self.calls > 1 and not self.wrong, f"{len(self.wrong)} of {self.calls}: {self.wrong[:3]}"
