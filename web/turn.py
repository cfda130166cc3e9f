"""Relays for browsers that no direct way reaches: what a page is given, and coturn's settings."""

from domain.settings import Settings, Turn
from outside.relay import minted
from web.schema_desk import IceServer

NOBODY = ("0.0.0.0-255.255.255.255", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
"""What is denied but for the addresses allowed: a log-in that leaks reaches nothing but us."""


def ice_servers(turn: Turn, agent: str, now_ms: int) -> list[IceServer]:
    """Mint an agent's log-in to the relays, good for `ttl_s`; none are set, none are given."""
    if not turn.urls or not turn.secret:
        return []
    login = minted(turn, agent, now_ms)
    return [
        IceServer(
            urls=list(turn.urls),
            username=login.username,
            credential=login.password,
            until=login.ends_ms,
        )
    ]


def coturn(settings: Settings, pbx: list[str], realm: str, *, secret: bool) -> str:
    """Write coturn's turnserver.conf: only for us, only towards `pbx`; `secret` puts it in."""
    allowed = "\n".join(f"allowed-peer-ip={address}" for address in pbx)
    denied = "\n".join(f"denied-peer-ip={span}" for span in NOBODY)
    return _COTURN.format(
        realm=realm, allowed=allowed, denied=denied, secret=_secret(settings.turn, secret=secret)
    )


def _secret(turn: Turn, *, secret: bool) -> str:
    if secret:
        return f"static-auth-secret={turn.secret}"
    where = f'"${turn.secret_env}"' if turn.secret_env else f'"$(cat {turn.secret_file})"'
    return (
        "# The secret does not stand here. Add it on the relay, where only coturn can read it:\n"
        f"#   printf 'static-auth-secret=%s\\n' {where} >>/etc/turnserver.conf"
    )


_COTURN = """\
# /etc/turnserver.conf, made by `yingda turn config`; coturn 4.6 as Debian packages it.
# Open in the firewall: 3478/UDP and 3478/TCP (5349/TCP with a certificate), 49152-65535/UDP.
listening-port=3478
fingerprint
realm={realm}
# Behind NAT: external-ip=PUBLIC/PRIVATE
# With a certificate, for turns: and networks that let only TLS out:
# tls-listening-port=5349
# cert=/etc/turn/fullchain.pem
# pkey=/etc/turn/key.pem

# Log-ins for a time, minted by yingda at each sign-in. No other users.
use-auth-secret
{secret}

# Towards our Asterisk and nobody else inside.
{allowed}
{denied}
no-multicast-peers
no-tcp-relay

# One agent has one call, and a second while a page is reloaded; a call is 64 kbit/s each way.
user-quota=12
total-quota=1200
max-bps=64000
stale-nonce=600
max-allocate-lifetime=3600
channel-lifetime=600
permission-lifetime=300

min-port=49152
max-port=65535
no-cli
no-tlsv1
no-tlsv1_1
no-software-attribute
no-stdout-log
syslog
"""
