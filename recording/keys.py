"""The master keys of recordings: one per line in a file that only we can read, the newest first.

New recordings are locked with the first key; each file says by its id which one opens it. The file
is read anew at every use, so that a new key holds at once in every process.
"""

import base64
import binascii
import hashlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from domain.errors import Unavailable
from domain.settings import Settings

log = logging.getLogger("yingda.recording")

KEY_BYTES = 32
ID_BYTES = 8
SHOWN = ".key-id"
"""Beside the recordings: the id of the key that they need, so that another one is noticed."""
_HEAD = (
    "# 录音的主密钥，最新的在最前。另存一份：没有它，谁也听不到录音。\n"
    "# Master keys of the recordings, the newest first. Keep a copy: without them nobody listens.\n"
)


class KeyUnfit(Unavailable):
    """The key of the recordings is missing, wrong or open to others; the text says what mends it.

    Nothing is lost: what cannot be locked waits in the spool, what is locked opens again with it.
    """

    code = "recording_key"


@dataclass(frozen=True, slots=True)
class MasterKey:
    """One key; its id tells nothing about it."""

    secret: bytes

    @property
    def id(self) -> bytes:
        """Give what files say about the key that opens them."""
        return hashlib.sha256(b"yingda recording key" + self.secret).digest()[:ID_BYTES]


@dataclass(frozen=True, slots=True)
class Keys:
    """Where the keys lie, and the recordings that need them."""

    file: Path
    recordings: Path

    def ring(self) -> tuple[MasterKey, ...]:
        """Read the keys, the newest first; KeyUnfit where they cannot serve these recordings."""
        found = self._read()
        needed = self.needed()
        if needed and needed not in {key.id.hex() for key in found}:
            raise _unfit(
                f"{self.file} 不是这些录音的密钥（需要 {needed}），请放回原来的密钥文件",
                f"{self.file} is not the key of these recordings, which need {needed}:"
                " put the right key file back",
            )
        return found

    def needed(self) -> str:
        """Give the id of the key that the newest recordings were locked with, "" = none yet."""
        try:
            return (self.recordings / SHOWN).read_text("ascii").strip()
        except FileNotFoundError:
            return ""

    def start(self) -> None:
        """Make the first key where there is none yet; KeyUnfit when it went away or is another."""
        if not self.file.exists() and not self.needed():
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self._write((MasterKey(os.urandom(KEY_BYTES)),))
        self._show(self.ring()[0])

    def renew(self) -> tuple[MasterKey, ...]:
        """Put a new key in front of the others."""
        found = (MasterKey(os.urandom(KEY_BYTES)), *self.ring())
        self._write(found)
        self._show(found[0])
        return found

    def forget_old(self) -> int:
        """Drop every key but the newest; tells how many went."""
        found = self.ring()
        self._write(found[:1])
        return len(found) - 1

    def _show(self, key: MasterKey) -> None:
        self.recordings.mkdir(parents=True, exist_ok=True)
        if self.needed() != key.id.hex():
            _whole(self.recordings / SHOWN, f"{key.id.hex()}\n", 0o644)

    def _read(self) -> tuple[MasterKey, ...]:
        try:
            mode = self.file.stat().st_mode & 0o777
            lines = self.file.read_text("ascii", errors="replace").splitlines()
        except FileNotFoundError:
            raise _unfit(
                f"录音的密钥文件 {self.file} 不见了，请从备份放回",
                f"the key file of the recordings is missing: put {self.file} back from your backup",
            ) from None
        except OSError as error:
            raise _unfit(f"读不了 {self.file}", f"cannot be read: {error}") from error
        if mode & 0o077:
            raise _unfit(
                f"{self.file} 别人也能读（{mode:o}），请执行 chmod 600 {self.file}",
                f"others can read {self.file} (mode {mode:o}): chmod 600 {self.file}",
            )
        found = tuple(map(_key, (line for line in lines if line and not line.startswith("#"))))
        if not found or None in found:
            raise _unfit(
                f"{self.file} 里没有可用的密钥，请从备份放回",
                f"{self.file} holds no key that can be used: put it back from your backup",
            )
        return tuple(key for key in found if key)

    def _write(self, keys: tuple[MasterKey, ...]) -> None:
        lines = [base64.b64encode(key.secret).decode() for key in keys]
        _whole(self.file, _HEAD + "".join(f"{line}\n" for line in lines), 0o600)


def keys_of(settings: Settings) -> Keys:
    """Give the keys of an installation, whether it locks new recordings or not."""
    return Keys(settings.recordings.key_file, settings.data / "recordings")


def ready_keys(settings: Settings) -> Keys | None:
    """Give the keys for new recordings, the first one made now; None where they are not locked.

    Without a key that fits calls go on, and their audio waits for it in the spool.
    """
    if settings.recordings.encrypt == "off":
        return None
    keys = keys_of(settings)
    try:
        keys.start()
    except KeyUnfit as unfit:
        log.error("recordings wait in the spool: %s", unfit)
    return keys


def _key(line: str) -> MasterKey | None:
    try:
        secret = base64.b64decode(line.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    return MasterKey(secret) if len(secret) == KEY_BYTES else None


def _unfit(zh: str, en: str) -> KeyUnfit:
    return KeyUnfit(f"{zh} · {en}")


def _whole(to: Path, text: str, mode: int) -> None:
    """Write a file whole or not at all, durable on return, open to nobody else meanwhile."""
    part = to.with_name(f"{to.name}.part")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        part.replace(to)
        _sync_folder(to.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise _unfit(f"写不了 {to}", f"{to} cannot be written: {error.strerror}") from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
