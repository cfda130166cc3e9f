"""What was seen → readings and metrics: what cannot be seen is not known, numbers are masked."""

import json
import re
from typing import Any

from domain import events as ev
from domain.events import Record
from domain.ids import AgentId, CallId
from office.alarms import SHIPPED
from switchboard.counts import NAMES, Counts
from watch.alarm import Alarms, Incident, Rules, Say, step
from watch.alarm_queue import PACES, Line, Notice, Pace, due
from watch.alarm_text import HEADS, Place, body, merged
from watch.facts import Facts, Windows, sample_of
from watch.metrics import HELP, page

NOW = 1_795_354_200_000


def group(name: str, **more: Any) -> dict[str, Any]:
    """Give a group as the engine tells it."""
    counts = ("waiting", "ready", "ringing", "talking", "wrapping", "on_break", "signed_in")
    today = {"entered": 0, "answered": 0, "abandoned": 0, "within": 0}
    row = {"id": name, "name": f"组{name}", "longest_since": None, "today": today}
    return row | dict.fromkeys(counts, 0) | more


def floor(**more: Any) -> dict[str, Any]:
    """Give a quiet floor."""
    rows: dict[str, Any] = {"pbx": {"up": True}, "groups": [group("vip")], "calls": []}
    return rows | {"agents": [], "incidents": [], "trunks": []} | more


def fault(kind: str, about: str) -> dict[str, Any]:
    """Give a fault of the board."""
    words = {"zh": f"{about} 的 13800138000", "en": f"{about}", "mend_zh": "修", "mend_en": "mend"}
    return {"kind": kind, "about": about, "since": 1} | words


def readings(facts: Facts, windows: Windows | None = None, now: int = NOW) -> dict[Any, float]:
    """Take a look apart: (metric, about) → value."""
    found = sample_of(facts, windows or Windows(), now)
    assert {each.metric for each in found.readings} <= found.known
    return {(each.metric, each.about): each.value for each in found.readings}


def test_without_the_engine_nothing_of_the_floor_is_known() -> None:
    found = sample_of(Facts(False, floor(), {"epoch": 1}), Windows(), NOW)
    assert found.known == {"engine_away", "receiver_down"}
    assert [(each.metric, each.value) for each in found.readings] == [("engine_away", 1)]


def test_groups_waits_and_levels() -> None:
    today = {"entered": 30, "answered": 15, "abandoned": 5, "within": 9}
    rows = [group("vip", waiting=2, longest_since=NOW - 90_000, today=today), group("b")]
    found = readings(Facts(True, floor(groups=rows)))
    assert found["longest_wait", "vip"] == 90 and found["longest_wait", "b"] == 0
    assert found["waiting", "vip"] == 2 and found["nobody_ready", "vip"] == 1
    assert found["service_level", "vip"] == 45 and ("service_level", "b") not in found


def test_faults_of_lines_audio_and_the_rest_are_told_apart_and_masked() -> None:
    faults = [
        fault("trunk_down", "north"),
        fault("one_way", "C1"),
        fault("one_way", "C2"),
        fault("called_unknown", "4000"),
        fault("called_unknown", "4001"),
    ]
    found = sample_of(Facts(True, floor(incidents=faults)), Windows(), NOW).readings
    values = {(each.metric, each.about): each.value for each in found}
    assert values["trunk_down", "north"] == 1 and values["one_way", ""] == 2
    assert values["incident", "called_unknown"] == 2
    assert all("13800138000" not in each.zh for each in found)
    assert any("138****8000" in each.zh for each in found)


def test_counters_grow_within_their_window_and_begin_anew_with_an_engine() -> None:
    windows = Windows()

    def lately(epoch: int, fell: int, at: int) -> float:
        health = {"epoch": epoch, "counts": {"fell_back": fell}}
        return readings(Facts(True, None, health), windows, at)["fallback", ""]

    assert lately(1, 2, NOW) == 2
    assert lately(1, 2, NOW + 1000) == 2
    assert lately(1, 5, NOW + 2000) == 5
    assert lately(2, 1, NOW + 3000) == 6
    assert lately(2, 1, NOW + 301_000) == 4
    assert lately(2, 1, NOW + 400_000) == 0


def test_machine_and_pops() -> None:
    health = {"epoch": 1, "rows_behind": 7, "pops": {"n": 10, "p95_ms": 812.4}}
    facts = Facts(True, None, health, False, {"var": 4.2}, 3, 5, {"群": 2})
    found = readings(facts)
    assert found["pop_p95", ""] == 812 and found["rows_behind", ""] == 7
    assert found["database_away", ""] == 1 and found["disk_free", "var"] == 4.2
    assert found["dead_letters", ""] == 3 and found["receiver_down", "群"] == 2
    few = readings(Facts(True, None, {"epoch": 1, "pops": {"n": 9, "p95_ms": 9999}}))
    assert ("pop_p95", "") not in few


def test_a_well_house_opens_nothing_and_a_sick_one_tells_everything() -> None:
    well = Facts(True, floor(), {"epoch": 1}, True, {"var": 50.0}, 0, 0)
    state, rules = Alarms(), Rules(SHIPPED, ["desk"])
    for second in range(0, 1200, 60):
        assert step(state, rules, sample_of(well, Windows(), NOW), NOW + second * 1000) == []
    today = {"entered": 40, "answered": 20, "abandoned": 20, "within": 2}
    waits = group("vip", waiting=3, longest_since=NOW - 10**6, today=today)
    kinds = ("trunk_down", "one_way", "turn")
    sick = Facts(
        True,
        floor(pbx={"up": False}, groups=[waits], incidents=[fault(each, "x") for each in kinds]),
        {"epoch": 1, "counts": {"fell_back": 1, "recording_failed": 1}, "rows_behind": 9000}
        | {"pops": {"n": 50, "p95_ms": 5000}},
        False,
        {"var": 1.0},
        2,
        9,
        {"群": 9},
    )
    told: set[str] = set()
    windows = Windows()
    for second in range(0, 1200, 10):
        done = step(state, rules, sample_of(sick, windows, NOW), NOW + second * 1000)
        told |= {each.incident.metric for each in done if isinstance(each, Say)}
    assert told == {each.metric for each in SHIPPED} - {"engine_away"}


