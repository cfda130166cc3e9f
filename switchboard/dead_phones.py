"""Does a desk phone that sends nothing in a talk still live? It is asked (SIP OPTIONS), at once.

Silence alone condemns nobody: a phone that leaves pauses out, or is muted, answers. One that does
not is told lost by Asterisk, and `switchboard/reloads.py` gives its caller music, then a place
before all others. Without `sip.phone_qualify_s` phones answer no OPTIONS: nobody is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from acd import Floor
from domain.ids import CallId

ASK_AGAIN_S = 10.0
"""How soon a phone that is still silent is asked again."""


@dataclass(slots=True)
class DeadPhones:
    """Asks the phones of silent agents; `ask` sends to one endpoint (AMI PJSIPQualify)."""

    floor: Floor
    ask: Callable[[str], None]
    mono: Callable[[], float]
    _asked: dict[str, float] = field(default_factory=dict)

    def is_silent(self, call: str) -> None:
        """Take in that nothing comes from the agent of this call."""
        known = self.floor.calls.get(CallId(call))
        agent = self.floor.agents.get(known.agent) if known and known.agent else None
        if agent is None or agent.phone != "phone":
            return
        now = self.mono()
        self._asked = {each: at for each, at in self._asked.items() if now - at < ASK_AGAIN_S}
        if agent.endpoint not in self._asked:
            self._asked[agent.endpoint] = now
            self.ask(agent.endpoint)
