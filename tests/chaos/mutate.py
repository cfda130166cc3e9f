"""Scenarios on an AMI stream that lies: `mutate --cycles SEEDS`.

Each seed tells one scenario on the fake exchange, whose messages come to the engine as bytes that
get lost, come twice, overtake each other, break off or come in pieces. In the end everybody is
where they are in the undisturbed run, and each call's record says the same, or the pictures were
compared (a cut, a repair of the watchdog). Nothing may raise, nothing may be left behind.
"""

from collections import Counter
from functools import partial
from random import Random

from pbx.fake import WIRE_S, FakePbx
from pbx.fake_time import Timeline
from pbx.message import Frames, parse
from tests.chaos.people import Firm, Step, told_quietly
from tests.chaos.tally import Ask, Tally
from tests.house.mangle import END, Odds, chunks

A, B, MR, MS = "8001", "8002", "13800138000", "13900139001"
KINDS = (
    Odds(lost=0.04),
    Odds(twice=0.2),
    Odds(swapped=0.2),
    Odds(cut=0.03),
    Odds(lost=0.02, twice=0.05, swapped=0.05, cut=0.01),
)
OVERTAKEN_S = (0.002, 0.05, 0.5)
"""How long a message is kept back that others overtake."""
WISH = {"to": "13911112222", "hotline": "4008000001", "consent": "order 7"}
AWAY_S = (0.6, 2.0, 12.0)
"""How long it takes until a cut link is joined again."""


def _arrive(caller: str, key: str = "1") -> list[Step]:
    return [
        (lambda f: True, lambda f: f.dial(caller)),
        (lambda f: f.is_asked(caller), lambda f: f.press(caller, key)),
    ]


def _answer(agent: str) -> Step:
    return lambda f: f.rings(agent), lambda f: f.world.pbx.answer(f"a{agent}")


def _put_down(agent: str) -> Step:
    return lambda f: f.talks(agent), lambda f: f.world.pbx.put_down(f"a{agent}")


def _page(agent: str, word: str, **args: object) -> Step:
    return lambda f: f.shows(agent) == "talking", lambda f: f.ask(word, agent, **args)


def _waits(caller: str) -> Step:
    return lambda f: f.at(caller, "hold"), lambda f: None


SCENARIOS: dict[str, list[Step]] = {
    "served and rated": [
        *_arrive(MR),
        _answer(A),
        _put_down(A),
        (lambda f: f.is_asked(MR), lambda f: f.press(MR, "1")),
        (lambda f: not f.callers[MR].alive, lambda f: None),
    ],
    "handed on": [
        *_arrive(MR),
        _answer(A),
        _page(A, "call.transfer", to_kind="agent", to=B),
        _answer(B),
        _put_down(B),
    ],
    "held": [
        *_arrive(MR),
        _answer(A),
        _page(A, "call.hold"),
        (lambda f: f.shows(A) == "holding", lambda f: f.ask("call.retrieve", A)),
        (lambda f: f.at(MR, "join"), lambda f: f.world.pbx.put_down(f"a{A}")),
    ],
    "declined": [
        *_arrive(MR),
        (lambda f: f.rings(A), lambda f: f.world.pbx.reject(f"a{A}")),
        _answer(B),
        (lambda f: f.talks(B), lambda f: f.leave(MR)),
    ],
    "given up": [
        *_arrive(MR),
        _answer(A),
        *_arrive(MS),
        _answer(B),
        *_arrive("13700137002"),
        _waits("13700137002"),
        (lambda f: True, lambda f: f.leave("13700137002")),
        _put_down(A),
        (lambda f: True, lambda f: f.leave(MS)),
    ],
    "called out": [
        (lambda f: True, lambda f: f.world.ask("call.dial", A, **WISH)),
        _answer(A),
        (lambda f: f.talks(A), lambda f: f.world.pbx.far("rings")),
        (lambda f: True, lambda f: f.world.pbx.far("answers")),
        _put_down(A),
    ],
}


