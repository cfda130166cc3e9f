"""The examples of docs/lines.md are settings that can be used as they stand."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from domain.settings import parse_settings
from domain.settings_trunk import Trunk

PAGE = (Path(__file__).parents[3] / "docs/lines.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
SHEET = PAGE.split("## 例")[0]


@pytest.mark.parametrize("text", EXAMPLES, ids=re.findall(r"^### (\S+?)、", PAGE, re.MULTILINE))
def test_an_example_can_be_used(text: str) -> None:
    env = dict.fromkeys(re.findall(r'secret_env = "(\w+)"', text), "a-secret")
    settings = parse_settings(text, env)
    assert settings.trunks
    for trunk in settings.trunks:
        assert trunk.area_code and trunk.numbers and trunk.channels


def test_there_is_one_of_each_kind() -> None:
    assert len(EXAMPLES) == 4


def test_every_question_leads_to_a_setting_that_there_is() -> None:
    known = {each.name for each in fields(Trunk)}
    rows = [line for line in SHEET.splitlines() if re.match(r"\| \d+ \|", line)]
    assert len(rows) >= 20
    for row in rows:
        named = set(re.findall(r"`([a-z_]+)`", row.rsplit("|", 2)[1]))
        assert named <= known | {"also_called", "calls_out"}, row
