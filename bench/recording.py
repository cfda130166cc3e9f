"""What a recorded hour costs: our finishing beside ffmpeg alone doing the same encode.

Ours measures peaks and energy, joins the sides, takes the hash and locks the file; the other arm is
the same ffmpeg command by itself. CPU of this process and of its children; arms take turns. Then
the memory of both for ten minutes and for an hour, each in a process of its own.
"""

import asyncio
import contextlib
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import wave
from array import array
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg

from recording import Keys, finish
from recording.finish import _JOIN, FORMATS
from recording.keys import MasterKey
from recording.peaks import write_peaks
from recording.seal import seal

RATE = 8000
MINUTES = 10
LONG_MINUTES = 60
PAIRS = 6
BLOCK_S = 10
LOOK_S = 0.02
AIMS: dict[str, tuple[str, float]] = {
    "over_ffmpeg": ("<=", 1.15),
    "grows_mb": ("<=", 2.0),
    "ffmpeg_mb": ("<=", 60.0),
    "ffmpeg_long_over_short": ("<=", 1.10),
}


def spool(stem: Path, minutes: int) -> None:
    """Write both sides of a talk: one speaks for ten seconds, then the other."""
    chance = random.Random(7)
    speech = array("h", (round(chance.gauss(0, 1500)) for _ in range(RATE * BLOCK_S))).tobytes()
    breath = array("h", (round(chance.gauss(0, 20)) for _ in range(RATE * BLOCK_S))).tobytes()
    for turn, side in enumerate(("caller", "agent")):
        with wave.open(str(stem.with_name(f"{stem.name}-{side}.wav")), "wb") as sound:
            sound.setparams((1, 2, RATE, 0, "NONE", ""))
            for nth in range(minutes * 60 // BLOCK_S):
                sound.writeframes(speech if nth % 2 == turn else breath)


def used_s() -> float:
    """Give the CPU seconds of this process and of the children that ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    each = [resource.getrusage(kind) for kind in kinds]
    return sum(one.ru_utime + one.ru_stime for one in each)


def _cost_s(work: Callable[[], object]) -> float:
    before = used_s()
    work()
    return used_s() - before


def ffmpeg_alone(stem: Path, to: Path, minutes: int) -> None:
    """Encode both sides as we do, and nothing else."""
    sides = [stem.with_name(f"{stem.name}-{side}.wav") for side in ("caller", "agent")]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y"]
    command += ["-i", str(sides[0]), "-i", str(sides[1]), "-filter_complex", _JOIN]
    command += ["-t", str(minutes * 60), *FORMATS["mp3"], str(to)]
    subprocess.run(command, check=True)


def ours(stem: Path, to: Path, keys: Keys) -> None:
    """Finish a recording as the engine does; it eats its spool, so it gets one of its own."""
    mine = stem.with_name("eaten")
    for side in ("caller", "agent"):
        os.link(stem.with_name(f"{stem.name}-{side}.wav"), mine.with_name(f"eaten-{side}.wav"))
    asyncio.run(finish(mine, to, "mp3", keys))


def turns(folder: Path, keys: Keys) -> tuple[list[float], list[float]]:
    """Let both arms take turns; CPU seconds of each run."""
    stem = folder / "call"
    spool(stem, MINUTES)
    arms: dict[str, Callable[[], None]] = {
        "ffmpeg": lambda: ffmpeg_alone(stem, folder / "alone.mp3", MINUTES),
        "ours": lambda: ours(stem, keys.recordings / "ours.mp3", keys),
    }
    cost: dict[str, list[float]] = {name: [] for name in arms}
    for nth in range(-1, PAIRS):
        for name in arms if nth % 2 == 0 else reversed(arms):
            taken = _cost_s(arms[name])
            if nth >= 0:  # the first pair only warms up
                cost[name].append(taken)
    return cost["ours"], cost["ffmpeg"]


def parts_s(folder: Path) -> dict[str, float]:
    """Give CPU seconds for a recorded hour of what stands beside the encoding."""
    stem, hours = folder / "call", MINUTES / 60
    sides = [stem.with_name(f"call-{side}.wav") for side in ("caller", "agent")]
    peaks = _cost_s(lambda: write_peaks(*sides, folder / "p.json"))
    key = MasterKey(bytes(32))
    lock = _cost_s(lambda: seal(folder / "alone.mp3", folder / "locked", key))
    return {"peaks_s_per_h": round(peaks / hours, 3), "hash_lock_s_per_h": round(lock / hours, 3)}


def memory_mb(folder: Path, minutes: int) -> tuple[float, float]:
    """Give by how much our process grew and how much its ffmpeg held, in one of their own."""
    stem = folder / f"m{minutes}" / "call"
    stem.parent.mkdir()
    spool(stem, minutes)
    command = (sys.executable, "-m", "bench.recording", str(stem))
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    shutil.rmtree(stem.parent)
    grown, child = json.loads(done.stdout)
    return grown, child


def _memory_of(stem: Path) -> None:
    keys = Keys(stem.with_name("key"), stem.parent)
    keys.start()
    before, seen = peak_mb("self"), [0.0]
    over = threading.Event()
    watch = threading.Thread(target=_watch_children, args=(seen, over))
    watch.start()
    asyncio.run(finish(stem, stem.with_name("kept.mp3"), "mp3", keys))
    over.set()
    watch.join()
    print(json.dumps([peak_mb("self") - before, seen[0]]))


def _watch_children(seen: list[float], over: threading.Event) -> None:
    # what getrusage says of a child counts its parent's memory before exec too
    while not over.wait(LOOK_S):
        for task in Path("/proc/self/task").iterdir():
            with contextlib.suppress(OSError):
                for pid in (task / "children").read_text().split():
                    if "ffmpeg" in Path(f"/proc/{pid}/comm").read_text():
                        seen[0] = max(seen[0], peak_mb(pid))


def peak_mb(pid: str) -> float:
    """Give the most memory that a process ever held."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if "HWM" in line), 0.0)


def measure() -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    """Compare both arms, then the memory for a short and a long talk."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="recording") as name:
        folder = Path(name)
        keys = Keys(folder / "key", folder / "kept")
        keys.start()
        mine, alone = turns(folder, keys)
        beside = parts_s(folder)
        short, short_ffmpeg = memory_mb(folder, MINUTES)
        long, long_ffmpeg = memory_mb(folder, LONG_MINUTES)
    ratios = [one / other for one, other in zip(mine, alone, strict=True)]
    hours = MINUTES / 60
    figures = {
        "ours_cpu_s_per_h": round(statistics.median(mine) / hours, 2),
        "ffmpeg_cpu_s_per_h": round(statistics.median(alone) / hours, 2),
        "over_ffmpeg": round(statistics.median(ratios), 3),
        "over_ffmpeg_worst": round(max(ratios), 3),
        **beside,
        "work_mb_10_min": round(short, 1),
        "work_mb_60_min": round(long, 1),
        "grows_mb": round(long - short, 1),
        "ffmpeg_mb": round(long_ffmpeg, 1),
        "ffmpeg_long_over_short": round(long_ffmpeg / short_ffmpeg, 3),
        "took_s": round(time.perf_counter() - began, 1),
    }
    return figures, AIMS


if __name__ == "__main__":
    _memory_of(Path(sys.argv[1]))
