"""What another version of the files has Asterisk read: all that it can without a restart."""

from pbx.install import config_source, read_templates
from switchboard.republish import MODULES, OF_A_VERSION

AT_ITS_START = {"asterisk.conf", "ccss.conf", "modules.conf", "pjproject.conf", "stasis.conf"}
"""Asterisk reads these once."""


def test_every_file_is_read_again_or_known_to_need_a_restart() -> None:
    assert set(OF_A_VERSION) | AT_ITS_START == set(read_templates(config_source()))
    assert not set(OF_A_VERSION) & AT_ITS_START
    assert MODULES.items() <= OF_A_VERSION.items()
