"""SIP over TLS: which certificate Asterisk shows, and which authorities a carrier is held to."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

from domain.errors import Fault, Refused
from domain.settings import FILE, Settings
from outside.authority import local_ca
from outside.shown import folder, hosts, paths
from pbx.render_trunk import Tls


def shown_tls(settings: Settings) -> Tls | None:
    """Give the pages' certificate, else one of our own authority; None without `sip.tls_port`.

    Refused when the file of authorities (`sip.tls_ca`, else the machine's) is not there.
    """
    if not settings.sip.tls_port:
        return None
    cert, key = _chain(settings)
    return Tls(cert.absolute(), key.absolute(), _authorities(settings))


def _chain(settings: Settings) -> tuple[Path, Path]:
    if settings.web.tls == "files":
        return paths(settings)
    return local_ca(folder(settings), hosts(settings), datetime.now(UTC))


def _authorities(settings: Settings) -> Path:
    known = ssl.get_default_verify_paths()
    found = Path(settings.sip.tls_ca or known.cafile or known.openssl_cafile)
    if not found.is_file():
        text = f"{found} is not there: name the file of authorities that carriers are held to"
        raise Refused(Fault(FILE, 0, "sip.tls_ca", text))
    return found.absolute()
