"""Who is shut out of SIP and who never is; what is written for Asterisk says nothing else."""

from ipaddress import ip_network

from hypothesis import given, strategies as st

from pbx.bans import (
    ALWAYS,
    HOUR_MS,
    Ban,
    Guard,
    Rules,
    address_of,
    networks,
    read,
    section,
    written,
)

RULES = Rules(most=3, never=networks((*ALWAYS, "203.0.113.0/28", "sip.carrier.example")))


def fail(guard: Guard, address: str, *times: int) -> list[bool]:
    """Fail at these instants; tells where a ban came of it."""
    return [guard.failed(address, at) is not None for at in times]


def test_a_few_failures_are_forgiven_and_more_in_time_are_not() -> None:
    guard = Guard(RULES)
    window = RULES.window_ms
    assert fail(guard, "192.0.2.1", 0, window, 2 * window, 3 * window) == [False] * 4
    assert fail(guard, "192.0.2.2", 0, 1, 2, 3) == [False, False, True, False]
    assert guard.over(HOUR_MS) == [] and guard.over(HOUR_MS + 2) == ["192.0.2.2"]
    assert fail(guard, "192.0.2.2", HOUR_MS + 3) == [False], "it begins anew"


def test_carriers_ourselves_and_whoever_knew_a_password_are_never_shut_out() -> None:
    guard = Guard(RULES)
    guard.known("192.0.2.3", 0)
    for address in ("127.0.0.1", "127.0.0.2", "::1", "203.0.113.9", "192.0.2.3"):
        assert not any(fail(guard, address, *range(50))), address
    assert guard.bans == {}


def test_many_addresses_cost_no_more_than_the_remembered_ones() -> None:
    guard = Guard(RULES)
    for n in range(12_000):
        guard.failed(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}", n)
    assert len(guard._failed) == 10_000


def test_what_is_kept_is_read_again_and_nonsense_is_nothing() -> None:
    ban = Ban("192.0.2.2", 1, 2, 20)
    assert read(written({ban.address: ban})) == (ban,)
    hostile = '[{"address": "1.2.3.4\\ndeny=0.0.0.0/0", "since": 1, "until": 2, "tries": 3}]'
    assert read(hostile) == read("") == read("{") == read('[{"address": 5}]') == ()
    assert section(()) == ""


@given(st.lists(st.ip_addresses().map(str), min_size=1, unique=True))
def test_only_single_addresses_are_written(addresses: list[str]) -> None:
    lines = section(addresses).splitlines()
    assert lines[:2] == ["[banned]", "type = acl"]
    written_ = [ip_network(line.removeprefix("deny = ")) for line in lines[2:]]
    assert {str(each.network_address) for each in written_} == set(addresses)
    assert all(each.num_addresses == 1 for each in written_)


@given(st.text(max_size=60))
def test_any_word_of_an_event_is_an_address_or_nothing(remote: str) -> None:
    found = address_of(remote)
    assert found == "" or ip_network(found).num_addresses == 1
