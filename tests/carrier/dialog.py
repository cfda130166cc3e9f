"""One dialog of the carrier (RFC 3261 chapter 12): who talks to whom, and requests within it."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.carrier.message import Headers, Message, reply

REPEAT_S = 0.5
WITHIN_S = 40.0


@dataclass(slots=True)
class Dialog:
    """State of one call's signalling; `here` is host:port of our side."""

    call_id: str
    own: str
    far: str
    target: str
    here: str
    transport: str
    send: Callable[[bytes], None]
    tag: str = ""
    route: tuple[str, ...] = ()
    seq: int = field(default_factory=lambda: 1 + secrets.randbelow(1000))
    received: list[Message] = field(default_factory=list)
    sent_ack: dict[int, Message] = field(default_factory=dict)
    _answers: dict[tuple[str, int], Message] = field(default_factory=dict)
    _waiting: dict[int, asyncio.Queue[Message]] = field(default_factory=dict)
    _invite: tuple[str, int] = ("", 0)

    def message(self, method: str, *headers: tuple[str, str], body: str = "") -> Message:
        """Make the next request of this dialog."""
        if method not in ("ACK", "CANCEL"):
            self.seq += 1
        branch = f"z9hG4bK{secrets.token_hex(8)}"
        if method == "INVITE":
            self._invite = branch, self.seq
        seq = self.seq
        if method == "CANCEL":
            branch, seq = self._invite
        base: Headers = (
            ("Via", f"SIP/2.0/{self.transport} {self.here};branch={branch};rport"),
            ("Max-Forwards", "70"),
            *(("Route", each) for each in self.route),
            ("From", self.own),
            ("To", self.far),
            ("Call-ID", self.call_id),
            ("CSeq", f"{seq} {method}"),
        )
        if method not in ("ACK", "CANCEL", "BYE"):
            base += (("Contact", f"<sip:carrier@{self.here};transport={self.transport.lower()}>"),)
        return Message(f"{method} {self.target} SIP/2.0", (*base, *headers), body)

    def start(self, request: Message) -> asyncio.Queue[Message]:
        """Send a request; what comes back is in the queue."""
        queue: asyncio.Queue[Message] = asyncio.Queue()
        self._waiting[request.seq] = queue
        self.send(request.data())
        return queue

    async def ask(self, method: str, *headers: tuple[str, str], body: str = "") -> Message:
        """Send a request and give its final response; TimeoutError if there is none."""
        request = self.message(method, *headers, body=body)
        return await self.final(request, self.start(request))

    async def final(
        self, request: Message, queue: asyncio.Queue[Message], within_s: float = WITHIN_S
    ) -> Message:
        """Wait for a final response, saying it again meanwhile where datagrams may be lost."""
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            try:
                async with asyncio.timeout(REPEAT_S):
                    answer = await queue.get()
            except TimeoutError:
                if self.transport == "UDP":
                    self.send(request.data())
                continue
            if answer.status >= 200:
                return answer
        raise TimeoutError(f"no final answer to {request.start}")

    def acknowledge(self, answer: Message, invite: Message) -> None:
        """Send the ACK of a final answer to our INVITE."""
        ack = self.message("ACK")
        headers = tuple((k, f"{invite.seq} ACK" if k == "CSeq" else v) for k, v in ack.headers)
        if answer.status >= 300:
            via, to = invite.get("Via"), answer.get("To")
            changed = {"Via": via, "To": to}
            headers = tuple((k, changed.get(k, v)) for k, v in headers)
            ack = Message(f"ACK {invite.uri} SIP/2.0", headers)
        else:
            ack = Message(ack.start, headers)
        self.sent_ack[invite.seq] = ack
        self.send(ack.data())

    def learn(self, answer: Message) -> None:
        """Take over from a response who the other side is."""
        self.far = answer.get("To")
        self.target = answer.contact() or self.target
        self.route = tuple(reversed(answer.all("Record-Route")))

    def hears_response(self, answer: Message) -> None:
        """Hand a response to who waits for it."""
        if answer.method == "INVITE" and answer.status >= 200 and answer.seq in self.sent_ack:
            self.send(self.sent_ack[answer.seq].data())
        elif queue := self._waiting.get(answer.seq):
            queue.put_nowait(answer)

    def is_repeated(self, request: Message) -> bool:
        """Tell whether a request was here already; then the same answer is sent again."""
        key = request.method, request.seq
        if old := self._answers.get(key):
            self.send(old.data())
            return True
        if any((each.method, each.seq) == key for each in self.received):
            return True
        self.received.append(request)
        return False

    def answer(self, request: Message, status: str, *more: tuple[str, str], body: str = "") -> None:
        """Answer a request."""
        if body:
            more = (*more, ("Content-Type", "application/sdp"))
        if "Contact" not in dict(more):
            here = f"<sip:carrier@{self.here};transport={self.transport.lower()}>"
            more = (("Contact", here), *more)
        message = reply(request, status, self.tag, *more, body=body)
        if message.status >= 200:
            self._answers[request.method, request.seq] = message
        self.send(message.data())
