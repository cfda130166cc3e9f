"""The world beyond: guarded HTTP, webhooks and their outbox, certificates, relays for browsers.

Nothing leaves the house but through `GuardedHttp`; no call ever waits for what is here.
"""

from outside.addresses import AddressRefused as AddressRefused
from outside.deliveries import Deliveries as Deliveries, Delivery as Delivery
from outside.http import Answer as Answer, GuardedHttp as GuardedHttp
from outside.outbox import Endpoint as Endpoint, Outbox as Outbox, Sources as Sources
from outside.signing import is_genuine as is_genuine, sign as sign
