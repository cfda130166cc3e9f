"""The carriers' lines as Asterisk loads them: transports, endpoints, registrations, dialplan.

Pure. Per trunk a `[trunk-NAME]` in pjsip.conf and, as a context of that name, in
dialplan-trunks.conf: what the dialplan must know of a line (its channels, where our number goes).
"""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.settings import Media, Settings, Trunk
from pbx.render_text import escaped, host_port, section

TIMERS = {"accept": "yes", "off": "no", "always": "always"}
PRACK = {"peer": "peer_supported", "off": "no", "required": "required"}
OVER_LIMIT = {"busy": 17, "congestion": 34, "unavailable": 20, "rejected": 21}
"""The Q.850 cause of a refusal; Asterisk sends 486, 503, 480 and 403 for them."""
REGISTRATION = {
    "expiration": "300",
    "retry_interval": "30",
    # A carrier that says no is not hammered, or it locks the account; but a mended one is found.
    "auth_rejection_permanent": "yes",
    "forbidden_retry_interval": "600",
    "fatal_retry_interval": "600",
    "max_retries": "1000000",
    "max_random_initial_delay": "2",
}


@dataclass(frozen=True, slots=True)
class Tls:
    """The certificate that SIP over TLS shows, and the authorities that carriers are held to."""

    cert: Path
    key: Path
    authorities: Path


def transports(settings: Settings, tls: Tls | None) -> str:
    """Write every transport: ours, then those of trunks that have a place of their own."""
    sip, parts = settings.sip, []
    for kind in ("udp", "tcp"):
        parts.append(_transport(kind, kind, host_port(sip.host, sip.port), settings, tls))
    if sip.tls_port:
        parts.append(_transport("tls", "tls", host_port(sip.host, sip.tls_port), settings, tls))
    for name, (kind, bind) in _own_places(settings).items():
        parts.append(_transport(name, kind, bind, settings, tls))
    return "\n".join(parts)


def _transport(name: str, kind: str, bind: str, settings: Settings, tls: Tls | None) -> str:
    values = {"type": "transport", "protocol": kind, "bind": bind}
    # a phone is called the way it registered: UDP, TCP or TLS, and by the same socket
    values["symmetric_transport"] = "yes"
    if kind == "tls" and tls is not None:
        values |= {
            "cert_file": str(tls.cert),
            "priv_key_file": str(tls.key),
            "ca_list_file": str(tls.authorities),
            "method": "tlsv1_2",
            "verify_server": "yes",
            "allow_wildcard_certs": "yes",
        }
    return "\n".join((section(name, **values), *external(settings.media)))


def external(media: Media) -> Iterator[str]:
    """Tell whoever is outside our networks the address that reaches us there."""
    if media.public_address:
        yield f"external_media_address = {media.public_address}"
        yield f"external_signaling_address = {media.public_address}"
        yield from (f"local_net = {net}" for net in media.local_nets)


def _own_places(settings: Settings) -> dict[str, tuple[str, str]]:
    """Transport name → (protocol, where it listens), each once."""
    return {
        _transport_of(trunk, settings): (trunk.transport, host_port(*_place(trunk, settings)))
        for trunk in settings.trunks
        if _has_own_place(trunk, settings)
    }


def own_ports(settings: Settings) -> dict[str, tuple[str, str, int]]:
    """Setting → (protocol, host, port) of trunks that listen at a place of their own."""
    return {
        f"local_port of trunk {trunk.name}": (trunk.transport, *_place(trunk, settings))
        for trunk in settings.trunks
        if _has_own_place(trunk, settings)
    }


def _place(trunk: Trunk, settings: Settings) -> tuple[str, int]:
    ours = settings.sip.tls_port if trunk.transport == "tls" else settings.sip.port
    return trunk.local_address or settings.sip.host, trunk.local_port or ours


def _has_own_place(trunk: Trunk, settings: Settings) -> bool:
    ours = settings.sip.tls_port if trunk.transport == "tls" else settings.sip.port
    return _place(trunk, settings) != (settings.sip.host, ours)


def _transport_of(trunk: Trunk, settings: Settings) -> str:
    if not _has_own_place(trunk, settings):
        return trunk.transport
    host, port = _place(trunk, settings)
    return f"{trunk.transport}-{re.sub('[^0-9a-f]', '-', host)}-{port}"


def trunk_sections(trunk: Trunk, settings: Settings, secret: str) -> str:
    """Write one line's sections of pjsip.conf; `secret` is the carrier's password, "" = none."""
    name = f"trunk-{trunk.name}"
    server = f"sip:{host_port(trunk.host, trunk.port)}{_parameter(trunk)}"
    proxy = _proxy(trunk)
    parts = [
        section(name, "trunk", **_endpoint(trunk, name, settings), **proxy),
        section(name, type="aor", contact=escaped(server), **_qualify(trunk), **proxy),
        _identify(trunk, name),
    ]
    if secret:
        account = trunk.auth_user or trunk.username
        parts[0] += f"\noutbound_auth = {name}"
        parts.append(section(name, "account", username=account, password=escaped(secret)))
    if trunk.kind == "registration":
        transport = _transport_of(trunk, settings)
        parts.append(_registration(trunk, name, server, {"transport": transport} | proxy))
    return "\n".join(parts)


