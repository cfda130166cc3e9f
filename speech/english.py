"""How values are said in English. Pure; called through `say`."""

from datetime import date, time

_SCALES = (
    (10**12, "num/trillion"),
    (10**9, "num/billion"),
    (10**6, "num/million"),
    (1000, "num/thousand"),
    (100, "num/hundred"),
)


def number(value: int) -> list[str]:
    """Say a whole number: 123 is one hundred twenty-three."""
    for size, unit in _SCALES:
        if value >= size:
            high, low = divmod(value, size)
            return [*number(high), unit, *(number(low) if low else [])]
    if value <= 20 or value % 10 == 0:
        return [f"num/{value}"]
    return [f"num/{value - value % 10}", f"num/{value % 10}"]


def count(value: int) -> list[str]:
    """Say how many: as a number."""
    return number(value)


def digit(digit: str) -> str:
    """Say one digit."""
    return f"num/{digit}"


def amount(yuan: int, fen: int) -> list[str]:
    """Say money: 12.05 is twelve yuan five fen."""
    names = [*number(yuan), "unit/yuan"] if yuan or not fen else []
    return names + ([*number(fen), "unit/fen"] if fen else [])


def day(when: date, with_year: bool) -> list[str]:
    """Say a date: November twenty-second, twenty twenty-six."""
    return [f"month/{when.month}", f"ordinal/{when.day}", *(_year(when.year) if with_year else [])]


def clock(when: time) -> list[str]:
    """Say a time: 14:05 is two oh five p.m."""
    names = number((when.hour - 1) % 12 + 1)
    if when.minute:
        names += ["num/oh"] if when.minute < 10 else []
        names += number(when.minute)
    return [*names, "time/am" if when.hour < 12 else "time/pm"]


def duration(hours: int, minutes: int, seconds: int) -> list[str]:
    """Say a length of time: one hour five minutes."""
    names: list[str] = []
    for value, unit in ((hours, "hour"), (minutes, "minute"), (seconds, "second")):
        if value or (unit == "second" and not names):
            names += [*number(value), f"unit/{unit}" if value == 1 else f"unit/{unit}s"]
    return names


def place(ahead: int) -> list[str]:
    """Say how many wait before the caller."""
    return ["place_one"] if ahead == 1 else ["place_before", *number(ahead), "place_after"]


def _year(year: int) -> list[str]:
    high, low = divmod(year, 100)
    if low == 0 and high % 10:
        return [*number(high), "num/hundred"]
    if high % 10 == 0 and low < 10:
        return number(year)
    return [*number(high), *(["num/oh"] if low < 10 else []), *number(low)]
