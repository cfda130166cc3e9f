"""`yingda do-not-call add|list|remove`: numbers that are never called, from the command line."""

from argparse import Namespace

from domain.numbers import mask, parse
from office import do_not_call
from office.cli_world import OfficeWorld, Outcome
from office.model import DoNotCall
from office.publisher import Published
from office.texts import both
from office.versions import Request


async def add_number(args: Namespace, world: OfficeWorld) -> Outcome:
    """Put a number on the list and publish."""
    request = _request(world, f"do_not_call +{mask(parse(args.number))}")
    done = await do_not_call.bar(world.publisher, args.number, args.why, request)
    return await _went_live(world, done)


async def remove_number(args: Namespace, world: OfficeWorld) -> Outcome:
    """Take a number off the list and publish."""
    request = _request(world, f"do_not_call -{mask(parse(args.number))}")
    return await _went_live(world, await do_not_call.unbar(world.publisher, args.number, request))


async def list_numbers(_args: Namespace, world: OfficeWorld) -> Outcome:
    """List the numbers in force."""
    listed = (await world.publisher.current()).config.do_not_call
    rows = [one.model_dump(mode="json") for one in listed]
    return Outcome({"rows": rows}, tuple(_line(one) for one in listed))


def _line(one: DoNotCall) -> str:
    return f"{one.number:<16}{one.since:<12}{one.why}"


def _request(world: OfficeWorld, note: str) -> Request:
    return Request(world.by, note, world.clock.utc_ms())


async def _went_live(world: OfficeWorld, done: Published) -> Outcome:
    number = done.version.id
    taken = await world.announce(number)
    count = len(done.config.do_not_call)
    lines = [
        both(f"第 {number} 版已发布，名单共 {count} 个号码", f"version {number}: {count} numbers")
    ]
    if not taken:
        lines.append(both("系统下次启动时生效", "the engine takes it at its next start"))
    return Outcome({"version": number, "count": count, "taken": taken}, tuple(lines))
