"""Damaged AGI against our real server: `agi-fuzz --cycles CONNECTIONS`.

Each connection says an environment, damaged or not, and answers our commands, damaged or not; some
hang up, some are cut, some come in pieces, some are slow. Only errors of ours may be reported, no
conversation may be left over, and an honest caller is served all the while and at the end.
"""

import asyncio
import logging
from collections import Counter
from random import Random

from domain.errors import YingdaError
from pbx.agi import AgiLimits, AgiServer, AgiSession
from pbx.caller import AgiCaller
from tests.chaos.tally import Ask, Tally
from tests.house.mangle import chunks, damaged

TOKEN = "tok"
AT_ONCE = 200
LIMITS = AgiLimits(env_s=2.0, command_s=2.0)
PATIENCE_S, LONGEST_S = 0.3, 60.0
"""So long a peer waits for a command, who may have answered half a line; all of them at the end."""
ENV = (
    "agi_network: yes\nagi_network_script: tok/flow\nagi_request: agi://127.0.0.1:4573/tok/flow\n"
    "agi_channel: PJSIP/trunk-00000001\nagi_callerid: 13800000000\nagi_calleridname: 张三\n\n"
).encode()
ANSWERS = (
    *(b"200 result=0\n", b"200 result=1 (a|b)\n", b"200 result=1 (x\ny)\n", b"200 result=-1\n"),
    *(b"200 result=49 endpos=8000\n", b"200 result= (timeout)\n", b"510 Invalid or unknown\n"),
    *(b"511 Command Not Permitted on a dead channel\n", b"HANGUP\n200 result=-1\n", b"HANGUP\n"),
    *(b"520-Invalid command syntax.\nusage\n520 End of proper usage.\n", b"100 Trying\n"),
    *(b"200 result=1 (" + b"x" * 70_000 + b")\n", b"", b"200 result=0\n200 result=0\n"),
)
GOOD = b"200 result=1 (1)\n"


class Desk:
    """Our server with one conversation that uses every kind of command; counts what came of it."""

    def __init__(self, tally: Tally) -> None:
        self.tally, self.counts = tally, Counter[str]()
        self.server = AgiServer(TOKEN, {"flow": self.flow}, self.fault, LIMITS)

    async def flow(self, session: AgiSession) -> None:
        """Ask, play, collect and end, as a hotline's flow does."""
        caller = AgiCaller(session)
        await caller.variables("CC_CALL", "CC_NODE")
        await caller.set("__CC_CALL", "01J")
        await caller.play(["/p/welcome"], "12")
        await caller.gather(["/p/menu"], most=3, first_s=0.2, next_s=0.2)
        await caller.verdict("hold", CC_FALLBACK="fb-any")
        self.counts["served"] += 1

    def fault(self, error: Exception) -> None:
        """Take what the server reports: only errors with a meaning of ours."""
        self.counts[type(error).__name__] += 1
        self.tally.must(isinstance(error, YingdaError), f"the server reported {error!r}")


class Peer:
    """One connection of somebody who may be Asterisk."""

    def __init__(self, port: int, chance: Random) -> None:
        self.port, self.chance = port, chance

    async def be(self, damage: bool = True) -> bool:
        """Hold one conversation; tells whether the verdict was reached."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            env = damaged(ENV, self.chance, self.chance.randint(0, 4)) if damage else ENV
            await self._say(writer, env, damage)
            return await self._talk(reader, writer, damage)
        except (OSError, TimeoutError):
            return False
        finally:
            writer.transport.abort() if self.chance.random() < 0.5 else writer.close()

    async def _talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, damage: bool
    ) -> bool:
        wait_s = PATIENCE_S if damage else LONGEST_S
        while line := await asyncio.wait_for(reader.readline(), wait_s):
            if b"CC_VERDICT" in line:
                await self._say(writer, GOOD, False)
                return True
            if damage and self.chance.random() < 0.05:
                return False  # the line is cut in the middle of a conversation
            answer = self.chance.choice(ANSWERS) if damage else GOOD
            if damage and self.chance.random() < 0.3 and answer:
                answer = damaged(answer, self.chance)
            if not answer:
                return False
            await self._say(writer, answer, damage)
        return False

    async def _say(self, writer: asyncio.StreamWriter, data: bytes, damage: bool) -> None:
        if damage and self.chance.random() < 0.2 and len(data) < 1000:
            for piece in chunks(data, self.chance, 60):
                writer.write(piece)
                await asyncio.sleep(0)
        else:
            writer.write(data)
        if damage and self.chance.random() < 0.001:
            await asyncio.sleep(LIMITS.command_s * 1.5)
        await writer.drain()


async def _fuzz(ask: Ask, tally: Tally) -> None:
    desk = Desk(tally)
    await desk.server.start(port=0)
    chance = Random(ask.seed)

    async def work() -> None:
        while tally.cycles < ask.cycles:
            tally.cycles += 1
            number = tally.cycles
            peer = Peer(desk.server.port, Random(chance.random()))
            if number % 50:
                await peer.be()
            else:
                # a machine that stands still for seconds is no fault of the server
                done = await peer.be(False) or await peer.be(False) or await peer.be(False)
                tally.must(done, f"--seed {ask.seed}, {number}: an honest caller was not served")
            if number % 10_000 == 0:
                ask.say(f"{number} conversations, {dict(desk.counts)}")

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(work())
    async with asyncio.timeout(LONGEST_S):
        while desk.server.talks:  # noqa: ASYNC110  # each ends by its own limits
            await asyncio.sleep(0.01)
    await desk.server.close()
    tally.also |= dict(desk.counts)


def run(ask: Ask) -> Tally:
    """Hold `cycles` conversations, each fiftieth an honest one."""
    tally = Tally(ask.seed)
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # it tells of each peer that is gone
    asyncio.run(_fuzz(ask, tally))
    return tally
