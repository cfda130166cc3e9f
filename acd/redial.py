"""Who gave up waiting and calls again soon gets the place back that was earned before.

So does who was cut in a talk by a fault of ours: that place lies before all who wait. Kept per
caller, hotline and group, for the group's `redial_s` from the moment the caller left. A caller
without a number, or who withheld it, is nobody we could know again.
"""

from acd.floor import Call, Stage
from acd.turn import Turn
from domain import events as ev
from domain.ids import GroupId

MOST = 5000
"""So many places are kept at most; the oldest is forgotten first."""
WAITED = (Stage.WAITING, Stage.OFFERED, Stage.FALLBACK)
CUT = (*WAITED, Stage.TALKING, Stage.HELD)

Key = tuple[str, str, GroupId]


def keep_place(turn: Turn, call: Call, *, lost: bool) -> None:
    """Remember the place of a caller who left while waiting, or was `lost` there or in a talk."""
    nobody = call.withheld or not call.caller or call.direction != "in"
    earned = call.stage in (CUT if lost else WAITED) and call.group
    if nobody or not earned or call.group.startswith("@"):
        return
    left = turn.floor.left
    left.pop(_key(call, call.group), None)
    while len(left) >= MOST:
        del left[next(iter(left))]
    left[_key(call, call.group)] = (call.entered - call.kept_s, turn.now)


def give_place(turn: Turn, call: Call) -> None:
    """Give a known caller whose flow chose a group the place from before, once, if it is kept."""
    found = turn.floor.left.pop(_key(call, call.group), None)
    if found is None or turn.now - found[1] > turn.floor.rules(call).redial_s:
        return
    call.kept_s = call.entered - found[0]
    turn.facts.append(ev.PlaceKept(call.id, call.group, round(call.kept_s, 1)))


def _key(call: Call, group: GroupId) -> Key:
    return (call.caller, call.hotline, group)
