"""What always holds on the floor, whatever happens in whatever order."""

from hypothesis import given, strategies as st

from acd import AgentCard, Floor, GroupRules, Step, decide
from acd.choose import may_take
from acd.floor import PREFERRED, Agent, Call, Line, Stage
from acd.strategies import STRATEGIES
from domain import events as ev
from domain.ids import AgentId, CallId, GroupId, Instant, OfferId

GROUPS = [GroupId("g1"), GroupId("g2")]
AGENTS = [AgentId("8001"), AgentId("8002"), AgentId("8003")]
calls = st.sampled_from([CallId("c1"), CallId("c2"), CallId("c3")])
agents = st.sampled_from(AGENTS)
groups = st.sampled_from(GROUPS)
offers = st.integers(1, 6).map(OfferId)
endpoints = agents.map(lambda agent: "a" + agent)
events = st.one_of(
    st.builds(ev.CallArrived, calls, st.just("400"), st.just("400"), st.just("138")),
    st.builds(ev.GroupChosen, calls, groups, st.integers(1, 9)),
    st.builds(
        ev.GroupChosen,
        calls,
        groups,
        st.integers(1, 9),
        head_start_s=st.sampled_from([0.0, 30.0]),
        preferred=agents,
    ),
    st.builds(ev.GroupChosen, calls, groups, needs=st.sampled_from(["tea>=3", "tea>=9", "coffee"])),
    st.builds(ev.AgentChosen, calls, agents, groups, st.sampled_from([0.0, 15.0])),
    st.builds(ev.StepDue, calls, st.integers(0, 2)),
    st.builds(ev.DayBegan, st.just("2026-11-23")),
    st.builds(ev.ConfigPublished, st.just(2)),
    st.builds(ev.HoldReached, calls),
    st.builds(ev.CallFellBack, calls),
    st.builds(ev.PhoneRang, calls, agents, offers),
    st.builds(ev.OfferAnswered, calls, agents, offers),
    st.builds(ev.OfferDeclined, calls, agents, offers, st.just("busy")),
    st.builds(ev.OfferExpired, calls, offers),
    st.builds(ev.DialFailed, calls, offers, st.sampled_from(["NOANSWER", "BUSY", "CHANUNAVAIL"])),
    st.builds(ev.RingEnded, calls, agents, offers, st.sampled_from(["BUSY", "NOANSWER"])),
    st.builds(ev.HungUp, calls, st.sampled_from(["caller", "agent"])),
    st.builds(ev.TalkOver, calls),
    st.builds(ev.CallEnded, calls, st.just(16)),
    st.builds(ev.CallLost, calls, st.just("x")),
    st.builds(ev.HoldAsked, calls, agents),
    st.builds(ev.RetrieveAsked, calls, agents),
    st.builds(ev.HangUpAsked, calls, agents),
    st.builds(ev.TransferAsked, calls, agents, st.just("agent"), agents),
    st.builds(ev.TransferAsked, calls, agents, st.just("group"), groups),
    st.builds(ev.AgentSignedIn, agents, st.just("phone"), endpoints),
    st.builds(ev.AgentReadied, agents),
    st.builds(ev.AgentPaused, agents, st.just("rest")),
    st.builds(ev.AgentSignedOut, agents, st.just("asked")),
    st.builds(ev.WrapUpDone, agents),
    st.builds(ev.WrapUpExtended, agents),
    st.builds(ev.WrapUpExpired, agents, calls),
    st.builds(ev.PhoneReachable, endpoints),
    st.builds(ev.PhoneLost, endpoints),
    st.builds(ev.PhoneGraceOver, endpoints),
    st.builds(ev.PbxJoined, st.just(1)),
    st.builds(ev.PbxLeft, st.just("cut")),
    st.builds(ev.CoolDownOver, calls),
    st.builds(ev.AnnouncementDue, calls),
    st.builds(ev.CallPicked, calls, agents, st.just("lin")),
    st.builds(ev.CallMoved, calls, st.just("group"), groups, st.just("zhou")),
    st.builds(ev.CallMoved, calls, st.just("agent"), agents, st.just("zhou")),
    st.builds(ev.PriorityChanged, calls, st.integers(0, 9), st.just("zhou")),
)
START = [ev.PbxJoined(1)]
START += [ev.PhoneReachable("a" + agent) for agent in AGENTS]
START += [ev.AgentSignedIn(agent, "phone", "a" + agent) for agent in AGENTS]
START += [ev.AgentReadied(agent) for agent in AGENTS]


STEPS = (Step(20, "tea>=3"), Step(60, also=(GROUPS[1],)))
SKILLS: dict[str, dict[str, int]] = {"8001": {"tea": 2}, "8002": {"tea": 9}, "8003": {"tea": 4}}


def floor(ageing_s: float = 0, strategy: str = "longest_idle", several: int = 0) -> Floor:
    """Set up three agents in two groups; the first relaxes in steps and is sticky."""
    made = Floor()
    made.configure(
        [
            GroupRules(
                GROUPS[0],
                wrap_s=5,
                needs="tea>=5 and g2>=1",
                steps=STEPS,
                sticky_s=10,
                strategy=strategy,
                ageing_s=ageing_s,
            ),
            GroupRules(
                GROUPS[1],
                wrap_s=5,
                strategy=strategy,
                ageing_s=ageing_s,
                ring_several=several,
            ),
        ],
        [
            AgentCard(AGENTS[0], groups=(GROUPS[0],), levels=SKILLS["8001"]),
            AgentCard(AGENTS[1], groups=(GROUPS[1],), levels=SKILLS["8002"]),
            AgentCard(AGENTS[2], groups=(GROUPS[1],), levels=SKILLS["8003"]),
        ],
    )
    return made


