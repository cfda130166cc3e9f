"""The usual test phone: SIP by aiosipua on our loop, audio by our own line.

Cures over the library: the socket starts on 3.11 too, and a refusal is acknowledged.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any

import aiosipua as sip

from demo.audio import Microphone
from demo.media import AudioLine
from demo.rtp import ALAW, EVENTS
from demo.softphone import Account, CallRefused, Ring

REGISTER_S = 15.0
EXPIRES_S = 300


class Wire(sip.UdpSipTransport):
    """The library's UDP transport on a port that the system chose."""

    async def start(self) -> None:
        """Bind; the library's own protocol refuses asyncio's transport on Python 3.11."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self), local_addr=self.local_addr
        )
        self._udp_transport = transport
        self.local_addr = transport.get_extra_info("sockname")[:2]

    def send(self, message: Any, addr: tuple[str, int]) -> None:
        """Send, unless the phone was closed meanwhile."""
        if self._udp_transport is not None:
            super().send(message, addr)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._wire._dispatch(data, addr)


class AioPhone:
    """A `Softphone`; `microphone` makes a fresh microphone for each call."""

    def __init__(self, account: Account, microphone: Callable[[], Microphone]) -> None:
        self.account = account
        self.line = AudioLine()
        self.first_packet: int | None = None
        """The number of a call's first RTP packet, None = by chance."""
        self.sip_call_id = ""
        self._microphone = microphone
        self._wire = Wire(local_addr=(account.local, 0))
        self._uac = sip.SipUAC(self._wire)
        self._uas = sip.SipUAS(self._wire, uac=self._uac)
        self._registration: Any = None
        self._rings: asyncio.Queue[Any] = asyncio.Queue()
        self._incoming: Any = None
        self._outgoing: Any = None
        self._rtp_port = 0
        self._over = asyncio.Event()
        self._ended_by = ""
        self._said_good_bye = asyncio.Event()

    async def open(self) -> None:
        """Take a port and register, if there is a secret."""
        _check_somebody_listens(self.account)
        self._uas.on_invite = self._invited
        self._uas.on_bye = lambda *_: self._end("far")
        self._uas.on_cancel = lambda *_: self._end("cancelled")
        self._uas.on_reinvite = self._changed
        await self._uas.start()
        library = self._wire.on_message
        self._wire.on_message = lambda message, addr: self._message(library, message, addr)
        if self.account.secret:
            await self._register()

    async def _register(self) -> None:
        user, far = self.account.user, self.account.far
        host = f"{far[0]}:{far[1]}"
        done = asyncio.get_running_loop().create_future()
        self._registration = sip.Registration(
            self._uac,
            f"sip:{user}@{host}",
            far,
            expires=EXPIRES_S,
            auth=self._digest(),
            registrar_uri=f"sip:{host}",
        )
        self._registration.on_registered = lambda _: _settle(done, None)
        self._registration.on_failed = lambda _, status, text: _settle(
            done, CallRefused(status, f"REGISTER: {text}")
        )
        self._registration.register()
        async with asyncio.timeout(REGISTER_S):
            await done

    def _digest(self) -> Any:
        account = self.account
        return sip.SipDigestAuth(account.user, account.secret) if account.secret else None

    async def close(self) -> None:
        """Hang up, unregister, give the port back."""
        await self.hang_up()
        if self._registration is not None:
            self._registration.unregister()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(5):
                    await self._said_good_bye.wait()
        await self.line.close()
        await self._uas.stop()

    def _message(self, library: Any, message: Any, addr: tuple[str, int]) -> None:
        """Acknowledge a refused INVITE, which the library leaves out, then pass it on."""
        if self._is_sent_again(message):
            return
        cseq = message.cseq
        call = self._outgoing
        if (
            isinstance(message, sip.SipResponse)
            and message.status_code >= 300
            and cseq is not None
            and cseq.method == "INVITE"
            and call is not None
            and message.call_id == call.call_id
        ):
            self._wire.send(_ack_of(call.invite, message), addr)
        library(message, addr)
        left = self._registration
        if left is not None and left.state is sip.RegistrationState.UNREGISTERED:
            self._said_good_bye.set()

    def _is_sent_again(self, message: Any) -> bool:
        """Tell an INVITE sent again (RFC 3261 17.1.1.2); the library takes it for a second call."""
        call = self._incoming
        return (
            isinstance(message, sip.SipRequest)
            and message.method == "INVITE"
            and call is not None
            and not self._over.is_set()
            and message.call_id == call.invite.call_id
            and message.cseq is not None
            and message.cseq.seq == call.invite.cseq.seq
        )

    def _invited(self, call: Any) -> None:
        if self._busy():
            call.reject(486)
            return
        self._incoming, self._outgoing = call, None
        self._over.clear()
        self._ended_by = ""
        call.ringing()
        self._rings.put_nowait(call)

    @property
    def is_over(self) -> bool:
        """Tell whether the last call has ended."""
        return self._over.is_set()

    def _busy(self) -> bool:
        return (self._incoming or self._outgoing) is not None and not self._over.is_set()

    def _changed(self, call: Any) -> None:
        """A re-INVITE: same line, perhaps another far address."""
        answer, far, events = self._answer_to(call.sdp_offer)
        call.accept(answer)
        if far[1]:
            self.line.start(far, events)

    def _answer_to(self, offer: Any) -> tuple[Any, tuple[str, int], int]:
        events = _events_of(offer)
        answer, _ = sip.negotiate_sdp(
            offer,
            self.account.local,
            self._rtp_port,
            supported_codecs=[ALAW],
            dtmf_payload_type=events,
        )
        return answer, offer.rtp_address or ("", 0), events

    async def wait_ring(self, seconds: float) -> Ring:
        """Wait until the phone rings; rings that were cancelled meanwhile are passed over."""
        async with asyncio.timeout(seconds):
            while True:
                call = await self._rings.get()
                if call is self._incoming and not self._over.is_set():
                    break
        caller = sip.parse_uri(call.caller).user or ""
        return Ring(caller, call.invite.get_header("X-Call-Id") or "")

    def asked(self, header: str) -> str:
        """Read a header of the INVITE that rings, "" for none."""
        return str(self._incoming.invite.get_header(header) or "") if self._incoming else ""

    async def answer(self) -> None:
        """Take the ringing call."""
        await self._new_line()
        call = self._incoming
        if call is None or self._over.is_set():
            raise CallRefused(487, "the caller is gone")
        answer, far, events = self._answer_to(call.sdp_offer)
        call.accept(answer)
        self.line.start(far, events)

    async def decline(self, status: int = 486) -> None:
        """Refuse the ringing call."""
        if self._incoming is not None and not self._over.is_set():
            self._incoming.reject(status)
            self._end("own")

    async def dial(self, number: str, seconds: float = 30) -> float:
        """Call a number; gives the seconds until the answer. Raises CallRefused."""
        await self._new_line()
        far = self.account.far
        self._over.clear()
        self._ended_by, self._incoming = "", None
        began = asyncio.get_running_loop().time()
        self._outgoing = self._uac.send_invite(
            f"sip:{self.account.user}@{self.account.local}",
            f"sip:{number}@{far[0]}:{far[1]}",
            far,
            sip.build_sdp(
                self.account.local, self._rtp_port, ALAW, "PCMA", dtmf_payload_type=EVENTS
            ),
            auth=sip.SipDigestAuth(self.account.user, self.account.secret),
        )
        self.sip_call_id = self._outgoing.call_id
        await self._wait_answer(seconds)
        answer = self._outgoing.sdp_answer
        self.line.start(answer.rtp_address, _events_of(answer))
        return asyncio.get_running_loop().time() - began

    async def _wait_answer(self, seconds: float) -> None:
        call = self._outgoing
        try:
            await call.wait_answered(seconds)
        except TimeoutError:
            call.cancel(self._uac)
            self._end("own")
            raise CallRefused(0, f"not answered within {seconds:g} s") from None
        except RuntimeError:
            self._end("far")
            raise CallRefused(call._reject_code, call._reject_reason) from None
        except asyncio.CancelledError:
            call.cancel(self._uac) or call.hangup(self._uac)
            self._end("own")
            raise

    async def _new_line(self) -> None:
        await self.line.close()
        self.line = AudioLine(self._microphone(), self.first_packet)
        self._rtp_port = await self.line.open(self.account.local)

    async def press(self, keys: str) -> None:
        """Press keys (RFC 4733)."""
        await self.line.press(keys)

    async def hang_up(self) -> None:
        """End whatever goes on; nothing if nothing does."""
        if self._over.is_set():
            return
        if self._outgoing is not None:
            self._outgoing.hangup(self._uac) or self._outgoing.cancel(self._uac)
        elif self._incoming is not None and self._incoming.hangup() is None:
            self._incoming.reject(480)
        self._end("own")

    def _end(self, by: str) -> None:
        if not self._over.is_set():
            self._ended_by = by
            self._over.set()

    async def wait_end(self, seconds: float) -> str:
        """Wait until the call is over; tells by whom: own, far or cancelled."""
        async with asyncio.timeout(seconds):
            await self._over.wait()
        await self.line.close()
        return self._ended_by

    def heard(self) -> bytes:
        """Give what was heard in the last call since it was answered, as A-law at 8 kHz."""
        return bytes(self.line.heard)


