"""The demo's rules of calling, with and without a trunk."""

from pathlib import Path

import pytest

from domain import events as ev
from domain.ids import AgentId, CallId
from domain.settings import parse_settings
from lines import Allowed, Refused
from office.compile import compile_config
from office.folder import read_files
from office.model import Config
from switchboard.permit import Permits, rules_of

DEMO = Path(__file__).parents[3] / "demo" / "config"
HOTLINE, MOBILE, NOON = "4008000001", "13800138000", 1_767_240_000_000
TRUNK = """
[[trunk]]
name = "telecom"
kind = "address"
host = "192.0.2.10"
match = ["192.0.2.10"]
area_code = "028"
numbers = ["02800000001"]
"""


@pytest.fixture
def config() -> Config:
    """The demo's configuration; agent 8006 has a mobile."""
    files = read_files(DEMO)
    agents = files["agents.yaml"].replace("vip], role: agent}", 'vip], mobile: "13900139000"}')
    return compile_config(files | {"agents.yaml": agents}, lambda name, text, names: [])


def permits(config: Config, trunks: str, now: list[int]) -> Permits:
    """Judge by the demo's rules at noon."""
    return Permits(config, parse_settings(trunks, {}).trunks, lambda: now[0])


def word(answer: Allowed | Refused) -> str:
    """Give the word of a refusal, "" when allowed."""
    return answer.why if isinstance(answer, Refused) else ""


def test_the_demo_has_no_trunk_and_says_so(config: Config) -> None:
    answer = permits(config, "", [NOON]).permit("8001", MOBILE, HOTLINE, "来电")
    assert isinstance(answer, Refused)
    assert (answer.why, answer.zh) == ("no_route", "没有中继能拨打这个号码")


def test_with_a_trunk_it_goes_out_as_the_rules_say(config: Config) -> None:
    now = [NOON]
    ask = permits(config, TRUNK, now)
    assert word(ask.permit("8001", MOBILE, HOTLINE)) == "no_consent"
    assert word(ask.permit("8001", MOBILE, "4008000002", "来电")) == "no_caller_id"
    assert word(ask.permit("8001", "13800000404", HOTLINE, "来电")) == "do_not_call"
    assert word(ask.permit("8001", "028 0000 0001", HOTLINE, "来电")) != ""
    answer = ask.permit("8001", MOBILE, HOTLINE, "来电")
    assert isinstance(answer, Allowed)
    assert (answer.routes, answer.caller_id) == ((f"telecom:{MOBILE}",), "02800000001")
    assert word(ask.permit("8001", MOBILE, HOTLINE, "来电")) == "too_often"
    event = ev.DialAsked(
        CallId("1"), AgentId("8001"), HOTLINE, MOBILE, answer.caller_id, answer.routes
    )
    ask.note(ev.Record(1, 0.0, NOON + 10, event))
    now[0] += 299_000
    assert word(ask.permit("8001", MOBILE, HOTLINE, "来电")) == "too_often"
    now[0] += 2_000
    assert word(ask.permit("8001", MOBILE, HOTLINE, "来电")) == ""


def test_a_mobile_seat(config: Config) -> None:
    ask = permits(config, TRUNK, [NOON])
    answer = ask.seat("8006", HOTLINE)
    assert isinstance(answer, Allowed) and answer.routes == ("telecom:13900139000",)
    assert word(ask.seat("8002", HOTLINE)) == "not_a_number"


def test_a_new_version_holds_at_once(config: Config) -> None:
    ask = permits(config, TRUNK, [NOON])
    off = config.firm.calls_out.model_copy(update={"enabled": False})
    firm = config.firm.model_copy(update={"calls_out": off})
    ask.take(config.model_copy(update={"firm": firm}))
    assert word(ask.permit("8001", MOBILE, HOTLINE, "来电")) == "switched_off"
    assert rules_of(config, ()).own >= {"4008000001", "4008000002"}


def test_what_is_refused_in_quiet_hours_rests_until_the_morning(config: Config) -> None:
    ask = permits(config, TRUNK, [NOON + 10 * 3_600_000])
    answer = ask.permit("8001", MOBILE, HOTLINE, "callback 1")
    assert isinstance(answer, Refused)
    assert (answer.why, answer.zh) == ("quiet_hours", "现在是免打扰时段")
    assert ask.rest_s(answer.why) == 10 * 3600, "ten at night until eight in the morning"
