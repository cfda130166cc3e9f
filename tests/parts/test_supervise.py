"""The parent of all parts, with real small children."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from domain.errors import Unavailable
from switchboard.memory import FIRST
from switchboard.supervise import Part, Supervisor

STANDS = "import os,sys,time; open(sys.argv[1],'w').write(str(os.getpid())); time.sleep(60)"
ENDS = "raise SystemExit(3)"
KEPT = f"""
import os, sys, time
sys.path.insert(0, {str(Path(__file__).resolve().parents[2])!r})
from switchboard.nursery import stand_by
open(sys.argv[1], 'a').write(f'{{os.getpid()}} ')
stand_by(int(os.environ['YINGDA_NURSERY_FD']))
open(sys.argv[2], 'a').write(f'{{os.getpid()}} ')
time.sleep(60)
"""
STUCK = """
import os, sys, time
open(sys.argv[1], 'a').write(f'{os.getpid()} ')
os.utime(sys.argv[1], (0, 0))
time.sleep(60)
"""


def child(code: str, *args: object) -> list[str]:
    return [sys.executable, "-S", "-c", code, *map(str, args)]


async def until(condition: Callable[[], bool], within: float = 60.0) -> None:
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.wait([asyncio.create_task(asyncio.to_thread(os.sched_yield))])


def lives(file: Path) -> bool:
    """Tell whether the process that wrote its pid here is still there."""
    try:
        return "Z" not in Path(f"/proc/{file.read_text().split()[-1]}/stat").read_text().split()[2]
    except (OSError, IndexError):
        return False


def pids(file: Path) -> int:
    """Count who wrote a pid here."""
    return len(file.read_text().split()) if file.exists() else 0


def is_there(file: Path, times: int) -> bool:
    """Tell whether so many have begun, and the last of them lives."""
    return pids(file) == times and lives(file)


async def test_stop_ends_every_part(tmp_path: Path) -> None:
    files = [tmp_path / "one", tmp_path / "two"]
    said: list[str] = []
    parts = [Part(file.name, child(STANDS, file)) for file in files]
    supervisor = Supervisor(parts, said.append)
    running = asyncio.create_task(supervisor.run())
    await until(lambda: all(map(lives, files)))
    supervisor.stop()
    await asyncio.wait_for(running, 40)
    assert not any(map(lives, files))
    assert said == []


async def test_a_part_that_cannot_live_stops_everything_with_the_reason(tmp_path: Path) -> None:
    file, said = tmp_path / "one", list[str]()
    parts = [Part("one", child(STANDS, file)), Part("two", child(ENDS))]
    with pytest.raises(Unavailable, match="two ended 3 times"):
        await asyncio.wait_for(Supervisor(parts, said.append).run(), 60)
    assert not lives(file)
    assert len(said) == 3
    assert said[0].startswith("two ended with code 3")


async def test_a_part_that_ends_now_and_then_is_started_again() -> None:
    clock = iter(range(0, 1000, 6))
    said: list[str] = []
    supervisor = Supervisor([Part("one", child(ENDS))], said.append, lambda: float(next(clock)))
    running = asyncio.create_task(supervisor.run())
    await until(lambda: len(said) >= 5)
    supervisor.stop()
    await asyncio.wait_for(running, 40)


async def test_a_part_whose_beat_stood_is_ended_by_force_and_started_again(tmp_path: Path) -> None:
    beat, said = tmp_path / "beat", list[str]()
    supervisor = Supervisor([Part("engine", child(STUCK, beat), beat)], said.append)
    running = asyncio.create_task(supervisor.run())
    await until(lambda: len(said) >= 2, 30)
    supervisor.stop()
    await asyncio.wait_for(running, 40)
    assert said[0] == "engine stood for 5 s, it is ended by force"
    assert said[1].startswith("engine ended with code -9")


async def test_an_old_beat_does_not_condemn_a_new_engine(tmp_path: Path) -> None:
    beat, file = tmp_path / "beat", tmp_path / "one"
    beat.touch()
    os.utime(beat, (0, 0))
    supervisor = Supervisor([Part("engine", child(STANDS, file), beat)], lambda text: None)
    running = asyncio.create_task(supervisor.run())
    await until(lambda: lives(file))
    assert not beat.exists()
    supervisor.stop()
    await asyncio.wait_for(running, 40)


async def test_a_clock_that_jumps_condemns_nobody(tmp_path: Path) -> None:
    """The beat is a file's time: one set by an hour looks old, and moves all the same."""
    beat, said = tmp_path / "beat", list[str]()
    jumps = f"import os,time\nn=0\nwhile True:\n n+=1; open({str(beat)!r},'a'); "
    jumps += f"os.utime({str(beat)!r}, (n, n)); time.sleep(0.05)"
    looks = iter(range(0, 100000, 2))
    supervisor = Supervisor(
        [Part("engine", child(jumps), beat)], said.append, lambda: float(next(looks))
    )
    running = asyncio.create_task(supervisor.run())
    await until(lambda: next(looks) > 40, 30)
    supervisor.stop()
    await asyncio.wait_for(running, 40)
    assert said == []


