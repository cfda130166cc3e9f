"""The engine's real parts on a fake exchange in virtual time; only the wiring is ours."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from acd import Floor
from cdr import CallRecord, fold
from domain import events as ev
from domain.commands import PlaceCall, RingBack, WakeAt
from domain.ids import AgentId, CallId, call_id
from ivr import day_kind_cn
from lines import Allowed, Refused
from lines.routes import Route
from office.compile import compile_config
from office.folder import read_files
from office.model import Config, Group
from pbx.absent import Absence, absences
from pbx.ears import hear, trunk_of
from pbx.fake import FakePbx, Phone
from pbx.fake_time import Timeline
from pbx.hands import Action, Hands, Seat, Surroundings, begin_anew
from pbx.legs import Legs
from pbx.message import Message
from pbx.net import member_actions
from store.journal import JournalFile
from switchboard.absent import SOON_S, Absent
from switchboard.board import Board
from switchboard.calling_back import CallingBack
from switchboard.cards import Cards
from switchboard.desk import Desk
from switchboard.dialling import Dialling, understood
from switchboard.installation import check_flow, known_of
from switchboard.loop import Switchboard, replay
from switchboard.plan import Plan, plan_of
from switchboard.resync import Leg, differences, groupless, unmet
from switchboard.talks import FloorView, Talks
from switchboard.voices import Voices
from switchboard.watchdog import GONE, HERE, LOOK_S, Watchdog
from tests.house.memory_journal import MemoryJournal

BEGINS = (ev.CallArrived, ev.DialAsked, ev.CallbackQueued)
DEMO = Path(__file__).parents[2] / "demo" / "config"
PLAIN = Path(__file__).parents[1] / "house" / "plain.yaml"
Rules = Mapping[str, Mapping[str, object]]
"""What a story changes of the demo's groups."""
Journal = JournalFile | MemoryJournal
LETTERS = {"phone": "a", "browser": "w", "mobile": "m"}


@functools.cache
def demo_config() -> Config:
    """Read the demo firm's configuration once; its first hotline has a plain menu in stories."""
    texts = read_files(DEMO)
    texts["flows/plain.yaml"] = PLAIN.read_text("utf-8")
    texts["hotlines.yaml"] = texts["hotlines.yaml"].replace("flow: service", "flow: plain", 1)
    return compile_config(texts, check_flow)


def plan_with(calendar: str, rules: Rules | None = None) -> Plan:
    """Give the demo's plan, its hotlines with another calendar, some groups with other rules."""
    config = demo_config()
    groups = tuple(
        Group.model_validate(each.model_dump() | dict((rules or {}).get(each.id, {})))
        for each in config.groups
    )
    hotlines = tuple(each.model_copy(update={"calendar": calendar}) for each in config.hotlines)
    agents = tuple(
        each.model_copy(update={"mobile": "13900139000"}) if each.number == "8006" else each
        for each in config.agents
    )
    changed = {"hotlines": hotlines, "agents": agents, "groups": groups}
    config = config.model_copy(update=changed)
    return plan_of(config, 1, known_of(config))


usual_plan = functools.cache(plan_with)
"""The plan without changed rules, made once for each calendar."""


def permit(agent: str, to: str, hotline: str, consent: str) -> Allowed | Refused:
    """Let everybody call over two trunks, but nobody who is on the do-not-call list."""
    if to == "13900000000":
        return Refused("do_not_call", to)
    ways = (Route("one", to, "02800000001"), Route("two", f"9{to}", "02800000002"))
    return Allowed(to, ways)


