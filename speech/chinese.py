"""How values are said in Mandarin. Pure; called through `say`."""

from datetime import date, time

_PERIODS = (
    (5, "time/dawn"),
    (12, "time/morning"),
    (13, "time/noon"),
    (18, "time/afternoon"),
    (24, "time/evening"),
)
"""Until which hour (not included) which word is said before the time."""


def number(value: int) -> list[str]:
    """Say a whole number: 12 is 十二, 20001 is 两万零一, 10010 is 一万零一十."""
    return _whole(value, opens=True)


def count(value: int) -> list[str]:
    """Say how many: as a number, but exactly two is 两."""
    return ["num/liang"] if value == 2 else number(value)


def digit(digit: str) -> str:
    """Say one digit of a phone number; 1 is 幺, which cannot be taken for 七."""
    return "num/yao" if digit == "1" else f"num/{digit}"


def amount(yuan: int, fen: int) -> list[str]:
    """Say money: 12.05 is 十二元零五分, 0.5 is 五角."""
    jiao, rest = divmod(fen, 10)
    names = [*count(yuan), "unit/yuan"] if yuan or not fen else []
    if jiao:
        names += [*count(jiao), "unit/jiao"]
    elif names and rest:
        names.append("num/0")
    return names + ([*count(rest), "unit/fen"] if rest else [])


def day(when: date, with_year: bool) -> list[str]:
    """Say a date: the year digit by digit, month and day as numbers."""
    names = [f"num/{sign}" for sign in str(when.year)] + ["date/year"] if with_year else []
    return [*names, *number(when.month), "date/month", *number(when.day), "date/day"]


def clock(when: time) -> list[str]:
    """Say a time: 14:05 is 下午两点零五分, 9:00 is 上午九点整."""
    period = next(name for until, name in _PERIODS if when.hour < until)
    hour = when.hour if when.hour <= 12 else when.hour - 12
    names = [period, *count(hour), "time/hour"]
    if when.minute == 0:
        return [*names, "time/sharp"]
    zero = ["num/0"] if when.minute < 10 else []
    return [*names, *zero, *number(when.minute), "time/minute"]


def duration(hours: int, minutes: int, seconds: int) -> list[str]:
    """Say a length of time: 两分钟, 一小时五分钟."""
    names = [*count(hours), "unit/hours"] if hours else []
    if minutes:
        names += [*count(minutes), "unit/minutes"]
    if seconds or not names:
        names += [*count(seconds), "unit/seconds"]
    return names


def place(ahead: int) -> list[str]:
    """Say how many wait before the caller."""
    return ["place_before", *count(ahead), "place_after"]


def _whole(value: int, opens: bool) -> list[str]:
    """`opens`: these words open the number, where 2 千/万/亿 is 两 and 10 is 十, not 一十."""
    for size, unit in ((10**8, "num/yi"), (10**4, "num/wan")):
        if value >= size:
            high, low = divmod(value, size)
            names = ["num/liang"] if high == 2 and opens else _whole(high, opens)
            return [*names, unit, *_after(low, size // 10)]
    return _below_myriad(value, opens)


def _after(low: int, least: int) -> list[str]:
    """What follows a unit: a 零 stands for the places that are empty before the next digit."""
    if low == 0:
        return []
    return (["num/0"] if low < least else []) + _whole(low, opens=False)


def _below_myriad(value: int, opens: bool) -> list[str]:
    for size, unit in ((1000, "num/thousand"), (100, "num/hundred"), (10, "num/ten")):
        if value >= size:
            high, low = divmod(value, size)
            return [*_leading(high, size, opens), unit, *_after(low, size // 10)]
    return [f"num/{value}"]


def _leading(high: int, size: int, opens: bool) -> list[str]:
    if opens and size == 10 and high == 1:
        return []
    return ["num/liang" if opens and size == 1000 and high == 2 else f"num/{high}"]
