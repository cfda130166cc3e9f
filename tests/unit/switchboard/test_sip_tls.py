"""What SIP over TLS shows: the certificate of the pages, or one of our own authority."""

from pathlib import Path

import pytest

from domain.errors import Refused
from domain.settings import parse_settings
from switchboard.sip_tls import shown_tls


def test_without_a_port_there_is_nothing_to_show(tmp_path: Path) -> None:
    assert shown_tls(parse_settings("", {}, root=tmp_path)) is None


def test_our_own_authority_serves_where_the_pages_have_no_files(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text("")
    text = f'[sip]\ntls_port = 5161\ntls_ca = "{ca}"\n'
    tls = shown_tls(parse_settings(text, {}, root=tmp_path))
    assert tls and tls.cert.is_file() and tls.key.stat().st_mode & 0o077 == 0
    assert tls.authorities == ca


def test_the_firms_own_files_are_taken(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text("")
    text = f'[sip]\ntls_port = 5161\ntls_ca = "{ca}"\n'
    text += '[web]\ntls = "files"\ncert = "/x/c.pem"\nkey = "/x/k.pem"\n'
    tls = shown_tls(parse_settings(text, {}, root=tmp_path))
    assert tls and (tls.cert, tls.key) == (Path("/x/c.pem"), Path("/x/k.pem"))


def test_authorities_that_are_not_there_are_named(tmp_path: Path) -> None:
    text = '[sip]\ntls_port = 5161\ntls_ca = "/nowhere/ca.pem"\n'
    with pytest.raises(Refused, match=r"sip\.tls_ca: /nowhere/ca\.pem is not there"):
        shown_tls(parse_settings(text, {}, root=tmp_path))
