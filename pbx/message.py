"""AMI messages from bytes to values: framing, decoding, first header wins. Pure.

Everything a caller controls passes here, so nothing in this file trusts a byte: a frame has a
length limit, a repeated header cannot replace the first one, and a value never becomes a header.
"""

import re
from collections.abc import Mapping
from typing import Self

from domain.errors import PbxUnavailable

MAX_FRAME = 1 << 20
"""Bytes that one message may have; more means that the peer is not a sane Asterisk."""

_BANNER = b"Asterisk Call Manager/"
_END = b"\r\n\r\n"
# Asterisk ends some messages with CR LF LF (its issue 761).
_SHORT_END = b"\r\n\n"
# How a row of Status shows a variable that is not set.
_UNSET = "(null)"
_ESCAPED = re.compile(r"\\([abfnrtv\\'\"?])")
_PLAIN = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


Opened = tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str], tuple[str, ...]]
"""Headers, the channel's variables, the dialled channel's, lines of output."""
_NO_FIELDS = frozenset({"ChanVariable", "DestChanVariable", "Variable", "Output"})


class FrameTooLong(PbxUnavailable):
    """More bytes than `MAX_FRAME` came without an end of message; the link must be cut."""


class Message:
    """One reply or event. Names are spelled as Asterisk does; `variables` are the channel's.

    One from the wire is read when somebody asks: a single header by looking for it, the rest at
    once. Most messages of a busy Asterisk are asked for their name only.
    """

    __slots__ = ("_frame", "_opened", "event")

    def __init__(
        self,
        fields: Mapping[str, str],
        variables: Mapping[str, str] | None = None,
        dest_variables: Mapping[str, str] | None = None,
        output: tuple[str, ...] = (),
    ) -> None:
        self.event = fields.get("Event", "")
        """Name of the event, empty for a reply."""
        self._frame = b""
        self._opened: Opened | None = (fields, variables or {}, dest_variables or {}, output)

    @classmethod
    def of(cls, frame: bytes, event: str) -> Self:
        """Wrap an event of which only the name, its first line, is known."""
        message = cls.__new__(cls)
        message.event, message._frame, message._opened = event, frame, None
        return message

    @property
    def fields(self) -> Mapping[str, str]:
        """Every header's first value."""
        return (self._opened or self._open())[0]

    @property
    def variables(self) -> Mapping[str, str]:
        """Variables of the channel that this is about."""
        return (self._opened or self._open())[1]

    @property
    def dest_variables(self) -> Mapping[str, str]:
        """Variables of the channel that was dialled."""
        return (self._opened or self._open())[2]

    @property
    def output(self) -> tuple[str, ...]:
        """Lines of a command's output."""
        return (self._opened or self._open())[3]

    def get(self, name: str, default: str = "") -> str:
        """Give a header's first value, or `default`."""
        if self._opened is None and name not in _NO_FIELDS:
            return self._found(name, default)
        return self.fields.get(name, default)

    def _found(self, name: str, default: str) -> str:
        """Look for one header; the first line is the event's name."""
        if name == "Event":
            return self.event
        frame, key = self._frame, b"\r\n%b:" % name.encode()
        start = frame.find(key)
        if start < 0:
            return default
        start += len(key)
        end = frame.find(b"\r\n", start)
        value = frame[start : end if end >= 0 else len(frame)].decode("utf-8", "replace")
        return unescape(value.removeprefix(" "))

    def _open(self) -> Opened:
        self._opened = _read(self._frame)
        return self._opened

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message):
            return NotImplemented
        return (self._opened or self._open()) == (other._opened or other._open())

    __hash__ = None  # type: ignore[assignment]  # it holds dictionaries

    def __repr__(self) -> str:
        return f"Message{self._opened or self._open()!r}"


class Frames:
    """Cuts a stream of chunks into messages, keeping what is not complete yet."""

    def __init__(self, limit: int = MAX_FRAME) -> None:
        self.version = ""
        self._limit = limit
        self._rest = b""
        self._greeted = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take bytes, give the complete messages; `FrameTooLong` beyond the limit."""
        data = self._rest + chunk
        if not self._greeted:
            data = self._greet(data)
        frames = data.split(_END)
        if _SHORT_END in data:
            frames = [part for frame in frames for part in frame.split(_SHORT_END)]
        self._rest = frames.pop()
        if len(self._rest) > self._limit:
            raise FrameTooLong(f"an AMI message is longer than {self._limit} bytes")
        return [frame for raw in frames if (frame := raw.strip(b"\r\n"))]

    def _greet(self, data: bytes) -> bytes:
        if not data.startswith(_BANNER[: len(data)]):
            self._greeted = True
            return data
        line, end, rest = data.partition(b"\r\n")
        if not end:
            return data
        self._greeted = True
        self.version = line[len(_BANNER) :].decode("ascii", "replace")
        return rest


def event_name(frame: bytes) -> bytes:
    """Give the event's name without decoding the rest; empty if this is no event."""
    if not frame.startswith(b"Event: "):
        return b""
    end = frame.find(b"\r\n")
    return frame[7:] if end < 0 else frame[7:end]


def is_genuine(frame: bytes, token: bytes) -> bool:
    """Say whether Asterisk itself began this event: its third line is `SystemName: token`."""
    second = frame.find(b"\r\n") + 2
    third = frame.find(b"\r\n", second) + 2
    if second < 2 or third < 2:
        return False
    end = frame.find(b"\r\n", third)
    return frame[third : end if end >= 0 else len(frame)] == b"SystemName: " + token


def parse(frame: bytes) -> Message:
    """Take one message; whatever is not a header is passed over."""
    name = event_name(frame)
    if name and name.isascii() and b"\\" not in name:
        return Message.of(frame, name.decode())
    return Message(*_read(frame))


def _read(frame: bytes) -> Opened:
    """Read every header; the first of each name counts."""
    text = frame.decode("utf-8", "replace")
    plain = "\\" not in text
    fields: dict[str, str] = {}
    variables: dict[str, str] = {}
    dest: dict[str, str] = {}
    output: list[str] = []
    sinks = {"ChanVariable": variables, "DestChanVariable": dest}
    if frame.startswith(b"Event: Status\r\n"):
        sinks["Variable"] = variables
    for line in text.split("\r\n"):
        key, colon, value = line.partition(":")
        if not colon:
            continue
        value = value.removeprefix(" ") if plain else unescape(value.removeprefix(" "))
        if key in sinks:
            name, _, content = value.partition("=")
            sinks[key].setdefault(name, "" if content == _UNSET else content)
        elif key == "Output":
            output.append(value)
        else:
            fields.setdefault(key, value)
    return fields, variables, dest, tuple(output)


def unescape(value: str) -> str:
    """Undo the C escapes that Asterisk puts into values of events."""
    if "\\" not in value:
        return value
    return _ESCAPED.sub(lambda found: _PLAIN.get(found[1], found[1]), value)
