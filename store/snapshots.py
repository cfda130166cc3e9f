"""A database as it is at one moment, while others go on writing: SQLite and PostgreSQL."""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import URL

from domain.errors import Fault, Refused, Unavailable

_TOOLS = Path("/usr/lib/postgresql")


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite file by its own online backup; writers are not held up (WAL)."""
    try:
        with (
            sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True) as live,
            sqlite3.connect(target) as copy,
        ):
            live.backup(copy)
        live.close()
        copy.close()
    except sqlite3.Error as error:
        raise Unavailable(f"{source.name} cannot be copied: {error}") from error


def empty_log(file: Path, wait_s: float = 1.0) -> bool:
    """Move what SQLite's log holds into the file, so that nothing old lies there any more.

    False = somebody was reading for longer than we wait: it goes with the log's next turn.
    """
    try:
        connection = sqlite3.connect(file, timeout=wait_s)
        try:
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.Error:
        return False
    return not busy


def check_sqlite(file: Path) -> None:
    """Read every page of a SQLite file; Refused when it is damaged."""
    try:
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
        try:
            said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.Error as error:
        said = str(error)
    if said != "ok":
        raise Refused(Fault(file.name, 0, "", f"is damaged: {said}"))


def dump_postgres(url: URL, target: Path) -> None:
    """Write a PostgreSQL database into one file (pg_dump's custom form)."""
    _run(url, "pg_dump", "--format=custom", f"--file={target}")


def load_postgres(url: URL, source: Path) -> None:
    """Fill an empty PostgreSQL database from a dump; all of it or nothing."""
    database = url.database or ""
    _run(
        url,
        "pg_restore",
        "--no-owner",
        "--single-transaction",
        "--exit-on-error",
        f"--dbname={database}",
        str(source),
    )


def _run(url: URL, tool: str, *arguments: str) -> None:
    binary = _found(tool)
    # the password travels in the environment: a command line can be read by everyone
    told = {
        "PGHOST": url.host or str(url.query.get("host", "")),
        "PGPORT": str(url.port or ""),
        "PGUSER": url.username or "",
        "PGPASSWORD": url.password or "",
        "PGDATABASE": url.database or "",
    }
    env = {**os.environ, **{name: value for name, value in told.items() if value}}
    done = subprocess.run((binary, *arguments), env=env, capture_output=True, text=True)
    if done.returncode:
        raise Unavailable(f"{tool}: {done.stderr.strip() or done.returncode}")


def _found(tool: str) -> str:
    """Find the newest version of a client tool; Debian keeps them beside the server."""
    there = sorted(_TOOLS.glob(f"*/bin/{tool}"), key=lambda path: int(path.parts[4].split(".")[0]))
    binary = str(there[-1]) if there else shutil.which(tool)
    if binary is None:
        raise Unavailable(f"{tool} is not installed (Debian: postgresql-client)")
    return binary
