"""Stories with real calls share one event loop, in which they are told side by side."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.house.system import System
from tests.house.together import Together


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def together(system: System, request: pytest.FixtureRequest) -> AsyncIterator[Together]:
    """Tell every chosen story of this module, as many at once as there are lanes."""
    chosen = [
        item.function.story  # type: ignore[attr-defined]
        for item in request.session.items
        if item.path == request.path and hasattr(getattr(item, "function", None), "story")
    ]
    together = Together(system, chosen)
    yield together
    await together.close()
