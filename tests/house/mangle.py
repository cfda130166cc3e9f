"""A wire that lies: what happens to messages on their way, by seed. Pure.

Whole messages get lost, come twice, change places, are cut off or come in pieces of any size; a
byte may be another one. What a proxy and the mutations of a recorded stream do is one and the same.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Odds:
    """How likely each thing happens to a message."""

    lost: float = 0.0
    twice: float = 0.0
    swapped: float = 0.0
    cut: float = 0.0
    """The message breaks off, and with it the connection."""


def whole(data: bytes) -> tuple[list[bytes], bytes]:
    """Cut bytes into whole messages, each with its end, and what is not whole yet.

    >>> whole(b"A: 1\\r\\n\\r\\nB")
    ([b'A: 1\\r\\n\\r\\n'], b'B')
    """
    *messages, rest = data.split(END)
    return [message + END for message in messages], rest


def mangled(messages: Sequence[bytes], odds: Odds, chance: Random) -> tuple[list[bytes], bool]:
    """Give what arrives of messages, and whether the last one breaks off."""
    arrive: list[bytes] = []
    for message in messages:
        fate = chance.random()
        if fate < odds.cut:
            return [*arrive, message[: chance.randrange(len(message))]], True
        if (fate := fate - odds.cut) < odds.lost:
            continue
        arrive.append(message)
        if (fate := fate - odds.lost) < odds.twice:
            arrive.append(message)
        elif fate - odds.twice < odds.swapped and len(arrive) > 1:
            arrive[-2:] = reversed(arrive[-2:])
    return arrive, False


def chunks(data: bytes, chance: Random, most: int = 400) -> Iterator[bytes]:
    """Cut bytes into pieces of any size, often of one byte."""
    while data:
        size = chance.choice((1, 2, chance.randint(1, most)))
        yield data[:size]
        data = data[size:]


def _flip(data: bytes, at: int, chance: Random) -> bytes:
    return data[:at] + bytes((chance.randrange(256),)) + data[at + 1 :]


def _spliced(data: bytes, at: int, chance: Random) -> bytes:
    return data[:at] + chance.choice(SPLICES) + data[at:]


def _dropped(data: bytes, at: int, chance: Random) -> bytes:
    return data[:at] + data[at + chance.randint(1, 30) :]


def _repeated(data: bytes, at: int, chance: Random) -> bytes:
    return data[:at] + data[max(0, at - chance.randint(1, 60)) :]


SPLICES = (
    *(b"\r\n", b"\n", b"\r", b"\r\n\n", b"\r\n\r\n", b"\0", b":", b": ", b"=", b"\\", b"\\r\\n"),
    *(b"\xff\xfe", b"\xe5\xbc", "张".encode(), b"%0d%0a", b"&", b"," * 9, b"9" * 40, b"A" * 900),
    *(b"Event: Hangup\r\n", b"\r\nEvent: Hangup\r\n", b"\r\n\r\nEvent: UserEvent\r\n"),
    *(
        b"ActionID: yingda",
        b"Response: Error\r\n",
        b"EventList: Complete\r\n",
        b"200 result=",
        b"(",
    ),
)
WAYS: tuple[Callable[[bytes, int, Random], bytes], ...] = (_flip, _spliced, _dropped, _repeated)


def damaged(data: bytes, chance: Random, times: int = 1) -> bytes:
    """Change bytes at some places: another byte, some too many, some missing, some again."""
    for _ in range(times):
        data = chance.choice(WAYS)(data, chance.randrange(len(data) + 1), chance)
    return data
