"""What a check found, in both languages, with what mends it. Pure."""

from dataclasses import dataclass

OK, WARN, FAIL = "ok", "warn", "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's result; `mend` is what to do, "" when nothing is to be done."""

    name: str
    level: str
    zh: str
    en: str
    mend: str = ""


def ok(name: str, zh: str, en: str) -> Finding:
    """All is well here."""
    return Finding(name, OK, zh, en)


def warn(name: str, zh: str, en: str, mend: str) -> Finding:
    """It works, but should be looked at."""
    return Finding(name, WARN, zh, en, mend)


def fail(name: str, zh: str, en: str, mend: str) -> Finding:
    """It does not work."""
    return Finding(name, FAIL, zh, en, mend)
