"""Checks that tell a broken part from a sound one, on a folder of their own."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from domain.settings import Settings, parse_settings
from pbx.render import stamped
from recording import keys_of
from watch import parts
from watch.key import recordings_key


@dataclass(frozen=True)
class House:
    """Settings and a data folder; no database is looked at."""

    settings: Settings

    @property
    def data(self) -> Path:
        return self.settings.data


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(parse_settings("", {}, root=tmp_path))


def with_text(text: str, root: Path) -> House:
    return House(parse_settings(text, {}, root=root))


async def test_a_missing_asterisk_is_told_with_its_mend(house: House) -> None:
    found = await parts.asterisk_there(house)  # type: ignore[arg-type]
    assert (found.level, found.mend) == ("fail", "make dev")


@pytest.mark.parametrize(("mode", "level"), [(0o600, "ok"), (0o640, "fail"), (0o604, "fail")])
async def test_secrets_that_others_can_read(house: House, mode: int, level: str) -> None:
    house.data.mkdir(parents=True)
    file = house.data / "secrets.json"
    file.write_text("{}")
    os.chmod(file, mode)
    assert (await parts.secrets(house)).level == level  # type: ignore[arg-type]


async def test_the_key_of_the_recordings(house: House) -> None:
    async def level() -> str:
        return (await recordings_key(house)).level  # type: ignore[arg-type]

    assert await level() == "ok", "none is made yet"
    keys = keys_of(house.settings)
    keys.start()
    found = await recordings_key(house)  # type: ignore[arg-type]
    assert found.level == "ok" and keys.needed() in found.en
    keys.file.chmod(0o644)
    assert await level() == "fail"
    keys.file.unlink()
    found = await recordings_key(house)  # type: ignore[arg-type]
    assert found.level == "fail" and "missing" in found.en and "不见了" in found.zh


async def test_a_generated_file_that_was_edited_is_named(house: House) -> None:
    folder = house.data / "run/asterisk/etc"
    folder.mkdir(parents=True)
    (folder / "a.conf").write_text(stamped("[a]\n"))
    assert (await parts.generated(house)).level == "ok"  # type: ignore[arg-type]
    (folder / "b.conf").write_text(stamped("[b]\n") + "x = 1\n")
    found = await parts.generated(house)  # type: ignore[arg-type]
    assert found.level == "warn"
    assert "b.conf" in found.en and "a.conf" not in found.en


async def test_an_open_door_in_a_generated_file_is_told(house: House) -> None:
    folder = house.data / "run/asterisk/etc"
    folder.mkdir(parents=True)
    (folder / "manager.conf").write_text(stamped("[general]\nbindaddr = 0.0.0.0\n"))
    found = await parts.generated(house)  # type: ignore[arg-type]
    assert found.level == "fail"
    assert "manager.conf" in found.en


@pytest.mark.parametrize(
    ("web", "level"),
    [
        ("", "ok"),
        ('host = "0.0.0.0"', "warn"),
        ('host = "0.0.0.0"\ntls = "local-ca"', "ok"),
        ('host = "localhost"', "ok"),
    ],
)
async def test_browsers_elsewhere_need_tls(tmp_path: Path, web: str, level: str) -> None:
    house = with_text(f"[web]\n{web}\n", tmp_path)
    assert (await parts.microphone(house)).level == level  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("", "ok"),
        ('codecs = ["g722"]', "warn"),
        ('local_address = "127.0.0.7"', "ok"),
        ('local_address = "192.0.2.77"', "fail"),
    ],
)
async def test_a_line_with_an_address_that_is_not_ours(
    tmp_path: Path, line: str, level: str
) -> None:
    text = '[[trunk]]\nname = "a"\nkind = "address"\nhost = "h"\nmatch = ["192.0.2.1"]\n'
    found = await parts.trunks(with_text(text + line + "\n", tmp_path))  # type: ignore[arg-type]
    assert found.level == level
    assert level != "fail" or "a (192.0.2.77)" in found.en


async def test_missing_prompts_are_counted(house: House) -> None:
    found = await parts.prompts(house)  # type: ignore[arg-type]
    assert found.level == "fail"
    assert "are missing" in found.en


async def test_doctor_tells_in_which_form_the_core_runs(house: House) -> None:
    found = await parts.core(house)  # type: ignore[arg-type]
    assert (found.name, found.level, found.mend) == ("core", "ok", "")
    assert "core runs" in found.en
