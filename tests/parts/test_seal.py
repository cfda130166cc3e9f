"""Locked recordings: a range opens alone, what was changed does not open, keys turn over."""

import hashlib
import stat
from pathlib import Path

import pytest

from domain.errors import NotFound
from domain.settings import parse_settings
from recording import Damaged, FolderStorage, Keys, KeyUnfit, finish, finish_message, ready_keys
from recording.cli import Kept, Shelf, check, lock_anew
from recording.finish import RecordingBroken
from recording.keys import MasterKey
from recording.seal import CHUNK, HEADER, TAG, is_sealed, key_ids, relock, seal, unlocked

from .sounds import level, read, tone, write

ONE, TWO, THREE = (MasterKey(bytes([n]) * 32) for n in (1, 2, 3))
SOUND = bytes(n * 7 % 256 for n in range(2 * CHUNK + 1000))


def locked(folder: Path, sound: bytes = SOUND, key: MasterKey = ONE) -> Path:
    plain = folder / "plain"
    plain.write_bytes(sound)
    to = folder / "c.mp3"
    assert seal(plain, to, key) == hashlib.sha256(sound).hexdigest()
    return to


def whole(file: Path, *ring: MasterKey) -> bytes:
    sealed = unlocked(file, ring)
    return b"".join(sealed.pieces(0, sealed.length))


