"""The firm that the tests run: the demo with short times, and lanes that do not disturb each other.

A lane is a hotline with a group and two agents of its own, so that stories run side by side.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from office.folder import read_files

DEMO = Path(__file__).parents[2] / "demo" / "config"
SHORT = {"ring_s": 15, "wrap_s": 6, "announce_s": 9, "greet": False, "whisper": False}
"""The demo's groups in tests, seconds."""
ASKS = "4009100054"
"""A hotline that collects six keys and says goodbye."""
MENU = "4009100060"
"""The demo's own main menu with its sub-flows; the demo's hotline has a plain menu in tests."""
PLAIN = Path(__file__).with_name("plain.yaml")
TALKS = "4009100056"
"""A hotline whose flow chooses a language, takes a secret, asks the shop and says the answer."""
CLOSED = "4009100099"
"""A hotline that is never open."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One story's hotline, group and agents."""

    hotline: str
    group: str
    agents: tuple[str, ...]


LANES: tuple["Lane", ...] = tuple(
    Lane(f"40091000{n:02}", f"lane{n}", (f"9{n}01", f"9{n}02")) for n in range(1, 7)
)

LONG_WRAP = (LANES[0].group,)
"""Where a wrap-up is seen and made longer before it is over."""
SERVICE = Lane("4008000001", "presale", ("8001", "8002"))
PARTNERS = Lane("4008000002", "partner", ("8005",))
AFTERSALE = Lane("4008000001", "aftersale", ("8003",))
"""The demo's own hotlines: groups and people of theirs."""
VOLUME = Lane("4009100050", "volume", tuple(lane.agents[0] for lane in LANES))
"""Straight to a group of six, neither wrap-up nor survey."""
NARROW = Lane("4009100051", "narrow", (LANES[0].agents[1], LANES[0].agents[0]))
"""Straight to a group of the first; after some seconds the second, of another, may help."""
TOGETHER = Lane("4009100052", "together", tuple(lane.agents[1] for lane in LANES[:3]))
"""Straight to a group whose three agents are rung at the same time."""
SPILLS = Lane("4009100071", "spills", ("9801",))
"""Straight to a group whose callers go to the volume group when they have waited for 3 s."""
LATE = Lane("4009100072", "late", ("9901",))
"""Straight to a group whose callers are asked for a message when they have waited for 4 s."""
GREETS = Lane("4009100070", "greets", ("9701", "9702"))
"""A lane whose callers hear the agent's number, and whose agents the hotline, at the answer.

The agents' phones are asked to answer by themselves."""


def files(crm_port: int, sink_port: int) -> dict[str, str]:
    """Give the configuration's files by name; every flow of the demo is there."""
    texts = dict(read_files(DEMO))
    changes: dict[str, Callable[[Any], None]] = {
        "firm.yaml": lambda firm: firm.update(flows={"keys": 0, "seconds": 0}),
        "groups.yaml": _groups,
        "hotlines.yaml": _hotlines,
        "agents.yaml": _agents,
        "calendars.yaml": _calendars,
        "crm.yaml": lambda crm: _crm(crm, crm_port),
        "webhooks.yaml": lambda hooks: _webhooks(hooks, crm_port, sink_port),
    }
    for name, change in changes.items():
        content = yaml.safe_load(texts[name])
        change(content)
        apart = json.loads(json.dumps(content))  # anchors are refused
        texts[name] = yaml.safe_dump(apart, allow_unicode=True, sort_keys=False)
    texts["flows/plain.yaml"] = PLAIN.read_text("utf-8")
    for name in [name for name in texts if name.startswith("flows/")]:
        texts[name] = texts[name].replace("127.0.0.1:8190", f"127.0.0.1:{crm_port}")
    for lane in LANES:
        texts[f"flows/{lane.group}.yaml"] = LANE_FLOW.replace("GROUP", lane.group)
    for name in (VOLUME.group, NARROW.group, TOGETHER.group, GREETS.group):
        texts[f"flows/{name}.yaml"] = VOLUME_FLOW.replace(VOLUME.group, name)
    for name in (SPILLS.group, LATE.group):
        texts[f"flows/{name}.yaml"] = STRAIGHT_FLOW.replace("GROUP", name)
    texts["flows/asks.yaml"] = ASKS_FLOW
    texts["flows/talks.yaml"] = TALKS_FLOW.replace("CRM", str(crm_port))
    return texts


