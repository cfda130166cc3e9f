"""What a caller hears whom a rule of the group took off the hold music: small flows of our own.

They are walked like any hotline's flow. Where nothing fits, or nothing came of it, the caller goes
back to the hold music, where the place was kept.
"""

from collections.abc import Callable

from ivr.model import Flow
from ivr.nodes import HangUpNode, VoicemailNode

NAME = "overflow"
"""What these flows are called in the facts of their steps."""


def _flow(start: str, **nodes: HangUpNode | VoicemailNode) -> Flow:
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


FLOWS: dict[str, Callable[[str, str], Flow]] = {"voicemail": _voicemail, "message": _message}
"""The flow for each kind of place, made of the group and the name of the place."""


def flow_of(kind: str, group: str, to: str) -> Flow | None:
    """Give the flow that leads a caller away, None when there is none for this kind."""
    make = FLOWS.get(kind)
    return make(group, to) if make else None
