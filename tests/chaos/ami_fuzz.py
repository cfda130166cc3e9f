"""Damaged AMI messages against everything of ours that reads them: `ami-fuzz --cycles MESSAGES`.

Genuine events with hostile values, replies and lists, forged events of somebody who does not know
this start's token, all damaged and cut into pieces, go through the real `Wire`, ears and legs.
Nothing may raise; nothing without the token may be believed; a hostile value stays one value.
"""

import asyncio
import logging
from collections import Counter
from random import Random
from typing import Any

from domain.errors import YingdaError
from pbx.ears import EARS, hear
from pbx.legs import Legs
from pbx.message import Message
from pbx.wire import Ask as AmiAsk, Sieve, Wire
from tests.chaos.tally import Ask, Tally
from tests.house.mangle import chunks, damaged

TOKEN = "yingda-fuzz-7f3a"
WANTED = f"SystemName: {TOKEN}".encode()
FORGER = "PJSIP/forger-00000001"
TOGETHER = 20
"""Messages that come in one go."""
USER_EVENTS = (
    *("CCHold", "CCKey", "CCFallback", "CCJoinDone", "CCQueueDone", "CCDialDone", "CCTransfer"),
    *("CCDialBegan", "CCRouteFailed", "CCFarUp", "CCDialEnded", "CCOutsideUp", "CCOutsideEnded"),
    *("CCLeg", "CCMedia", "CCRefused", "CCHeld", "Other"),
)
HOSTILE = (
    *("", "0", "16", "RINGING", "ANSWER", "BUSY", "6", "5", "张三丰", "x\\r\\nEvent: Hangup"),
    *("\\r\\nSystemName: yingda", "';--", "<script>alert(1)</script>", "%0d%0aEvent: Hangup", "²"),
    *("-1", "1e9", "9" * 300, "\\\\", '\\"', "\ufeff", "\u202e", "A" * 2000, "1:2:a8001&w8002"),
)
FIELDS = (
    *("Cause", "Cause-txt", "ChannelState", "DialStatus", "Key", "Status", "Sip", "Said", "By"),
    *("To", "Trunk", "SipId", "Endpoint", "Rx", "Tx", "Lost", "Jitter", "CallerIDName", "Exten"),
    *("EndpointName", "ContactStatus", "UserEvent", "DestChannel", "EventList", "Message"),
)
OFFERS = (
    "",
    "7:12:a8001",
    "7:12:a8001&w8002",
    "7:x:a8001",
    "::",
    "7:99999999999999999999:m1",
    "7:1:",
)


class Nowhere:
    """A transport that swallows what is written."""

    def write(self, data: bytes) -> None:
        """Take bytes."""

    def abort(self) -> None:
        """Be cut."""

    close = abort


class Reader:
    """Everything of ours that reads the AMI, on one wire after another."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.believed: list[Message] = []
        self.wire = self._wire()

    def _wire(self) -> Wire:
        self.legs = Legs()
        wire = Wire(Sieve(TOKEN), self._heard, lambda: 0.0)
        wire.connection_made(Nowhere())
        return wire

    def _heard(self, message: Message) -> None:
        self.believed.append(message)
        self.legs.note(message)
        self.counts["heard" if hear(message) else "passed over"] += 1

    def ask(self) -> None:
        """Have actions under way, so that replies and lists are somebody's."""
        for complete in ("", "CoreShowChannelsComplete"):
            _, future = self.wire.ask(AmiAsk("CoreShowChannels", {}, None, complete))
            future.add_done_callback(self._answered)

    def _answered(self, future: asyncio.Future[Any]) -> None:
        error = future.exception()
        if error is not None and not isinstance(error, YingdaError):
            raise error
        self.counts["refused" if error else "answered"] += 1

    def feed(self, data: bytes, chance: Random) -> None:
        """Let bytes come in pieces; a wire that was dropped for them is replaced."""
        for piece in chunks(data, chance, 4000):
            self.wire.data_received(piece)
        if self.wire.lost.done() or len(self.wire.responses) > 50:
            self.counts["dropped"] += 1
            self.wire.drop("enough")
            self.wire = self._wire()


