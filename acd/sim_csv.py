"""The files of `yingda sim`: agents and calls in, outcomes out (formats of docs/howto/simulate.md).

A file with faults is refused whole: every bad line is named, and nothing runs.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from io import StringIO

from acd.floor import AgentCard
from acd.simulate import SECOND, Fate, SimCall
from domain.errors import Fault, Refused
from domain.ids import AgentId, GroupId

AGENTS = ("agent_id", "skills")
CALLS = ("call_id", "t_arrival_s", "skill", "priority", "service_s", "wrap_s", "patience_s")
OUT = ("call_id", "outcome", "wait_s", "agent_id")
WITH_EXITS = (*OUT, "skill", "answered_by", "back", "back_wait_s")
"""The columns of a scenario whose groups have overflow or callbacks."""
LATEST_S = Decimal(10**9)
"""Thirty years: a time beyond it is a slip of the pen."""
_PLACES = Decimal(1).scaleb(-6)


@dataclass(slots=True)
class _Sheet:
    """One file being read: its name, the faults so far, the ids seen."""

    name: str
    faults: list[Fault] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def blame(self, line: int, key: str, text: str) -> None:
        self.faults.append(Fault(self.name, line, key, text))

    def rows(self, text: str, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
        """Give each line with its number; a header without a column that we need is a fault."""
        reader = csv.DictReader(StringIO(text.removeprefix("\ufeff")), strict=True)
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            self.blame(1, "", f"columns are missing: {', '.join(missing)}")
            return
        try:
            for row in reader:
                yield reader.line_num, {name: (row.get(name) or "").strip() for name in columns}
        except csv.Error as error:
            self.blame(reader.line_num, "", f"this is not CSV: {error}")

    def own(self, line: int, key: str, value: str) -> str:
        """Take an id that must be there, and once only."""
        if not value:
            self.blame(line, key, "is empty")
        elif value in self.seen:
            self.blame(line, key, f"{value} was there before")
        self.seen.add(value)
        return value

    def read(self, line: int, key: str, text: str, how: Callable[[str], int]) -> int:
        """Take a number, or blame the line."""
        try:
            return how(text)
        except (ValueError, InvalidOperation):
            self.blame(line, key, f"{text!r} {_WANTED[how]}")
            return 0


def _nanoseconds(text: str) -> int:
    seconds = Decimal(text)
    if not seconds.is_finite() or not 0 <= seconds <= LATEST_S:
        raise ValueError(text)
    return int((seconds * SECOND).to_integral_value())


def _whole(text: str) -> int:
    return int(text)


_WANTED: dict[Callable[[str], int], str] = {
    _nanoseconds: "is no time in seconds, 0 or more",
    _whole: "is no whole number",
}


def read_agents(name: str, text: str) -> tuple[AgentCard, ...]:
    """Read `agent_id,skills`; raises `Refused` with every fault."""
    sheet, cards = _Sheet(name), []
    for line, row in sheet.rows(text, AGENTS):
        number, skills = sheet.own(line, "agent_id", row["agent_id"]), row["skills"].split()
        if not skills:
            sheet.blame(line, "skills", "is empty")
        if len(set(skills)) < len(skills):
            sheet.blame(line, "skills", "names a skill twice")
        cards.append(AgentCard(AgentId(number), groups=tuple(map(GroupId, skills))))
    if not cards and not sheet.faults:
        sheet.blame(1, "", "there is no agent")
    if sheet.faults:
        raise Refused(*sheet.faults)
    return tuple(cards)


def read_calls(name: str, text: str, skills: Iterable[str]) -> list[SimCall]:
    """Read the calls in the file's order; `skills` are those that some agent has."""
    sheet, known = _Sheet(name), frozenset(skills)
    calls = [_call(sheet, line, row, known) for line, row in sheet.rows(text, CALLS)]
    if sheet.faults:
        raise Refused(*sheet.faults)
    return calls


def _call(sheet: _Sheet, line: int, row: dict[str, str], known: frozenset[str]) -> SimCall:
    if row["skill"] not in known:
        sheet.blame(line, "skill", f"no agent has {row['skill']!r}")
    at, service, wrap = (
        sheet.read(line, key, row[key], _nanoseconds) for key in ("t_arrival_s", *CALLS[4:6])
    )
    patience = row["patience_s"]
    return SimCall(
        sheet.own(line, "call_id", row["call_id"]),
        at,
        GroupId(row["skill"]),
        sheet.read(line, "priority", row["priority"], _whole),
        service,
        wrap,
        sheet.read(line, "patience_s", patience, _nanoseconds) if patience else None,
    )


def write_fates(
    fates: Iterable[Fate], calls: Iterable[SimCall], columns: Sequence[str] = OUT
) -> str:
    """Write a line for each call, in the order of the calls' file."""
    known = {fate.call.id: fate for fate in fates}
    out = StringIO()
    lines = csv.writer(out)
    lines.writerow(columns)
    for call in calls:
        cells = _cells(known[call.id])
        lines.writerow([cells[name] for name in columns])
    return out.getvalue()


def _cells(fate: Fate) -> dict[str, object]:
    back = fate.back
    return {
        "call_id": fate.call.id,
        "outcome": fate.outcome,
        "wait_s": _seconds(fate.wait),
        "agent_id": fate.agent,
        "skill": fate.call.group,
        "answered_by": fate.group,
        "back": back.outcome if back else "",
        "back_wait_s": _seconds(back.wait) if back and fate.agent else "",
    }


def _seconds(nanoseconds: int) -> Decimal:
    return (Decimal(nanoseconds) / SECOND).quantize(_PLACES)