def dtmf_info(trunks: Sequence[Trunk]) -> str:
    """Load the reader of keys in SIP INFO only where a line may send them so.

    It hears every endpoint whatever its dtmf_mode says, so that a line that sends each key by
    RFC 4733 too would be heard twice. Where one is wanted, `pbx.caller` drops the second.
    """
    wanted = any(trunk.dtmf in ("auto", "info") for trunk in trunks)
    return "load = res_pjsip_dtmf_info.so" if wanted else ""


def _parameter(trunk: Trunk) -> str:
    return "" if trunk.transport == "udp" else f";transport={trunk.transport}"


def _proxy(trunk: Trunk) -> dict[str, str]:
    """Make the proxy a loose route (RFC 3261 §19.1.1), which keeps the carrier's domain."""
    uri = trunk.outbound_proxy
    if not uri:
        return {}
    missing = "" if "transport=" in uri else _parameter(trunk)
    return {"outbound_proxy": escaped(uri + missing + ("" if ";lr" in uri else ";lr"))}


def _qualify(trunk: Trunk) -> dict[str, str]:
    return {"qualify_frequency": str(trunk.qualify_s)} if trunk.qualify_s else {}


def _endpoint(trunk: Trunk, name: str, settings: Settings) -> dict[str, str]:
    wanted = {
        "transport": _transport_of(trunk, settings),
        "aors": name,
        "allow": ",".join(trunk.codecs),
        "dtmf_mode": trunk.dtmf,
        "timers": TIMERS[trunk.session_timer],
        "100rel": PRACK[trunk.prack],
        "contact_user": trunk.username,
        "from_domain": _domain(trunk),
        "device_state_busy_at": str(trunk.channels) if trunk.channels else "",
        "media_encryption": "sdes" if trunk.srtp == "required" else "",
    }
    return {key: text for key, text in (wanted | _shown(trunk) | _card(trunk)).items() if text}


def _domain(trunk: Trunk) -> str:
    return trunk.from_domain or (trunk.host if trunk.kind == "registration" else "")


def _shown(trunk: Trunk) -> dict[str, str]:
    """Say who calls: our number in From, or the line's account there and our number beside it."""
    if trunk.present == "from":
        return {}
    asserted = {"send_pai": "yes", "trust_id_outbound": "yes"} if trunk.present == "pai" else {}
    return {"from_user": trunk.username} | asserted


def _card(trunk: Trunk) -> dict[str, str]:
    """Keep the audio on the line's own network card."""
    if not trunk.local_address:
        return {}
    return {"media_address": trunk.local_address, "bind_rtp_to_media_address": "yes"}


def _identify(trunk: Trunk, name: str) -> str:
    matches = trunk.match or (_carrier_host(trunk),)
    lookups = {} if any(not _is_address(item) for item in matches) else {"srv_lookups": "no"}
    return section(name, type="identify", endpoint=name, match=",".join(matches), **lookups)


def _carrier_host(trunk: Trunk) -> str:
    """Give the host that the carrier's calls come from: the proxy, if there is one."""
    found = re.match(r"sips?:([A-Za-z0-9.-]+)", trunk.outbound_proxy)
    return found[1] if found else trunk.host


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def _registration(trunk: Trunk, name: str, server: str, way: dict[str, str]) -> str:
    return section(
        name,
        type="registration",
        endpoint=name,
        line="yes",  # the carrier calls our Contact, which tells the line whatever address it has
        outbound_auth=name,
        server_uri=escaped(server),
        client_uri=f"sip:{trunk.username}@{_domain(trunk)}",
        contact_user=trunk.username,
        **way,
        **REGISTRATION,
    )


def trunk_contexts(trunks: Sequence[Trunk]) -> str:
    """Write what the dialplan asks of a line, as `Gosub(trunk-NAME,limit|room|present,1)`.

    limit: a call came in, refuse it when it is one too many; room: Return 1 when one more may go
    out; present: on the leg that goes out, count it and show our number as the line wants it.
    """
    lines = [line for trunk in trunks for line in _context(trunk)]
    return "\n".join([*_TEST, *lines])


_TEST = (
    "[trunk-test]",
    "exten => limit,1,Return()",
    "exten => room,1,Return(1)",
    "exten => present,1,Return()",
)


def _context(trunk: Trunk) -> Iterator[str]:
    name, most = f"trunk-{trunk.name}", trunk.channels
    yield f"[{name}]"
    yield f"exten => limit,1,Set(GROUP(trunk)={name})"
    if most:
        cause = OVER_LIMIT[trunk.over_limit]
        yield f" same => n,GotoIf($[${{GROUP_COUNT({name}@trunk)}} <= {most}]?in)"
        yield f" same => n,UserEvent(CCRefused,Trunk: {name},Cause: {cause})"
        yield f" same => n,Hangup({cause})"
    yield " same => n(in),Return()"
    room = f"$[${{GROUP_COUNT({name}@trunk)}} < {most}]" if most else "1"
    yield f"exten => room,1,Return({room})"
    yield f"exten => present,1,Set(GROUP(trunk)={name})"
    if trunk.present == "ppi":
        header = f"<sip:${{FILTER(0-9+,${{CONNECTEDLINE(num)}})}}@{_domain(trunk) or trunk.host}>"
        yield f" same => n,Set(PJSIP_HEADER(add,P-Preferred-Identity)={header})"
    yield " same => n,Return()"
