"""May we join this Asterisk? Rules over its files, each one a function; nothing is changed.

What would break something of theirs, or leave ours not working, is refused with the line to write;
what only lessens us is told.
"""

import os
import pwd
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from domain.errors import Fault
from domain.settings import Settings
from pbx.conf import lines
from pbx.foreign import Foreign
from pbx.joined import CHANNEL_VARIABLES, TAKEN_IN, headings
from pbx.names import is_guessable, suggested

OPTIONAL = re.compile(
    r"res_hep|codec_opus|res_format_attr_opus|codec_g722|codec_gsm|format_gsm|app_confbridge"
    r"|app_chanspy|app_echo|res_speech|cdr_csv|res_security_log|res_pjsip_acl|bridge_softmix"
    r"|bridge_builtin|codec_a_mu|res_pjsip_path|res_pjsip_dtmf_info|res_sorcery_memory|res_timing"
    r"|res_http_websocket|res_pjsip_transport_websocket|res_srtp|func_db"
)
"""Modules without which calls go on, with less: no browser phones, another clock."""
EVENTS = (
    *("Newstate", "DialBegin", "DialState", "DialEnd", "Hold", "Unhold", "HangupRequest"),
    *("Hangup", "UserEvent", "OriginateResponse", "FullyBooted", "ContactStatus", "Registry"),
)
"""AMI events that must be made: what is disabled in manager.conf reaches nobody."""
_YES = ("yes", "true", "y", "t", "1", "on")
_HERE = ("127.0.0.1", "0.0.0.0", "", "::", "::1")  # noqa: S104  # compared with, not bound


@dataclass(frozen=True, slots=True)
class Wanted:
    """What we bring: our fragments, the modules that we use (modules.conf), and as whom we run."""

    files: Mapping[str, str]
    modules: str
    settings: Settings
    uid: int


@dataclass(frozen=True, slots=True)
class Told:
    """One finding; `stops` = nothing is joined while it stands."""

    fault: Fault
    stops: bool = True


Rule = Callable[[Foreign, Wanted], Iterator[Told]]


def examine(theirs: Foreign, ours: Wanted) -> list[Told]:
    """List what is in the way and what will be missing. Raises OSError for unreadable files."""
    return [told for rule in _RULES for told in rule(theirs, ours)]


def _no(file: str, key: str, text: str, line: int = 0) -> Told:
    return Told(Fault(file, line, key, text))


def _less(file: str, key: str, text: str, line: int = 0) -> Told:
    return Told(Fault(file, line, key, text), stops=False)


def _on(value: str) -> bool:
    return value.lower() in _YES


def _system_name(theirs: Foreign, ours: Wanted) -> Iterator[Told]:
    """Every genuine event carries it, so no caller may guess it."""
    name = theirs.conf("asterisk.conf").value("options", "systemname")
    if is_guessable(name):
        text = (
            "要有猜不到的 systemname，然后重启 Asterisk，例如 · must be one that nobody guesses;"
            f" write for example this and restart Asterisk: systemname = {suggested(name)}"
        )
        yield _no("asterisk.conf", "options.systemname", text)


def _names(theirs: Foreign, ours: Wanted) -> Iterator[Told]:
    """Refuse to take a section's name that somebody uses already."""
    for name in TAKEN_IN:
        taken = {at.name: at for at in reversed(theirs.conf(name).heads) if at.upon != "+"}
        own = {head for file in _of(name) for head, upon in headings(ours.files[file])}
        for head in sorted(own & taken.keys() - {"general"}):
            at = taken[head]
            text = "这个名字已经有了 · this name is taken already"
            yield _no(at.file, f"[{head}]", text, at.number)


def _of(name: str) -> tuple[str, ...]:
    parts = ("dialplan-in.conf", "dialplan-out.conf", "dialplan-trunks.conf")
    return (name, *parts) if name == "extensions.conf" else (name,)


