"""Where in an answer a value stands: `$.order.lines[0].name`. Pure.

The part of RFC 9535 that names one place: names, `["names"]` and numbers in brackets.
"""

import re
from typing import Any

LONGEST = 200
"""Signs of a value that a flow keeps."""

_STEP = r"\.(?:[^\W\d][\w-]*)|\[[0-9]{1,4}\]|\[\"[^\"\]]*\"\]"
PATTERN = rf"^\$(?:{_STEP})*$"
_STEPS = re.compile(_STEP)


def find(data: Any, path: str) -> str | None:
    """Give the value at a path as text, cut at 200 signs; None where there is no plain value.

    >>> find({"order": {"lines": [{"n": 2}]}}, "$.order.lines[0].n")
    '2'
    >>> find({"a": None}, "$.a") is find({}, "$.a") is find({"a": {}}, "$.a") is None
    True
    """
    for step in _STEPS.findall(path):
        data = _inside(data, step)
    if data is None or isinstance(data, dict | list):
        return None
    return (str(data).lower() if isinstance(data, bool) else str(data))[:LONGEST]


def _inside(data: Any, step: str) -> Any:
    name = step.strip('.[]"')
    if isinstance(data, dict):
        return data.get(name)
    if isinstance(data, list) and step[0] == "[" and name.isdecimal() and int(name) < len(data):
        return data[int(name)]
    return None
