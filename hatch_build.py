"""Build hook: a wheel or sdist carries the built pages, or is not made at all.

`web/pages` is made by `make dev` and ignored by git, so hatchling is told to take it all the same.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PagesHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds `web/pages` to what is built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Refuse to build without the pages; a checkout's own install needs none."""
        if version == "editable":
            return
        if not (Path(self.root) / "web/pages/index.html").is_file():
            raise SystemExit("web/pages/index.html is missing; build the pages first: make dev")
        build_data["artifacts"].append("/web/pages/")
