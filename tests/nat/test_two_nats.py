"""An agent at home, behind a NAT, is called by somebody on an exchange behind another one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from playwright.async_api import Browser

from demo.audio import tone
from demo.call import TEST_TRUNK
from demo.phone_aio import AioPhone
from demo.softphone import Account
from tests.browser.people import EARS, Person, listen, until
from tests.browser.test_hotline_to_report import hears_beeps
from tests.nat.conftest import World
from tests.nat.nets import NO_RELAY, NO_UDP, RELAY

pytestmark = [pytest.mark.browser, pytest.mark.pbx, pytest.mark.timeout(300)]
HEARD_DB = -60.0
STRICT = NO_UDP % {"relay": RELAY}
CUT_OFF = NO_RELAY % {"relay": RELAY}


@asynccontextmanager
async def at_home(world: World, chromium: Browser) -> AsyncIterator[Person]:
    """Sit an agent down at home, logged in."""
    context = await chromium.new_context(
        locale="zh-CN", permissions=["microphone"], ignore_https_errors=True
    )
    await context.add_init_script(EARS)
    person = Person(await context.new_page(), world.system.public)
    listen(person.page, person)
    await person.sign_in("8001", world.system.logins)
    await person.go("/desk")
    yield person
    await context.close()


async def the_network_is(agent: Person, *, says: str) -> None:
    """Press the network's test and wait for what it says."""
    await agent.press("shift-net")
    await agent.page.locator(f"[data-test='net'][data-way='{says}']").wait_for(timeout=40_000)


@asynccontextmanager
async def called(world: World, agent: Person) -> AsyncIterator[AioPhone]:
    """Let a customer call and the agent answer; at the end both hang up and the shift is over."""
    account = Account("13800138000", "", world.system.sip, TEST_TRUNK)
    phone = AioPhone(account, lambda: tone(440))
    await agent.ready()
    await phone.open()
    try:
        await phone.dial("4008000001")
        await phone.press("1")
        await agent.press("card-answer")
        await agent.state("通话")
        yield phone
    finally:
        await phone.hang_up()
        await phone.close()


async def both_hear(agent: Person, phone: AioPhone) -> None:
    """Wait until the customer's tone is in the page, and the page's beeps are in the telephone."""

    async def loud() -> bool:
        return await agent.hears(440) > HEARD_DB

    await until(loud, 30)
    await asyncio.wait_for(hears_beeps(phone), 30)


async def ways(agent: Person) -> tuple[str, str]:
    """Tell the kinds of the two ends of the way that sound takes."""
    found = await agent.page.evaluate(PAIR)
    return found["local"], found["remote"]


PAIR = """
async () => {
  const live = window.heardConnections.filter((c) => c.connectionState === 'connected').at(-1);
  const seen = [...(await live.getStats()).values()];
  const transport = seen.find((one) => one.type === 'transport');
  const pair = seen.find((one) => one.id === transport.selectedCandidatePairId);
  const of = (id) => seen.find((one) => one.id === id)?.candidateType;
  return { local: of(pair.localCandidateId), remote: of(pair.remoteCandidateId) };
}
"""


async def leave(world: World, agent: Person) -> None:
    """End the shift, whatever the state, and wait until it is over."""
    await agent.page.evaluate(
        """async () => {
          const me = await (await fetch('/api/v1/me')).json();
          await fetch('/api/v1/me/shift', { method: 'DELETE', headers: { 'X-CSRF': me.csrf } });
          sessionStorage.clear();
        }"""
    )
    await until(lambda: world.system.agent("8001")["state"] == "offline", 30)


async def talks(world: World, chromium: Browser, way: str) -> None:
    """Test the network, begin the shift, take a call: sound goes both ways, by the way found."""
    async with AsyncExitStack() as stack:
        agent = await stack.enter_async_context(at_home(world, chromium))
        await the_network_is(agent, says=way)
        await agent.press("shift-go")
        await agent.registered()
        stack.push_async_callback(leave, world, agent)
        phone = await stack.enter_async_context(called(world, agent))
        await both_hear(agent, phone)
        assert ((await ways(agent))[0] == "relay") is (way == "relay")


async def test_sound_goes_directly_where_the_firms_router_lets_it_in(
    world: World, chromium: Browser
) -> None:
    await talks(world, chromium, "direct")


async def test_sound_takes_the_relay_where_no_udp_gets_out(world: World, chromium: Browser) -> None:
    with world.nets.strict("hnat", "strict", STRICT):
        await talks(world, chromium, "relay")


async def test_a_blocked_network_is_named_and_the_choice_is_the_agents(
    world: World, chromium: Browser
) -> None:
    with (
        world.nets.strict("hnat", "strict", STRICT),
        world.nets.strict("hnat", "norelay", CUT_OFF),
    ):
        async with at_home(world, chromium) as agent:
            await the_network_is(agent, says="turn")
            assert "TURN" in await agent.text("net-fault")
            assert await agent.text("shift-go") == "仍然签入"
            await agent.press("shift-go")
            await agent.registered()
            await leave(world, agent)
