"""What many pages are told at once is what each would have been told alone."""

import json
import random
from typing import Any

from web.audience import SNAPSHOT, Audience, Gathered
from web.floor import Floor, Scope, part

GROUPS = ("presale", "vip", "partner")
AGENTS = {"8001": ("presale",), "8002": ("presale",), "8003": ("vip", "partner"), "8004": ()}
HOTLINES = ("4001", "4002", "")
LOOKED_AFTER = (
    Scope(frozenset(("vip",)), "", frozenset(("4001",)), leads=True),
    Scope(frozenset(), "", staff=frozenset(("8002", "8004")), leads=True),
    Scope(frozenset(), "", leads=True),
)
"""What supervisors who are held to a part may see, down to nothing at all."""


class Page:
    """A page that keeps what it was told, as the browser's store does."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.own: set[str] = set()
        self.said: list[tuple[str, str]] = []
        self.calls: dict[str, Any] = {}
        self.agents: dict[str, Any] = {}

    def say(self, ev: str, ts: int, text: str) -> None:
        data = json.loads(text)
        self.said.append((ev, text))
        if ev == SNAPSHOT:
            self.calls, self.agents = {}, {}
        for call in data["gone"]:
            self.calls.pop(call, None)
        self.calls |= {row["call"]: row for row in data["calls"]}
        self.agents |= {row["number"]: row for row in data["agents"]}


def change(chance: random.Random, nth: int) -> dict[str, Any]:
    """Make up a delta: calls that come, move and go, agents who do something."""
    calls = [
        {
            "call": f"C{chance.randrange(6)}",
            "group": chance.choice((None, *GROUPS)),
            "hotline": chance.choice(HOTLINES),
            "agent": chance.choice((None, *AGENTS)),
            "caller": "13800138000",
            "n": nth,
        }
        for _ in range(chance.randrange(3))
    ]
    named = {row["call"]: row for row in calls}
    gone = {f"C{chance.randrange(6)}" for _ in range(chance.randrange(2))} - named.keys()
    agents = [
        {"number": number, "groups": list(AGENTS[number]), "n": nth}
        for number in chance.sample(sorted(AGENTS), chance.randrange(3))
    ]
    return {"calls": list(named.values()), "gone": sorted(gone), "agents": agents, "groups": []}


def test_every_page_ends_with_exactly_what_its_person_may_see() -> None:
    for seed in range(40):
        chance, floor, gathered = random.Random(seed), Floor(), Gathered()
        scopes = [Scope(frozenset(groups), agent) for agent, groups in AGENTS.items()]
        scopes += [Scope(None), *LOOKED_AFTER]
        audiences = {scope.shared: Audience(scope.shared) for scope in scopes}
        pages: list[Page] = []
        for nth in range(60):
            if nth % 8 == 0:  # pages open while changes wait to be told
                pages.append(Page(chance.choice(scopes)))
                audiences[pages[-1].scope.shared].start(pages[-1], nth, floor)
            delta = change(chance, nth)
            floor.take({"ev": "board.delta", "seq": nth, "ts": nth, "data": delta})
            gathered.add(delta)
            if chance.random() < 0.4:
                told = gathered.take()
                for audience in audiences.values():
                    audience.tell("board.delta", nth, told)
        told = gathered.take()
        for audience in audiences.values():
            audience.tell("board.delta", 99, told)
        for page in pages:
            seen = part(floor.whole(), page.scope)
            assert page.calls == {row["call"]: row for row in seen["calls"]}, (seed, page.scope)
            assert page.agents == {row["number"]: row for row in seen["agents"]}


def test_those_who_see_the_same_get_the_same_text() -> None:
    audience = Audience(Scope(frozenset(("presale",))))
    pages = [Page(Scope(frozenset(("presale",)), agent)) for agent in ("8001", "8002")]
    for page in pages:
        audience.start(page, 1, Floor())
    row = {"call": "C1", "group": "presale", "agent": "8001", "caller": "13800138000"}
    audience.tell("board.delta", 2, {"calls": [row]})
    audience.tell("board.delta", 3, {"calls": [row | {"group": "vip"}]})
    one, two = (page.said for page in pages)
    assert one[:2] == two[:2] and one[1][1] is two[1][1], "written once"
    assert json.loads(one[2][1])["calls"][0]["call"] == "C1", "still the own call"
    assert json.loads(two[2][1])["gone"] == ["C1"], "not in sight any more"


def test_nothing_is_told_to_whom_nothing_concerns() -> None:
    audience = Audience(Scope(frozenset(("presale",))))
    page = Page(Scope(frozenset(("presale",)), "8001"))
    audience.start(page, 1, Floor())
    audience.tell("board.delta", 2, {"calls": [{"call": "C1", "group": "vip", "agent": None}]})
    assert [ev for ev, _ in page.said] == [SNAPSHOT]
    assert not Gathered() and Gathered().take()["gone"] == []
