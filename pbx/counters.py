"""What Asterisk is asked about its lines: packets of every leg, registrations of every trunk."""

from collections.abc import Mapping

from pbx.link import AmiLink

RECEIVED = "CHANNEL(rtcp,rxcount)"
"""RTP packets that came from the far end of a leg; empty where there is no RTP."""


class Counters:
    """Asks over the engine's AMI link; raises PbxUnavailable, PbxRefused."""

    def __init__(self, link: AmiLink) -> None:
        self._link = link

    async def packets(self) -> dict[str, dict[str, int]]:
        """Give call → side → packets received, for every leg of ours, by one Status action."""
        reply = await self._link.action("Status", complete="StatusComplete", Variables=RECEIVED)
        found: dict[str, dict[str, int]] = {}
        for message in reply.events:
            call, side = message.variables.get("CC_CALL", ""), message.variables.get("CC_LEG", "")
            count = message.variables.get(RECEIVED, "")
            if call and side and count.isascii() and count.isdigit():
                found.setdefault(call, {})[side] = int(count)
        return found

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
