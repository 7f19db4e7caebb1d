#!/usr/bin/env python3
"""Compares fire times with those of a program that computes them another way: 200 expressions on the clocks of ten zones.

Each expression is compared in two of the zones; with ALL=1 in all of them, which takes a minute."""

import datetime
import json
import os
import random
import subprocess
import zoneinfo

import schedule_oracle as oracle
from server import PROGRAM

from outcome import Outcome  # isort: skip

COUNT = 1000
AFTER = "2024-03-09T02:12:30"
# Both halves of the earth, half hours, a negative daylight saving time, one that ends for a month, one of half an hour.
ZONES = """UTC America/New_York Europe/London Europe/Dublin Australia/Lord_Howe Africa/Casablanca Asia/Kathmandu
America/St_Johns Pacific/Chatham America/Santiago""".split()
WRITTEN = """
0 10 * * ? *|0 18 ? * MON-FRI *|0 8 1 * ? *|0/15 * * * ? *|0/5 8-17 ? * MON-FRI *|0/30 20-2 ? * MON-FRI *
15 10 ? * 6L 2022-2035|0 2 ? * SAT#3 *|* * ? * SAT#3 *|0/5 5 ? JAN 1-5 *|0-15/1 8-8 ? * 2,3,4,5,6,7 *
30-30 13-13 ? * 2,4,6 *|1-31/30 1-1 ? * 1,7 *|* * * * ? *|30 1 * * ? *|30 2 * * ? *|0 2 * * ? *|0 3 * * ? *
59 1 * * ? *|0,30 0-3 * * ? *|30 2 ? 3 1#2 *|30 1 ? 11 1#1 *|0 0 L * ? *|0 0 LW * ? *|0 0 L-3 * ? *|0 0 L-3W * ? *
0 9 15W * ? *|0 9 1W * ? *|0 9 31W * ? *|0 9 30W * ? *|0 0 30 2 ? *|0 0 29 2 ? *|0 0 31 * ? *|0 12 ? * L *
0 12 ? * FRI-MON *|0 12 ? * 6#5 *|0 12 ? * sun#1 *|0 12 ? NOV-FEB TUE *|45 22-3/2 * * ? *|50-10/5 4 * * ? *
0 0 28-3 * ? *|0 0 1/10 * ? *|0 0 */2 * ? *|7 7 7 7 ? *|0 0 1 1 ? 2025-2199/7|0 0 1 1 ? 1970/4|* 0-4 ? * SUN *
0/7 */5 ? 1/3 2/2 *|59 23 31 DEC ? *|0 0 ? * 1L *|0 0 ? FEB 7L *"""


def written():
    return [text for line in WRITTEN.split("\n") for text in line.split("|") if text]


def made(dice, low, high, names=None):
    """A list of values, ranges and steps."""
    def value():
        number = dice.randint(low, high)
        return names[number - low] if names and dice.random() < 0.5 else str(number)

    def item():
        step = dice.randint(1, high - low)
        return dice.choice([value(), f"{value()}-{value()}", f"{value()}-{value()}/{step}", f"{value()}/{step}", f"*/{step}"])

    if dice.random() < 0.25:
        return "*"
    return ",".join(item() for _ in range(dice.choice([1, 1, 1, 2, 3])))


def days(dice):
    """The two fields of days."""
    if dice.random() < 0.5:
        letters = ["L", "LW", f"L-{dice.randint(1, 30)}", f"{dice.randint(1, 31)}W", f"L-{dice.randint(1, 20)}W"]
        return dice.choice([made(dice, 1, 31), *letters]), "?"
    weekday = dice.randint(1, 7)
    name = dice.choice([str(weekday), oracle.WEEKDAYS[weekday - 1]])
    return "?", dice.choice([made(dice, 1, 7, oracle.WEEKDAYS), f"{name}L", f"{name}#{dice.randint(1, 5)}", "L"])


def expressions(count):
    dice, found = random.Random(20261121), written()
    while len(found) < count:
        hours = dice.choice([made(dice, 0, 23), "0-3", "1", "2-3", "*", "22-4"])
        of_month, of_week = days(dice)
        year = dice.choice(["*", "*", "*", "2025-2199/3", "2030-2040", "2027", "1970-2199", "2026,2028,2100-2199"])
        month = made(dice, 1, 12, oracle.MONTHS)
        found.append(f"{made(dice, 0, 59)} {hours} {of_month} {month} {of_week} {year}")
    return found


def computed(zone, texts):
    """What the platform says."""
    done = subprocess.run(
        [PROGRAM, "schedules", "next", "--output", "json", "--count", str(COUNT), "--time-zone", zone, "--after", AFTER,
         *(f"cron({text})" for text in texts)], capture_output=True, stdin=subprocess.DEVNULL, timeout=300, check=False)
    assert done.returncode in (0, 1), done.stderr.decode()
    return [json.loads(line)["FireTimes"] for line in done.stdout.splitlines()]


def same(zone, texts, calendar):
    after = datetime.datetime.fromisoformat(AFTER).replace(tzinfo=zoneinfo.ZoneInfo(zone)).timestamp()
    got = computed(zone, texts)
    assert len(got) == len(texts), f"{len(got)} answers for {len(texts)} expressions"
    for text, times in zip(texts, got):
        wanted = [
            datetime.datetime.fromtimestamp(second, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            for second in oracle.instants(calendar[text], zone, after, COUNT)]
        if times != wanted:
            place = next((i for i, pair in enumerate(zip(times, wanted)) if pair[0] != pair[1]), min(len(times), len(wanted)))
            raise AssertionError(f"cron({text}), time {place}: {times[place:place + 1]}, not {wanted[place:place + 1]}")


def main():
    outcome = Outcome("fire times")
    if not zoneinfo.available_timezones():
        outcome.skip(len(ZONES), "there are no time zones here; install the package tzdata")
        outcome.finish()
    first = datetime.date.fromisoformat(AFTER[:10]).toordinal() - 1
    table = [row for row in oracle.day_table(2024, 2199) if row[0] >= first]
    texts = expressions(200)
    # More than are compared: some fall into gaps, and some come before the first that is asked for.
    calendar = {text: oracle.local_times(text.split(), table, COUNT + 5000) for text in texts}
    for place, zone in enumerate(ZONES):
        chosen = texts if os.environ.get("ALL") else texts[place::len(ZONES)] + texts[(place + 3) % len(ZONES)::len(ZONES)]
        outcome.check(zone, lambda: same(zone, chosen, calendar))
    outcome.finish()


if __name__ == "__main__":
    main()
