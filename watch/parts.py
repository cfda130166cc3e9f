"""Checks of what stands still: Python, disk, Asterisk on disk, prompts, pages, files, settings."""

import asyncio
import os
import shutil
import socket
import stat
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path

import imageio_ffmpeg

from domain.compiled import running
from domain.errors import NotFound, PbxUnavailable
from outside import shown
from outside.certificate import complaint, read
from pbx.belonging import read_joined, served
from pbx.hardening import faults
from pbx.install import FLOOR, version_in
from pbx.render import is_untouched
from speech import path_of, prompt_names
from watch.compiler import lacking
from watch.finding import Finding, fail, ok, warn
from watch.world import World

RENEW = {
    "local-ca": "yingda cert renew",
    "files": "put the renewed files at web.cert and web.key; they are read again by themselves",
}
"""What mends a certificate, by `web.tls`."""
UNTRIED = (3, 15)
"""The first Python that this version was not tried with."""
DISK_LOW, DISK_OUT = 5 << 30, 1 << 30
"""Free bytes: under the first recordings soon have no room, under the second calls suffer."""


async def python(_: World) -> Finding:
    """Check the interpreter."""
    name = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= UNTRIED:
        text = f"Python {name} was not tried with this version"
        return warn("python", f"Python {name} 未经验证", text, "Python 3.11 to 3.14")
    return ok("python", f"Python {name}", f"Python {name}")


async def core(_: World) -> Finding:
    """Tell in which form the core runs here: compiled, or the sources; both do the same."""
    if library := running():
        return ok("core", "核心已编译", f"the core runs compiled ({library})")
    if missing := lacking():
        return ok("core", "核心以 Python 源码运行", f"the core runs from its sources: {missing}")
    return ok(
        "core",
        "核心以 Python 源码运行;可编译:yingda compile",
        "the core runs from its sources; `yingda compile` makes it faster",
    )


async def disk(world: World) -> Finding:
    """Check the room for recordings and the journal."""
    free = shutil.disk_usage(world.data).free
    gb = f"{free / (1 << 30):.1f} GB"
    mend = f"make room below {world.data}, or move paths.data"
    if free < DISK_OUT:
        return fail("disk", f"磁盘只剩 {gb}", f"only {gb} are free", mend)
    if free < DISK_LOW:
        return warn("disk", f"磁盘只剩 {gb}", f"only {gb} are free", mend)
    return ok("disk", f"磁盘剩余 {gb}", f"{gb} are free")


async def asterisk_there(world: World) -> Finding:
    """Check that the Asterisk that we serve is there and new enough."""
    try:
        binary, _ = served(world.data)
    except PbxUnavailable as problem:
        return fail("asterisk", f"没有私有 Asterisk:{problem}", str(problem), "make dev")
    version = version_in(await _output(str(binary), "-V"))
    name = ".".join(map(str, version))
    if version < FLOOR:
        return fail(
            "asterisk",
            f"Asterisk {name} 低于要求",
            f"Asterisk {name} is older than 22.10.1",
            "rm -r var/asterisk var/stamps; make dev",
        )
    return ok("asterisk", f"Asterisk {name}", f"Asterisk {name}")


async def ffmpeg(_: World) -> Finding:
    """Check that recordings can be finished."""
    try:
        said = await _output(imageio_ffmpeg.get_ffmpeg_exe(), "-version")
    except RuntimeError as problem:
        said = str(problem)
    if not said.startswith("ffmpeg version"):
        return fail("ffmpeg", "ffmpeg 不能运行", f"ffmpeg does not run: {said[:80]}", "make dev")
    version = said.split()[2]
    return ok("ffmpeg", f"ffmpeg {version}", f"ffmpeg {version}")


async def prompts(world: World) -> Finding:
    """Check that every prompt lies where Asterisk reads it."""
    root = world.data / "prompts"
    missing = [
        f"{language}/{name}"
        for language in ("zh", "en")
        for name in sorted(prompt_names())
        if not _lies_there(name, language, root)
    ]
    if missing:
        text = f"{len(missing)} prompts are missing: {', '.join(missing[:3])} …"
        return fail("prompts", f"缺少 {len(missing)} 段提示音", text, "yingda run lays them out")
    return ok("prompts", "提示音齐全", "every prompt is there")


def _lies_there(name: str, language: str, root: Path) -> bool:
    try:
        stem = path_of(name, language, root)
    except NotFound:
        return True  # not every prompt is needed in every language
    return stem.with_name(f"{stem.name}.alaw").is_file()


async def pages(_: World) -> Finding:
    """Check that the web pages are built."""
    spec = find_spec("web")
    root = Path(spec.origin).parent if spec and spec.origin else Path()
    if not (root / "pages" / "index.html").is_file():
        return fail("pages", "网页未构建", "the pages are not built", "make dev")
    return ok("pages", "网页已构建", "the pages are built")


