"""Signing in and out, and what a person may change about themselves."""

from office.errors import WrongLogin
from office.roles import permissions
from office.sessions import SignedIn
from web.device import device_for, device_of
from web.errors import Said
from web.guard import COOKIE, Who, who_of
from web.schema_desk import Login, Me, MyLanguage, NewPassword
from web.table import PUBLIC, SIGNED_IN, Answer, Ask, Nothing, table
from web.world import DESKS

session = table("session")


def _me(who: Who) -> Me:
    return Me(
        id=who.id,
        login=who.login,
        name=who.name,
        role=who.role,
        agent=who.agent or None,
        language=who.language,
        csrf=who.csrf,
        must_change=who.must_change,
        permissions=sorted(permissions(who.role)),
    )


def _entered(signed: SignedIn) -> Answer[Me]:
    return Answer(_me(who_of(signed)), ((COOKIE, signed.token),))


@session.route("POST ./session", PUBLIC)
async def sign_in(ask: Ask[Nothing, Login]) -> Answer[Me]:
    """Sign in: the session comes as a cookie, always a new one."""
    world, body = ask.world, ask.body
    device = device_of(world, ask.request, body.login)
    address = ask.request.remote or ""
    signed = await world.sessions.sign_in(body.login, body.password, address, device)
    if ask.who is not None:
        await world.sessions.sign_out(ask.who.token)
    if body.language and body.language != signed.person.language:
        await world.people.set_language(signed.person.id, body.language)
        signed = await world.sessions.who(signed.token)
    entered = _entered(signed)
    lasting = device_for(world, ask.request, body.login)
    return Answer(entered.data, (*entered.cookies, *lasting))


@session.route("DELETE ./session", SIGNED_IN)
async def sign_out(ask: Ask[Nothing, Nothing]) -> Answer[Nothing]:
    """Sign out: the session is over on the server too."""
    await ask.world.sessions.sign_out(ask.me.token)
    ask.request.app[DESKS].end(ask.me.token)
    return Answer(Nothing(), ((COOKIE, ""),))


@session.route("GET ./me", SIGNED_IN)
async def who_am_i(ask: Ask[Nothing, Nothing]) -> Me:
    """Tell who is signed in, and the CSRF token of this session."""
    return _me(ask.me)


@session.route("PUT ./me", SIGNED_IN)
async def choose_language(ask: Ask[Nothing, MyLanguage]) -> Me:
    """Choose the language of the pages."""
    await ask.world.people.set_language(ask.me.id, ask.body.language)
    return _me(who_of(await ask.world.sessions.who(ask.me.token)))


@session.route("PUT ./me/password", SIGNED_IN)
async def change_password(ask: Ask[Nothing, NewPassword]) -> Answer[Me]:
    """Change the own password; every session ends and this browser gets a new one."""
    try:
        await ask.world.people.change_password(ask.me.id, ask.body.old, ask.body.new)
    except WrongLogin as error:
        raise Said("wrong_password", field="old") from error
    address = ask.request.remote or ""
    return _entered(await ask.world.sessions.sign_in(ask.me.login, ask.body.new, address))