def qualifies(agent: Agent, call: Call) -> bool:
    """Say the rules of `floor` again, in the simplest words."""
    number, groups, tea = agent.card.number, agent.card.groups, agent.card.levels["tea"]
    if call.group.startswith("@"):
        return call.group == f"@{number}"
    if call.step == PREFERRED:
        return number == call.preferred
    if call.needs and tea < int(call.needs[-1]):
        return False
    if call.group == GROUPS[1]:
        return GROUPS[1] in groups
    asked = (tea >= 5 and GROUPS[1] in groups, tea >= 3, tea >= 3 or GROUPS[1] in groups)
    return GROUPS[0] in groups or asked[call.step]


def check(now: Floor, instant: float) -> None:
    """Say what always holds."""
    holders = [
        agent for call in now.calls.values() for agent in call.rings or (call.agent,) if agent
    ]
    assert len(holders) == len(set(holders)), "an agent has one caller at most"
    for call in now.calls.values():
        assert (call.agent is not None) == (
            call.stage in (Stage.OFFERED, Stage.TALKING, Stage.HELD)
        ), call
        if call.agent:
            agent = now.agents[call.agent]
            assert agent.call == call.id
            assert agent.line not in (Line.FREE, Line.WRAPPING)
        queued = call.place in now.waiting.get(call.group, [])
        assert queued == (call.stage is Stage.WAITING), call
        assert (call.line is not None) == (call.stage is Stage.WAITING and call.confirmed), call
        if call.line:
            assert call.place in call.line.calls
    held = sum(len(line.calls) for line in (*now.lines.values(), *now.asked.values()))
    assert held == sum(1 for call in now.calls.values() if call.line), "a call is in one line"
    for agent in now.agents.values():
        assert (agent.seats is not None) == now.is_idle(agent), agent
        for line, key in agent.seats or ():
            assert key in line.idle
            assert key == line.key(agent, line.levels[agent.card.number]), "a key stands still"
    check_rings(now)
    if now.pbx_up:
        check_nobody_waits_in_vain(now, instant)


def check_rings(now: Floor) -> None:
    """Say that those who are rung for a call know it, and nobody else is rung."""
    rung = set()
    for call in now.calls.values():
        assert bool(call.rings) == (call.stage is Stage.OFFERED), call
        assert call.agent == next(iter(call.rings), call.agent), "the first of them stands for all"
        assert all(now.agents[number].call == call.id for number in call.rings)
        rung |= set(call.rings)
    lines = (Line.RESERVED, Line.RINGING)
    assert rung == {agent.card.number for agent in now.agents.values() if agent.line in lines}


def check_nobody_waits_in_vain(now: Floor, instant: float) -> None:
    """Say that whoever qualifies for a call is not left idle beside it."""
    for call in now.calls.values():
        if call.stage is Stage.WAITING and call.confirmed:
            idle = [agent for agent in now.agents.values() if now.is_idle(agent)]
            able = [agent for agent in idle if qualifies(agent, call)]
            assert not any(may_take(agent, call, Instant(instant)) for agent in able)


passing = st.sampled_from([0.01, 0.01, 5.0, 21.0])
stories = st.lists(st.tuples(passing, events), max_size=40)
ageing = st.sampled_from([0, 30])
strategy = st.sampled_from(sorted(STRATEGIES))
several = st.sampled_from([0, 2, 3])


@given(stories, ageing, strategy, several)
def test_nobody_waits_beside_a_free_agent_and_nobody_has_two_callers(
    story: list[tuple[float, ev.Event]], ageing_s: float, strategy: str, several: int
) -> None:
    made, now = floor(ageing_s, strategy, several), 0.0
    for after, event in [*((0.01, each) for each in START), *story]:
        now += after
        decide(made, event, Instant(now))
        check(made, now)


def ringing(made: Floor) -> set[int]:
    """List the offers that ring now."""
    rings = [number for call in made.calls.values() for number in call.rings]
    return {made.agents[number].offer or 0 for number in rings}


@given(st.lists(events, max_size=40), several)
def test_every_offer_ends_once(story: list[ev.Event], several: int) -> None:
    made, now = floor(several=several), 0.0
    open_offers: set[int] = set()
    ends = [ev.CallEnded(CallId(name), 16) for name in ("c1", "c2", "c3")]
    for event in [*START, *story, *ends]:
        now += 0.01
        before = ringing(made)
        outcome = decide(made, event, Instant(now))
        for fact in outcome.facts:
            if isinstance(fact, ev.OfferMade):
                assert fact.offer not in open_offers
                open_offers.add(fact.offer)
            elif isinstance(fact, ev.OfferFailed):
                open_offers.remove(fact.offer)
        if isinstance(event, ev.OfferAnswered) and event.offer in before - ringing(made):
            open_offers.discard(event.offer)
        assert open_offers == ringing(made)
    assert open_offers == set()
    rings = [each for each in made.calls.values() if each.stage is Stage.OFFERED]
    assert rings == []
