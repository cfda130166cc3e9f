"""What a firm demands of its flows (`flows:` in firm.yaml); `ivr/care.py` looks."""

from pydantic import Field

from office.part import Part


class FlowRules(Part):
    """From every node a person within `keys` and `seconds`; `zero`: 0 must work at every menu.

    The rest is advice only: keys and seconds of one menu, menus below each other (`depth`),
    seconds before the first choice. 0 = no limit.
    """

    keys: int = Field(default=2, ge=0, le=9)
    seconds: int = Field(default=30, ge=0, le=600)
    zero: bool = False
    menu_keys: int = Field(default=6, ge=0, le=12)
    menu_s: int = Field(default=15, ge=0, le=120)
    depth: int = Field(default=3, ge=0, le=20)
    choice_s: int = Field(default=20, ge=0, le=300)
