"""A test phone by pyVoIP 1.6, in a process of its own: `… -m demo.phone_pyvoip HOST PORT USER`.

pyVoIP is GPLv3, so nothing of ours imports this file; `phone_child.py` starts it and both speak
JSON lines. First line in: {"secret", "hz"}. It needs an account (it cannot place calls without
registering). The subclasses cure what pyVoIP 1.6.8 gets wrong with Asterisk.
"""

import base64
import json
import secrets
import socket
import sys
import threading
import time
from importlib import import_module
from typing import Any

from demo.audio import Microphone, silence, tone
from demo.rtp import ALAW, EVENTS, FRAME, Packet, key_ticks, pack, unpack

VoIP: Any = import_module("pyVoIP.VoIP.VoIP")  # first: the others import it in a circle
RTP: Any = import_module("pyVoIP.RTP")
SIP: Any = import_module("pyVoIP.SIP")
TICK_S = 0.02


def tell(word: str, **more: Any) -> None:
    """Say something to the parent."""
    sys.stdout.write(json.dumps({"ev": word} | more) + "\n")
    sys.stdout.flush()


class Line(RTP.RTPClient):  # type: ignore[misc]
    """A-law as it is (pyVoIP sends PCMA as PCMU, in 8 bits), paced, with keys (it has none)."""

    microphone: Microphone = silence()
    heard = bytearray()
    keys: list[tuple[bytes, ...]]
    outTimestamp: int
    outSequence: int

    def start(self) -> None:
        """Begin; what was heard counts from here."""
        self.keys = []
        type(self).heard = bytearray()
        super().start()

    def trans(self) -> None:
        """Send a packet each 20 ms: a key press, else the microphone."""
        due, pressed = time.monotonic(), 0
        events = next((pt for pt, kind in self.assoc.items() if "EVENT" in kind.name), EVENTS)
        while self.NSD:
            tick = self.keys.pop(0) if self.keys else ()
            pressed = (pressed or self.outTimestamp) if tick else 0
            for payload in tick:
                self._put(events, pressed, payload)
            if not tick:
                self._put(ALAW, self.outTimestamp, next(self.microphone))
            self.outTimestamp = (self.outTimestamp + FRAME) & 0xFFFFFFFF
            due += TICK_S
            time.sleep(max(0.0, due - time.monotonic()))

    def _put(self, kind: int, stamp: int, payload: bytes) -> None:
        self.outSequence = (self.outSequence + 1) & 0xFFFF
        packet = Packet(kind, False, self.outSequence, stamp, self.outSSRC, payload)
        try:
            self.sout.sendto(pack(packet), (self.outIP, self.outPort))
        except OSError:
            self.NSD = False

    def parse_packet(self, packet: bytes) -> None:
        """Keep the audio as it came."""
        got = unpack(packet)
        if got is not None and got.kind == ALAW:
            type(self).heard.extend(got.payload)


