"""What became of each call and how each agent spent the day: folds of the journal, kept in SQL.

`fold` makes one call's record from its facts; the projections keep rows up to date; `rebuild`
makes them anew. Nothing here decides anything about a live call.
"""

from cdr.fold import fold as fold
from cdr.project import AgentProjection as AgentProjection, CallProjection as CallProjection
from cdr.record import CallRecord as CallRecord, Segment as Segment
