"""How the engine ends when one of its parts cannot go on: at once, with one sentence.

Nothing is tidied up: what would be asked of a disk or a database now may never answer, and who
waits or talks at Asterisk is better served by the next engine than by a long farewell. All that
counts is in the journal, and what was left behind is finished by the next engine.
"""

import os
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, NoReturn

from domain.errors import YingdaError


async def or_end(part: Coroutine[Any, Any, None]) -> None:
    """Be a part of the engine; one that says why it cannot go on ends the process."""
    try:
        await part
    except YingdaError as error:
        end_at_once(error)


def end_at_once(error: YingdaError) -> NoReturn:
    """Say why, if the log can be written, and leave."""
    with suppress(OSError):
        print(f"yingda engine: {error}", file=sys.stderr, flush=True)
    os._exit(1)
