#!/usr/bin/env python3
"""All tests, in two lanes at once: those that dial one installation, and behind them the rest.

Where a few failed, they alone are run once more, in a process and an installation of their own: a
busy machine may fail a right product once. What fails twice fails the run, and so does whatever is
no failed test: a crash, a file that cannot be read, nothing to run. var/second-try.txt names what
needed it; each line there is a defect to mend.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
VAR = ROOT / "var"
AGAIN = VAR / "second-try.txt"
DIALLING = ("browser", "nat", "pbx", "web", "whole")
"""Folders of tests/ that share one installation, judged as a whole at the end; `nat` too."""
MOST = 10
FAILED = 1
BEHIND = 10
"""How much politer to the processor the second lane is: calls go first (nice)."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One process of pytest: its name, what it is asked, where it says what it saw."""

    name: str
    asked: tuple[str, ...]
    quiet: Path | None = None

    def start(self, *more: str) -> subprocess.Popen[bytes]:
        """Begin; a quiet lane writes into its file, at the other's mercy for the processor."""
        call = [sys.executable, "-m", "pytest", "-o", f"cache_dir={self._cache}", *self.asked]
        if self.quiet is None or more:
            return subprocess.Popen([*call, *more], cwd=ROOT)
        with self.quiet.open("wb") as said:
            polite = ["nice", "-n", str(BEHIND), *call]
            return subprocess.Popen(polite, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)

    def failed(self) -> list[str]:
        """Name what failed and has not passed since; nothing where pytest died before that."""
        file = self._cache / "v" / "cache" / "lastfailed"
        return list(json.loads(file.read_text())) if file.exists() else []

    @property
    def _cache(self) -> Path:
        return VAR / "test-cache" / self.name


def lanes() -> list[Lane]:
    """Every folder of tests/ is in one lane: what nobody named is in the second."""
    dialling = tuple(f"tests/{name}" for name in DIALLING if (ROOT / "tests" / name).is_dir())
    if not dialling:
        return [Lane("rest", ())]
    ignored = tuple(f"--ignore={folder}" for folder in dialling)
    return [Lane("dialling", dialling), Lane("rest", ignored, VAR / "test-rest.txt")]


def code_of(process: subprocess.Popen[bytes]) -> int:
    """Wait for the end; a death by a signal is told as a shell tells it."""
    code = process.wait()
    return code if code >= 0 else 128 - code


def say(*lines: str) -> None:
    """Tell people, beside what pytest writes."""
    print(*lines, sep="\n", file=sys.stderr, flush=True)


def once_more(lane: Lane, names: list[str]) -> int:
    """Run what failed in this lane alone; gives the code of this run."""
    code = code_of(lane.start("--last-failed", "--last-failed-no-failures", "none"))
    still = lane.failed()  # a test that was not there again did not pass
    return code or (FAILED if set(still) & set(names) else 0)


def second_try(failed: dict[Lane, list[str]]) -> int:
    """Give the few that failed their second try, and say so before and after."""
    names = [f"    {name}" for each in failed.values() for name in each]
    say("", f"Failed: {len(names)}. A second try, in a new installation:", *names)
    AGAIN.write_text("".join(f"{name.strip()}\n" for name in names))
    codes = [once_more(lane, each) for lane, each in failed.items() if each]
    say("", f"needed a second try ({AGAIN.relative_to(ROOT)}):", *names)
    if any(codes):
        say("and some of them failed again: the run has failed")
    return next((code for code in codes if code), 0)


def main() -> int:
    """Run both lanes, then what failed once more; gives the code of the whole."""
    signal.signal(signal.SIGINT, lambda *_: None)  # each pytest ends by itself and says so
    VAR.mkdir(exist_ok=True)
    shutil.rmtree(VAR / "test-cache", ignore_errors=True)
    AGAIN.unlink(missing_ok=True)
    running = [(lane, lane.start()) for lane in lanes()]
    codes = [code_of(process) for _, process in running]
    for lane, _ in running:
        if lane.quiet is not None:
            print("", lane.quiet.read_text(errors="replace"), sep="\n", flush=True)
    if worst := next((code for code in codes if code not in (0, FAILED)), 0):
        return worst
    failed = {lane: lane.failed() for lane, _ in running}
    told = all(failed[lane] for (lane, _), code in zip(running, codes, strict=True) if code)
    if not any(codes) or not told or sum(map(len, failed.values())) > MOST:
        return max(codes)
    return second_try(failed)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
