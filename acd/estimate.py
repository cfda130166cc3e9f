"""How long a caller will wait, from the place, the agents and their pace; pure arithmetic.

The queue-length estimator with abandonment (Ibrahim & Whitt 2009): with `ahead` callers before
this one, n agents whose handling takes 1/μ and callers who give up at rate θ, the line moves on
after the sum over k = 0..ahead of 1 / (nμ + kθ). What is told is a range, not this mean.
"""

from dataclasses import dataclass
from math import ceil, floor, inf, log1p

from domain.ids import GroupId

SURE = 1.645
"""Standard deviations to each side of the range: nine of ten callers are served within it."""
EXACT = 64
"""So many callers ahead are added up one by one, those beyond by the integral."""
LEAST_SPREAD = 0.25
NONE = 1e-15
"""A rate of giving up, per second, below which nobody does."""


@dataclass(frozen=True, slots=True)
class Handling:
    """How long an agent is busy with one call, seconds; from how many calls that is known.

    `cv2` is the squared coefficient of variation; 1 = exponential.
    """

    mean_s: float
    samples: float = inf
    cv2: float = 1.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A wait in whole seconds: what is expected, and the range that nine of ten keep to."""

    about_s: int
    low_s: int
    high_s: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What was told a caller who had this place; `agents` 0 = nobody is there to wait for."""

    group: GroupId
    place: int
    agents: int
    wait: Estimate


def expected_s(ahead: float, agents: int, handling: Handling, leave_rate: float = 0.0) -> float:
    """Give the mean wait; `ahead` may be a fraction, `leave_rate` is who gives up per second."""
    return _moments(ahead, agents / handling.mean_s, leave_rate)[0]


def estimate(ahead: float, agents: int, handling: Handling, leave_rate: float = 0.0) -> Estimate:
    """Give the range for a caller with so many ahead; there must be an agent."""
    return _range(*_moments(ahead, agents / handling.mean_s, leave_rate), agents, handling)


def estimate_of(wait_s: float, endings: float, agents: int, handling: Handling) -> Estimate:
    """Give the range around a mean wait in which so many talks end."""
    return _range(wait_s, wait_s * wait_s / max(1.0, endings), agents, handling)


def _range(mean: float, spread: float, agents: int, handling: Handling) -> Estimate:
    # one agent's calls are as uneven as they are; those of many agents end as if by chance
    spread *= max(LEAST_SPREAD, 1 + (handling.cv2 - 1) / agents)
    spread += mean * mean * handling.cv2 / handling.samples
    shape = mean * mean / spread
    low, high = (mean * _quantile(shape, side) for side in (-SURE, SURE))
    return Estimate(round(mean), floor(low), ceil(high))


def _moments(ahead: float, rate: float, leave_rate: float) -> tuple[float, float]:
    """Give mean and variance of the time until `ahead` callers and then this one are taken."""
    whole = floor(ahead)
    steps = [(1.0, rate + k * leave_rate) for k in range(min(whole + 1, EXACT))]
    if whole < EXACT:
        steps.append((ahead - whole, rate + (whole + 1) * leave_rate))
    mean = sum(share / speed for share, speed in steps)
    spread = sum(share / speed**2 for share, speed in steps)
    if whole < EXACT:
        return mean, spread
    more = ahead + 1 - EXACT
    first = rate + (EXACT - 0.5) * leave_rate
    last = first + more * leave_rate
    # log1p: as exact for who hardly ever gives up as for others
    beyond = log1p(more * leave_rate / first) / leave_rate if leave_rate > NONE else more / first
    return mean + beyond, spread + more / (first * last)


def _quantile(shape: float, side: float) -> float:
    """Give a quantile of a gamma distribution with mean 1 (Wilson & Hilferty 1931)."""
    return float(max(0.0, 1 - 1 / (9 * shape) + side / (3 * shape**0.5)) ** 3)
