"""The first start of an installation: everybody gets a login, shown once and kept in one file."""

from collections.abc import Sequence
from pathlib import Path

from office.atomic import write_atomic
from office.model import Config
from office.people import FirstLogin, People
from office.texts import both

HEAD = both(
    "# 首次登录账号与密码，只显示这一次，登录后请修改",
    "first logins, shown once; change the passwords, then delete any file of them",
)


async def first_run(people: People, config: Config, file: Path) -> list[FirstLogin]:
    """Make admin, manager, supervisor and one user per agent when there are none; [] else.

    The made passwords are given back for printing and written to `file`, mode 0600.
    """
    made = await people.first_run((agent.number, agent.name) for agent in config.agents)
    if made:
        write_atomic(file, login_lines(made), 0o600)
    return made


def login_lines(logins: Sequence[FirstLogin]) -> str:
    """Write logins as lines of role, login, password and name."""
    rows = [
        f"{login.role:<11}{login.login:<12}{login.password:<21}{login.name}" for login in logins
    ]
    return "\n".join([HEAD, *rows]) + "\n"
