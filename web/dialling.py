"""Calls out from the desk: an agent calls somebody, or calls the customer of a call back.

Whom the firm may call is decided by the engine; a refusal says why, in both languages.
"""

from reports.calls import one_call
from web.calls import check_own
from web.desk import WORK, agent_of
from web.errors import Said
from web.schema_desk import Dial, Dialled
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


async def _number(ask: Ask[Nothing, Dial]) -> str:
    """Give the number to call; of an own call it is read here, since no agent sees it whole."""
    if ask.body.of_call is None:
        return ask.body.to
    found = await one_call(ask.world.db, ask.body.of_call)
    check_own(ask.me, found)
    number = str(found["call"]["caller"])
    if not number or found["call"].get("withheld"):
        raise Said(
            "refused",
            field="of_call",
            zh="来电者隐藏了号码。",
            en="The caller withheld the number.",
        )
    return number