def _modules(theirs: Foreign, ours: Wanted) -> Iterator[Told]:
    conf, folder = theirs.conf("modules.conf"), theirs.directory("astmoddir")
    said = [(at.key, at.value.removesuffix(".so")) for at in conf.lines if at.section == "modules"]
    everything = any(key == "autoload" and _on(value) for key, value in said)
    loaded = {value for key, value in said if key in ("load", "preload", "require")}
    shut = {value for key, value in said if key == "noload"}
    wanted = [at.value for at in lines("modules.conf", ours.modules) if at.key == "load"]
    gone = [module for module in wanted if not (folder / module).is_file()]
    off = [
        module
        for name in wanted
        if (module := name.removesuffix(".so")) in shut or not (everything or module in loaded)
    ]
    yield from _lacking(gone, f"不在 · not in {folder}")
    yield from _lacking([name for name in off if f"{name}.so" not in gone], "未加载 · not loaded")


def _lacking(modules: list[str], why: str) -> Iterator[Told]:
    for tell, optional in ((_no, False), (_less, True)):
        named = [each for each in modules if bool(OPTIONAL.match(each)) is optional]
        if named:
            yield tell("modules.conf", "", f"{why}: {', '.join(named)}")


def _manager(theirs: Foreign, ours: Wanted) -> Iterator[Told]:
    conf, file = theirs.conf("manager.conf"), "manager.conf"
    if not _on(conf.value("general", "enabled")):
        yield _no(file, "general.enabled", "要开 AMI · the AMI must be on: enabled = yes")
    port = conf.value("general", "port", "5038")
    if port != str(ours.settings.ports.ami):
        text = f"yingda.toml: [ports] ami = {port}"
        yield _no(file, "general.port", f"端口不同 · another port than ours; write {text}")
    if conf.value("general", "bindaddr") not in _HERE:
        yield _no(file, "general.bindaddr", "要在本机应答 · must answer at 127.0.0.1")
    elif conf.value("general", "bindaddr") not in ("127.0.0.1", "::1"):
        yield _less(file, "general.bindaddr", "AMI 对外开放 · open to others; write 127.0.0.1")
    off = {each.strip() for each in conf.value("general", "disabledevents").split(",")}
    if lost := sorted(off & set(EVENTS)):
        text = f"这些事件不能关 · these events must be made: {', '.join(lost)}"
        yield _no(file, "general.disabledevents", text)
    yield from _channel_variables(conf.value("general", "channelvars"))


def has_channel_variables(theirs: Foreign) -> bool:
    """Tell whether the AMI's list is theirs: then it is not touched and must hold ours too."""
    return bool(theirs.conf("manager.conf").value("general", "channelvars"))


def _channel_variables(told: str) -> Iterator[Told]:
    known = [each.strip() for each in told.split(",") if each.strip()]
    if known and not set(CHANNEL_VARIABLES) <= set(known):
        both = ",".join(dict.fromkeys((*known, *CHANNEL_VARIABLES)))
        text = f"加上我们的 · add ours: channelvars = {both}"
        yield _no("manager.conf", "general.channelvars", text)


def _places(theirs: Foreign, ours: Wanted) -> Iterator[Told]:
    """Refuse to listen where one of their transports does."""
    taken = {}
    conf = theirs.conf("pjsip.conf")
    for at in conf.values("bind"):
        kind = conf.value(at.section, "protocol", "udp")
        if kind not in ("ws", "wss"):
            taken[_place(kind, at.value)] = at
    for place in _binds(ours.files["pjsip.conf"]):
        for other, at in taken.items():
            if _meet(place, other):
                text = f"与我们的 {':'.join(place)} 冲突 · we want to listen there; set sip.port"
                yield _no(at.file, f"[{at.section}] bind", text, at.number)


def _binds(text: str) -> Iterator[tuple[str, str, str]]:
    kind = ""
    for at in lines("pjsip.conf", text):
        kind = at.value if at.key == "protocol" else kind
        if at.key == "bind" and kind != "ws":
            yield _place(kind, at.value)


def _place(kind: str, text: str) -> tuple[str, str, str]:
    """Read a bind: protocol (TLS is TCP), host, port.

    >>> _place("udp", "0.0.0.0"), _place("tls", "[::1]:5061")
    (('udp', '0.0.0.0', '5060'), ('tcp', '::1', '5061'))
    """
    found = re.fullmatch(r"\[(.*)\](?::(\d+))?|([^:]*)(?::(\d+))?", text)
    host, port = (found[1] or found[3], found[2] or found[4]) if found else (text, None)
    usual = "5061" if kind == "tls" else "5060"
    return "tcp" if kind == "tls" else kind, host or "", port or usual


