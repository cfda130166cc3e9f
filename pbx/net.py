"""The safety net's members: who is signed in stands in Asterisk's own queue, in case we are gone.

Pure: a record → AMI actions. A member is paused unless the agent says ready; ringinuse=no keeps
busy phones out. Nobody is ever put into these queues while the engine works. A caller whose flow
chose a group waits in that group's queue, anybody else in the one for all.
"""

from collections.abc import Callable, Iterable

from domain import events as ev
from domain.ids import AgentId
from pbx.hands import Action

QUEUE = "fb-any"
Groups = Callable[[AgentId], Iterable[str]]
"""Tell the skill groups of an agent."""


def member_actions(event: ev.Event, endpoints: dict[str, str], groups: Groups) -> list[Action]:
    """Mirror one change of presence; `endpoints` remembers each signed-in agent's phone."""
    match event:
        case ev.AgentSignedIn(agent, _, endpoint):
            queues = _queues(groups(agent))
            old = endpoints.get(agent, "")
            endpoints[agent] = endpoint
            leave = [_remove(queue, old) for queue in queues if old and old != endpoint]
            return [*leave, *(_add(queue, endpoint) for queue in queues)]
        case ev.AgentSignedOut(agent):
            gone = endpoints.pop(agent, "")
            return [_remove(queue, gone) for queue in _queues(groups(agent)) if gone]
        case ev.AgentReadied(agent):
            return _pause(endpoints.get(agent, ""), "false")
        case ev.AgentPaused(agent) | ev.AgentAutoPaused(agent):
            return _pause(endpoints.get(agent, ""), "true")
        case _:
            return []


def interface(endpoint: str) -> str:
    """Name what is dialled for an endpoint: m8001 is an agent's mobile, over the routes."""
    return f"Local/{endpoint}@mobile/n" if endpoint.startswith("m") else f"PJSIP/{endpoint}"


def _queues(groups: Iterable[str]) -> list[str]:
    return [QUEUE, *(f"fb-{group}" for group in groups)]


def _add(queue: str, endpoint: str) -> Action:
    return ("QueueAdd", {"Queue": queue, "Interface": interface(endpoint), "Paused": "true"})


def _remove(queue: str, endpoint: str) -> Action:
    return ("QueueRemove", {"Queue": queue, "Interface": interface(endpoint)})


def _pause(endpoint: str, paused: str) -> list[Action]:
    # without a queue's name it is for every queue that this phone is a member of
    fields = {"Interface": interface(endpoint), "Paused": paused}
    return [("QueuePause", fields)] if endpoint else []
