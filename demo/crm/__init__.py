"""A small sample CRM: answers who calls, and shows the webhooks it is told by."""

from demo.crm.cli import add_commands as add_commands
from demo.crm.site import serve as serve
