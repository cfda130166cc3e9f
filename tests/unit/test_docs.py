"""The documents keep their word: rooms, words and links are those of the code."""

import re
import tomllib
from pathlib import Path

import pytest

from acd.floor import Line, Presence, Stage
from domain.events import KINDS as EVENTS
from domain.settings import parse_settings
from ivr.kinds import KINDS as NODES
from office.roles import ROLES
from reports.agent_times import STATES

ROOT = Path(__file__).parents[2]
WORDS = (ROOT / "docs/words.md").read_text()
ROOMS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "root_packages"
]
OUTCOMES = re.findall(
    r'"(\w+)"', re.findall(r"^_OF_FLOW = .*$", (ROOT / "cdr/outcome.py").read_text(), re.M)[0]
)
PAGES = sorted(
    page
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("speech/**/*.md"))
    if "node_modules" not in page.parts
)


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_its_line(room: str) -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    assert f"| `{room}/` |" in text


@pytest.mark.parametrize("word", [*ROLES, *Presence, *Line, *Stage, *STATES, *EVENTS])
def test_every_word_is_in_the_table(word: str) -> None:
    assert re.search(rf"^\|[^\n]*`{word}`", WORDS, re.M)


@pytest.mark.parametrize("word", [*NODES, *OUTCOMES])
def test_every_other_word_is_on_the_page(word: str) -> None:
    assert f"`{word}`" in WORDS


def test_no_event_is_explained_that_is_gone() -> None:
    named = re.findall(r"^\| `([A-Z]\w+)` \|", WORDS, re.M)
    assert sorted(named) == sorted(EVENTS)


def test_readme_names_the_commands() -> None:
    text = (ROOT / "README.md").read_text()
    for command in ("make run", "make test", "yingda call 4008000001 --keys 3,1"):
        assert text.count(command) >= 2, command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", page.read_text())
    local = [link.split("#")[0] for link in links if "://" not in link and "pictures/" not in link]
    gone = [link for link in local if link and not (page.parent / link).exists()]
    assert gone == []


@pytest.mark.parametrize("page", ["README.md", "docs/howto/real-trunk.md"])
def test_settings_in_examples_are_real(page: str) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / page).read_text(), re.S)
    assert blocks
    for block in blocks:
        settings = parse_settings(block, {"CARRIER_PASSWORD": "invented"})
        assert settings.trunks[0].name == "carrier"


def test_every_decision_is_listed() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text()
    for page in sorted((ROOT / "docs/decisions").glob("0*.md")):
        assert f"({page.name})" in index
        text = page.read_text()
        for part in ("Status:", "## Context", "## Decision", "## Consequences"):
            assert part in text, f"{page.name}: {part}"