class LyingPbx(FakePbx):
    """A fake exchange whose messages leave as bytes, through a wire that lies."""

    def __init__(self, timeline: Timeline, odds: Odds, chance: Random) -> None:
        super().__init__(timeline)
        self.odds, self.chance = odds, chance
        self.frames, self.told = Frames(), 0
        self.cut = lambda away_s: None
        self.faults_of_wire: list[str] = []

    def _send(self, lines: object) -> None:
        data = "\r\n".join(lines).encode() + END
        self.told += 1
        fate, odds = self.chance.random(), self.odds
        if fate < odds.cut:
            self.timeline.later(WIRE_S, partial(self._torn, data[: self.chance.randrange(80)]))
            return
        if (fate := fate - odds.cut) < odds.lost:
            return
        late = WIRE_S
        if (fate := fate - odds.lost) < odds.swapped:
            late = self.chance.choice(OVERTAKEN_S)
        self.timeline.later(late, partial(self._arrives, data))
        if 0 <= fate - odds.swapped < odds.twice:
            self.timeline.later(late, partial(self._arrives, data))

    def _arrives(self, data: bytes) -> None:
        for piece in chunks(data, self.chance):
            for frame in self.frames.feed(piece):
                try:
                    self.listen(parse(frame))
                except Exception as error:
                    self.faults_of_wire.append(repr(error))

    def _torn(self, data: bytes) -> None:
        self._arrives(data)
        self.frames = Frames()
        self.cut(self.chance.choice(AWAY_S))


async def tell(name: str, odds: Odds, seed: int) -> Firm:
    """Tell one scenario on such a wire."""
    firm = Firm((A, B), lambda timeline: LyingPbx(timeline, Odds(), Random(seed)))
    await firm.open_up()
    pbx = firm.world.pbx
    pbx.odds, pbx.cut = odds, firm.world.engine.cut
    await firm.live(SCENARIOS[name])
    pbx.odds = Odds()
    await firm.close_down()
    return firm


def judge(name: str, firm: Firm, straight: Firm, tally: Tally, where: str) -> str:
    """Compare the end with that of the undisturbed run; tells how it came."""
    pbx = firm.world.pbx
    tally.must(not pbx.faults and not pbx.faults_of_wire, f"{where}: {pbx.faults}")
    tally.must(not pbx.channels, f"{where}: left behind {list(pbx.channels)}")
    records = firm.outcomes()
    begun = len(firm.callers) + (name == "called out")
    tally.must(len(records) == begun, f"{where}: {begun} calls, {len(records)} records")
    tally.must(all(r[1] for r in records), f"{where}: {records}: one has no end")
    stuck = firm.end_state() != straight.end_state()
    tally.must(not stuck, f"{where}: {firm.end_state()}, not {straight.end_state()}")
    if records == straight.outcomes():
        return "same"
    if not firm.healed():
        tally.must(False, f"{where}: {records}, not {straight.outcomes()}, and nothing was healed")
    return "healed"


async def _mutate(ask: Ask, tally: Tally) -> None:
    straight = {name: await tell(name, Odds(), 0) for name in SCENARIOS}
    for name, firm in straight.items():
        tally.must(not firm.late and not firm.healed(), f"{name} is not told straight")
    ends = Counter[str]()
    for n in range(ask.cycles):
        seed = ask.seed + n
        chance = Random(seed)
        name, odds = chance.choice(list(SCENARIOS)), chance.choice(KINDS)
        firm = await tell(name, odds, seed)
        where = f"--seed {seed} --cycles 1 ({name}, {odds})"
        ends[judge(name, firm, straight[name], tally, where)] += 1
        ends["messages"] += firm.world.pbx.told
        tally.cycles += 1
        if tally.cycles % 1000 == 0:
            ask.say(f"{tally.cycles} seeds, {dict(ends)}")
    tally.also |= dict(ends)


def run(ask: Ask) -> Tally:
    """Tell `cycles` scenarios."""
    return told_quietly(_mutate, ask)
