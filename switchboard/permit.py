"""The firm's rules of calling, joined from configuration, settings and what was dialled today."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from domain import events as ev
from domain.numbers import parse
from domain.settings import Trunk
from lines import Allowed, Ask, DialCounts, Refused, Rules, is_quiet, may_call, may_ring_seat
from lines.routes import routes
from office.model import Config


def rules_of(config: Config, trunks: Sequence[Trunk]) -> Rules:
    """Give the rules by which calls out are judged."""
    wanted = config.firm.calls_out
    own = [number for each in config.hotlines for number in (each.number, *each.also_called)]
    return Rules(
        enabled=wanted.enabled,
        zone=wanted.timezone,
        quiet=tuple((span.begins, span.ends) for span in wanted.quiet),
        per_number_daily=wanted.per_number_daily,
        gap_min=wanted.gap_min,
        agent_daily=wanted.agent_daily,
        daily=wanted.daily,
        allow=wanted.allow,
        needs_consent=wanted.consent == "required",
        do_not_call=frozenset(each.number for each in config.do_not_call),
        own=frozenset(parse(number) for number in own),
        caller_ids={each.number: each.caller_ids for each in config.hotlines},
        lines=tuple(trunks),
    )


REST_S, STEP_MIN = 600.0, 5


class Permits:
    """Says whether a call may go out now, and over which trunks; counts what went out."""

    def __init__(
        self,
        config: Config,
        trunks: Sequence[Trunk],
        utc_ms: Callable[[], int],
        down: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._trunks = tuple(trunks)
        self._utc_ms = utc_ms
        self._down = down
        self.counts = DialCounts()
        self.draining: Callable[[], bool] = lambda: False
        self.take(config)

    def take(self, config: Config) -> None:
        """Judge by another version from now on."""
        self.rules = rules_of(config, self._trunks)
        self._mobiles = {each.number: each.mobile for each in config.agents if each.mobile}
        self.counts.zone = self.rules.zone

    def note(self, record: ev.Record) -> None:
        """Count a record of the journal, at start and as it happens."""
        self.counts.note(record)

    def permit(self, agent: str, to: str, hotline: str, consent: str = "") -> Allowed | Refused:
        """Decide about a call that an agent asks for."""
        ask, now_ms = Ask(agent, to, hotline, consent), self._utc_ms()
        rules = replace(self.rules, draining=self.draining())
        answer = may_call(ask, rules, self.counts, now_ms, self._down())
        if isinstance(answer, Allowed):
            self.counts.promise(agent, answer.key, now_ms)
        return answer

    def outside(self, number: str, hotline: str) -> Allowed | Refused:
        """Decide about putting a caller of this hotline through to a number outside."""
        ask = Ask("", number, hotline)
        return may_ring_seat(ask, self.rules, self.counts, self._utc_ms(), self._down())

    def rest_s(self, why: str) -> float:
        """Tell how long a refusal of `permit` holds: quiet hours to their end, others a while."""
        if why != "quiet_hours":
            return REST_S
        steps = range(STEP_MIN, 24 * 60 + STEP_MIN, STEP_MIN)
        now_ms = self._utc_ms()
        ends = (n for n in steps if not is_quiet(self.rules, now_ms + n * 60_000))
        return 60.0 * next(ends, 24 * 60)

    def seat(self, agent: str, hotline: str) -> Allowed | Refused:
        """Decide about ringing an agent's own mobile for a caller of this hotline."""
        ask = Ask(agent, self._mobiles.get(agent, ""), hotline)
        return may_ring_seat(ask, self.rules, self.counts, self._utc_ms(), self._down())


def mobile_ways(
    config: Config, trunks: Sequence[Trunk], agent: str
) -> tuple[tuple[str, str, str], ...]:
    """Give the ways to an agent's mobile when no engine decides: number, trunk, our number there.

    The dialplan does not know the hotline then: the numbers of all hotlines may be shown.
    """
    mobile = next((each.mobile for each in config.agents if each.number == agent), "")
    if not mobile or not config.firm.calls_out.enabled:
        return ()
    shown = [number for each in config.hotlines for number in each.caller_ids]
    found = routes(parse(mobile), shown, tuple(trunks))
    return tuple((way.number, way.trunk, way.caller_id) for way in found)
