"""A report as the API, the pages and the files know it, and how sums become its rows. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from reports.metrics import FORMULAS, Formula
from reports.reach import Reach

Key = tuple[str, ...]
DIMENSIONS = {
    "bucket": ("时段", "Interval"),
    "hotline": ("热线", "Hotline"),
    "group": ("技能组", "Group"),
    "agent": ("座席", "Agent"),
    "brand": ("品牌", "Brand"),
    "intent": ("来意", "Intent"),
    "band": ("等待（秒）", "Wait (s)"),
    "flow": ("流程", "Flow"),
    "node": ("节点", "Node"),
    "edge": ("分支", "Branch"),
    "version": ("配置版本", "Version"),
    "arm": ("灰度", "Trial"),
    "category": ("小结分类", "Category"),
    "result": ("处理结果", "Result"),
    "reason": ("未通原因", "Why not reached"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which part of the work a report speaks of; `levels` is the target per group in seconds.

    What still goes on counts up to `now_ms` (UTC ms; None: the machine's clock). `reach` is what
    the reader may see, None = everything.
    """

    hotline: str = ""
    group: str = ""
    agent: str = ""
    level_s: float = 20
    levels: Mapping[str, float] = field(default_factory=dict)
    short_s: float = 5
    now_ms: int | None = None
    reach: Reach | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `unit` is "" for names."""

    id: str
    zh: str
    en: str
    unit: str


@dataclass(frozen=True, slots=True)
class Report:
    """Figures with their formulas; `total` is worked out from the sums, not from the rows."""

    kind: str
    start: int
    end: int
    by: str
    formula: dict[str, str]
    columns: tuple[Column, ...]
    rows: tuple[dict[str, Any], ...]
    total: dict[str, Any]

    def to_data(self) -> dict[str, Any]:
        """Give the JSON form; `from` and `to` are UTC ms."""
        return {
            "kind": self.kind,
            "from": self.start,
            "to": self.end,
            "by": self.by,
            "formula": self.formula,
            "columns": [asdict(column) for column in self.columns],
            "rows": list(self.rows),
            "total": self.total,
        }


class Cube:
    """Sums per key; counts add up, names that begin with `max_` keep the greatest."""

    def __init__(self, names: Iterable[str]) -> None:
        self._zero = dict.fromkeys(names, 0)
        self.cells: dict[Key, dict[str, int]] = {}

    def add(self, key: Key, sums: Mapping[str, int]) -> None:
        """Take in sums of one key."""
        cell = self.cells.setdefault(key, dict(self._zero))
        for name, value in sums.items():
            cell[name] = max(cell[name], value) if name.startswith("max_") else cell[name] + value

    def total(self) -> dict[str, int]:
        """Put all keys together."""
        whole = Cube(self._zero)
        whole.add((), {})
        for sums in self.cells.values():
            whole.add((), sums)
        return whole.cells[()]


def name_of(formula: Formula) -> str:
    """Give the column of a formula: `sl@1` stands in column `sl`."""
    return formula.id.partition("@")[0]


def figures(kind: str, sums: Mapping[str, float]) -> dict[str, Any]:
    """Work out every column of a kind."""
    return {name_of(formula): formula.work(sums) for formula in FORMULAS[kind]}


def formulas(kind: str) -> dict[str, str]:
    """Tell how each column is worked out, with the formula's versioned id."""
    return {name_of(formula): f"{formula.id} = {formula.text}" for formula in FORMULAS[kind]}


def columns(kind: str, dimensions: tuple[str, ...]) -> tuple[Column, ...]:
    """Name the columns: what the rows are about, then the figures."""
    names = [Column(name, *DIMENSIONS[name], unit="") for name in dimensions]
    measured = [Column(name_of(f), f.zh, f.en, f.unit) for f in FORMULAS[kind]]
    return (*names, *measured)
