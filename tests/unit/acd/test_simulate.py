"""The core in simulated time, held to a straightforward second telling of the strict policy."""

from dataclasses import dataclass, field
from operator import attrgetter

from hypothesis import given, strategies as st

from acd.floor import AgentCard
from acd.simulate import SECOND, Cast, Fate, SimCall, Simulation, cast_of, plain_rules
from acd.summary import Summary
from domain.ids import AgentId, GroupId

SKILLS = ("a", "b", "c")
times = st.integers(0, 12).map(lambda seconds: seconds * SECOND)
cards = st.lists(st.sets(st.sampled_from(SKILLS), min_size=1), min_size=1, max_size=4).map(
    lambda lists: tuple(
        AgentCard(AgentId(f"A{n}"), groups=tuple(map(GroupId, sorted(skills))))
        for n, skills in enumerate(lists)
    )
)
calls = st.lists(
    st.builds(
        SimCall,
        st.just(""),
        times,
        st.sampled_from(SKILLS).map(GroupId),
        st.integers(0, 2),
        times,
        st.sampled_from([0, 0, SECOND, 3 * SECOND]),
        st.one_of(st.none(), times),
    ),
    max_size=12,
).map(
    lambda made: [
        call._replace(id=f"{n:03d}")
        for n, call in enumerate(sorted(made, key=attrgetter("at")), start=1)
    ]
)


@dataclass
class Plainly:
    """The strict policy by scanning: each instant arrivals, then patience, then who is free."""

    cards: tuple[AgentCard, ...]
    waiting: list[SimCall] = field(default_factory=list)
    idle: list[tuple[int, str]] = field(default_factory=list)
    busy: list[tuple[int, int, str]] = field(default_factory=list)
    fates: dict[str, tuple[str, int, str]] = field(default_factory=dict)

    def run(self, calls: list[SimCall]) -> dict[str, tuple[str, int, str]]:
        """Walk over every second of a day that is over after all has ended."""
        self.idle = [(-SECOND, card.number) for card in self.cards]
        for second in range(400):
            now = second * SECOND
            for call in calls:
                if call.at == now:
                    self.arrive(call, now)
            for call in list(self.waiting):
                if call.patience is not None and call.at + call.patience <= now:
                    self.waiting.remove(call)
                    self.fates[call.id] = ("abandoned", now - call.at, "")
            while any(until <= now for until, _, _ in self.busy):
                done = min(self.busy)
                self.busy.remove(done)
                self.free(done[2], now)
        return self.fates | {call.id: ("left", 0, "") for call in self.waiting}

    def skills(self, number: str) -> tuple[GroupId, ...]:
        return next(card.groups for card in self.cards if card.number == number)

    def arrive(self, call: SimCall, now: int) -> None:
        self.waiting.append(call)
        for since in sorted(self.idle):
            if call.group in self.skills(since[1]):
                self.idle.remove(since)
                self.take(call, since[1], now)
                return

    def free(self, number: str, now: int) -> None:
        mine = [call for call in self.waiting if call.group in self.skills(number)]
        if mine:
            self.take(min(mine, key=lambda call: (call.priority, call.at, call.id)), number, now)
        else:
            self.idle.append((now, number))

    def take(self, call: SimCall, number: str, now: int) -> None:
        self.waiting.remove(call)
        self.fates[call.id] = ("answered", now - call.at, number)
        self.busy.append((now + call.service + call.wrap, len(self.fates), number))


def fate(found: Fate) -> tuple[str, int, str]:
    """Tell a fate in short."""
    return (found.outcome, 0 if found.outcome == "left" else found.wait, found.agent)


@given(cards, calls)
def test_it_is_the_strict_policy_at_every_tie(
    cards: tuple[AgentCard, ...], calls: list[SimCall]
) -> None:
    # who becomes free at the same instant is freed in the order in which the work began, but an
    # agent whose talk ends begins the wrap-up first: keep such knots out of the comparison
    ends = [call.wrap for call in calls]
    if len(set(ends)) > 1:
        calls = [call._replace(wrap=0) for call in calls]
    apart = [call._replace(service=call.service + SECOND) for call in calls]
    run = Simulation(cast_of(cards, apart))
    found = {each.call.id: fate(each) for each in run.fates(apart)}
    assert found == Plainly(cards).run(apart)


@given(cards, calls)
def test_waits_obey_littles_law_and_every_call_has_one_fate(
    cards: tuple[AgentCard, ...], calls: list[SimCall]
) -> None:
    run, summary = Simulation(cast_of(cards, calls)), Summary()
    found = list(summary.watch(run.fates(calls)))
    assert sorted(each.call.id for each in found) == [call.id for call in calls]
    assert run.waited == summary.wait
    counts = summary.total.counts
    assert sum(counts.values()) == len(calls)


def one(at: float, service: float, **more: object) -> SimCall:
    made = SimCall(f"{at:g}", round(at * SECOND), GroupId("a"), 5, round(service * SECOND))
    return made._replace(**more)  # type: ignore[arg-type]


def test_wrap_up_keeps_an_agent_from_the_next_call() -> None:
    calls = [one(0, 10, wrap=5 * SECOND), one(1, 10)]
    agents = (AgentCard(AgentId("A"), groups=(GroupId("a"),)),)
    found = list(Simulation(cast_of(agents, calls)).fates(calls))
    assert [each.wait / SECOND for each in found] == [0, 14]


def test_a_full_trunk_blocks() -> None:
    calls = [one(0, 10), one(1, 10), one(2, 10)]
    agents = (AgentCard(AgentId("A"), groups=(GroupId("a"),)),)
    cast = Cast((plain_rules("a", wraps=False),), agents, lines=2)
    found = [each.outcome for each in Simulation(cast).fates(calls)]
    assert sorted(found) == ["answered", "answered", "blocked"]


def test_who_works_in_a_shift_takes_calls_in_it_only() -> None:
    calls = [one(0, 10), one(30, 10), one(200, 1, patience=SECOND)]
    agents = (AgentCard(AgentId("A"), groups=(GroupId("a"),)),)
    shift = {AgentId("A"): ((20 * SECOND, 100 * SECOND),)}
    cast = Cast((plain_rules("a", wraps=False),), agents, shifts=shift)
    found = [(each.outcome, each.wait // SECOND) for each in Simulation(cast).fates(calls)]
    assert found == [("answered", 20), ("answered", 0), ("abandoned", 1)]
