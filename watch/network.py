"""Checks of the ways that browsers elsewhere need: the card that sound uses, and the relays."""

from ipaddress import ip_address

from domain.clock import real_clock
from outside.relay import ask_relay, minted
from watch.finding import Finding, fail, ok, warn
from watch.world import World

LOCAL = ("127.0.0.1", "::1", "localhost")
WRONG = {
    "unreachable": (
        "连不上",
        "does not answer",
        "is coturn running, and is 3478/UDP and TCP open from here? docs/howto/networks.md",
    ),
    "refused": (
        "不认我们的凭证",
        "refuses our log-in",
        "put the same secret into its turnserver.conf: yingda turn config; set both clocks",
    ),
}
"""What a relay may be like: in both languages, and the mend."""


async def sound(world: World) -> Finding:
    """Check that sound has a way to browsers on other machines."""
    settings = world.settings
    if settings.web.host not in LOCAL and settings.sip.host in LOCAL:
        return warn(
            "sound",
            "网页对外开放,声音却只走本机:别的电脑的浏览器电话没有声音",
            "the pages are open to others, sound only to this machine: their phones stay silent",
            'sip.host = "0.0.0.0", or yingda run --lan',
        )
    public = settings.media.public_address
    if public and settings.turn.urls and not _is_number(public):
        return warn(
            "sound",
            f"media.public_address 是域名 {public},浏览器的 ICE 用不上",
            f"media.public_address is the name {public}: ICE of browsers takes numbers only",
            "write the address in numbers",
        )
    return ok("sound", "声音有路可走", "sound has its way")


async def relays(world: World) -> Finding:
    """Check that each relay answers and takes our log-ins, as a browser would use it."""
    turn = world.settings.turn
    if not turn.urls:
        return ok("relays", "没有设中转(TURN)", "no relay (TURN) is set")
    login = minted(turn, "doctor", real_clock().utc_ms())
    for url in turn.urls:
        wrong = await ask_relay(url, login)
        if wrong:
            zh, en, mend = WRONG.get(wrong, (wrong, wrong, "read coturn's log"))
            return fail("relays", f"中转 {url} {zh}", f"the relay {url} {en}", mend)
    return ok("relays", f"{len(turn.urls)} 个中转可用", f"{len(turn.urls)} relays give addresses")


def _is_number(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
