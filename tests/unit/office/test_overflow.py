"""Overflow in the files: every rule one condition and one place, and never round."""

import pytest

from office.compile import compile_config
from tests.unit.office.test_config_folder import faults, sound

Files = dict[str, str]


def with_group(files: Files, text: str, *, calls_out: bool = True) -> Files:
    """Give the first group more keys."""
    lines = "".join(f"\n  {line}" for line in text.strip().splitlines())
    first = "- id: presale"
    changed = {"groups.yaml": files["groups.yaml"].replace(first, first + lines, 1)}
    if not calls_out:
        head, out, rest = files["firm.yaml"].partition("calls_out:")
        changed["firm.yaml"] = head + out + rest.replace("enabled: true", "enabled: false", 1)
    return files | changed


def test_rules_are_read_as_they_stand(files: Files) -> None:
    text = """
overflow:
  - {when: {wait_s: 120}, to: {group: aftersale}}
  - {when: {nobody: true}, to: {number: "028-61234567"}}
max_length: 30
full_to: {voicemail: true}
tips: [wait_long]
callback: true
"""
    config = compile_config(with_group(files, text), sound)
    group = config.groups[0]
    first, second = group.overflow
    assert (first.when.kind, first.when.limit, first.to.kind, first.to.to) == (
        "wait_s",
        120.0,
        "group",
        "aftersale",
    )
    assert (second.when.kind, second.to.kind, second.to.to) == ("nobody", "number", "02861234567")
    assert (group.full_to.kind, group.late_to.to) == ("voicemail", "fallback_sorry")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("overflow: [{when: {wait_s: 5, length: 3}, to: {voicemail: true}}]", "exactly one"),
        ("overflow: [{when: {wait_s: 5}, to: {}}]", "exactly one"),
        ("overflow: [{when: {wait_s: 5}, to: {group: nowhere}}]", "unknown group nowhere"),
        ("overflow: [{when: {wait_s: 5}, to: {group: presale}}]", "circle"),
        ("overflow: [{when: {wait_s: 5}, to: {message: nothing}}]", "unknown prompt nothing"),
        ("tips: [nothing]", "unknown prompt nothing"),
        ("max_length: 3\nfull_to: {group: nowhere}", "unknown group nowhere"),
        ("overflow: [{when: {wait_s: 5}, to: {number: '110'}}]", "mobile"),
    ],
)
def test_what_leads_nowhere_is_refused(files: Files, text: str, said: str) -> None:
    (fault,) = faults(with_group(files, text))
    assert said in fault.text
    assert fault.file == "groups.yaml"
    assert fault.line > 0


def test_going_round_over_another_group_is_refused_in_both(files: Files) -> None:
    groups = files["groups.yaml"]
    text = "overflow: [{when: {wait_s: 5}, to: {group: aftersale}}]"
    changed = with_group(files, text)
    back = "- id: aftersale\n  overflow: [{when: {length: 5}, to: {group: presale}}]"
    assert "- id: aftersale" in groups
    changed["groups.yaml"] = changed["groups.yaml"].replace("- id: aftersale", back)
    found = faults(changed)
    assert ["circle" in fault.text for fault in found] == [True, True]


@pytest.mark.parametrize(
    "text", ["callback: true", "overflow: [{when: {length: 5}, to: {callback: true}}]"]
)
def test_nobody_is_called_back_where_calls_out_are_off(files: Files, text: str) -> None:
    (fault,) = faults(with_group(files, text, calls_out=False))
    assert "calls_out" in fault.text
