"""AMI messages from bytes to values: framing, decoding, first header wins. Pure.

Everything a caller controls passes here, so nothing in this file trusts a byte: a frame has a
length limit, a repeated header cannot replace the first one, and a value never becomes a header.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.errors import PbxUnavailable

MAX_FRAME = 1 << 20
"""Bytes that one message may have; more means that the peer is not a sane Asterisk."""

_BANNER = b"Asterisk Call Manager/"
# Asterisk ends some messages with CR LF LF (its issue 761).
_END = re.compile(rb"\r\n\r?\n")
# How a row of Status shows a variable that is not set.
_UNSET = "(null)"
_ESCAPED = re.compile(r"\\([abfnrtv\\'\"?])")
_PLAIN = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class FrameTooLong(PbxUnavailable):
    """More bytes than `MAX_FRAME` came without an end of message; the link must be cut."""


@dataclass(frozen=True, slots=True)
class Message:
    """One reply or event. Names are spelled as Asterisk does; `variables` are the channel's."""

    fields: Mapping[str, str]
    variables: Mapping[str, str] = field(default_factory=dict)
    dest_variables: Mapping[str, str] = field(default_factory=dict)
    output: tuple[str, ...] = ()

    @property
    def event(self) -> str:
        """Name of the event, empty for a reply."""
        return self.fields.get("Event", "")

    def get(self, name: str, default: str = "") -> str:
        """Give a header's first value, or `default`."""
        return self.fields.get(name, default)


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
        *frames, self._rest = _END.split(data)
        if len(self._rest) > self._limit:
            raise FrameTooLong(f"an AMI message is longer than {self._limit} bytes")
        return [frame for frame in (raw.strip(b"\r\n") for raw in frames) if frame]

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
    head = frame.partition(b"\r\n")[0]
    return head[7:] if head.startswith(b"Event: ") else b""


def is_genuine(frame: bytes, token: bytes) -> bool:
    """Say whether Asterisk itself began this event: its third line is `SystemName: token`."""
    return frame.split(b"\r\n", 3)[2:3] == [b"SystemName: " + token]


def parse(frame: bytes) -> Message:
    """Decode one message; whatever is not a header is passed over."""
    fields: dict[str, str] = {}
    variables: dict[str, str] = {}
    dest: dict[str, str] = {}
    output: list[str] = []
    sinks = {"ChanVariable": variables, "DestChanVariable": dest}
    if frame.startswith(b"Event: Status\r\n"):
        sinks["Variable"] = variables
    for line in frame.decode("utf-8", "replace").split("\r\n"):
        key, colon, value = line.partition(":")
        if not colon:
            continue
        value = unescape(value.removeprefix(" "))
        sink = sinks.get(key)
        if sink is not None:
            name, _, content = value.partition("=")
            sink.setdefault(name, "" if content == _UNSET else content)
        elif key == "Output":
            output.append(value)
        else:
            fields.setdefault(key, value)
    return Message(fields, variables, dest, tuple(output))


def unescape(value: str) -> str:
    """Undo the C escapes that Asterisk puts into values of events."""
    if "\\" not in value:
        return value
    return _ESCAPED.sub(lambda found: _PLAIN.get(found[1], found[1]), value)