class Engine:
    """One life of the engine: floor from the journal, loop, conversations, desk."""

    def __init__(
        self, folder: Path, plan: Plan, pbx: FakePbx, time: Timeline, journal: Journal
    ) -> None:
        self.pbx, self.time, self.plan, self.journal = pbx, time, plan, journal
        self.linked, self.joins = True, 0
        self.floor, self.cards, self.legs = Floor(), Cards(), Legs()
        self.epoch = time.utc_ms() // 1000
        self.board = Board(self.floor, time.clock)
        self.floor.configure(plan.groups(), plan.agents())
        self.board.names, self.board.tallies.targets = plan.names(), plan.targets()
        past = self._replay(self.floor)
        seat = Seat(("one:13900139000",), ("02800000001",))
        places = Surroundings(
            self.epoch,
            lambda call: f"/spool/{call}",
            lambda told: [f"place_{told.place}"],
            lambda agent, call: seat,
            lambda told: Voices(Path("/prompts")).wait(told, "zh"),
            lambda call, prompt: [prompt],
            back=self._back,
        )
        self.hands = hands = Hands(self.legs, places, self.act)
        self.loop = Switchboard(self.floor, self.journal, hands, time.clock, time.later)
        self.backs = CallingBack(
            self.floor, self.loop.tell, permit, lambda why: 600.0, lambda call, prompt: [prompt]
        )
        self.talks = self._talks(folder)
        self.absent = Absent(
            self.floor, self.journal, self.loop.tell, lambda: plan, self.talks.arrivals, Notes(pbx)
        )
        self.endpoints: dict[str, str] = {}
        self.loop.listeners += [
            self.board.tallies.count,
            self.cards.note,
            self.talks.note,
            self.absent.note,
            self.backs.note,
            lambda record: self.act(member_actions(record.event, self.endpoints, self._groups)),
        ]
        numbers = iter(range(1, 1 << 20))
        new_call = lambda: call_id(time.utc_ms(), next(numbers))  # noqa: E731
        dialling = Dialling(self.floor, self.loop.tell, permit, new_call)
        self.desk = Desk(self.floor, self.loop.tell, self.cards.has_had, dialling)
        for timer in past:
            if timer.when > time.now - 60:
                self.loop.wake_at(timer)
        pbx.talks = {"flow": self.talks.flow, "after": self.talks.after, "aside": self.talks.aside}
        pbx.listen = self._heard
        self._beats = 0
        self.alive = True
        self._join()
        self._beat()
        self.watchdog = Watchdog(self.floor, self.loop.tell)
        time.later(LOOK_S, self._look)

    def _back(self, command: RingBack) -> PlaceCall | None:
        return self.backs.way(command)

    def _groups(self, agent: AgentId) -> tuple[str, ...]:
        return self.floor.agents[agent].card.groups

    def _talks(self, folder: Path) -> Talks:
        numbers = iter(range(1, 1 << 20))
        return Talks(
            self.plan,
            FloorView(self.floor, self.time.clock.mono),
            self.cards,
            self.legs,
            self.loop.tell,
            self.time.clock,
            lambda: next(numbers),
            folder / "recordings",
            lambda hotline, name, language: name,
            day_kind_cn,
            caller_of=lambda session: session,
        )

    def _replay(self, floor: Floor) -> list[WakeAt]:
        records = self.journal.since(0)
        for record in records:
            if floor is self.floor:
                self.board.tallies.count(record)
                self.cards.note(record)
        return replay(floor, records, lambda record: record.mono)

    def replayed(self) -> Floor:
        """Give the floor that another engine would make of the journal now."""
        floor = Floor()
        floor.configure(self.plan.groups(), self.plan.agents())
        self._replay(floor)
        return floor

    def _heard(self, message: Message) -> None:
        if message.get("UserEvent") == "CCAbsent":
            self.time.later(SOON_S, self._read_notes)
            return
        self.legs.note(message)
        heard = hear(message)
        event = understood(self.floor, heard) if heard else None
        if event is not None:
            self.backs.hear(event)

    def act(self, actions: Sequence[Action]) -> None:
        """Send actions; without the link they are refused, and never sent again."""
        if self.linked:
            self.pbx.act(actions)

    def cut(self, away_s: float) -> None:
        """Lose the link to Asterisk for some time: what is told meanwhile nobody hears."""
        if self.alive and self.linked:
            self.linked, self.pbx.listen = False, _deaf
            self.loop.tell(ev.PbxLeft("cut"))
            self.time.later(away_s, self._back_again)

    def _back_again(self) -> None:
        if self.alive:
            self.linked, self.pbx.listen = True, self._heard
            self._compare()

    def _join(self) -> None:
        """Begin: say who we are and compare pictures."""
        self.loop.tell(ev.EngineStarted(self.epoch, self.plan.version))
        self._compare()

    def _compare(self) -> None:
        """Compare pictures, as `switchboard/exchange.py` does after each connect."""
        tell = self.loop.tell
        self.pbx.globals["CC_EPOCH"] = str(self.epoch)
        met = self._read_notes()
        for event in differences(self.floor, self._legs(), {}):
            tell(met.get(event.call, event) if isinstance(event, ev.CallArrived) else event)
        for phone in self.pbx.phones.values():
            kind = ev.PhoneReachable if phone.reachable else ev.PhoneLost
            tell(kind(phone.endpoint))
        self.joins += 1
        tell(ev.PbxJoined(self.joins))
        for leg in unmet(self._legs()):
            self.act(begin_anew(leg.channel, queued=leg.application == "Queue"))

    def _read_notes(self) -> dict[str, ev.CallArrived]:
        """Read the dialplan's notes, as `Absent.join` does."""
        met = dict[str, ev.CallArrived]()
        if self.alive and self.linked:
            live = {row.get("Uniqueid"): row.get("Channel") for row in self.pbx.list_channels()}
            known = absences(self.pbx.notes.items())
            self.absent.take(one for one in known if one.left_ms or one.key not in live)
            for one in known:
                if not one.left_ms and one.key in live and self.absent.is_new(one):
                    came = self.absent.met(one)
                    met[came.call] = came
                    for channel in () if one.call else (live[one.key], one.leg):
                        self.pbx.channels[channel].variables["CC_CALL"] = came.call
        return met

    def _beat(self) -> None:
        if self.alive:
            self._beats += self.linked
            self.pbx.globals["CC_BEAT"] = f"{self.epoch}.{self._beats}"
            self.time.later(1.0, self._beat)

    def _look(self) -> None:
        """Hold both pictures against each other, as `Watchdog.run` does."""
        if self.alive:
            legs = self._legs() if self.linked else []
            states = {
                name: HERE if phone.reachable else GONE[0]
                for name, phone in self.pbx.phones.items()
                if phone.leg is None and not name.startswith("m")
            }
            if self.linked:
                self.watchdog.look(legs, states)
            self.time.later(LOOK_S, self._look)

    def _legs(self) -> list[Leg]:
        """Ask for every live channel, as `Exchange.channels` does."""
        rows, channels = self.pbx.list_channels(), self.pbx.channels
        for row in rows:
            self.legs.note(row)
        legs = [_leg(row) for row in rows]
        for leg in groupless(self.floor, legs):
            queue = channels[leg.channel].variables.get("CC_FALLBACK", "")
            legs[legs.index(leg)] = replace(leg, queue=queue)
        return legs

    async def dies(self) -> None:
        """Be killed: nothing more is heard, said or written."""
        self.alive = False
        await self.pbx.engine_dies()
        self.journal.close()


