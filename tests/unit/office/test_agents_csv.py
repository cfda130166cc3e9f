"""Agents by CSV: what Excel makes of it, every bad line named, nothing applied when one is bad."""

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from domain.errors import Refused
from office.agents_csv import COLUMNS, Import, exported, imported, look
from office.model import Config
from office.sheet import read_sheet, write_sheet

HEAD = "number,name,site,groups,skills,mobile\n"
NEW = '8007,钱多,xian,"presale:7 vip",repair:3 english,\n'


def seen(config: Config, text: str, coding: str = "utf-8") -> Import:
    """Look at a table."""
    return look(config, "a.csv", text.encode(coding))


def wrong(config: Config, text: str) -> list[tuple[int, str]]:
    """Give where the faults stand; nothing may have been applied."""
    with pytest.raises(Refused) as refused:
        imported(config, "a.csv", text.encode())
    assert all("·" in fault.text for fault in refused.value.faults)
    return [(fault.line, fault.key) for fault in refused.value.faults]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_every_encoding_of_excel_is_read(config: Config, coding: str) -> None:
    found = seen(config, HEAD + NEW, coding)
    assert not found.faults
    (row,) = found.rows
    assert (row.line, row.number, row.name, row.act) == (2, "8007", "钱多", "new")
    agent = found.config.agents[-1]
    assert agent.groups == {"presale": 7, "vip": 5} and agent.skills == {"repair": 3, "english": 5}


@pytest.mark.parametrize(
    "text",
    [
        "工号,姓名,职场,技能组,技能\r\n8007,钱多,西安职场,售前咨询：7 会员专线,维修:3、英语\r\n",
        "Number;Name;Site;Groups;Skills\n8007;钱多;xian;presale:7 vip;repair:3 english\n",
        "number\tname\tsite\tgroups\tskills\n8007\t钱多\txian\tpresale:7,vip\trepair:3,english\n",
    ],
)
def test_names_and_separators_as_people_write_them(config: Config, text: str) -> None:
    assert imported(config, "a.csv", text.encode()) == seen(config, HEAD + NEW).config


def test_an_absent_column_keeps_what_is_known(config: Config) -> None:
    found = seen(config, "number,name\n8001,林晓雨\n8002,周明\n")
    assert [row.act for row in found.rows] == ["changed", "same"]
    assert found.rows[0].changes == ("name: 林小雨 → 林晓雨",)
    first = found.config.agents[0]
    assert first.groups == config.agents[0].groups and first.skills == config.agents[0].skills
    assert found.config.agents[2:] == config.agents[2:]


def test_every_bad_line_is_named_and_nothing_is_applied(config: Config) -> None:
    text = HEAD + (
        NEW
        + "8007,again,xian,vip,,\n"
        + "8008,甲,mars,vip,,\n"
        + "8009,乙,xian,moon,repair:10,\n"
        + "80x,,xian,,magic:3,123\n"
        + "4008000001,丙,xian,vip,magic,\n"
        + "8010,丁,xian,vip vip,,\n"
    )
    assert wrong(config, text) == [
        (3, "number"),
        (4, "site"),
        (5, "skills.repair"),
        (6, "groups"),
        (6, "mobile"),
        (6, "name"),
        (6, "number"),
        (7, "number"),
        (7, "skills.magic"),
        (8, "groups.vip"),
    ]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", (1, "")),
        ("name,site\nx,y\n", (1, "number")),
        ("number,salary\n", (1, "salary")),
        ("number,工号\n", (1, "number")),
        ("一,二\n", (1, "")),
        ("number,name\n8001,a,b\n", (2, "")),
        ("number\n" + "8001\n" * 6000, (0, "")),
    ],
)
def test_what_is_no_table_is_refused_whole(config: Config, text: str, at: tuple[int, str]) -> None:
    assert wrong(config, text)[0] == at


def test_what_is_written_is_read_back(config: Config) -> None:
    found = look(config, "a.csv", exported(config))
    assert not found.faults and {row.act for row in found.rows} == {"same"}
    assert found.config == config and len(found.rows) == len(config.agents)


def test_no_cell_is_a_formula() -> None:
    data = write_sheet(("number", "name"), [("1", "=cmd|' /C calc'!A0"), ("2", "'quoted")])
    assert b"'=cmd" in data
    rows = read_sheet("a.csv", data, COLUMNS)
    assert [row.cells["name"] for row in rows] == ["=cmd|' /C calc'!A0", "'quoted"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: (HEAD + text).encode()))
def test_whatever_is_uploaded_is_looked_at(config: Config, data: bytes) -> None:
    found = look(config, "a.csv", data)
    assert found.faults or found.config.agents[: len(config.agents)]


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)


@given(st.lists(st.tuples(st.integers(10, 99999999).map(str), CELL), min_size=1, max_size=8))
def test_cells_survive(rows: list[tuple[str, str]]) -> None:
    back = read_sheet("a.csv", write_sheet(("number", "name"), rows), COLUMNS)
    assert [(row.cells["number"], row.cells["name"]) for row in back] == rows


DAMAGE: tuple[tuple[str, str], ...] = (
    ("number", ""),
    ("number", "80x"),
    ("number", "-1"),
    ("number", "12345678901234567890"),
    ("name", ""),
    ("name", "长" * 200),
    ("site", "mars"),
    ("site", ""),
    ("groups", "moon"),
    ("groups", "presale:11"),
    ("groups", "presale:x"),
    ("groups", "presale:-1"),
    ("groups", "presale presale"),
    ("skills", "magic:3"),
    ("skills", "repair:10"),
    ("skills", "repair:"),
    ("mobile", "123"),
    ("mobile", "=cmd"),
    ("wide", "x"),
    ("twice", ""),
)
"""What may be wrong with a line: a column and its spoilt cell, one cell more, a number again."""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.dictionaries(st.integers(3, 30), st.sampled_from(DAMAGE), min_size=1, max_size=8))
def test_every_damaged_line_of_many_is_named_and_no_sound_one(
    config: Config, damage: dict[int, tuple[str, str]]
) -> None:
    lines = [HEAD.strip()]
    for line in range(2, 32):
        cells = [str(8100 + line), f"名{line}", "xian", "presale:7 vip", "repair:3", ""]
        column, spoilt = damage.get(line, ("", ""))
        if column == "wide":
            cells.append(spoilt)
        elif column == "twice":
            cells[0] = "8102"  # line 2 is never damaged
        elif column:
            cells[tuple(COLUMNS).index(column)] = spoilt
        lines.append(",".join(cells))
    before = config.model_dump()
    found = wrong(config, "\n".join(lines))
    assert {line for line, _ in found} == set(damage), [damage, found]
    assert config.model_dump() == before
