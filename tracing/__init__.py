"""SIP as it was on the wire: a ring buffer of messages, the ladder of one call, faults by name."""

from tracing.buffer import Buffer as Buffer, Captured as Captured
from tracing.faults import FAULTS as FAULTS, Sentences as Sentences, said as said
from tracing.judge import Finding as Finding, Line as Line, judge as judge
from tracing.ladder import LegOf as LegOf, Measured as Measured, Rung as Rung, ladder as ladder
from tracing.redact import mask_numbers as mask_numbers
