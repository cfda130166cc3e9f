"""Who answers whom, pure: the floor (state), the rules (`decide`) and nothing that acts.

Front door: `Floor`, `GroupRules`, `Step`, `AgentCard`, `decide`, `wants`, `recall`.
"""

from acd.decide import decide as decide, recall as recall, wants as wants
from acd.floor import (
    AgentCard as AgentCard,
    Floor as Floor,
    GroupRules as GroupRules,
    Overflow as Overflow,
    Step as Step,
)
