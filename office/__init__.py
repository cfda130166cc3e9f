"""The firm: its configuration (a folder of YAML, versions in SQL, a snapshot for the engine),
its people (users, sessions, roles), its secrets and the audit trail.

`Publisher` puts a configuration in force; `People` and `Sessions` know who may come in.
"""

from office.compile import FlowCheck as FlowCheck
from office.devices import Devices as Devices
from office.do_not_call import bar as bar
from office.entries import Names as Names
from office.first import first_run as first_run
from office.flow_rules import FlowRules as FlowRules
from office.keys import ApiKeys as ApiKeys
from office.model import Config as Config
from office.passwords import Passwords as Passwords
from office.people import People as People
from office.publisher import Publisher as Publisher
from office.remit import Remit as Remit
from office.roles import can as can
from office.secrets import secrets_for as secrets_for
from office.sessions import Sessions as Sessions
from office.versions import Request as Request