def _check_somebody_listens(account: Account) -> None:
    """Tell a shut port at once: on this machine its refusal is there before we can ask."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((account.local, 0))
        probe.connect(account.far)
        try:
            probe.send(b"\r\n\r\n")
            probe.recv(1, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError as error:
            where = "{}:{}".format(*account.far)
            raise CallRefused(0, f"nobody listens at {where}: {error}; yingda run") from error


def _settle(done: asyncio.Future[None], error: Exception | None) -> None:
    """Complete a future once; refreshes of a registration come here again."""
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)


def _events_of(sdp: Any) -> int:
    """Find the telephone-event number of a description."""
    for codec in sdp.audio.codecs if sdp.audio else ():
        if codec.encoding_name.lower() == "telephone-event":
            return int(codec.payload_type)
    return EVENTS


def _ack_of(invite: Any, refusal: Any) -> Any:
    """Make the ACK to a refusal: same branch, same number, the To that came back."""
    ack = sip.SipRequest(method="ACK", uri=invite.uri)
    ack.headers.append("Via", invite.headers.get_first("via"))
    for name in ("From", "Call-ID"):
        ack.headers.set_single(name, invite.headers.get_first(name))
    ack.headers.set_single("To", refusal.headers.get_first("to"))
    ack.headers.set_single("CSeq", f"{invite.cseq.seq} ACK")
    ack.headers.set_single("Max-Forwards", "70")
    return ack
