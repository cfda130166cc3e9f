"""Passwords and the slowing down of guesses, by an injected clock."""

import asyncio

import pytest
from argon2 import PasswordHasher
from hypothesis import given, strategies as st

from domain.errors import Refused
from office.backoff import FREE, LONGEST_S, MOST, Backoff
from office.passwords import Passwords, check_password, made_password

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.mark.parametrize("bad", ["", "short", "9 letters", "aaaaaaaaaaaa", "LongLogin1", "x" * 201])
def test_bad_passwords(bad: str) -> None:
    with pytest.raises(Refused) as refused:
        check_password(bad, "longlogin1")
    assert refused.value.faults[0].key == "password"


@given(st.integers())
def test_made_passwords_are_good(_round: int) -> None:
    made = made_password()
    check_password(made, "admin")
    assert len(made) == 19 and made != made_password()


async def test_hash_and_compare() -> None:
    passwords = Passwords(QUICK)
    stored = await passwords.hash("correct horse")
    assert stored.startswith("$argon2id$") and "correct" not in stored
    assert await passwords.fits(stored, "correct horse", lambda: None)
    assert not await passwords.fits(stored, "correct horsf", lambda: None)
    assert not await passwords.fits("", "correct horse", lambda: None)
    assert not await passwords.fits("broken", "correct horse", lambda: None)
    assert not passwords.is_old(stored) and Passwords().is_old(stored)


async def test_an_unknown_user_costs_the_same_work() -> None:
    """Both ways verify one hash; counted, because time is no proof on a shared machine."""
    seen: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            seen.append(str(hash).rsplit("$", 2)[0])
            return super().verify(hash, password)

    passwords = Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1))
    stored = await passwords.hash("correct horse")
    for one in (stored, ""):
        await passwords.fits(one, "wrong", lambda: None)
    assert len(seen) == 2 and seen[0] == seen[1]


async def test_no_more_than_two_at_a_time() -> None:
    now, most = 0, 0

    class Watching(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            nonlocal now, most
            now += 1
            most = max(most, now)
            made = super().hash(password, salt=salt)
            now -= 1
            return made

    passwords = Passwords(Watching(time_cost=1, memory_cost=4096, parallelism=1))
    await asyncio.gather(*(passwords.hash("x") for _ in range(12)))
    assert 1 <= most <= 2


def test_waits_double_up_to_the_longest_and_are_forgotten() -> None:
    backoff, now, waits = Backoff(), 0, []
    for _ in range(FREE + 12):
        backoff.failed("a", now)
        waits.append(backoff.wait_s("a", now))
        now += waits[-1] * 1000
        assert backoff.wait_s("a", now) == 0
    assert waits[: FREE + 2] == [0, 0, 0, 0, 1, 2, 4]
    assert waits[-1] == LONGEST_S == max(waits)
    backoff.failed("a", now + 2 * LONGEST_S * 1000)
    assert backoff.wait_s("a", now + 2 * LONGEST_S * 1000) == 0
    backoff.succeeded("a")
    assert backoff.wait_s("a", 0) == 0


def test_memory_is_bounded() -> None:
    backoff = Backoff()
    for number in range(MOST + FREE):
        backoff.failed(f"address:{number}", 0)
    for _ in range(FREE):
        backoff.failed("address:last", 1)
    assert backoff.wait_s("address:last", 1) == 1
    assert len(backoff._failures) == MOST
