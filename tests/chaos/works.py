"""A small firm under load: an installation, agents and callers by SIPp, and what they saw."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from bench.heard import Seen, read_log
from bench.phones import register
from demo.call import TEST_TRUNK
from demo.pcap import pcap
from demo.sipp import no_callers
from demo.steps import Pause, Press, Step
from domain.clock import real_clock
from office import first_run
from office.folder import read_files
from switchboard.installation import open_installation, prepare
from switchboard.run import LOGINS
from tests.chaos.tally import Ask, Tally
from tests.house.firm import ASKS_FLOW, DEMO, menu_flow, write
from tests.house.system import System, free_port, missing, until

MENU, KEYS = "4009100090", "4009100091"
"""Hotlines: a menu and then the group; six keys one after another, and good-bye."""
GROUP, MEMBER = "chaos", "9{:03}"
PHONES = "127.0.0.3"
SCENARIOS = Path(__file__).parent / "sipp"
RING, TALK = 'min="100" max="900"', 'min="6000" max="14000"'
SOUND_S, REST_S, AWAY_S, FULL_S = 100.0, 240.0, 180.0, 180.0
RATES: tuple[Step, ...] = tuple(step for _ in range(24) for step in (Pause(4.0), Press("5")))
STEPS: dict[str, tuple[Step, ...]] = {
    MENU: (Pause(1.2), Press("1"), *RATES),
    KEYS: tuple(step for key in "123456" for step in (Pause(2.0), Press(key))) + RATES,
}
"""What callers press: the way to an agent, then a rating now and then, for when they are asked."""


class Works(System):
    """An installation with one group of agents; SIPp is their phones and all callers."""

    def __init__(self, root: Path, agents: int, talk: str = TALK) -> None:
        if why := no_callers():
            missing(why)
        super().__init__(root)
        self.numbers = [MEMBER.format(n) for n in range(1, agents + 1)]
        self.config = write(root / "firm", firm(self.numbers, self.sink.port))
        self.room, self.talk = root / "sipp", talk
        self.phones = free_port()
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.unserved = ""
        """Who was still there long after the last caller had come."""

    def prepare(self) -> None:
        """Make database and configuration; agents have no log-ins to pages: each costs a second."""

        async def first() -> None:
            installation = open_installation(self.settings, real_clock())
            try:
                config = await prepare(installation, self.config)
                few = config.model_copy(update={"agents": ()})
                await first_run(installation.people(), few, self.data / LOGINS)
            finally:
                await installation.database.close()

        asyncio.run(first())

    def to_work(self) -> None:
        """Register every phone, let SIPp answer for all, sign the agents in."""
        accounts = {f"a{number}": self.secrets[f"a{number}"] for number in self.numbers}
        register(accounts, self.sip, (PHONES, self.phones))
        room = self._room("agents")
        text = (SCENARIOS / "agent.xml").read_text("utf-8")
        text = text.replace("[ring]", f'distribution="uniform" {RING}')
        text = text.replace("[talk]", f'distribution="uniform" {self.talk}')
        (room / "agent.xml").write_text(text)
        line = ["-sf", "agent.xml", "-i", PHONES, "-p", str(self.phones), "-rtp_echo"]
        self._begin("agents", [*line, "-mp", str(_media_port())])
        for number in self.numbers:
            self.ask("agent.sign_in", agent=number, phone="phone")
        until(self._all_reachable, 60, "every phone is seen registered")
        for number in self.numbers:
            self.ask("agent.ready", agent=number)

    def _all_reachable(self) -> bool:
        rows = [row for row in self.board()["agents"] if row["number"] in self.numbers]
        return all(row["reachable"] for row in rows)

    def call(self, hotline: str, at_once: int, rate: float, most: int = 99_999) -> str:
        """Let callers come, so many at once, until `enough`; gives the name of this crowd."""
        name = f"{hotline}-{len(self.children)}"
        room = self._room(name)
        (room / "media.pcap").write_bytes(pcap(STEPS[hotline], SOUND_S))
        text = (SCENARIOS / "caller.xml").read_text("utf-8")
        text = text.replace("[media.pcap]", str(room / "media.pcap")).replace("[run]", name)
        (room / "caller.xml").write_text(text)
        rows = [f"{hotline};13{len(self.children):02}{n:07}" for n in range(most)]
        (room / "dialled.csv").write_text("\n".join(("SEQUENTIAL", *rows)) + "\n")
        line = [f"{self.sip[0]}:{self.sip[1]}", "-sf", "caller.xml", "-inf", "dialled.csv"]
        line += ["-i", TEST_TRUNK, "-p", str(free_port()), "-mi", TEST_TRUNK]
        line += ["-mp", str(_media_port()), "-r", f"{rate:g}", "-l", str(at_once), "-m", str(most)]
        self._begin(name, line)
        return name

    def come(self, at_once: int, rate: float, keys: int = 0) -> str:
        """Let callers come, `keys` of them to press keys, until nine of ten are there."""
        name = self.call(MENU, at_once - keys, rate)
        if keys:
            self.call(KEYS, keys, rate)
        until(lambda: len(self.board()["calls"]) >= at_once * 0.9, FULL_S, self.said)
        return name

    def end(self, name: str) -> None:
        """Let a crowd be gone at once, without a word to anybody."""
        self.children[name].kill()
        self.children[name].wait()

    def board(self) -> dict[str, Any]:
        """Give the live picture; the next engine's where there is none at this moment."""
        return until(self._seen, AWAY_S, self.tail)

    def _seen(self) -> dict[str, Any]:
        with contextlib.suppress(OSError):
            return super().board()
        return {}

    def enough(self) -> None:
        """Let no more callers come, and wait until the last one has been served."""
        assert self.children["agents"].poll() is None, f"SIPp ended the phones: {self.said()}"
        callers = [child for name, child in self.children.items() if name != "agents"]
        for child in callers:
            if child.poll() is None:
                child.send_signal(signal.SIGUSR1)  # SIPp: no new calls, end after the last one
        try:
            until(lambda: all(child.poll() is not None for child in callers), REST_S)
        except AssertionError:
            rows = [(row["call"], row["state"], row["since"]) for row in self.board()["calls"]]
            self.unserved = f"not served within {REST_S:g} s: {rows}, {self.said()}"

    def crowds(self, hotline: str) -> list[str]:
        """Name the crowds that called a hotline."""
        return [name for name in self.children if name.startswith(f"{hotline}-")]

    def seen(self, name: str) -> list[Seen]:
        """Give the messages of the agents' phones, or of a crowd of callers."""
        return read_log(self.room / name / "short.log")

    def served(self) -> dict[str, str]:
        """Tell whose call each dialog of an agent's phone belongs to: Call-ID → our call."""
        log = self.room / "agents" / "calls.log"
        lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
        return dict(line.split(" ", 1) for line in lines if line.count(" ") == 1)

    def said(self) -> str:
        """Tell how things stand: for whoever waited for something in vain."""
        calls = len(self.board()["calls"])
        ended = {name: child.poll() for name, child in self.children.items()}
        counts = {name: len({m.call for m in self.seen(name)}) for name in self.children}
        return f"{calls} calls, SIPp ended {ended}, placed {counts}\n{self.tail()}"

    def _room(self, name: str) -> Path:
        room = self.room / name
        room.mkdir(parents=True)
        return room

    def _begin(self, name: str, line: Sequence[str]) -> None:
        self.children[name] = subprocess.Popen(
            [shutil.which("sipp") or "", *line, *_LOGS],
            cwd=self.room / name,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(self.room / name / "said.txt").open("wb"),
            env=os.environ | {"TERM": "dumb"},
        )

    def stop(self) -> None:
        """End the phones, then everything else."""
        for child in self.children.values():
            child.kill()
            child.wait()
        super().stop()


