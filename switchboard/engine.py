"""The engine process: journal, loop, Asterisk, conversations, door, rows, recordings, webhooks.

Wiring only. It runs from the compiled configuration and the journal, never from SQL: with the
database away calls go on and the rows follow.
"""

import asyncio
import logging
import os
import secrets
from collections.abc import Coroutine
from typing import Any

from acd import Floor
from domain import events as ev
from domain.clock import boot_id
from domain.commands import RingAgent
from domain.extensions import extensions
from domain.ids import Instant, call_id
from ivr import day_kind_cn
from outside import GuardedHttp
from pbx.agi import AgiServer
from pbx.belonging import read_joined
from pbx.counters import Counters
from pbx.hands import Hands, Surroundings
from pbx.legs import Legs
from pbx.link import Account
from pbx.places import PREFIX
from pbx.wire import Sieve
from recording import ready_keys
from store.journal import JournalFile
from switchboard.absent import Absent
from switchboard.arrivals import Arrivals, Line
from switchboard.asides import Asides, Places, Spools
from switchboard.asking import Asking
from switchboard.audio import LineWatch
from switchboard.board import Board
from switchboard.calling_back import CallingBack
from switchboard.cards import Cards
from switchboard.counts import Counts
from switchboard.days import Days, moment
from switchboard.dead_phones import DeadPhones
from switchboard.desk import Desk
from switchboard.dialling import Dialling, Seats
from switchboard.discreet import Discretion
from switchboard.door import Door
from switchboard.draining import Draining
from switchboard.ending import or_end
from switchboard.exchange import Accounts, Exchange
from switchboard.expiring import expiring, keeping_of
from switchboard.greetings import greetings_of
from switchboard.hooks import Lookups, webhooks
from switchboard.incidents import Incidents
from switchboard.installation import Installation, system_name
from switchboard.loop import Switchboard, call_later, replay
from switchboard.papers import watch_certificate
from switchboard.permit import Permits
from switchboard.plan import Plan
from switchboard.projector import Projector
from switchboard.recall import instants, next_epoch
from switchboard.relays import watch_relays
from switchboard.reloads import Reloads
from switchboard.republish import republish
from switchboard.room import Room
from switchboard.rows import projections
from switchboard.saying import Saying
from switchboard.showing import Showing
from switchboard.speaking import said_of
from switchboard.switches import Switches
from switchboard.talks import FloorView, Talks
from switchboard.telling import Pages
from switchboard.through import Through
from switchboard.voices import Voices
from switchboard.watchdog import Watchdog
from switchboard.who_calls import WhoCalls

log = logging.getLogger("yingda.engine")

LOOK_BACK_MS = 48 * 3600 * 1000
"""How much of the journal is replayed at start: open calls, presence, today, who called."""


