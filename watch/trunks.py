"""`yingda doctor trunk`: what is wrong with each carrier's line, and what mends it.

Looks at the settings, at Asterisk's registrations, at the messages that the tracer kept, at the
packets of the last day's calls and, for TLS, at the carrier's door.
"""

import asyncio
import contextlib
import re
import ssl
from collections.abc import Sequence
from pathlib import Path

from domain import events as ev
from domain.errors import NotFound, PbxUnavailable, YingdaError
from domain.places import TRACE
from domain.settings import Trunk
from pbx.asterisk import console
from pbx.belonging import served
from store.journal import JournalReader
from tracing import Buffer, Finding as Fault, Line, judge, said
from tracing.judge import Message, messages_of, strangers
from tracing.sentry import OURSELVES, line_of, resolved
from tracing.sip import parse
from watch.finding import Finding, fail, ok, warn
from watch.world import World

LOOK_BACK_MS = 24 * 3600 * 1000
MOST = 20_000
RECENT = 300
"""A line is judged by its last messages: older faults may be mended."""
HEARD = 50
"""Packets that we must have sent before silence on the way back means something."""
TLS_S = 4.0
LESS_THAN_BROKEN = ("private_address", "called_strange", "one_way", "address_unknown")


async def examine_trunks(world: World, name: str = "") -> list[Finding]:
    """Check one trunk or all; NotFound when there is none of that name."""
    trunks = [each for each in world.settings.trunks if name in ("", each.name)]
    if name and not trunks:
        known = ", ".join(each.name for each in world.settings.trunks) or "-"
        raise NotFound(f"no trunk is called {name}; there are: {known}")
    messages, lines = await asyncio.to_thread(_captured, world)
    states = await _registrations(world) if any(t.kind == "registration" for t in trunks) else {}
    silent = await asyncio.to_thread(_one_way, world)
    found: list[Finding] = []
    for trunk in trunks:
        own = [m for m in messages if lines[trunk.name].owns(m.far)][-RECENT:]
        faults = judge(own, lines[trunk.name]) + silent.get(trunk.name, []) + await _tls(trunk)
        found += _of_trunk(world, trunk, own, faults, states)
    found += _strangers(world, messages, list(lines.values()))
    return found or [ok("trunks", "没有中继", "no trunk is set")]


def _of_trunk(
    world: World,
    trunk: Trunk,
    own: Sequence[Message],
    faults: Sequence[Fault],
    states: dict[str, str],
) -> list[Finding]:
    name = f"trunk {trunk.name}"
    way = f"{trunk.kind} {trunk.host}:{trunk.port} {trunk.transport}, {','.join(trunk.codecs)}"
    state = states.get(trunk.name, "")
    found = [ok(name, f"中继 {trunk.name}：{way}", f"trunk {trunk.name}: {way}")]
    told = {fault.kind: fault for fault in faults}
    if trunk.kind == "registration":
        found += _registration(name, trunk, state, told)
    found += [_finding(world, name, fault) for fault in told.values()]
    if not told and own:
        text = f"{len(own)} messages, the last one {_last(own)}"
        found.append(ok(name, f"信令正常，{len(own)} 条，最后 {_last(own)}", text))
    if not own:
        found.append(_no_messages(world, name))
    return found


def _registration(name: str, trunk: Trunk, state: str, told: dict[str, Fault]) -> list[Finding]:
    if state == "Registered":
        return [ok(name, "已注册", "registered")]
    if told:
        return []
    text = state or "unknown: Asterisk does not answer"
    words = said("trunk_silent", trunk.name, text)
    zh, en = f"未注册（{text}）", f"not registered ({text})"
    return [fail(name, zh, en, f"{words.mend_zh} · {words.mend_en}")]


def _finding(world: World, name: str, fault: Fault) -> Finding:
    words = said(fault.kind, fault.about, fault.detail, world.settings.media.rtp_ports)
    level = warn if fault.kind in LESS_THAN_BROKEN else fail
    return level(name, words.zh, words.en, f"{words.mend_zh} · {words.mend_en}")


def _no_messages(world: World, name: str) -> Finding:
    if not world.settings.ports.hep:
        mend = "设 ports.hep 后重启 · set ports.hep and start again"
        return warn(name, "未开启信令采集", "SIP is not captured", mend)
    mend = "打一通试试，再运行本命令 · place a call, then run this again"
    return warn(name, "还没有任何信令", "no message was seen yet", mend)


def _last(own: Sequence[Message]) -> str:
    sip = own[-1].sip
    return f"{sip.method} {sip.status}" if sip.status else sip.method


def _strangers(world: World, messages: Sequence[Message], lines: Sequence[Line]) -> list[Finding]:
    now_us = (messages[-1].at_us if messages else 0) + 3_600_000_000
    faults = strangers(messages, (*lines, OURSELVES), now_us)
    return [_finding(world, "strangers", fault) for fault in faults[-10:]]


def _captured(world: World) -> tuple[list[Message], dict[str, Line]]:
    public = world.settings.media.public_address
    lines = {t.name: line_of(t, public, resolved) for t in world.settings.trunks}
    try:
        buffer = Buffer.read(world.data / TRACE)
    except NotFound:
        return [], lines
    try:
        kept = buffer.since(0, MOST)
    finally:
        buffer.close()
    heard = ((captured, sip) for captured in kept if (sip := parse(captured.text)))
    return list(messages_of(heard)), lines


async def _registrations(world: World) -> dict[str, str]:
    try:
        text = await console(*served(world.data), "pjsip show registrations")
    except (PbxUnavailable, TimeoutError):
        return {}
    return registrations(text)


def registrations(text: str) -> dict[str, str]:
    """Read `pjsip show registrations`: trunk → its state.

    >>> registrations(" trunk-a/sip:h:5060  trunk-a  Rejected")
    {'a': 'Rejected'}
    """
    rows = re.findall(r"^\s*trunk-([a-z0-9-]+)/\S+\s+\S+\s+(\w+)", text, re.M)
    return dict(rows)


def _one_way(world: World) -> dict[str, list[Fault]]:
    """Find the last call of each trunk from which nothing was heard."""
    if not Path(world.journal).exists():
        return {}
    trunk_of: dict[str, str] = {}
    found: dict[str, list[Fault]] = {}
    with contextlib.suppress(YingdaError):
        reader = JournalReader(world.journal)
        records = reader.since(_since(reader))
        reader.close()
        for record in records:
            match record.event:
                case ev.CallArrived(call, trunk=trunk):
                    trunk_of[call] = trunk.removeprefix("trunk-")
                case ev.LegMeasured(call, "caller", received, sent) if call in trunk_of:
                    name = trunk_of[call]
                    silent = not received and sent > HEARD
                    found[name] = [Fault("one_way", call, "caller")] if silent else []
    return found


def _since(reader: JournalReader) -> int:
    newest = reader.read(max(0, reader.last_seq - 1))
    return newest[-1].utc_ms - LOOK_BACK_MS if newest else 0


async def _tls(trunk: Trunk) -> list[Fault]:
    if trunk.transport != "tls":
        return []
    try:
        async with asyncio.timeout(TLS_S):
            _, writer = await asyncio.open_connection(
                trunk.host, trunk.port, ssl=ssl.create_default_context()
            )
            writer.close()
    except ssl.SSLCertVerificationError as error:
        return [Fault("tls", trunk.name, error.verify_message or "certificate")]
    except (OSError, TimeoutError) as error:
        return [Fault("tls", trunk.name, str(error) or "time-out")]
    return []
