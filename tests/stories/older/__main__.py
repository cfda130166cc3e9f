"""`python -m tests.stories.older COMMIT`: let a commit tell the day's first part.

Its own engine writes its own journal; each line of the file is a row, as `store.journal_record`.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.stories.older.day import BEFORE

HERE = Path(__file__).parent
CODE = """
import asyncio, json, sqlite3, sys
from contextlib import suppress
from pathlib import Path
from tests.stories.table import Story

class Over(Exception):
    pass

class Older(Story):
    async def _engine(self, what):
        await super()._engine(what)
        raise Over

room = Path(sys.argv[1])
with suppress(Over):
    asyncio.run(Older(room).tell(sys.stdin.read()))
asked = "SELECT seq, version, crc, mono, utc_ms, call, kind, data FROM journal ORDER BY seq"
for row in sqlite3.connect(room / "journal.db").execute(asked):
    print(json.dumps(row, ensure_ascii=False))
"""


def main() -> None:
    """Write the journal of the commit that is named."""
    commit = sys.argv[1]
    with tempfile.TemporaryDirectory() as room:
        tree = Path(room) / "tree"
        subprocess.run(["git", "worktree", "add", "--detach", tree, commit], check=True)
        try:
            said = subprocess.run(
                [sys.executable, "-c", CODE, room],
                cwd=tree,
                env=os.environ | {"PYTHONPATH": str(tree)},
                input=BEFORE,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", tree], check=True)
    (HERE / f"{commit}.jsonl").write_text(said.stdout, "utf-8")


if __name__ == "__main__":
    main()
