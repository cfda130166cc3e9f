"""Fanvil X series (firmware 2.2.10 and newer): the `sysConf` XML. Keys as phones export them."""

from xml.etree import ElementTree as xml

from phones.line import (
    DTMF_PAYLOAD,
    EXPIRES_S,
    KEEP_ALIVE_S,
    PTIME_MS,
    SESSION_S,
    Line,
)

TYPE = "application/xml"
LANGUAGES = {"zh": "cn", "en": "en"}
VERSION = "2.0000000000"
CODECS = "PCMA,PCMU,G722"
CHINA_TONES = 11
UDP, RFC4733, SIP_OPTION, QUARTERS = 0, 1, 2, 8 * 4
"""Transport, key tones, kind of keep-alive; the time zone counts in quarters of an hour."""

Tree = dict[str, "int | str | Tree"]


def config(line: Line) -> str:
    """Write the whole file for one phone."""
    root = xml.Element("sysConf")
    _grow(root, _tree(line))
    xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + xml.tostring(root, "unicode") + "\n"


def _grow(node: xml.Element, tree: Tree) -> None:
    for name, value in tree.items():
        tag, _, index = name.partition("#")
        child = xml.SubElement(node, tag, {"index": index} if index else {})
        if isinstance(value, dict):
            _grow(child, value)
        else:
            child.text = str(value)


def _tree(line: Line) -> Tree:
    return {
        "Version": VERSION,
        "mm": {"DtmfPayloadType": DTMF_PAYLOAD, "VAD": 0, "SelectYourTone": CHINA_TONES},
        "sip": {"NotifyReboot": 0, "StrictUAMatch": 1, "line#1": _account(line) | _talk()},
        "call": {"port#1": _quiet()},
        "phone": {"display": _display(line), "date": _date(line)},
        "ap": {"FlashMode": 0, "pnp": {"PNPEnable": 0}},
    }


def _account(line: Line) -> Tree:
    return {
        "PhoneNumber": line.user,
        "DisplayName": line.label,
        "RegisterAddr": line.server,
        "RegisterPort": line.port,
        "RegisterUser": line.user,
        "RegisterPswd": line.secret,
        "RegisterTTL": EXPIRES_S,
        "EnableReg": 1,
        "Transport": UDP,
        "ProxyAddr": "",
        "BackupAddr": "",
    }


def _talk() -> Tree:
    return {
        "DTMFMode": RFC4733,
        "VoiceCodecMap": CODECS,
        "Ptime": PTIME_MS,
        "MediaCrypto": 0,
        "NATUDPUpdate": SIP_OPTION,
        "UDPUpdateTTL": KEEP_ALIVE_S,
        "EnableRport": 1,
        "SessionTimer": 1,
        "STimerExpires": SESSION_S,
        "AutoAnswer": 0,
        "AlwaysFWD": 0,
        "BusyFWD": 0,
        "NoAnswerFWD": 0,
        "EnableDND": 0,
        "Subscribe": 0,
        "MWINum": "",
        "InactiveHold": 0,
    }


def _quiet() -> Tree:
    """Switch off what would swallow a caller or let a stranger ring; intercom is auto-answer."""
    return {
        "DNDMode": 0,
        "EnableDND": 0,
        "CallWaiting": 0,
        "AllowIPCall": 0,
        "EnableIntercom": 1,
        "IntercomMute": 0,
        "IntercomBarge": 0,
        "BusyReturnCode": 486,
        "RejectReturnCode": 603,
    }


def _display(line: Line) -> Tree:
    return {"LCDTitle": line.label, "DefaultLanguage": LANGUAGES[line.language]}


def _date(line: Line) -> Tree:
    return {
        "EnableSNTP": 1,
        "SNTPServer": line.ntp,
        "TimeZone": QUARTERS,
        "TimeZoneName": "UTC+8",
        "Enable_DST": 0,
    }
