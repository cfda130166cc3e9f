"""Calls out in the configuration: safe without a word, wrong numbers named on their line."""

import pytest

from domain.errors import Fault, Refused
from office import edit
from office.compile import compile_config
from office.do_not_call import is_barred
from office.model import CallsOut, Config, Quiet
from office.render import render

Files = dict[str, str]


def compiled(files: Files) -> Config:
    """Compile with flows that are sound."""
    return compile_config(files, lambda name, text, names: [])


def fault(files: Files, file: str, old: str, new: str) -> Fault:
    """Spoil one place and give the one fault."""
    assert old in files[file]
    with pytest.raises(Refused) as refused:
        compiled(files | {file: files[file].replace(old, new, 1)})
    (found,) = refused.value.faults
    return found


def test_without_a_word_nobody_is_called(files: Files) -> None:
    bare = files["firm.yaml"].partition("calls_out:")[0]
    out = compiled(files | {"firm.yaml": bare}).firm.calls_out
    assert not out.enabled and out.consent == "required"
    assert out.allow == ("mobile", "landline")
    assert [(span.begins, span.ends) for span in out.quiet] == [("21:00", "08:00")]
    del files["do_not_call.yaml"]
    assert compiled(files).do_not_call == ()


@pytest.mark.parametrize("number", ["4008000009", "800-810-0001", "+86 400 800 0009"])
def test_a_400_number_is_no_caller_id(files: Files, number: str) -> None:
    plain = number.replace("-", "").replace(" ", "")
    found = fault(files, "hotlines.yaml", "caller_ids: []", f'caller_ids: ["{plain}"]')
    assert (found.key, "400" in found.text) == ("[1].caller_ids[0]", True)


@pytest.mark.parametrize("number", ["110", "8002", "95588", "+14155550100", "4008000001", "x"])
def test_a_mobile_seat_is_somebodys_telephone(files: Files, number: str) -> None:
    new = f'role: agent, mobile: "{number}"}}'
    found = fault(files, "agents.yaml", "role: agent}", new)
    assert found.key == "[0].mobile" and number not in found.text.split("·")[0]


def test_numbers_are_kept_as_keys(files: Files) -> None:
    files["agents.yaml"] = files["agents.yaml"].replace(
        "role: agent}", 'role: agent, mobile: "+86 138-0000-0001"}', 1
    )
    files["do_not_call.yaml"] = '- {number: "028-6123 4567"}\n- {number: 0085221234567}\n'
    config = compiled(files)
    assert config.agents[0].mobile == "13800000001" and config.agents[1].mobile == ""
    assert [one.number for one in config.do_not_call] == ["02861234567", "+85221234567"]
    assert compiled(render(config)) == config
    assert is_barred(config, "(028)61234567") and not is_barred(config, "13800000001")


def test_one_number_stands_once_in_whatever_form(files: Files) -> None:
    files["do_not_call.yaml"] = '- {number: "13800000001"}\n- {number: "+8613800000001"}\n'
    with pytest.raises(Refused) as refused:
        compiled(files)
    assert [(one.file, one.line, one.key) for one in refused.value.faults] == [
        ("do_not_call.yaml", 2, "[1].number")
    ]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("allow: [mobile, landline]", "allow: [mobile, cheap]", "calls_out.allow[1]"),
        ('to: "08:00"}]', 'to: "21:00"}]', "calls_out.quiet[0]"),
        ("per_number_daily: 3", "per_number_daily: 0", "calls_out.per_number_daily"),
        ("consent: required", "consent: maybe", "calls_out.consent"),
        ("timezone: Asia/Shanghai", "timezone: Mars", "calls_out.timezone"),
        ("  daily: 500", "  daily: -1", "calls_out.daily"),
    ],
)
def test_a_wrong_rule_is_named(files: Files, old: str, new: str, key: str) -> None:
    assert fault(files, "firm.yaml", old, new).key == key


def test_edits_of_the_list(config: Config) -> None:
    more = edit.put_do_not_call(config, {"number": "138 0000 0002", "why": "客户要求"})
    assert is_barred(more, "+8613800000002")
    again = edit.put_do_not_call(more, {"number": "+8613800000002", "why": "再次要求"})
    assert [one.why for one in again.do_not_call][1:] == ["再次要求"]
    assert edit.drop_do_not_call(again, "0086 13800000002") == config
    for number in ("abc", "12", "", "1;2"):
        with pytest.raises(Refused):
            edit.put_do_not_call(config, {"number": number})


def test_no_quiet_hours_can_be_said() -> None:
    assert CallsOut.model_validate({"quiet": []}).quiet == ()
    lunch = Quiet.model_validate({"from": "12:00", "to": "14:00"})
    assert CallsOut(quiet=(lunch,)).quiet[0].begins == "12:00"
