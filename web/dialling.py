"""Calls out from the desk: an agent calls somebody, calls a customer back, or never again.

Whom the firm may call is decided by the engine; a refusal says why, in both languages.
"""

from typing import Any

from domain.numbers import mask
from office import bar
from office.do_not_call import is_barred
from office.versions import Request
from reports.calls import one_call
from web.calls import check_own
from web.desk import WORK, agent_of
from web.errors import Said
from web.messages import own_message
from web.publishing import announced
from web.schema_desk import Bar, Dial, Dialled, Done
from web.table import Ask, Nothing, table

dialling = table("dialling")


@dialling.route("POST ./calls", WORK)
async def dial(ask: Ask[Nothing, Dial]) -> Dialled:
    """Call somebody: the own phone rings first, then the other side is dialled."""
    answer = await ask.world.engine.ask(
        "call.dial",
        agent=agent_of(ask.me),
        to=await _number(ask),
        hotline=ask.body.hotline,
        consent=ask.body.consent,
    )
    return Dialled(call=str(answer["call"]))


@dialling.route("POST ./calls/{call}/do-not-call", WORK, "admin.do_not_call")
async def never_call(ask: Ask[Nothing, Bar]) -> Done:
    """Put the customer of an own call on the do-not-call list; audited. Twice is as good as once.

    The number itself is not told: agents see it masked.
    """
    call, world = ask.path("call"), ask.world
    number = await _customer(ask, call, "call")
    if not is_barred(world.config.now, number):
        note = f"do_not_call +{mask(number)} {call}"
        request = Request(ask.me.login, note, world.clock.utc_ms())
        await announced(ask, bar(world.publisher, number, ask.body.why, request))
    await world.note(ask.me.login, "number.bar", call, {"why": ask.body.why})
    return Done()


async def _number(ask: Ask[Nothing, Dial]) -> str:
    """Give the number to call; of an own call it is read here, since no agent sees it whole."""
    if ask.body.of_call is None:
        return ask.body.to
    return await _customer(ask, ask.body.of_call, "of_call")


async def _customer(ask: Ask[Any, Any], call: str, field: str) -> str:
    """Give the customer's number of an own call, unless it was withheld."""
    found = await one_call(ask.world.db, call)
    if await own_message(ask.world, ask.me, call) is None:
        check_own(ask.me, found)
    number = str(found["call"]["caller"])
    if not number or found["call"].get("withheld"):
        raise Said(
            "refused",
            field=field,
            zh="来电者隐藏了号码。",
            en="The caller withheld the number.",
        )
    return number