class Engine:
    """All parts of the engine process, put together."""

    def __init__(self, installation: Installation) -> None:
        self.around = installation
        clock = installation.clock
        self.data = installation.data
        self.journal = JournalFile.open(installation.journal)
        self.plan = installation.plan()
        self.floor = Floor(strategies=extensions("yingda.strategy"))
        self.legs = Legs()
        self.cards = Cards()
        self._spools = Spools()
        self.incidents = Incidents(
            lambda event: self.loop.tell(event), clock, installation.settings.media.rtp_ports
        )
        file = self.data / "config" / "switches.json"
        self.switches = Switches(file, clock, lambda event: self.loop.tell(event))
        self._spool = Room(self.data / "spool", clock.mono, self.incidents)
        self.board = Board(
            self.floor, clock, incidents=self.incidents.rows, switches=self.switches.rows
        )
        self.board.trunks = installation.settings.trunks
        self._lookups = Lookups(installation)
        self.voices = Voices(self.data / "prompts", said_of(installation.settings))
        self.greetings = greetings_of(installation.settings, self.voices)
        keys = installation.secrets(["ami-engine", "ami-watch", "agi-token"])
        trunks, down = installation.settings.trunks, self.incidents.lines_down
        self.permits = Permits(self.plan.config, trunks, clock.utc_ms, down)
        self._past = self._replay()
        self.loop = Switchboard(self.floor, self.journal, self, clock)
        hear = lambda event: self.backs.hear(event)  # noqa: E731 - made later
        self.exchange = Exchange(self._accounts(keys), self.floor, self.legs, hear, clock)
        self.watchdog = Watchdog(self.floor, self.loop.tell, lambda: self.exchange.hotlines)
        self._hands = Hands(self.legs, self._surroundings(), self.exchange.send)
        out = GuardedHttp(installation.settings.outside.on_site)
        self.asking = Asking(out, clock, installation.secret)
        self.draining = Draining(self.data / "run", self.floor, self.loop.tell)
        self.board.draining = self.permits.draining = lambda: self.draining.on is not None
        self.talks = self._talks()
        self.absent = self._absent()
        self.agi = self._agi(keys["agi-token"])
        self.door = Door(self.board.snapshot, self._answer, clock)
        self.pages = Pages(self.board, Showing(self.board, self.cards), self.door.tell, call_later)
        self.desk = Desk(
            self.floor, self.loop.tell, self.cards.has_had, self._dialling(), self._quotas
        )
        self.keeping = keeping_of(installation, self.journal, self.loop.tell)
        folds = projections(self.journal.read_call)
        self.projector = Projector(self.journal, installation.database, folds)
        self.asides = self._asides()
        self._reloads = self._reload_watch()

    def _agi(self, token: str) -> AgiServer:
        talks = {"flow": self.talks.flow, "after": self.talks.after, "aside": self.talks.aside}
        told = lambda error: log.error("a conversation failed: %r", error)  # noqa: E731
        return AgiServer(token, talks | self._through(), told)

    def do(self, commands: Any) -> None:
        """Give the loop's commands to the hands (`domain.ports.Pbx`)."""
        self._hands.do(commands)

    def _accounts(self, keys: dict[str, str]) -> Accounts:
        sieve = Sieve(lambda: system_name(self.around))
        port = self.around.settings.ports.ami
        engine = Account("127.0.0.1", port, "engine", keys["ami-engine"], sieve)
        watch = Account("127.0.0.1", port, "watch", keys["ami-watch"], sieve)
        return Accounts(engine, watch, PREFIX if read_joined(self.data) else "")

    def _through(self) -> dict[str, Any]:
        put = Through(self.floor, self.loop.tell, self.permits.outside, self._spool)
        return {"through": put.route}

    def _talks(self) -> Talks:
        lines = {
            trunk.name: Line(trunk.caller_sources, trunk.called_sources, trunk.area_code)
            for trunk in self.around.settings.trunks
        }
        return Talks(
            self.plan,
            FloorView(self.floor, self.around.clock.mono),
            self.cards,
            self.legs,
            self.loop.tell,
            self.around.clock,
            lambda: secrets.randbits(80),
            self.data / "recordings",
            self.voices.path_for,
            day_kind_cn,
            Arrivals(lines),
            http=self.asking,
            switched=self.switches.of,
            prompt_version=self.voices.version,
            draining=lambda: self.draining.on,
        )

    def _quotas(self) -> dict[str, int]:
        return self.plan.quotas()

    def _line_watch(self) -> LineWatch:
        registering = [t.name for t in self.around.settings.trunks if t.kind == "registration"]
        asked = Counters(self.exchange.engine)
        clock = self.around.clock
        watch = LineWatch(self.floor, asked, self.incidents, clock, registering)
        if self.around.settings.sip.phone_qualify_s:
            dead = DeadPhones(self.floor, self.exchange.ask_phone, clock.mono)
            watch.on_silent = dead.is_silent
        return watch

    def _surroundings(self) -> Surroundings:
        saying = Saying(self.voices, self.greetings, self.floor, self.cards, lambda: self.plan)
        way = Seats(self.floor, self.loop.tell, self.permits.seat, saying.seat).way
        may = self.permits
        brand = lambda hotline: self.board.brands.get(hotline, "")  # noqa: E731
        self.backs = CallingBack(
            self.floor, self.loop.tell, may.permit, may.rest_s, saying.say, brand
        )
        said = saying.place, way, saying.wait, saying.say, saying.first, self._rates, self.backs.way
        return Surroundings(self.epoch, self._spool, *said)

    def _absent(self) -> Absent:
        arrivals, plan = self.talks.arrivals, lambda: self.plan
        made = Absent(self.floor, self.journal, self.loop.tell, plan, arrivals, self.exchange)
        self.exchange.read_notes, self.exchange.on_note = made.join, made.soon
        return made

    def _rates(self, ring: RingAgent) -> bool:
        return self.talks.rates(ring)  # made later

    def _reload_watch(self) -> Reloads:
        packets = Counters(self.exchange.engine).packets
        return Reloads(self.floor, packets, self.loop.tell, asyncio.sleep)

    def _dialling(self) -> Dialling:
        return Dialling(
            self.floor,
            self.loop.tell,
            self.permits.permit,
            lambda: call_id(self.around.clock.utc_ms(), secrets.randbits(80)),
            lambda hotline: self.board.brands.get(hotline, ""),
        )

    def _days(self) -> Days:
        return Days(
            self.around.clock,
            self.loop.tell,
            lambda: self.floor.day,
            lambda: self.plan.ends_of_help(),
            self._renew,
        )

    def _renew(self) -> None:
        """Work by the same configuration at another time of day: somebody's help is over."""
        self._take_plan(self.plan)
        self.loop.tell(ev.ConfigPublished(self.plan.version))
        self.door.tell("board.snapshot", self.board.snapshot())

    def _asides(self) -> Asides:
        chosen = self.around.settings.extensions
        recordings = self.data / "recordings"
        notifiers = extensions("yingda.notifier")
        places = Places(
            self.data / "spool",
            recordings,
            lambda: self.plan.config.firm.recording.format,
            extensions("yingda.storage")[chosen.storage](recordings),
            notifiers[chosen.notifier]() if chosen.notifier else None,
            ready_keys(self.around.settings),
        )
        base, clock = self.around.database, self.around.clock
        who = WhoCalls(self._lookups, base, self.cards, lambda: self.plan.config, clock)
        return Asides(self.cards, self.loop.tell, places, self._spools, who.look_up, webhooks(self))

    def _replay(self) -> list[Any]:
        """Be what we were: the floor, the cards and the tallies from the journal."""
        clock = self.around.clock
        self._take_plan(self.plan)
        records = self.journal.since(clock.utc_ms() - LOOK_BACK_MS)
        self.epoch = next_epoch(records, clock.utc_ms() // 1000)
        for record in records:
            self.board.tallies.count(record)
            self.board.lines.count(record)
            self.cards.note(record)
            self._spools.note(record)
            self.incidents.recall(record)
            self.switches.note(record)
            self.permits.note(record)
            if isinstance(record.event, ev.CallEnded | ev.CallLost | ev.DialEnded):
                self._spools.take(record.call)
        past = replay(self.floor, records, instants(records, clock, boot_id()))
        self.counts = Counts(clock.mono, len(self.floor.calls))
        return past

    def _take_plan(self, plan: Plan) -> None:
        self.plan = plan
        self.floor.configure(plan.groups(), plan.agents(moment(self.around.clock)))
        self.board.names = plan.names()
        self.permits.take(plan.config)
        self.voices.take(plan.config)
        self.greetings.take(plan)
        self.board.brands = {each.number: each.brand for each in plan.config.hotlines}
        self.board.tallies.targets = plan.targets()

    def publish(self) -> None:
        """Work by the newest published configuration; calls in progress keep their flow."""
        plan = self.around.plan()
        self._take_plan(plan)
        self.talks.plan = plan
        self.exchange.hotlines = {number: each.number for number, each in plan.hotlines.items()}
        self.loop.tell(ev.ConfigPublished(plan.version))
        self.door.tell("board.snapshot", self.board.snapshot())

    async def _answer(self, word: str, args: Any) -> dict[str, Any]:
        if word == "config.publish":
            self.publish()
            changed = await republish(self.around, self.plan.config)
            return {"version": self.plan.version, "changed": list(changed)}
        if word == "phones.changed":
            return {"changed": list(await republish(self.around, self.plan.config))}
        if word == "call.context":
            call, agent = str(args.get("call", "")), str(args.get("agent", ""))
            return self.cards.show(call, self.board.names, agent) or {}
        if word == "call.why":
            return self.board.why(str(args.get("call", "")))
        if word == "drain":
            return self.draining.asked(args)
        if word == "health":
            return self.health()
        if word == "incident.seen":
            self.incidents.see(*(str(args.get(name, "")) for name in ("kind", "about", "detail")))
            return {}
        done = (
            await self.keeping.asked(args) if word == "person.erase" else self.desk.ask(word, args)
        )
        # who signs in and presses ready at once must find the first wish fulfilled
        await self.loop.settled()
        self.pages.now()
        return done

    def health(self) -> dict[str, Any]:
        """Say how the engine is: link, journal, rows, conversations."""
        return {
            "pid": os.getpid(),
            "pbx": self.exchange.engine.is_up,
            "epoch": self.epoch,
            "version": self.plan.version,
            "journal_seq": self.journal.last_seq,
            "rows_behind": self.projector.behind,
            "conversations": self.agi.talks,
            "turns": self.loop.turns,
            "looks": self.watchdog.looks,
            "incidents": self.incidents.rows(),
            **self.counts.shown(),
        }

    async def run(self) -> None:
        """Run every part until one of them ends; then all end."""
        clock = self.around.clock
        self.exchange.hotlines = {n: each.number for n, each in self.plan.hotlines.items()}
        self.loop.listeners += [
            self.board.tallies.count,
            self.board.lines.count,
            self.cards.note,
            self.permits.note,
            self.talks.note,
            self.absent.note,
            self.exchange.note,
            self.projector.wake,
            self.asides.note,
            self.backs.note,
            Discretion(self._spools, self.do).note,
            self.incidents.note,
            self.switches.note,
            self.counts.note,
            self._reloads.note,
        ]
        self.loop.after_turn = self.pages.note
        for timer in self._past:
            if timer.when > Instant(clock.mono() - 60):
                self.loop.wake_at(timer)
        self.projector.on_late = self.incidents.rows_late
        self.journal.on_reserve = self.incidents.watch_journal(self.journal.mended)
        self.loop.tell(ev.EngineStarted(self.epoch, self.plan.version, boot_id()))
        await self.agi.start(port=self.around.settings.ports.agi)
        await self.door.open(self.data / "run" / "engine.sock")
        await self.exchange.open()
        await _together(
            self.loop.run(),
            self.exchange.beat(),
            self.projector.run(),
            expiring(self.around, self.keeping).run(),
            self.asides.run(),
            self._line_watch().run(),
            self.watchdog.run(self.exchange),
            self._days().run(),
            self.switches.run(),
            self.greetings.run(),
            watch_certificate(self.around.settings, clock, self.incidents),
            watch_relays(self.around.settings.turn, clock, self.incidents),
            self.counts.beat_file(self.data / "run" / "engine.beat"),
        )

    async def close(self) -> None:
        """Let go of everything; callers go on in the dialplan."""
        await self.exchange.close()
        await self._lookups.close()
        await self.asking.http.close()
        await self.agi.close()
        await self.door.close()
        await asyncio.to_thread(self.journal.close)


async def _together(*parts: Coroutine[Any, Any, None]) -> None:
    async with asyncio.TaskGroup() as group:
        for part in parts:
            group.create_task(or_end(part))
