"""Counts what passed, failed and was skipped, and prints the closing line that all runners share."""

import sys
import traceback


class Outcome:
    """The tally of one runner."""

    def __init__(self, name):
        self.name, self.passed, self.failed, self.skipped = name, 0, 0, 0

    def check(self, title, body):
        """Runs one test; a failed assertion is printed and counted."""
        try:
            body()
        except Exception as error:  # noqa: BLE001
            self.failed += 1
            print(f"FAILED {self.name}: {title}")
            if not isinstance(error, AssertionError):
                traceback.print_exc()
            else:
                print("    " + str(error).replace("\n", "\n    ") or traceback.format_exc())
            return False
        self.passed += 1
        return True

    def skip(self, count, why):
        self.skipped += count
        print(f"skipped {count} of {self.name}: {why}")

    def finish(self):
        print(f"{self.name}: {self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        sys.exit(1 if self.failed else 0)
