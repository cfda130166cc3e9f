"""One call from the dialling to the last row, the recording, the webhook and the silence after."""

import json

import pytest
from standardwebhooks import Webhook

from domain import events as ev
from tests.house.firm import AFTERSALE, PARTNERS, SERVICE
from tests.house.scene import scene_on, soon
from tests.house.sound import channels, loudest
from tests.house.system import System

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(180)]


async def test_the_whole_path(system: System) -> None:
    async with scene_on(system, SERVICE) as scene:
        agent = await scene.agent(0)
        caller = await scene.caller()
        call = await scene.enters(caller)
        ring = await agent.rings()
        assert ring.call == call
        await agent.phone.answer()
        await caller.hears(agent)
        await agent.hears(caller)
        await scene.lasts(caller)
        await scene.ask(
            "call.summary",
            call=call,
            agent=agent.number,
            category="order",
            result="solved",
            note="查了订单",
        )
        await agent.phone.hang_up()
        await scene.fact(call, ev.SurveyInvited)
        await caller.phone.press("5")
        assert await caller.phone.wait_end(30) == "far"
        row = await scene.row(call)
        wanted = {
            "outcome": "answered",
            "hotline": SERVICE.hotline,
            "called": SERVICE.hotline,
            "caller": caller.number,
            "group": "presale",
            "agent": agent.number,
            "intent": "订单查询",
            "by": "agent",
            "offers": 1,
            "score": 5,
            "summary_category": "order",
            "summary_result": "solved",
            "summary_note": "查了订单",
            "customer_status": "unknown",
        }
        assert {name: row[name] for name in wanted} == wanted
        assert row["talk_ms"] > 0 and row["ivr_ms"] > 0
        assert scene.facts(call, ev.PhoneRang)
        assert abs(row["ended"] - row["started"] - row["total_ms"]) <= 1
        kinds = [each["kind"] for each in scene.segments(call)]
        assert [kind for kind in kinds if kind not in ("ivr", "wrap")] == [
            "queue",
            "offer",
            "talk",
            "survey",
        ]
        answers = system.rows("SELECT * FROM survey_answer WHERE call = ?", call)
        assert [(each["agent"], each["score"]) for each in answers] == [(agent.number, 5)]
        await scene.state(agent.number, "ready", within_s=30)  # the wrap-up ends by itself
        await soon(
            lambda: (system.rows("SELECT wrap_ms FROM call WHERE call = ?", call)[0])["wrap_ms"]
        )
        await _recorded(system, call, caller.hz, agent.hz)
        await _told(system, call, caller.number)
    _no_secrets(system)


async def _recorded(system: System, call: str, caller_hz: float, agent_hz: float) -> None:
    """The customer is on the left, the agent on the right, and nobody on both."""
    sql = "SELECT * FROM recording WHERE call = ?"
    kept = (await soon(lambda: system.rows(sql, call), what="the recording"))[0]
    left, right = channels(system.data / "recordings" / kept["file"])
    assert loudest(left, caller_hz) > 0.8 and loudest(left, agent_hz) < 0.1
    assert loudest(right, agent_hz) > 0.8 and loudest(right, caller_hz) < 0.1
    assert (await soon(lambda: system.rows("SELECT has_recording FROM call WHERE call = ?", call)))[
        0
    ]
    peaks = (system.data / "recordings" / kept["file"]).with_suffix(".peaks.json")
    assert json.loads(peaks.read_text())
    await soon(lambda: not list((system.data / "spool").glob(f"{call}*")), what="an empty spool")


async def _told(system: System, call: str, caller: str) -> None:
    """Every event of the call arrives, signed as Standard Webhooks says."""
    judge = Webhook(json.loads((system.data / "secrets.json").read_text())["webhook-sink"])

    def ours() -> list[tuple[dict[str, str], bytes]]:
        # those of earlier tests may be older than a signature is good for
        got = [(dict(headers), body) for headers, body in system.sink.received]
        return [each for each in got if json.loads(each[1])["data"]["call"] == call]

    def types() -> list[str]:
        return [judge.verify(body, headers)["type"] for headers, body in ours()]

    wanted = {"call.offered", "call.ringing", "call.answered", "call.ended"}
    await soon(lambda: set(types()) == wanted, 30, lambda: f"webhooks: {types()}")
    assert types() == ["call.offered", "call.ringing", "call.answered", "call.ended"]
    headers, body = ours()[-1]
    with pytest.raises(Exception, match="signature"):
        judge.verify(body + b" ", headers)


def _no_secrets(system: System) -> None:
    """No password, token or key stands in the journal, nor in what the processes say."""
    secrets = [text for text in _texts(json.loads((system.data / "secrets.json").read_text()))]
    secrets.append((system.data / "run" / "node-token").read_text())
    secrets += system.logins.values()
    journal = b"".join(file.read_bytes() for file in (system.data / "journal").iterdir())
    for secret in secrets:
        assert secret.encode() not in journal


def _texts(tree: object) -> list[str]:
    if isinstance(tree, dict):
        return [text for each in tree.values() for text in _texts(each)]
    return [tree] if isinstance(tree, str) and len(tree) >= 12 else []


async def test_two_hotlines_keep_apart(system: System) -> None:
    async with scene_on(system, PARTNERS) as partners, scene_on(system, AFTERSALE) as service:
        theirs, ours = await partners.agent(), await service.agent()
        first, second, third = [await partners.caller() for _ in range(3)]
        one = await partners.enters(first)
        await theirs.takes(one)
        two = await partners.enters(second)
        await partners.fact(two, ev.HoldReached)
        three = await service.enters(third, "2")
        await ours.takes(three)
        await third.hears(ours)
        assert not partners.facts(two, ev.OfferMade)
        card = await service.ask("call.context", call=three)
        assert (card["hotline"], card["group"], card["brand"]) == (
            "4008000001",
            "aftersale",
            "yunshan",
        )
        card = await partners.ask("call.context", call=one)
        assert (card["hotline"], card["group"], card["brand"]) == (
            "4008000002",
            "partner",
            "songzhu",
        )
        await first.phone.hang_up()
        await theirs.takes(two)
        await partners.fact(two, ev.OfferAnswered)
        for caller in (second, third):
            await caller.phone.hang_up()
        rows = [await partners.row(call) for call in (one, two, three)]
        assert [(row["hotline"], row["agent"], row["intent"]) for row in rows] == [
            ("4008000002", "8005", "加盟合作"),
            ("4008000002", "8005", "加盟合作"),
            ("4008000001", "8003", "售后服务"),
        ]
