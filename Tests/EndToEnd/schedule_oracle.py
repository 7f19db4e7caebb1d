"""When AWS schedule expressions fire, computed another way: all days from 2024 to 2199 are looked at, and Python's
zoneinfo says what a clock's time means. Slow and plain; what the platform computes must be equal."""
import calendar
import datetime
import itertools
import zoneinfo

MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
WEEKDAYS = "SUN MON TUE WED THU FRI SAT".split()


def day_table(first, last):
    """(ordinal, year, month, day, days in month, weekday with Sunday as 1) of every day."""
    table = []
    for ordinal in range(datetime.date(first, 1, 1).toordinal(), datetime.date(last, 12, 31).toordinal() + 1):
        date = datetime.date.fromordinal(ordinal)
        length = calendar.monthrange(date.year, date.month)[1]
        table.append((ordinal, date.year, date.month, date.day, length, date.isoweekday() % 7 + 1))
    return table


def members(text, low, high, names=()):
    """The values of a list of values, ranges and steps."""
    def value(word):
        return names.index(word.upper()) + low if word.upper() in names else int(word)

    found = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        step = int(step) if step else 1
        if span == "*":
            first, last = low, high
        elif "-" in span:
            first, last = map(value, span.split("-"))
        else:
            first = value(span)
            last = high if "/" in part else first
        ring = list(range(low, high + 1))
        walk = list(itertools.dropwhile(lambda v: v != first, ring + ring))
        walk = walk[: walk.index(last) + 1]
        found.update(walk[::step])
    return found


def nearest_weekday(year, month, day, length):
    """Monday to Friday, as near as can be, in the same month."""
    for distance in (0, -1, 1, -2, 2):
        if 1 <= day + distance <= length and datetime.date(year, month, day + distance).weekday() < 5:
            return day + distance


def day_test(of_month, of_week):
    """A function of a row of the table: whether the day is meant."""
    if of_week == "?":
        if of_month.endswith("W"):
            inner = of_month[:-1]
            def near(row):
                _, year, month, day, length, _ = row
                wanted = last_day(inner, length) if inner.startswith("L") else int(inner)
                return 1 <= wanted <= length and day == nearest_weekday(year, month, wanted, length)
            return near
        if of_month.startswith("L"):
            return lambda row: row[3] == last_day(of_month, row[4])
        days = members(of_month, 1, 31)
        return lambda row: row[3] in days
    if of_week == "L":
        return lambda row: row[5] == 7
    if "#" in of_week:
        name, count = of_week.split("#")
        (weekday,) = members(name, 1, 7, WEEKDAYS)
        return lambda row: row[5] == weekday and (row[3] - 1) // 7 + 1 == int(count)
    if of_week.endswith("L"):
        (weekday,) = members(of_week[:-1], 1, 7, WEEKDAYS)
        return lambda row: row[5] == weekday and row[3] + 7 > row[4]
    weekdays = members(of_week, 1, 7, WEEKDAYS)
    return lambda row: row[5] in weekdays


def last_day(text, length):
    return length - int(text[2:] or 0)


def local_times(fields, table, count):
    """The first times of the calendar in whole minutes since the first of January of the year 1, ascending."""
    minute, hour, of_month, month, of_week, year = fields
    months, years = members(month, 1, 12, MONTHS), members(year, 1970, 2199)
    meant = day_test(of_month, of_week)
    minutes = [h * 60 + m for h in sorted(members(hour, 0, 23)) for m in sorted(members(minute, 0, 59))]
    times = []
    for row in table:
        if row[1] in years and row[2] in months and meant(row):
            times += [row[0] * 1440 + m for m in minutes]
            if len(times) > count:
                break
    return times


def instants(locals_, zone, after, count):
    """Seconds since 1970 of those that the zone's clock shows, the first time it does; strictly after `after`."""
    tz = zoneinfo.ZoneInfo(zone)
    epoch = datetime.date(1970, 1, 1).toordinal() * 1440
    found = []
    for local in locals_:
        naive = datetime.datetime.fromordinal(local // 1440) + datetime.timedelta(minutes=local % 1440)
        offset = naive.replace(tzinfo=tz, fold=0).utcoffset()
        second = (local - epoch) * 60 - int(offset.total_seconds())
        # In a gap there is no such time: what zoneinfo says shows another one on the clock.
        if offset != naive.replace(tzinfo=tz, fold=1).utcoffset():
            back = datetime.datetime.fromtimestamp(second, tz).replace(tzinfo=None)
            if back != naive:
                continue
        if second > after:
            found.append(second)
            if len(found) == count:
                break
    return found
