"""A kept file, locked: AES-256-GCM in chunks, each its own, so that any range is read alone.

    magic 8 · chunk size 4 · length of the sound 8 · two slots of (key id 8, nonce 12, key 48) · …

Every file has a data key of its own, locked by a master key in one of two slots; a new master key
only writes the other slot. Length and chunk size are part of what the lock protects, a chunk's
place is its nonce: a file that was cut, mixed or changed by one bit is refused, never played.
Files without the magic are recordings from before, as they always were.
"""

import hashlib
import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import YingdaError
from recording.keys import KEY_BYTES, KeyUnfit, MasterKey

MAGIC = b"YINGDA\x00\x01"
CHUNK = 1 << 16
TAG = 16
_HEAD = struct.Struct(">8sIQ")
_SLOT = struct.Struct(">8s12s48s")
_EMPTY = bytes(_SLOT.size)
SLOTS = 2
HEADER = _HEAD.size + SLOTS * _SLOT.size


class Damaged(YingdaError):
    """A kept file is not what was written: bytes changed, were cut off or come from elsewhere."""

    code = "recording_damaged"


@dataclass(frozen=True, slots=True)
class Sealed:
    """An open lock: `length` bytes of sound, of which any range can be read."""

    file: Path
    length: int
    chunk: int
    key: bytes

    def pieces(self, start: int, stop: int) -> Iterator[bytes]:
        """Read from one byte up to another, chunk by chunk; Damaged at one that is not ours."""
        cipher = AESGCM(self.key)
        with self.file.open("rb") as data:
            for nth in range(start // self.chunk, -(-stop // self.chunk)):
                data.seek(HEADER + nth * (self.chunk + TAG))
                plain = _opened(cipher, _nonce(nth), data.read(self.chunk + TAG), self.file)
                at = nth * self.chunk
                yield plain[max(0, start - at) : max(0, stop - at)]


def is_sealed(file: Path) -> bool:
    """Tell a locked file from one of before."""
    with file.open("rb") as data:
        return data.read(len(MAGIC)) == MAGIC


def seal(plain: Path, to: Path, master: MasterKey) -> str:
    """Lock a file into another, durable on return; gives the SHA-256 of the plain one."""
    digest, key = hashlib.sha256(), os.urandom(KEY_BYTES)
    cipher, nth = AESGCM(key), 0
    head = _HEAD.pack(MAGIC, CHUNK, plain.stat().st_size)
    with plain.open("rb") as data, to.open("wb") as out:
        out.write(head + _locked(key, master, head) + _EMPTY)
        while piece := data.read(CHUNK):
            digest.update(piece)
            out.write(cipher.encrypt(_nonce(nth), piece, None))
            nth += 1
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def unlocked(file: Path, ring: Sequence[MasterKey]) -> Sealed:
    """Open a locked file; KeyUnfit without its key, Damaged when it is not whole."""
    head, slots = _header(file)
    _, chunk, length = _HEAD.unpack(head)
    key = _data_key(file, head, slots, ring)
    chunks = -(-length // chunk)
    if file.stat().st_size != HEADER + length + chunks * TAG:
        raise _damaged(file)
    return Sealed(file, length, chunk, key)


def relock(file: Path, ring: Sequence[MasterKey]) -> bool:
    """Lock a file's own key with the newest master key, in place; False when it is so already.

    The new lock stands before the old one goes, so that a crash in between loses nothing.
    """
    head, slots = _header(file)
    key, newest = _data_key(file, head, slots, ring), ring[0]
    ids = [_SLOT.unpack(slot)[0] for slot in slots]
    if newest.id in ids and slots[1 - ids.index(newest.id)] == _EMPTY:
        return False
    if newest.id in ids:
        free = ids.index(newest.id)
    else:
        free = slots.index(_EMPTY) if _EMPTY in slots else 0
        _write_slot(file, free, _locked(key, newest, head))
    _write_slot(file, 1 - free, _EMPTY)
    return True


def shred(file: Path) -> None:
    """Forget a locked file's own key: its sound cannot be heard again, wherever its bytes lie.

    A copy made before, in a backup, still has it.
    """
    if is_sealed(file):
        for nth in range(SLOTS):
            _write_slot(file, nth, os.urandom(_SLOT.size))


def key_ids(file: Path) -> tuple[str, ...]:
    """Name the master keys that open a file."""
    _, slots = _header(file)
    return tuple(_SLOT.unpack(slot)[0].hex() for slot in slots if slot != _EMPTY)


def _header(file: Path) -> tuple[bytes, list[bytes]]:
    with file.open("rb") as data:
        read = data.read(HEADER)
    if len(read) < HEADER or not read.startswith(MAGIC) or _HEAD.unpack_from(read)[1] != CHUNK:
        raise _damaged(file)
    starts = range(_HEAD.size, HEADER, _SLOT.size)
    return read[: _HEAD.size], [read[at : at + _SLOT.size] for at in starts]


def _write_slot(file: Path, nth: int, slot: bytes) -> None:
    with file.open("r+b") as data:
        data.seek(_HEAD.size + nth * _SLOT.size)
        data.write(slot)
        data.flush()
        os.fsync(data.fileno())


def _locked(key: bytes, master: MasterKey, head: bytes) -> bytes:
    nonce = os.urandom(12)
    return _SLOT.pack(master.id, nonce, AESGCM(master.secret).encrypt(nonce, key, head))


def _data_key(file: Path, head: bytes, slots: Sequence[bytes], ring: Sequence[MasterKey]) -> bytes:
    masters = {master.id: master for master in ring}
    wrong = False
    for slot in slots:
        name, nonce, wrapped = _SLOT.unpack(slot)
        if name not in masters:
            continue
        try:
            return AESGCM(masters[name].secret).decrypt(nonce, wrapped, head)
        except InvalidTag:
            wrong = True
    if wrong:
        raise _damaged(file)
    names = ", ".join(_SLOT.unpack(slot)[0].hex() for slot in slots if slot != _EMPTY)
    raise KeyUnfit(
        f"{file.name} 的密钥（{names}）不在密钥文件里 · the key of {file.name} ({names})"
        " is not in the key file: put the one of that time back"
    )


def _opened(cipher: AESGCM, nonce: bytes, locked: bytes, file: Path) -> bytes:
    try:
        return cipher.decrypt(nonce, locked, None)
    except InvalidTag:
        raise _damaged(file) from None


def _nonce(nth: int) -> bytes:
    return nth.to_bytes(12, "big")


def _damaged(file: Path) -> Damaged:
    return Damaged(f"{file.name} 已损坏或被改动 · was damaged or changed")
