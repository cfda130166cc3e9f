"""`yingda demo`: simulated agents and callers, so that board and reports live."""

import argparse
import asyncio
import contextlib
import random
import signal
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from demo.crm.people import PEOPLE
from demo.crowd import SimAgent, SimCaller, World
from demo.which import board_of
from domain.errors import Conflict, YingdaError
from speech import path_of
from switchboard.installation import Installation
from switchboard.plan import Plan

OpenInstallation = Callable[[argparse.Namespace], Installation]

ABOUT = """让模拟的座席和来电者使用正在运行的系统,使看板和报表动起来。
Simulated agents (SIP phones of the configured agents who are signed out) and callers use the
running system: they answer after 1-4 s, talk 10-40 s, file the call; callers press keys, some give
up, most rate. People who are signed in are left alone. Ctrl-C stops and signs everybody out."""
LINES = ("voice_test", "at_your_service", "order_ask", "phone_ask", "survey_thanks")
AT_ONCE = 12
"""Calls that may go on at the same time, whatever the rate."""


def add_demo(sub: Any, open_installation: OpenInstallation) -> None:
    """Hang `demo` under the command line; it sets `run(args) -> exit code`."""
    parser = sub.add_parser(
        "demo",
        help="模拟座席和来电 · simulated agents and callers",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--agents", type=int, default=4, help="at most so many agents")
    parser.add_argument("--calls-per-minute", type=float, default=6, help="new calls a minute")
    parser.add_argument("--minutes", type=float, default=30, help="stop after so many minutes")
    parser.add_argument("--seed", type=int, default=None, help="the same chances again")
    parser.set_defaults(run=lambda args: asyncio.run(_demo(open_installation(args), args)))


async def _demo(installation: Installation, args: argparse.Namespace) -> int:
    plan = installation.plan()
    world = _world(installation, plan, random.Random(args.seed))
    agents = await _agents(world, plan, args.agents)
    callers = _callers(world, [each.number for each in plan.config.hotlines], args)
    everybody = asyncio.create_task(_together([*(agent.work() for agent in agents), callers]))
    stop = asyncio.Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(told, stop.set)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait(
        {everybody, stopping}, timeout=args.minutes * 60, return_when=asyncio.FIRST_COMPLETED
    )
    stopping.cancel()
    everybody.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await everybody
    world.say("模拟结束,座席已签出 · over, everybody is signed out")
    return 0


async def _together(works: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Let everybody work until cancelled; one who fails ends it for all."""
    try:
        async with asyncio.TaskGroup() as people:
            for work in works:
                people.create_task(work)
    except* YingdaError as failed:
        raise failed.exceptions[0] from None


def _world(installation: Installation, plan: Plan, rng: random.Random) -> World:
    sip = installation.settings.sip
    host = "127.0.0.1" if sip.host == "0.0.0.0" else sip.host  # noqa: S104
    language = plan.config.firm.language
    root = installation.data / "prompts"
    files = [path_of(name, language, root).with_suffix(".alaw") for name in LINES]
    lines = [file.read_bytes() for file in files]
    return World(installation, (host, sip.port), rng, lines, lambda text: print(text, flush=True))


async def _agents(world: World, plan: Plan, most: int) -> list[SimAgent]:
    board = await board_of(world.installation.data / "run" / "engine.sock")
    free = [row["number"] for row in board["agents"] if row["state"] == "offline"][:most]
    if not free:
        raise Conflict("every agent is signed in already; nobody is left to simulate")
    keys = world.installation.secrets([f"a{number}" for number in free])
    summary = plan.config.firm.summary
    choices = ([each.id for each in summary.categories], [each.id for each in summary.results])
    return [SimAgent(world, number, keys[f"a{number}"], choices) for number in free]


def _callers(
    world: World, hotlines: Sequence[str], args: argparse.Namespace
) -> Coroutine[Any, Any, None]:
    async def come() -> None:
        async with asyncio.TaskGroup() as calls:
            places = asyncio.Semaphore(AT_ONCE)
            while True:
                await asyncio.sleep(world.rng.expovariate(args.calls_per_minute / 60))
                await places.acquire()
                caller = SimCaller(world, _number(world.rng), world.rng.choice(hotlines))
                calls.create_task(_one(caller, places))

    return come()


async def _one(caller: SimCaller, places: asyncio.Semaphore) -> None:
    try:
        how = await caller.call()
        caller.world.say(
            f"来电 {caller.number[:3]}****{caller.number[-4:]} → {caller.hotline} {how}"
        )
    except (YingdaError, TimeoutError, OSError) as error:
        caller.world.say(f"来电失败 · a call failed: {error}")
    finally:
        places.release()


def _number(rng: random.Random) -> str:
    """A customer of the sample CRM, or somebody new: an invented mobile number."""
    if rng.random() < 0.4:
        return rng.choice(rng.choice(PEOPLE).phones)
    return f"1380000{rng.randint(0, 9999):04d}"
