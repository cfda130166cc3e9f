"""Certificates: what is wrong with one is one sentence, and our own are for all our names."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.settings import parse_settings
from outside.authority import local_ca
from outside.cards import own_addresses
from outside.certificate import complaint, read
from outside.shown import fault, hosts, renew_for
from watch import parts

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FIB = """\
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 192.0.2.2
        /32 host LOCAL
     |-- 192.0.2.255
        /32 link BROADCAST
     |-- 127.0.0.1
        /32 host LOCAL
     |-- 10.8.0.4
        /32 host LOCAL
"""


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Path]:
    return local_ca(tmp_path / "tls", ["desk.example", "192.0.2.2"], NOW)


@pytest.mark.parametrize(
    ("days", "fatal", "said"),
    [(-2, False, "not valid before"), (380, False, "expires in"), (400, False, "expired on")],
)
def test_a_certificate_out_of_its_time(
    made: tuple[Path, Path], days: int, fatal: bool, said: str
) -> None:
    found = complaint(*made, NOW + timedelta(days=days))
    assert found is not None and found.fatal is fatal and said in found.en and found.zh


def test_a_good_one_and_one_that_cannot_be_used(made: tuple[Path, Path], tmp_path: Path) -> None:
    assert complaint(*made, NOW) is None
    other = local_ca(tmp_path / "other", ["desk.example"], NOW)
    for chain, key in (
        (made[0], other[1]),
        (tmp_path / "none.pem", made[1]),
        (made[1], made[1]),
    ):
        found = complaint(chain, key, NOW)
        assert found is not None and found.fatal and "\n" not in found.en


def test_a_certificate_tells_for_whom_it_is(made: tuple[Path, Path]) -> None:
    held = read(made[0])
    assert held.lacks(["Desk.Example", "192.0.2.2", "pbx.example"]) == ["pbx.example"]
    assert len(held.fingerprint.split(":")) == 32


def test_names_given_once_are_remembered(tmp_path: Path) -> None:
    settings = parse_settings('[web]\ntls = "local-ca"\nnames = ["a.example"]', {}, root=tmp_path)
    renew_for(settings, ["b.example"], NOW)
    chain = renew_for(settings, ["10.0.0.9"], NOW)
    assert read(chain).lacks(["a.example", "b.example", "10.0.0.9", "127.0.0.1"]) == []
    assert {"a.example", "b.example", "10.0.0.9"} <= set(hosts(settings))


def test_addresses_of_every_network_card(tmp_path: Path) -> None:
    (tmp_path / "fib_trie").write_text(FIB)
    found = own_addresses(tmp_path)
    assert {"10.8.0.4", "192.0.2.2"} <= set(found)
    assert not {"127.0.0.1", "192.0.2.255"} & set(found)


async def test_the_doctor_names_the_mend(made: tuple[Path, Path], tmp_path: Path) -> None:
    class House:
        settings = parse_settings(
            f'[web]\ntls = "files"\ncert = "{made[0]}"\nkey = "{tmp_path}/no.key"', {}
        )

    found = await parts.certificate(House())  # type: ignore[arg-type]
    assert found.level == "fail" and "web.cert" in found.mend
    assert fault(House.settings, NOW) is not None
