"""Every key of the demo, spoilt: either a valid configuration or a fault at the right place."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from domain.errors import Fault, Refused
from office import folder, snapshot
from office.compile import compile_config, section_of
from office.diff import changes
from office.links import Names
from office.model import Config
from office.reading import parse
from office.render import render, section_text
from office.sections import SECTIONS, Section
from office.texts import split
from tests.unit.pace import some

Files = dict[str, str]


def sound(_name: str, _text: str, _names: Names) -> list[Fault]:
    """Find no fault in any flow."""
    return []


def faults(files: Files) -> tuple[Fault, ...]:
    """Compile what must be refused."""
    with pytest.raises(Refused) as refused:
        compile_config(files, sound)
    return refused.value.faults


def scalars(text: str) -> list[yaml.ScalarNode]:
    """List every value that stands in a file."""
    values: list[yaml.ScalarNode] = []

    def walk(node: yaml.Node | None) -> None:
        if isinstance(node, yaml.MappingNode):
            for _key, value in node.value:
                walk(value)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                walk(item)
        elif isinstance(node, yaml.ScalarNode):
            values.append(node)

    walk(yaml.compose(text))
    return values


def keys(text: str) -> list[yaml.ScalarNode]:
    """List every key that stands in a file."""
    found: list[yaml.ScalarNode] = []

    def walk(node: yaml.Node | None) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                found.append(key)
                named = key.value == "skills" and isinstance(value, yaml.MappingNode)
                walk(None if named else value)  # what it names is looked at across files
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                walk(item)

    walk(yaml.compose(text))
    return found


def brief(text: str) -> str:
    """Keep the first of entries that look alike, so that every key is there and little twice."""
    kept: list[str] = []
    for line in text.splitlines(keepends=True):
        start = line.split("{")[0]
        if "- {" not in line or not kept or not kept[-1].startswith(start):
            kept.append(line)
    return "".join(kept)


def spoilt(text: str, node: yaml.ScalarNode, by: str) -> str:
    """Put other words where a node stands."""
    return text[: node.start_mark.index] + by + text[node.end_mark.index :]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.key)
def test_a_misspelt_key_is_found_on_its_line(files: Files, section: Section) -> None:
    text = brief(files[section.file])
    for key in keys(text):
        found = section_of(section, spoilt(text, key, f"{key.value}_x"))[1]
        line = key.start_mark.line + 1
        assert any(
            fault.line == line and fault.key.endswith(f"{key.value}_x") for fault in found
        ), (section.file, line, found)


@pytest.mark.parametrize("value", ['"\\x07"', "{}", ""])
@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.key)
def test_a_spoilt_value_is_valid_or_found_on_its_line(
    files: Files, section: Section, value: str
) -> None:
    text = brief(files[section.file])
    for node in some(scalars(text), 5):
        found = section_of(section, spoilt(text, node, value))[1]
        line = node.start_mark.line + 1
        assert not found or any(fault.line == line for fault in found), (line, found)


def test_a_changed_name_is_valid_or_missed_where_it_is_pointed_at(files: Files) -> None:
    for section in SECTIONS:
        for node in some(scalars(files[section.file])[::9], 5):
            text = spoilt(files[section.file], node, "zz")
            try:
                compile_config(files | {section.file: text}, sound)
            except Refused as refused:
                assert all(fault.line >= 1 and fault.key for fault in refused.faults)


def test_every_fault_is_told_at_once(files: Files) -> None:
    spoil = files | {
        "hotlines.yaml": files["hotlines.yaml"].replace("flow: service", "flow: servcie"),
        "agents.yaml": files["agents.yaml"].replace("site: xian", "site: beijing", 1),
        "groups.yaml": files["groups.yaml"].replace("ring_s: 20", "ring_s: soon", 1),
        "hotline.yaml": "[]\n",
    }
    places = [(fault.file, fault.line, fault.key) for fault in faults(spoil)]
    assert places == [
        ("agents.yaml", 5, "[3].site"),
        ("groups.yaml", 5, "[0].ring_s"),
        ("hotline.yaml", 0, ""),
        ("hotlines.yaml", 5, "[0].flow"),
    ]


def test_a_bad_group_does_not_break_the_links_to_it(files: Files) -> None:
    spoil = files["groups.yaml"].replace("priority: 2", "priority: 99")
    assert [fault.key for fault in faults(files | {"groups.yaml": spoil})] == ["[3].priority"]


@pytest.mark.parametrize(
    ("lines", "entry", "well"),
    [
        (None, "02800000001", True),
        ({"north": ("diversion", "uri")}, "02800000001", True),
        ({"north": ("uri", "pcpid"), "south": ("history",)}, "02800000001", True),
        ({}, "02800000001", False),
        ({"north": ("uri", "to")}, "02800000001", False),
        ({"north": ("uri", "pcpid"), "south": ("uri",)}, "+862800000001", False),
        ({"north": ("uri", "pcpid"), "south": ("uri",)}, "02800000001@north", True),
        ({"north": ("uri", "pcpid"), "south": ("uri",)}, "02800000001@south", False),
        ({"north": ("uri", "pcpid")}, "02800000001@nowhere", False),
        ({"north": ("uri",)}, "02800000002", True),
    ],
)
def test_hotlines_share_a_number_only_where_the_line_tells_them_apart(
    files: Files, lines: dict[str, tuple[str, ...]] | None, entry: str, well: bool
) -> None:
    text = files["hotlines.yaml"].replace("also_called: []", f'also_called: ["{entry}"]')
    shared = files | {"hotlines.yaml": text}
    if well:
        compile_config(shared, sound, lines)
        return
    with pytest.raises(Refused) as refused:
        compile_config(shared, sound, lines)
    (fault,) = refused.value.faults
    at = 1 + text[: text.index(f'"{entry}"', text.index("4008000002"))].count("\n")
    assert (fault.file, fault.line, fault.key) == ("hotlines.yaml", at, "[1].also_called[0]")


def test_the_default_hotline_is_one_of_ours(files: Files) -> None:
    def with_default(number: str) -> Files:
        text = files["firm.yaml"].replace('default_hotline: ""', f'default_hotline: "{number}"')
        return files | {"firm.yaml": text}

    assert compile_config(with_default("4008000002"), sound).firm.default_hotline == "4008000002"
    (fault,) = faults(with_default("4008000009"))
    assert (fault.file, fault.key) == ("firm.yaml", "default_hotline")


def test_numbers_are_unique_over_further_numbers_and_agents(files: Files) -> None:
    for taken in ("4008000001", "8001", "8001@north"):
        spoil = files["hotlines.yaml"].replace("also_called: []", f'also_called: ["{taken}"]')
        (fault,) = faults(files | {"hotlines.yaml": spoil})
        assert fault.key == "[1].also_called[0]"
    spoil = files["agents.yaml"].replace('"8002"', '"8001"')
    (fault,) = faults(files | {"agents.yaml": spoil})
    assert (fault.key, fault.line) == ("[1].number", 3)


def test_a_flow_check_is_given_the_names_and_its_faults_are_kept(files: Files) -> None:
    seen: dict[str, Names] = {}

    def check(name: str, _text: str, names: Names) -> list[Fault]:
        seen[name] = names
        return [Fault(f"flows/{name}.yaml", 7, "x", "odd")] if name == "service" else []

    with pytest.raises(Refused) as refused:
        compile_config(files, check)
    assert [str(fault) for fault in refused.value.faults] == ["flows/service.yaml:7: x: odd"]
    assert sorted(seen) == ["partners", "service", "survey"]
    assert seen["survey"].groups == {"presale", "aftersale", "partner", "vip"}
    assert seen["survey"].calendars == {"always", "workdays"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: [", 2),
        ("a: 1\na: 2\n", 2),
        ("a: &x [1]\nb: *x\n", 2),
        ("[" * 100 + "]" * 100, 1),
        ("[" * 500, 1),
        ("a: \x07", 1),
        ("? [1, 2]\n: 3\n", 1),
    ],
)
def test_odd_yaml_is_a_fault_never_an_exception(text: str, line: int) -> None:
    reading = parse("f.yaml", text)
    assert reading.faults and reading.faults[0].line == line


def test_values_mean_what_they_say(files: Files) -> None:
    """YAML 1.1 would read numbers, base-60 times, dates and a Norwegian no."""
    plain = re.sub(r'"([^"{]*)"', r"\1", files["calendars.yaml"]).replace('""', "")
    whole = compile_config(files | {"calendars.yaml": plain}, sound)
    assert whole == compile_config(files, sound)
    again = files["hotlines.yaml"].replace('"4008000001"', "4008000001")
    assert compile_config(files | {"hotlines.yaml": again}, sound).hotlines[0].number.isdigit()


def test_a_secret_in_the_wrong_place_is_not_repeated(files: Files) -> None:
    hook = (
        "- {id: a, url: 'https://u:canary-1@e.example/', events: [call.ended], "
        "secret_ref: canary-2}\n"
    )
    found = faults(files | {"webhooks.yaml": hook})
    assert sorted(fault.key for fault in found) == ["[0].secret_ref", "[0].url"]
    assert not any("canary" in str(fault) for fault in found)


def test_faults_speak_both_languages(files: Files) -> None:
    spoil = {name: re.sub(r"(\w+):", r"\1_q:", text) for name, text in files.items()}
    for fault in faults(spoil):
        zh, en = split(fault.text)
        assert zh != en and re.search(r"[\u4e00-\u9fff]", zh), fault


def test_round_trip(files: Files, config: Config, tmp_path: Path) -> None:
    folder.write(config, tmp_path / "new")
    assert folder.read(tmp_path / "new", sound) == config
    folder.write(config, tmp_path / "kept", files)
    assert folder.read_files(tmp_path / "kept") == files


def test_rendering_is_stable(config: Config) -> None:
    once = render(config)
    assert render(compile_config(once, sound)) == once
    for section in SECTIONS:
        assert section_text(section, getattr(config, section.key)) == once[section.file]


def test_only_the_file_that_changed_is_written_anew(files: Files, config: Config) -> None:
    renamed = config.agents[0].model_copy(update={"name": "林晓雨"})
    edited = config.model_copy(update={"agents": (renamed, *config.agents[1:])})
    after = render(edited, files)
    assert {name for name in files if after[name] != files[name]} == {"agents.yaml"}
    assert [str(change) for change in changes(config, edited)] == [
        "~ agents 8001.name: 林小雨 → 林晓雨"
    ]
    assert changes(config, config) == []
    assert len(changes(None, config)) > 50


def test_tests_of_a_flow_travel_with_it(files: Files, config: Config) -> None:
    with_tests = files | {"flows/service.test.yaml": "- given: {}\n"}
    assert render(config, with_tests)["flows/service.test.yaml"] == "- given: {}\n"
    (fault,) = faults(files | {"flows/gone.test.yaml": ""})
    assert fault.file == "flows/gone.test.yaml"


def test_snapshot_is_the_configuration_and_its_version(config: Config, tmp_path: Path) -> None:
    path = tmp_path / "config" / "current.json"
    snapshot.write(config, 7, path)
    assert snapshot.read(path) == (config, 7)
    path.write_text(path.read_text(encoding="utf-8")[:-40], encoding="utf-8")
    with pytest.raises(Refused):
        snapshot.read(path)


def test_the_folder_says_what_it_cannot_read(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        folder.read(tmp_path / "none", sound)
    (tmp_path / "firm.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(Refused) as refused:
        folder.read(tmp_path, sound)
    assert replace(refused.value.faults[0], text="") == Fault("firm.yaml", 0, "", "")


def test_days_of_a_period(config: Config) -> None:
    days = {calendar.id: calendar.periods[0].weekdays for calendar in config.calendars}
    assert days == {"always": set(range(7)), "workdays": set(range(5))}
    around = config.calendars[0].periods[0].model_copy(update={"days": "sat-mon, wed"})
    assert around.weekdays == {5, 6, 0, 2}
