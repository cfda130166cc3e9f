"""Which file a phone asks for, and what it gets: vendors, names of files, MAC addresses."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from phones import fanvil, yealink
from phones.line import Line

CONFIG, CERTIFICATE, NOTHING = "config", "certificate", "nothing"
"""What a name stands for: the phone's own file, our certificate, or a file we do not have."""
_MAC = re.compile(r"[0-9a-f]{12}", re.ASCII)
_OWN = re.compile(r"(?:([0-9a-f]{12})|config)\.(?:cfg|xml|txt)", re.ASCII)
_IN_TEXT = re.compile(r"(?<![0-9a-f])((?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2})(?![0-9a-f:-])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Vendor:
    """One maker: how its file is written, and what to type behind the link on the phone."""

    name: str
    config: Callable[[Line], str]
    type: str
    ending: str


VENDORS: Mapping[str, Vendor] = {
    "yealink": Vendor("Yealink", yealink.config, yealink.TYPE, ""),
    "fanvil": Vendor("Fanvil", fanvil.config, fanvil.TYPE, "$mac.cfg"),
}


@dataclass(frozen=True, slots=True)
class File:
    """What a phone asked for; `mac` is the address in the file's name, "" for none."""

    kind: str
    mac: str = ""


def file_for(name: str) -> File:
    """Read the name of the file that a phone asks for.

    >>> file_for("805EC0112233.cfg"), file_for("y000000000066.boot").kind
    (File(kind='config', mac='805ec0112233'), 'nothing')
    """
    if name == "ca.crt":
        return File(CERTIFICATE)
    found = _OWN.fullmatch(name.lower())
    return File(CONFIG, found.group(1) or "") if found else File(NOTHING)


def mac_of(text: str) -> str:
    """Write a typed MAC address the one way it is stored, "" if it is none.

    >>> mac_of("80:5E:C0-11 22.33"), mac_of("80:5E")
    ('805ec0112233', '')
    """
    bare = re.sub(r"[\s:.-]", "", text).lower()
    return bare if _MAC.fullmatch(bare) else ""


def mac_in(user_agent: str) -> str:
    """Find the MAC address in what a phone calls itself, "" for none.

    >>> mac_in("Yealink SIP-T46U 108.86.0.45 80:5e:c0:11:22:33")
    '805ec0112233'
    """
    found = _IN_TEXT.search(user_agent.lower())
    return mac_of(found.group(1)) if found else ""
