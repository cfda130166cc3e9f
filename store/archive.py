"""One file that holds many: packed with a hash of each member, none of it believed unread.

A gzipped tar that ends with `manifest.json`: who made it, and size and SHA-256 of each member.
"""

import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any

from domain.errors import Fault, Refused, Unavailable

FORM = 1
MANIFEST = "manifest.json"
_CHUNK = 1 << 20
_LEVEL = 1
"""Most of it is sound, which gets no smaller."""

Told = Callable[[str, int], None]
"""Hears each member's name and size."""


def pack(
    file: Path, members: Iterable[tuple[str, Path]], about: dict[str, Any], told: Told
) -> dict[str, Any]:
    """Write the members into a new file, whole or not at all; gives the manifest."""
    if file.exists():
        raise Refused(Fault(str(file), 0, "", "there is a file of this name already"))
    part = file.with_name(f"{file.name}.part")
    try:
        # secrets lie in it: nobody else may read it, from its first byte on
        handle = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600)
        with os.fdopen(handle, "wb") as raw:
            manifest = _written(raw, members, about, told)
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(file)
    except OSError as error:
        raise Unavailable(f"the backup {file} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return manifest


def _written(
    raw: IO[bytes], members: Iterable[tuple[str, Path]], about: dict[str, Any], told: Told
) -> dict[str, Any]:
    kept: dict[str, dict[str, Any]] = {}
    with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=_LEVEL) as tar:
        for name, path in members:
            try:
                kept[name] = _added(tar, name, path)
            except FileNotFoundError:
                continue  # deleted by its time limit while we copied
            told(name, kept[name]["bytes"])
        manifest = {"form": FORM, **about, "members": kept}
        text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        tar.addfile(_member(MANIFEST, len(text)), io.BytesIO(text))
    return manifest


def _added(tar: tarfile.TarFile, name: str, path: Path) -> dict[str, Any]:
    with path.open("rb") as source:
        size = os.fstat(source.fileno()).st_size
        hashing = _Hashing(source)
        tar.addfile(_member(name, size), hashing)
    return {"bytes": size, "sha256": hashing.hash.hexdigest()}


def _member(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


class _Hashing:
    """A file that is hashed by whoever reads it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self.hash = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.hash.update(data)
        return data


def unpack(file: Path, folder: Path, kept: Callable[[str], bool]) -> dict[str, Any]:
    """Read a file to its end and lay the members that are to be kept below a folder.

    Raises Refused when it is no backup, is cut short, or any member differs from the manifest.
    """
    found: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] = {}
    try:
        with gzip.open(file) as whole, tarfile.open(fileobj=whole, mode="r|") as tar:
            for info in tar:
                source = tar.extractfile(info) if info.isfile() else None
                if source is None or not _plain(info.name):
                    raise Refused(Fault(str(file), 0, info.name, "does not belong in a backup"))
                if info.name == MANIFEST:
                    manifest = json.load(source)
                else:
                    target = folder / info.name if kept(info.name) else None
                    found[info.name] = _read(source, target)
            while whole.read(_CHUNK):  # to the sum at its very end
                pass
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, ValueError) as error:
        raise Refused(Fault(str(file), 0, "", f"is no whole backup: {error}")) from error
    except OSError as error:
        raise Unavailable(f"{file} cannot be read: {error.strerror or error}") from error
    _compare(file, manifest, found)
    return manifest


def _plain(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _read(source: IO[bytes], target: Path | None) -> dict[str, Any]:
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
    size, summed = 0, hashlib.sha256()
    with target.open("wb") if target else io.BytesIO() as out:
        while data := source.read(_CHUNK):
            size += len(data)
            summed.update(data)
            if target is not None:
                out.write(data)
    return {"bytes": size, "sha256": summed.hexdigest()}


def _compare(file: Path, manifest: dict[str, Any], found: dict[str, dict[str, Any]]) -> None:
    if manifest.get("form") != FORM:
        text = "was written by a newer version" if manifest else "is no whole backup: no manifest"
        raise Refused(Fault(str(file), 0, "", text))
    told = manifest["members"]
    bad = sorted(name for name in told.keys() | found if told.get(name) != found.get(name))
    if bad:
        raise Refused(*(Fault(str(file), 0, name, "is damaged or missing") for name in bad))
