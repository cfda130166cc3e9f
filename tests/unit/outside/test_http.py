"""The way out: only public addresses and what the firm named, bounded answers, no redirects."""

from collections.abc import AsyncIterator, Sequence

import pytest
from aiohttp import web

from domain.errors import Unavailable
from outside.addresses import AddressRefused, is_public
from outside.http import ANSWER_BYTES, GuardedHttp

from .sinks import Sink, listening


async def no_dns(host: str, port: int) -> Sequence[str]:
    raise AssertionError(f"{host}:{port} should never have been asked for")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "crm",
    ],
)
def test_these_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "223.5.5.5", "2400:3200::1", "::ffff:8.8.8.8"])
def test_these_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://2130706433:{port}/",
        "http://0177.0.0.1:{port}/",
        "http://127.1:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://[::1]:{port}/",
        "http://user:pass@8.8.8.8/",
        "ftp://8.8.8.8/",
        "file:///etc/passwd",
        "http:///",
        "http://[broken/",
    ],
)
async def test_what_is_not_outside_is_refused_before_anything_is_sent(url: str) -> None:
    sink = Sink()
    async with listening(sink.handle) as port:
        http = GuardedHttp(ask=no_dns)
        with pytest.raises(AddressRefused):
            await http.get(url.format(port=port), {})
        await http.close()
    assert sink.heard == []


@pytest.mark.parametrize("found", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], []])
async def test_a_name_is_judged_by_its_addresses(found: list[str]) -> None:
    async def ask(host: str, port: int) -> Sequence[str]:
        return found

    http = GuardedHttp(ask=ask)
    with pytest.raises(AddressRefused, match="on_site"):
        await http.get("http://crm.example/", {})
    await http.close()


@pytest.mark.parametrize("host", ["0x7f000001", "localhost", "LOCALHOST."])
async def test_names_that_mean_ourselves_are_refused(host: str) -> None:
    http = GuardedHttp()
    with pytest.raises((AddressRefused, Unavailable)):
        await http.get(f"http://{host}:9/", {})
    await http.close()


async def test_each_request_is_judged_anew() -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"]]

    async def ask(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    http = GuardedHttp(ask=ask)
    for _ in range(2):
        with pytest.raises(AddressRefused):
            await http.get("http://rebinding.example/", {})
    assert answers == []
    await http.close()


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    made = Sink()
    async with listening(made.handle) as made.port:
        yield made


@pytest.fixture
async def http(sink: Sink) -> AsyncIterator[GuardedHttp]:
    made = GuardedHttp([f"127.0.0.1:{sink.port}"])
    yield made
    await made.close()


async def test_a_system_of_our_own_is_reached(http: GuardedHttp, sink: Sink) -> None:
    sink.script = [web.Response(status=429, headers={"Retry-After": "7"}, text="later")]
    answer = await http.post(sink.url, {"X-A": "1"}, b"body")
    assert (answer.status, answer.body, answer.retry_after) == (429, b"later", "7")
    assert sink.heard[0].body == b"body"
    assert sink.heard[0].headers["x-a"] == "1"


async def test_an_own_system_by_name_is_connected_to_where_the_name_points(sink: Sink) -> None:
    async def ask(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    http = GuardedHttp([f"crm.office:{sink.port}"], ask)
    assert (await http.get(f"http://CRM.office:{sink.port}/", {}))[0] == 200
    with pytest.raises(AddressRefused):  # the permission is for the name, not for what it means
        await http.get(sink.url, {})
    await http.close()


async def test_a_redirect_is_an_answer_and_not_followed(http: GuardedHttp, sink: Sink) -> None:
    sink.script = [web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"})]
    assert (await http.get(sink.url, {}))[0] == 302
    assert len(sink.heard) == 1


async def test_a_long_answer_is_cut_off(http: GuardedHttp, sink: Sink) -> None:
    sink.script = [web.Response(body=b"x" * ANSWER_BYTES), web.Response(body=b"x" * 10_000_000)]
    assert len((await http.get(sink.url, {}))[1]) == ANSWER_BYTES
    with pytest.raises(Unavailable, match="64 kB"):
        await http.get(sink.url, {})


async def test_a_dead_system_is_unavailable(http: GuardedHttp) -> None:
    with pytest.raises(AddressRefused):
        await http.get("http://127.0.0.1:1/", {})
    lonely = GuardedHttp(["127.0.0.1:1"])
    with pytest.raises(Unavailable):
        await lonely.get("http://127.0.0.1:1/", {})
    await lonely.close()


async def test_headers_cannot_be_smuggled(http: GuardedHttp, sink: Sink) -> None:
    with pytest.raises(ValueError, match=r"[Nn]ewline|control|return"):
        await http.get(sink.url, {"X-A": "1\r\nX-B: 2"})
    assert sink.heard == []
