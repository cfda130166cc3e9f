"""How many agents are needed: Erlang B, C and A by their recursions, no factorials.

Erlang C: callers wait for ever. Erlang A: they hang up after an exponential patience. Service
level is SL-3 of docs/metrics.md: answered within the target ÷ all who waited.
"""

from dataclasses import dataclass
from math import exp, inf

ENOUGH = 1e-14
"""States less likely than this, against the state in which all are busy, add nothing."""
MOST_AGENTS = 100_000


@dataclass(frozen=True, slots=True)
class Load:
    """What comes in: calls an hour, handling time and mean patience in seconds (None = no end)."""

    per_hour: float
    aht_s: float
    patience_s: float | None = None

    @property
    def erlangs(self) -> float:
        """Give the traffic: agents busy on average if all were served at once."""
        return self.per_hour * self.aht_s / 3600


@dataclass(frozen=True, slots=True)
class Outlook:
    """What so many agents would do: shares 0 to 1, times in seconds over all callers."""

    agents: int
    p_wait: float
    p_abandon: float
    mean_wait_s: float
    mean_wait_answered_s: float
    service_level: float
    abandoned_within: float
    occupancy: float


def erlang_b(lines: int, erlangs: float) -> float:
    """Give the share of calls that find all lines busy.

    >>> round(erlang_b(10, 4.461), 5)
    0.01
    """
    blocked = 1.0
    for line in range(1, lines + 1):
        blocked = erlangs * blocked / (line + erlangs * blocked)
    return blocked


def erlang_c(agents: int, erlangs: float) -> float:
    """Give the share of callers who wait, if nobody hangs up; 1 when there is too much work.

    >>> round(erlang_c(14, 10), 6)
    0.174132
    """
    if erlangs >= agents:
        return 1.0
    blocked = erlang_b(agents, erlangs)
    return agents * blocked / (agents - erlangs * (1 - blocked))


def outlook(agents: int, load: Load, target_s: float) -> Outlook:
    """Tell what so many agents would do."""
    if load.patience_s is None or load.per_hour == 0:
        return _patient(agents, load, target_s)
    return _impatient(agents, load, load.patience_s, target_s)


def needed(load: Load, target_s: float, share: float) -> Outlook:
    """Find the fewest agents who answer such a share of callers within the target.

    >>> needed(Load(200, 180), 20, 0.8).agents
    14
    """
    low, high = 0, max(1, round(load.erlangs))
    while outlook(high, load, target_s).service_level < share and high < MOST_AGENTS:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        enough = outlook(middle, load, target_s).service_level >= share
        low, high = (low, middle) if enough else (middle, high)
    return outlook(high, load, target_s)


def _patient(agents: int, load: Load, target_s: float) -> Outlook:
    erlangs = load.erlangs
    if erlangs >= agents:
        return Outlook(agents, 1.0, 0.0, inf, inf, 0.0, 0.0, 1.0)
    wait = erlang_c(agents, erlangs)
    spare = (agents - erlangs) / load.aht_s
    level = 1 - wait * exp(-spare * target_s)
    return Outlook(agents, wait, 0.0, wait / spare, wait / spare, level, 0.0, erlangs / agents)


@dataclass(slots=True)
class _Queue:
    """Sums over the states in which all are busy, weighted by the one in which nobody waits."""

    seen: float = 0.0
    queued: float = 0.0
    served_wait: float = 0.0
    served_within: float = 0.0
    still_after: float = 0.0


def _impatient(agents: int, load: Load, patience_s: float, target_s: float) -> Outlook:
    found = _queue(agents, load, patience_s, target_s)
    whole = 1 / erlang_b(agents, load.erlangs) - 1 + found.seen
    mean = found.queued / whole / (load.per_hour / 3600)
    answered = 1 - mean / patience_s
    early = found.seen - exp(-target_s / patience_s) * found.still_after - found.served_within
    return Outlook(
        agents,
        found.seen / whole,
        mean / patience_s,
        mean,
        found.served_wait / whole / answered,
        1 - (found.seen - found.served_within) / whole,
        max(0.0, early / whole),
        load.erlangs * answered / agents,
    )


def _queue(agents: int, load: Load, patience_s: float, target_s: float) -> _Queue:
    """Add up the chain's queue. Behind j others, exp(-wait ÷ patience) is Beta(c, j + 1), where
    c = agents × patience ÷ handling time: the incomplete beta functions grow by one term each.
    """
    found, weight, inverse = _Queue(), 1.0, 0.0
    c, arrive = agents * patience_s / load.aht_s, load.per_hour / 3600 * patience_s
    left = exp(-target_s / patience_s)
    term_served, term_waits = left ** (c + 1), left**c
    late, waits = term_served, term_waits
    for ahead in range(MOST_AGENTS):
        if weight < ENOUGH * found.seen and arrive < c + ahead:
            break
        share = c / (c + ahead + 1)
        inverse += 1 / (c + ahead + 1)
        found.seen += weight
        found.queued += weight * ahead
        found.served_wait += weight * share * inverse * patience_s
        found.served_within += weight * share * (1 - late)
        found.still_after += weight * waits
        term_served *= (c + 1 + ahead) / (ahead + 1) * (1 - left)
        term_waits *= (c + ahead) / (ahead + 1) * (1 - left)
        late, waits = min(1.0, late + term_served), min(1.0, waits + term_waits)
        weight *= arrive / (c + ahead + 1)
    return found
