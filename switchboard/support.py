"""What we need to help from afar, in one file: no secret, no caller's number, no sound.

Every text passes one gate: each secret that this installation knows is taken out wherever it
stands, numbers are masked, and facts are shown without the person in them.
"""

import io
import json
import os
import platform
import re
import shutil
import sys
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sqlalchemy import func, make_url, select

from domain.erase import without_person
from domain.errors import Fault, Refused, Unavailable, YingdaError
from domain.events import Record, to_data
from domain.numbers import NOBODY, mask_within
from pbx.belonging import own_folder, read_joined
from store.journal_reader import JournalReader
from store.upgrade import differences, head
from switchboard.announce import ask
from switchboard.installation import Installation
from tracing import mask_numbers

FACTS, LINES = 2000, 800
"""How many of the newest facts, and lines of each log, are taken along."""
HIDDEN = "***"
SHORTEST = 8
"""A secret shorter than this would blot out words that have nothing to do with it."""
_SECRET_NAMES = ("secret", "headers", "body")
_IDS = ("call", "callback", "origin", "sip_id", "kind")
_HIDDEN_LINE = re.compile(r"(?im)^(\s*(?:secret|password|md5_cred)\s*=\s*).*$")
_DATE = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d)(?!\d)")
README = """支持包 · support bundle
about.json      版本与机器 · versions and machine
settings.json   安装设置，密码已去掉 · settings without secrets
doctor.json     各部件的检查 · what doctor says
health.json     引擎的自述 · what the engine says of itself
database.json   表与行数 · tables and rows
journal.jsonl   最近的事实，没有人 · the newest facts, without people
asterisk/       生成的配置，密码已去掉 · the generated configuration without secrets
logs/           Asterisk 的日志末尾，号码打码 · the end of Asterisk's logs, numbers masked
"""
Doctor = Callable[[], Any]
"""Gives the findings of every part, when awaited."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Takes out what nobody outside may see."""

    secrets: tuple[str, ...]

    def text(self, text: str, *, numbers: bool = True) -> str:
        """Give a text without secrets and, unless told otherwise, with numbers masked."""
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        text = _HIDDEN_LINE.sub(rf"\g<1>{HIDDEN}", text)
        return _without_numbers(text) if numbers else text


def _without_numbers(text: str) -> str:
    """Mask numbers but let dates stand: a log without its times helps nobody."""
    pieces = _DATE.split(text)
    return "".join(each if n % 2 else mask_numbers(each) for n, each in enumerate(pieces))


def gate_of(around: Installation) -> Gate:
    """Know every secret of an installation."""
    found = {*_own_secrets(around), *_given(around.settings)}
    found |= {make_url(around.settings.database_url).password or ""}
    return Gate(tuple(sorted((each for each in found if len(each) >= SHORTEST), key=len))[::-1])


def _own_secrets(around: Installation) -> Iterator[str]:
    for file in (around.data / "secrets.json", around.token_file):
        if file.is_file():
            text = file.read_text("utf-8", "replace")
            yield from json.loads(text).values() if file.suffix == ".json" else [text.strip()]
    if joined := read_joined(around.data):
        yield joined.systemname


def _given(part: Any) -> Iterator[str]:
    """Find what people gave us as a secret, anywhere in the settings."""
    for field in fields(part):
        value = getattr(part, field.name)
        if is_dataclass(value):
            yield from _given(value)
        elif isinstance(value, tuple):
            yield from (each for one in value if is_dataclass(one) for each in _given(one))
        elif field.name == "secret" and value:
            yield str(value)


async def bundle(
    around: Installation, doctor: Doctor, file: Path, version: str, logs: Path | None = None
) -> list[str]:
    """Write the file, readable by its owner only; gives the names of what is in it.

    `logs` is the folder of our own logs, None = they go elsewhere.
    """
    gate = gate_of(around)
    members = {"README.txt": README, "about.json": _json(_about(around, version))}
    members["settings.json"] = gate.text(_json(_shown(asdict(around.settings))), numbers=False)
    members["doctor.json"] = gate.text(_json([asdict(each) for each in await doctor()]))
    members["health.json"] = gate.text(_json(await _health(around)), numbers=False)
    members["database.json"] = gate.text(_json(await _database(around)), numbers=False)
    members["journal.jsonl"] = gate.text("\n".join(_facts(around)), numbers=False)
    for name, text in (*_texts(around), *_own_logs(logs)):
        members[name] = gate.text(text)
    _write(file, members)
    return list(members)


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n"


