"""Stories told side by side: each on a lane of its own, so that a minute of music costs once."""

import asyncio
import os
from collections.abc import Callable, Iterable
from typing import Any

from tests.house.firm import LANES
from tests.house.scene import Scene, Story
from tests.house.system import System

AT_ONCE = int(os.environ.get("YINGDA_TEST_LANES", str(len(LANES))))


class Together:
    """Starts stories at once, as many as there are lanes; each test waits for its own."""

    def __init__(self, system: System, stories: Iterable[Story]) -> None:
        self._system = system
        self._lanes = asyncio.Queue[Any]()
        for lane in LANES[:AT_ONCE]:
            self._lanes.put_nowait(lane)
        self._told = {story: asyncio.create_task(self._tell(story)) for story in stories}

    async def _tell(self, story: Story) -> None:
        lane = await self._lanes.get()
        scene = Scene(self._system, lane)
        try:
            await story(scene)
        finally:
            try:
                await scene.close()
            finally:
                self._lanes.put_nowait(lane)

    async def end_of(self, story: Story) -> None:
        """Wait for a story's end; raises what went wrong in it."""
        await self._told[story]

    async def close(self) -> None:
        """End what is still being told."""
        for task in self._told.values():
            task.cancel()
        await asyncio.gather(*self._told.values(), return_exceptions=True)


def story(tell: Story) -> Callable[..., Any]:
    """Make a test of a story; the module's `together` fixture tells it with the others."""

    async def test(together: Together) -> None:
        await together.end_of(tell)

    test.__name__, test.__doc__, test.__module__ = tell.__name__, tell.__doc__, tell.__module__
    test.story = tell  # type: ignore[attr-defined]
    return test
