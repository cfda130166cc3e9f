"""The core in both of its forms beside each other in one process: the sources, and compiled."""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

from domain.compiled import Compiled, found, key, shelf

ROOT = Path(__file__).resolve().parent.parent


def compiled_core(root: Path = ROOT) -> ModuleType | None:
    """Give `acd` in its compiled form; None where nobody compiled these sources."""
    finder = found(shelf(root) / key(root))
    return _import(finder) if finder is not None else None


def plain_core() -> ModuleType:
    """Give `acd` as its sources."""
    return _import(None)


def _import(finder: Compiled | None) -> ModuleType:
    """Import the room anew, beside what this process has imported of it already."""
    mine, path = _ours(), sys.meta_path[:]
    for name in mine:
        del sys.modules[name]
    sys.meta_path[:] = [one for one in path if not isinstance(one, Compiled)]
    if finder is not None:
        sys.meta_path.insert(0, finder)
    try:
        for part in ("why", "scenario", "simulate"):
            import_module(f"acd.{part}")
        return import_module("acd")
    finally:
        for name in _ours():
            del sys.modules[name]
        sys.modules.update(mine)
        sys.meta_path[:] = path


def _ours() -> dict[str, ModuleType]:
    return {name: each for name, each in sys.modules.items() if name.partition(".")[0] == "acd"}
