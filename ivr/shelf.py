"""What stands around a flow file on disk: the configuration folder it lies in.

A flow that stands by itself is checked and walked all the same; what cannot be known is not looked
at.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from domain.errors import Fault, Refused, YingdaError
from ivr.calendar import Calendar, calendar_from, year_missing
from ivr.cases import Around
from ivr.holidays_cn import day_kind_cn, year_known_cn
from ivr.house import House, Seconds, silent
from ivr.kinds import KINDS
from ivr.lint import Known
from ivr.load import load, shape
from ivr.model import Flow, Node
from ivr.show import Words
from ivr.texts import say
from speech import guessed_seconds, prompt_names, shipped_seconds, text_of

TEST_END = ".test.yaml"


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the installation offers to flows: the names of prompts (None = unknown) and kinds."""

    prompts: Collection[str] | None = None
    kinds: Mapping[str, type[Node]] | None = None


def shipped() -> Shelf:
    """Offer the prompts that ship with the product, and no foreign kinds."""
    return Shelf(frozenset(prompt_names()))


@dataclass(frozen=True)
class Beside:
    """The configuration folder around a flow file, as it was when first looked at."""

    folder: Path
    shelf: Shelf

    def known(self, today: date | None = None) -> Known:
        """Collect the names that its flows may use, and the rules of the firm.

        With `today` it is also looked for calendars whose next year is not known yet.
        """
        firm = _mapping(self.folder / "firm.yaml")
        own = self._own_prompts
        return Known(
            prompts=None if self.shelf.prompts is None else {*self.shelf.prompts, *own},
            groups=_ids(self.folder / "groups.yaml"),
            calendars=_ids(self.folder / "calendars.yaml"),
            flows=self.flows or None,
            kinds=self._kinds(),
            house=_house(firm.get("flows")),
            seconds=self._seconds(str(firm.get("language") or "zh")),
            undated=self._undated(firm, today) if today else {},
        )

    def _undated(self, firm: Mapping[str, Any], today: date) -> dict[str, int]:
        overrides = firm.get("holiday_overrides")
        own = str(overrides) if overrides else ""
        year = year_missing(today, lambda wanted: str(wanted) in own or year_known_cn(wanted))
        kept = [name for name, calendar in self.calendars().items() if calendar.holidays]
        return dict.fromkeys(kept, year) if year else {}

    def around(self) -> Around:
        """Give what the tests of its flows need."""
        return Around(self.calendars(), day_kind_cn, self.flows, self.words())

    @cached_property
    def flows(self) -> dict[str, Flow]:
        """Read the flows of the folder as far as they make sense, for sub-flows."""
        files = sorted((self.folder / "flows").glob("*.yaml"))
        found = {
            file.stem: shape(file.stem, text_of_file(file), self._kinds())
            for file in files
            if not file.name.endswith(TEST_END)
        }
        return {name: flow for name, flow in found.items() if flow is not None}

    def load(self, file: Path) -> Flow:
        """Read one flow; raises `Refused` with every fault. The firm's rules do not matter here."""
        known = self.known().without_house()
        return load(file.stem, text_of_file(file), known, str(file))

    def calendars(self) -> dict[str, Calendar]:
        """Read its calendars."""
        file = self.folder / "calendars.yaml"
        try:
            return {entry["id"]: calendar_from(entry) for entry in _entries(file) or []}
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise _unfit(file) from error

    def words(self) -> Words:
        """Tell what prompts say: the firm's own sentences, then the shipped ones."""
        own = self._own_prompts

        def words(name: str, language: str) -> str:
            said = own.get(name, {}).get(language[:2], "")
            return said or _shipped_words(name, language)

        return words

    @cached_property
    def _own_prompts(self) -> dict[str, dict[str, str]]:
        entries = _entries(self.folder / "prompts.yaml") or []
        return {
            str(entry.get("id", "")): {key: str(entry.get(key) or "") for key in ("zh", "en")}
            for entry in entries
        }

    def _seconds(self, language: str) -> Seconds:
        own = self._own_prompts

        def seconds(name: str) -> float:
            said = own.get(name, {}).get(language[:2], "")
            return guessed_seconds(said, language) if said else shipped_seconds(name, language)

        return silent if self.shelf.prompts is None else seconds

    def _kinds(self) -> dict[str, type[Node]]:
        return {**KINDS, **(self.shelf.kinds or {})}


def beside(file: Path, shelf: Shelf) -> Beside:
    """Look at the folder of a flow file: `CONFIG/flows/NAME.yaml` lies in CONFIG."""
    return Beside(file.resolve().parent.parent, shelf)


def text_of_file(file: Path) -> str:
    """Read a file as UTF-8; raises `Refused` with one sentence."""
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", "") or "not UTF-8"
        raise Refused(Fault(str(file), 0, "", f"读不了 · cannot be read: {reason}")) from error


def _shipped_words(name: str, language: str) -> str:
    try:
        return text_of(name, language)
    except YingdaError:
        return ""


def _house(rules: Any) -> House:
    """Read the firm's rules; what does not fit is for `yingda check` to say."""
    given = rules if isinstance(rules, dict) else {}
    kinds: Mapping[str, Callable[[str], Any]] = {"zero": lambda text: text == "true"}
    house: dict[str, Any] = {}
    for name in House.__dataclass_fields__:
        if name in given:
            try:
                house[name] = kinds.get(name, int)(str(given[name]))
            except ValueError:
                continue
    return House(**house)


def _read(file: Path) -> Any:
    """Read a part of the configuration; None when it is not there."""
    if not file.is_file():
        return None
    try:
        return yaml.load(text_of_file(file), Loader=yaml.BaseLoader)  # noqa: S506 - plain text only
    except yaml.YAMLError as error:
        raise _unfit(file) from error


def _mapping(file: Path) -> dict[str, Any]:
    data = _read(file)
    return data if isinstance(data, dict) else {}


def _entries(file: Path) -> list[Any] | None:
    """Read a list of the configuration; None when the flow stands by itself."""
    if not file.is_file():
        return None
    data = _read(file) or []
    if not isinstance(data, list) or not all(isinstance(part, dict) for part in data):
        raise _unfit(file)
    return data


def _unfit(file: Path) -> Refused:
    return Refused(Fault(str(file), 0, "", say("bad_beside")))


def _ids(file: Path) -> frozenset[str] | None:
    entries = _entries(file)
    return None if entries is None else frozenset(str(entry.get("id", "")) for entry in entries)
