"""The dial table: what leaves for a carrier, and that nothing else ever does."""

import re

import pytest
from hypothesis import given, strategies as st

from lines.dial_table import class_of, dialled
from tests.unit.lines.trunks import Wire

PLUS86 = Wire(
    dial_mobile="+86{e}", dial_local="{l}", dial_long="+86{e}", dial_service="", dial_abroad="+{e}"
)
ACCESS = Wire(area_code="010", dial_mobile="17909{n}", dial_long="9{n}", dial_abroad="{n}")


@pytest.mark.parametrize(
    ("key", "line", "expected"),
    [
        ("13800138000", Wire(), "13800138000"),
        ("13800138000", PLUS86, "+8613800138000"),
        ("13800138000", ACCESS, "1790913800138000"),
        ("02861234567", Wire(), "02861234567"),
        ("02861234567", PLUS86, "61234567"),
        ("02861234567", ACCESS, "902861234567"),
        ("075581234567", PLUS86, "+8675581234567"),
        ("95588", Wire(), "95588"),
        ("95588", PLUS86, ""),
        ("4006123456", Wire(), "4006123456"),
        ("+85221234567", Wire(), ""),
        ("+85221234567", PLUS86, "+85221234567"),
        ("+85221234567", ACCESS, "0085221234567"),
        ("110", PLUS86, ""),
        ("028119", ACCESS, ""),
        ("16812345", Wire(), ""),
        ("8001", Wire(), ""),
        ("", Wire(), ""),
    ],
)
def test_a_number_as_the_line_wants_it(key: str, line: Wire, expected: str) -> None:
    assert dialled(key, line) == expected


TEMPLATES = st.sampled_from(["", "{n}", "{e}", "{l}", "0{n}", "+86{e}", "9{n}", "{n}&x", "${n}"])


@given(st.text(max_size=40) | st.from_regex(r"\+?[0-9]{0,20}", fullmatch=True), TEMPLATES)
def test_only_digits_ever_leave(key: str, template: str) -> None:
    line = Wire("a", "028", (), template, template, template, template, template)
    assert re.fullmatch(r"(?:\+?[0-9]{3,32})?", dialled(key, line), re.ASCII)


@given(st.sampled_from(["", "0", "028", "010", "0755"]), st.sampled_from(["110", "119", "120"]))
def test_help_is_no_customer(area: str, number: str) -> None:
    assert class_of(area + number) in ("emergency", "")
    assert dialled(area + number, PLUS86) == ""
