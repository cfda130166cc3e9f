"""RFC 4475's messages and two thousand damaged ones at the running system's SIP port."""

from pathlib import Path

import pytest

from tests.chaos.sip import storm
from tests.chaos.tally import Ask
from tests.house.system import System
from tests.house.torture import torture

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(180)]


async def test_no_message_harms_asterisk_or_brings_a_call_in(
    system: System, tmp_path: Path
) -> None:
    assert len(torture("192.0.2.1:5060", "x")) == 49
    tally = await storm(system, Ask(4475, 2000, 0, tmp_path))
    assert tally.ok, tally.broken
    assert tally.cycles > 1900