async def secrets(world: World) -> Finding:
    """Check that only we can read the passwords."""
    file = world.data / "secrets.json"
    if not file.exists():
        return ok("secrets", "尚无密钥文件", "there is no secrets file yet")
    mode = stat.S_IMODE(os.stat(file).st_mode)
    if mode & 0o077:
        return fail(
            "secrets",
            f"密钥文件权限为 {mode:o}",
            f"{file} can be read by others (mode {mode:o})",
            f"chmod 600 {file}",
        )
    return ok("secrets", "密钥文件只有本用户可读", "only we can read the secrets file")


async def generated(world: World) -> Finding:
    """Check that nobody edited what is rendered for Asterisk."""
    joined = read_joined(world.data)
    folder = joined.run / "etc" if joined else world.data / "run" / "asterisk" / "etc"
    files = sorted(folder.glob("*.conf"))
    if not files:
        return ok("generated", "尚未生成 Asterisk 配置", "nothing is rendered yet")
    edited = [file.name for file in files if not is_untouched(file.read_text("utf-8"))]
    if edited:
        names = ", ".join(edited)
        return warn(
            "generated",
            f"生成的配置被改动:{names}",
            f"edited by hand: {names} in {folder}",
            "edit asterisk-config/templates or yingda.toml; the next run writes these anew",
        )
    if joined:  # the rules are for whole files: these were made from files that keep them
        return ok("generated", f"{len(files)} 个未被改动", f"{len(files)} files untouched")
    if doors := faults({file.name: file.read_text("utf-8") for file in files}):
        return fail(
            "generated",
            f"生成的配置有 {len(doors)} 处不安全:{doors[0]}",
            f"{len(doors)} open doors in {folder}: {doors[0]}",
            "the next `yingda run` writes these files anew; if it stays, tell us",
        )
    return ok("generated", f"{len(files)} 个生成的配置未被改动", f"{len(files)} files untouched")


async def trunks(world: World) -> Finding:
    """Check that a carrier's line speaks what this Asterisk can."""
    lines = world.settings.trunks
    if not lines:
        return ok("trunks", "没有中继,只能测试呼叫", "no trunk is set: only test calls come in")
    strange = [f"{t.name} ({t.local_address})" for t in lines if not _is_ours(t.local_address)]
    if strange:
        return fail(
            "trunks",
            f"中继的本机地址不在这台机器上:{', '.join(strange)}",
            f"this machine has no such address: {', '.join(strange)}",
            "set trunk.local_address to an address that `ip address` shows; other trunks work on",
        )
    odd = [trunk.name for trunk in lines if not {"alaw", "ulaw"} & set(trunk.codecs)]
    if odd:
        return warn(
            "trunks",
            f"中继 {', '.join(odd)} 没有 G.711",
            f"{', '.join(odd)}: no G.711 among its codecs",
            "ask the carrier for G.711 A-law; Asterisk 22.10.1 ships no G.729 codec",
        )
    return ok("trunks", f"{len(lines)} 条中继", f"{len(lines)} trunks with G.711")


def _is_ours(address: str) -> bool:
    """Tell whether this machine has the address; "" is no address of its own."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True


async def microphone(world: World) -> Finding:
    """Check that browsers elsewhere would give their microphone to our pages."""
    web = world.settings.web
    here = web.host == "localhost" or (_is_ip(web.host) and ip_address(web.host).is_loopback)
    if here or web.tls != "off":
        return ok("microphone", "浏览器可用麦克风", "browsers give their microphone")
    return warn(
        "microphone",
        "没有 TLS,其他电脑的浏览器不给麦克风",
        "without TLS browsers on other machines give no microphone",
        "yingda run --lan, or web.tls = local-ca or files",
    )


async def certificate(world: World) -> Finding:
    """Check that browsers accept the certificate of the pages, and for how long still."""
    web, now = world.settings.web, datetime.now(UTC)
    if web.tls == "off":
        return ok("certificate", "网页没有加密,没有证书", "no encryption, no certificate")
    chain, key = shown.paths(world.settings)
    if web.tls == "local-ca" and not chain.exists():
        return ok("certificate", "下次启动时生成证书", "the next start makes a certificate")
    mend = RENEW[web.tls]
    wrong = complaint(chain, key, now)
    if wrong is not None:
        return (fail if wrong.fatal or read(chain).ends <= now else warn)(
            "certificate", wrong.zh, wrong.en, mend
        )
    held = read(chain)
    lacking = ", ".join(held.lacks(list(web.names)))
    if lacking:
        return warn("certificate", f"证书不适用于 {lacking}", f"it is not for {lacking}", mend)
    day = f"{held.ends:%Y-%m-%d}"
    return ok("certificate", f"证书有效至 {day}", f"the certificate is good until {day}")


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


async def _output(*command: str) -> str:
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        async with asyncio.timeout(10):
            said, _ = await process.communicate()
    except (OSError, TimeoutError) as error:
        return str(error)
    return said.decode(errors="replace")
