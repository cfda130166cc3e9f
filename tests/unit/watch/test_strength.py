"""Weak secrets are named by their setting, and never told."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from domain.settings import Settings, load_settings
from watch.strength import strength

TRUNK = (
    '[[trunk]]\nname = "carrier"\nkind = "registration"\nhost = "sip.carrier.example"\n'
    'username = "4000000000"\nsecret_env = "S"\n'
)


@dataclass(frozen=True)
class House:
    """Settings alone."""

    settings: Settings


def house(folder: Path, text: str, environment: dict[str, str]) -> Any:
    file = folder / "yingda.toml"
    file.write_text(text)
    return House(load_settings(file, environment))


@pytest.mark.parametrize(
    ("secret", "word"),
    [
        ("kX9wq2LrT7vB4mZc", ""),
        ("short-1A", "shorter than 16"),
        ("83920174650192837465", "digits only"),
        ("pw-4000000000-abcdef", "the account's name"),
        ("abababababababababab", "different letters"),
    ],
)
async def test_a_weak_password_of_a_line_is_told(tmp_path: Path, secret: str, word: str) -> None:
    found = await strength(house(tmp_path, TRUNK, {"S": secret}))
    assert found.level == ("warn" if word else "ok")
    assert word in found.en
    assert secret not in found.en + found.zh + found.mend


async def test_a_weak_secret_of_the_relay_is_told(tmp_path: Path) -> None:
    text = '[turn]\nurls = ["turn:turn.example:3478"]\nsecret_env = "T"\n'
    found = await strength(house(tmp_path, text, {"T": "relay"}))
    assert found.level == "warn"
    assert "turn" in found.en
