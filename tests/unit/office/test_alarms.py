"""Alarms and receivers: what is refused, what ships, what the pages change."""

import re
from pathlib import Path

import pytest

from domain.errors import Conflict, NotFound, Refused
from office.alarms import SHIPPED, Receiver
from office.compile import compile_config
from office.edit_alarms import alarms_of, drop_alarm, drop_receiver, put_alarm, put_receiver
from office.model import Config
from office.secrets import given_secret

NEW = {"id": "calm", "name": "安静", "metric": "waiting", "limit": 5}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"kind": "mail"}, "needs `to`"),
        ({"kind": "mail", "to": ["nobody"]}, "mail addresses"),
        ({"kind": "mail", "to": ["a b@c.example"]}, "mail addresses"),
        ({"kind": "webhook", "url": "https://a.example/"}, "secret_ref"),
        ({"kind": "wecom"}, "secret_ref"),
        ({"kind": "sms", "to": ["13800138000"]}, "needs `url`"),
        ({"kind": "sms", "to": ["x"], "url": "https://a.example/"}, "telephone"),
        ({"kind": "sms", "to": ["1"], "url": "https://a.example/", "headers": ["bad"]}, "Name:"),
        ({"kind": "wecom", "secret_ref": "the-key-itself"}, "refer to a secret"),
    ],
)
def test_half_a_receiver_is_refused(given: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Receiver.model_validate({"id": "a", "name": "a", **given})


def test_without_a_file_the_shipped_alarms_hold(files: dict[str, str]) -> None:
    bare = {name: text for name, text in files.items() if name != "alarms.yaml"}
    config = compile_config(bare, lambda name, text, names: [])
    assert config.alarms == () and alarms_of(config) == SHIPPED
    assert len({each.id for each in SHIPPED}) == len(SHIPPED)
    edited = put_alarm(config, NEW)
    assert [each.id for each in edited.alarms] == [*(each.id for each in SHIPPED), "calm"]
    assert alarms_of(edited) == edited.alarms


def test_the_last_alarm_and_a_used_receiver_stay(config: Config) -> None:
    with pytest.raises(Conflict):
        drop_alarm(config, "wait")
    with pytest.raises(Conflict, match="wait"):
        drop_receiver(config, "duty")
    with pytest.raises(NotFound):
        drop_receiver(config, "nobody")
    assert [each.id for each in drop_receiver(config, "phone").receivers] == ["duty", "desk"]


def test_an_alarm_names_receivers_that_are_there(config: Config) -> None:
    with pytest.raises(Refused, match="unknown receiver nobody"):
        put_alarm(config, NEW | {"receivers": ["nobody"]})
    with_new = put_receiver(
        config, {"id": "new", "name": "新", "kind": "wecom", "secret_ref": "env:KEY"}
    )
    assert put_alarm(with_new, NEW | {"receivers": ["new"]}).alarms[-1].receivers == ("new",)


def test_a_key_of_another_house_is_never_made(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    assert given_secret("", file, {}) == ""
    assert given_secret("env:KEY", file, {"KEY": "k"}) == "k"
    for reference in ("env:KEY", "file:key"):
        with pytest.raises(NotFound):
            given_secret(reference, file, {})
    assert not file.exists()
    file.write_text('{"key": "k"}')
    assert given_secret("file:key", file, {}) == "k"


def test_the_page_lists_what_ships() -> None:
    page = (Path(__file__).parents[3] / "docs" / "howto" / "alarms.md").read_text("utf-8")
    for each in SHIPPED:
        row = re.search(rf"^\| `{each.metric}` \| (\S+).* \| (\d+) s \|", page, re.M)
        assert row, each.id
        assert (float(row[1]), int(row[2])) == (each.limit, each.for_s), each.id
