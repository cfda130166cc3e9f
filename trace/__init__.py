"""SIP as it was on the wire: a ring buffer of messages, the ladder of one call, faults by name."""

from trace.buffer import Buffer as Buffer, Captured as Captured
from trace.faults import FAULTS as FAULTS, Sentences as Sentences, said as said
from trace.judge import Finding as Finding, Line as Line, judge as judge
from trace.ladder import LegOf as LegOf, Measured as Measured, Rung as Rung, ladder as ladder
from trace.redact import mask_numbers as mask_numbers
