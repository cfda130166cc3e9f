"""A test phone that speaks SIP over TCP: it registers and waits for an INVITE on its connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiosipua as sip

from demo.softphone import Account

ANSWER_S = 15.0


@asynccontextmanager
async def registered(account: Account) -> AsyncIterator[asyncio.StreamReader]:
    """Register over TCP; gives what the exchange sends on the same connection afterwards."""
    reader, writer = await asyncio.open_connection(*account.far)
    try:
        host, port = writer.get_extra_info("sockname")[:2]
        uri = "sip:{}:{}".format(*account.far)
        name, value = "", ""
        for number in (1, 2):
            writer.write(_register(account, f"{host}:{port}", number, f"{name}: {value}\r\n"))
            answer = sip.SipMessage.parse(await next_message(reader))
            if answer.status_code == 401:
                auth = sip.SipDigestAuth(account.user, account.secret)
                name, value = sip.auth.answer_challenge(auth, answer, 401, "REGISTER", uri)
        assert answer.status_code == 200, answer
        yield reader
    finally:
        writer.close()


async def next_message(reader: asyncio.StreamReader) -> bytes:
    """Read a message's head; a body after it is left alone."""
    async with asyncio.timeout(ANSWER_S):
        return await reader.readuntil(b"\r\n\r\n")


def _register(account: Account, own: str, number: int, more: str) -> bytes:
    far, who = "{}:{}".format(*account.far), f"<sip:{account.user}@{account.far[0]}>"
    return (
        f"REGISTER sip:{far} SIP/2.0\r\n"
        f"Via: SIP/2.0/TCP {own};branch=z9hG4bK{number};rport\r\n"
        f"From: {who};tag=1\r\nTo: {who}\r\nCall-ID: {own}\r\nCSeq: {number} REGISTER\r\n"
        f"Max-Forwards: 70\r\nContact: <sip:{account.user}@{own};transport=tcp>\r\n"
        f"Expires: 300\r\n{more if number > 1 else ''}Content-Length: 0\r\n\r\n"
    ).encode()
