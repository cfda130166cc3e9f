"""What keeps us from joining an Asterisk, each with the file that says it."""

from pathlib import Path

import pytest

from pbx.join_checks import OPTIONAL
from pbx.names import is_guessable, suggested
from tests.unit.pbx.theirs import Theirs


@pytest.fixture
def theirs(tmp_path: Path) -> Theirs:
    return Theirs(tmp_path)


def test_a_sound_one_is_joined_without_a_word(theirs: Theirs) -> None:
    assert theirs.told() == []


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("asterisk.conf", "systemname = pbx1\n", "options.systemname"),
        ("asterisk.conf", "systemname =\n", "systemname = pbx-"),
        ("extensions.conf", "\n[yd-hold]\nexten => s,1,NoOp()\n", "extensions.conf:4: [yd-hold]"),
        ("extensions.conf", "\n[trunk-test]\n", "[trunk-test]"),
        ("extensions.conf", "#include more/*.conf\n", "more/a.conf:1: [yd-seat]"),
        ("pjsip.conf", "[a1001]\ntype=endpoint\n", "[a1001]"),
        ("queues.conf", "[fb-any]\nstrategy=ringall\n", "[fb-any]"),
        ("musiconhold.conf", "[yd-hold]\nmode=files\n", "[yd-hold]"),
        ("manager.conf", "[engine]\nsecret=x\n", "[engine]"),
        ("pjsip.conf", "[x]\ntype=transport\nbind=0.0.0.0:5160\n", "[x] bind"),
        ("pjsip.conf", "[x]\ntype=transport\nprotocol=tcp\nbind=127.0.0.1:5160\n", "[x] bind"),
        ("pjsip.conf", "[x]\ntype=identify\nmatch=10.0.0.1, 127.0.0.2\n", "127.0.0.2"),
        ("pjsip.conf", "[global](+)\nendpoint_identifier_order=ip\n", "endpoint_identifier_order"),
        ("manager.conf", "[general](+)\nenabled = no\n", "general.enabled"),
        ("manager.conf", "[general](+)\nport = 5038\n", "[ports] ami = 5038"),
        ("manager.conf", "[general](+)\nbindaddr = 10.1.1.1\n", "general.bindaddr"),
        ("manager.conf", "[general](+)\ndisabledevents = Hangup,VarSet\n", "Hangup"),
        ("manager.conf", "[general](+)\nchannelvars = A,CC_CALL\n", "A,CC_CALL,CC_LEG,CC_OFFER"),
        ("modules.conf", "noload = app_queue\n", "not loaded: app_queue"),
        ("asterisk.conf", "runuser = nobody-of-that-name\n", "no such user"),
        ("asterisk.conf", "runuser = daemon\n", "run yingda as that user"),
    ],
)
def test_what_is_in_the_way_is_named(theirs: Theirs, file: str, text: str, told: str) -> None:
    theirs.write("more/a.conf", "[yd-seat]\nexten => s,1,NoOp()\n")
    theirs.add(file, text)
    assert told in "\n".join(theirs.stops())


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("manager.conf", "[general](+)\nbindaddr = 0.0.0.0\n", "general.bindaddr"),
        ("http.conf", "[general](+)\nenabled = no\n", "bindport = 8188"),
        ("http.conf", "[general](+)\nbindport = 8088\n", "asterisk_http = 8088"),
        ("pjsip.conf", "[global](+)\nignore_uri_user_options=no\n", "ignore_uri_user_options"),
        ("asterisk.conf", "live_dangerously = yes\n", "live_dangerously"),
        ("extensions.conf", "#exec /bin/true\n", "#exec"),
        ("extconfig.conf", "[settings]\nps_endpoints => odbc,x\n", "ps_endpoints"),
        ("modules.conf", "noload => codec_opus_open_source.so\n", "codec_opus_open_source"),
    ],
)
def test_what_only_lessens_us_is_told(theirs: Theirs, file: str, text: str, told: str) -> None:
    theirs.add(file, text)
    assert theirs.stops() == []
    assert any(told in note for note in theirs.notes())


def test_their_own_list_is_enough_when_it_holds_ours(theirs: Theirs) -> None:
    theirs.add("manager.conf", "channelvars = MINE,CC_CALL,CC_LEG,CC_OFFER,CC_DIAL\n")
    assert theirs.stops() == []


def test_what_a_comment_says_is_not_said(theirs: Theirs) -> None:
    theirs.add("extensions.conf", ";--\n[yd-hold]\n--;\n; [yd-seat]\n#include nowhere/*.conf\n")
    assert theirs.stops() == []


def test_files_that_take_in_each_other_come_to_an_end(theirs: Theirs) -> None:
    theirs.add("extensions.conf", "#include extensions.conf\n")
    assert theirs.stops() == []


def test_without_autoload_each_module_must_be_loaded(theirs: Theirs) -> None:
    theirs.write("modules.conf", "[modules]\nautoload = no\nload = app_queue.so\n")
    stops = "\n".join(theirs.stops())
    assert "res_pjsip," in stops and "app_queue" not in stops
    lines = [f"load => {path.stem}\n" for path in theirs.modules.iterdir()]
    theirs.write("modules.conf", "[modules]\nautoload = no\n" + "".join(lines))
    assert theirs.stops() == []


def test_a_module_that_is_not_on_the_disk_is_told(theirs: Theirs) -> None:
    (theirs.modules / "app_mixmonitor.so").unlink()
    assert any("app_mixmonitor.so" in each for each in theirs.stops())
    assert not OPTIONAL.match("app_mixmonitor.so")


@pytest.mark.parametrize(
    "name", ["", "pbx1", "asterisk", "1" * 32, "a" * 32, "headquarters-room12"]
)
def test_a_name_that_somebody_may_guess_is_refused(name: str) -> None:
    assert is_guessable(name)
    assert not is_guessable(suggested(name))
