"""HEPv3: what is written is read again, and no datagram breaks the reader."""

from hypothesis import given, strategies as st

from tracing.hep import Address, Packet, decode, encode

HOSTS = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str)
PORTS = st.integers(0, 65535)
PACKET = Packet(
    1_795_392_444_928_146, Address("192.0.2.1", 5060), Address("192.0.2.9", 5061), 17, b"OPTIONS"
)


@given(
    st.integers(0, 4_000_000_000_000_000),
    st.sampled_from([(4, st.ip_addresses(v=4)), (6, st.ip_addresses(v=6))]).flatmap(
        lambda kind: st.tuples(kind[1].map(str), kind[1].map(str))
    ),
    PORTS,
    PORTS,
    st.binary(max_size=3000),
)
def test_what_is_written_is_read_again(
    at_us: int, hosts: tuple[str, str], source: int, target: int, payload: bytes
) -> None:
    packet = Packet(at_us, Address(hosts[0], source), Address(hosts[1], target), 6, payload)
    assert decode(encode(packet)) == packet


@given(st.binary(max_size=400))
def test_no_bytes_break_it(data: bytes) -> None:
    decode(data)
    decode(b"HEP3" + len(data).to_bytes(2, "big") + data)


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 255))
def test_no_damage_breaks_it(cut: int, at: int, byte: int) -> None:
    whole = bytearray(encode(PACKET))
    whole[min(at, len(whole) - 1)] = byte
    decode(bytes(whole)[: len(whole) - min(cut, len(whole))])
    decode(bytes(whole))


def test_half_a_packet_is_none() -> None:
    assert decode(encode(PACKET)[:-1]) is None
    assert decode(b"") is None
    assert decode(b"HEP2\x00\x06") is None
