"""`yingda user add|list|passwd|disable|enable`: accounts from the command line."""

from argparse import Namespace
from dataclasses import asdict

from office.cli_world import OfficeWorld, Outcome
from office.people import FirstLogin, NewPerson
from office.texts import both


async def add_user(args: Namespace, world: OfficeWorld) -> Outcome:
    """Add a user; the made password is printed once."""
    new = NewPerson(args.login, args.name or args.login, args.role, args.agent, args.language)
    return _made(await world.people.add(new, world.by))


async def list_users(_args: Namespace, world: OfficeWorld) -> Outcome:
    """List every user, by login."""
    everyone = await world.people.everyone()
    lines = [
        f"{one.login:<14}{one.role:<12}{'停用 off' if one.disabled else '':<9}{one.name}"
        for one in everyone
    ]
    return Outcome({"users": [asdict(one) for one in everyone]}, tuple(lines))


async def new_password(args: Namespace, world: OfficeWorld) -> Outcome:
    """Make a new password for a user, printed once."""
    person = await world.people.find(args.login)
    return _made(await world.people.reset_password(person.id, world.by))


async def disable_user(args: Namespace, world: OfficeWorld) -> Outcome:
    """Shut a user out at once."""
    person = await world.people.find(args.login)
    await world.people.disable(person.id, world.by)
    line = both(f"{person.login} 已停用", f"{person.login} is disabled")
    return Outcome({"login": person.login, "disabled": True}, (line,))


async def enable_user(args: Namespace, world: OfficeWorld) -> Outcome:
    """Let a user in again."""
    person = await world.people.find(args.login)
    await world.people.enable(person.id, world.by)
    line = both(f"{person.login} 已启用", f"{person.login} is enabled")
    return Outcome({"login": person.login, "disabled": False}, (line,))


def _made(made: FirstLogin) -> Outcome:
    line = both(
        f"{made.login} 的密码（仅显示这一次，登录后须修改）",
        f"password of {made.login}, shown once, to be changed at sign-in",
    )
    return Outcome(asdict(made), (f"{line}: {made.password}",))
