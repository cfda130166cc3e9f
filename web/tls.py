"""Encryption of the web port: off, the firm's own files, or the authority made here.

A browser gives the microphone only to https pages or to this very machine; `local-ca` gets a
firm's own network there without buying anything: install `var/tls/ca.pem` on the desks once.
"""

import ssl
from datetime import UTC, datetime

from domain.errors import Fault, Refused
from domain.settings import FILE, Settings
from outside.certificate import complaint
from outside.shown import files, paths


def context(settings: Settings, now: datetime) -> ssl.SSLContext | None:
    """Give the web port's TLS by the settings, None when it is off; Refused for bad files."""
    if settings.web.tls == "off":
        return None
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    load(made, settings, now)
    return made


def load(into: ssl.SSLContext, settings: Settings, now: datetime) -> None:
    """Read certificate and key (again): new connections get them at once; Refused for bad files."""
    chain = files(settings, now)
    try:
        into.load_cert_chain(*chain)
    except (OSError, ssl.SSLError) as error:
        found = complaint(*chain, now)
        text = found.en if found else str(error)
        raise Refused(Fault(FILE, 0, "web.cert", f"{text}; see yingda cert status")) from error


class Follower:
    """Keeps a context's certificate the newest: files change, and our own are renewed in time."""

    def __init__(self, into: ssl.SSLContext, settings: Settings) -> None:
        self._into, self._settings = into, settings
        self._seen = self._stamp(today())

    def look(self, now: datetime) -> bool:
        """Read again when the files changed or a new day began; tells whether it did."""
        stamp = self._stamp(now)
        if stamp == self._seen:
            return False
        self._seen = stamp
        load(self._into, self._settings, now)
        return True

    def _stamp(self, now: datetime) -> tuple[object, ...]:
        files = (path for path in paths(self._settings) if path.exists())
        return (now.date(), *(path.stat().st_mtime_ns for path in files))


def today() -> datetime:
    """Tell the moment for certificates."""
    return datetime.now(UTC)