def menu_flow(name: str, group: str, word: str) -> str:
    """Write a flow: a menu whose keys 1 and 0 lead to the group; `word` is said and its intent."""
    return f"""\
# {word} · a menu, then the group
flow: {name}
start: menu
nodes:
  menu:
    kind: menu
    prompts: [invalid]
    keys: {{"1": wait, "0": wait}}
    labels: {{"1": {word}, "0": 人工服务}}
    tries: 3
    timeout_s: 5
    invalid: [invalid]
    no_input: [no_input]
    otherwise: wait
  wait: {{kind: group, group: {group}, intent: {word}}}
"""


def write(folder: Path, texts: dict[str, str]) -> Path:
    """Write a configuration folder, for `yingda config import`."""
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def _groups(groups: list[dict[str, Any]]) -> None:
    for group in groups:
        group.update(SHORT)
    for lane in LANES:
        group = dict(groups[0], id=lane.group, name=f"线路 {lane.group}", ring_s=12, wrap_s=1)
        groups.append(group | {"sticky_s": 20} | ({"wrap_s": 6} if lane.group in LONG_WRAP else {}))
    name = VOLUME.group
    plain = dict(groups[0], id=name, name="批量", ring_s=20, wrap_s=0, survey=False)
    said = {"greet": True, "whisper": True, "auto_answer": True, "ring_s": 15, "wrap_s": 1}
    groups += [plain] + [
        plain | {"id": lane.group, "name": lane.group} | rules
        for lane, rules in (
            (NARROW, {"steps": [{"after_s": 4, "also": [name]}]}),
            (TOGETHER, {"ring_several": 3}),
            (SPILLS, {"overflow": [{"when": {"wait_s": 3}, "to": {"group": name}}]}),
            (LATE, {"max_wait_s": 4, "late_to": {"voicemail": True}}),
            (GREETS, said),
        )
    ]


def _hotlines(hotlines: list[dict[str, Any]]) -> None:
    menu = dict(hotlines[0], number=MENU, name="测试 主菜单", also_called=[])
    hotlines[0]["flow"] = "plain"
    for lane in LANES:
        name = f"测试 {lane.group}"
        row = dict(hotlines[0], number=lane.hotline, name=name, flow=lane.group, also_called=[])
        hotlines.append(row)
    for lane in (VOLUME, NARROW, TOGETHER, SPILLS, LATE, GREETS):
        row = dict(hotlines[0], number=lane.hotline, name=f"测试 {lane.group}", flow=lane.group)
        hotlines.append(row | {"also_called": []})
    hotlines.append(dict(hotlines[2], number=ASKS, name="测试 按键", flow="asks", also_called=[]))
    hotlines.append(dict(hotlines[2], number=TALKS, name="测试 会话", flow="talks", also_called=[]))
    hotlines.append(dict(hotlines[2], number=CLOSED, name="测试 关门", calendar="never"))
    hotlines.append(menu)


def _agents(agents: list[dict[str, Any]]) -> None:
    for lane in (*LANES, SPILLS, LATE, GREETS):
        for number in lane.agents:
            name = f"测试 {number}"
            groups = [lane.group, *([VOLUME.group] if number in VOLUME.agents else [])]
            groups += [NARROW.group] if number == NARROW.agents[0] else []
            groups += [TOGETHER.group] if number in TOGETHER.agents else []
            agents.append(dict(agents[0], number=number, name=name, groups=groups))


def _calendars(calendars: list[dict[str, Any]]) -> None:
    never = {"days": "mon", "from": "03:00", "to": "03:01"}
    calendars.append({"id": "never", "timezone": "Asia/Shanghai", "periods": [never]})


