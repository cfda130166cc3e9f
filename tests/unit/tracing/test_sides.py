"""Which end of a message is ours, also where both use one port or stand on one machine."""

import pytest

from domain.settings import parse_settings
from tracing.hep import Address
from tracing.sides import inward_of

ANYWHERE = '[sip]\nhost = "0.0.0.0"\nport = 5060\n'
LOOPBACK = '[sip]\nhost = "127.0.0.1"\nport = 5160\n'


@pytest.mark.parametrize(
    ("text", "source", "target", "inward"),
    [
        (ANYWHERE, ("198.51.100.1", 5060), ("192.0.2.10", 5060), True),
        (ANYWHERE, ("192.0.2.10", 5060), ("198.51.100.1", 5060), False),
        (ANYWHERE, ("192.0.2.10", 40111), ("198.51.100.1", 5060), False),
        (LOOPBACK, ("127.0.0.1", 5160), ("127.0.0.2", 5160), False),
        (LOOPBACK, ("127.0.0.2", 40000), ("127.0.0.1", 5160), True),
        (LOOPBACK, ("127.0.0.1", 8188), ("127.0.0.1", 40001), False),
    ],
)
def test_which_way(
    text: str, source: tuple[str, int], target: tuple[str, int], inward: bool
) -> None:
    test = inward_of(
        parse_settings(text, {}), lambda host: host.startswith("127.") or host == "192.0.2.10"
    )
    assert test(Address(*source), Address(*target)) is inward
