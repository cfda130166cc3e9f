"""The engine's side of Asterisk: two AMI links, the beat, and the picture after each connect.

`engine` gives commands and hears of calls; `watch` hears of phones. The beat is set by the loop
itself, so a loop that is stuck releases its callers to the dialplan's own queue; once it wakes, it
writes down what it hears late and acts on nothing before both pictures were compared.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from acd import Floor
from domain import events as ev
from domain.clock import Clock
from domain.errors import PbxRefused, YingdaError
from domain.ids import AgentId, CallId
from domain.ports import Tell
from pbx.absent import FAMILY, Absence, absences
from pbx.ears import hear, trunk_of
from pbx.hands import NOTIFY, PLACES, Action, begin_anew
from pbx.legs import Legs
from pbx.link import Account, AmiLink, Hooks
from pbx.message import Message
from pbx.net import member_actions
from pbx.places import seen, sent
from switchboard.dialling import understood
from switchboard.resync import Leg, differences, groupless, is_unknown_talk, unmet

log = logging.getLogger("yingda.exchange")

BEAT_S = 1.0
JOIN_AGAIN_S = 1.0
ROUNDS = 8
NOTES_S = 30.0
LATE_S = 3.0
"""Whoever was not awake for so long hears old news; callers give up on us after four seconds."""
HARMLESS = (
    "Already there",
    "Not there",
    "No such channel",
    "Channel not existent",
    "Channel specified does not exist",
)
"""Refusals that only mean that it is so already, or that the caller left in the same moment."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """The two AMI users of the engine process; `prefix` begins our contexts' names over there."""

    engine: Account
    watch: Account
    prefix: str = ""


async def _no_notes() -> dict[str, ev.CallArrived]:
    return {}