def test_texts_say_what_since_when_how_much_and_what_to_do() -> None:
    place = Place("云杉家居", "https://desk.example")
    words = ("等待过久", "Waits", "VIP 最长已等 90 秒", "the longest wait is 90 s", "调人", "help")
    one = Incident("i", "w", "longest_wait", "vip", NOW, NOW, 60, 90, 120, *words)
    for kind in ("opened", "escalated", "over"):
        told = json.loads(body(kind, one, place, NOW + 180_000))
        for language in ("zh", "en"):
            text = told[language]["subject"] + told[language]["text"]
            assert HEADS[kind][0 if language == "zh" else 1] in text
            assert "120" in text and "60" in text and "11-22 21:30" in text and "3 " in text
            assert "https://desk.example/live" in text
        assert ("调人" in told["zh"]["text"]) is (kind != "over")
        assert not re.search(r"[\u4e00-\u9fff]", told["en"]["text"])
        subject, text = merged([told, told], "zh")
        assert "等 2 条" in subject and text.count("最差 120 秒") == 2


def test_a_receiver_is_told_at_once_then_merged_and_never_too_often() -> None:
    pace, line, sent = Pace(5, 18), Line(), []
    waiting: list[Notice] = []
    for second in range(600):
        now = NOW + second * 1000
        waiting.append(Notice(f"n{second}", "r", "opened", "i", now, now, "{}"))
        if batch := due(waiting, line, pace, now):
            sent.append((second, len(batch)))
            waiting = [each for each in waiting if each not in batch]
            line = line.went(now)
    assert sent[0] == (0, 1) and sent[1] == (5, 5) and not waiting[6:]
    for begins in range(0, 540):
        assert sum(begins <= second < begins + 60 for second, _ in sent) <= 18


def test_failures_are_tried_ever_more_rarely_and_quiet_hours_wait() -> None:
    line, tries, now = Line(), [], NOW
    waiting = [Notice("n", "r", "opened", "i", NOW, NOW, "{}")]
    for second in range(4000):
        now = NOW + second * 1000
        if due(waiting, line, PACES["webhook"], now):
            tries.append(second)
            line = line.failed(now, "down")
    assert tries == [0, 5, 20, 80, 260, 860, 1760, 2660, 3560]
    later = [Notice("n", "r", "over", "i", NOW + 9000, NOW, "{}")]
    assert not due(later, Line(), Pace(0, 20), NOW) and due(later, Line(), Pace(0, 20), NOW + 9000)


def test_the_page_of_metrics_is_well_formed() -> None:
    health = {"pbx": True, "epoch": 1, "version": 3, "journal_seq": 10**9, "rows_behind": 0}
    health |= {"conversations": 1, "counts": {"fell_back": 2}, "pops": {"n": 1, "p95_ms": 250}}
    health |= {"lag_ms": {"last": 1.5, "worst": 20}, "incidents": [{}]}
    shown = floor(
        calls=[{"state": "waiting"}, {"state": "waiting"}],
        agents=[{"state": "ready"}],
        trunks=[{"name": 'a"b\\c', "in_use": 2}],
    )
    facts = Facts(True, shown, health, True, {"var": 12.5}, 1, 2, {"群": 0})
    one = Incident("i", "w", "disk_free", "var", NOW, NOW, 5, 4, 4, "磁盘", "disk")
    text = page(facts, [one], NOW)
    names = set(re.findall(r"^# TYPE yingda_(\w+) (?:gauge|counter)$", text, re.M))
    assert names == set(HELP)
    line = re.compile(
        r'yingda_\w+(\{\w+="(?:[^"\\\n]|\\.)*"(,\w+="(?:[^"\\\n]|\\.)*")*\})? [0-9.]+'
    )
    for each in text.splitlines():
        assert each.startswith("# ") or line.fullmatch(each), each
    assert 'yingda_facts_total{kind="fell_back"} 2' in text
    assert "yingda_journal_seq 1000000000\n" in text and "yingda_pop_p95_seconds 0.25\n" in text
    assert 'yingda_trunk_channels_in_use{trunk="a\\"b\\\\c"} 2' in text
    bare = page(Facts(False), [], NOW)
    assert bare.splitlines()[2] == "yingda_engine_up 0"


def test_an_engine_counts_what_it_journals() -> None:
    counts = Counts(lambda: 0.0, adopted=3)
    call = CallId("C")
    for event in (ev.CallFellBack(call), ev.CallFellBack(call), ev.PbxJoined(1)):
        counts.note(Record(1, 0.0, NOW, event))
    for ms in (100.0, 200.0, 900.0):
        counts.note(Record(1, 0.0, NOW, ev.PopPainted(call, AgentId("8001"), ms)))
    shown = counts.shown()
    assert shown["counts"]["fell_back"] == 2 and shown["counts"]["resyncs"] == 1
    assert shown["counts"]["pops"] == 3 and shown["counts"]["adopted"] == 3
    assert shown["pops"] == {"n": 3, "p95_ms": 900.0}
    assert set(shown["counts"]) == {*NAMES.values(), "pops", "adopted"}
