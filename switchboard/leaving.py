"""What a caller hears whom a rule of the group took off the hold music: small flows of our own.

They are walked like any hotline's flow. Where nothing fits, or nothing came of it, the caller goes
back to the hold music, where the place was kept.
"""

from collections.abc import Callable
from typing import Literal

from ivr.acts import Leave
from ivr.model import At, Edge, Flow, Name, Node, Turn
from ivr.nodes import HangUpNode, VoicemailNode
from ivr.nodes_input import CallbackNode

NAME = "overflow"
"""What these flows are called in the facts of their steps."""


class HoldNode(Node):
    """Go back to the hold music; the place was kept."""

    kind: Literal["hold"] = "hold"
    group: str

    def edges(self) -> tuple[Edge, ...]:
        """Leave."""
        return (Edge("hold"),)

    def names(self) -> tuple[Name, ...]:
        """Use none."""
        return ()

    def enter(self, at: At) -> Turn:
        """Let go."""
        return Turn((Leave("hold", "", self.group),), via="hold")


def _flow(start: str, **nodes: Node) -> Flow:
    return Flow(NAME, start, nodes, {})


def _voicemail(group: str, to: str) -> Flow:
    """Take a message for the group's box."""
    return _flow(
        "message",
        message=VoicemailNode(
            kind="voicemail",
            box=group,
            prompts=("leave_message",),
            saved=("message_saved",),
            empty=("message_empty",),
            next="bye",
        ),
        bye=HangUpNode(kind="hang_up", prompts=("goodbye",)),
    )


def _message(group: str, to: str) -> Flow:
    """Say why nobody can be reached, and hang up."""
    return _flow("sorry", sorry=HangUpNode(kind="hang_up", prompts=(to,), outcome="hang_up"))


def _callback(group: str, to: str) -> Flow:
    """Ask at which number to call back; who gives none waits on."""
    return _flow(
        "number",
        number=CallbackNode(kind="callback", group=group, next="bye", otherwise="wait"),
        bye=HangUpNode(kind="hang_up"),
        wait=HoldNode(group=group),
    )


FLOWS: dict[str, Callable[[str, str], Flow]] = {
    "voicemail": _voicemail,
    "message": _message,
    "callback": _callback,
}
"""The flow for each kind of place, made of the group and the name of the place."""


def flow_of(kind: str, group: str, to: str) -> Flow | None:
    """Give the flow that leads a caller away, None when there is none for this kind."""
    make = FLOWS.get(kind)
    return make(group, to) if make else None