def _meet(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    wide = ("0.0.0.0", "::")  # noqa: S104  # compared with, not bound
    same = one[1] == other[1] or one[1] in wide or other[1] in wide
    return (one[0], one[2]) == (other[0], other[2]) and same


def _callers(theirs: Foreign, ours: Wanted) -> Iterator[Told]:
    conf, file = theirs.conf("pjsip.conf"), "pjsip.conf"
    own = {at.value for at in lines(file, ours.files[file]) if at.key == "match"}
    for at in conf.values("match"):
        if same := {each.strip() for each in at.value.split(",")} & own:
            text = f"{', '.join(same)} 的来电已有去处 · their calls are taken elsewhere already"
            yield _no(at.file, f"[{at.section}] match", text, at.number)
    head = _global(theirs)
    order = conf.value(head, "endpoint_identifier_order")
    if order and not {"ip", "username"} <= {each.strip() for each in order.split(",")}:
        text = "要含 ip 与 username · must hold ip and username"
        yield _no(file, "global.endpoint_identifier_order", text)
    if not _on(conf.value(head, "ignore_uri_user_options")):
        text = (
            "带参数的被叫号码会 404 · called numbers with ;parameters would be 404: set it to yes"
        )
        yield _less(file, "global.ignore_uri_user_options", text)


def _global(theirs: Foreign) -> str:
    found = [at.section for at in theirs.conf("pjsip.conf").values("type") if at.value == "global"]
    return found[-1] if found else "global"


def _browsers(theirs: Foreign, ours: Wanted) -> Iterator[Told]:
    conf, file = theirs.conf("http.conf"), "http.conf"
    port = conf.value("general", "bindport", "8088")
    if not _on(conf.value("general", "enabled")):
        text = f"网页电话要用 · browser phones need it: enabled = yes, bindport = {port}"
        yield _less(file, "general.enabled", text)
    elif port != str(ours.settings.ports.asterisk_http):
        text = f"yingda.toml: [ports] asterisk_http = {port}"
        yield _less(file, "general.bindport", f"网页电话要用 · browser phones need {text}")


def _rights(theirs: Foreign, ours: Wanted) -> Iterator[Told]:
    """It reads our files and prompts, and writes recordings that we take: one user, or root."""
    name = theirs.conf("asterisk.conf").value("options", "runuser")
    owner = _runs_as(theirs.directory("astrundir") / "asterisk.pid")
    if owner is None and name:
        try:
            owner = pwd.getpwnam(name).pw_uid
        except KeyError:
            yield _no("asterisk.conf", "options.runuser", f"没有这个用户 · no such user: {name}")
    if owner not in (None, 0, ours.uid):
        text = f"请以该用户运行应答 · run yingda as that user (uid {owner}), it runs as {ours.uid}"
        yield _no("asterisk.conf", "options.runuser", text)


def _runs_as(file: Path) -> int | None:
    try:
        return os.stat(f"/proc/{int(file.read_text())}").st_uid
    except (OSError, ValueError):
        return None


def _music(theirs: Foreign, ours: Wanted) -> Iterator[Told]:
    folder = theirs.directory("astdatadir") / "moh"
    if not any(folder.glob("*.*")):
        yield _less("musiconhold.conf", str(folder), "没有等待音乐 · there is no music to wait to")


def _elsewhere(theirs: Foreign, ours: Wanted) -> Iterator[Told]:
    """Say where names may stand that we cannot see."""
    for name in TAKEN_IN:
        for line in theirs.conf(name).blind:
            yield _less(name, line, "看不到其中的名字 · names in there cannot be seen")
    for at in theirs.conf("extconfig.conf").lines:
        text = "数据库里的名字看不到 · names in the database cannot be seen"
        yield _less("extconfig.conf", at.key, text, at.number)
    if _on(theirs.conf("asterisk.conf").value("options", "live_dangerously")):
        yield _less("asterisk.conf", "options.live_dangerously", "危险 · dangerous: write no")


_RULES: tuple[Rule, ...] = (
    _system_name,
    _rights,
    _modules,
    _names,
    _manager,
    _places,
    _callers,
    _browsers,
    _music,
    _elsewhere,
)
