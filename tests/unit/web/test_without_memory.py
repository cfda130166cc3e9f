"""Pages without memory end, also where the log has had enough of lines like it."""

import subprocess
import sys

import pytest

LOGGED = """
import logging, os
from store.logs import MOST, begin
from web.errors import heed_memory
begin({}, "web")
heed_memory(logging.getLogger().handlers)
for each in [ValueError()] * (MOST + 1) + [%s()]:
    logging.getLogger("aiohttp.server").error("Error handling request", exc_info=each)
os._exit(3)
"""


@pytest.mark.parametrize(("error", "code"), [("MemoryError", 1), ("KeyError", 3)])
def test_who_logs_that_memory_is_short_ends(error: str, code: int) -> None:
    asked = [sys.executable, "-c", LOGGED % error]
    assert subprocess.run(asked, capture_output=True, check=False).returncode == code
