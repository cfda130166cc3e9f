"""Puts a caller through to a number outside: may it be dialled now, and over which trunks.

The AGI route `through` of the dialplan's context of that name. It sets dial strings and lets go;
the caller's own leg dials. A number that may not be dialled now is as one that nobody answers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from acd import Floor
from domain import events as ev
from domain.ids import CallId
from domain.ports import Caller, Tell
from lines import Allowed, Refused
from pbx.agi import AgiSession
from pbx.caller import AgiCaller
from pbx.hands import ways


@dataclass(slots=True)
class Through:
    """Answers the dialplan; `permit` decides about a number and the hotline it is dialled for."""

    floor: Floor
    tell: Tell
    permit: Callable[[str, str], Allowed | Refused]
    spool: Callable[[str], str]
    caller_of: Callable[[Any], Caller] = AgiCaller

    async def route(self, session: AgiSession) -> None:
        """Route `through`: give the ways to the number, or send the caller on."""
        caller = self.caller_of(session)
        seen = await caller.variables("CC_CALL", "CC_NODE")
        call = self.floor.calls.get(CallId(seen["CC_CALL"]))
        back = "again" if seen["CC_NODE"] else "hold"
        if call is None or call.more.exit[0] != "number":
            await caller.verdict(back)
            return
        number = call.more.exit[1]
        answer = self.permit(number, call.hotline)
        if isinstance(answer, Refused):
            self.tell(ev.OutsideEnded(call.id, answer.why))
            await caller.verdict(back)
            return
        record = call.id if self.floor.rules(call).records(call.hotline) else ""
        self.tell(ev.OutsideDialled(call.id, answer.key, answer.caller_id, answer.routes, record))
        for name, value in ways("CC_OUT", "CC_CLI", answer.routes, answer.shown).items():
            await caller.set(name, value)
        if record:
            await caller.set("CC_RECORD", self.spool(record))
        await caller.set("CC_THROUGH_S", str(round(call.more.outside_s)))
        await caller.verdict("out")
