"""The carriers that we have met, each a `[[trunk]]` and a lane of the firm that it serves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.house.firm import Lane

SECRET = "pa;ss#wo\\rd-7Kx2mQ9z4Lw1"
"""As hard to write down as carriers make them."""
SECRET_FILE = "carrier.secret"
DOMAIN = "ims.hz.example.invalid"
"""A domain that no name server knows: only the outbound proxy's address may be used."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One carrier. `{host}` and `{port}` in the trunk's values are where it stands."""

    n: int
    name: str
    trunk: Mapping[str, object] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """Give the carrier's own address."""
        return f"127.0.1.{self.n}"

    def other(self, hundreds: int) -> str:
        """Give another address of the same carrier."""
        return f"127.0.1.{self.n + 100 * hundreds}"

    @property
    def lane(self) -> Lane:
        """Give the hotline, group and agents that this carrier serves."""
        agents = (f"70{self.n:02}1", f"70{self.n:02}2")
        return Lane(f"40092000{self.n:02}", f"carrier{self.n}", agents)

    @property
    def landline(self) -> str:
        """Give the number that the hotline is bound to and calls out with."""
        return f"0571860000{self.n:02}"

    @property
    def mobile(self) -> str:
        """Give the mobile of the lane's second agent."""
        return f"138000{self.n:02}001"

    def block(self, port: int) -> str:
        """Write the `[[trunk]]`."""
        values: dict[str, object] = {
            "name": self.name,
            "kind": "address",
            "host": self.host,
            "port": port,
            "match": [self.host],
            "area_code": "0571",
            "numbers": [self.landline],
        }
        values |= self.trunk
        text = json.dumps({k: v for k, v in values.items() if v is not None}, ensure_ascii=False)
        lines = [f"{key} = {_toml(value, port)}" for key, value in json.loads(text).items()]
        return "\n".join(["[[trunk]]", *lines, ""])


def _toml(value: object, port: int) -> str:
    return json.dumps(value, ensure_ascii=False).replace("{port}", str(port))


IMS = Profile(
    1,
    "ims",
    {
        "kind": "registration",
        "host": DOMAIN,
        "match": None,
        "username": "+8657186000001",
        "auth_user": f"057186000001@{DOMAIN}",
        "secret_file": SECRET_FILE,
        "from_domain": DOMAIN,
        "outbound_proxy": "sip:127.0.1.1:{port}",
        "present": "ppi",
    },
)
TWO_SBCS = Profile(2, "two-sbcs", {"match": ["127.0.1.2", "127.0.1.102"]})
FORMS = Profile(3, "forms", {"caller_sources": ["pai", "rpid", "from"], "dial_mobile": "0{e}"})
INBAND = Profile(4, "inband")
PAYLOAD_97 = Profile(5, "payload97")
EARLY = Profile(6, "early", {"prack": "peer"})
TIMER = Profile(7, "timer")
MUTE = Profile(8, "mute", {"qualify_s": 2})
G729_FIRST = Profile(9, "g729", {"codecs": ["alaw", "ulaw"]})
STRICT = Profile(10, "strict", {"present": "from"})
BOUND = Profile(11, "bound", {"called_sources": ["diversion", "history", "uri", "to"]})
TWIN = Profile(12, "twin", {"called_sources": ["diversion", "uri"]})
"""A second 400 number on the landline of `bound`; its trunk is never called."""
SMALL = Profile(13, "small", {"channels": 1, "over_limit": "congestion"})
DEAD = Profile(14, "dead", {"numbers": ["057186000015"]})
"""Nobody answers here at all; the firm's calls out of hotline 15 try it first."""
SECOND = Profile(15, "second")
TCP = Profile(16, "tcp", {"transport": "tcp"})
WRONG = Profile(
    17,
    "wrong",
    {
        "kind": "registration",
        "match": None,
        "username": "057186000017",
        "secret_file": SECRET_FILE,
    },
)
"""The carrier has another password on file."""
GONE = Profile(18, "gone", dict(WRONG.trunk) | {"username": "057186000018"})
"""Nothing answers at this address."""
G729_ONLY = Profile(19, "g729only")
UNKNOWN_ID = Profile(20, "unknown-id")
"""Refuses every call out: the caller id is not registered there."""
STRICT_REL = Profile(21, "strict-rel", {"prack": "off"})
"""Wants 100rel where we have it off."""
LIMP = Profile(22, "limp", {"numbers": ["057186000023"]})
"""Answers every call out with 503; the firm's calls out of hotline 23 try it first."""
RELIEF = Profile(23, "relief")
SECURE = Profile(24, "secure", {"transport": "tls", "present": "pai", "username": "057186000124"})
"""SIP over TLS, each side with a certificate; our number in P-Asserted-Identity."""
THROUGH = Profile(25, "through")
"""Its callers are put through to a number outside when they have waited for some seconds."""
BACK = Profile(26, "back")
"""Its callers may ask to be called back; tried again after a minute at the earliest."""
WAYS = Profile(27, "ways")
"""Its callers choose in the menu who takes them: one agent, a number outside, a call back."""
WAYS_FLOW = """\
# 去处 · ways out of a flow
flow: carrier27
start: menu
nodes:
  menu:
    kind: menu
    prompts: [at_your_service]
    keys: {"1": boss, "2": outside, "3": back, "0": wait}
    tries: 3
    timeout_s: 20
    otherwise: wait
  boss: {kind: agent, agent: "70272", group: carrier27, wait_s: 60, otherwise: wait}
  outside: {kind: number, to: "057186009999", ring_s: 20, otherwise: wait}
  back: {kind: callback, group: carrier27, timeout_s: 20, next: bye}
  wait: {kind: group, group: carrier27}
  bye: {kind: hang_up, prompts: [goodbye]}
"""
WAITING: Mapping[int, Mapping[str, object]] = {
    25: {"overflow": [{"when": {"wait_s": 3}, "to": {"number": "057186009999"}}]},
    26: {"callback": True, "callback_retry_min": 1, "tip_s": 15},
}
"""What the groups of some carriers' lanes do with those who wait."""
BROKEN = (WRONG, GONE, G729_ONLY, UNKNOWN_ID, STRICT_REL)

PROFILES = (
    IMS, TWO_SBCS, FORMS, INBAND, PAYLOAD_97, EARLY, TIMER, MUTE, G729_FIRST, STRICT, BOUND,
    TWIN, SMALL, DEAD, SECOND, TCP,
    *BROKEN, LIMP, RELIEF, SECURE, THROUGH, BACK, WAYS,
)  # fmt: skip
