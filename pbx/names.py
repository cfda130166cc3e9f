"""Names that callers must not guess: the system name by which an event proves where it is from."""

import re
import secrets

LONGEST = 32
"""Signs of a system name that fit into every unique id."""
_RUN = re.compile(r"[A-Za-z0-9]{16,}")


def is_guessable(name: str) -> bool:
    """Tell whether a name lacks 16 random letters and digits in a row.

    >>> [is_guessable(name) for name in ("pbx1", "company-headquarters1", "a-9f04c27ab1d3e865")]
    [True, True, False]
    """
    return not any(_is_random(run) for run in _RUN.findall(name))


def _is_random(run: str) -> bool:
    digits = sum(sign.isdigit() for sign in run)
    return len(set(run)) >= 8 and digits >= 3 and len(run) - digits >= 3


def suggested(name: str) -> str:
    """Give a name of the same beginning that nobody guesses."""
    start = re.sub(r"[^A-Za-z0-9-]", "", name)[:8] or "pbx"
    while is_guessable(made := f"{start}-{secrets.token_hex(10)}"):
        pass
    return made
