"""Checks of what runs: Asterisk, ports, engine, link, journal, database, rows."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from domain.errors import YingdaError
from pbx.asterisk import PrivateAsterisk
from pbx.belonging import Joined, read_joined
from pbx.sockets import UNCONNECTED, Listener, listeners, open_to_others
from pbx.taking_in import lacking
from store.journal_reader import verify
from store.upgrade import differences
from watch.engine import health
from watch.finding import Finding, fail, ok, warn
from watch.world import World

START = "yingda run"
BEHIND = 200
"""Records that the rows may be behind the journal before somebody should look."""
PROC = Path("/proc/net")


async def asterisk_runs(world: World) -> Finding:
    """Check that the Asterisk that we serve runs."""
    if joined := read_joined(world.data):
        return _joined_runs(joined)
    run = world.data / "run" / "asterisk"
    pid = PrivateAsterisk(Path(), run, {}).running_pid()
    if not pid:
        return fail("asterisk_runs", "Asterisk 未运行", "our Asterisk does not run", START)
    return ok("asterisk_runs", f"Asterisk 运行中(pid {pid})", f"Asterisk runs (pid {pid})")


def _joined_runs(joined: Joined) -> Finding:
    lost = lacking(joined.etc, joined.run / "etc")
    if lost:
        names = ", ".join(lost)
        return fail(
            "asterisk_runs",
            f"{joined.into} 里缺少我们的行：{names}",
            f"our line is missing in {names} of {joined.into}",
            f"yingda pbx join --into {joined.into} --apply",
        )
    pid, where = joined.running_pid(), joined.into
    if not pid:
        return fail(
            "asterisk_runs", "已接入的 Asterisk 未运行", f"{where} does not run", "start it"
        )
    return ok("asterisk_runs", f"已接入 {where}（pid {pid}）", f"joined to {where} (pid {pid})")


async def ports(world: World) -> Finding:
    """Check that ports between our own processes are not open to others."""
    inner = world.settings.ports
    ours = {inner.ami: "AMI", inner.agi: "AGI", inner.asterisk_http: "Asterisk http"}
    try:
        found = list(_tcp())
    except OSError as error:
        return warn("ports", "无法检查端口", f"cannot look at ports: {error}", "Linux is needed")
    if wide := open_to_others(found, ours):
        text = ", ".join(wide)
        return fail("ports", f"端口对外开放:{text}", f"open to others: {text}", "shut them off")
    bound = sorted(name for port, name in ours.items() if port in {each.port for each in found})
    seen = ", ".join(bound) or "-"
    return ok("ports", f"内部端口仅限本机({seen})", f"inner ports only on this machine ({seen})")


async def sip_port(world: World) -> Finding:
    """Check that phones find somebody at the SIP port."""
    wanted = world.settings.sip
    try:
        here = [each for each in _udp() if each.port == wanted.port]
    except OSError as error:
        return warn("sip", "无法检查端口", f"cannot look at ports: {error}", "Linux is needed")
    where = f"{wanted.host}:{wanted.port}"
    if not here:
        return fail("sip", f"SIP {where} 无人监听", f"nobody listens at SIP {where}", START)
    return ok("sip", f"SIP {where} 正在监听", f"SIP {where} is served")


def _tcp() -> Iterator[Listener]:
    for name in ("tcp", "tcp6"):
        if (PROC / name).exists():
            yield from listeners((PROC / name).read_text())


def _udp() -> Iterator[Listener]:
    for name in ("udp", "udp6"):
        if (PROC / name).exists():
            yield from listeners((PROC / name).read_text(), UNCONNECTED)


async def engine(world: World) -> Finding:
    """Check that the engine answers, is linked to Asterisk, and its rows keep up."""
    found = await health(world.data / "run" / "engine.sock")
    if found is None:
        return fail("engine", "引擎未响应", "the engine does not answer", START)
    if not found["pbx"]:
        return fail("engine", "引擎未连上 Asterisk", "the engine has no AMI link", START)
    behind, version = found["rows_behind"], found["version"]
    if behind > BEHIND:
        return warn(
            "engine",
            f"明细落后 {behind} 条记录",
            f"rows are {behind} records behind the journal",
            "look at the database; yingda rebuild makes the rows anew",
        )
    return ok(
        "engine",
        f"引擎正常(配置版本 {version},落后 {behind})",
        f"the engine answers (configuration {version}, rows {behind} behind)",
    )


async def incidents(world: World) -> Finding:
    """Check that nothing is open that a person should mend."""
    found = await health(world.data / "run" / "engine.sock")
    rows = found.get("incidents", []) if found else []
    if not rows:
        return ok("incidents", "没有未处理的事件", "no open incidents")
    first = rows[0]
    zh, en = (f"{len(rows)} 起事件：{first['zh']}", f"{len(rows)} incidents: {first['en']}")
    mend = f"{first['mend_zh']} · {first['mend_en']}"
    return warn("incidents", zh, en, f"{mend} (yingda doctor trunk)")


async def journal(world: World) -> Finding:
    """Check every record of the journal."""
    try:
        facts, bad = await asyncio.to_thread(verify, world.journal)
    except YingdaError as error:
        return fail("journal", "日志不可读", str(error), "look at the disk; restore a copy")
    if bad:
        return fail(
            "journal",
            f"{len(bad)} 条日志记录损坏",
            f"{len(bad)} damaged records: {bad[0]}",
            "the rest is whole; keep a copy of var/journal and look at the disk",
        )
    return ok("journal", f"日志完好,{facts} 条记录", f"{facts} records, all whole")


async def database(world: World) -> Finding:
    """Check that the database is there and has this version's tables."""
    try:
        found = await differences(world.database, world.metadata)
    except (SQLAlchemyError, OSError, YingdaError) as error:
        text = str(error).splitlines()[0]
        return fail("database", "数据库不可用", f"no database: {text}", "YINGDA_DATABASE_URL?")
    if found:
        return fail(
            "database",
            f"数据库与本版本有 {len(found)} 处差异",
            f"{len(found)} differences to this version: {found[0]}",
            "yingda db upgrade",
        )
    return ok("database", "数据库结构是最新的", "the tables are those of this version")
