"""What a stock Asterisk takes in of ours: names of its own keeps it, ours lead to ours alone."""

import re
from pathlib import Path

import pytest

from pbx.conf import lines, steps
from pbx.hands import PLACES
from pbx.joined import CHANNEL_VARIABLES, DIALPLAN, OWN, TAKEN_IN, fragments, headings
from pbx.places import PREFIX, seen, sent
from pbx.render import AgentPhones, is_untouched, render
from tests.unit.pbx.test_render import SECRET, TEMPLATES, plan

LINE = (
    '[[trunk]]\nname = "carrier"\nkind = "address"\nhost = "127.0.9.1"\nmatch = ["127.0.9.1"]\n'
    'local_address = "127.0.7.1"\nchannels = 2\n'
)
OURS = Path("/srv/cc/run/joined/etc")
MOBILE = AgentPhones("1002", SECRET, SECRET, (("13800000000", "carrier", "4001000001"),))


def taken(*, channel_variables: bool = True) -> dict[str, str]:
    whole = plan(LINE, agents=(AgentPhones("1001", SECRET, SECRET), MOBILE))
    return fragments(render(TEMPLATES, whole), OURS, channel_variables)


FILES = taken()
DIALLED = ("extensions.conf", *DIALPLAN)
CONTEXTS = {name for file in DIALLED for name, _ in headings(FILES[file])}
_GOES_TO = re.compile(r"([\w-]+)[,^](?:s|h|T)[,^]")


def test_only_files_that_it_takes_in_are_made() -> None:
    assert set(FILES) == set(OWN) == {*TAKEN_IN, *DIALPLAN}
    assert all(is_untouched(text) for text in FILES.values())


@pytest.mark.parametrize("file", OWN)
def test_nothing_of_its_own_is_said_anew(file: str) -> None:
    heads = list(headings(FILES[file]))
    own = {"general", "global", "globals", "system", "default"}
    assert [head for head in heads if head[0] in own] == (
        [("general", "+")] if file == "manager.conf" else []
    )
    told = [at.key for at in lines(file, FILES[file]) if at.section == "general"]
    assert told == (["channelvars"] if file == "manager.conf" else [])


def test_its_list_of_channel_variables_is_let_be() -> None:
    assert ("general", "+") not in list(headings(taken(channel_variables=False)["manager.conf"]))
    assert ",".join(CHANNEL_VARIABLES) in TEMPLATES["manager.conf"]


def test_every_name_that_others_may_use_has_our_prefix() -> None:
    bare = [
        (file, name)
        for file in OWN
        for name, upon in headings(FILES[file])
        if not name.startswith(PREFIX) and upon != "+"
    ]
    accounts = re.compile(r"trunk-[a-z]+|[aw]100\d|caller\d|fb-[a-z]+|engine|watch|publish")
    assert [each for each in bare if not accounts.fullmatch(each[1])] == []
    for file in OWN:
        for _, upon in headings(FILES[file]):
            assert all(each[:3] == PREFIX or each in "!+" for each in upon.split(","))


def test_every_way_in_the_dialplan_ends_at_a_context_of_ours() -> None:
    gone_to = {
        name
        for file in DIALLED
        for step in steps(file, FILES[file])
        for name in _GOES_TO.findall(step.argument)
    }
    assert len(gone_to) > 15
    assert gone_to <= CONTEXTS
    text = "".join(FILES[file] for file in DIALLED)
    assert set(re.findall(r"@([\w-]+)/n", text)) == {f"{PREFIX}mobile"} <= CONTEXTS
    assert set(re.findall(r"TRANSFER_CONTEXT=([\w-]+)", text)) == {
        f"{PREFIX}transfer",
        f"{PREFIX}nowhere",
    }


@pytest.mark.parametrize("place", PLACES)
def test_every_place_that_we_redirect_to_is_there(place: str) -> None:
    assert PREFIX + place in CONTEXTS


def test_our_globals_are_written_out() -> None:
    text = "".join(FILES.values())
    assert not re.search(r"\$\{(AGI_URL|PROMPTS|FRESH)\}", text)
    assert "AGI(agi://127.0.0.1:4573/" in text and "/srv/cc/prompts/zh/goodbye" in text
    assert "/srv/cc/run/sounds/fresh16" in text


def test_phones_and_lines_lead_to_our_contexts_over_our_transports() -> None:
    rows = list(lines("pjsip.conf", FILES["pjsip.conf"]))
    heads = {name for name, _ in headings(FILES["pjsip.conf"])}
    assert {at.value for at in rows if at.key == "context"} <= CONTEXTS
    ways = {at.value for at in rows if at.key == "transport"}
    assert ways == {f"{PREFIX}ws", f"{PREFIX}udp-127-0-7-1-5160"} and ways <= heads
    assert ("set_var", "TRANSFER_CONTEXT=yd-nowhere") in [(at.key, at.value) for at in rows]


def test_music_is_our_own_class() -> None:
    text = FILES["extensions.conf"] + FILES["dialplan-out.conf"]
    assert "m(yd-hold)" in text and "MusicOnHold(yd-hold,2)" in text and "?yd-hold:${CC" in text
    assert "musicclass = yd-hold" in FILES["queues.conf"]
    assert [name for name, _ in headings(FILES["musiconhold.conf"])] == ["yd-hold"]


def test_the_dialplan_takes_in_its_parts_by_their_whole_path() -> None:
    found = re.findall(r'^#tryinclude "(.*)"$', FILES["extensions.conf"], re.M)
    assert found == [str(OURS / name) for name in DIALPLAN]
    assert not re.search(r"^#include", "".join(FILES.values()), re.M)


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (
            (
                "Redirect",
                {"Channel": "PJSIP/x@y-1", "Context": "held", "ExtraContext": "agent-side"},
            ),
            {"Channel": "PJSIP/x@y-1", "Context": "yd-held", "ExtraContext": "yd-agent-side"},
        ),
        (
            ("Originate", {"Channel": "Local/m8001@mobile/n", "Context": "dial-out"}),
            {"Channel": "Local/m8001@yd-mobile/n", "Context": "yd-dial-out"},
        ),
        (
            ("QueueAdd", {"Queue": "fb-any", "Interface": "Local/m8001@mobile/n"}),
            {"Queue": "fb-any", "Interface": "Local/m8001@yd-mobile/n"},
        ),
        (
            ("Setvar", {"Variable": "CC_BEAT", "Value": "hold"}),
            {"Variable": "CC_BEAT", "Value": "hold"},
        ),
    ],
)
def test_actions_name_the_places_as_they_are_over_there(
    action: tuple[str, dict[str, str]], told: dict[str, str]
) -> None:
    assert sent(action, PREFIX) == (action[0], told)
    assert sent(action, "") is action


def test_a_place_of_somebody_else_is_none_of_ours() -> None:
    assert (seen("yd-fallback", PREFIX), seen("fallback", PREFIX)) == ("fallback", "")
