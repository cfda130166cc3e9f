"""Names of things, told apart by the type checker, and how a call id is made."""

from typing import NewType

CallId = NewType("CallId", str)
"""Our own id of one contact: a ULID, never Asterisk's uniqueid."""
AgentId = NewType("AgentId", str)
"""The agent's number (工号), digits."""
GroupId = NewType("GroupId", str)
"""The name of a skill group (技能组)."""
OfferId = NewType("OfferId", int)
"""One offer of a call to an agent; counts up within an epoch."""
Instant = NewType("Instant", float)
"""Seconds on the monotonic clock."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def call_id(utc_ms: int, randomness: int) -> CallId:
    """Make a ULID (github.com/ulid/spec): 48 bits of time, 80 bits of chance, 26 letters.

    >>> call_id(1469918176385, 0)
    '01ARYZ6S410000000000000000'
    """
    number = (utc_ms & (1 << 48) - 1) << 80 | randomness & (1 << 80) - 1
    return CallId("".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5)))
