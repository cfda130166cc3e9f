"""One judge of a whole installation: what must hold of all its calls together, whatever happened.

Reads the journal, the rows, the recordings, what the webhook's receiver got, and what the
processes said. Each rule gives the cases that break it; no case, no fault. Pure but for `gathered`.
"""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

from domain import events as ev
from domain.events import Record
from recording import is_sealed, keys_of, unlocked
from tests.house.system import System

Row = dict[str, Any]
WELCOME = re.compile(r"^  a\d+  \S+  \(座席 .*$", re.MULTILINE)
"""What `yingda run` says of desk phones to whoever starts it, on purpose."""
AUDIO = (".mp3", ".opus", ".wav", ".m4a", ".flac")
SLACK_MS = 3
"""Times of day of a row come from two clocks, each rounded."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is left of an installation's work."""

    journal: Sequence[Record]
    calls: Sequence[Row]
    segments: Sequence[Row]
    recordings: Sequence[Row]
    ratings: Sequence[Row]
    files: Mapping[str, str] = field(default_factory=dict)
    """Finished audio: name below the recordings folder → SHA-256."""
    received: Sequence[tuple[Mapping[str, str], bytes]] = ()
    hook_secret: str = ""
    said: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)

    def facts(self, *kinds: type) -> Iterator[Any]:
        """Give the events of some kinds, in order."""
        return (record.event for record in self.journal if isinstance(record.event, kinds))


def one_row_per_call(seen: Evidence) -> Iterator[str]:
    """I1: each call that began has one row, and each that ended has an outcome."""
    began = {each.call for each in seen.facts(ev.CallArrived, ev.DialAsked)}
    ended = Counter(each.call for each in seen.facts(ev.CallEnded, ev.CallLost))
    rows = {row["call"]: row for row in seen.calls}
    yield from (f"{call} has no row" for call in sorted(began - rows.keys()))
    yield from (f"{call} has a row and never began" for call in sorted(rows.keys() - began))
    yield from (f"{call} ended {times} times" for call, times in ended.items() if times > 1)
    for call in sorted(began & rows.keys()):
        if (call in ended) != (rows[call]["outcome"] is not None):
            yield f"{call} ended {ended[call]} times, outcome {rows[call]['outcome']}"


def one_talk_at_a_time(seen: Evidence) -> Iterator[str]:
    """I3: an agent talks with one caller, a caller with one agent.

    The end of a lost call is when it was missed: its talk may have been over long before. So it is
    with a talk that ended while no engine heard: then the next one may begin before it was noticed.
    """
    lost, unheard = {each.call for each in seen.facts(ev.CallLost)}, _ended_unheard(seen.journal)
    talks = [row for row in seen.segments if row["kind"] == "talk" and row["ended"] is not None]
    for about in ("agent", "call"):
        apart = defaultdict(list)
        for row in talks:
            apart[row[about]].append(row)
        for name, rows in apart.items():
            rows.sort(key=lambda row: (row["started"], row["ended"]))
            for one, two in pairwise(rows):
                at_once = two["started"] < one["ended"] - SLACK_MS
                over_at = unheard.get((one["call"], one["agent"]), two["started"] + 1)
                was_over = two["started"] >= over_at
                if at_once and one["call"] not in lost and not was_over:
                    yield f"{about} {name}: {one['call']} and {two['call']} at the same time"


def _ended_unheard(journal: Sequence[Record]) -> dict[tuple[str, str], int]:
    """Tell since when nobody had heard of talks (call, agent) over at a return, UTC ms."""
    deaf_from, last_ms, found = 0, 0, dict[tuple[str, str], int]()
    for record in journal:
        match record.event:
            case ev.EngineStarted() | ev.PbxLeft():
                deaf_from = deaf_from or last_ms
            case ev.PbxJoined():
                deaf_from = 0
            case ev.TalkEnded(agent=agent) if deaf_from:
                found[record.call, agent] = deaf_from
        last_ms = record.utc_ms
    return found


def times_in_order(seen: Evidence) -> Iterator[str]:
    """I5: begun, in the line, answered, ended, in this order; parts make the whole."""
    for row in seen.calls:
        moments = [row[name] for name in ("started", "entered", "answered", "ended")]
        there = [moment for moment in moments if moment is not None]
        if any(two < one - SLACK_MS for one, two in pairwise(there)):
            yield f"{row['call']}: {moments} is not in order"
        if any(row[name] < 0 for name in row if name.endswith("_ms")):
            yield f"{row['call']}: a time below nothing"
    lasting: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for part in seen.segments:
        lasting[part["call"]][part["kind"]] += part["ms"]
    for row in seen.calls:
        for name in ("ivr", "talk", "hold"):
            if row["outcome"] is not None and row[f"{name}_ms"] != lasting[row["call"]][name]:
                yield f"{row['call']}: {name} {row[f'{name}_ms']} ms, parts {lasting[row['call']]}"


