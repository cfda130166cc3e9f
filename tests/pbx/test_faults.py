"""What a caller notices when parts of the system die: nothing, or hardly anything."""

import http.client
import os
import resource
import signal
import sqlite3
import time
import urllib.error
import urllib.request
from contextlib import closing, suppress
from pathlib import Path

import pytest

from domain import events as ev
from tests.house import firm
from tests.house.firm import LANES
from tests.house.load import stood_in_line_s
from tests.house.scene import scene_on, soon
from tests.house.sound import RATE
from tests.house.system import System, free_port

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(240)]


async def test_an_engine_that_is_killed_cuts_no_talk_and_loses_no_place(system: System) -> None:
    async with scene_on(system, LANES[0]) as scene:
        agent, colleague = await scene.agent(0), await scene.agent(1, ready=False)
        talks, waits = await scene.caller(), await scene.caller()
        call = await scene.enters(talks)
        await agent.takes(call)
        await talks.hears(agent)
        waiting = await scene.enters(waits)
        await waits.hears_a("music")
        before = (await scene.ask("health"))["epoch"]
        killed = time.monotonic()
        os.kill(system.pid_of("engine"), signal.SIGKILL)
        heard = len(talks.phone.heard())
        await soon(lambda: len(talks.phone.heard()) > heard + RATE)
        await talks.hears(agent)
        await agent.hears(talks)
        await soon(lambda: _epoch(system) > before, 60, "the engine is back")
        back_s = time.monotonic() - killed
        await soon(system.is_ready, 60, "everything is back")
        print(f"the engine was back {back_s:.1f} s after kill -9")
        assert back_s <= 10 + stood_in_line_s(system.pid_of("engine"))
        await talks.hears(agent)
        await waits.hears_a("music", within_s=30)
        assert not talks.phone._over.is_set() and not waits.phone._over.is_set()
        await scene.state(agent.number, "talking")
        # who waited is served, with the place and the time of the first entry
        await scene.ask("agent.ready", agent=colleague.number)
        await colleague.takes(waiting, within_s=60)
        await waits.hears(colleague)
        await agent.phone.hang_up()
        await scene.fact(call, ev.TalkEnded, by="agent")
        await talks.phone.hang_up()
        await waits.phone.hang_up()
        row = await scene.row(call)
        assert (row["outcome"], row["by"], row["agent"]) == ("answered", "agent", agent.number)
        assert row["talk_ms"] >= back_s * 1000
        row = await scene.row(waiting)
        assert (row["outcome"], row["agent"]) == ("answered", colleague.number)
        first_ms = _entered(scene.facts(waiting, ev.GroupChosen), system, waiting)
        assert abs(row["entered"] - first_ms) <= 5  # one is counted by the steady clock


def _epoch(system: System) -> int:
    try:
        return int(system.ask("health")["epoch"])
    except (OSError, KeyError, ValueError):
        return 0


def _entered(chosen: list[ev.GroupChosen], system: System, call: str) -> int:
    return next(each.utc_ms for each in system.journal(call) if each.event == chosen[0])


async def test_a_dead_crm_delays_no_call(system: System, tmp_path: Path) -> None:
    texts = firm.files(system.settings.demo.crm_port, system.sink.port)
    dead = texts["crm.yaml"].replace(f":{system.settings.demo.crm_port}/", f":{free_port()}/")
    changed = firm.write(tmp_path / "dead", texts | {"crm.yaml": dead})
    done = system.yingda("config", "import", str(changed), "--note", "the CRM is down")
    assert done.returncode == 0, done.stderr
    try:
        async with scene_on(system, LANES[2]) as scene:
            agent, caller = await scene.agent(0), await scene.caller()
            call = await scene.enters(caller)
            await agent.takes(call)
            await caller.hears(agent)
            looked = await scene.fact(call, ev.CustomerLookedUp)
            assert looked.status == "down"
            card = await scene.ask("call.context", call=call)
            assert (card["customer"], card["customer_status"]) == (None, "down")
            await caller.phone.hang_up()
            row = await scene.row(call)
            assert (row["outcome"], row["customer_status"]) == ("answered", "down")
    finally:
        done = system.yingda("config", "import", str(system.config), "--note", "it is back")
    assert done.returncode == 0, done.stderr