class Client(SIP.SIPClient):  # type: ignore[misc]
    """SIP with the right ACK, fresh call ids, and ears for CANCEL and every refusal."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._invites: set[tuple[str, str]] = set()

    def gen_call_id(self) -> str:
        """pyVoIP counts from 1 in every process: Asterisk takes the call for an old one."""
        return f"{secrets.token_hex(16)}@{self.myIP}"

    def gen_ack(self, request: Any) -> str:
        """pyVoIP makes up a new To tag, so Asterisk never sees its answer acknowledged."""
        text: str = super().gen_ack(request)
        tag = request.headers["To"].get("tag", "")
        lines = text.split("\r\n")
        to = f"To: {request.headers['To']['raw']}" + (f";tag={tag}" if tag else "")
        return "\r\n".join(to if line.startswith("To:") else line for line in lines)

    def parse_message(self, message: Any) -> None:
        """Hear what pyVoIP passes over, then let it do its own."""
        if message.type != SIP.SIPMessageType.MESSAGE:
            status = int(message.status)
            if message.headers["CSeq"]["method"] == "INVITE" and status >= 400:
                self.send(self.gen_ack(message))
                self.phone.refused(message.headers["Call-ID"], status)
                self.s.setblocking(True)
                return
        elif message.method == "CANCEL":
            self.send(self.gen_ok(message))
            self.phone.cancelled(message.headers["Call-ID"])
            return
        elif message.method == "INVITE" and self._is_sent_again(message):
            return
        super().parse_message(message)

    def _is_sent_again(self, message: Any) -> bool:
        """Tell an INVITE sent again, for our answer was late; pyVoIP would talk twice from then."""
        key = message.headers["Call-ID"], message.headers["CSeq"]["check"]
        again = key in self._invites
        self._invites.add(key)
        return again

    def send(self, text: str) -> None:
        """Send to the PBX."""
        self.out.sendto(text.encode(), (self.server, self.port))


class Phone(VoIP.VoIPPhone):  # type: ignore[misc]
    """One line that tells the parent what happens."""

    current: Any = None

    def _create_Call(self, request: Any, sess_id: int) -> None:
        super()._create_Call(request, sess_id)
        self.current = self.calls[request.headers["Call-ID"]]
        sender = request.headers["From"]
        call = request.headers.get("X-Call-Id", "")
        tell("ring", caller=str(sender.get("number", "")), call=str(call))

    def _callback_MSG_Bye(self, request: Any) -> None:
        super()._callback_MSG_Bye(request)
        self.over("far")

    def _callback_RESP_OK(self, request: Any) -> None:
        fresh = self.current is not None and self.current.state == VoIP.CallState.DIALING
        super()._callback_RESP_OK(request)
        if fresh and request.headers["CSeq"]["method"] == "INVITE":
            tell("answered")

    def refused(self, call_id: str, status: int) -> None:
        """The other side said no; pyVoIP would dial for ever."""
        if call_id in self.calls:
            self.calls[call_id].state = VoIP.CallState.ENDED
            tell("refused", status=status)
            self.over("far")

    def cancelled(self, call_id: str) -> None:
        """The caller left while it rang; pyVoIP would answer nobody."""
        call = self.calls.get(call_id)
        if call is not None and call.state == VoIP.CallState.RINGING:
            self._refuse(call, "487 Request Terminated")
            self.over("cancelled")

    def decline(self) -> None:
        """Refuse; pyVoIP's own raises after it sent the answer."""
        self._refuse(self.current, "486 Busy Here")
        self.over("own")

    def _refuse(self, call: Any, answer: str) -> None:
        text = self.sip.gen_busy(call.request).replace("486 Busy Here", answer)
        self.sip.send(text)
        call.state = VoIP.CallState.ENDED

    def over(self, by: str) -> None:
        """The call has ended."""
        tell("ended", by=by, heard=base64.b64encode(bytes(Line.heard)).decode())

    def dial(self, number: str) -> None:
        """Call with A-law; pyVoIP offers µ-law only."""
        medias = {self.request_port(): {ALAW: RTP.PayloadType.PCMA, EVENTS: RTP.PayloadType.EVENT}}
        request, call_id, session = self.sip.invite(number, medias, RTP.TransmitType.SENDRECV)
        self.current = VoIP.VoIPCall(
            self, VoIP.CallState.DIALING, request, session, self.myIP, medias, self.sendmode
        )
        self.calls[call_id] = self.current

    def hang_up(self) -> None:
        """End a talk, or refuse a ring."""
        if self.current is None or self.current.state == VoIP.CallState.ENDED:
            return
        if self.current.state == VoIP.CallState.RINGING:
            self.decline()
            return
        self.current.hangup()
        self.over("own")


def stay(call: Any) -> None:
    """pyVoIP forgets a call whose callback has returned."""
    while call.state != VoIP.CallState.ENDED:
        time.sleep(0.1)


def obey(phone: Phone, wish: dict[str, Any]) -> None:
    """Carry out one wish of the parent."""
    match wish["do"]:
        case "answer":
            phone.current.answer()
            tell("taken")
        case "decline":
            phone.decline()
        case "dial":
            phone.dial(wish["number"])
        case "press":
            for line in phone.current.RTPClients:
                line.keys.extend(tick for key in wish["keys"] for tick in key_ticks(key))
        case "hang_up":
            phone.hang_up()


def main() -> None:
    """Register and obey until the parent closes the door."""
    host, port, user = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    first = json.loads(sys.stdin.readline())
    Line.microphone = tone(first["hz"]) if first["hz"] else silence()
    RTP.RTPClient, SIP.SIPClient = Line, Client
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        own = probe.getsockname()[1]
    low = 30000 + secrets.randbelow(1000) * 10
    phone = Phone(host, port, user, first["secret"], "127.0.0.1", stay, own, low, low + 9)
    phone.start()
    deadline = time.monotonic() + 5
    while phone.get_status() != VoIP.PhoneStatus.REGISTERED and time.monotonic() < deadline:
        time.sleep(0.02)
    tell("ready", registered=phone.get_status() == VoIP.PhoneStatus.REGISTERED)
    for line in sys.stdin:
        try:
            obey(phone, json.loads(line))
        except Exception as error:
            tell("failed", text=f"{type(error).__name__}: {error}")
    phone.stop()
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()


if __name__ == "__main__":
    main()
