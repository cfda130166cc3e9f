"""Which prompts there are, and their texts in each language."""

from functools import cache
from pathlib import Path

import yaml

from domain.errors import NotFound

HERE = Path(__file__).parent
LANGUAGES = ("zh", "en")


@cache
def texts() -> dict[str, dict[str, str]]:
    """Read the list of prompts: name to language to text."""
    found: dict[str, dict[str, str]] = yaml.safe_load((HERE / "texts.yaml").read_text("utf-8"))
    return found


@cache
def prompt_names() -> frozenset[str]:
    """Name every shipped prompt; the engine plays nothing else that a flow asks for by name."""
    return frozenset(texts())


def prompt_order() -> tuple[str, ...]:
    """Name every shipped prompt in the order of `texts.yaml`, as somebody would read them aloud."""
    return tuple(texts())


def text_of(name: str, language: str) -> str:
    """Tell what a prompt says; `NotFound` if it does not exist in this language."""
    try:
        return texts()[name][short(language)]
    except KeyError:
        raise NotFound(f"no prompt {name!r} in the language {language!r}") from None


def path_of(name: str, language: str, root: Path) -> Path:
    """Tell where `lay_out(root)` put a prompt, without extension, as Asterisk wants it."""
    text_of(name, language)
    return root / short(language) / name


def short(language: str) -> str:
    """Bring a language tag such as zh-CN to the folder it is kept in."""
    return language[:2].lower()
