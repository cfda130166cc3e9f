"""Numbers, dates, amounts, times and places are said as people say them, in both languages."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

import speech
from domain.errors import NotFound, Refused
from tests.unit.speech.readback import en_value, zh_value

LANGUAGES = ("zh", "en")
NUMBERS = st.one_of(
    st.integers(0, 10**12),
    st.integers(0, 12000),
    st.builds(lambda a, b: a * 10**b, st.integers(0, 2020), st.integers(0, 9)),
)


def spoken(names: list[str], language: str) -> str:
    """The text that the prompts say together; fails for a prompt that is not shipped."""
    return ("" if language == "zh" else " ").join(speech.text_of(n, language) for n in names)


@given(NUMBERS)
def test_a_number_said_in_mandarin_reads_back(value: int) -> None:
    names = speech.say_number(value, "zh")
    assert zh_value(names) == value
    assert "零零" not in spoken(names, "zh")


@given(NUMBERS)
def test_a_number_said_in_english_reads_back(value: int) -> None:
    names = speech.say_number(value, "en")
    assert en_value(names) == value
    assert spoken(names, "en")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "零"),
        (2, "二"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (105, "一百零五"),
        (110, "一百一十"),
        (123, "一百二十三"),
        (200, "二百"),
        (2000, "两千"),
        (2222, "两千二百二十二"),
        (10010, "一万零一十"),
        (20001, "两万零一"),
        (32000, "三万二千"),
        (100000, "十万"),
        (120000, "十二万"),
        (1000100, "一百万零一百"),
        (2 * 10**8, "两亿"),
        (100100000, "一亿零一十万"),
        (120000000, "一亿二千万"),
        (10**12, "一万亿"),
    ],
)
def test_mandarin_numbers(value: int, said: str) -> None:
    assert spoken(speech.say_number(value, "zh"), "zh") == said


def test_the_names_are_played_one_by_one() -> None:
    assert speech.say_number(123, "zh") == ["num/1", "num/hundred", "num/2", "num/ten", "num/3"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "zero"),
        (13, "thirteen"),
        (21, "twenty one"),
        (123, "one hundred twenty three"),
        (2000, "two thousand"),
        (1_000_005, "one million five"),
        (10**12, "one trillion"),
    ],
)
def test_english_numbers(value: int, said: str) -> None:
    assert spoken(speech.say_number(value, "en"), "en") == said


def test_decimals_and_signs() -> None:
    assert spoken(speech.say_number(Decimal("-3.05"), "zh"), "zh") == "负三点零五"
    assert spoken(speech.say_number(Decimal("12.50"), "en"), "en") == "twelve point five"
    assert spoken(speech.say_number(-2, "en"), "en") == "minus two"


@pytest.mark.parametrize(
    ("yuan", "zh", "en"),
    [
        ("0", "零元", "zero yuan"),
        ("2", "两元", "two yuan"),
        ("12.50", "十二元五角", "twelve yuan fifty fen"),
        ("12.05", "十二元零五分", "twelve yuan five fen"),
        ("199.99", "一百九十九元九角九分", "one hundred ninety nine yuan ninety nine fen"),
        ("0.50", "五角", "fifty fen"),
        ("0.02", "两分", "two fen"),
        ("-1.2", "负一元两角", "minus one yuan twenty fen"),
    ],
)
def test_amounts(yuan: str, zh: str, en: str) -> None:
    assert spoken(speech.say_amount(Decimal(yuan), "zh"), "zh") == zh
    assert spoken(speech.say_amount(Decimal(yuan), "en"), "en") == en


@pytest.mark.parametrize(
    ("clock", "zh", "en"),
    [
        (time(0, 30), "凌晨零点三十分", "twelve thirty A.M."),
        (time(2, 0), "凌晨两点整", "two A.M."),
        (time(9, 0), "上午九点整", "nine A.M."),
        (time(12, 15), "中午十二点十五分", "twelve fifteen P.M."),
        (time(14, 5), "下午两点零五分", "two oh five P.M."),
        (time(21, 59), "晚上九点五十九分", "nine fifty nine P.M."),
    ],
)
def test_times(clock: time, zh: str, en: str) -> None:
    assert spoken(speech.say_time(clock, "zh"), "zh") == zh
    assert spoken(speech.say_time(clock, "en"), "en") == en


def test_dates() -> None:
    day = date(2026, 11, 22)
    assert spoken(speech.say_date(day, "zh"), "zh") == "二零二六年十一月二十二日"
    assert spoken(speech.say_date(day, "zh", with_year=False), "zh") == "十一月二十二日"
    assert spoken(speech.say_date(day, "en"), "en") == "November twenty-second twenty twenty six"
    assert spoken(speech.say_weekday(day, "zh"), "zh") == "星期日"
    assert spoken(speech.say_date(date(2005, 1, 1), "en"), "en").endswith("two thousand five")
    assert spoken(speech.say_date(date(1905, 1, 1), "en"), "en").endswith("nineteen oh five")
    assert spoken(speech.say_date(date(1900, 1, 1), "en"), "en").endswith("nineteen hundred")


def test_durations() -> None:
    assert spoken(speech.say_duration(120, "zh"), "zh") == "两分钟"
    assert spoken(speech.say_duration(3900, "zh"), "zh") == "一小时五分钟"
    assert spoken(speech.say_duration(61, "en"), "en") == "one minute one second"
    assert spoken(speech.say_duration(0, "en"), "en") == "zero seconds"


def test_places() -> None:
    assert speech.say_place(3, "zh") == ["place_before", "num/3", "place_after"]
    assert spoken(speech.say_place(2, "zh"), "zh") == "前面还有两位客户正在等待。"
    assert speech.say_place(0, "zh") == ["place_next"]
    assert speech.say_place(1, "en") == ["place_one"]


def test_waits_are_told_in_whole_minutes_rounded_outwards() -> None:
    said = {
        (130, 230): ("预计等待时间两到四分钟", "Your expected wait is two to four minutes"),
        (60, 61): ("预计等待时间一到两分钟", "Your expected wait is one to two minutes"),
        (120, 120): ("预计等待时间两分钟", "Your expected wait is two minutes"),
        (10, 60): ("预计等待时间不到一分钟。", "Your expected wait is less than one minute."),
        (59, 61): ("预计等待时间不超过两分钟", "Your expected wait is at most two minutes"),
        (100, 1801): ("预计等待时间超过一分钟", "Your expected wait is more than one minute"),
        (2400, 9999): (
            "预计等待时间超过三十分钟",
            "Your expected wait is more than thirty minutes",
        ),
        (10, 1801): (
            "当前排队人数较多，等待时间可能较长。",
            "We are very busy, and your wait may be long.",
        ),
    }
    for (low_s, high_s), (zh, en) in said.items():
        assert spoken(speech.say_wait(low_s, high_s, "zh"), "zh") == zh
        assert spoken(speech.say_wait(low_s, high_s, "en"), "en") == en


def test_a_phone_number_is_told_in_groups_and_one_is_yao() -> None:
    said = spoken(speech.say_phone("138-0013-8000", "zh"), "zh").replace("（停顿）", " ")
    assert said == "幺三八 零零幺三 八零零零"
    assert speech.say_phone("4008208820", "zh").count("pause") == 2
    assert "pause" not in speech.say_phone("95588", "en")
    assert speech.say_phone("", "zh") == []


def test_an_order_id_is_spelled() -> None:
    assert speech.say_code("YD-2026-1", "zh") == [
        *("letter/y", "letter/d", "pause"),
        *("num/2", "num/0", "num/2", "num/6", "pause", "num/yao"),
    ]
    assert speech.say_code("--7--", "en") == ["num/7"]


@given(
    st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    st.times(),
    st.decimals(-(10**9), 10**9, places=2),
    st.integers(0, 10**6),
    st.text(max_size=20),
    st.sampled_from(LANGUAGES),
)
def test_everything_that_is_said_is_shipped(
    day: date, clock: time, yuan: Decimal, count: int, text: str, language: str
) -> None:
    said = speech.say_date(day, language) + speech.say_time(clock, language)
    said += speech.say_amount(yuan, language) + speech.say_duration(count, language)
    said += speech.say_place(count, language) + speech.say_code(text, language)
    said += speech.say_phone(text, language) + speech.say_number(yuan, language)
    said += speech.say_weekday(day, language) + speech.say_wait(count / 2, count, language)
    assert set(said) <= speech.prompt_names()
    for name in said:
        speech.text_of(name, language)


def test_what_cannot_be_said_is_refused() -> None:
    with pytest.raises(Refused):
        speech.say_number(10**15, "zh")
    with pytest.raises(Refused):
        speech.say_place(-1, "zh")
    with pytest.raises(NotFound):
        speech.say_number(1, "fr")
