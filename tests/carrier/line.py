"""A subscriber's line at the carrier: calls the firm, is called by it. A `Softphone` (demo/)."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from demo.audio import Microphone
from demo.media import AudioLine
from demo.rtp import pack, unpack
from demo.softphone import CallRefused, Ring
from tests.carrier.dialog import Dialog
from tests.carrier.message import Message
from tests.carrier.sdp import Audio, read_audio
from tests.carrier.voice import Voice

if TYPE_CHECKING:
    from tests.carrier.sbc import Sbc

ALLOW = ("Allow", "INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, INFO, OPTIONS")
SDP = ("Content-Type", "application/sdp")


@dataclass(frozen=True, slots=True)
class Caller:
    """How a call in is written: the request's address and headers of the carrier's own making.

    `uri` may hold {number}, what was dialled. `headers` come beside From and To.
    """

    uri: str = "sip:{number}@{far}"
    sender: str = "<sip:{own}@{here}>"
    to: str = "<sip:{number}@{far}>"
    headers: tuple[tuple[str, str], ...] = ()


class Ear(AudioLine):
    """Audio whose keys come under our number and go under theirs (RFC 3264 chapter 6.1)."""

    def __init__(self, microphone: Microphone, own_events: int) -> None:
        super().__init__(microphone)
        self._own = own_events

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Keep audio; a key comes with the number that we asked for."""
        packet = unpack(data)
        if packet and self._own and packet.kind == self._own:
            data = pack(replace(packet, kind=self._events))
        super().datagram_received(data, addr)


