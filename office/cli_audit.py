"""`yingda audit verify`: is the audit trail as it was written."""

from argparse import Namespace

from domain.errors import Conflict, Fault, Refused
from office import audit
from office.cli_world import OfficeWorld, Outcome
from office.texts import both


async def verify(args: Namespace, world: OfficeWorld) -> Outcome:
    """Walk the whole chain; a changed, added or lost row fails.

    Rows cut off at the end leave no gap: note the head that this prints somewhere else, and give
    it back later with `--head`.
    """
    db = world.people.db
    if broken := await audit.broken_at(db):
        text = both(f"第 {broken} 条被改动或丢失", f"entry {broken} was changed or is lost")
        raise Conflict(text)
    if args.head and not await audit.holds(db, *_head(args.head)):
        text = both("找不到记下的末条，其后的记录被删除过", "the noted head is not there any more")
        raise Conflict(text)
    newest = await audit.trail(db, limit=1)
    seq, mark = (newest[0].seq, newest[0].hash) if newest else (0, audit.START)
    line = both(f"{seq} 条，全部吻合", f"{seq} entries, all whole")
    told = f"{line}\n{both('末条', 'head')}: {seq}:{mark}"
    return Outcome({"entries": seq, "head": f"{seq}:{mark}"}, (told,))


def _head(text: str) -> tuple[int, str]:
    seq, _, mark = text.partition(":")
    if not seq.isdigit() or not mark:
        raise Refused(Fault("", 0, "--head", both("格式为 序号:散列", "must be NUMBER:HASH")))
    return int(seq), mark