async def test_a_locked_database_is_noticed_by_no_caller_and_its_rows_follow(
    system: System,
) -> None:
    """Another program holds it: the call goes its way, the pages say so, the row comes once."""
    async with scene_on(system, LANES[1]) as scene:
        agent, caller = await scene.agent(0), await scene.caller()
        with closing(sqlite3.connect(system.data / "yingda.db", isolation_level=None)) as other:
            other.execute("PRAGMA busy_timeout=60000")
            other.execute("BEGIN IMMEDIATE")
            call = await scene.enters(caller)
            await agent.takes(call)
            await caller.hears(agent)
            await soon(lambda: not system.is_ready(), 60, "the pages say that rows are late")
            assert "rows_late" in {row["kind"] for row in system.board()["incidents"]}
            await agent.phone.hang_up()
            await scene.fact(call, ev.TalkEnded, by="agent")
            await caller.phone.hang_up()
            await scene.fact(call, ev.CallEnded)
            assert not system.rows(
                "SELECT 1 FROM call WHERE call = ? AND outcome IS NOT NULL", call
            )
            other.execute("ROLLBACK")
        row = await scene.row(call)
        assert (row["outcome"], row["agent"]) == ("answered", agent.number)
        assert len(system.rows("SELECT 1 FROM call WHERE call = ?", call)) == 1
        await soon(system.is_ready, 60, "rows are written again")


async def test_a_journal_that_cannot_be_written_ends_the_engine_and_no_talk(
    system: System,
) -> None:
    """No byte can be written any more: nothing acts on what is not written, Asterisk goes on."""
    async with scene_on(system, LANES[0]) as scene:
        agent, caller = await scene.agent(0), await scene.caller()
        call = await scene.enters(caller)
        await agent.takes(call)
        await caller.hears(agent)
        before = (await scene.ask("health"))["epoch"]
        # the next engine is begun by the supervisor, without this limit: there is room again
        resource.prlimit(system.pid_of("engine"), resource.RLIMIT_FSIZE, (4096, -1))
        waits = await scene.caller()
        await waits.phone.dial(scene.lane.hotline)
        await soon(lambda: _epoch(system) > before, 90, "the engine is back")
        await soon(system.is_ready, 60, "everything is back")
        await caller.hears(agent)
        await waits.phone.hang_up()
        await caller.phone.hang_up()
        row = await scene.row(call)
        assert (row["outcome"], row["agent"]) == ("answered", agent.number)


async def test_pages_without_memory_are_started_again_and_no_call_notices(system: System) -> None:
    """The web process may hold no byte more: it ends, the next one serves, the talk goes on."""
    async with scene_on(system, LANES[1]) as scene:
        agent, caller = await scene.agent(0), await scene.caller()
        call = await scene.enters(caller)
        await agent.takes(call)
        await caller.hears(agent)
        web, engine = system.pid_of("web"), system.pid_of("engine")
        assert _score(web) > _score(engine), "memory is short: pages go before calls"
        resource.prlimit(web, resource.RLIMIT_DATA, (4096, -1))
        await soon(lambda: _asked_for_much(system) and system.pid_of("web") != web, 60)
        await soon(system.is_ready, 60, "the pages are back")
        assert system.pid_of("engine") == engine
        await caller.hears(agent)
        await caller.phone.hang_up()
        row = await scene.row(call)
        assert (row["outcome"], row["agent"]) == ("answered", agent.number)


def _score(pid: int) -> int:
    return int(Path(f"/proc/{pid}/oom_score_adj").read_text())


def _asked_for_much(system: System) -> bool:
    """Send the pages more than fits into what they have left."""
    body = b"x" * 900_000
    asked = urllib.request.Request(f"{system.url}/api/v1/login", body, method="POST")
    with suppress(OSError, urllib.error.URLError, http.client.HTTPException):
        urllib.request.urlopen(asked, timeout=5).close()
    return True
