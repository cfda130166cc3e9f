"""An Asterisk in memory: what our dialplan does and the manager interface tells, in virtual time.

It stands where the real one stands: actions go in (`act`), messages come out (`listen`), and
conversations are held with a `FakeCaller`. People are moved by the story: callers dial, press and
hang up, phones answer, reject and get lost. `fake_dialplan.py` has the contexts.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.errors import CallerGone
from pbx import fake_absent as absent, fake_out as out
from pbx.fake_caller import Channel, FakeCaller, cut, press, set_variable
from pbx.fake_dialplan import CONTEXTS, Exchange, leave
from pbx.fake_time import Timeline
from pbx.hands import Action
from pbx.message import Message, parse

Talk = Callable[[FakeCaller], Awaitable[None]]
SHOWN = ("CC_CALL", "CC_LEG", "CC_OFFER", "CC_DIAL")
"""The variables that manager.conf gives back in every event."""
WIRE_S = 0.001
"""How long a message takes to reach us."""
NORMAL_CLEARING = "16"


@dataclass(slots=True)
class Phone:
    """An agent's phone: within reach, alive (a dead one is registered but never rings)."""

    endpoint: str
    reachable: bool = False
    alive: bool = True
    leg: Channel | None = None


@dataclass(slots=True)
class FakePbx:
    """The exchange. `talks` are the AGI routes `flow` and `after`; `listen` hears messages.

    `look_at` is shown each action before it is carried out.
    """

    timeline: Timeline
    talks: Mapping[str, Talk] = field(default_factory=dict)
    listen: Callable[[Message], None] = lambda message: None
    look_at: Callable[[Action], None] = lambda action: None
    prompt_s: float = 1.0
    globals: dict[str, str] = field(default_factory=dict)
    phones: dict[str, Phone] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    queues: dict[str, dict[str, bool]] = field(default_factory=dict)
    refused: list[Action] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    notes: dict[str, str] = field(default_factory=dict)
    faults: list[BaseException] = field(default_factory=list)
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _born: int = 0

    # --- what the engine does ---------------------------------------------------------------

    def act(self, actions: Sequence[Action]) -> None:
        """Carry out manager actions in order; what Asterisk would refuse stands in `refused`."""
        for name, fields in actions:
            self.look_at((name, fields))
            if not ACTIONS[name](self, fields):
                self.refused.append((name, fields))

    def list_channels(self) -> list[Message]:
        """Answer CoreShowChannels."""
        return [self._row(channel) for channel in self.channels.values()]

    async def engine_dies(self) -> None:
        """Cut every conversation and message, as when the engine process is killed."""
        self.listen, self.talks = lambda message: None, {}
        await asyncio.sleep(0)  # a conversation that was just begun must begin, to end well
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def dies(self) -> None:
        """Be killed and started anew: every leg is gone, and no word of it is said."""
        for channel in self.channels.values():
            channel.alive = False
            cut(channel, self.timeline)
        self.channels.clear()
        for phone in self.phones.values():
            phone.leg = None

    # --- what people do ---------------------------------------------------------------------

    def dial(self, caller: str, called: str) -> Channel:
        """Let somebody call a hotline; gives the caller's leg."""
        channel = self._born_channel("trunk", {"CC_LEG": "caller", "CC_CALLED": called})
        channel.variables["PJSIP_HEADER(read,From,1)"] = f"<sip:{caller or 'anonymous'}@192.0.2.1>"
        channel.variables["CHANNEL(endpoint)"] = "trunk-demo"
        absent.came(self, channel)
        CONTEXTS["hotline"](Exchange(self), channel)
        return channel

    def press(self, channel: Channel, key: str) -> None:
        """Let a caller press a key."""
        if channel.context == "hold":
            self.user_event(channel, "CCKey", Key=key)
        press(channel, self.timeline, key)

    def hang_up(self, channel: Channel) -> None:
        """Let a caller hang up."""
        if channel.alive:
            self.tell("HangupRequest", channel)
            self.end(channel)

    def answer(self, endpoint: str) -> None:
        """Let an agent take up a phone that rings."""
        leg = self._ringing(endpoint)
        if leg.variables.get("CC_DIAL") == "ringing":
            leg.up = True
            CONTEXTS["dial-out"](Exchange(self), leg)
        elif leg.caller is not None:
            leg.up = True
            Exchange(self).picked_up(leg.caller, leg)

    def reject(self, endpoint: str) -> None:
        """Let a phone answer 486 Busy Here."""
        leg = self._ringing(endpoint)
        if leg.variables.get("CC_DIAL"):
            self.end(leg, "17")
        else:
            Exchange(self).dial_over(leg, "BUSY")

    def far(self, does: str, status: int = 0) -> None:
        """Let the far side of the newest call out do something: ring, play, answer, refuse."""
        leg, exchange = out.far_of(self), Exchange(self)
        if does == "rings":
            out.rings(exchange, leg)
        elif does == "plays":
            out.rings(exchange, leg, "PROGRESS")
        elif does == "answers":
            out.answers(exchange, leg)
        else:
            out.refuse(exchange, leg, status)

    def put_down(self, endpoint: str) -> None:
        """Let an agent put down the phone."""
        leg = self.phones[endpoint].leg
        if leg is not None:
            self.tell("HangupRequest", leg)
            self.end(leg)

    def registers(self, endpoint: str) -> None:
        """Let a phone come within reach."""
        self.phones.setdefault(endpoint, Phone(endpoint)).reachable = True
        self._contact(endpoint, "Reachable")

    def is_lost(self, endpoint: str) -> None:
        """Let a phone leave: it is not called any more; a call it has goes on."""
        self.phones[endpoint].reachable = False
        self._contact(endpoint, "Unreachable")

    def _ringing(self, endpoint: str) -> Channel:
        leg = self.phones[endpoint].leg
        if leg is None or leg.up:
            raise LookupError(f"{endpoint} does not ring")
        return leg

    # --- what the dialplan uses -------------------------------------------------------------

    def later(self, channel: Channel, wait_s: float, step: Callable[[], None]) -> None:
        """Plan a channel's next step; void once it has moved or left."""
        move = channel.move

        def still() -> None:
            if channel.alive and channel.move == move:
                step()

        self.timeline.later(wait_s, still)

    def converse(self, channel: Channel, route: str, then: Callable[[], None]) -> None:
        """Hold an AGI conversation, then go on in the dialplan, if the channel is still there."""
        move, talk = channel.move, self.talks.get(route)
        if talk is None:  # the connection is refused
            self.later(channel, 0.0, then)
            return

        async def hold() -> None:
            try:
                await talk(FakeCaller(channel, self.timeline, self.prompt_s))
            except CallerGone:
                pass
            except Exception as fault:
                self.faults.append(fault)
            finally:
                self.timeline.busy -= 1
                if channel.alive and channel.move == move:
                    then()

        self.timeline.busy += 1
        task = asyncio.get_running_loop().create_task(hold())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def born_leg(self, caller: Channel, phone: Phone) -> Channel:
        """Make the leg to a phone, with the variables that are handed on."""
        handed = {name: caller.variables[name] for name in sorted(caller.inherited)}
        leg = self._born_channel(phone.endpoint, handed | {"CC_LEG": "agent"})
        leg.inherited = set(caller.inherited)
        leg.caller, caller.leg, phone.leg = caller, leg, leg
        return leg

    def born_alone(self, endpoint: str, variables: dict[str, str]) -> Channel | None:
        """Make the first leg of a call out, if the phone is within reach and free."""
        phone = self.phones.get(endpoint)
        if phone is None or not phone.reachable or phone.leg is not None:
            return None
        phone.leg = self._born_channel(endpoint, {})
        for name, value in variables.items():
            set_variable(phone.leg, name, value)
        return phone.leg

    def born_far(self, agent: Channel, trunk: str) -> Channel:
        """Make the leg to the other side of a call out."""
        handed = {name: agent.variables[name] for name in sorted(agent.inherited)}
        far = self._born_channel(trunk, handed | {"CC_LEG": "far", "CC_RECORDING": "1"})
        far.inherited = set(agent.inherited)
        far.leg, agent.caller = agent, far
        return far

    def end(self, channel: Channel, cause: str = NORMAL_CLEARING) -> None:
        """End a leg, with all that follows for the other one."""
        if not channel.alive:
            return
        channel.alive = False
        self.channels.pop(channel.name, None)
        absent.left(self, channel)
        cut(channel, self.timeline)
        for phone in self.phones.values():
            if phone.leg is channel:
                phone.leg = None
        leave(Exchange(self), channel)
        self.tell("Hangup", channel, Cause=cause, **{"Cause-txt": "Normal Clearing"})

    def user_event(self, channel: Channel, name: str, **fields: str) -> None:
        """Send a UserEvent from the dialplan."""
        self.tell("UserEvent", channel, UserEvent=name, **fields)

    def tell(
        self, event: str, channel: Channel, dest: Channel | None = None, /, **fields: str
    ) -> None:
        """Send a message, in the bytes that Asterisk would send."""
        lines = [
            f"Event: {event}",
            f"Channel: {channel.name}",
            *_variables("ChanVariable", channel),
        ]
        if dest is not None:
            lines += [f"DestChannel: {dest.name}", *_variables("DestChanVariable", dest)]
        self._send([*lines, *(f"{name}: {value}" for name, value in fields.items())])

    def _send(self, lines: Iterable[str]) -> None:
        message = parse("\r\n".join(lines).encode())
        self.timeline.later(WIRE_S, lambda: self.listen(message))

    def _contact(self, endpoint: str, status: str) -> None:
        self._send(
            ["Event: ContactStatus", f"EndpointName: {endpoint}", f"ContactStatus: {status}"]
        )

    def _born_channel(self, endpoint: str, variables: dict[str, str]) -> Channel:
        self._born += 1
        channel = Channel(f"PJSIP/{endpoint}-{self._born:08x}", variables)
        self.channels[channel.name] = channel
        return channel

    def _row(self, channel: Channel) -> Message:
        talks = channel.application in ("Dial", "Queue", "Bridge", "AppDial") and bool(
            channel.leg and channel.leg.up
        )
        bridged = talks or bool(channel.caller and channel.up and channel.context == "")
        fields = {
            "Event": "CoreShowChannel",
            "Channel": channel.name,
            "Context": channel.context,
            "Application": channel.application,
            "Uniqueid": channel.name.replace("/", "-"),
            "BridgeId": "bridge" if bridged else "",
        }
        shown = {name: channel.variables.get(name, "") for name in SHOWN}
        return Message(fields, shown)


