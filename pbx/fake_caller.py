"""A caller's leg of the fake exchange during a conversation: the port `domain.ports.Caller`.

Keys arrive from the story. As in Asterisk, a key that nobody listens for is lost, a key during a
prompt ends it only where the prompt may be interrupted, and everything raises `CallerGone` once
the channel has left or was taken elsewhere.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.errors import CallerGone
from domain.ports import Gathered, Recorded
from pbx.fake_time import Timeline

KEYS = "0123456789*#"


@dataclass(slots=True, eq=False)
class Channel:
    """One leg. `move` counts its moves in the dialplan: what was planned before a move is void.

    `rung` are the legs that its Dial rings; once one is picked up, that is `leg`.
    """

    name: str
    variables: dict[str, str] = field(default_factory=dict)
    inherited: set[str] = field(default_factory=set)
    context: str = ""
    application: str = ""
    move: int = 0
    alive: bool = True
    up: bool = False
    leg: "Channel | None" = None
    caller: "Channel | None" = None
    rung: "list[Channel]" = field(default_factory=list)
    seen: str = ""
    heard: list[str] = field(default_factory=list)
    speaks_s: float = 0.0
    ear: "asyncio.Future[str] | None" = None
    listens_for: str = ""


class FakeCaller:
    """A `Caller` in virtual time; a prompt takes `prompt_s` seconds."""

    def __init__(self, channel: Channel, timeline: Timeline, prompt_s: float) -> None:
        self.env: Mapping[str, str] = {"agi_channel": channel.name}
        self._channel = channel
        self._time = timeline
        self._prompt_s = prompt_s
        self._move = channel.move

    async def variables(self, *names: str) -> dict[str, str]:
        """Read channel variables; one that is not set is empty."""
        self._check()
        return {name: self._channel.variables.get(name, "") for name in names}

    async def set(self, name: str, value: str) -> None:
        """Set a channel variable; `__NAME` is handed on to the legs that are dialled."""
        self._check()
        set_variable(self._channel, name, value)

    async def answer(self) -> None:
        """Answer the call."""
        self._check()
        self._channel.up = True

    async def play(self, prompts: Sequence[str], interrupt: str = "") -> str:
        """Play prompts; give the key that ended them, or nothing."""
        for prompt in prompts:
            self._channel.heard.append(prompt.rpartition("/")[2])
            key = await self._wait(self._prompt_s, interrupt)
            if key:
                return key
        return ""

    async def play_out(self, prompt: str) -> str:
        """Play a prompt to its end; give the keys that were pressed meanwhile."""
        self._channel.heard.append(prompt.rpartition("/")[2])
        keys, until = "", self._time.now + self._prompt_s
        while key := await self._wait(until - self._time.now, KEYS):
            keys += key
        return keys

    async def gather(
        self,
        prompts: Sequence[str],
        *,
        most: int,
        first_s: float,
        next_s: float,
        end: str = "#",
    ) -> Gathered:
        """Collect keys; they count from the first prompt on, and end the prompts."""
        key = await self.play(prompts, KEYS) or await self._wait(first_s, KEYS)
        digits = ""
        while key and key not in end:
            digits += key
            if len(digits) == most:
                return Gathered(digits, timed_out=False)
            key = await self._wait(next_s, KEYS)
        return Gathered(digits, timed_out=not key)

    async def record(
        self, path_stem: str, *, max_s: float, silence_s: float, end: str = "#", beep: bool = True
    ) -> Recorded:
        """Record what the story lets the caller say; what was said before a hang-up is kept."""
        channel, began = self._channel, self._time.now
        spoken = min(channel.speaks_s, max_s)
        try:
            key = await self._wait(min(channel.speaks_s + silence_s, max_s), end)
        except CallerGone:
            return Recorded(min(spoken, self._time.now - began), "hangup")
        if key:
            return Recorded(min(spoken, self._time.now - began), "key")
        return Recorded(spoken, "limit" if spoken == max_s else "silence")

    async def verdict(self, value: str, **variables: str) -> None:
        """Tell the dialplan what comes next; CC_VERDICT last, as the proof."""
        for name, content in variables.items():
            await self.set(name, content)
        await self.set("CC_VERDICT", value)

    async def hang_up(self) -> None:
        """End the conversation without a verdict."""
        await self.set("CC_VERDICT", "hangup")

    def _check(self) -> None:
        if not self._channel.alive or self._channel.move != self._move:
            raise CallerGone("the channel is gone or was taken elsewhere")

    async def _wait(self, seconds: float, keys: str) -> str:
        """Let virtual time pass until a key of these, or the end of the time: ""."""
        self._check()
        ear: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._channel.ear, self._channel.listens_for = ear, keys
        due = self._time.later(seconds, lambda: self._wake(ear))
        self._time.busy -= 1
        try:
            return await ear
        except asyncio.CancelledError:
            self._time.busy += 1
            raise
        finally:
            due.cancel()

    def _wake(self, ear: "asyncio.Future[str]") -> None:
        if not ear.done():
            self._time.busy += 1
            ear.set_result("")


def press(channel: Channel, timeline: Timeline, key: str) -> None:
    """Let a key be heard by whoever listens on this channel; else it is lost."""
    ear = channel.ear
    if ear is not None and not ear.done() and key in channel.listens_for:
        timeline.busy += 1
        ear.set_result(key)


def cut(channel: Channel, timeline: Timeline) -> None:
    """End a conversation's wait: the channel left or was taken elsewhere."""
    ear, channel.ear = channel.ear, None
    if ear is not None and not ear.done():
        timeline.busy += 1
        ear.set_exception(CallerGone("the channel is gone or was taken elsewhere"))


def set_variable(channel: Channel, name: str, value: str) -> None:
    """Set a variable as Asterisk does: two underscores mean that dialled legs have it too."""
    bare = name.lstrip("_")
    channel.variables[bare] = value
    if name.startswith("__"):
        channel.inherited.add(bare)