def genuine(chance: Random, token: str = TOKEN, channel: str = "") -> bytes:
    """Write an event as Asterisk would, whatever the values are."""
    channel = channel or f"PJSIP/a8001-{chance.randrange(9):08x}"
    name = chance.choice((*EARS, "UserEvent", "UserEvent", "OriginateResponse", "Unknown"))
    lines = [f"Event: {name}", "Privilege: call,all", f"SystemName: {token}"]
    lines += [f"UserEvent: {chance.choice(USER_EVENTS)}"] if name == "UserEvent" else []
    lines += [f"Channel: {channel}"]
    for header in ("ChanVariable", "DestChanVariable"):
        lines += [f"{header}: CC_CALL=01J{chance.randrange(9)}"]
        lines += [f"{header}: CC_LEG={chance.choice(('caller', 'agent', 'far', ''))}"]
        lines += [f"{header}: CC_OFFER={chance.choice(OFFERS)}"]
        lines += [f"{header}: CC_DIAL={chance.choice(('', 'ringing', 'out'))}"]
    for field in chance.sample(FIELDS, chance.randrange(6)):
        lines.append(f"{field}: {chance.choice(HOSTILE)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def forged(chance: Random) -> bytes:
    """Write an event by somebody who knows everything but the token."""
    guess = chance.choice(("", "yingda-", "yingda-fuzz-0000", TOKEN.upper()))
    data = genuine(chance, guess, FORGER)
    if chance.random() < 0.3:  # the token's line is not the third one
        data = data.replace(b"\r\n", f"\r\nX: 1\r\nY: 2\r\nSystemName: {TOKEN}\r\n".encode(), 1)
    return data


def reply(chance: Random, wire: Wire) -> bytes:
    """Write a reply, a row or the end of a list, for an action that waits or for none."""
    waiting = [*wire.responses, "yingda/none", ""]
    lines = (
        chance.choice(("Response: Success", "Response: Error", "Event: CoreShowChannel")),
        f"ActionID: {chance.choice(waiting)}",
        chance.choice(("EventList: start", "EventList: Complete", "Message: no", "BridgeId: 1")),
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _some(chance: Random, reader: Reader) -> bytes:
    fate = chance.random()
    if fate < 0.15:
        return forged(chance)
    return reply(chance, reader.wire) if fate < 0.3 else genuine(chance)


def judge(reader: Reader, tally: Tally, where: str, spoilt: bool) -> None:
    """Look at everything that was believed: its third line must be this start's token.

    Damage may make one message of two; where nothing was damaged, no forged one may be there.
    """
    for message in reader.believed:
        lines = message._frame.split(b"\r\n", 3)  # none where the name itself is damaged
        third = lines[2] == WANTED if len(lines) > 2 else not message._frame
        known = third and (spoilt or message.get("Channel") != FORGER)
        tally.must(known, f"{where}: a forged event was believed: {message!r:.300}")
        message.fields  # noqa: B018  # every header can be read
    reader.believed.clear()


async def _fuzz(ask: Ask, tally: Tally) -> None:
    chance, reader = Random(ask.seed), Reader()
    said = 0
    while tally.cycles < ask.cycles:
        reader.ask()
        messages = [_some(chance, reader) for _ in range(TOGETHER)]
        data = b"".join(messages)
        if spoilt := chance.random() < 0.7:
            data = damaged(data, chance, chance.randint(1, 8))
        where = f"--seed {ask.seed}, message {tally.cycles}"
        try:
            reader.feed(data, chance)
        except Exception as error:
            tally.must(False, f"{where}: {error!r}")
        judge(reader, tally, where, spoilt)
        tally.cycles += TOGETHER
        await asyncio.sleep(0)
        if tally.cycles - said >= 100_000:
            said = tally.cycles
            ask.say(f"{said} messages, {dict(reader.counts)}")
    tally.also |= {name.replace(" ", "_"): count for name, count in reader.counts.items()}


def run(ask: Ask) -> Tally:
    """Feed `cycles` messages."""
    tally = Tally(ask.seed)
    logging.getLogger("pbx.wire").setLevel(logging.ERROR)  # it tells of each reply to nobody
    asyncio.run(_fuzz(ask, tally))
    return tally
