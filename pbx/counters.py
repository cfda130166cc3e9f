"""What Asterisk is asked about its lines: packets of talking legs, registrations of every trunk.

A function of a channel is never read by a Status action: that locks the channel while PJSIP is
asked, and where PJSIP waits for the same channel at that moment (an INVITE that is being made)
both stand for ever, and everything behind them (22.10.1, seen at 20 calls/s). Getvar locks nothing.
"""

from collections.abc import Mapping, Set

from domain.errors import PbxRefused
from pbx.link import AmiLink

RECEIVED = "CHANNEL(rtcp,rxcount)"
"""RTP packets that came from the far end of a leg; empty where there is no RTP."""


class Counters:
    """Asks over the engine's AMI link; raises PbxUnavailable, PbxRefused."""

    def __init__(self, link: AmiLink) -> None:
        self._link = link

    async def packets(self, calls: Set[str]) -> dict[str, dict[str, int]]:
        """Give call → side → packets received, for every leg of these calls that has any."""
        reply = await self._link.action("CoreShowChannels", complete="CoreShowChannelsComplete")
        found: dict[str, dict[str, int]] = {}
        for message in reply.events:
            call, side = message.variables.get("CC_CALL", ""), message.variables.get("CC_LEG", "")
            channel = message.get("Channel")
            if call in calls and side and channel.startswith("PJSIP/"):
                count = await self._received(channel)
                if count is not None:
                    found.setdefault(call, {})[side] = count
        return found

    async def _received(self, channel: str) -> int | None:
        try:
            reply = await self._link.action("Getvar", Channel=channel, Variable=RECEIVED)
        except PbxRefused:
            return None  # it is gone meanwhile
        count = reply.message.get("Value")
        return int(count) if count.isascii() and count.isdigit() else None

    async def registrations(self) -> Mapping[str, str]:
        """Give trunk → Registered, Unregistered, Rejected or Stopped."""
        reply = await self._link.action(
            "PJSIPShowRegistrationsOutbound", complete="OutboundRegistrationDetailComplete"
        )
        return {
            message.get("ObjectName").removeprefix("trunk-"): message.get("Status")
            for message in reply.events
            if message.event == "OutboundRegistrationDetail"
        }