def recordings_are_there(seen: Evidence) -> Iterator[str]:
    """I6: each row has its file, unchanged; each file has its row."""
    kept = {row["file"]: row for row in seen.recordings if row["state"] == "kept"}
    yield from (f"{name} is gone" for name in sorted(kept.keys() - seen.files.keys()))
    yield from (f"{name} belongs to no call" for name in sorted(seen.files.keys() - kept.keys()))
    for name in sorted(kept.keys() & seen.files.keys()):
        if kept[name]["sha256"] != seen.files[name]:
            yield f"{name} was changed"


def one_rating_per_call(seen: Evidence) -> Iterator[str]:
    """I7: a caller rates once at most, and what was pressed is in the rows."""
    told = Counter(each.call for each in seen.facts(ev.SurveyAnswered))
    rows = {row["call"]: row["score"] for row in seen.ratings if row["state"] == "answered"}
    yield from (f"{call} rated {times} times" for call, times in told.items() if times > 1)
    yield from (f"{call}: the rating is lost" for call in sorted(told.keys() ^ rows.keys()))


def webhooks_are_signed(seen: Evidence) -> Iterator[str]:
    """I8: each message is signed, and an ended call was told at least once."""
    told = set()
    for headers, body in seen.received:
        if not _is_signed(seen.hook_secret, {k.lower(): v for k, v in headers.items()}, body):
            yield f"{headers}: not signed by us"
        data = json.loads(body)
        if data.get("type") == "call.ended":
            told.add(data["data"]["call"])
    if seen.received:
        ended = {each.call for each in seen.facts(ev.CallEnded)}
        yield from (f"{call}: its end was told to nobody" for call in sorted(ended - told))


def _is_signed(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    # a judge of the past: `Webhook.verify` would also ask how old the message is
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    wanted = Webhook(secret).sign(headers["webhook-id"], at, body.decode())
    return wanted in headers["webhook-signature"].split()


def nothing_unhandled(seen: Evidence) -> Iterator[str]:
    """I12: no exception that nobody caught, and no secret in what was said."""
    for word in ("Traceback (most recent call last)", "was never retrieved", "was never awaited"):
        for found in re.finditer(re.escape(word), seen.said):
            yield seen.said[max(0, found.start() - 300) : found.end() + 1500]
    said = WELCOME.sub("", seen.said)
    for name, text in seen.secrets.items():
        if len(text) > 7 and text in said:
            yield f"the secret {name} was said"


RULES: dict[str, Callable[[Evidence], Iterator[str]]] = {
    "I1": one_row_per_call,
    "I3": one_talk_at_a_time,
    "I5": times_in_order,
    "I6": recordings_are_there,
    "I7": one_rating_per_call,
    "I8": webhooks_are_signed,
    "I12": nothing_unhandled,
}
"""Rule → what looks for cases that break it. I9 and I10 are `yingda reconcile` and `rebuild`."""


def broken(seen: Evidence) -> dict[str, list[str]]:
    """Give the rules that do not hold, with their cases."""
    found = {name: list(rule(seen)) for name, rule in RULES.items()}
    return {name: cases for name, cases in found.items() if cases}


def _sound_hash(path: Path, system: System) -> str:
    """Hash the sound, whether the file is locked or not."""
    if not is_sealed(path):
        return hashlib.sha256(path.read_bytes()).hexdigest()
    sealed, summed = unlocked(path, keys_of(system.settings).ring()), hashlib.sha256()
    for piece in sealed.pieces(0, sealed.length):
        summed.update(piece)
    return summed.hexdigest()


def gathered(system: System) -> Evidence:
    """Collect what an installation has left."""
    root = system.data / "recordings"
    return Evidence(
        system.journal(),
        system.rows("SELECT * FROM call"),
        system.rows("SELECT * FROM segment"),
        system.rows("SELECT * FROM recording"),
        system.rows("SELECT * FROM survey_answer"),
        {
            path.relative_to(root).as_posix(): _sound_hash(path, system)
            for path in sorted(root.rglob("*"))
            if path.suffix in AUDIO
        },
        list(system.sink.received),
        system.secrets.get("webhook-sink", ""),
        system.log.read_text(errors="replace"),
        system.secrets,
    )
