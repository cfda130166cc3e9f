"""One person, one key: every form of a number, and whatever else a carrier may send."""

import pytest
from hypothesis import given, strategies as st

from domain.headers import asks_privacy, entries, from_header, numbers_of
from domain.numbers import area_of, classify, local_part, parse

MOBILE, LANDLINE, SMALL_TOWN = "13900000001", "02861234567", "08126123456"
FORMS = {
    MOBILE: (
        *("13900000001", "139-0000-0001", "139 0000 0001", "+8613900000001", "+86 139 0000 0001"),
        *("008613900000001", "8613900000001", "013900000001", "+86013900000001", "+013900000001"),
        *("1795113900000001", "17951013900000001", "1259313900000001", "1790913900000001"),
        *("1019313900000001", "861795113900000001", "+861795113900000001", "02813900000001"),
        *("sip:13900000001@192.0.2.1", "sips:+8613900000001@192.0.2.1:5061;user=phone"),
        *(
            "<sip:013900000001@h>;tag=1",
            "tel:+86-139-0000-0001",
            "tel:13900000001;phone-context=+86",
        ),
        *(
            "sip:13900000001;phone-context=+86@h;user=phone",
            "13900000001@h",
            "１３９０００００００１",
        ),
        *("%2B8613900000001", '"13900000001"', "sip:%2b8613900000001@h"),
    ),
    LANDLINE: (
        *(
            "02861234567",
            "028-61234567",
            "(028)61234567",
            "(028_61234567",
            "(028) 6123 4567",
            "+862861234567",
        ),
        *("+86(028)61234567", "0086 28 61234567", "862861234567", "8602861234567", "2861234567"),
        *("61234567", "6123-4567", "1795102861234567", "tel:61234567;phone-context=+8628"),
        *("tel:61234567;phone-context=028", "+02861234567", "sip:61234567@10.0.0.1;user=phone"),
    ),
    SMALL_TOWN: ("08126123456", "0812-6123456", "+868126123456", "8126123456", "868126123456"),
    "4000000001": ("4000000001", "400-000-0001", "04000000001", "+864000000001", "0284000000001"),
    "8000000001": ("8000000001", "800 000 0001", "08000000001"),
    "95555": ("95555", "02895555", "+8695555", "1795195555"),
    "12345": ("12345", "sip:12345@h"),
    "10086": ("10086",),
    "110": ("110",),
    "+14155550100": ("+14155550100", "0014155550100", "00 1 415 555 0100", "tel:+1-415-555-0100"),
    "+85221234567": ("+85221234567", "0085221234567"),
    "8001": ("8001",),
    "": (
        *("", " ", "anonymous", "Anonymous", "Restricted", "unavailable", "unknown", "0", "0000"),
        *("sip:anonymous@anonymous.invalid", "<sip:Restricted@h>", "alice", "sip:alice2@h", "<>"),
        *("sip:@h", "++8613900000001", "1", "13900000001abc", "9" * 41, "tel:", "*72#", "\0", "①"),
    ),
}


@pytest.mark.parametrize(
    ("form", "key"), [(form, key) for key, forms in FORMS.items() for form in forms]
)
def test_every_form_of_a_number_has_one_key(form: str, key: str) -> None:
    assert parse(form, "028") == key
    assert parse(parse(form, "028"), "028") == key


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        *((MOBILE, "mobile"), (LANDLINE, "landline"), (SMALL_TOWN, "landline")),
        *(("4000000001", "free400"), ("8000000001", "free400"), ("95555", "service")),
        *(("110", "service"), ("12345678", "service"), ("96110", "service"), ("116114", "service")),
        *(
            ("+14155550100", "abroad"),
            ("8001", "unknown"),
            ("61234567", "unknown"),
            ("", "unknown"),
        ),
    ],
)
def test_a_key_has_a_class(key: str, kind: str) -> None:
    assert classify(key) == kind