class Notes:
    """The dialplan's notes of a fake exchange."""

    def __init__(self, pbx: FakePbx) -> None:
        self._pbx = pbx

    async def absences(self) -> list[Absence]:
        """Read them; a world reads them itself, in virtual time."""
        return absences(self._pbx.notes.items())

    async def live(self) -> dict[str, str]:
        """Name who is there."""
        return {row.get("Uniqueid"): row.get("Channel") for row in self._pbx.list_channels()}

    async def name(self, call: CallId, *channels: str) -> None:
        """A world names them itself."""

    def forget(self, key: str) -> None:
        """Delete one."""
        own = [path for path in self._pbx.notes if path.split("/")[2] == key]
        for path in own:
            del self._pbx.notes[path]


def _deaf(message: Message) -> None:
    """Hear nothing."""


def _leg(row: Message) -> Leg:
    return Leg(
        row.get("Channel"),
        row.get("Context"),
        row.get("Application"),
        row.variables.get("CC_CALL", ""),
        row.variables.get("CC_LEG", ""),
        bridged=bool(row.get("BridgeId")),
        trunk=trunk_of(row.get("Channel")),
    )


class World:
    """A firm, its callers and its phones; `pass_to` lets time pass."""

    def __init__(
        self,
        folder: Path,
        start_ms: int,
        calendar: str = "always",
        rules: Rules | None = None,
        journal: MemoryJournal | None = None,
        pbx: Callable[[Timeline], FakePbx] = FakePbx,
    ) -> None:
        self.folder, self.kept = folder, journal
        self.plan = plan_with(calendar, rules) if rules else usual_plan(calendar)
        self.time = Timeline(start_ms)
        self.pbx = pbx(self.time)
        for agent in self.plan.config.agents:
            for letter in LETTERS.values():
                endpoint = letter + agent.number
                self.pbx.phones[endpoint] = Phone(endpoint)
        self.engine = self.started()

    def started(self) -> Engine:
        """Start an engine (again)."""
        journal = self.kept or JournalFile.open(self.folder / "journal.db", ballast_bytes=0)
        self.engine = Engine(self.folder, self.plan, self.pbx, self.time, journal)
        return self.engine

    async def settle(self) -> None:
        """Let everything happen that happens now."""
        while True:
            await self.time.quiet()
            if not self.engine.alive or self.engine.loop.is_idle:
                return
            await self.engine.loop.turn()

    async def pass_to(self, instant: float) -> None:
        """Let time pass until an instant."""
        await self.settle()
        while self.time.step(instant):
            await self.settle()

    def ask(self, word: str, agent: str, **args: object) -> None:
        """Press something on an agent's page."""
        self.engine.desk.ask(word, {"agent": agent, **args})

    def call_of(self, agent: str) -> str:
        """Name the call that an agent has."""
        return self.engine.floor.agents[agent].call or ""  # type: ignore[index]

    def facts(self) -> list[ev.Event]:
        """List everything that the journal says."""
        return [record.event for record in self.engine.journal.since(0)]

    def records(self) -> list[CallRecord]:
        """Fold every call of the journal, in order of arrival."""
        facts = self.engine.journal.since(0)
        calls = [fact.call for fact in facts if isinstance(fact.event, BEGINS)]
        return [fold(self.engine.journal.read_call(call)) for call in dict.fromkeys(calls)]
