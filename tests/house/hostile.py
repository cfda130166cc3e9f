"""What a caller who means harm puts where names and numbers stand, and the call that carries it."""

import asyncio
from collections.abc import Iterator
from random import Random

from tests.carrier.message import Message, read

MARK = "hostile"
"""Stands in every sample, so that it is found again wherever it went."""
SEEDS: tuple[str, ...] = (
    "{m}<script>alert(1)</script>",
    "{m}<img src=x onerror=alert(1)>",
    "{m}<svg/onload=alert(1)>",
    "{m}&lt;script&gt;",
    "javascript:alert('{m}')",
    "{m}' OR '1'='1",
    "{m}; DROP TABLE call; --",
    "=cmd|' /C calc'!A0 {m}",
    "+{m}=1+1",
    "@SUM({m})",
    "-2+3+{m}",
    "{m},{m}),Hangup()",
    "{m})&System(touch /tmp/{m})",
    "${{SHELL(touch /tmp/{m})}}",
    "${{CALLERID(num)}}{m}",
    "$[1+1]{m}",
    "${{GLOBAL(AGI_URL)}}{m}",
    "{m}%0d%0aEvent: Hangup%0d%0aChannel: x",
    "{m}%0aAction: Originate",
    "{m}\\r\\nUserEvent: CCTransfer",
    "{m};reason=unconditional;lr",
    "{m}|id;id&&id`id`$(id)",
    "../../../../etc/{m}",
    "{m}%00",
    "{m}\u202egnp.exe",
    "{m}\u2066abc\u2069",
    "{m}\u200b\ufeff",
    "{m}\U0001f4de张三李四",
    "{m}{{{{7*7}}}}",
    "${{jndi:ldap://127.0.0.1/{m}}}",
    "{m} %s%s%n%x",
    "{m}" + "A" * 400,
    "{m}\t tab",
    '{{\\"ev\\":\\"{m}\\"}}',
)


def corpus() -> Iterator[str]:
    """Give every sample plain, within quotes of its own, and behind an address."""
    for number, seed in enumerate(SEEDS):
        plain = seed.format(m=f"{MARK}{number}")
        yield from (plain, f'\\"{plain}\\"', f"<sip:666@evil.example>{plain}")


SPLICED = (
    *(
        "\u202e",
        "\u2066",
        "\u200b",
        "\ufeff",
        "\x7f",
        "\u0085",
        "\u2028",
        "\u2029",
        "\t",
        "\x1b[2J",
    ),
    *(
        "%00",
        "%0a",
        "%0d%0aVia: x",
        "\\n",
        "\\r",
        "';",
        '\\"',
        "<!--",
        "]]>",
        "</title>",
        "&#60;b&#62;",
    ),
    *(
        "${ENV(PATH)}",
        "$(id)",
        "`id`",
        ",1,Hangup",
        "){Hangup}",
        "^",
        "~~",
        "=1+1",
        "＝1",
        "@x",
        "|",
    ),
    *("张三", "\U0001f4de", "e\u0301" * 9, "\u0644\u0627", "A" * 90, "\ud7ff\ue000", "%s%n", "{0}"),
)
"""What is put into a sample at a place by chance."""


def by_chance(chance: Random, number: int) -> str:
    """Make the n-th sample of a seed: one that is known, with some of the rest spliced in."""
    text = chance.choice(SEEDS).format(m=_HERE)
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(text) + 1)
        text = text[:at] + chance.choice(SPLICED) + text[at:]
    around = chance.choice(("{}", '\\"{}\\"', "<sip:666@evil.example>{}"))
    return around.replace("{}", text).replace(_HERE, f"{MARK}{number}")


_HERE = "\ue100"

NAMES = (
    *("P-Asserted-Identity", "P-Preferred-Identity", "Remote-Party-ID", "Diversion"),
    *("History-Info", "P-Called-Party-ID", "Subject", "User-Agent", "Organization"),
)
"""Headers that carry a sample each, beside the display name of From."""


class Raw(asyncio.DatagramProtocol):
    """A caller at an address of loopback who sends what no phone would send."""

    def __init__(self, host: str, far: tuple[str, int]) -> None:
        self.host, self.far = host, far
        self.answers: asyncio.Queue[Message] = asyncio.Queue()
        self.wire: asyncio.DatagramTransport | None = None

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Keep an answer; a BYE of the other side is answered."""
        message = read(data)
        if message is not None and message.status:
            self.answers.put_nowait(message)

    async def call(self, number: str, user: str, samples: list[str]) -> int:
        """Call, take the answer, hang up; gives the final status, 0 when Asterisk said nothing."""
        loop = asyncio.get_running_loop()
        self.wire, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self.host, 0))
        try:
            return await self._through(number, user, samples)
        except TimeoutError:
            return 0
        finally:
            self.wire.close()

    async def _through(self, number: str, user: str, samples: list[str]) -> int:
        self._send("INVITE", number, user, 1, "", samples)
        final = await self._final("INVITE")
        tag = final.tag("To")
        self._send("ACK", number, user, 1, tag, [samples[0]])
        if final.status == 200:
            self._send("BYE", number, user, 2, tag, [samples[0]])
            await self._final("BYE")
        return final.status

    async def _final(self, method: str) -> Message:
        async with asyncio.timeout(45):
            while (answer := await self.answers.get()).status < 200 or answer.method != method:
                pass
        return answer

    def _send(
        self, method: str, number: str, user: str, seq: int, tag: str, samples: list[str]
    ) -> None:
        assert self.wire is not None
        port = self.wire.get_extra_info("sockname")[1]
        sdp = f"v=0\r\no=- 1 1 IN IP4 {self.host}\r\ns=-\r\nc=IN IP4 {self.host}\r\nt=0 0\r\n"
        sdp += f"m=audio {port + 1 - port % 2} RTP/AVP 8\r\n"
        body = sdp if method == "INVITE" else ""
        more = samples[1:]
        uri = f"sip:{number}@{self.far[0]}:{self.far[1]}"
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.host}:{port};branch=z9hG4bK{user}{method};rport",
            f'From: "{samples[0]}" <sip:{user}@{self.host}>;tag={user}',
            f"To: <{uri}>" + (f";tag={tag}" if tag else ""),
            *(f"{name}: {_header(text, user)}" for name, text in zip(NAMES, more, strict=False)),
            f"Call-ID: {user}",
            f"CSeq: {seq} {method}",
            "Max-Forwards: 70",
            f"Contact: <sip:{user}@{self.host}:{port}>",
            "Content-Type: application/sdp",
            f"Content-Length: {len(body)}",
        ]
        self.wire.sendto("\r\n".join([*lines, "", body]).encode(), self.far)


def _header(sample: str, user: str) -> str:
    return f'"{sample}" <sip:{user}@evil.example>'
