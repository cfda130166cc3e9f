"""An incident as people read it: what, where, since when, how much, what to do. Pure.

One `body` per message is kept as JSON with both languages; each receiver gets its own.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from watch.alarm import ESCALATED, OPENED, OVER, Incident
from watch.facts import figure
from watch.measures import MEASURES

TEST = "test"
HEADS = {
    OPENED: ("报警", "ALARM"),
    ESCALATED: ("报警升级", "ESCALATED"),
    OVER: ("已恢复", "OVER"),
    TEST: ("试发", "TEST"),
}
"""How a message begins, by its kind."""
LANGUAGES = ("zh", "en")
WORDS = {
    "over": ("{}：已恢复正常", "{}: well again"),
    "worst": ("最差 {}，限值 {}", "worst {}, limit {}"),
    "for": ("开始 {}，已 {}", "since {}, for {}"),
    "lasted": ("开始 {}，共 {}", "since {}, lasted {}"),
    "nobody": ("一直无人确认", "nobody has acknowledged it"),
    "mend": ("处理：{}", "what to do: {}"),
}
UNITS = (("秒", "分钟", "小时"), ("s", "min", "h"))
"""Seconds, minutes, hours."""
JOINT = "\n\n"


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happens: the firm's name, the address of its pages, its time zone."""

    firm: str
    url: str
    zone: str = "Asia/Shanghai"


def body(kind: str, incident: Incident, place: Place, now: int) -> str:
    """Write one message as it is kept and as webhooks get it: JSON, both languages."""
    told = {
        "type": f"alarm.{kind}",
        "firm": place.firm,
        "incident": incident.id,
        "alarm": incident.alarm,
        "metric": incident.metric,
        "about": incident.about,
        "value": incident.value,
        "worst": incident.worst,
        "limit": incident.limit,
        "opened": incident.opened,
        "since": incident.since,
        "over": incident.over or None,
        "acknowledged_by": incident.by or None,
        "page": place.url + MEASURES[incident.metric].page,
        "zh": _words(kind, incident, place, now, 0),
        "en": _words(kind, incident, place, now, 1),
    }
    return json.dumps(told, ensure_ascii=False)


def test_body(place: Place, now: int) -> str:
    """Write the message of a test."""
    at = _time(now, place)
    zh = {
        "subject": f"【{place.firm}】试发",
        "text": f"这是一条测试消息，{at}。能看到它就说明报警送得到。",
    }
    en = {"subject": f"[{place.firm}] TEST", "text": f"A test message, {at}. Alarms arrive here."}
    told = {"type": "alarm.test", "firm": place.firm, "page": place.url + "/admin/alarms"}
    return json.dumps(told | {"zh": zh, "en": en}, ensure_ascii=False)


def merged(bodies: Sequence[Mapping[str, Any]], language: str) -> tuple[str, str]:
    """Give subject and text of one message that tells everything in these."""
    words = [each[language] for each in bodies]
    if len(words) == 1:
        return words[0]["subject"], words[0]["text"]
    more = {"zh": f"等 {len(words)} 条", "en": f"and {len(words) - 1} more"}[language]
    text = JOINT.join(f"{each['subject']}\n{each['text']}" for each in words)
    return f"{words[0]['subject']} {more}", text


def _words(kind: str, incident: Incident, place: Place, now: int, at: int) -> dict[str, str]:
    name = (incident.name_zh, incident.name_en)[at]
    head = HEADS[kind][at]
    subject = f"【{place.firm}】{head}：{name}" if not at else f"[{place.firm}] {head}: {name}"
    lines = _lines(kind, incident, place, now, at)
    return {"subject": subject, "text": "\n".join(line for line in lines if line)}


def _lines(kind: str, incident: Incident, place: Place, now: int, at: int) -> list[str]:
    measure, words = MEASURES[incident.metric], {name: both[at] for name, both in WORDS.items()}
    worst, limit = (
        figure(measure, each, LANGUAGES[at]) for each in (incident.worst, incident.limit)
    )
    lasted = words["for"] if kind != OVER else words["lasted"]
    name, mend = (incident.name_zh, incident.name_en)[at], (incident.mend_zh, incident.mend_en)[at]
    unit = (measure.unit_zh, measure.unit_en)[at]
    return [
        words["over"].format(name) if kind == OVER else (incident.zh, incident.en)[at],
        words["worst"].format(worst, limit) if unit else "",
        lasted.format(_time(incident.since, place), _span(incident, now, UNITS[at])),
        words["nobody"] if kind == ESCALATED else "",
        words["mend"].format(mend) if kind != OVER else "",
        place.url + measure.page,
    ]


def _time(at: int, place: Place) -> str:
    return datetime.fromtimestamp(at / 1000, ZoneInfo(place.zone)).strftime("%m-%d %H:%M:%S")


def _span(incident: Incident, now: int, units: tuple[str, str, str]) -> str:
    seconds = max(0, (incident.over or now) - incident.since) // 1000
    for size, unit in ((3600, units[2]), (60, units[1])):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} {units[0]}"