def opened_by(folder: Path) -> Keys:
    keys = Keys(folder / "recordings.key", folder / "recordings")
    keys.start()
    return keys


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, len(SOUND)])
def test_what_was_locked_opens_again(tmp_path: Path, size: int) -> None:
    file = locked(tmp_path, SOUND[:size])
    assert is_sealed(file) and not is_sealed(tmp_path / "plain")
    assert file.stat().st_size == HEADER + size + -(-size // CHUNK) * TAG
    assert whole(file, TWO, ONE) == SOUND[:size]
    assert SOUND[:40] not in file.read_bytes()


@pytest.mark.parametrize(
    ("start", "stop"),
    [(0, 1), (5, 9), (CHUNK - 1, CHUNK + 1), (CHUNK, 2 * CHUNK), (100, len(SOUND)), (9, 9)],
)
def test_a_range_opens_by_itself(tmp_path: Path, start: int, stop: int) -> None:
    sealed = unlocked(locked(tmp_path), (ONE,))
    assert b"".join(sealed.pieces(start, stop)) == SOUND[start:stop]


def test_a_range_needs_no_other_part_of_the_file(tmp_path: Path) -> None:
    file = locked(tmp_path)
    data = bytearray(file.read_bytes())
    data[HEADER + 3] ^= 1  # the first chunk
    file.write_bytes(data)
    sealed = unlocked(file, (ONE,))
    assert b"".join(sealed.pieces(CHUNK, len(SOUND))) == SOUND[CHUNK:]
    with pytest.raises(Damaged):
        b"".join(sealed.pieces(CHUNK - 1, len(SOUND)))


@pytest.mark.parametrize(
    "at", [*range(8, HEADER - 68, 5), HEADER, HEADER + CHUNK - 1, HEADER + CHUNK + TAG + 2, -1]
)
def test_one_flipped_bit_is_refused(tmp_path: Path, at: int) -> None:
    file = locked(tmp_path)
    data = bytearray(file.read_bytes())
    data[at] ^= 0x40
    file.write_bytes(data)
    with pytest.raises((Damaged, KeyUnfit)):
        whole(file, ONE)


def test_what_was_cut_off_put_on_or_mixed_is_refused(tmp_path: Path) -> None:
    file = locked(tmp_path)
    data, step = file.read_bytes(), CHUNK + TAG
    first, second = data[HEADER : HEADER + step], data[HEADER + step : HEADER + 2 * step]
    rest = data[HEADER + 2 * step :]
    for wrong in (
        data[:-1],
        data[: HEADER + 2 * step],
        data[: HEADER - 1],
        data + b"\0",
        data + second,
        data[:HEADER] + second + first + rest,
        data[:HEADER] + first + first + rest,
    ):
        file.write_bytes(wrong)
        with pytest.raises(Damaged):
            whole(file, ONE)


def test_a_new_master_key_touches_the_header_only(tmp_path: Path) -> None:
    file = locked(tmp_path)
    sound = file.read_bytes()[HEADER:]
    for ring in ((TWO, ONE), (THREE, TWO)):
        assert relock(file, ring) and not relock(file, ring)
        assert key_ids(file) == (ring[0].id.hex(),)
        assert whole(file, ring[0]) == SOUND and file.read_bytes()[HEADER:] == sound
    with pytest.raises(KeyUnfit, match=THREE.id.hex()):
        whole(file, ONE, TWO)
    with pytest.raises(KeyUnfit):
        relock(file, (TWO, ONE))


def test_a_crash_between_two_locks_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = locked(tmp_path)
    writes = []

    def once(*given: object) -> None:
        writes.append(given)
        if len(writes) > 1:
            raise OSError("the power went")
        keep(*given)

    import recording.seal as module

    keep = module._write_slot
    monkeypatch.setattr(module, "_write_slot", once)
    with pytest.raises(OSError, match="power"):
        relock(file, (TWO, ONE))
    monkeypatch.undo()
    assert whole(file, ONE) == whole(file, TWO) == SOUND
    assert relock(file, (TWO, ONE)) and key_ids(file) == (TWO.id.hex(),)


def test_the_first_key_is_made_once_and_for_us_alone(tmp_path: Path) -> None:
    keys = opened_by(tmp_path)
    (made,) = keys.ring()
    assert stat.S_IMODE(keys.file.stat().st_mode) == 0o600
    keys.start()
    assert keys.ring() == (made,) and keys.needed() == made.id.hex()
    newest, *older = keys.renew()
    assert older == [made] and keys.needed() == newest.id.hex()
    assert keys.forget_old() == 1 and keys.ring() == (newest,)
    assert [each.name for each in tmp_path.iterdir()].count("recordings.key") == 1


def test_a_key_that_went_away_is_never_replaced_by_a_new_one(tmp_path: Path) -> None:
    keys = opened_by(tmp_path)
    good = keys.file.read_text()
    keys.file.unlink()
    for act in (keys.start, keys.ring):
        with pytest.raises(KeyUnfit, match=r"recordings\.key back from your backup"):
            act()
    assert not keys.file.exists()
    opened_by(tmp_path / "other")
    keys.file.write_bytes((tmp_path / "other" / "recordings.key").read_bytes())
    keys.file.chmod(0o600)
    with pytest.raises(KeyUnfit, match=f"need {keys.needed()}"):
        keys.start()
    for wrong in ("", "# nothing\n", "bm90IGEga2V5\n", "###\n%%%\n"):
        keys.file.write_text(wrong)
        with pytest.raises(KeyUnfit, match="no key that can be used"):
            keys.ring()
    keys.file.write_text(good)
    keys.start()
    keys.file.chmod(0o640)
    with pytest.raises(KeyUnfit, match="chmod 600"):
        keys.ring()


def test_the_settings_say_whether_and_where(tmp_path: Path) -> None:
    off = parse_settings("", {"YINGDA_RECORDINGS_ENCRYPT": "off"}, root=tmp_path)
    assert ready_keys(off) is None and not (tmp_path / "var").exists()
    on = parse_settings('[recordings]\nkey_file = "keys/r.key"\n', {}, root=tmp_path)
    keys = ready_keys(on)
    assert keys is not None and keys.file == tmp_path / "keys/r.key" and keys.ring()
    keys.file.unlink()
    assert ready_keys(on) == keys, "calls go on without it"


async def test_a_finished_recording_is_locked_and_its_hash_is_of_the_sound(tmp_path: Path) -> None:
    keys = opened_by(tmp_path)
    stem, to = tmp_path / "spool" / "01CALL", keys.recordings / "2026/11/22/01CALL.mp3"
    write(stem.with_name("01CALL-caller.wav"), tone(440, 1.0))
    write(stem.with_name("01CALL-agent.wav"), tone(1000, 1.0, 0.25))
    kept = await finish(stem, to, "mp3", keys)
    assert is_sealed(to) and len(list(stem.parent.iterdir())) == 2, "until the journal says so"
    assert {each.name for each in to.parent.iterdir()} == {to.name, "01CALL.peaks.json"}
    plain = tmp_path / "plain.mp3"
    plain.write_bytes(whole(to, *keys.ring()))
    assert kept.sha256 == hashlib.sha256(plain.read_bytes()).hexdigest()
    assert kept.bytes == plain.stat().st_size
    left, right = read(plain, 2)
    assert level(left, 440) > 0.4 and level(right, 1000) > 0.2


async def test_without_the_key_the_sound_waits(tmp_path: Path) -> None:
    keys = opened_by(tmp_path)
    aside = keys.file.rename(tmp_path / "aside")
    stem, to = tmp_path / "spool" / "01CALL", keys.recordings / "01CALL.mp3"
    for name in ("caller", "agent"):
        write(stem.with_name(f"01CALL-{name}.wav"), tone(440, 0.3))
    message = write(keys.recordings / "m-message.wav", tone(440, 0.3))
    with pytest.raises(RecordingBroken, match="key file of the recordings is missing"):
        await finish(stem, to, "mp3", keys)
    with pytest.raises(RecordingBroken, match="key file of the recordings is missing"):
        await finish_message(message, message.with_suffix(".mp3"), keys)
    assert len(list(stem.parent.iterdir())) == 2 and message.exists() and not to.exists()
    aside.rename(keys.file)
    await finish(stem, to, "mp3", keys)
    await finish_message(message, message.with_suffix(".mp3"), keys)
    assert is_sealed(to) and is_sealed(message.with_suffix(".mp3"))


def shelf_in(folder: Path) -> tuple[Shelf, list[Kept]]:
    """Keep two locked recordings, one of before, and a row whose file is gone."""
    keys = opened_by(folder)
    for name in ("a.mp3", "b.opus"):
        seal(_plain(folder, name), keys.recordings / name, keys.ring()[0])
    (keys.recordings / "old.mp3").write_bytes(b"old.mp3")
    storage = FolderStorage(keys.recordings)
    files = [
        Kept(name[0], "talk", name, hashlib.sha256(name.encode()).hexdigest())
        for name in ("a.mp3", "b.opus", "old.mp3")
    ]
    return Shelf(parse_settings("", {}, root=folder), keys, storage), files


def _plain(folder: Path, name: str) -> Path:
    file = folder / name
    file.write_text(name)
    return file


def test_checking_reads_every_file_to_its_end(tmp_path: Path) -> None:
    shelf, files = shelf_in(tmp_path)
    seen = check(shelf, files)
    assert (seen.files, seen.locked, seen.old_keys, seen.wrong) == (3, 2, 0, [])
    broken = shelf.keys.recordings / "a.mp3"
    data = bytearray(broken.read_bytes())
    data[-1] ^= 1
    broken.write_bytes(data)
    (shelf.keys.recordings / "old.mp3").write_bytes(b"another")
    (shelf.keys.recordings / "b.opus").unlink()
    said = check(shelf, files).wrong
    assert [
        next(word for word in ("damaged", "no recording", "not the sound") if word in line)
        for line in said
    ] == ["damaged", "no recording", "not the sound"]


def test_a_new_key_for_all_then_the_old_one_may_go(tmp_path: Path) -> None:
    shelf, files = shelf_in(tmp_path)
    names = [each.file for each in files]
    seen = lock_anew(shelf, [*names, "gone.mp3"], shelf.keys.renew())
    assert (seen.locked, seen.wrong) == (2, [])
    assert shelf.keys.forget_old() == 1
    assert (check(shelf, files).wrong, check(shelf, files).old_keys) == ([], 0)
    assert lock_anew(shelf, names, shelf.keys.ring()).locked == 0
    with pytest.raises(NotFound):
        shelf.path("gone.mp3")


class Elsewhere:
    """A storage that keeps files away from this machine, and counts what comes back."""

    def __init__(self, folder: Path) -> None:
        self.far, self.cache = folder / "far", folder / "cache"
        self.far.mkdir()
        self.cache.mkdir()

    def put(self, file: Path, name: str) -> None:
        file.replace(self.far / name)

    def path(self, name: str) -> Path:
        (self.cache / name).write_bytes((self.far / name).read_bytes())
        return self.cache / name

    def delete(self, name: str) -> None:
        (self.far / name).unlink()


def test_what_lies_in_another_storage_is_locked_anew_there(tmp_path: Path) -> None:
    shelf, files = shelf_in(tmp_path)
    away = Elsewhere(tmp_path)
    away.put(shelf.keys.recordings / "a.mp3", "a.mp3")
    shelf = Shelf(shelf.settings, shelf.keys, away)
    newest, *_ = shelf.keys.renew()
    assert lock_anew(shelf, ["a.mp3"], shelf.keys.ring()).locked == 1
    assert key_ids(away.far / "a.mp3") == (newest.id.hex(),)
    assert check(shelf, files[:1]).wrong == []
