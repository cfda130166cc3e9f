"""A test phone with the keys of a desk phone: hold, retrieve, blind transfer; it obeys NOTIFY."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import aiosipua as sip

from demo.audio import tone
from demo.phone_aio import AioPhone
from demo.softphone import Account
from tests.house.scene import Person, Scene, soon

ANSWER_S = 15.0
TALK = "talk"


class DeskPhone(AioPhone):
    """Sends re-INVITE and REFER within its call; `told` holds the events of NOTIFYs it got."""

    def __init__(self, account: Account, hz: float) -> None:
        super().__init__(account, lambda: tone(int(hz)))
        self.told: list[str] = []
        self.progress: list[int] = []
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._answering: asyncio.Task[None] | None = None

    @property
    def _dialog(self) -> Any:
        return (self._incoming or self._outgoing).dialog

    async def hold(self, direction: str = "sendonly") -> int:
        """Press hold (RFC 3264: a=sendonly); gives the final status."""
        local = self.account.local
        offer = sip.build_sdp(local, self._rtp_port, 8, "PCMA", dtmf_payload_type=101)
        text = re.sub(r"a=sendrecv\r?\n", "", sip.serialize_sdp(offer))
        return await self._asks("INVITE", body=f"{text}a={direction}\r\n")

    async def retrieve(self) -> int:
        """Press hold again."""
        return await self.hold("sendrecv")

    async def transfer(self, number: str) -> int:
        """Press transfer, a number, and transfer again; gives the last status told (RFC 3515)."""
        far, self.progress = "{}:{}".format(*self.account.far), []
        status = await self._asks("REFER", refer=f"<sip:{number}@{far}>")
        if status != 202:
            return status
        last = await soon(lambda: next((told for told in self.progress if told >= 200), 0))
        if last == 200:
            await self.hang_up()  # as desk phones do once the other side has taken over
        return last

    async def _asks(self, method: str, body: str = "", refer: str = "") -> int:
        answer = await self._sends(method, body, refer, {})
        if answer.status_code == 401:
            uri = self._dialog.remote_target or self._dialog.remote_uri
            name, value = sip.auth.answer_challenge(self._digest(), answer, 401, method, uri)
            answer = await self._sends(method, body, refer, {name: value})
        if method == "INVITE" and answer.status_code < 300:
            self._acknowledge(answer)
        return int(answer.status_code)

    async def _sends(self, method: str, body: str, refer: str, more: dict[str, str]) -> Any:
        headers = more | ({"Refer-To": refer} if refer else {})
        request = self._uac._send_in_dialog(
            self._dialog,
            method,
            self.account.far,
            body=body,
            content_type="application/sdp" if body else "",
            extra_headers=headers,
        )
        done = asyncio.get_running_loop().create_future()
        self._waiting[request.cseq.seq] = done
        async with asyncio.timeout(ANSWER_S):
            return await done

    def _acknowledge(self, answer: Any) -> None:
        dialog = self._dialog
        own = self._wire.local_addr
        request = dialog.create_request("ACK", via_host=own[0], via_port=own[1])
        request.headers.set_single("CSeq", f"{answer.cseq.seq} ACK")
        self._wire.send(request, self.account.far)

    def _message(self, library: Any, message: Any, addr: tuple[str, int]) -> None:
        if isinstance(message, sip.SipRequest) and message.method == "NOTIFY":
            self._notified(message)
        elif self._is_mine(message):
            self._settled(message)
        else:
            super()._message(library, message, addr)

    def _is_mine(self, message: Any) -> bool:
        return (
            isinstance(message, sip.SipResponse)
            and message.cseq is not None
            and message.cseq.seq in self._waiting
            and message.call_id == self._dialog.call_id
        )

    def _settled(self, answer: Any) -> None:
        if answer.status_code >= 200:
            seq = answer.cseq.seq
            if answer.cseq.method == "INVITE" and answer.status_code >= 300:
                self._acknowledge(answer)
            self._waiting.pop(seq).set_result(answer)

    def _notified(self, request: Any) -> None:
        event = (request.get_header("Event") or "").partition(";")[0]
        self._wire.send_reply(self._dialog.create_response(request, 200, "OK"))
        self.told.append(event)
        if event == TALK:
            self._answering = asyncio.create_task(self._talk())
        elif event == "refer":
            self.progress.append(int(request.text.split()[1]))

    async def _talk(self) -> None:
        """Do as a phone does at `talk`: answer what rings, else take back what is held."""
        if self._dialog.state is sip.DialogState.CONFIRMED:
            await self.retrieve()
        else:
            await self.answer()


async def at_work(scene: Scene, which: int = 0) -> tuple[Person, DeskPhone]:
    """Bring one of the lane's agents to work with a phone that has keys."""
    number, hz = scene.lane.agents[which], (620.0, 1130.0)[which % 2]
    account = Account(f"a{number}", scene.system.secrets[f"a{number}"], scene.system.sip)
    agent, phone = Person(number, account, hz), DeskPhone(account, hz)
    agent.phone = phone
    scene.people.append(agent)
    await phone.open()
    await scene.sign_in(number)
    return agent, phone