def _variables(header: str, channel: Channel) -> list[str]:
    return [f"{header}: {name}={channel.variables.get(name, '')}" for name in SHOWN]


def _setvar(pbx: FakePbx, fields: Mapping[str, str]) -> bool:
    if "Channel" not in fields:
        pbx.globals[fields["Variable"]] = fields["Value"]
        return True
    channel = pbx.channels.get(fields["Channel"])
    if channel is not None:
        for name, value in _pairs(fields["Variable"], fields["Value"]):
            set_variable(channel, name, value)
    return channel is not None


def _pairs(name: str, value: str) -> list[tuple[str, str]]:
    """Read ARRAY(a,b)=1,2; a value that is missing is empty."""
    if not name.startswith("ARRAY("):
        return [(name, value)]
    return list(zip(name[6:-1].split(","), value.split(","), strict=True))


def _redirect(pbx: FakePbx, fields: Mapping[str, str]) -> bool:
    channel = pbx.channels.get(fields["Channel"])
    extra = pbx.channels.get(fields.get("ExtraChannel", ""))
    if channel is None or ("ExtraChannel" in fields and extra is None):
        return False
    exchange = Exchange(pbx)
    if extra is None:
        leave(exchange, channel)
    else:
        channel.leg = extra
        extra.move += 1
        CONTEXTS[fields["ExtraContext"]](exchange, extra)
    cut(channel, pbx.timeline)
    CONTEXTS[fields["Context"]](exchange, channel)
    return True