def test_an_area_counts_only_where_it_is_one() -> None:
    assert parse("61234567") == "61234567"
    assert parse("61234567", "28") == LANDLINE
    assert parse("61234567", "nonsense") == parse("61234567", "9999") == "61234567"
    assert [area_of(key) for key in (LANDLINE, SMALL_TOWN, MOBILE, "")] == ["028", "0812", "", ""]
    assert local_part(SMALL_TOWN, "0812") == "6123456"
    assert local_part(MOBILE, "028") == MOBILE


AREAS = st.sampled_from(("", "028", "28", "010", "0812", "9999", "0", "x"))
PEOPLE = st.one_of(
    st.from_regex(r"\A1[3-9][0-9]{9}\Z"),
    st.from_regex(r"\A0(10|2[0-9])[2-8][0-9]{7}\Z"),
    st.from_regex(r"\A0[35-7][1-9][0-9][2-8][0-9]{6,7}\Z"),
    st.from_regex(r"\A[48]00[0-9]{7}\Z"),
)
FRONTS = st.sampled_from(("", "+86", "0086", "86", "00 86 ", "+86 ", "17951", "12593", "+86-17951"))
AROUND = st.sampled_from(("{}", "sip:{}@192.0.2.1", '"x" <sip:{}@h;user=phone>;tag=1', "tel:{}"))


@given(PEOPLE, FRONTS, AROUND, AREAS, st.integers(1, 10))
def test_forms_made_at_random_have_one_key(
    key: str, front: str, around: str, area: str, gap: int
) -> None:
    written = front + f"{key[:gap]}-{key[gap:]}"
    assert parse(around.format(written), area) == key
    assert parse(around.format(front + key.lstrip("0") if front[:1] in "+0" else key)) == key


NUMBERS = st.text("+0123456789", max_size=30)
HEADERS = st.one_of(
    st.text(max_size=200),
    st.text('<>"\\;:@,= sip:tel%+0123456789\r\n\0)(${}', max_size=200),
    st.builds("{}<sip:{}@{}>;{}".format, st.text(), NUMBERS, st.text(), st.text()),
)


@given(st.one_of(NUMBERS, HEADERS), AREAS)
def test_whatever_comes_gives_one_key_or_none(text: str, area: str) -> None:
    key = parse(text, area)
    assert key == "" or (key.lstrip("+").isascii() and key.lstrip("+").isdigit() and len(key) <= 20)
    assert parse(key, area) == key
    assert classify(key) in ("mobile", "landline", "service", "free400", "abroad", "unknown")


@given(HEADERS, HEADERS, AREAS)
def test_any_header_is_only_data(one: str, two: str, area: str) -> None:
    number = from_header(f"{one},{two}", area)
    for text in (number.key, number.raw, number.name):
        assert text.isprintable() and len(text) <= 64
    assert all(key.lstrip("+").isdigit() for key in numbers_of(one + "," + two, area))
    assert isinstance(asks_privacy(one, two, one), bool)


def test_a_name_is_no_address() -> None:
    number = from_header('"<sip:13800138000@evil>, x" <sip:+8613900000001@h>;tag=1')
    assert number.key == MOBILE
    assert entries('"a, \\"b" <sip:1@h,x>, <sip:2@h>') == ['"a, \\"b" <sip:1@h,x>', "<sip:2@h>"]


def test_of_several_identities_the_first_with_a_number_counts() -> None:
    asserted = "<sip:alice@ims.example>, <tel:+8613900000001>"
    assert from_header(asserted).key == MOBILE
    assert from_header("<sip:alice@ims.example>").raw == "alice"
    assert from_header("").key == ""


def test_diversion_and_history_give_all_their_numbers() -> None:
    history = (
        "<sip:4000000001@a?Reason=SIP%3Bcause%3D302>;index=1,<sip:61234567@b>;index=1.1,"
        "<sip:61234567@c>;index=1.1.1"
    )
    assert numbers_of(history, "028") == ["4000000001", LANDLINE]
    assert numbers_of('"四百" <sip:4000000001@h>;reason=unconditional;counter=1', "028") == [
        "4000000001"
    ]
