"""A mail server that only remembers: the lines of SMTP that a client needs, with TLS if asked."""

import asyncio
import base64
import ssl
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailSink:
    """`open` it, read `messages`; `refuse` is what it says to everybody instead of listening."""

    secure: ssl.SSLContext | None = None
    refuse: str = ""
    port: int = 0
    messages: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    _server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen on loopback."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.secure)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening."""
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"220 sink\r\n" if not self.refuse else f"{self.refuse}\r\n".encode())
            to: list[str] = []
            while line := (await reader.readline()).decode().strip():
                word = line.split(" ")[0].upper()
                if word == "QUIT":
                    break
                writer.write(await self._answer(word, line, to, reader, writer))
            writer.write(b"221 bye\r\n")
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _answer(
        self,
        word: str,
        line: str,
        to: list[str],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bytes:
        if word == "EHLO":
            return b"250-sink\r\n250 AUTH PLAIN\r\n"
        if word == "AUTH":
            self.logins.append(base64.b64decode(line.split(" ")[2]).decode())
            return b"235 ok\r\n"
        if word == "RCPT":
            to.append(line.partition("<")[2].partition(">")[0])
        if word == "DATA":
            writer.write(b"354 go on\r\n")
            raw = await reader.readuntil(b"\r\n.\r\n")
            message = message_from_bytes(raw[:-3], policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.messages.append((list(to), message))
            to.clear()
        return b"250 ok\r\n"
