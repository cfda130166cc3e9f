"""Made-up requests of every role to every operation of a running installation: `api`.

`cycles` requests made from the description by a seed, half of them naming what is there. No 5xx
that we did not mean, no trace of our insides, nothing ends; the same processes answer afterwards
and a call is served.
"""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import count

from tests.chaos.installed import on_system
from tests.chaos.tally import Ask, Tally
from tests.house.firm import LANES, MENU
from tests.house.hostile import Raw
from tests.house.system import System, until
from tests.house.visitor import Visitor, Visitors
from tests.web.strange import Strange, requests
from web.app import TABLES
from web.openapi import document

AGENT, OTHER = LANES[0].agents
LEAVE = frozenset(
    ("DELETE /api/v1/session", "PUT /api/v1/me/password", "GET /api/v1/live", "GET /sip")
)
"""What would end the visitor's own session, and what is no request but a socket."""
LEAKS = (b"Traceback", b"sqlalchemy", b'File "/', b"sqlite3")
AWAY = ("unavailable", "pbx_unavailable", "engine_unavailable")
"""What we say when a part of us is not there."""
SHOWN = 400
FAILED = " failed, id "
"""How the log tells of what nobody foresaw; what aiohttp itself refuses to read is no request."""
PARTS = ("engine", "web")
BUSY = ("admin", "manager", "supervisor", "admin", "manager")
"""Who comes more than once each round: whom the guard lets through to what lies behind it."""
TURNS = 17
"""Requests that a visitor sends before the next one's turn: no divisor of the operations."""


def run(ask: Ask) -> Tally:
    """Send them to an installation of our own."""
    return on_system(ask, stormed)


async def stormed(system: System, ask: Ask) -> Tally:
    """Send `cycles` requests and judge each answer and what is left."""
    tally, statuses = Tally(ask.seed), Counter[int]()
    pids = {part: system.pid_of(part) for part in PARTS}
    assert await Raw("127.0.0.2", system.sip).call(MENU, "13906660000", ["x"]) == 200
    async with Visitors(system) as visitors:
        await visitors.all_roles(AGENT)
        there = _there(system)
        names = [*visitors.everyone, *BUSY]
        for who, strange in _turns(names, ask, there):
            await _sent(visitors.everyone[who], strange, tally, statuses)
            if tally.cycles % 500 == 0:
                ask.say(f"{tally.cycles} sent, {dict(sorted(statuses.items()))}")
        tally.also |= {f"status_{status}": float(n) for status, n in sorted(statuses.items())}
    await _judge(system, tally, pids)
    return tally


def _turns(
    names: list[str], ask: Ask, there: dict[str, list[str]]
) -> Iterator[tuple[str, Strange]]:
    """Give each request with who sends it: everybody in turn, each round by a seed of its own."""
    sent = 0
    for nth in count():
        for strange in requests(document(TABLES), ask.seed + nth, LEAVE, there):
            if sent == ask.cycles:
                return
            yield names[sent // TURNS % len(names)], strange
            sent += 1


def _there(system: System) -> dict[str, list[str]]:
    """Name what a path may name and find."""
    until(lambda: system.rows("SELECT call FROM call WHERE ended IS NOT NULL"), 60)
    rows = system.rows("SELECT call FROM call")
    return {
        "call": [row["call"] for row in rows],
        "agent": [OTHER, "8002"],
        "number": [MENU, OTHER, "13906660000"],
        "id": ["1", "2", "presale", "weekdays", "lunch"],
        "kind": ["hotline", "group", "agent", "abandon", "ivr", "survey"],
        "name": ["main"],
        "flow": ["main"],
    }


async def _sent(visitor: Visitor, strange: Strange, tally: Tally, statuses: Counter[int]) -> None:
    tally.cycles += 1
    try:
        answer = await visitor.ask(strange.method, strange.path, strange.body, strange.query)
    except (OSError, TimeoutError, ValueError) as error:
        tally.must(False, f"{visitor.login} {strange.told}: {error!r}")
        return
    status, body = answer
    statuses[status] += 1
    leaks = [each for each in LEAKS if each in body]
    meant = (status < 500 or _is_ours(status, body)) and not leaks
    tally.must(meant, f"{visitor.login} {status} {strange.told} -> {body[:SHOWN]!r}")


def _is_ours(status: int, body: bytes) -> bool:
    """Tell a refusal that we mean from a failure: the telephone system may be away."""
    return status == 503 and json.loads(body).get("code") in AWAY


async def _judge(system: System, tally: Tally, pids: dict[str, int]) -> None:
    """See that all is as it was: the same processes, a call is answered, nothing was thrown."""
    tally.must(pids == {part: system.pid_of(part) for part in PARTS}, "a process was started anew")
    tally.must(system.is_ready(), "/readyz says no")
    failed = [
        line for line in system.log.read_text(errors="replace").splitlines() if FAILED in line
    ]
    tally.must(not failed, f"exceptions that nobody caught: {failed[:5]}")
    answered = await Raw("127.0.0.2", system.sip).call(MENU, "13906660001", ["x"])
    tally.must(answered == 200, f"a caller was answered {answered}")
