"""What a desk phone is to know: its account, where it registers, whose name stands on it."""

import re
import unicodedata
from dataclasses import dataclass

from domain.errors import Fault, Refused

EXPIRES_S = 300
KEEP_ALIVE_S = 30
SESSION_S = 1800
PTIME_MS = 20
DTMF_PAYLOAD = 101
LABEL_MOST = 40
_SIGNS = " -_.()（）·"
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45}", re.ASCII)
_WORD = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_URL = re.compile(r"https?://[A-Za-z0-9._~:/\[\]%@-]{1,400}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """One account of one phone; `ca_url` is where our certificate lies, "" for none.

    Raises Refused for what could not stand safely in a file: server, user, secret, URL.
    """

    number: str
    name: str
    user: str
    secret: str
    server: str
    port: int
    ntp: str
    ca_url: str = ""
    language: str = "zh"

    def __post_init__(self) -> None:
        checks = (
            ("number", _WORD, self.number),
            ("user", _WORD, self.user),
            ("secret", _WORD, self.secret),
            ("server", _HOST, self.server),
            ("ntp", _HOST, self.ntp),
        )
        wrong = [name for name, pattern, value in checks if not pattern.fullmatch(value)]
        wrong += [] if not self.ca_url or _URL.fullmatch(self.ca_url) else ["ca_url"]
        wrong += [] if 0 < self.port < 65536 else ["port"]
        if wrong:
            raise Refused(*(Fault("", 0, name, "cannot stand in a phone's file") for name in wrong))

    @property
    def label(self) -> str:
        """Name the line on the phone's screen: number and name, signs of its file left out."""
        return f"{self.number} {plain(self.name)}".strip()


def plain(name: str) -> str:
    """Keep letters, digits and a few signs of a person's name, so that no file can be broken.

    >>> plain("林 晓\\naccount.1.password = x")
    '林 晓 account.1.password x'
    """
    kept = [
        sign if unicodedata.category(sign)[0] in "LNM" or sign in _SIGNS else " " for sign in name
    ]
    return " ".join("".join(kept).split())[:LABEL_MOST].strip()
