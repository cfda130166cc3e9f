"""The 49 messages of RFC 4475 and damaged ones at the shipped SIP port: `sip --cycles MESSAGES`.

From strangers' addresses, a new one every few messages so that none is shut out, and what begins no
call from the test trunk's own. Asterisk goes on, answers, keeps its memory; no call reaches a flow.
"""

import asyncio
import socket
from pathlib import Path
from random import Random

from domain import events as ev
from tests.chaos.installed import on_system
from tests.chaos.tally import Ask, Tally
from tests.house.ami import Ami
from tests.house.scanner import Scanner
from tests.house.system import System
from tests.house.torture import damaged, requests, torture

PER_ADDRESS = 15
"""Messages of one stranger: fewer than shut an address out."""
A_SECOND = 800
TRUNK = "127.0.0.2"
GROWTH_MB = 60.0
"""What Asterisk may grow by, over all: pools that it keeps."""


def run(ask: Ask) -> Tally:
    """Send them to an installation of our own."""
    return on_system(ask, storm)


async def storm(system: System, ask: Ask) -> Tally:
    """Send the 49 and then `cycles` damaged messages; judge what is left."""
    tally, chance = Tally(ask.seed), Random(ask.seed)
    pid = system.asterisk_pid
    before, facts = memory_mb(pid), len(system.journal())
    far = f"{system.sip[0]}:{system.sip[1]}"
    await send(system, list(torture(far, f"rfc{ask.seed}").values()), tally, 1)
    tally.also["rfc4475"] = tally.cycles
    sent = 0
    while sent < ask.cycles:
        room = min(2000, ask.cycles - sent)
        await send(system, some(far, chance, room, f"{ask.seed}n{sent}"), tally, 2 + sent // 2000)
        sent += room
        ask.say(f"{sent} sent, Asterisk {memory_mb(pid):.0f} MB")
    await judge(system, ask, tally, facts)
    tally.must(system.asterisk_pid == pid, "Asterisk is not the one that it was")
    grown = memory_mb(pid) - before
    tally.also |= {"asterisk_mb_before": round(before, 1), "asterisk_mb_grown": round(grown, 1)}
    tally.must(grown < GROWTH_MB, f"Asterisk grew by {grown:.0f} MB, seed {ask.seed}")
    return tally


def some(far: str, chance: Random, count: int, mark: str) -> list[bytes]:
    """Make damaged messages, each of a transaction of its own."""
    made = []
    for n in range(count):
        known = requests(f"sip:4008000001@{far}", f"{mark}x{n}")
        many = [*known.values(), *torture(far, f"{mark}y{n}").values()] if n % 10 == 0 else []
        made.append(damaged(chance.choice(many or list(known.values())), chance))
    return made


async def send(system: System, messages: list[bytes], tally: Tally, batch: int) -> None:
    """Send at a steady pace from one stranger after the other."""
    loop = asyncio.get_running_loop()
    for n in range(0, len(messages), PER_ADDRESS):
        nth = n // PER_ADDRESS
        host = f"127.{100 + batch % 100}.{1 + nth // 200 % 250}.{1 + nth % 200}"
        began = loop.time()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.bind((TRUNK if nth % 5 == 4 else host, 0))
            for message in messages[n : n + PER_ADDRESS]:
                if nth % 5 != 4 or b"INVITE" not in message:
                    wire.sendto(message, system.sip)
                    tally.cycles += 1
        await asyncio.sleep(max(0.0, began + PER_ADDRESS / A_SECOND - loop.time()))


async def judge(system: System, ask: Ask, tally: Tally, facts: int) -> None:
    """See that Asterisk answers on both sides, and that nobody got in."""
    async with Scanner("127.0.0.71", system.sip) as scanner:
        answers = [await scanner.ask("OPTIONS", "anybody") for _ in range(3)]
        tally.must(any(answers), f"SIP is not answered any more, seed {ask.seed}")
    secret = system.secrets["ami-engine"]
    ami = await Ami.login(system.settings.ports.ami, "engine", secret, "off")
    tally.must("Pong" in await ami.ask("Ping"), f"the AMI does not answer, seed {ask.seed}")
    ami.close()
    came = [each for each in system.journal()[facts:] if isinstance(each.event, ev.CallArrived)]
    tally.must(not came, f"{len(came)} calls came in, seed {ask.seed}")


def memory_mb(pid: int) -> float:
    """Give what a process holds in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6
