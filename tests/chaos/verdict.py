"""The judge of a run under load: phones' logs against journal, rows, recordings, webhooks, logs."""

import contextlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from acd.found import WHY
from bench.heard import Seen
from domain import events as ev
from domain.events import Record
from tests.chaos.tally import Say, Tally
from tests.chaos.works import KEYS, MENU, Works
from tests.house.checker import broken, gathered
from tests.house.system import System, until

SETTLED_S = 180.0
ENCODED_S = 1200.0
"""Recordings are made after the talks, as the machine has time: so long the last may wait."""
AT_ONCE_S = 1.0
"""A BYE so soon after the answer takes an offer back; nobody talked yet."""
STATES: dict[type, str] = {
    ev.CallArrived: "menu",
    ev.GroupChosen: "waiting",
    ev.HoldReached: "waiting",
    ev.OfferMade: "ringing",
    ev.OfferAnswered: "talking",
    ev.TalkHeld: "held",
    ev.TalkRetrieved: "talking",
    ev.TalkEnded: "after",
    ev.CallFellBack: "fallback",
}
ENDS = (ev.CallEnded, ev.CallLost)
SHOWN = 5


def live_at(journal: Iterable[Record], at_ms: int) -> Counter[str]:
    """Count the calls that were there at a moment, by what they were in."""
    return Counter(states_at(journal, at_ms).values())


def states_at(journal: Iterable[Record], at_ms: int) -> dict[str, str]:
    """Tell what each call that was there at a moment was in."""
    live: dict[str, str] = {}
    over = set[str]()
    for record in journal:
        if record.utc_ms > at_ms:
            break
        if isinstance(record.event, ENDS):
            live.pop(record.call, None)
            over.add(record.call)  # what its end led to is told after it
        elif record.call not in over and (state := STATES.get(type(record.event))) and record.call:
            live[record.call] = state
    return live


def judged(works: Works, tally: Tally, say: Say) -> None:
    """Hold everything against everything, once all is written and sent."""
    tally.must(not works.unserved, works.unserved)
    try:
        all_written(works)
    except AssertionError as open_:
        tally.must(False, str(open_))
    _callers(works, tally, say, _talks(works, tally, say))
    agree(works, tally)
    overtaken = list(overtakes(works.journal()))
    tally.also["overtaken"] = float(len(overtaken))
    for text in overtaken[:SHOWN]:
        say(text)


def all_written(works: Works) -> None:
    """Wait until every call has its finished row."""
    open_ = "SELECT call FROM call WHERE outcome IS NULL"
    until(lambda: not works.rows(open_), SETTLED_S, lambda: f"open: {works.rows(open_)}")


def agree(works: System, tally: Tally) -> None:
    """Let the checker (I1 to I12) hold journal, rows, recordings, webhooks and logs together."""
    found: dict[str, list[str]] = {}
    with contextlib.suppress(AssertionError):  # what was never made is told by the checker
        until(lambda: not _spooled(works), ENCODED_S)

    def holds() -> bool:
        found.clear()
        found.update(broken(gathered(works)))
        return not found

    try:
        until(holds, SETTLED_S)
    except AssertionError:
        for rule, cases in found.items():
            told = json.dumps(cases[:SHOWN], ensure_ascii=False)[:2000]
            tally.must(False, f"{rule} ({len(cases)}): {told}")


def _spooled(works: System) -> bool:
    """Tell whether audio waits to be made into recordings."""
    return any((works.data / "spool").glob("*.wav"))


@dataclass(frozen=True, slots=True)
class Talk:
    """One talk as an agent's phone saw it, seconds since 1970; `cut`: nobody there hung up."""

    call: str
    began: float
    ended: float
    cut: bool


def talks(works: Works) -> list[Talk]:
    """List the talks that the agents' phones had, but those taken back as they began."""
    whose, found = works.served(), []
    for dialog, messages in _by_call(works.seen("agents")).items():
        up = _first(messages, lambda m: m.sent and m.line.startswith("SIP/2.0 200"))
        own = _first(messages, lambda m: m.sent and m.line.startswith("BYE"))
        far = _first(messages, lambda m: not m.sent and m.line.startswith("BYE"))
        ends = [bye.at for bye in (own, far) if bye is not None]
        if up is not None and ends and min(ends) - up.at > AT_ONCE_S:
            cut = far is not None and far.at == min(ends)
            found.append(Talk(whose.get(dialog, ""), up.at, min(ends), cut))
    return found


def _talks(works: Works, tally: Tally, say: Say) -> set[str]:
    """Count talks that were cut; give the calls that had a talk."""
    had = talks(works)
    for talk in had:
        if talk.cut:
            tally.cut += 1
            told = [f"{r.utc_ms / 1000:.3f} {r.kind}" for r in works.journal(talk.call or "-")]
            say(f"{talk} was cut; {told}")
    return {talk.call for talk in had}


