"""Every projection from the journal to rows, in the order in which they are fed."""

from cdr.project import AgentProjection, CallProjection, ReadCall
from crm import CustomerProjection
from recording import MessageProjection, RecordingProjection
from survey import SurveyProjection
from switchboard.projector import Projection


def projections(read_call: ReadCall) -> list[Projection]:
    """Give one of each; `read_call` gives all facts of a call."""
    return [
        CallProjection(read_call),
        CustomerProjection(read_call),
        AgentProjection(),
        RecordingProjection(),
        MessageProjection(read_call),
        SurveyProjection(),
    ]
