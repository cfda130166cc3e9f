"""Which certificate the web port shows, by the settings: the firm's own files, or one of ours."""

import socket
from datetime import datetime
from pathlib import Path

from domain.settings import Settings
from outside.authority import LEAF, LEAF_KEY, local_ca, renew
from outside.cards import own_addresses
from outside.certificate import Complaint, complaint

GIVEN = "names"
"""The file beside the certificates that keeps the names of `yingda cert renew --name`."""


def files(settings: Settings, now: datetime) -> tuple[Path, Path]:
    """Name certificate and key; those of our own authority are made or renewed where needed."""
    if settings.web.tls == "local-ca":
        return local_ca(folder(settings), hosts(settings), now)
    return paths(settings)


def paths(settings: Settings) -> tuple[Path, Path]:
    """Name certificate and key, whether they are there or not."""
    if settings.web.tls == "local-ca":
        return folder(settings) / LEAF, folder(settings) / LEAF_KEY
    return Path(settings.web.cert), Path(settings.web.key)


def folder(settings: Settings) -> Path:
    """Name the folder of our own authority."""
    return settings.data / "tls"


def hosts(settings: Settings) -> list[str]:
    """List everything that the certificate must be good for."""
    return list(dict.fromkeys([*names(settings), *given(folder(settings))]))


def names(settings: Settings) -> list[str]:
    """List the set names, the host, our public address, this machine's own ones and loopback."""
    web, public = settings.web, settings.media.public_address
    host = [] if web.host in ("0.0.0.0", "::", "") else [web.host]  # noqa: S104
    own = socket.gethostname()
    outer = [public] if public else []
    every = [*web.names, *host, *outer, own, "localhost", "127.0.0.1", "::1", *own_addresses()]
    return list(dict.fromkeys(every))


def given(where: Path) -> list[str]:
    """List the names that somebody gave by hand."""
    try:
        return (where / GIVEN).read_text("utf-8").split()
    except OSError:
        return []


def renew_for(settings: Settings, more: list[str], now: datetime) -> Path:
    """Make a new certificate of our own authority, for more names too; gives its file."""
    where = folder(settings)
    where.mkdir(parents=True, exist_ok=True)
    kept = dict.fromkeys([*given(where), *more])
    (where / GIVEN).write_text("".join(f"{name}\n" for name in kept), "utf-8")
    return renew(where, hosts(settings), now)[0]


def fault(settings: Settings, now: datetime) -> Complaint | None:
    """Say what is wrong with the firm's own files; ours mend themselves at the start."""
    if settings.web.tls != "files":
        return None
    return complaint(*paths(settings), now)
