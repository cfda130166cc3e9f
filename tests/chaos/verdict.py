"""The judge of a run under load: phones' logs against journal, rows, recordings, webhooks, logs."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from bench.heard import Seen
from domain import events as ev
from domain.events import Record
from tests.chaos.tally import Say, Tally
from tests.chaos.works import KEYS, MENU, Works
from tests.house.checker import broken, gathered
from tests.house.system import until

SETTLED_S = 120.0
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
    live: dict[str, str] = {}
    for record in journal:
        if record.utc_ms > at_ms:
            break
        if isinstance(record.event, ENDS):
            live.pop(record.call, None)
        elif (state := STATES.get(type(record.event))) and record.call:
            live[record.call] = state
    return Counter(live.values())


def judged(works: Works, tally: Tally, say: Say) -> None:
    """Hold everything against everything, once all is written and sent."""
    open_ = "SELECT call FROM call WHERE outcome IS NULL"
    rest = lambda: f"open: {works.rows(open_)}"  # noqa: E731
    until(lambda: not works.rows(open_), SETTLED_S, rest)
    _talks(works, tally, say)
    _callers(works, tally, say)
    _settled(works, tally)
    overtaken = list(overtakes(works.journal()))
    tally.also["overtaken"] = float(len(overtaken))
    for text in overtaken[:SHOWN]:
        say(text)


def _settled(works: Works, tally: Tally) -> None:
    found: dict[str, list[str]] = {}

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


def _talks(works: Works, tally: Tally, say: Say) -> None:
    """Count talks that ended though neither side hung up, by the agents' phones."""
    taken_back = 0
    for call, messages in _by_call(works.seen("agents")).items():
        up = _first(messages, lambda m: m.sent and m.line.startswith("SIP/2.0 200"))
        own = _first(messages, lambda m: m.sent and m.line.startswith("BYE"))
        far = _first(messages, lambda m: not m.sent and m.line.startswith("BYE"))
        if up is None or far is None or (own is not None and own.at <= far.at):
            continue
        if far.at - up.at <= AT_ONCE_S:
            taken_back += 1
        else:
            tally.cut += 1
            say(f"a talk of {far.at - up.at:.1f} s was cut at {far.at:.3f}: {call}")
    tally.also["taken_back"] = float(taken_back)


def _callers(works: Works, tally: Tally, say: Say) -> None:
    """Join what callers saw with the journal, by the Call-ID on the wire."""
    journal = works.journal()
    arrived: defaultdict[str, list[ev.CallArrived]] = defaultdict(list)
    for record in journal:
        if isinstance(record.event, ev.CallArrived):
            arrived[record.event.sip_id].append(record.event)
    ended = {r.call for r in journal if isinstance(r.event, ENDS)}
    served = {r["call"] for r in works.rows("SELECT call FROM call WHERE outcome = 'answered'")}
    placed = 0
    for hotline in (MENU, KEYS):
        for call, messages in _by_call(works.seen(hotline)).items():
            up = _first(messages, lambda m: not m.sent and m.line.startswith("SIP/2.0 200"))
            placed += 1
            ours = arrived.get(call, [])
            if len(ours) > 1:
                tally.doubled += 1
                say(f"{call} arrived {len(ours)} times")
            if up is None or not ours or ours[-1].call not in ended:
                tally.missing += 1
                say(f"{call}: answered {up is not None}, in the journal {len(ours)}")
            elif hotline == MENU and ours[-1].call not in served:
                tally.lost += 1
                say(f"{call}, {ours[-1].call} was served by nobody")
    tally.also["callers"] = float(placed)


def overtakes(journal: Iterable[Record]) -> Iterable[str]:
    """Tell of each caller on the music who saw a later one be rung for first."""
    entered: dict[str, int] = {}
    on_hold: set[str] = set()
    for record in journal:
        call, event = record.call, record.event
        if isinstance(event, ev.GroupChosen):
            entered.setdefault(call, record.seq)
        elif isinstance(event, ev.HoldReached):
            on_hold.add(call)
        elif isinstance(event, ev.OfferMade):
            on_hold.discard(call)
            before = [one for one in on_hold if entered.get(one, 1 << 60) < entered.get(call, 0)]
            if before:
                yield f"{call} was rung for before {before[:3]} at record {record.seq}"
        elif isinstance(event, ev.CallFellBack | ev.EngineStarted | ENDS):
            on_hold = set() if isinstance(event, ev.EngineStarted) else on_hold - {call}


def _by_call(log: Iterable[Seen]) -> dict[str, list[Seen]]:
    found: defaultdict[str, list[Seen]] = defaultdict(list)
    for seen in log:
        found[seen.call].append(seen)
    return found


def _first(messages: Sequence[Seen], fits: Callable[[Seen], bool]) -> Seen | None:
    return next((message for message in messages if fits(message)), None)