class Exchange:
    """Keeps both links up and tells the loop what it hears."""

    def __init__(
        self, accounts: Accounts, floor: Floor, legs: Legs, tell: Tell, clock: Clock
    ) -> None:
        self.hotlines: Mapping[str, str] = {}
        self.is_well: Callable[[], bool] = lambda: True
        self.read_notes: Callable[[], Awaitable[dict[str, ev.CallArrived]]] = _no_notes
        self.on_note: Callable[[], None] = lambda: None
        self._floor = floor
        self._legs = legs
        self._tell = tell
        self._prefix = accounts.prefix
        self._beat = 0
        self._endpoints: dict[str, str] = {}
        self._joining: asyncio.Task[None] | None = None
        self._held_back: list[ev.Event] | None = []
        self._unmet: dict[str, Sequence[Action]] = {}
        self._mono, self._awake = clock.mono, float("inf")
        self._generation, self._late, self._took = 0, False, False
        hooks = Hooks(self._heard, self._up, self._down, self._refused)
        self.engine = AmiLink(accounts.engine, hooks, clock)
        self.watch = AmiLink(accounts.watch, Hooks(self._heard_phone), clock)

    async def open(self) -> None:
        """Start keeping both links; they come up when Asterisk does."""
        await self.watch.connect(wait_s=0)
        await self.engine.connect(wait_s=0)

    async def close(self) -> None:
        """Let go of Asterisk; callers go on in the dialplan."""
        await self.engine.close()
        await self.watch.close()

    def send(self, actions: Sequence[Action]) -> None:
        """Send actions in order; refusals are logged, a lost leg is told by its Hangup."""
        for action in actions:
            name, fields = sent(action, self._prefix)
            headers: dict[str, Any] = dict(fields)
            link = self.watch if name == NOTIFY else self.engine
            link.send(name, **headers)
        # what follows in this turn, listeners and pages, must not keep a caller waiting
        self.engine.flush()

    def ask_phone(self, endpoint: str) -> None:
        """Have a phone asked now whether it lives; ContactStatus tells if it does not."""
        if self.watch.is_up:
            self.watch.send("PJSIPQualify", Endpoint=endpoint)

    def note(self, record: ev.Record) -> None:
        """Listener: keep the safety net's members as the agents say."""
        actions = member_actions(record.event, self._endpoints, self._groups)
        if actions and self.engine.is_up:
            self.send(actions)

    async def beat(self) -> None:
        """Show the dialplan every second that somebody is there, while the loop is well."""
        while True:
            self._look_at_clock()
            if self.engine.is_up and self.is_well():
                self._beat += 1
                # not a number: Asterisk would find 5.1 equal to 5.10
                beat = f"{self._floor.epoch}:{self._beat}"
                self.engine.send("Setvar", Variable="CC_BEAT", Value=beat)
            self._awake = self._mono()
            await asyncio.sleep(BEAT_S)

    def _look_at_clock(self) -> None:
        """Notice that we stood still: who we think waits may talk by now."""
        now = self._mono()
        late_s, self._awake = now - self._awake, max(now, self._awake)
        if late_s < LATE_S or self._held_back is not None:
            return
        log.warning("stood still for %.1f s: compares pictures before anything is done", late_s)
        self._late = True
        self._compare_anew(f"stood still for {late_s:.0f} s")

    def _compare_anew(self, why: str) -> None:
        """Compare pictures as after an absence."""
        if self._joining is not None:
            self._joining.cancel()
        self._tell(ev.PbxLeft(why))
        self._joining = asyncio.create_task(self._join(self._generation))

    def _heard(self, message: Message) -> None:
        self._look_at_clock()
        if message.get("UserEvent") == "CCAbsent":
            self.on_note()
            return
        self._legs.note(message)
        heard = hear(message)
        if heard is None:
            self._meet(message)
            return
        event = understood(self._floor, heard)
        if event is None:
            return
        if self._held_back is None:
            self._tell(event)
        else:
            self._held_back.append(event)

    def _meet(self, message: Message) -> None:
        """Notice a caller who fell back before any flow spoke: the engine was not there yet.

        If an agent takes such a caller from the queue all the same, the talk gets a name.
        """
        if message.get("UserEvent") == "CCTook":
            self._took = True
            if self._held_back is None:
                self._compare_anew("took a caller whom no flow met")
        fell = message.get("UserEvent") == "CCFallback" and not message.variables.get("CC_CALL")
        if fell and not self._late:
            channel = message.get("Channel")
            self._unmet.setdefault(channel, begin_anew(channel))
            if self._held_back is None:
                self._begin_anew()

    def _begin_anew(self) -> None:
        """Let who came while we were away begin with the flow; once, whatever comes of it."""
        for channel, actions in self._unmet.items():
            self._unmet[channel] = ()
            self.send(actions)

    def _heard_phone(self, message: Message) -> None:
        event = hear(message)
        if isinstance(event, ev.PhoneReachable | ev.PhoneLost):
            self._tell(event)

    def _up(self, generation: int) -> None:
        self._held_back, self._unmet = [], {}
        self._generation = generation
        self._joining = asyncio.create_task(self._join(generation))

    def _down(self, why: str) -> None:
        self._held_back = []
        if self._joining is not None:
            self._joining.cancel()
        self._tell(ev.PbxLeft(why))

    def _refused(self, error: YingdaError) -> None:
        if not any(text in str(error) for text in HARMLESS):
            log.warning("Asterisk refused: %s", error)

    async def _join(self, generation: int) -> None:
        """Compare pictures, then let the events that came meanwhile through, in order."""
        while not await self._compared():  # noqa: ASYNC110  # it is Asterisk that is asked again
            await asyncio.sleep(JOIN_AGAIN_S)
        self._tell(ev.PbxJoined(generation))
        held_back, self._held_back = self._held_back or [], None
        for event in held_back:
            self._tell(event)
        self._rebuild_net()
        self._begin_anew()

    async def _compared(self) -> bool:
        try:
            await self._take_over()
            met = await self._read_notes()
            before = set(self._floor.calls)
            phones = self._phones(await self.device_states())
            legs = await self._named(met)
        except YingdaError as error:
            log.warning("could not read Asterisk's picture, asking again: %s", error)
            return False
        self._late = False
        for leg in unmet(legs):
            queued = leg.application == "Queue"
            self._unmet[leg.channel] = begin_anew(leg.channel, queued=queued)
        # who came while Asterisk answered is in no picture, and not gone
        came = self._floor.calls.keys() - before
        for event in [*phones, *differences(self._floor, legs, self.hotlines)]:
            if isinstance(event, ev.CallArrived):
                self._tell(met.get(event.call, event))
            elif not (isinstance(event, ev.CallLost) and event.call in came):
                self._tell(event)
        return True

    async def _named(self, met: dict[str, ev.CallArrived]) -> list[Leg]:
        """Read who is there until every talk has a name: one may begin after the notes are read.

        Adds how those came to `met`; gives up after some rounds, each with a talk of its own.
        """
        for _ in range(ROUNDS):
            self._took = False
            legs = await self.channels()
            if not self._took and not is_unknown_talk(legs):
                break
            met |= await self._read_notes()
        return legs

    async def _read_notes(self) -> dict[str, ev.CallArrived]:
        """Take in what the dialplan wrote down; where that fails the pictures count alone."""
        try:
            return await self.read_notes()
        except YingdaError as error:
            log.warning("the dialplan's notes cannot be read, asking again: %s", error)
            self.on_note()
            return {}

    async def absences(self) -> list[Absence]:
        """Ask for what the dialplan wrote down. Raises YingdaError without an answer."""
        reply = await self.engine.action(
            "DBGetTree", timeout=NOTES_S, complete="DBGetTreeComplete", Family=FAMILY
        )
        return absences((row.get("Key"), row.get("Val")) for row in reply.events)

    async def live(self) -> dict[str, str]:
        """Ask which channels are there: Asterisk's own id → name. Raises YingdaError."""
        return {row.get("Uniqueid"): row.get("Channel") for row in await self._shown()}

    async def name(self, call: CallId, *channels: str) -> None:
        """Let channels know of which call they are; who left is passed over. Raises YingdaError."""
        for channel in channels:
            with contextlib.suppress(PbxRefused):
                await self.engine.action(
                    "Setvar", Channel=channel, Variable="__CC_CALL", Value=call
                )

    def forget(self, key: str) -> None:
        """Delete a note of the dialplan; one that stays is met again at the next reading."""
        if self.watch.is_up:
            self.watch.send("DBDelTree", Family=FAMILY, Key=key)

    async def _take_over(self) -> None:
        await self.engine.action("Setvar", Variable="CC_EPOCH", Value=str(self._floor.epoch))
        for place in PLACES:
            # a Redirect to a place that is not there would lose the caller, and say Success
            await self.engine.action(
                "ShowDialPlan",
                Context=self._prefix + place,
                Extension="s",
                complete="ShowDialPlanComplete",
            )

    async def channels(self) -> list[Leg]:
        """Ask for every live channel. Raises YingdaError when there is no answer."""
        legs = await self._legs_now()
        waiting = groupless(self._floor, legs)
        if not waiting:
            return legs
        queues = {leg.channel: await self._queue(leg.channel) for leg in waiting}
        # read once more: who was picked up meanwhile must not be taken for one who waits
        return [replace(leg, queue=queues.get(leg.channel, "")) for leg in await self._legs_now()]

    async def _legs_now(self) -> list[Leg]:
        rows = await self._shown()
        for row in rows:
            self._legs.note(row)
        return [_leg(row, self._prefix) for row in rows]

    async def _shown(self) -> Sequence[Message]:
        reply = await self.engine.action("CoreShowChannels", complete="CoreShowChannelsComplete")
        return reply.events

    async def _queue(self, channel: str) -> str:
        """Ask which of the dialplan's own queues a caller would fall back to; "" who has left."""
        try:
            reply = await self.engine.action("Getvar", Channel=channel, Variable="CC_FALLBACK")
        except PbxRefused:
            return ""
        return reply.message.get("Value")

    async def device_states(self) -> dict[str, str]:
        """Ask for the state of every phone, as NOT_INUSE. Raises YingdaError without an answer."""
        reply = await self.engine.action("DeviceStateList", complete="DeviceStateListComplete")
        return {
            message.get("Device").removeprefix("PJSIP/"): message.get("State")
            for message in reply.events
            if message.get("Device").startswith("PJSIP/")
        }

    def _phones(self, states: Mapping[str, str]) -> list[ev.Event]:
        nowhere = ("UNAVAILABLE", "INVALID", "UNKNOWN")
        here = {endpoint for endpoint, state in states.items() if state not in nowhere}
        # a mobile seat (m8001) is no device of ours: it is rung over the carrier's lines
        ours = {endpoint for endpoint in self._floor.reachable if not endpoint.startswith("m")}
        gone = ours - here
        told: list[ev.Event] = [ev.PhoneLost(endpoint) for endpoint in sorted(gone)]
        return told + [ev.PhoneReachable(endpoint) for endpoint in sorted(here - {""})]

    def _rebuild_net(self) -> None:
        self._endpoints.clear()
        for agent in self._floor.agents.values():
            if agent.endpoint and str(agent.presence) != "offline":
                number = agent.card.number
                signed_in = ev.AgentSignedIn(number, agent.phone, agent.endpoint)
                self.send(member_actions(signed_in, self._endpoints, self._groups))
                if str(agent.presence) == "ready":
                    readied = ev.AgentReadied(number)
                    self.send(member_actions(readied, self._endpoints, self._groups))

    def _groups(self, agent: AgentId) -> Sequence[str]:
        known = self._floor.agents.get(agent)
        return known.card.groups if known else ()


def _leg(message: Message, prefix: str) -> Leg:
    return Leg(
        message.get("Channel"),
        seen(message.get("Context"), prefix),
        message.get("Application"),
        message.variables.get("CC_CALL", ""),
        message.variables.get("CC_LEG", ""),
        bridged=bool(message.get("BridgeId")),
        trunk=trunk_of(message.get("Channel")),
    )


async def ended(task: asyncio.Task[None] | None) -> None:
    """Cancel a task and wait for its end."""
    if task is not None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
