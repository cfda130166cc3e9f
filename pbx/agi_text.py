"""The text of AGI: what Asterisk tells first, and its answers. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_ANSWER = re.compile(
    r"(?P<code>\d{3}) result=(?P<result>[^\s(]*)"
    r"(?: \((?P<data>.*)\))?(?: endpos=(?P<endpos>\d+))?\s*",
    re.DOTALL,
)
_PLAIN = re.compile(rb"200 result=(-?\d*)(?: endpos=(\d+))?\n")
_OPEN = re.compile(r"200 result=\S* \(")


@dataclass(frozen=True, slots=True)
class AgiResult:
    """One answer: code, result, what stood in brackets, and the file position in samples."""

    code: int
    result: str = ""
    data: str = ""
    endpos: int = 0

    @property
    def timed_out(self) -> bool:
        """Whether Asterisk says that the time ran out."""
        return self.data == "timeout"


def parse_env(block: bytes) -> Mapping[str, str]:
    """Read the environment; the first value of a name wins."""
    env: dict[str, str] = {}
    for line in block.decode("utf-8", "replace").strip("\n").split("\n"):
        name, colon, value = line.partition(":")
        if colon and name.startswith("agi_"):
            env.setdefault(name, value.removeprefix(" "))
    return env


def env_value(block: bytes, name: str) -> str:
    """Read one value of the environment without the others, "" when it is not there."""
    found = re.search(rb"^agi_" + name.encode() + rb": ?(.*)$", block, re.MULTILINE)
    return found[1].decode("utf-8", "replace") if found else ""


def plain_result(data: bytes) -> AgiResult | None:
    """Read the usual answer, one line without brackets; None for every other."""
    found = _PLAIN.fullmatch(data)
    return AgiResult(200, found[1].decode(), "", int(found[2] or 0)) if found else None


def is_whole(text: str, *, more: bool = False) -> bool:
    """Say whether an answer is complete; `more`: bytes that nobody asked for follow it.

    A value in brackets may contain line ends, even after a bracket. As Asterisk speaks only when
    it is asked and writes an answer at once, what follows an answer still belongs to it.
    """
    return not _OPEN.match(text) or (not more and _ANSWER.fullmatch(text) is not None)


def parse_result(text: str) -> AgiResult:
    """Read one complete answer; `ValueError` if it is none."""
    found = _ANSWER.fullmatch(text)
    if found:
        code, result, data, endpos = found.group("code", "result", "data", "endpos")
        return AgiResult(int(code), result, data or "", int(endpos or 0))
    code = int(text[:3])
    if code == 200:
        raise ValueError("an answer without a result")
    return AgiResult(code, data=text[4:])
