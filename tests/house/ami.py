"""The AMI in the raw: one action, one answer, with whatever rights the account has."""

import asyncio


class Ami:
    """One session; `ask` gives Asterisk's answer as text."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def login(cls, port: int, user: str, secret: str, events: str = "on") -> "Ami":
        """Sign in on loopback; PermissionError when Asterisk says no."""
        ami = cls(*await asyncio.open_connection("127.0.0.1", port))
        await ami.reader.readline()
        answer = await ami.ask("Login", Username=user, Secret=secret, Events=events)
        if "Response: Success" not in answer:
            ami.close()
            raise PermissionError(answer)
        return ami

    async def ask(self, action: str, **fields: str) -> str:
        """Send an action; its answer."""
        lines = [f"Action: {action}", *(f"{key}: {value}" for key, value in fields.items())]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        return await self.read("Response: ")

    async def read(self, word: str) -> str:
        """Read on until a message has this word."""
        async with asyncio.timeout(20):
            while True:
                text = (await self.reader.readuntil(b"\r\n\r\n")).decode()
                if word in text:
                    return text

    def close(self) -> None:
        """Leave."""
        self.writer.close()