def _media_port() -> int:
    """Find a port for SIPp's sound; it takes the next three too."""
    first, *_ = [free_port() for _ in range(4)]
    return first


_LOGS = (
    *("-nostdin", "-nd", "-trace_shortmsg", "-shortmessage_file", "short.log"),
    *("-trace_logs", "-log_file", "calls.log"),
    # SIPp gives up when the machine has let it wait too often: that is what we want to see through
    *("-watchdog_minor_maxtriggers", "1000000", "-watchdog_major_maxtriggers", "1000000"),
)


def opened(root: Path, agents: int, talk: str = TALK) -> Works:
    """Make a firm in an empty folder and bring everybody to work."""
    works = Works(root, agents, talk)
    try:
        works.prepare()
        works.start()
        works.to_work()
    except BaseException:
        works._clear()
        raise
    return works


def on_works(ask: Ask, agents: int, do: Callable[[Ask, Works], Tally], talk: str = TALK) -> Tally:
    """Do something to an installation of its own, and end it whatever comes of that."""
    works = opened(ask.room / "w", agents, talk)
    try:
        return do(ask, works)
    finally:
        works.stop()


def firm(numbers: Sequence[str], sink_port: int) -> dict[str, str]:
    """Give the configuration: the demo's, with our group, its agents and two hotlines before it."""
    texts = dict(read_files(DEMO))
    rows = {name: yaml.safe_load(texts[name]) for name in _ROWS}
    rules = {"wrap_s": 1, "greet": False, "whisper": False, "announce_s": 20, "ring_s": 15}
    rows["groups.yaml"].insert(0, rows["groups.yaml"][0] | {"id": GROUP, "name": "混沌"} | rules)
    first = rows["hotlines.yaml"][0] | {"also_called": [], "caller_ids": []}
    rows["hotlines.yaml"] += [
        first | {"number": MENU, "name": "菜单", "flow": "chaos"},
        first | {"number": KEYS, "name": "按键", "flow": "keys"},
    ]
    agent = rows["agents.yaml"][0] | {"groups": [GROUP], "skills": {}}
    rows["agents.yaml"] += [agent | {"number": each, "name": f"混沌 {each}"} for each in numbers]
    rows["firm.yaml"]["flows"] = {"keys": 0, "seconds": 0}
    url = f"http://127.0.0.1:{sink_port}/hooks"
    hook = rows["webhooks.yaml"][0]
    rows["webhooks.yaml"] = [hook | {"url": url, "secret_ref": "file:webhook-sink"}]
    rows["crm.yaml"].pop("lookup", None)
    for name, content in rows.items():
        apart = json.loads(json.dumps(content))  # anchors are refused
        texts[name] = yaml.safe_dump(apart, allow_unicode=True, sort_keys=False)
    keys = ASKS_FLOW.replace("flow: asks", "flow: keys").replace("volume", GROUP)
    return texts | {"flows/chaos.yaml": menu_flow("chaos", GROUP, "测试"), "flows/keys.yaml": keys}


_ROWS = ("firm.yaml", "groups.yaml", "hotlines.yaml", "agents.yaml", "webhooks.yaml", "crm.yaml")
