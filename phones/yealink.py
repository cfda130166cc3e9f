"""Yealink T3x, T4x and T5x: `key = value` lines. Keys by Yealink's provisioning guides (V83+).

Both spellings of the codec keys are written: phones pass over what they do not know.
"""

from phones.line import (
    DTMF_PAYLOAD,
    EXPIRES_S,
    KEEP_ALIVE_S,
    PTIME_MS,
    SESSION_S,
    Line,
)

HEAD = "#!version:1.0.0.1"
"""The first line; a phone reads no file without it."""
TYPE = "text/plain"
LANGUAGES = {"zh": "Chinese_S", "en": "English"}
CODECS = (("pcma", "PCMA"), ("pcmu", "PCMU"), ("g722", "G722"))
"""In order: A-law is what China's carriers speak, so nothing needs converting."""
OFF = ("g729", "opus", "ilbc", "g726_32")

UDP, RFC4733, CRLF, NEVER = 0, 1, 1, 0


def config(line: Line) -> str:
    """Write the whole file for one phone."""
    pairs = {**_account(line), **_codecs(), **_quiet(), **_place(line), **_provisioning(line)}
    return "\n".join([HEAD, *(f"{key} = {value}" for key, value in pairs.items())]) + "\n"


def _account(line: Line) -> dict[str, object]:
    own = {
        "enable": 1,
        "label": line.label,
        "display_name": line.label,
        "auth_name": line.user,
        "user_name": line.user,
        "password": line.secret,
        "sip_server.1.address": line.server,
        "sip_server.1.port": line.port,
        "sip_server.1.transport_type": UDP,
        "sip_server.1.register_on_enable": 1,
        "sip_server.1.expires": EXPIRES_S,
        "nat.rport": 1,
        "nat.udp_update_enable": CRLF,
        "nat.udp_update_time": KEEP_ALIVE_S,
        "session_timer.enable": 1,
        "session_timer.expires": SESSION_S,
        "srtp_encryption": 0,
        "dtmf.type": RFC4733,
        "dtmf.dtmf_payload": DTMF_PAYLOAD,
        "ptime": PTIME_MS,
        "auto_answer": 0,
        "subscribe_mwi": 0,
    }
    return {f"account.1.{key}": value for key, value in own.items()}


def _codecs() -> dict[str, object]:
    pairs: dict[str, object] = {}
    for place, (name, payload) in enumerate(CODECS, 1):
        pairs |= {
            f"account.1.codec.{name}.enable": 1,
            f"account.1.codec.{name}.priority": place,
            f"account.1.codec.{place}.enable": 1,
            f"account.1.codec.{place}.payload_type": payload,
            f"account.1.codec.{place}.priority": place,
        }
    return pairs | {f"account.1.codec.{name}.enable": 0 for name in OFF}


def _quiet() -> dict[str, object]:
    """Switch off what would swallow a caller or let a stranger ring; intercom is auto-answer."""
    return {
        "call_waiting.enable": 0,
        "features.dnd.allow": 0,
        "features.dnd.enable": 0,
        "features.fwd.allow": 0,
        "forward.always.enable": 0,
        "forward.busy.enable": 0,
        "forward.no_answer.enable": 0,
        "voice_mail.number.1": "",
        "features.intercom.allow": 1,
        "features.intercom.mute": 0,
        "features.intercom.barge": 0,
        "features.direct_ip_call_enable": 0,
        "sip.trust_ctrl": 1,
        "sip.notify_reboot_enable": 0,
    }


def _place(line: Line) -> dict[str, object]:
    return {
        "lang.gui": LANGUAGES[line.language],
        "lang.wui": LANGUAGES[line.language],
        "voice.tone.country": "China",
        "local_time.time_zone": "+8",
        "local_time.time_zone_name": "China(Beijing)",
        "local_time.summer_time": NEVER,
        "local_time.time_format": 1,
        "local_time.ntp_server1": line.ntp,
    }


def _provisioning(line: Line) -> dict[str, object]:
    """The link is good once: asking again at each start would only show an error."""
    pairs: dict[str, object] = {"static.auto_provision.power_on": 0}
    return pairs | ({"static.trusted_certificates.url": line.ca_url} if line.ca_url else {})
