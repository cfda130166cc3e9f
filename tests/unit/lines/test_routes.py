"""Ways out: each trunk shows a number of its own, trunks that are down come last."""

from lines.routes import routes
from tests.unit.lines.trunks import SHOWN, Wire

TELECOM = Wire("telecom", numbers=("61234567", "02861234568"))
UNICOM = Wire("unicom", "010", ("+861062345678",), dial_mobile="0{n}")
FOREIGN = Wire("foreign", numbers=("02100000000",))
IDS = (SHOWN, "01062345678")


def test_each_way_shows_what_its_own_trunk_has_registered() -> None:
    ways = routes("13800138000", IDS, (TELECOM, FOREIGN, UNICOM))
    assert [str(way) for way in ways] == ["telecom:13800138000", "unicom:013800138000"]
    assert [way.caller_id for way in ways] == ["61234567", "+861062345678"]


def test_what_is_down_goes_last_and_three_are_enough() -> None:
    lines = tuple(Wire(name) for name in "abcde")
    ways = routes("13800138000", IDS, lines, down={"a", "b"})
    assert [way.trunk for way in ways] == ["c", "d", "e"]
    assert [way.trunk for way in routes("13800138000", IDS, lines[:2], {"a"})] == ["b", "a"]


def test_no_number_no_way() -> None:
    assert routes("13800138000", (), (TELECOM,)) == ()
    assert routes("13800138000", ("02199999999",), (TELECOM,)) == ()
    assert routes("13800138000", IDS, ()) == ()
    assert routes("13800138000", ("",), (Wire(numbers=("",)),)) == ()
