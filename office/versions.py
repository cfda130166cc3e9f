"""Configuration versions in SQL: a version is its texts, byte for byte, and is never changed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Conflict, NotFound
from office import audit
from office.alone import alone
from office.rows import ConfigVersion
from office.texts import both
from store.database import Database


@dataclass(frozen=True, slots=True)
class Version:
    """A published configuration, without its texts; `at` in utc ms."""

    id: int
    at: int
    by: str
    note: str
    digest: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A version with its texts."""

    version: Version
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    """Who publishes and why; `base` is the version the change was made from, 0 = any."""

    by: str
    note: str
    at: int
    base: int = 0


def digest(files: Mapping[str, str]) -> str:
    """Fingerprint the texts and their names."""
    return sha256(_packed(files).encode()).hexdigest()


async def publish(db: Database, files: Mapping[str, str], request: Request) -> Version:
    """Make a new version; the same texts as now make none. `Conflict` when `base` is outdated."""
    async with db.write() as connection:
        await alone(connection, "config_version")
        last = await _newest(connection)
        if request.base and last and last.id != request.base:
            raise Conflict(
                both(
                    f"配置已被 {last.by} 更新，请刷新后重试",
                    f"{last.by} published version {last.id} meanwhile; reload and try again",
                )
            )
        mark = digest(files)
        if last and last.digest == mark:
            return last
        number = last.id + 1 if last else 1
        version = Version(number, request.at, request.by, request.note[:500], mark)
        values = {name: getattr(version, name) for name in Version.__slots__}
        await connection.execute(insert(ConfigVersion).values(**values, files=_packed(files)))
        act = audit.Act(request.by, "config.publish", str(version.id))
        await audit.note(connection, request.at, act, {"note": request.note, "digest": mark})
        return version


async def current(db: Database) -> Edition | None:
    """Give the newest version, none before the first publish."""
    async with db.read() as connection:
        last = await _newest(connection)
    return await get(db, last.id) if last else None


async def get(db: Database, number: int) -> Edition:
    """Give one version with its texts."""
    query = select(ConfigVersion.__table__).where(ConfigVersion.id == number)
    async with db.read() as connection:
        row = (await connection.execute(query)).first()
    if row is None:
        raise NotFound(both(f"没有配置版本 {number}", f"there is no version {number}"))
    version = Version(row.id, row.at, row.by, row.note, row.digest)
    return Edition(version, json.loads(row.files))


async def history(db: Database, limit: int = 100) -> list[Version]:
    """List the newest versions, newest first."""
    async with db.read() as connection:
        rows = await connection.execute(_HEADS.limit(limit))
        return [Version(*row) for row in rows]


async def last_changes(db: Database, files: Iterable[str], limit: int = 200) -> dict[str, Version]:
    """Tell in which of the newest `limit` versions each file changed last."""
    query = select(ConfigVersion.__table__).order_by(ConfigVersion.id.desc()).limit(limit)
    async with db.read() as connection:
        rows = (await connection.execute(query)).all()
    wanted, found = list(files), {}
    before: dict[str, str] = {}
    for row in reversed(rows):
        now = json.loads(row.files)
        for file in wanted:
            if now.get(file) != before.get(file):
                found[file] = Version(row.id, row.at, row.by, row.note, row.digest)
        before = now
    return found


async def of_file(db: Database, file: str, limit: int = 200) -> list[tuple[Version, str]]:
    """List the versions in which one file changed, with its text ("" = gone), newest first.

    Only the newest `limit` configurations are looked at.
    """
    query = select(ConfigVersion.__table__).order_by(ConfigVersion.id.desc()).limit(limit)
    async with db.read() as connection:
        rows = (await connection.execute(query)).all()
    changed: list[tuple[Version, str]] = []
    for row in reversed(rows):
        text = json.loads(row.files).get(file, "")
        if text != (changed[-1][1] if changed else ""):
            changed.append((Version(row.id, row.at, row.by, row.note, row.digest), text))
    return changed[::-1]


_HEADS = select(
    ConfigVersion.id,
    ConfigVersion.at,
    ConfigVersion.by,
    ConfigVersion.note,
    ConfigVersion.digest,
).order_by(ConfigVersion.id.desc())


async def _newest(connection: AsyncConnection) -> Version | None:
    row = (await connection.execute(_HEADS.limit(1))).first()
    return Version(*row) if row else None


def _packed(files: Mapping[str, str]) -> str:
    return json.dumps(dict(sorted(files.items())), ensure_ascii=False)
