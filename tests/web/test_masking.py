"""What leaves for a browser says no caller's number, wherever the carrier put it."""

import pytest

from web.masking import masked

NUMBER = "13800138000"


@pytest.mark.parametrize(
    "name",
    [NUMBER, f"+86{NUMBER}", "138-0013-8000", "138 0013 8000", f"张三 {NUMBER}", f"0{NUMBER}"],
)
def test_a_number_given_as_the_callers_name_is_masked_too(name: str) -> None:
    row = masked({"caller": NUMBER, "caller_raw": f"+86{NUMBER}", "caller_name": name, "x": 1})
    digits = "".join(filter(str.isdigit, str(row)))
    assert "80013" not in digits
    assert row["x"] == 1


def test_names_stay_and_who_withholds_has_none() -> None:
    assert masked({"caller": "", "caller_name": "李四 2 号"})["caller_name"] == "李四 2 号"
    row = masked({"caller": NUMBER, "caller_name": NUMBER, "withheld": True})
    assert row["caller"] == row["caller_name"] == ""