def _key(pbx: FakePbx, fields: Mapping[str, str]) -> bool:
    """Hear the key at which the dialplan's own queue lets go of who talks with nobody."""
    channel = pbx.channels.get(fields["Channel"])
    if channel is None:
        return False
    talks = channel.leg is not None and channel.leg.up
    to = {"hold": "hold", "flow": "hotline"}.get(channel.variables.get("CC_BACK", ""))
    if channel.application == "Queue" and to and not talks:
        _redirect(pbx, {"Channel": channel.name, "Context": to})
    return True


def _originate(pbx: FakePbx, fields: Mapping[str, Any]) -> bool:
    endpoint = fields["Channel"].partition("/")[2].partition("@")[0]
    out.originate(Exchange(pbx), endpoint, fields["variables"], int(fields["Timeout"]) / 1000)
    return True


def _hangup(pbx: FakePbx, fields: Mapping[str, str]) -> bool:
    channel = pbx.channels.get(fields["Channel"])
    if channel is not None:
        pbx.end(channel)
    return channel is not None


def _queue_add(pbx: FakePbx, fields: Mapping[str, str]) -> bool:
    members = pbx.queues.setdefault(fields["Queue"], {})
    fresh = fields["Interface"] not in members
    members.setdefault(fields["Interface"], fields["Paused"] == "true")
    return fresh


def _queue_remove(pbx: FakePbx, fields: Mapping[str, str]) -> bool:
    return pbx.queues.get(fields["Queue"], {}).pop(fields["Interface"], None) is not None


def _queue_pause(pbx: FakePbx, fields: Mapping[str, str]) -> bool:
    names = [fields["Queue"]] if "Queue" in fields else list(pbx.queues)
    found = [name for name in names if fields["Interface"] in pbx.queues.get(name, {})]
    for name in found:
        pbx.queues[name][fields["Interface"]] = fields["Paused"] == "true"
    return bool(found)


ACTIONS: dict[str, Callable[[FakePbx, Mapping[str, str]], bool]] = {
    "Setvar": _setvar,
    "Redirect": _redirect,
    "PlayDTMF": _key,
    "Hangup": _hangup,
    "Originate": _originate,
    "QueueAdd": _queue_add,
    "QueueRemove": _queue_remove,
    "QueuePause": _queue_pause,
}
"""What the engine may ask; each tells whether Asterisk says Success."""
