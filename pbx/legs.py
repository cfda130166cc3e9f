"""Which channel is whose: the only place where Asterisk's channel names meet our call ids.

Filled from every AMI event that carries CC_CALL and CC_LEG and from the conversation's start;
asked by `hands` when a command needs a channel.
"""

from collections.abc import Mapping

from pbx.message import Message

_GONE = "Hangup"


class Legs:
    """The caller's and the agent's channel of each live call."""

    def __init__(self) -> None:
        self.caller: dict[str, str] = {}
        self.agent: dict[str, str] = {}

    def note(self, message: Message) -> None:
        """Learn from one AMI event; Dial events name the agent's leg as destination."""
        self._learn(message.event, message.get("Channel"), message.variables)
        if message.dest_variables:
            self._learn(message.event, message.get("DestChannel"), message.dest_variables)

    def _learn(self, event: str, channel: str, variables: Mapping[str, str]) -> None:
        call, leg = variables.get("CC_CALL", ""), variables.get("CC_LEG", "")
        side = {"caller": self.caller, "agent": self.agent}.get(leg)
        if not call or not channel or side is None:
            return
        if event != _GONE:
            side[call] = channel
        elif side.get(call) == channel:
            del side[call]

    def arrived(self, call: str, channel: str) -> None:
        """Note the caller's leg at the start of the conversation."""
        self.caller[call] = channel