class Line:
    """One line, one call at a time. `audio` is what it offers, `keys` how it presses them."""

    def __init__(
        self, sbc: Sbc, number: str, hz: float, audio: Audio, *, keys: str = "rfc4733"
    ) -> None:
        self.sbc, self.number, self.audio, self.keys = sbc, number, audio, keys
        self.says = Caller()
        self.voice = Voice(hz)
        self.line = Ear(self.voice, audio.events)
        self.dialog: Dialog | None = None
        self.invite: Message | None = None
        self.refreshed: list[Message] = []
        self.infos: list[str] = []
        self._own = audio
        self._over = asyncio.Event()
        self._over.set()
        self._acked, self._pracked = asyncio.Event(), asyncio.Event()
        self._ended_by = ""
        self._outgoing: Message | None = None

    async def open(self) -> None:
        """Nothing to do: the carrier's address is open already."""

    async def close(self) -> None:
        """Hang up and let the audio go."""
        with contextlib.suppress(TimeoutError):
            await self.hang_up()
        await self.line.close()

    async def _new_call(self) -> None:
        await self.line.close()
        self.line = Ear(self.voice, self.audio.events)
        host = self.audio.host or self.sbc.host
        self._own = replace(self.audio, host=host, port=await self.line.open(host))
        self._over.clear()
        self._acked.clear()
        self._pracked.clear()
        self._ended_by, self._outgoing = "", None

    async def dial(self, number: str, seconds: float = 30, *more: tuple[str, str]) -> float:
        """Call a number of the firm; gives the seconds until the answer. Raises CallRefused."""
        await self._new_call()
        await self.sbc.wire.ready()
        began = asyncio.get_running_loop().time()
        self.dialog = dialog = self._dialog_to(number)
        headers = (*self.says.headers, *more, ALLOW, SDP)
        invite = dialog.message("INVITE", *headers, body=self._own.text())
        self._outgoing = self.invite = invite
        queue = dialog.start(invite)
        try:
            async with asyncio.timeout(seconds):
                answer = await self._followed(dialog, queue)
        except TimeoutError:
            self._end("own")
            dialog.send(dialog.message("CANCEL").data())
            dialog.acknowledge(await dialog.final(invite, queue, 2.0), invite)
            raise CallRefused(0, f"not answered within {seconds:g} s") from None
        if answer.status >= 300:
            dialog.acknowledge(answer, invite)
            self._end("far")
            raise CallRefused(answer.status, answer.start.split(" ", 2)[2])
        dialog.learn(answer)
        dialog.acknowledge(answer, invite)
        self._talk(answer)
        return asyncio.get_running_loop().time() - began

    def _dialog_to(self, number: str) -> Dialog:
        far = "{}:{}".format(*self.sbc.far)
        tag = secrets.token_hex(6)
        words = {"number": number, "own": self.number, "here": self.sbc.here, "far": far}
        dialog = Dialog(
            f"{secrets.token_hex(10)}@{self.sbc.host}",
            self.says.sender.format(**words) + f";tag={tag}",
            self.says.to.format(**words),
            self.says.uri.format(**words),
            self.sbc.here,
            self.sbc.wire.transport,
            self.sbc.wire.send,
            tag,
        )
        self.sbc.lines[dialog.call_id] = self
        return dialog

    async def _followed(self, dialog: Dialog, queue: asyncio.Queue[Message]) -> Message:
        while (answer := await queue.get()).status < 200:
            if "100rel" in answer.get("Require"):
                dialog.learn(answer)
                rack = f"{answer.get('RSeq')} {answer.get('CSeq')}"
                prack = dialog.message("PRACK", ("RAck", rack))
                dialog.start(prack)
            self._talk(answer)
        return answer

    def _talk(self, message: Message) -> None:
        """Send and hear from now on as this description says, if it is one."""
        if far := read_audio(message.body):
            self.line.start((far.host, far.port), far.events or self._own.events)

    # --- called by the firm ---------------------------------------------------------------
    async def wait_ring(self, seconds: float) -> Ring:
        """Wait for a call of the firm, and say 180 unless told otherwise."""
        await self.taken(seconds)
        self.ring()
        return self.ring_of()

    async def taken(self, seconds: float) -> Message:
        """Wait for a call of the firm; nothing is said yet but 100."""
        async with asyncio.timeout(seconds):
            invite = await self.sbc.rings.get()
        await self._new_call()
        tag = secrets.token_hex(6)
        self.dialog = Dialog(
            invite.get("Call-ID"),
            f"{invite.get('To')};tag={tag}",
            invite.get("From"),
            invite.contact(),
            self.sbc.here,
            self.sbc.wire.transport,
            self.sbc.replies[invite.get("Call-ID")],
            tag,
            tuple(invite.all("Record-Route")),
        )
        self.dialog.received.append(invite)
        self.sbc.lines[invite.get("Call-ID")] = self
        self.invite = invite
        self.dialog.answer(invite, "100 Trying")
        return invite

    def ring_of(self) -> Ring:
        """Tell who calls."""
        assert self.invite
        return Ring(self.invite.get("From"), self.invite.get("X-Call-Id"))

    def ring(self) -> None:
        """Say 180 Ringing."""
        assert self.dialog and self.invite
        self.dialog.answer(self.invite, "180 Ringing")

    async def early(self, *, reliable: bool = False) -> None:
        """Say 183 and begin to sound; reliably (RFC 3262) it waits for the PRACK."""
        assert self.dialog and self.invite
        more = (("Require", "100rel"), ("RSeq", "4711")) if reliable else ()
        self._talk(self.invite)
        async with asyncio.timeout(40):
            while True:
                body = self._own.text()
                self.dialog.answer(self.invite, "183 Session Progress", ALLOW, *more, body=body)
                if not reliable or await _happens(self._pracked):
                    return

    async def answer(self, *more: tuple[str, str]) -> None:
        """Take the ringing call and wait until that was acknowledged."""
        assert self.dialog and self.invite
        self._talk(self.invite)
        self.dialog.answer(self.invite, "200 OK", ALLOW, *more, body=self._own.text())
        async with asyncio.timeout(40):
            while not await _happens(self._acked):
                self.dialog.answer(self.invite, "200 OK", ALLOW, *more, body=self._own.text())

    async def refuse(self, status: str, *more: tuple[str, str]) -> None:
        """Refuse the ringing call, with number and reason."""
        assert self.dialog and self.invite
        self.dialog.answer(self.invite, status, *more)
        self._end("own")
        self.sbc.forget(self.dialog.call_id)

    async def decline(self, status: int = 486) -> None:
        """Refuse the ringing call."""
        await self.refuse(f"{status} No")

    # --- within a call --------------------------------------------------------------------
    async def press(self, keys: str) -> None:
        """Press keys in the way of this line: rfc4733, inband, info, or 4733 and info at once."""
        if "inband" in self.keys:
            self.voice.sing(keys)
        if "rfc4733" in self.keys:
            await self.line.press(keys)
        if "info" in self.keys:
            for key in keys:
                await self._info(key)

    async def _info(self, key: str) -> None:
        assert self.dialog
        kind = ("Content-Type", "application/dtmf-relay")
        answer = await self.dialog.ask("INFO", kind, body=f"Signal={key}\r\nDuration=160\r\n")
        assert answer.status == 200, answer.start

    async def refresh(self, method: str, *more: tuple[str, str]) -> Message:
        """Refresh the session by UPDATE (no description) or by INVITE with the same one."""
        assert self.dialog
        if method == "UPDATE":
            return await self.dialog.ask("UPDATE", ALLOW, *more)
        invite = self.dialog.message("INVITE", ALLOW, *more, SDP, body=self._own.text(2))
        answer = await self.dialog.final(invite, self.dialog.start(invite))
        self.dialog.acknowledge(answer, invite)
        return answer

    async def hang_up(self) -> None:
        """End whatever goes on; nothing if nothing does."""
        dialog, self_ended = self.dialog, self._over.is_set()
        if dialog is None or self_ended:
            return
        self._end("own")
        if self._outgoing is None and not self._acked.is_set():
            assert self.invite
            dialog.answer(self.invite, "480 Temporarily Unavailable")
        else:
            await dialog.ask("BYE")

    async def wait_end(self, seconds: float) -> str:
        """Wait until the call is over; tells by whom: own, far or cancelled."""
        async with asyncio.timeout(seconds):
            await self._over.wait()
        await self.line.close()
        return self._ended_by

    def heard(self) -> bytes:
        """Give what was heard since audio began, as A-law at 8 kHz."""
        return bytes(self.line.heard)

    def _end(self, by: str) -> None:
        if not self._over.is_set():
            self._ended_by = by
            self._over.set()

    # --- what the firm's side says in the call -----------------------------------------------
    def hears(self, message: Message) -> None:
        """Take a message of this line's call."""
        dialog = self.dialog
        assert dialog
        if message.status:
            dialog.hears_response(message)
        elif message.method == "ACK":
            self._acked.set()
        elif not dialog.is_repeated(message):
            _TAKES.get(message.method, Line._plainly)(self, message, dialog)

    def _plainly(self, message: Message, dialog: Dialog) -> None:
        dialog.answer(message, "200 OK", ALLOW)

    def _bye(self, message: Message, dialog: Dialog) -> None:
        dialog.answer(message, "200 OK")
        self._end("far")

    def _cancel(self, message: Message, dialog: Dialog) -> None:
        dialog.answer(message, "200 OK")
        if self.invite and not self._over.is_set():
            dialog.answer(self.invite, "487 Request Terminated")
        self._end("cancelled")

    def _prack(self, message: Message, dialog: Dialog) -> None:
        dialog.answer(message, "200 OK")
        self._pracked.set()

    def _changed(self, message: Message, dialog: Dialog) -> None:
        self.refreshed.append(message)
        timer = message.get("Session-Expires")
        more = (("Session-Expires", timer), ("Require", "timer")) if timer else ()
        body = self._own.text(len(self.refreshed) + 2) if message.body else ""
        self._talk(message)
        dialog.answer(message, "200 OK", ALLOW, *more, body=body)

    def _info_heard(self, message: Message, dialog: Dialog) -> None:
        self.infos.append(message.body)
        dialog.answer(message, "200 OK")


_TAKES = {
    "BYE": Line._bye,
    "CANCEL": Line._cancel,
    "PRACK": Line._prack,
    "UPDATE": Line._changed,
    "INVITE": Line._changed,
    "INFO": Line._info_heard,
}


async def _happens(event: asyncio.Event, seconds: float = 0.5) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()
