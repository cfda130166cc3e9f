"""The safety net's members: who is signed in stands in Asterisk's own queue, in case we are gone.

Pure: a record → AMI actions. A member is paused unless the agent says ready; ringinuse=no keeps
busy phones out. Nobody is ever put into this queue while the engine works.
"""

from domain import events as ev
from pbx.hands import Action

QUEUE = "fb-any"


def member_actions(event: ev.Event, endpoints: dict[str, str]) -> list[Action]:
    """Mirror one change of presence; `endpoints` remembers each signed-in agent's phone."""
    match event:
        case ev.AgentSignedIn(agent, _, endpoint):
            old = endpoints.get(agent)
            endpoints[agent] = endpoint
            leave = [_remove(old)] if old and old != endpoint else []
            return [*leave, _add(endpoint)]
        case ev.AgentSignedOut(agent):
            gone = endpoints.pop(agent, "")
            return [_remove(gone)] if gone else []
        case ev.AgentReadied(agent):
            return _pause(endpoints.get(agent, ""), "false")
        case ev.AgentPaused(agent) | ev.AgentAutoPaused(agent):
            return _pause(endpoints.get(agent, ""), "true")
        case _:
            return []


def _add(endpoint: str) -> Action:
    return ("QueueAdd", {"Queue": QUEUE, "Interface": f"PJSIP/{endpoint}", "Paused": "true"})


def _remove(endpoint: str) -> Action:
    return ("QueueRemove", {"Queue": QUEUE, "Interface": f"PJSIP/{endpoint}"})


def _pause(endpoint: str, paused: str) -> list[Action]:
    fields = {"Queue": QUEUE, "Interface": f"PJSIP/{endpoint}", "Paused": paused}
    return [("QueuePause", fields)] if endpoint else []
