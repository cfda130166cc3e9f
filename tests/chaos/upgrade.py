"""An older version with calls, changed for this one as the manual says: nobody is cut.

The older version is a commit of this repository in a folder of its own. Its engine takes a talk and
a caller who waits; then the folder is changed for this commit and `yingda restart --upgrade` said.
Tables are migrated, Asterisk reads the newer files while both callers are on it, and the newer
engine goes on with a journal, a database and channels that the older one left.
"""

import asyncio
import contextlib
import subprocess
import sys
import time
from pathlib import Path

from domain import events as ev
from domain.events import Record
from switchboard.run import PID_FILE
from tests.chaos.tally import Ask, Tally
from tests.house.firm import LANES
from tests.house.scene import Person, Scene, scene_on, soon
from tests.house.system import REPO, System, environment, missing, until

OLDER = ("2ba17d8", "2b1b5ea", "8eadb4f")
"""Versions to begin with: before the guard and the tables of remits, whose supervisor hears no wish
at all; the first that goes over by itself; one that ends of the wish."""
BACK_S = 240.0
OWN_FIRM = """
import asyncio, sys
from pathlib import Path
from domain.clock import real_clock
from domain.settings import load_settings
from switchboard.installation import open_installation, prepare
from tests.house import firm

async def main(file, config, crm, sink):
    texts = firm.files(int(crm), int(sink))
    around = open_installation(load_settings(Path(file), {}), real_clock())
    await prepare(around, firm.write(Path(config), texts))
    await around.database.close()

asyncio.run(main(*sys.argv[1:]))
"""
"""The older version's tables and the configuration of its own tests."""


def run(ask: Ask) -> Tally:
    """Change the version under a talk and under a caller who waits, from each older one in turn."""
    tally, now = Tally(ask.seed), _git(REPO, "rev-parse", "HEAD")
    for cycle in range(ask.cycles):
        commit = OLDER[cycle % len(OLDER)]
        if not _is_here(commit):
            missing(f"no commit {commit} here: a clone with its history")
        folder = ask.room / f"v{cycle}"
        _git(REPO, "worktree", "add", "--detach", str(folder), commit)
        try:
            asyncio.run(_cycle(tally, folder, now))
        finally:
            _git(REPO, "worktree", "remove", "--force", str(folder))
        ask.say(f"{commit} → {now[:7]}: {tally.cut} cut, {tally.lost} lost, {tally.recovered_s}")
    tally.also["from"] = ", ".join(OLDER[: ask.cycles])
    return tally


async def _cycle(tally: Tally, folder: Path, now: str) -> None:
    tally.cycles += 1
    system = System(folder.with_name(f"{folder.name}-data"))
    system.folder, system.under_systemd = folder, False
    for built in ("var", "web/pages"):
        (folder / built).symlink_to(REPO / built)
    try:
        await asyncio.to_thread(_begin, system)
        async with scene_on(system, LANES[0]) as scene:
            await _changed_under(tally, scene, now)
    finally:
        await asyncio.to_thread(system.stop)


def _begin(system: System) -> None:
    """Start the older version with the firm of its own tests."""
    config = system.config.with_name("older")
    places = map(str, (system.file, config, system.settings.demo.crm_port, system.sink.port))
    own = environment() | {"PYTHONPATH": str(system.folder)}
    made = [sys.executable, "-c", OWN_FIRM, *places]
    subprocess.run(made, cwd=system.folder, env=own, check=True)
    system.start()


async def _changed_under(tally: Tally, scene: Scene, now: str) -> None:
    agent, colleague = await scene.agent(0), await scene.agent(1, ready=False)
    talks, waits = await scene.caller(), await scene.caller()
    call = await scene.enters(talks)
    await agent.takes(call)
    await talks.hears(agent)
    waiting = await scene.enters(waits)
    tally.live_calls += 2
    tally.recovered_s.append(await asyncio.to_thread(_upgrade, scene.system, now))
    tally.cut += talks.phone.is_over or agent.phone.is_over
    tally.lost += waits.phone.is_over
    await talks.hears(agent)
    await agent.hears(talks)
    await scene.ask("agent.ready", agent=colleague.number)
    await colleague.takes(waiting, within_s=90)
    await waits.hears(colleague)
    for caller, taken, who in ((talks, call, agent), (waits, waiting, colleague)):
        await caller.phone.hang_up()
        await _is_told(tally, scene, taken, who)


async def _is_told(tally: Tally, scene: Scene, call: str, who: Person) -> None:
    await scene.fact(call, ev.TalkEnded, by="caller")
    row = await scene.row(call)
    tally.must((row["outcome"], row["agent"]) == ("answered", who.number), f"{call}: {row}")
    kept = "SELECT file FROM recording WHERE call = ?"
    await soon(lambda: scene.system.rows(kept, call), 90, f"the recording of {call}")


def _upgrade(system: System, now: str) -> float:
    """Change the folder for the newer version, as `git pull` does, and say so; gives `_away_s`."""
    assert system.process is not None
    before = system.pid_of("engine")
    asterisk = system.asterisk_pid
    _git(system.folder, "checkout", "--detach", now)
    wished = int(time.time() * 1000)
    said = _wish(system)
    with contextlib.suppress(subprocess.TimeoutExpired):
        system.process.wait(20)  # a version that does not know the wish ends of it
        until(lambda: not (system.pid_of("engine") or system.pid_of("web")), 60, "its parts end")
        system.start()
    assert said is None or said.wait(BACK_S) == 0, system.tail()
    until(system.is_ready, BACK_S, system.tail)
    assert system.pid_of("engine") != before
    assert system.asterisk_pid == asterisk, "Asterisk was started anew"
    return _away_s(system.journal(), wished)


def _wish(system: System) -> subprocess.Popen[bytes] | None:
    """Say that the version is to change; one that left no pid for it is ended by force."""
    assert system.process is not None
    if (system.data / PID_FILE).exists():
        return subprocess.Popen(system.command("restart", "--upgrade"), cwd=system.folder)
    system.process.kill()
    return None


def _away_s(journal: list[Record], wished_ms: int) -> float:
    """Give the seconds from the wish until an engine had Asterisk's picture."""
    later = (r.utc_ms for r in journal if isinstance(r.event, ev.PbxJoined))
    return (next(at for at in later if at > wished_ms) - wished_ms) / 1000


def _is_here(commit: str) -> bool:
    asked = ["git", "cat-file", "-e", f"{commit}^{{commit}}"]
    return subprocess.run(asked, cwd=REPO, capture_output=True).returncode == 0


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
