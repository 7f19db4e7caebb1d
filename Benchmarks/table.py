"""The table: what was measured, what it is compared with, and what it must reach."""

import json
import os
import platform
import time


class Table:
    """Rows as they come, printed as text and written as JSON."""

    def __init__(self):
        self.rows = []

    def add(self, what, value, unit, *, against=None, baseline=None, ratio=None, bound=None, at_least=False, **more):
        """Adds a row; `bound` is what the ratio, or the value where there is no baseline, must reach."""
        if ratio is None and baseline:
            ratio = value / baseline
        number = value if ratio is None else ratio
        reached = None if bound is None else (number >= bound if at_least else number <= bound)
        self.rows.append({
            "what": what, "value": value, "unit": unit, "against": against, "baseline": baseline, "ratio": ratio, "bound": bound,
            "direction": "at least" if at_least else "at most", "reached": reached, **more})
        print(self.line(self.rows[-1]), flush=True)

    def failed(self, what, reason):
        self.rows.append({"what": what, "error": reason, "reached": False})
        print(self.line(self.rows[-1]), flush=True)

    @staticmethod
    def line(row):
        if "error" in row:
            return f"{row['what']:58} could not be measured: {row['error']}"
        text = f"{row['what']:58} {number(row['value']):>9} {row['unit']:9}"
        if row["baseline"] is not None:
            text += f" {number(row['baseline']):>9} {row['against']:34}"
        else:
            text += " " * 45
        text += f" {row['ratio']:>7.3f}" if row["ratio"] is not None else " " * 8
        if row["bound"] is not None:
            sign = "≥" if row["direction"] == "at least" else "≤"
            text += f"  {sign} {row['bound']:<6g} {'yes' if row['reached'] else 'NO'}"
        return text

    def write(self, path):
        with open("/proc/cpuinfo") as cpu:
            models = [line.split(":")[1].strip() for line in cpu if line.startswith("model name")]
        with open("/proc/meminfo") as memory:
            total = next(int(line.split()[1]) for line in memory if line.startswith("MemTotal")) // 1024
        about = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "processors": os.cpu_count(), "processor": models[0] if models else "",
            "memory_mb": total, "kernel": platform.release(), "load": os.getloadavg()[0]}
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        with open(path, "w") as file:
            json.dump({"machine": about, "rows": self.rows}, file, indent=1, ensure_ascii=False)


def number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
