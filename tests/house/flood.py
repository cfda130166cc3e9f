"""`python -m tests.house.flood HOST PORT SOURCE RATE SECONDS`: a flood of SIP from one address.

INVITE, REGISTER and OPTIONS in turn, each of another user and transaction, nothing acknowledged,
as many a second as asked for; ends with one JSON line: how many were sent, and the answers by
status. A process of its own, so that whoever measures is not the one that sends.
"""

import json
import socket
import sys
import time
from collections import Counter
from contextlib import suppress

METHODS = ("INVITE", "REGISTER", "OPTIONS")
TICK_S = 0.01


def request(number: int, source: tuple[str, int], far: tuple[str, int]) -> bytes:
    """Make the n-th request."""
    method, there = METHODS[number % len(METHODS)], f"{far[0]}:{far[1]}"
    user = f"{number * 7919 % 10000:04}"
    uri = f"sip:{there}" if method == "REGISTER" else f"sip:{user}@{there}"
    lines = (
        f"{method} {uri} SIP/2.0",
        f"Via: SIP/2.0/UDP {source[0]}:{source[1]};branch=z9hG4bKf{source[1]}x{number};rport",
        f"From: <sip:{user}@{there}>;tag=f{number}",
        f"To: <sip:{user}@{there}>",
        f"Call-ID: f{source[1]}x{number}",
        f"CSeq: 1 {method}",
        f"Contact: <sip:{user}@{source[0]}:{source[1]}>",
        "Max-Forwards: 70",
        "Content-Length: 0",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def flood(far: tuple[str, int], host: str, rate: int, seconds: float) -> dict[str, object]:
    """Send for so long; gives what was sent and answered."""
    answers, sent, began = Counter[str](), 0, time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind((host, 0))
        wire.setblocking(False)
        source = wire.getsockname()
        while (past := time.monotonic() - began) < seconds:
            for number in range(sent, int(past * rate)):
                with suppress(BlockingIOError):
                    wire.sendto(request(number, source, far), far)
                sent = number + 1
            _hear(wire, answers)
            time.sleep(TICK_S)
    return {"sent": sent, "answers": dict(answers)}


def _hear(wire: socket.socket, answers: Counter[str]) -> None:
    """Count what came."""
    with suppress(BlockingIOError):
        while data := wire.recv(4096):
            answers[data[8:11].decode("ascii", "replace")] += 1


if __name__ == "__main__":
    place, port, own, pace, long = sys.argv[1:]
    print(json.dumps(flood((place, int(port)), own, int(pace), float(long))))
