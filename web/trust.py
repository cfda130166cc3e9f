"""The page that shows how a desk comes to trust our own certificate authority; no log-in needed.

It is plain HTML, so that it also works where the pages are not built and on an old phone.
"""

from html import escape
from pathlib import Path

from aiohttp import web

from domain.errors import Refused
from outside.authority import CA
from outside.certificate import Certificate, read
from outside.shown import folder
from web.errors import Said
from web.table import PUBLIC, Ask, Nothing, table
from web.trust_text import EMPTY, PAGE, STEPS, Step

FILE_NAME = "yingda-ca.crt"
CA_KIND = "application/x-x509-ca-cert"
"""The type at which phones and Windows offer to install what they get."""

trust = table("trust")


@trust.route("GET /trust", PUBLIC, gives="text/html")
async def show_trust(ask: Ask[Nothing, Nothing]) -> web.StreamResponse:
    """Show how to trust the certificate of these pages, with its fingerprint to compare."""
    found = _authority(ask)
    text = _page(found) if found else EMPTY[ask.world.settings.web.tls]
    return web.Response(text=text, content_type="text/html", charset="utf-8")


@trust.route("GET /trust/yingda-ca.crt", PUBLIC, gives=CA_KIND)
async def give_authority(ask: Ask[Nothing, Nothing]) -> web.StreamResponse:
    """Give the certificate of our own authority, PEM; never a key."""
    if _authority(ask) is None:
        raise Said("not_found")
    disposition = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"'}
    return web.Response(body=_file(ask).read_bytes(), content_type=CA_KIND, headers=disposition)


def _file(ask: Ask[Nothing, Nothing]) -> Path:
    return folder(ask.world.settings) / CA


def _authority(ask: Ask[Nothing, Nothing]) -> Certificate | None:
    """Our own authority, when the pages are served with it."""
    if ask.world.settings.web.tls != "local-ca":
        return None
    try:
        return read(_file(ask))
    except Refused:
        return None


def _page(held: Certificate) -> str:
    return PAGE.format(
        file=f"/trust/{FILE_NAME}",
        fingerprint=_in_rows(held.fingerprint),
        ends=f"{held.ends:%Y-%m-%d}",
        subject=escape(held.subject.removeprefix("CN=")),
        steps="\n".join(_step(step) for step in STEPS),
    )


def _in_rows(fingerprint: str) -> str:
    """Break it into rows of eight pairs, easier to compare by eye, and not too wide for a phone."""
    pairs = fingerprint.split(":")
    return "<br>".join(" ".join(pairs[at : at + 8]) for at in range(0, len(pairs), 8))


def _step(step: Step) -> str:
    return (
        f"<details><summary>{step.system}</summary><ol>"
        + "".join(f"<li>{zh}</li>" for zh in step.zh)
        + '</ol><ol lang="en">'
        + "".join(f"<li>{en}</li>" for en in step.en)
        + "</ol></details>"
    )
