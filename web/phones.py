"""Desk phones: links by which they set themselves up, their files, answering from the page."""

from urllib.parse import urlsplit

from aiohttp import web

from domain.errors import Fault, NotFound, Refused, YingdaError
from office.devices import Device, Fetch, NewDevice
from office.errors import TooManyTries
from office.secrets import renew_secret
from office.texts import both
from outside.authority import CA
from phones import VENDORS, Line, file_for, mac_in, mac_of
from phones.files import CERTIFICATE, NOTHING
from web.desk import WORK, agent_of
from web.desk_phone import own_phone
from web.errors import Said
from web.guard import NO_STORE
from web.schema_desk import Done
from web.schema_phones import (
    DeskPhone,
    NewPhone,
    PhoneLink,
    PhoneList,
    PhoneRevoked,
    PhoneRow,
    State,
    Warned,
)
from web.table import PUBLIC, Ask, Nothing, table
from web.world import FETCHES, World

phones = table("desk phones")

MANAGE = "admin.phones"
NTP = "ntp.aliyun.com"
"""Where phones ask for the time: China's largest public server."""
ANY_HOST = ("0.0.0.0", "::")  # noqa: S104  # compared with, not bound
HERE_ONLY = Warned(
    zh="sip.host 只是本机地址，别的设备注册不上；请先按“局域网”一页改好。",
    en="sip.host is this machine only, other devices cannot register: see the page on the LAN.",
)
PLAIN = Warned(
    zh="链接走 http，密码明文传输：只在自己的局域网里用。",
    en="The link is http, so the password travels in clear: use it in your own network only.",
)
TRUST = Warned(
    zh="链接走 https：新话机不认得自建证书，请先在话机里装上证书，或设置 web.phones_port 走 http。",
    en="The link is https and a new phone does not trust our own certificate: install it on the "
    "phone first, or set web.phones_port and use http.",
)


@phones.route("GET ./admin/phones", MANAGE)
async def list_phones(ask: Ask[Nothing, Nothing]) -> PhoneList:
    """List the desk phones and the links that wait for one."""
    now = ask.world.clock.utc_ms()
    return PhoneList(rows=[_row(each, now) for each in await ask.world.devices.everyone()])


@phones.route("POST ./admin/phones", MANAGE)
async def link_phone(ask: Ask[Nothing, NewPhone]) -> PhoneLink:
    """Make a link for one phone of an agent, good for a day and for one device."""
    body, request = ask.body, ask.request
    mac = mac_of(body.mac)
    if body.mac and not mac:
        raise Refused(
            Fault("", 0, "mac", both("MAC 地址应为 12 位", "a MAC address has 12 digits"))
        )
    if body.agent not in {each.number for each in ask.world.config.now.agents}:
        text = both(f"没有座席 {body.agent}", f"there is no agent {body.agent}")
        raise Refused(Fault("", 0, "agent", text))
    new = NewDevice(body.agent, body.vendor, body.model, mac)
    device, token = await ask.world.devices.link(new, ask.me.login)
    base = _base(ask.world, request)
    url = f"{base}/phones/{token}/{VENDORS[body.vendor].ending}"
    return PhoneLink(url=url, expires=device.expires, warnings=_warnings(ask.world, base))


@phones.route("POST ./admin/phones/{id:[0-9]+}/revoke", MANAGE)
async def revoke_phone(ask: Ask[Nothing, Nothing]) -> PhoneRevoked:
    """Void a link, or a phone: its password is good no more."""
    before = await ask.world.devices.revoke(int(ask.path("id")[:9]), ask.me.login)
    if not before.claimed or before.revoked:
        return PhoneRevoked(announced=True)
    return PhoneRevoked(announced=await _renew(ask.world, before.agent))


@phones.route("GET ./me/desk-phone", WORK)
async def my_desk_phone(ask: Ask[Nothing, Nothing]) -> DeskPhone:
    """Tell what the own desk phone can be asked to do from the page."""
    device, known = await own_phone(ask.world, agent_of(ask.me))
    zh, en = known.why
    return DeskPhone(
        vendor=device.vendor if device else "",
        model=device.model if device else "",
        answers=known.talk,
        why_zh=zh,
        why_en=en,
    )