@dataclass(frozen=True, slots=True)
class Books:
    """What the journal and the rows say: the calls of each Call-ID, who ended, who was served."""

    arrived: Mapping[str, Sequence[str]]
    ended: Set[str]
    written: Set[str]
    talked: Set[str]
    alone: int
    """Calls that no engine ever met: the dialplan wrote them down."""


def _books(works: Works, talked: Set[str]) -> Books:
    journal = works.journal()
    arrived: defaultdict[str, list[str]] = defaultdict(list)
    for record in journal:
        if isinstance(record.event, ev.CallArrived):
            arrived[record.event.sip_id].append(record.call)
    ended = {r.call for r in journal if isinstance(r.event, ENDS)}
    rows = works.rows("SELECT call FROM call WHERE outcome IN ('answered', 'fallback')")
    written = {row["call"] for row in rows}
    alone = sum(isinstance(r.event, ev.FallbackTold) and r.event.alone for r in journal)
    return Books(arrived, ended, written, talked, alone)


def _callers(works: Works, tally: Tally, say: Say, talked: Set[str]) -> None:
    """Join what callers saw with the journal, by the Call-ID on the wire."""
    with contextlib.suppress(AssertionError):  # who has none is counted below
        until(lambda: not _unmet(works), SETTLED_S / 3)
    books, found = _books(works, talked), Counter[str]()
    for crowd in (*works.crowds(MENU), *works.crowds(KEYS)):
        for dialog, messages in _by_call(works.seen(crowd)).items():
            where = (messages[0].at, messages[-1].at)
            word = _fate(books, dialog, must_talk=crowd.startswith(MENU))
            found[word] += 1
            if word in ("missing", "doubled", "lost"):
                for call in books.arrived.get(dialog, [""]):
                    told = [f"{r.utc_ms / 1000:.3f} {r.kind}" for r in works.journal(call or "-")]
                    say(f"{dialog} {where} {word}: {told}")
    tally.missing, tally.doubled, tally.lost = found["missing"], found["doubled"], found["lost"]
    tally.also |= {"callers": float(found.total()), "unwritten": float(found["unwritten"])}
    tally.also["alone"] = float(books.alone)


def _unmet(works: Works) -> set[str]:
    """Name the callers who have no record yet: a note of the dialplan is read in a moment."""
    crowds = (*works.crowds(MENU), *works.crowds(KEYS))
    came = {dialog for crowd in crowds for dialog in _by_call(works.seen(crowd))}
    journal = works.journal()
    return came - {r.event.sip_id for r in journal if isinstance(r.event, ev.CallArrived)}


def _fate(books: Books, dialog: str, *, must_talk: bool) -> str:
    """Say what became of a caller; whoever came has a record, engine or not."""
    calls = books.arrived.get(dialog, ())
    if len(calls) > 1:
        return "doubled"
    if not calls or calls[0] not in books.ended:
        return "missing"
    if not must_talk or calls[0] in books.written:
        return "served"
    return "unwritten" if calls[0] in books.talked else "lost"


def overtakes(journal: Iterable[Record]) -> Iterable[str]:
    """Tell of each caller on the music who saw a later one be rung for first, by an engine.

    Without one the dialplan's own queue serves who is in it: also a caller from a menu, there at
    once, while those on the music look twice for a beat before they leave it.
    """
    entered: dict[str, int] = {}
    on_hold: set[str] = set()
    rung: set[str] = set()
    for record in journal:
        call, event = record.call, record.event
        if isinstance(event, ev.GroupChosen):
            entered.setdefault(call, record.seq)
        elif isinstance(event, ev.HoldReached):
            on_hold |= {call} - rung  # told late of who is rung for already, it says nothing
        elif isinstance(event, ev.OfferFailed):
            rung.discard(call)
        elif isinstance(event, ev.OfferMade):
            on_hold.discard(call)
            rung.add(call)
            before = [one for one in on_hold if entered.get(one, 1 << 60) < entered.get(call, 0)]
            if before and event.why != WHY:
                yield f"{call} was rung for before {before[:3]} at record {record.seq}"
        elif isinstance(event, (ev.CallFellBack, ev.EngineStarted, *ENDS)):
            on_hold = set() if isinstance(event, ev.EngineStarted) else on_hold - {call}
            rung.discard(call)


def _by_call(log: Iterable[Seen]) -> dict[str, list[Seen]]:
    found: defaultdict[str, list[Seen]] = defaultdict(list)
    for seen in log:
        found[seen.call].append(seen)
    return found


def _first(messages: Sequence[Seen], fits: Callable[[Seen], bool]) -> Seen | None:
    return next((message for message in messages if fits(message)), None)
