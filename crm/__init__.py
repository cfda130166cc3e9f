"""Who calls, as the firm's CRM knows them, and what its systems are told of calls.

`look_up` asks within a budget and never raises; `payload_of` makes the webhooks' bodies.
"""

from crm.lookup import (
    Breaker as Breaker,
    HttpLookup as HttpLookup,
    Looked as Looked,
    look_up as look_up,
)
from crm.pop import event_of as event_of, payload_of as payload_of, times_of as times_of
from crm.project import CustomerProjection as CustomerProjection
