"""The agent's desk: shift, state, wrap-up and every command on a call.

Each command goes to the engine in the name of the signed-in agent; nobody can speak for another.
"""

from typing import Any

from web.desk_phone import obeys
from web.errors import Said
from web.guard import Who
from web.masking import masked
from web.schema_board import Card
from web.schema_desk import (
    Decline,
    Done,
    Painted,
    Shift,
    ShiftBegun,
    SipLogin,
    State,
    Summary,
    Transfer,
    WrapUp,
)
from web.scope import check_live
from web.table import Ask, Nothing, table
from web.turn import ice_servers
from web.world import SIP_PATH, World

desk = table("desk")

WORK = "desk.work"


def agent_of(who: Who) -> str:
    """Give the agent that this person works as; whoever is none has no desk."""
    if not who.agent:
        raise Said("no_agent")
    return who.agent


async def _do(ask: Ask[Any, Any], do: str, **args: Any) -> Done:
    result = await ask.world.engine.ask(do, agent=agent_of(ask.me), **args)
    return Done(result=result)


@desk.route("POST ./me/shift", WORK)
async def begin_shift(ask: Ask[Nothing, Shift]) -> ShiftBegun:
    """Begin work (签入) with the browser or a desk phone; starts on break."""
    agent, phone = agent_of(ask.me), ask.body.phone
    await ask.world.engine.ask("agent.sign_in", agent=agent, phone=phone)
    await ask.world.note(ask.me.login, "shift.begin", agent, {"phone": phone})
    if phone != "browser":
        return ShiftBegun(phone=phone, sip=None)
    return ShiftBegun(phone=phone, sip=_sip_login(ask.world, agent))


@desk.route("POST ./me/phone", WORK)
async def try_phone(ask: Ask[Nothing, Nothing]) -> SipLogin:
    """Give the browser phone's log-in: to try the network before a shift, or relays anew in one."""
    return _sip_login(ask.world, agent_of(ask.me))


def _sip_login(world: World, agent: str) -> SipLogin:
    name = f"w{agent}"
    return SipLogin(
        username=name,
        password=world.secret(name),
        domain=world.settings.sip.host,
        ws=SIP_PATH,
        ice=ice_servers(world.settings.turn, agent, world.clock.utc_ms()),
    )


@desk.route("DELETE ./me/shift", WORK)
async def end_shift(ask: Ask[Nothing, Nothing]) -> Done:
    """End work (签出)."""
    done = await _do(ask, "agent.sign_out")
    await ask.world.note(ask.me.login, "shift.end", agent_of(ask.me))
    return done


@desk.route("PUT ./me/state", WORK)
async def set_state(ask: Ask[Nothing, State]) -> Done:
    """Say ready (示闲) or break (小休) with a reason; during a call it holds for afterwards."""
    if ask.body.state == "ready":
        return await _do(ask, "agent.ready")
    reasons = {reason.id for reason in ask.world.config.now.firm.break_reasons}
    if ask.body.reason not in reasons:
        raise Said(
            "refused",
            field="reason",
            zh="请选择小休原因。",
            en="Choose a reason for the break.",
        )
    return await _do(ask, "agent.pause", reason=ask.body.reason)


@desk.route("POST ./me/wrapup", WORK)
async def set_wrapup(ask: Ask[Nothing, WrapUp]) -> Done:
    """End the wrap-up (整理) or keep it until done."""
    verb = {"done": "agent.wrapup_done", "extend": "agent.wrapup_extend"}[ask.body.action]
    return await _do(ask, verb)


@desk.route("POST ./calls/{call}/hold", WORK)
async def hold_call(ask: Ask[Nothing, Nothing]) -> Done:
    """Put the own caller on music."""
    return await _do(ask, "call.hold", call=ask.path("call"))


@desk.route("POST ./calls/{call}/retrieve", WORK)
async def retrieve_call(ask: Ask[Nothing, Nothing]) -> Done:
    """Take the held caller back."""
    told = await obeys(ask.world, agent_of(ask.me))
    return await _do(ask, "call.retrieve", call=ask.path("call"), by_phone=told)


@desk.route("POST ./calls/{call}/hangup", WORK)
async def hang_up_call(ask: Ask[Nothing, Nothing]) -> Done:
    """End the own talk; the caller goes on to what comes after."""
    return await _do(ask, "call.hang_up", call=ask.path("call"))


@desk.route("POST ./calls/{call}/transfer", WORK)
async def transfer_call(ask: Ask[Nothing, Transfer]) -> Done:
    """Pass the own caller on to an agent or a group."""
    return await _do(
        ask, "call.transfer", call=ask.path("call"), to_kind=ask.body.to_kind, to=ask.body.to
    )


@desk.route("POST ./calls/{call}/decline", WORK)
async def decline_call(ask: Ask[Nothing, Decline]) -> Done:
    """Refuse an offer, with the reason; the caller keeps the place."""
    return await _do(
        ask,
        "call.decline",
        call=ask.path("call"),
        offer=ask.body.offer,
        reason=ask.body.reason,
    )


@desk.route("PUT ./calls/{call}/summary", WORK)
async def save_summary(ask: Ask[Nothing, Summary]) -> Done:
    """File the call (小结)."""
    _check_summary(ask)
    body = ask.body
    return await _do(
        ask,
        "call.summary",
        call=ask.path("call"),
        category=body.category,
        result=body.result,
        note=body.note,
    )


def _check_summary(ask: Ask[Nothing, Summary]) -> None:
    known = ask.world.config.now.firm.summary
    for field, given, choices in (
        ("category", ask.body.category, known.categories),
        ("result", ask.body.result, known.results),
    ):
        if given not in {choice.id for choice in choices}:
            raise Said("refused", field=field, zh="请从列表中选择。", en="Choose from the list.")


@desk.route("POST ./calls/{call}/painted", WORK)
async def card_painted(ask: Ask[Nothing, Painted]) -> Done:
    """Report how fast the card was on the screen; a caller who is gone by then is no fault."""
    try:
        return await _do(ask, "pop.painted", call=ask.path("call"), ms=ask.body.ms)
    except Said as refused:
        if refused.code != "conflict":
            raise
        return Done()


@desk.route("GET ./calls/{call}/context", WORK, "board.see")
async def call_context(ask: Ask[Nothing, Nothing]) -> Card:
    """Give the card of a live call; an agent gets only the own ones."""
    me = ask.me.agent or ""
    card = await ask.world.engine.ask("call.context", call=ask.path("call"), agent=me)
    leads = ask.me.may("board.see")
    if not card or not (leads or card.get("agent") == ask.me.agent):
        raise Said("not_found")
    if leads:
        check_live(ask.world, ask.me, ask.path("call"))
    return Card.model_validate(masked(card))
