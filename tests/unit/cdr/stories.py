"""A made-up day of calls, consistent as the engine would journal it; no two days alike."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from domain import events as ev
from domain.events import Event, Record
from domain.ids import AgentId, CallId, GroupId, OfferId, call_id

DAY_MS = 1_780_000_000_000 // 86_400_000 * 86_400_000 - 8 * 3_600_000
"""A midnight in Shanghai."""
AGENTS = ("8001", "8002", "8003")
GROUPS = ("presale", "aftersale")
HOTLINES = ("4008000001", "4008000002")


@dataclass
class Story:
    """Facts with times, put into one journal at the end."""

    chance: random.Random
    facts: list[tuple[float, Event]] = field(default_factory=list)
    offers: int = 0

    def tell(self, at: float, event: Event) -> None:
        self.facts.append((at, event))

    def records(self) -> list[Record]:
        ordered = sorted(self.facts, key=lambda fact: fact[0])
        return [
            Record(seq, 100 + at, DAY_MS + round(at * 1000), event)
            for seq, (at, event) in enumerate(ordered, 1)
        ]


def day(seed: int, calls: int = 30) -> list[Record]:
    """Tell a day: agents sign in, callers come, some wait, some talk, some leave."""
    story = Story(random.Random(seed))
    for agent in AGENTS:
        story.tell(0.5, ev.AgentSignedIn(AgentId(agent), "browser", f"w{agent}"))
        story.tell(1.0 + story.chance.random(), ev.AgentReadied(AgentId(agent)))
        story.tell(86_000, ev.AgentSignedOut(AgentId(agent), "asked"))
    at = 60.0
    for _ in range(calls):
        at += story.chance.expovariate(1 / 900)
        if at > 80_000:
            break
        at = max(at, _call(story, at))
    return story.records()


def _call(story: Story, at: float) -> float:
    chance = story.chance
    call = call_id(DAY_MS + round(at * 1000), chance.getrandbits(80))
    hotline = chance.choice(HOTLINES)
    caller = f"+86139{chance.randrange(30):08d}"
    story.tell(at, ev.CallArrived(call, hotline, hotline, caller, brand="yunshan", flow="service"))
    story.tell(at + 0.01, ev.StepEntered(call, "welcome", "play"))
    at += chance.uniform(1, 9)
    story.tell(at, ev.StepEntered(call, "menu", "menu"))
    at += chance.uniform(0.5, 6)
    end = chance.choice(("menu", "closed", "nobody", "voicemail", *["group"] * 8))
    if end == "group":
        story.tell(at, ev.EdgeTaken(call, "menu", "1"))
        story.tell(at, ev.KeyPressed(call, "menu", "1", "订单查询"))
        return _queue(story, call, at)
    if end == "voicemail":
        story.tell(at + 8, ev.MessageLeft(call, "main", f"{call}.mp3", 7.5))
        at += 8
    if end == "menu":
        story.tell(at, ev.HungUp(call, "caller"))
    else:
        story.tell(at, ev.FlowEnded(call, end))
    story.tell(at + 0.2, ev.CallEnded(call, 16))
    return at


def _queue(story: Story, call: CallId, at: float) -> float:
    chance = story.chance
    group = GroupId(chance.choice(GROUPS))
    story.tell(at, ev.GroupChosen(call, group, 5, "订单查询"))
    story.tell(at + 0.05, ev.HoldReached(call))
    if chance.random() < 0.05:
        story.tell(at + 1, ev.CallFellBack(call))
        story.tell(at + 30, ev.CallEnded(call, 16))
        return at + 30
    at += chance.choice((0.1, 3.0, 19.9, 20.0, 45.0)) + chance.random() / 100
    for agent in chance.sample(AGENTS, 3):
        if chance.random() < 0.15:
            return _leave(story, call, at)
        story.offers += 1
        offer = OfferId(story.offers)
        story.tell(at, ev.OfferMade(call, AgentId(agent), offer, group, 20, call, "idle"))
        story.tell(at + 0.3, ev.PhoneRang(call, AgentId(agent), offer))
        at += chance.uniform(0.5, 8)
        match chance.choice(("answer", "answer", "answer", "decline", "leave")):
            case "answer":
                story.tell(at, ev.OfferAnswered(call, AgentId(agent), offer))
                return _talk(story, call, AgentId(agent), group, at)
            case "decline":
                story.tell(at, ev.OfferFailed(call, AgentId(agent), offer, "declined"))
                at += chance.random() * 5
            case _:
                story.tell(at, ev.HungUp(call, "caller"))
                story.tell(at + 0.1, ev.CallEnded(call, 16))
                story.tell(at + 0.101, ev.OfferFailed(call, AgentId(agent), offer, "caller_left"))
                return at + 1
    return _leave(story, call, at)


def _leave(story: Story, call: CallId, at: float) -> float:
    story.tell(at + 1, ev.HungUp(call, "caller"))
    story.tell(at + 1.1, ev.CallEnded(call, 16))
    return at + 2


def _talk(story: Story, call: CallId, agent: AgentId, group: str, at: float) -> float:
    chance = story.chance
    at += chance.uniform(5, 120)
    if chance.random() < 0.3:
        story.tell(at, ev.TalkHeld(call, agent))
        at += chance.uniform(2, 20)
        story.tell(at, ev.TalkRetrieved(call, agent))
        at += chance.uniform(2, 20)
    by = chance.choice(("agent", "caller"))
    story.tell(at, ev.HungUp(call, by))
    story.tell(at + 0.001, ev.TalkEnded(call, agent, by))
    story.tell(at + 0.002, ev.WrapUpStarted(call, agent, 15))
    wrap = at + chance.uniform(1, 15)
    if by == "agent":
        story.tell(at + 0.1, ev.SurveyInvited(call, agent))
        at += chance.uniform(3, 9)
        story.tell(at, _survey(chance, call, agent))
    story.tell(at + 0.2, ev.CallEnded(call, 16))
    story.tell(wrap, ev.WrapUpEnded(agent, call, "done"))
    story.tell(wrap - 0.1, ev.SummarySaved(call, agent, "订单", "已解决", ""))
    story.tell(at + 1, ev.RecordingKept(call, f"{call}.mp3", 30.0, 1000, "ab", 2))
    return max(at, wrap) + 1


DIALLERS = ("8004", "8005")
WHYS = (
    "busy",
    "no_answer",
    "empty_number",
    "suspended",
    "cancelled",
    "trunk_failed",
    "not_reached",
)


def day_of_calls_out(seed: int, calls: int = 30) -> list[Record]:
    """Tell a day on which two agents call out; the last two calls still go on at its end."""
    story = Story(random.Random(seed))
    for agent in DIALLERS:
        story.tell(0.5, ev.AgentSignedIn(AgentId(agent), "browser", f"w{agent}"))
        story.tell(86_000, ev.AgentSignedOut(AgentId(agent), "asked"))
    at = 120.0
    for n in range(calls):
        agent = AgentId(DIALLERS[n % 2])
        at = _call_out(story, agent, at + story.chance.uniform(60, 900), n < calls - 2)
    return story.records()


def _call_out(story: Story, agent: AgentId, at: float, ends: bool) -> float:
    chance = story.chance
    call = call_id(DAY_MS + round(at * 1000), chance.getrandbits(80))
    hotline, to = chance.choice(HOTLINES), f"137{chance.randrange(30):08d}"
    routes = (f"one:{to}", f"two:{to}")
    story.tell(at, ev.DialAsked(call, agent, hotline, to, "02861230001", routes, "asked for it"))
    story.tell(at + 2, ev.DialBegan(call))
    at += chance.uniform(3, 30)
    if not ends:
        return at
    end = chance.choice(("far", "far", "why", "why", "lost"))
    if end == "lost":
        story.tell(at, ev.CallLost(call, "unknown to the PBX"))
        return at
    if end == "why":
        why = chance.choice(WHYS)
        story.tell(at, ev.DialEnded(call, why, 17, 486, "agent" if why == "cancelled" else "far"))
        story.tell(at + 0.1, ev.CallEnded(call, 17))
        return at
    story.tell(at - 1, ev.FarRang(call, "trunk-one"))
    story.tell(at, ev.FarAnswered(call, "trunk-one"))
    at += chance.uniform(5, 200)
    story.tell(at, ev.HungUp(call, "caller"))
    story.tell(at + 0.001, ev.TalkEnded(call, agent, "caller"))
    story.tell(at + 0.1, ev.CallEnded(call, 16))
    return at + 1


def _survey(chance: random.Random, call: CallId, agent: AgentId) -> Event:
    if chance.random() < 0.7:
        return ev.SurveyAnswered(call, agent, chance.randint(1, 5))
    return ev.SurveySkipped(call, agent, "no_input")


def by_call(records: list[Record]) -> Iterator[list[Record]]:
    """Part a journal into its calls."""
    calls: dict[str, list[Record]] = {}
    for record in records:
        if record.call:
            calls.setdefault(record.call, []).append(record)
    yield from calls.values()
