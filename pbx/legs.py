"""Which channel is whose: the only place where Asterisk's channel names meet our call ids.

Filled from every AMI event that carries CC_CALL and CC_LEG and from the conversation's start;
asked by `hands` when a command needs a channel.
"""

from collections.abc import Mapping

from pbx.message import Message

_GONE = "Hangup"


class Legs:
    """The caller's and the agent's channel of each live call.

    Several phones may ring for one call: the agent's leg is then the one that was picked up.
    """

    def __init__(self) -> None:
        self.caller: dict[str, str] = {}
        self.agent: dict[str, str] = {}
        self._agents: dict[str, list[str]] = {}
        self._up: set[str] = set()

    def note(self, message: Message) -> None:
        """Learn from one AMI event; Dial events name the agent's leg as destination."""
        self._learn(message.event, message.get("Channel"), message.variables)
        if message.dest_variables:
            dest = message.get("DestChannel")
            if message.event == "DialEnd" and message.get("DialStatus") == "ANSWER":
                self._up.add(dest)
            self._learn(message.event, dest, message.dest_variables)

    def at(self, call: str, endpoint: str) -> str:
        """Name the channel to one phone of a call, "" for none."""
        own = f"PJSIP/{endpoint}-"
        return next((leg for leg in self._agents.get(call, ()) if leg.startswith(own)), "")

    def _learn(self, event: str, channel: str, variables: Mapping[str, str]) -> None:
        call, leg = variables.get("CC_CALL", ""), variables.get("CC_LEG", "")
        if not call or not channel:
            return
        if leg == "agent":
            self._learn_agent(event, call, channel)
        elif leg == "caller":
            if event != _GONE:
                self.caller[call] = channel
            elif self.caller.get(call) == channel:
                del self.caller[call]

    def _learn_agent(self, event: str, call: str, channel: str) -> None:
        known = self._agents.setdefault(call, [])
        if event != _GONE:
            if channel not in known:
                known.append(channel)
            if channel in self._up or self.agent.get(call) not in self._up:
                self.agent[call] = channel
            return
        self._up.discard(channel)
        if channel in known:
            known.remove(channel)
        if not known:
            del self._agents[call]
            self.agent.pop(call, None)
        elif self.agent.get(call) == channel:
            self.agent[call] = next((leg for leg in known if leg in self._up), known[-1])

    def arrived(self, call: str, channel: str) -> None:
        """Note the caller's leg at the start of the conversation."""
        self.caller[call] = channel