def _crm(crm: dict[str, Any], port: int) -> None:
    crm["lookup"]["url"] = f"http://127.0.0.1:{port}/customers?number={{number}}"


def _webhooks(hooks: list[dict[str, Any]], crm_port: int, sink_port: int) -> None:
    hooks[0]["url"] = f"http://127.0.0.1:{crm_port}/hooks"
    url = f"http://127.0.0.1:{sink_port}/hooks"
    hooks.append(dict(hooks[0], id="sink", url=url, secret_ref="file:webhook-sink"))


VOLUME_FLOW = """\
# 批量测试 · straight to the group
flow: volume
start: staffed
nodes:
  staffed: {kind: staffed, group: volume, yes: wait, no: nobody}
  wait: {kind: group, group: volume, intent: 批量}
  nobody: {kind: hang_up, prompts: [goodbye], outcome: nobody}
"""

STRAIGHT_FLOW = """\
# 直接排队 · straight to the group, whoever is there
flow: GROUP
start: wait
nodes:
  wait: {kind: group, group: GROUP, intent: 溢出}
"""
ASKS_FLOW = """\
# 收集按键 · collects six keys
flow: asks
start: ask
values: {order: ""}
nodes:
  ask:
    kind: collect
    prompts: [leave_message]
    into: order
    least: 6
    most: 6
    first_s: 60
    next_s: 20
    next: bye
    otherwise: person
  bye: {kind: hang_up, prompts: [goodbye]}
  person: {kind: group, group: volume}
"""
TALKS_FLOW = """\
# 语言、保密输入、查订单、报数 · language, a secret, the shop, values said
flow: talks
start: language
values: {pin: "", order: "", status: "", amount: ""}
nodes:
  language:
    {kind: language, prompts: [menu_language], keys: {"1": zh, "2": en}, timeout_s: 20, next: pin}
  pin:
    kind: collect
    prompts: [phone_ask]
    into: pin
    least: 12
    most: 12
    secret: true
    first_s: 30
    next_s: 20
    next: order
    otherwise: person
  order:
    kind: collect
    prompts: [order_ask]
    into: order
    least: 8
    most: 12
    first_s: 30
    next_s: 20
    next: look
    otherwise: person
  look:
    kind: http
    url: "http://127.0.0.1:CRM/orders/{order}"
    timeout_s: 5
    take: {status: "$.order.status", amount: "$.order.amount"}
    found: which
    missing: person
    failed: person
  which:
    kind: branch
    cases: [{if: 'status == "shipped" and language == "en" and calls_24h >= 1', to: tell}]
    otherwise: person
  tell: {kind: say, parts: [{prompt: order_amount}, {amount: "{amount}"}], next: bye}
  bye: {kind: hang_up, prompts: [goodbye]}
  person: {kind: group, group: volume}
"""
LANE_FLOW = """\
# 测试线路 · one menu, one group
flow: GROUP
start: hours
nodes:
  hours: {kind: hours, open: menu, closed: closed}
  menu:
    kind: menu
    prompts: [invalid]
    keys: {"1": staffed, "0": staffed}
    labels: {"1": 测试, "0": 人工服务}
    repeat: "*"
    tries: 3
    timeout_s: 2
    invalid: [invalid]
    no_input: [no_input]
    otherwise: too_many
  too_many: {kind: play, prompts: [too_many_tries], next: staffed}
  staffed: {kind: staffed, group: GROUP, yes: wait, no: nobody}
  wait: {kind: group, group: GROUP, intent: 测试}
  closed: {kind: play, prompts: [closed], next: message}
  nobody: {kind: play, prompts: [nobody], next: message}
  message:
    kind: voicemail
    box: GROUP
    prompts: [leave_message]
    max_s: 30
    saved: [message_saved]
    empty: [message_empty]
    next: goodbye
  goodbye: {kind: hang_up, prompts: [goodbye]}
"""
