"""What a firm demands of its flows (`flows:` in firm.yaml), and what the check knows beside names.

Pure; sizes are seconds of audio and numbers of keys. `0` for a limit lifts it.
"""

from collections.abc import Callable
from dataclasses import dataclass

Seconds = Callable[[str], float]
"""How long a prompt plays, by name, in the firm's language; 0 when nobody knows."""


def silent(name: str) -> float:
    """Take every prompt for so short that it never matters: where lengths are not known."""
    return 0.0


@dataclass(frozen=True, slots=True)
class House:
    """The limits of a firm: a person within `keys` and `seconds`, `zero` at every menu.

    The rest is advice: keys and seconds of one menu, menus one below another, seconds that a
    caller listens before the first choice.
    """

    keys: int = 2
    seconds: float = 30
    zero: bool = False
    menu_keys: int = 6
    menu_s: float = 15
    depth: int = 3
    choice_s: float = 20
