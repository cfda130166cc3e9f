"""How many files we may open: asked for, and judged before calls suffer."""

import resource
import subprocess
import sys

from watch.limits import MOST, judged


def test_few_files_are_named_with_the_mend() -> None:
    assert [judged(limit).level for limit in (256, 1024, MOST)] == ["fail", "warn", "ok"]
    assert "LimitNOFILE" in judged(256).mend
    assert judged(resource.RLIM_INFINITY).level == "ok"


def test_a_process_takes_all_that_it_is_allowed() -> None:
    code = "from watch.limits import raise_files; print(raise_files())"
    command = ["prlimit", "--nofile=64:900", sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, text=True).stdout == "900\n"
