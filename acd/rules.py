"""What is configured: how a group works, who an agent is. Frozen; the floor works by it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.ids import AgentId, GroupId

MEMBER_LEVEL = 5
"""The level of a member in a group, unless another is set."""
SECONDS = (
    "ring_s",
    "wrap_s",
    "announce_s",
    "sticky_s",
    "decline_s",
    "ageing_s",
    "redial_s",
    "tip_s",
    "callback_retry_s",
    "callback_s",
)
"""The times of a group's rules."""


def _float(rules: object, *names: str) -> None:
    """Keep numbers as the compiled core keeps them: 20 and 20.0 are written differently."""
    for name in names:
        object.__setattr__(rules, name, float(getattr(rules, name)))


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked for after a time of waiting, seconds.

    `needs` (as in domain/needs.py, "" = as before) takes the place of the requirement so far; the
    agents of the groups in `also` may take the call too.
    """

    after_s: float
    needs: str = ""
    also: tuple[GroupId, ...] = ()

    def __post_init__(self) -> None:
        _float(self, "after_s")


@dataclass(frozen=True, slots=True)
class Overflow:
    """When a waiting call goes elsewhere, and where.

    `when`: wait_s, max_wait_s, length, max_length, estimate_s (each with its `limit`) or nobody;
    `to_kind`: group, number, voicemail, callback or message.
    """

    when: str
    limit: float
    to_kind: str
    to: str = ""

    def __post_init__(self) -> None:
        _float(self, "limit")


@dataclass(frozen=True, slots=True)
class GroupRules:
    """How one skill group works; times in seconds.

    `sticky_s`: how long a call waits for the agent it prefers before the group (0 = not at all);
    `misses`: rings that nobody took before the agent is put on break, 0 = never; `decline_s`: how
    long who declined is kept apart from that call; `wrap_until_done`: no time ends the wrap-up.
    `redial_s`: how long the place of a caller who gave up is kept, 0 = not at all.
    `announce_wait`: the time to wait is told with the place. `ring_several`: so many agents are
    rung together for one call, 0 and 1 = one after another.
    `overflow` is tested in order. While waiting one of `tips` is told every `tip_s`; with
    `callback` key 1 asks to be called back: tried `callback_tries` times, `callback_retry_s`
    apart, for `callback_s` at most.
    `ageing_s` is the firm's, the same for all: one level of priority is worth that much waiting.
    `unrecorded` are the hotlines whose calls are not recorded, in whatever group they are served.
    """

    id: GroupId
    name: str = ""
    ring_s: float = 20
    wrap_s: float = 15
    announce_s: float = 15
    record: bool = True
    strategy: str = "longest_idle"
    needs: str = ""
    steps: tuple[Step, ...] = ()
    sticky_s: float = 0
    misses: int = 2
    decline_s: float = 60
    wrap_until_done: bool = False
    ageing_s: float = 0
    redial_s: float = 300
    announce_wait: bool = True
    overflow: tuple[Overflow, ...] = ()
    tips: tuple[str, ...] = ()
    tip_s: float = 60
    callback: bool = False
    callback_tries: int = 3
    callback_retry_s: float = 300
    callback_s: float = 86_400
    ring_several: int = 0
    unrecorded: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _float(self, *SECONDS)

    def records(self, hotline: str) -> bool:
        """Tell whether a call of a hotline is recorded."""
        return self.record and hotline not in self.unrecorded


@dataclass(frozen=True, slots=True)
class AgentCard:
    """Who an agent is: number, name, site and skill groups; `mobile` may be signed in with.

    `levels` (1-9) are those in skills and, where one is set, in groups.
    """

    number: AgentId
    name: str = ""
    site: str = ""
    groups: tuple[GroupId, ...] = ()
    mobile: str = ""
    levels: Mapping[str, int] = field(default_factory=dict)