async def test_a_part_that_came_up_once_is_tried_for_ever_and_the_others_go_on(
    tmp_path: Path,
) -> None:
    """Whoever talks needs no engine: a full disk that ends it again and again stops nothing."""
    beat, file, said = tmp_path / "beat", tmp_path / "one", list[str]()
    comes_up = f"open({str(beat)!r}, 'w'); raise SystemExit(4)"
    parts = [Part("web", child(STANDS, file)), Part("engine", child(comes_up), beat)]
    supervisor = Supervisor(parts, said.append)
    running = asyncio.create_task(supervisor.run())
    await until(lambda: sum("the next try is in" in line for line in said) >= 2, 120)
    assert lives(file) and not running.done()
    assert "engine keeps ending; calls go on, the next try is in 1 s" in said
    supervisor.stop()
    await asyncio.wait_for(running, 40)


async def test_a_part_that_is_kept_ready_is_forked_from_what_was_read_once(tmp_path: Path) -> None:
    nursery, engine, said = tmp_path / "nursery", tmp_path / "engine", list[str]()
    part = Part("engine", child(KEPT, nursery, engine), kept_ready=True)
    clock = iter(range(0, 1000, 6))
    supervisor = Supervisor([part], said.append, lambda: float(next(clock)))
    running = asyncio.create_task(supervisor.run())
    for times in (1, 2, 3):
        await until(partial(is_there, engine, times))
        os.kill(int(engine.read_text().split()[-1]), signal.SIGKILL)
    await until(partial(is_there, engine, 4))
    assert pids(nursery) == 1 and len(said) == 3
    assert said[0] == "engine ended with code -9, it is started again"
    # without its nursery it ends too, and both are there again
    os.kill(int(nursery.read_text()), signal.SIGKILL)
    await until(lambda: is_there(engine, 5) and pids(nursery) == 2)
    supervisor.stop()
    await asyncio.wait_for(running, 40)
    assert not lives(engine) and not lives(nursery)


async def test_a_part_has_its_score_and_its_limit_of_memory(tmp_path: Path) -> None:
    file = tmp_path / "told"
    code = (
        "import resource, sys; limit = resource.getrlimit(resource.RLIMIT_DATA)[0]\n"
        "told = open('/proc/self/oom_score_adj').read().strip()\n"
        "open(sys.argv[1] + '.', 'w').write(f'{told} {limit}')\n"
        "import os, time; os.rename(sys.argv[1] + '.', sys.argv[1]); time.sleep(60)"
    )
    part = Part("web", child(code, file), score=FIRST, most_bytes=2**31)
    supervisor = Supervisor([part], lambda text: None)
    running = asyncio.create_task(supervisor.run())
    await until(file.exists)
    supervisor.stop()
    await asyncio.wait_for(running, 40)
    assert file.read_text() == f"{FIRST} {2**31}"
