"""An installation for benchmarks: one private Asterisk, the engine beside it only when asked.

The bare arms (`Dial`, app_queue) run on the very Asterisk that the engine steers: same modules,
same phones, extensions of their own. With the engine away no AMI session costs them anything.
"""

import asyncio
import json
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench.phones import register
from bench.processes import cpu_s, cpu_with_children_s, rss_bytes
from domain.clock import real_clock
from domain.errors import Unavailable
from domain.settings import load_settings
from office import first_run
from office.folder import read_files
from pbx.asterisk import PrivateAsterisk
from pbx.install import find_asterisk
from switchboard.installation import node_token, open_installation, prepare, write_asterisk
from switchboard.run import LOGINS
from tests.house.firm import DEMO, menu_flow, write
from tests.house.system import System, until

CORE, WHOLE, QUEUE, DIAL, RECORDED = "4009100080", "4009100081", "7001", "72", "73"
"""What is dialled: our two arms, app_queue, and before a member's number `Dial` alone or recorded.

The core arm has neither menu nor recording nor webhooks; the whole has a menu and a recording."""
GROUP = "bench"
PHONES = ("127.0.0.3", 0)
"""Every agent's phone is one SIPp there; the port is chosen at start."""
ASTERISK = "asterisk"
REST_S = 60.0
CUSTOMER = b'{"id": "7", "name": "Li"}'
"""What the CRM says of everybody; a webhook's answer is not read."""
LINGER_S = 5.0
"""How long calls may go on by themselves once nobody places any more."""
_COUNT = "core show channels count"
MEMBER = "9{:03}"


@dataclass(frozen=True, slots=True)
class Kind:
    """What is measured: so many agents; `whole` adds webhooks and the tracing of SIP, `asks` the
    CRM's look-up of every caller and the question how it was."""

    agents: int
    whole: bool = False
    asks: bool = False


class Site(System):
    """An installation whose Asterisk runs on while the engine comes and goes."""

    def __init__(self, root: Path, kind: Kind) -> None:
        super().__init__(root)
        self.kind = kind
        self.file.write_text(_settings(self.file.read_text(), whole=kind.whole))
        self.settings = load_settings(self.file, {})
        self.numbers = [MEMBER.format(n) for n in range(1, kind.agents + 1)]
        sink = f"http://127.0.0.1:{self.sink.port}" if kind.whole else ""
        self.sink.answer = (200, CUSTOMER)
        self.config = write(root / "firm", firm(self.numbers, sink, asks=kind.asks))
        self.pbx: PrivateAsterisk | None = None

    def command(self, *words: str) -> list[str]:
        """Give the command line; `run` leaves Asterisk to us."""
        return super().command(*words, *(("--no-pbx",) if words == ("run",) else ()))

    async def open(self, phones: int) -> None:
        """Start Asterisk with the bare arms beside ours; register every phone from a port."""
        installation = open_installation(self.settings, real_clock())
        try:
            config = await prepare(installation, self.config)
            write_asterisk(installation, config, node_token(installation, fresh=True))
            # nobody signs in to the pages here, and each password costs a second
            few = config.model_copy(update={"agents": ()})
            await first_run(installation.people(), few, self.data / LOGINS)
        finally:
            await installation.database.close()
        self.secrets = json.loads((self.data / "secrets.json").read_text())
        run = self.data / "run" / "asterisk"
        _bare_arms(run / "etc", self.numbers)
        self.pbx = PrivateAsterisk(find_asterisk(self.data).binary, run, {})
        await self.pbx.start()
        accounts = {f"a{number}": self.secrets[f"a{number}"] for number in self.numbers}
        await asyncio.to_thread(register, accounts, self.sip, (PHONES[0], phones))

    async def engine_on(self) -> None:
        """Start the engine and the web process; every agent signs in and is ready."""
        await asyncio.to_thread(self.start)
        await self._bare_arms_again()
        await asyncio.to_thread(self._to_work)

    async def _bare_arms_again(self) -> None:
        """Bring the bare arms back: our start has Asterisk load its files anew, without them."""
        _bare_arms(self.data / "run" / "asterisk" / "etc", self.numbers)
        await self.cli("dialplan reload")
        await self.cli("queue reload all")
        if "MixMonitor" not in await self.cli("dialplan show bare"):
            raise Unavailable("Asterisk did not load the bare arms again")

    async def engine_off(self) -> None:
        """End them; Asterisk stays."""
        process, self.process = self.process, None
        if process is not None:
            process.send_signal(signal.SIGINT)
            await asyncio.to_thread(process.wait, REST_S)

    async def close(self) -> None:
        """Stop everything."""
        with suppress(Exception):
            await self.engine_off()
        if self.pbx is not None:
            await self.pbx.stop()
        await asyncio.to_thread(self.stop)

    def _to_work(self) -> None:
        for number in self.numbers:
            self.ask("agent.sign_in", agent=number, phone="phone")
        until(self._all_reachable, REST_S, "every phone is seen registered")
        for number in self.numbers:
            self.ask("agent.ready", agent=number)

    def _all_reachable(self) -> bool:
        return all(row["reachable"] for row in self.board()["agents"] if row["state"] != "offline")

    @property
    def own_spool(self) -> Path:
        """Name the folder in which the bare arms record."""
        return self.data / "run" / "asterisk" / "spool" / "bench"

    async def cli(self, command: str) -> str:
        """Ask Asterisk's console."""
        assert self.pbx is not None
        return await self.pbx.cli(command)

    async def settled(self) -> None:
        """Wait until no call is left; end by force those whose callers are gone."""
        end = time.monotonic() + LINGER_S
        while not (await self.cli(_COUNT)).startswith("0 active"):
            if time.monotonic() > end:
                await self.cli("channel request hangup all")
            await asyncio.sleep(0.3)
        await asyncio.sleep(1.0)

    def spent(self, children: bool = False) -> dict[str, float]:
        """Give the CPU seconds of each part so far: Asterisk, engine, web …"""
        read = cpu_with_children_s if children else cpu_s
        return {name: read(pid) for name, pid in self._pids().items()}

    def memory(self) -> dict[str, float]:
        """Give the megabytes that each part holds."""
        return {name: rss_bytes(pid) / 1e6 for name, pid in self._pids().items()}

    def _pids(self) -> dict[str, int]:
        assert self.pbx is not None
        parts = {line.rpartition(" ")[2]: pid for pid, line in self.alive().items()}
        ours = {name: parts[name] for name in ("engine", "web", "tracer") if name in parts}
        supervisor = {"supervisor": self.process.pid} if self.process else {}
        return {ASTERISK: self.pbx.pid} | ours | supervisor


