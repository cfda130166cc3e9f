"""The office's commands `yingda config|check|user|key|do-not-call|audit …`; `server.py` adds them.

Each is a row of a table: its words, what it does, its arguments. Exit 0 when done, 2 with every
fault when refused, 1 with one sentence for any other no.
"""

import asyncio
import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from typing import Any

from domain.errors import Refused, YingdaError
from office import cli_agents, cli_audit, cli_config, cli_keys, cli_numbers, cli_users
from office.cli_world import OfficeWorld, Outcome
from office.people import LANGUAGES
from office.roles import ROLES, SCOPES
from office.texts import both

OpenWorld = Callable[[], AbstractAsyncContextManager[OfficeWorld]]
"""Opens the office for one command and closes it after."""
Run = Callable[[Namespace, OfficeWorld], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class _Argument:
    name: str
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Command:
    words: tuple[str, ...]
    help: str
    run: Run
    arguments: tuple[_Argument, ...] = ()


_LOGIN = _Argument("login", {"help": both("账号", "the login")})
_FOLDER = _Argument("folder", {"metavar": "DIR", "help": both("文件夹", "a folder")})
_MAYBE_FOLDER = _Argument(
    "folder",
    {
        "metavar": "DIR",
        "nargs": "?",
        "default": "",
        "help": both("要检查的文件夹，默认检查已发布的版本", "default: the published version"),
    },
)
_OLD = _Argument(
    "--version", {"type": int, "default": 0, "help": both("版本号", "a version, default newest")}
)
_BACK = _Argument("version", {"type": int, "help": both("版本号", "the version to go back to")})
_DRY = _Argument(
    "--dry-run",
    {"action": "store_true", "help": both("只看变化，不发布", "only say what would change")},
)
_NOTE = _Argument("--note", {"default": "", "help": both("说明", "why, kept with the version")})
_ROLE = _Argument("--role", {"required": True, "choices": ROLES, "help": both("角色", "the role")})
_NAME = _Argument("--name", {"default": "", "help": both("姓名", "the person's name")})
_AGENT = _Argument("--agent", {"default": "", "help": both("工号", "an agent's number")})
_NUMBER = _Argument("number", {"help": both("电话号码", "a telephone number")})
_WHY = _Argument("--why", {"default": "", "help": both("原因", "why, kept with the number")})
_HEAD = _Argument(
    "--head",
    {"default": "", "help": both("以前记下的末条", "a head noted earlier, NUMBER:HASH")},
)
_FILE = _Argument("file", {"metavar": "FILE.csv", "help": both("CSV 文件", "a CSV file")})
_KEY_NAME = _Argument("name", {"help": both("给谁用", "which machine it is for")})
_KEY_ID = _Argument("id", {"type": int, "help": both("密钥编号", "the key's number in the list")})
_SCOPE = _Argument(
    "--scope",
    {
        "action": "append",
        "required": True,
        "choices": tuple(SCOPES),
        "help": both("可做什么，可多次", "what it may be used for, repeatable"),
    },
)
_DAYS = _Argument("--days", {"type": int, "default": 365, "help": both("有效天数", "valid days")})
_HELD = tuple(
    _Argument(
        f"--{name}",
        {
            "action": "append",
            "default": [],
            "metavar": "ID",
            "help": both(f"只看这个{zh}，可多次", f"see only this {name}, repeatable"),
        },
    )
    for name, zh in (("group", "技能组"), ("hotline", "热线"), ("site", "职场"))
)
_LANGUAGE = _Argument("--language", {"default": "zh", "choices": LANGUAGES})

_COMMANDS = (
    _Command(
        ("config", "export"),
        both("把配置导出为文件夹", "write the configuration to a folder"),
        cli_config.export_config,
        (_FOLDER, _OLD),
    ),
    _Command(
        ("config", "import"),
        both("检查并发布一个配置文件夹", "check a folder and publish it"),
        cli_config.import_config,
        (_FOLDER, _DRY, _NOTE),
    ),
    _Command(
        ("config", "versions"),
        both("列出配置版本", "list the versions"),
        cli_config.list_versions,
    ),
    _Command(
        ("config", "rollback"),
        both("回退到某个版本", "put an earlier version in force again"),
        cli_config.roll_back,
        (_BACK,),
    ),
    _Command(
        ("check",),
        both("检查配置，列出全部错误", "check the configuration and list every fault"),
        cli_config.check,
        (_MAYBE_FOLDER,),
    ),
    _Command(
        ("agents", "import"),
        both("从 CSV 新增或修改座席", "add or change agents from a CSV file"),
        cli_agents.import_agents,
        (_FILE, _DRY, _NOTE),
    ),
    _Command(
        ("agents", "export"),
        both("把座席导出为 CSV", "write the agents to a CSV file"),
        cli_agents.export_agents,
        (_FILE,),
    ),
    _Command(
        ("user", "add"),
        both("添加账号", "add a user"),
        cli_users.add_user,
        (_LOGIN, _ROLE, _NAME, _AGENT, _LANGUAGE),
    ),
    _Command(("user", "list"), both("列出账号", "list the users"), cli_users.list_users),
    _Command(
        ("user", "passwd"),
        both("重置密码", "make a new password"),
        cli_users.new_password,
        (_LOGIN,),
    ),
    _Command(
        ("user", "disable"),
        both("停用账号", "shut a user out"),
        cli_users.disable_user,
        (_LOGIN,),
    ),
    _Command(
        ("user", "enable"),
        both("启用账号", "let a user in again"),
        cli_users.enable_user,
        (_LOGIN,),
    ),
    _Command(
        ("key", "add"),
        both("给机器发密钥", "make a key for a machine"),
        cli_keys.add_key,
        (_KEY_NAME, _SCOPE, _DAYS, *_HELD),
    ),
    _Command(("key", "list"), both("列出密钥", "list the keys"), cli_keys.list_keys),
    _Command(("key", "revoke"), both("作废密钥", "void a key"), cli_keys.revoke_key, (_KEY_ID,)),
    _Command(
        ("do-not-call", "add"),
        both("加入免打扰名单", "never call this number again"),
        cli_numbers.add_number,
        (_NUMBER, _WHY),
    ),
    _Command(
        ("do-not-call", "list"),
        both("列出免打扰名单", "list the numbers that are never called"),
        cli_numbers.list_numbers,
    ),
    _Command(
        ("do-not-call", "remove"),
        both("移出免打扰名单", "let a number be called again"),
        cli_numbers.remove_number,
        (_NUMBER,),
    ),
    _Command(
        ("audit", "verify"),
        both("核对审计记录没有被改动", "check that nobody changed the audit trail"),
        cli_audit.verify,
        (_HEAD,),
    ),
)
_FAMILIES = {
    "audit": both("审计记录", "the audit trail"),
    "config": both("业务配置", "the business configuration"),
    "agents": both("座席的导入导出", "agents in and out as CSV"),
    "user": both("账号", "users"),
    "key": both("机器的密钥", "keys of machines"),
    "do-not-call": both("免打扰名单", "numbers that are never called"),
}


def add_commands(sub: Any, open_world: OpenWorld) -> None:
    """Add every command to argparse's sub-parsers; each sets `run(args) -> exit status`."""
    families: dict[str, Any] = {}
    for command in _COMMANDS:
        parsers = sub
        if len(command.words) > 1:
            family = command.words[0]
            if family not in families:
                parser = sub.add_parser(family, help=_FAMILIES[family])
                families[family] = parser.add_subparsers(required=True, metavar="COMMAND")
            parsers = families[family]
        _add(parsers.add_parser(command.words[-1], help=command.help), command, open_world)


def _add(parser: ArgumentParser, command: _Command, open_world: OpenWorld) -> None:
    parser.description = command.help
    for argument in command.arguments:
        parser.add_argument(argument.name, **argument.options)
    parser.add_argument("--json", action="store_true", help=both("供程序读取", "for programs"))
    parser.set_defaults(run=lambda args: _run(command.run, args, open_world))


def _run(run: Run, args: Namespace, open_world: OpenWorld) -> int:
    try:
        outcome = asyncio.run(_within(run, args, open_world))
    except YingdaError as error:
        return _refuse(error, args.json)
    print(_json(outcome.data) if args.json else "\n".join(outcome.lines))
    return 0


async def _within(run: Run, args: Namespace, open_world: OpenWorld) -> Outcome:
    async with open_world() as world:
        return await run(args, world)


def _refuse(error: YingdaError, as_json: bool) -> int:
    faults = error.faults if isinstance(error, Refused) else ()
    if as_json:
        listed = [asdict(fault) for fault in faults]
        print(_json({"ok": False, "code": error.code, "message": str(error), "faults": listed}))
    else:
        print(error, file=sys.stderr)
        if faults:
            count = len(faults)
            print(both(f"共 {count} 处错误", f"{count} faults"), file=sys.stderr)
    return 2 if isinstance(error, Refused) else 1


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1)
