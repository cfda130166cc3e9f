"""A carrier in the raw: one INVITE from a loopback address, with whatever headers are wanted."""

import asyncio

from domain.settings import Settings

ODD = 'a\\"b),c) (d ${CC_CALL} ${GLOBAL(AGI_URL)} $[1+1];x|<sip:666@evil> 中文 %0d%0aEvent: Forged'
"""A display name that would end an argument, a line, a quotation or an expansion."""


class Caller(asyncio.DatagramProtocol):
    """A caller of few words: one INVITE, and the answers to it."""

    def __init__(self) -> None:
        self.answers: asyncio.Queue[int] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:
        if data.startswith(b"SIP/2.0 "):
            self.answers.put_nowait(int(data[8:11]))

    async def dial(
        self, source: str, settings: Settings, number: str, *headers: str, name: str = "x, y) z"
    ) -> int:
        """Send an INVITE from a loopback address; the first final answer."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(source, 0))
        port = transport.get_extra_info("sockname")[1]
        sdp = f"v=0\r\no=- 1 1 IN IP4 {source}\r\ns=-\r\nc=IN IP4 {source}\r\nt=0 0\r\n"
        sdp += "m=audio 28000 RTP/AVP 8\r\n"
        transport.sendto(
            (
                f"INVITE sip:{number}@127.0.0.1 SIP/2.0\r\n"
                f"Via: SIP/2.0/UDP {source}:{port};branch=z9hG4bK{port}\r\n"
                f'From: "{name}" <sip:13800000000@{source}>;tag=1\r\nTo: <sip:{number}@x>\r\n'
                f"{''.join(header + chr(13) + chr(10) for header in headers)}"
                f"Call-ID: call-{port}\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n"
                f"Contact: <sip:c@{source}:{port}>\r\nContent-Type: application/sdp\r\n"
                f"Content-Length: {len(sdp)}\r\n\r\n{sdp}"
            ).encode(),
            ("127.0.0.1", settings.sip.port),
        )
        async with asyncio.timeout(40):
            while (code := await self.answers.get()) < 200:
                pass
        return code