def firm(numbers: Sequence[str], sink: str, *, asks: bool = False) -> dict[str, str]:
    """Give the configuration: one group of all agents, a hotline of the core, one of the whole.

    `sink` is told of calls, and with `asks` asked who calls.
    """
    texts = dict(read_files(DEMO))
    rows = {name: yaml.safe_load(texts[name]) for name in _ROWS}
    still = {"wrap_s": 0, "survey": asks, "greet": False, "whisper": False, "announce_s": 0}
    rows["groups.yaml"].append(rows["groups.yaml"][0] | {"id": GROUP, "name": "压测"} | still)
    first = rows["hotlines.yaml"][0] | {"also_called": [], "caller_ids": [], "survey": False}
    rows["hotlines.yaml"] += [
        first | {"number": CORE, "name": "核心", "flow": "core", "recording": False},
        first | {"number": WHOLE, "name": "全部", "flow": "whole", "survey": asks},
    ]
    agent = rows["agents.yaml"][0] | {"groups": [GROUP], "skills": {}}
    rows["agents.yaml"] += [agent | {"number": each, "name": f"压测 {each}"} for each in numbers]
    rows["firm.yaml"]["flows"] = {"keys": 0, "seconds": 0}
    rows["firm.yaml"]["recording"]["enabled"] = bool(sink)
    hook = rows["webhooks.yaml"][0] | {"url": f"{sink}/hooks"}
    rows["webhooks.yaml"] = [hook] if sink else []
    lookup = {"url": f"{sink}/customers?number={{number}}", "budget_ms": 800}
    rows["crm.yaml"] = {"lookup": lookup} if asks else {}
    for name, content in rows.items():
        apart = json.loads(json.dumps(content))  # anchors are refused
        texts[name] = yaml.safe_dump(apart, allow_unicode=True, sort_keys=False)
    return texts | {
        "flows/core.yaml": _CORE_FLOW,
        "flows/whole.yaml": menu_flow("whole", GROUP, "压测"),
    }


_ROWS = ("firm.yaml", "groups.yaml", "hotlines.yaml", "agents.yaml", "webhooks.yaml", "crm.yaml")
_CORE_FLOW = f"""\
# 压测 · straight to the group
flow: core
start: wait
nodes:
  wait: {{kind: group, group: {GROUP}, intent: 压测}}
"""


def _settings(text: str, *, whole: bool) -> str:
    lines = [line for line in text.splitlines() if not line.startswith(("crm_port", "rtp_ports"))]
    if not whole:
        lines = ["hep = 0" if line.startswith("hep") else line for line in lines]
    found = "\n".join(lines) + "\ncrm_port = 0\n"
    return found.replace("[media]", '[media]\nrtp_ports = "20000-31999"')


def _bare_arms(etc: Path, numbers: Sequence[str]) -> None:
    """Add extensions to those of our dialplan: callers of these never meet the engine."""
    spool = etc.parent / "spool" / "bench"
    spool.mkdir(parents=True, exist_ok=True)
    longest = max(map(len, numbers))
    member = "X" * longest
    with (etc / "extensions.conf").open("a") as dialplan:
        dialplan.write(f"""
[from-trunk]
exten => {QUEUE},1,Goto(bare,${{EXTEN}},1)
exten => _{DIAL}{member},1,Goto(bare,${{EXTEN}},1)
exten => _{RECORDED}{member},1,Goto(bare,${{EXTEN}},1)
; a context of their own: what a carrier may call would take their "h" for a call and ask the engine
[bare]
exten => {QUEUE},1,Answer(,i)
 same => n,Queue({GROUP})
exten => _{DIAL}{member},1,Dial(PJSIP/a${{EXTEN:2}},20)
exten => _{RECORDED}{member},1,MixMonitor({spool}/${{UNIQUEID}}.wav,b)
 same => n,Dial(PJSIP/a${{EXTEN:2}},20)
""")
    members = "\n".join(f"member = PJSIP/a{number}" for number in numbers)
    with (etc / "queues.conf").open("a") as queues:
        queues.write(f"""
[{GROUP}]
strategy = rrmemory
timeout = 20
retry = 1
ringinuse = no
musicclass = hold
announce-frequency = 0
{members}
""")
