"""One installation for all carriers; the stories of a module are told side by side."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.carrier.house import AtOnce, House


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Give the running installation; at the end nothing of it may be left."""
    house = House(tmp_path_factory.mktemp("c"))
    await house.open()
    yield house
    await house.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def together(house: House, request: pytest.FixtureRequest) -> AsyncIterator[AtOnce]:
    """Tell every chosen story of this module."""
    chosen = [
        item.function.story  # type: ignore[attr-defined]
        for item in request.session.items
        if item.path == request.path and hasattr(getattr(item, "function", None), "story")
    ]
    together = AtOnce(house, chosen)
    yield together
    await together.close()
