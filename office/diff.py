"""What changes between two configurations, for people who look before they import. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from office.model import Config
from office.sections import SECTIONS


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: `key` is the entry and field; "" before or after means absent."""

    section: str
    key: str
    before: str
    after: str

    def __str__(self) -> str:
        """Show as `~ agents 8001.name: 林小雨 → 林晓雨`; + came, - went."""
        sign = "~" if self.before and self.after else "+" if self.after else "-"
        value = " → ".join(text for text in (self.before, self.after) if text)
        return f"{sign} {self.section} {self.key}: {value}"


def changes(before: Config | None, after: Config) -> list[Change]:
    """List what differs, file by file; before the first version everything is new."""
    found: list[Change] = []
    for section in [*(section.key for section in SECTIONS), "flows"]:
        old = _flat(before, section) if before else {}
        new = _flat(after, section)
        found += [
            Change(section, key, old.get(key, ""), new.get(key, ""))
            for key in [*new, *(key for key in old if key not in new)]
            if old.get(key) != new.get(key)
        ]
    return found


def _flat(config: Config, section: str) -> dict[str, str]:
    if section == "flows":
        return {name: f"{_mark(text)}" for name, text in config.flows.items()}
    data = config.model_dump(mode="json", by_alias=True, include={section})[section]
    return dict(_leaves(data, ""))


def _leaves(value: Any, key: str) -> Iterator[tuple[str, str]]:
    """Walk down to the values; entries go by their id or number, not by their place."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}" if key else name)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for place, inner in enumerate(value):
            name = inner.get("id") or inner.get("number") or _take(inner) or str(place)
            yield from _leaves(inner, f"{key}.{name}" if key else name)
    elif isinstance(value, list):
        yield key, ", ".join(map(str, value)) or "-"
    else:
        yield key, "-" if value in ("", None) else str(value)


def _take(inner: Mapping[str, Any]) -> str:
    """Name a recording by what it replaces; it has no id."""
    parts = (inner.get("hotline"), inner.get("language"), inner.get("prompt"))
    return " ".join(str(part) for part in parts if part) if inner.get("prompt") else ""


def _mark(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]
