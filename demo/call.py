"""One test call from beginning to end, and what the caller heard of it."""

from __future__ import annotations

import asyncio
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.audio import Microphone, silence, wav_file
from demo.hearing import Heard, classify
from demo.phone_aio import AioPhone
from demo.softphone import Account, CallRefused
from demo.steps import Pause, Step
from demo.which import CallWatch
from domain.clock import Clock
from speech import alaw

TEST_TRUNK = "127.0.0.2"
"""The address that the built-in test trunk takes calls from."""
FIRST_KEY_S = 0.5
"""Nobody presses a key in the moment of the answer."""
LOOK_S = 2.0


@dataclass(frozen=True, slots=True)
class CallPlan:
    """What the caller does. `hold_s` None: stay until the other side ends or `limit_s` is over."""

    hotline: str
    caller: str
    steps: tuple[Step, ...]
    say: Path | None
    hold_s: float | None
    answer_s: float
    limit_s: float


@dataclass(frozen=True, slots=True)
class CallReport:
    """What happened. Times in `heard` and `ended_at` are seconds from the answer."""

    call: str
    hotline: str
    caller: str
    started: int
    answered_ms: int | None
    heard: tuple[Heard, ...]
    ended_by: str
    ended_at: float
    refused: str
    audio: array[int]

    def row(self) -> dict[str, Any]:
        """Show as one JSON object."""
        return {
            "call": self.call,
            "hotline": self.hotline,
            "caller": self.caller,
            "started": self.started,
            "answered_ms": self.answered_ms,
            "heard": [heard.row() for heard in self.heard],
            "ended_by": self.ended_by,
            "ended_at": self.ended_at,
            "refused": self.refused,
        }


@dataclass(slots=True)
class Dialler:
    """Places planned calls through the test trunk."""

    far: tuple[str, int]
    door: Path
    clock: Clock

    async def place(self, plan: CallPlan) -> CallReport:
        """Carry out one call; a refusal is a report too."""
        phone = AioPhone(
            Account(plan.caller, "", self.far, TEST_TRUNK), lambda: _microphone(plan.say)
        )
        await phone.open()
        watch = CallWatch(self.door, plan.hotline, plan.caller)
        try:
            await watch.ready(LOOK_S)
            return await self._talk(plan, phone, watch)
        finally:
            await watch.close()
            await phone.close()

    async def _talk(self, plan: CallPlan, phone: AioPhone, watch: CallWatch) -> CallReport:
        started = self.clock.utc_ms()
        try:
            answered = await phone.dial(plan.hotline, plan.answer_s)
        except CallRefused as refused:
            call = await watch.call(0) or phone.sip_call_id
            return _report(plan, call, started, refused=str(refused))
        begun = self.clock.mono()
        ended_by = await _follow(plan, phone)
        ended_at = round(self.clock.mono() - begun, 2)
        call = await watch.call(LOOK_S if ended_at < LOOK_S else 0) or phone.sip_call_id
        whole = phone.heard().ljust(round(ended_at * 8000), b"\xd5")
        audio = alaw.decode(whole)
        return CallReport(
            call,
            plan.hotline,
            plan.caller,
            started,
            round(answered * 1000),
            tuple(await asyncio.to_thread(classify, audio)),
            ended_by,
            ended_at,
            "",
            audio,
        )


def _report(plan: CallPlan, call: str, started: int, refused: str) -> CallReport:
    return CallReport(
        call, plan.hotline, plan.caller, started, None, (), "far", 0.0, refused, array("h")
    )


def _microphone(say: Path | None) -> Microphone:
    return wav_file(say) if say else silence()


async def _follow(plan: CallPlan, phone: AioPhone) -> str:
    """Press, wait and stay; gives by whom the call ended: caller, far or limit."""
    doing = asyncio.create_task(_steps(plan, phone))
    over = asyncio.create_task(phone.wait_end(plan.limit_s))
    await asyncio.wait({doing, over}, return_when=asyncio.FIRST_COMPLETED)
    if not over.done() and plan.hold_s is None:
        await asyncio.wait({over})
    doing.cancel()
    if over.done():
        return "limit" if isinstance(over.exception(), TimeoutError) else "far"
    over.cancel()
    await phone.hang_up()
    return "caller"


async def _steps(plan: CallPlan, phone: AioPhone) -> None:
    if plan.steps:
        await asyncio.sleep(FIRST_KEY_S)
    for step in plan.steps:
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
        else:
            await phone.press(step.keys)
    if plan.hold_s is not None:
        await asyncio.sleep(plan.hold_s)
