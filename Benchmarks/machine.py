"""What the machine does by itself: starts of bare programs, and load made with wrk."""

import os
import re
import statistics
import subprocess
import tempfile
import time


def start(*command):
    """Microseconds from before a program's start to its end."""
    begun = time.perf_counter_ns()
    number = os.posix_spawn(command[0], command, os.environ)
    _, status = os.waitpid(number, 0)
    took = time.perf_counter_ns() - begun
    assert status == 0, f"{command}: status {status}"
    return took / 1000


def median(values):
    return statistics.median(values)


class Load:
    """What wrk measured in one run."""

    def __init__(self, said):
        self.said = said
        self.p50 = self._latency("50%")
        self.p99 = self._latency("99%")
        self.per_second = float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1))
        self.requests = int(re.search(r"(\d+) requests in", said).group(1))
        wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
        sockets = re.search(r"Socket errors: (.*)", said)
        self.wrong = int(wrong.group(1)) if wrong else 0
        assert not sockets, f"wrk: {sockets.group(0)}"

    def _latency(self, part):
        number, unit = re.search(rf"{part}\s+([\d.]+)(us|ms|s)\b", self.said).groups()
        return float(number) * {"us": 1, "ms": 1000, "s": 1_000_000}[unit]


def wrk(port, connections, seconds, request=None, path="/", target=None):
    """Puts load on a port: a plain GET, one signed request again and again, or a GET of a URL as a proxy is asked for it."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
        if request:
            skipped = ("host", "content-length")
            headers = "\n".join(f'wrk.headers["{name}"] = "{value}"' for name, value in request.headers.items() if name.lower() not in skipped)
            host = f'wrk.headers["Host"] = "{request.headers["Host"]}"'
            script.write(f'wrk.method = "{request.method}"\nwrk.body = [=[{request.body.decode()}]=]\n{headers}\n{host}\n')
            script.flush()
            command += ["-s", script.name]
            path = request.path
        if target:
            host = target.split("/")[2]
            script.write(f'wrk.headers["Host"] = "{host}"\nwrk.path = "{target}"\n')
            script.flush()
            command += ["-s", script.name]
        said = subprocess.run([*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True,
                              stdin=subprocess.DEVNULL, timeout=seconds + 60)
    return Load(said.stdout)
