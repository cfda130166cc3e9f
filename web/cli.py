"""`yingda web`, the process; `yingda cert` and `yingda turn`: what browsers elsewhere need."""

import argparse
import asyncio
import ipaddress
from collections.abc import Callable
from typing import Any

from domain.errors import Fault, Refused
from domain.settings import FILE, Settings
from outside.authority import CA
from outside.cards import own_addresses
from outside.certificate import Certificate, read
from outside.shown import fault, files, folder, renew_for
from web.tls import today
from web.turn import coturn

OpenSettings = Callable[[argparse.Namespace], Settings]


def add_commands(sub: Any, settings: OpenSettings) -> None:
    """Hang the commands under the command line."""
    web = sub.add_parser("web", help="the web process alone (started by run)")
    web.set_defaults(run=lambda args: _web(settings(args)))
    _add_cert(sub, settings)
    _add_turn(sub, settings)


def _web(settings: Settings) -> int:
    from web.serve import serve

    asyncio.run(serve(settings))
    return 0


def _add_cert(sub: Any, settings: OpenSettings) -> None:
    cert = sub.add_parser("cert", help="网页的证书 · the certificate of the pages")
    what = cert.add_subparsers(required=True, metavar="WHAT")
    status = what.add_parser("status", help="指纹、有效期、怎么信任 · fingerprint, end, trust")
    status.set_defaults(run=lambda args: _status(settings(args)))
    renew = what.add_parser("renew", help="由自建 CA 重发证书 · a new certificate of our own CA")
    renew.add_argument(
        "--name",
        action="append",
        default=[],
        help="还要认的主机名或 IP，可多次，会记住 · a further host name or IP; remembered",
    )
    renew.set_defaults(run=lambda args: _renew(settings(args), args.name))


def _status(settings: Settings) -> int:
    if settings.web.tls == "off":
        print('web.tls = "off"：网页没有加密，没有证书 · the pages are not encrypted')
        print('→ yingda run --lan，或在 yingda.toml 设 web.tls = "local-ca" 或 "files"')
        return 0
    wrong = fault(settings, today())
    if wrong is not None:
        print(f"{wrong.zh}\n{wrong.en}")
        if wrong.fatal:
            return 1
    chain = files(settings, today())[0]
    _tell("网页证书 · certificate of the pages", str(chain), read(chain))
    _say_lacks(read(chain), settings)
    if settings.web.tls == "local-ca":
        ca = folder(settings) / CA
        _tell("自建 CA · our own authority", str(ca), read(ca))
        _say_trust(settings, str(ca))
    return 1 if wrong is not None else 0


def _tell(what: str, file: str, held: Certificate) -> None:
    left = held.days_left(today())
    print(f"{what}\n  文件 file         {file}\n  签给 subject      {held.subject}")
    if held.names:
        print(f"  适用 names        {', '.join(held.names)}")
    rest = f"还有 {left} 天 · {left} days left" if left >= 0 else "已过期 · expired"
    print(f"  到期 ends         {held.ends:%Y-%m-%d}（{rest}）")
    print(f"  指纹 SHA-256      {held.fingerprint}")


def _say_lacks(held: Certificate, settings: Settings) -> None:
    lacking = held.lacks(list(settings.web.names))
    if lacking:
        print(f"  不适用 not for    {', '.join(lacking)}（web.names）")


def _say_trust(settings: Settings, ca: str) -> None:
    host = next(iter([*settings.web.names, *own_addresses()]), settings.web.host)
    host = f"[{host}]" if ":" in host else host
    print(
        "怎么信任 · how to trust it\n"
        f"  在每台电脑打开 https://{host}:{settings.web.port}/trust ，核对上面 CA 的指纹后安装。\n"
        f"  Open that page on every desk, compare the CA's fingerprint above, and install it.\n"
        f"  也可用组策略或 MDM 下发 · or hand out by group policy or MDM: {ca}"
    )


def _renew(settings: Settings, more: list[str]) -> int:
    if settings.web.tls != "local-ca":
        text = "only certificates of our own authority can be renewed here (web.tls = local-ca)"
        raise Refused(Fault(FILE, 0, "web.tls", text))
    for name in more:
        _check_name(name)
    chain = renew_for(settings, more, today())
    _tell("新的网页证书 · new certificate of the pages", str(chain), read(chain))
    print(
        "运行中的系统一分钟内换用它，桌面不用再装什么 · a running system takes it within a minute"
    )
    return 0


def _check_name(name: str) -> None:
    labels = name.removeprefix("*.").split(".")
    good = all(label and label.replace("-", "").isalnum() and label.isascii() for label in labels)
    if not (good or _is_ip(name)):
        raise Refused(Fault("--name", 0, name, "must be a host name or an IP address"))


def _add_turn(sub: Any, settings: OpenSettings) -> None:
    turn = sub.add_parser("turn", help="居家座席的中转服务器 · the relay for agents at home")
    what = turn.add_subparsers(required=True, metavar="WHAT")
    config = what.add_parser("config", help="打印 coturn 的配置 · print coturn's settings")
    config.add_argument(
        "--pbx",
        action="append",
        default=[],
        metavar="IP",
        help="Asterisk 的地址，默认取设置和网卡 · Asterisk's addresses, else those found",
    )
    config.add_argument("--realm", default="yingda", help="域 · realm, default yingda")
    config.add_argument(
        "--with-secret", action="store_true", help="把密钥写进去 · write the secret into it"
    )
    config.set_defaults(run=lambda args: _turn_config(settings(args), args))


def _turn_config(settings: Settings, args: argparse.Namespace) -> int:
    if not settings.turn.urls:
        text = 'is not set; for example urls = ["turn:turn.example:3478?transport=udp"]'
        raise Refused(Fault(FILE, 0, "turn.urls", text))
    pbx = args.pbx or _pbx_addresses(settings)
    if not pbx:
        raise Refused(Fault("", 0, "--pbx", "give Asterisk's address as the relay sees it"))
    print(coturn(settings, pbx, args.realm, secret=args.with_secret), end="")
    return 0


def _pbx_addresses(settings: Settings) -> list[str]:
    """Where Asterisk may be from the relay's side: the public address, and our own cards."""
    public = [settings.media.public_address] if settings.media.public_address else []
    bound = settings.sip.host
    cards = own_addresses() if bound in ("0.0.0.0", "::") else [bound]  # noqa: S104
    found = dict.fromkeys([*(one for one in public if _is_ip(one)), *cards])
    return [one for one in found if not ipaddress.ip_address(one).is_loopback]


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
