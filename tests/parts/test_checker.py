"""The judge of whole installations can say no: one broken case for each of its rules."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from domain import events as ev
from domain.events import Record
from domain.ids import AgentId, CallId
from tests.house.checker import RULES, Evidence, broken

CALL = CallId("01TEST")
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ROW: dict[str, Any] = {
    "call": CALL,
    "outcome": "answered",
    "started": 1000,
    "entered": 2000,
    "answered": 3000,
    "ended": 9000,
    "ivr_ms": 1000,
    "talk_ms": 6000,
    "hold_ms": 0,
}
IVR = {"call": CALL, "kind": "ivr", "agent": "", "started": 1000, "ended": 2000, "ms": 1000}
TALK = {"call": CALL, "kind": "talk", "agent": "8001", "started": 3000, "ended": 9000, "ms": 6000}
KEPT = {"call": CALL, "state": "kept", "file": "a.mp3", "sha256": "aa"}
RATED = {"call": CALL, "state": "answered", "score": 5}


def _sent(secret: str) -> tuple[dict[str, str], bytes]:
    body = json.dumps({"type": "call.ended", "data": {"call": CALL}})
    at = datetime(2026, 11, 23, tzinfo=UTC)
    signed = Webhook(secret).sign("msg_1", at, body)
    stamp = str(int(at.timestamp()))
    told = {"Webhook-Id": "msg_1", "Webhook-Timestamp": stamp, "Webhook-Signature": signed}
    return told, body.encode()


def _journal(*events: ev.Event) -> list[Record]:
    return [Record(n, float(n), n, event) for n, event in enumerate(events, 1)]


ARRIVED = ev.CallArrived(CALL, "4008000001", "02812345678", "", "", "", "", "", "", 1)
BOOKS = (ARRIVED, ev.SurveyAnswered(CALL, AgentId("8001"), 5), ev.CallEnded(CALL, 16))
GOOD = Evidence(
    _journal(*BOOKS),
    [ROW],
    [IVR, TALK],
    [KEPT],
    [RATED],
    {"a.mp3": "aa"},
    [_sent(KEY)],
    KEY,
    "all is well\n  a8001  secret-of-a-phone  (座席 8001 · agent)\n",
    {"a8001": "secret-of-a-phone"},
)


def test_a_good_day_breaks_no_rule() -> None:
    assert broken(GOOD) == {}


def test_a_talk_that_ended_unheard_may_be_over_before_that_is_noticed() -> None:
    ended, second = ev.TalkEnded(CALL, AgentId("8001"), "agent"), CallId("01OTHER")
    heard = [ev.PbxLeft("cut"), ended, ev.PbxJoined(2)]
    talks = [TALK | {"started": 1, "ended": 20}, TALK | {"call": second, "started": 6, "ended": 30}]

    def rule(*events: ev.Event) -> list[str]:
        journal = _journal(*BOOKS, *events)
        return broken(replace(GOOD, journal=journal, segments=talks)).get("I3", [])

    assert rule(*heard) == [] and len(rule(ended, *heard[::2])) == 1
    later = [ev.TalkEnded(CALL, AgentId("8002"), "agent"), *heard[::2]]
    again = [ev.EngineStarted(2, 1), later[0], ev.PbxJoined(3)]
    assert rule(*heard, *later, *again) == []  # another agent's talk with the same caller
    talks[1] = talks[1] | {"started": 2}  # somebody still heard then
    assert len(rule(*heard)) == 1


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("I1", {"calls": []}),
        ("I1", {"journal": _journal(*BOOKS, ev.CallLost(CALL, "twice"))}),
        ("I1", {"journal": _journal(*BOOKS[:2])}),
        ("I3", {"segments": [IVR, TALK, TALK | {"call": "01OTHER"}]}),
        ("I3", {"segments": [IVR, TALK, TALK | {"agent": "8002"}]}),
        ("I5", {"calls": [ROW | {"entered": 500}]}),
        ("I5", {"calls": [ROW | {"talk_ms": -1}]}),
        ("I5", {"segments": [IVR]}),
        ("I6", {"files": {}}),
        ("I6", {"files": {"a.mp3": "bb"}}),
        ("I6", {"recordings": []}),
        ("I7", {"ratings": []}),
        ("I7", {"journal": _journal(*BOOKS[:2], *BOOKS[1:])}),
        ("I8", {"received": [_sent("whsec_" + "A" * 32)]}),
        ("I8", {"received": [(_sent(KEY)[0], b'{"type": "x", "data": {}}')]}),
        ("I12", {"said": "Traceback (most recent call last):\n"}),
        ("I12", {"said": "the phone has secret-of-a-phone"}),
    ],
)
def test_each_rule_sees_what_breaks_it(rule: str, change: dict[str, Any]) -> None:
    assert rule in RULES and rule in broken(replace(GOOD, **change))
