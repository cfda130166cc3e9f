"""The second test phone: a `Softphone` by pyVoIP (GPL) in a process of its own."""

import asyncio
import base64
import contextlib
import json
import sys
from typing import Any

from demo.softphone import Account, CallRefused, Ring

START_S = 10.0


class ChildPhone:
    """A `Softphone`; needs an account with a secret. `hz`: the tone it says, 0 = silence."""

    def __init__(self, account: Account, hz: int = 0) -> None:
        self.account = account
        self._hz = hz
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._events: dict[str, asyncio.Queue[dict[str, Any]]] = {}
        self._heard = b""

    async def open(self) -> None:
        """Start the process and register."""
        host, port = self.account.far
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "demo.phone_pyvoip", host, str(port), self.account.user),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=1 << 24,
        )
        self._reading = asyncio.create_task(self._read())
        self._send(secret=self.account.secret, hz=self._hz)
        if not (await self._next("ready", START_S))["registered"]:
            raise CallRefused(401, "REGISTER was refused or not answered")

    async def close(self) -> None:
        """Hang up, unregister, end the process."""
        process = self._process
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            async with asyncio.timeout(5):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reading

    async def wait_ring(self, seconds: float) -> Ring:
        """Wait until the phone rings."""
        event = await self._next("ring", seconds)
        return Ring(event["caller"], event["call"])

    async def answer(self) -> None:
        """Take the ringing call."""
        self._send(do="answer")
        event = await self._either("taken", "failed", 5)
        if event["ev"] == "failed":
            raise CallRefused(487, event["text"])

    async def decline(self, status: int = 486) -> None:
        """Refuse the ringing call; this phone only knows 486."""
        self._send(do="decline")

    async def dial(self, number: str, seconds: float = 30) -> float:
        """Call a number; gives the seconds until the answer. Raises CallRefused."""
        began = asyncio.get_running_loop().time()
        self._send(do="dial", number=number)
        event = await self._either("answered", "refused", seconds)
        if event["ev"] == "refused":
            await self._next("ended", 1)
            raise CallRefused(event["status"], "refused")
        return asyncio.get_running_loop().time() - began

    async def press(self, keys: str) -> None:
        """Press keys (RFC 4733); they take 0.22 s each."""
        self._send(do="press", keys=keys)
        await asyncio.sleep(0.22 * len(keys))

    async def hang_up(self) -> None:
        """End whatever goes on; nothing if nothing does."""
        self._send(do="hang_up")

    async def wait_end(self, seconds: float) -> str:
        """Wait until the call is over; tells by whom: own, far or cancelled."""
        event = await self._next("ended", seconds)
        self._heard = base64.b64decode(event["heard"])
        return str(event["by"])

    def heard(self) -> bytes:
        """Give what was heard in the last call that has ended, as A-law at 8 kHz."""
        return self._heard

    def _send(self, **wish: Any) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(json.dumps(wish).encode() + b"\n")

    def _queue(self, word: str) -> asyncio.Queue[dict[str, Any]]:
        return self._events.setdefault(word, asyncio.Queue())

    async def _next(self, word: str, seconds: float) -> dict[str, Any]:
        async with asyncio.timeout(seconds):
            return await self._queue(word).get()

    async def _either(self, one: str, other: str, seconds: float) -> dict[str, Any]:
        waits = [asyncio.create_task(self._queue(word).get()) for word in (one, other)]
        try:
            done, _ = await asyncio.wait(
                waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for wait in waits:
                if not wait.done():
                    wait.cancel()
        if not done:
            raise CallRefused(0, f"not answered within {seconds:g} s")
        return done.pop().result()

    async def _read(self) -> None:
        if self._process is None or self._process.stdout is None:
            return
        while line := await self._process.stdout.readline():
            if line.startswith(b"{"):
                event = json.loads(line)
                self._queue(event["ev"]).put_nowait(event)
