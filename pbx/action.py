"""AMI actions from values to bytes. Pure; the only way in which we write to the AMI.

What does not fit into one header line is refused here with `BadAction`, because Asterisk would
either take it for another action or silently drop it.
"""

import re
from collections.abc import Mapping

from domain.errors import BadAction

Value = str | int | float
"""What a header may hold; a truth value becomes `true` or `false`."""

MAX_LINE = 1024
"""Bytes of a line with its end from which on Asterisk answers `line too long`."""
MAX_HEADERS = 120
"""Asterisk drops actions of more than about 126 headers without a word."""

_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
PLAIN = re.compile(r"[\w:&/.@+*#=-]*")
"""What several values of one `ARRAY(…)` may hold: nothing that it splits at or unwraps."""
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\([A-Za-z0-9_,. -]*\))?")
_FORBIDDEN = re.compile(r"[\r\n\0]")
# The `Variable` header is split at commas like an application's arguments.
_SPLITTING = re.compile(r'([\\,"()\[\]])')


def encode(
    name: str,
    action_id: str,
    fields: Mapping[str, Value],
    variables: Mapping[str, str] | None = None,
) -> bytes:
    """Write an action with its end; `BadAction` if any part could be read as something else."""
    lines = [_line("Action", name), _line("ActionID", action_id)]
    lines += [_line(key, _text(value)) for key, value in fields.items()]
    lines += [_variable(key, value) for key, value in (variables or {}).items()]
    if len(lines) > MAX_HEADERS:
        raise BadAction(f"{name}: {len(lines)} headers, at most {MAX_HEADERS} are safe")
    return b"".join(lines) + b"\r\n"


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _variable(name: str, value: str) -> bytes:
    if not VARIABLE.fullmatch(name):
        raise BadAction(f"{name!r} is not a variable's name")
    guarded = _SPLITTING.sub(r"\\\1", value)
    return _line("Variable", f"{name}={guarded}", name)


def _line(key: str, value: str, shown: str = "") -> bytes:
    """Write one header; errors name the key only, since values may be secret."""
    if not _HEADER.fullmatch(key):
        raise BadAction(f"{key!r} is not a header's name")
    if _FORBIDDEN.search(value):
        raise BadAction(f"{shown or key}: a value must not contain line ends or NUL")
    try:
        line = f"{key}: {value}\r\n".encode()
    except UnicodeEncodeError:
        raise BadAction(f"{shown or key}: not valid Unicode") from None
    if len(line) >= MAX_LINE:
        raise BadAction(f"{shown or key}: {len(line)} bytes, fewer than {MAX_LINE} are safe")
    return line
