"""Which end of a captured message is ours: by SIP port, by bound address, by being this machine."""

import socket
from collections.abc import Callable
from functools import lru_cache

from domain.settings import Settings
from tracing.hep import Address

ANY = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  # compared with, not bound
Inward = Callable[[Address, Address], bool]
"""Source, target → whether the message came to us."""


@lru_cache(maxsize=1024)
def is_local(host: str) -> bool:
    """Tell whether this machine has the address: only then can it be bound."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return False
    return True


def inward_of(settings: Settings, local: Callable[[str], bool] = is_local) -> Inward:
    """Make the test for one installation; with two equal ends the target is taken for ours."""
    sip = settings.sip
    ports = {sip.port, sip.tls_port, settings.ports.asterisk_http}
    ports |= {trunk.local_port for trunk in settings.trunks}
    hosts = {sip.host} | {trunk.local_address for trunk in settings.trunks}

    def ours(end: Address) -> int:
        bound = end.host in hosts - ANY
        return 4 * local(end.host) + 2 * (end.port in ports - {0}) + bound

    return lambda source, target: ours(target) >= ours(source)