@phones.route("POST ./calls/{call}/answer", WORK)
async def answer_call(ask: Ask[Nothing, Nothing]) -> Done:
    """Let the own desk phone, which rings, take the call (NOTIFY talk)."""
    agent = agent_of(ask.me)
    _, known = await own_phone(ask.world, agent)
    if not known.talk:
        raise Said("conflict", zh=known.why[0], en=known.why[1])
    result = await ask.world.engine.ask("call.answer", agent=agent, call=ask.path("call"))
    return Done(result=result)


@phones.route("GET /phones/{token}/{file}", PUBLIC, gives="text/plain")
async def phone_file(ask: Ask[Nothing, Nothing]) -> web.Response:
    """Give a phone its own file, by its one-time link; any other file is not found."""
    fetches, address = ask.request.app[FETCHES], ask.request.remote or ""
    now = ask.world.clock.utc_ms()
    if wait := fetches.wait_s(address, now):
        raise TooManyTries(wait)
    try:
        return await _file(ask, address)
    except NotFound:
        fetches.failed(address, now)
        raise


async def _file(ask: Ask[Nothing, Nothing], address: str) -> web.Response:
    world, token = ask.world, ask.path("token")
    wanted = file_for(ask.path("file"))
    if wanted.kind == CERTIFICATE:
        await world.devices.known(token)
        return _certificate(world)
    if wanted.kind == NOTHING:
        await world.devices.known(token)
        return web.Response(status=404, headers=NO_STORE)  # phones ask for more than there is
    named = ask.request.headers.get("User-Agent", "")
    fetch = Fetch(wanted.mac or mac_in(named), named, address)
    device, first = await world.devices.fetch(token, fetch)
    if first:
        await _renew(world, device.agent)
    vendor = VENDORS[device.vendor]
    text = vendor.config(_line(ask, device, token))
    return web.Response(text=text, content_type=vendor.type, headers=NO_STORE)


def _line(ask: Ask[Nothing, Nothing], device: Device, token: str) -> Line:
    world, request = ask.world, ask.request
    sip, user = world.settings.sip, f"a{device.agent}"
    names = {each.number: each.name for each in world.config.now.agents}
    ca = f"{request.scheme}://{request.host}/phones/{token}/ca.crt"
    return Line(
        number=device.agent,
        name=names.get(device.agent, ""),
        user=user,
        secret=world.secret(user),
        server=_own_host(request) if sip.host in ANY_HOST else sip.host,
        port=sip.port,
        ntp=NTP,
        ca_url=ca if world.settings.web.tls == "local-ca" else "",
        language=world.config.now.firm.language,
    )


def _own_host(request: web.Request) -> str:
    """Give the address at which the phone found us: its SIP goes to the same one."""
    return urlsplit(f"//{request.host}").hostname or ""


def _certificate(world: World) -> web.Response:
    try:
        text = (world.data / "tls" / CA).read_text()
    except OSError as error:
        raise NotFound(both("没有自己的证书", "there is no authority of our own")) from error
    return web.Response(text=text, content_type="application/x-x509-ca-cert")


async def _renew(world: World, agent: str) -> bool:
    """Make a new password of the account; tells whether the exchange was told at once."""
    renew_secret(world.data / "secrets.json", f"a{agent}")
    try:
        await world.engine.ask("phones.changed")
    except YingdaError:
        return False
    return True


def _base(world: World, request: web.Request) -> str:
    """Name where phones fetch: a new phone trusts no certificate of ours, so http if there is."""
    port = world.settings.web.phones_port
    return f"http://{_bracketed(request)}:{port}" if port else f"{request.scheme}://{request.host}"


def _bracketed(request: web.Request) -> str:
    host = _own_host(request)
    return f"[{host}]" if ":" in host else host


def _warnings(world: World, base: str) -> list[Warned]:
    found = []
    if world.settings.sip.host in ("127.0.0.1", "::1", "localhost"):
        found.append(HERE_ONLY)
    found.append(PLAIN if base.startswith("http:") else TRUST)
    return found


def _row(device: Device, now: int) -> PhoneRow:
    return PhoneRow(
        id=device.id,
        agent=device.agent,
        vendor=device.vendor,  # type: ignore[arg-type]  # only such are stored
        model=device.model,
        mac=device.mac,
        state=_state(device, now),
        by=device.by,
        made=device.made,
        expires=device.expires,
        claimed=device.claimed or None,
        seen=device.seen or None,
        user_agent=device.user_agent,
        address=device.address,
    )


def _state(device: Device, now: int) -> State:
    if device.revoked:
        return "revoked"
    if device.claimed:
        return "used"
    return "waiting" if now < device.expires else "expired"