def _about(around: Installation, version: str) -> dict[str, Any]:
    disk = shutil.disk_usage(around.data)
    return {
        "yingda": version,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": sys.version,
        "system": platform.platform(),
        "cpus": os.cpu_count(),
        "load": os.getloadavg(),
        "disk_free_gb": round(disk.free / 1e9, 1),
        "schema": head(),
    }


def _shown(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Lay settings out without what may hold a secret; a database's URL without its password."""

    def clean(name: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: clean(key, inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            inner = "" if name not in _SECRET_NAMES else name
            return [clean(inner, each) for each in value]
        if name in _SECRET_NAMES and value:
            return HIDDEN
        return make_url(value).render_as_string() if name == "database_url" else value

    return {key: clean(key, value) for key, value in settings.items()}


async def _health(around: Installation) -> dict[str, Any]:
    try:
        health = await ask(around, "health", {})
    except YingdaError as error:
        return {"engine": str(error)}
    for row in health.get("incidents", ()):
        row |= {name: mask_within(str(row[name])) for name in ("about", "zh", "en")}
    return health


async def _database(around: Installation) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    try:
        async with around.database.read() as connection:
            for table in around.metadata.sorted_tables:
                count = select(func.count()).select_from(table)
                rows[table.name] = await connection.scalar(count)
        wrong = await differences(around.database, around.metadata)
    except YingdaError as error:
        return {"database": str(error), "rows": rows}
    return {"kind": around.database.dialect, "rows": rows, "differences": wrong}


def _facts(around: Installation) -> Iterator[str]:
    if not around.journal.is_file():
        return
    reader = JournalReader(around.journal)
    try:
        for record in reader.read(max(0, reader.last_seq - FACTS), FACTS):
            yield json.dumps(_fact(record), ensure_ascii=False, default=str)
    finally:
        reader.close()


def _fact(record: Record) -> dict[str, Any]:
    data = to_data(without_person(record, NOBODY).event)
    clean = {name: value if name in _IDS else _masked(value) for name, value in data.items()}
    return {"seq": record.seq, "utc_ms": record.utc_ms, "kind": record.kind, **clean}


def _masked(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_masked(each) for each in value]
    return mask_within(value) if isinstance(value, str) else value


def _texts(around: Installation) -> Iterator[tuple[str, str]]:
    run = around.data / "run" / "asterisk"
    for folder in (run / "etc", own_folder(around.data) / "etc"):
        for file in sorted(folder.glob("*.conf")):
            yield f"{folder.parent.name}/{file.name}", file.read_text("utf-8", "replace")
    for name in ("messages.log", "security.log"):
        if (run / "log" / name).is_file():
            yield f"logs/{name}", "".join(_tail(run / "log" / name))


def _own_logs(folder: Path | None) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.glob("*.log")) if folder else ():
        yield f"logs/{file.name}", "".join(_tail(file))


def _tail(file: Path) -> Iterable[str]:
    with file.open("rb") as source:
        source.seek(max(0, file.stat().st_size - LINES * 200))
        return source.read().decode("utf-8", "replace").splitlines(keepends=True)[-LINES:]


def _write(file: Path, members: Mapping[str, str]) -> None:
    if file.exists():
        raise Refused(Fault(str(file), 0, "", "已有同名文件 · there is a file of this name"))
    part = file.with_name(f"{file.name}.part")
    try:
        handle = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600)
        with os.fdopen(handle, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz") as tar:
            for name, text in members.items():
                info = tarfile.TarInfo(name)
                info.size, info.mode = len(text.encode()), 0o600
                tar.addfile(info, io.BytesIO(text.encode()))
        part.replace(file)
    except OSError as error:
        raise Unavailable(f"{file} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def log_folder() -> Path | None:
    """Name the folder of our own logs; None = they go elsewhere."""
    folder = os.environ.get("YINGDA_LOG_DIR", "")
    return Path(folder) if folder else None


def our_version() -> str:
    """Name the installed version."""
    try:
        return version("yingda")
    except PackageNotFoundError:
        return "checkout"
