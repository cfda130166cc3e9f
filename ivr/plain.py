"""Finds secrets that stand in a flow in plain text, for all who read flows. Pure.

A flow names a secret, it does not hold it: `file:crm-key` (or `env:NAME`) is looked up live.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ivr.model import Flow, Node
from ivr.text import Path, Reading

_WORDS = (
    r"authori[sz]ation|pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key"
    r"|private[_-]?key|app[_-]?key|signature|credential|cookie|密码|口令|密钥|令牌"
)
_SECRET = re.compile(rf"(?:^|[^a-z])(?:{_WORDS})(?:$|[^a-z])", re.IGNORECASE)
_KEY_ALONE = re.compile(r"(?:^|[-_.])key$", re.IGNORECASE)
_REFERENCE = re.compile(r"(?:(?:Bearer|Basic|Token)\s+)?(?:file|env):[\w./-]+", re.IGNORECASE)
_FILLED = re.compile(r"\{[^{}]*\}")


def names_secret(name: str) -> bool:
    """Tell whether a thing of this name is likely a secret.

    >>> [names_secret(name) for name in ("X-Api-Key", "access_token", "key", "keyword", "order")]
    [True, True, True, False, False]
    """
    return bool(_SECRET.search(name) or _KEY_ALONE.search(name))


def plain_secrets(flow: Flow, reading: Reading) -> None:
    """Note every secret of a flow that is written out."""
    found = [
        ("values", name)
        for name, value in flow.values.items()
        if names_secret(name) and _written(value)
    ]
    for place in (*found, *(path for name, node in flow.nodes.items() for path in _of(name, node))):
        reading.blame(place, "plain_secret", name=place[-1])


def _of(name: str, node: Node) -> Iterator[Path]:
    path = ("nodes", name)
    if node.kind == "set" and names_secret(getattr(node, "name", "")):
        if _written(getattr(node, "value", "")):
            yield (*path, "value")
        return
    yield from _in_url(path, str(getattr(node, "url", "")))
    for field in ("headers", "body"):
        yield from _in_tree((*path, field), getattr(node, field, None))


def _in_url(path: Path, url: str) -> Iterator[Path]:
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query)
    except ValueError:  # the node's own check says that it is no address
        return
    named = any(names_secret(key) and _written(value) for key, value in query)
    if "@" in parts.netloc or named:
        yield (*path, "url")


def _in_tree(path: Path, tree: Any) -> Iterator[Path]:
    if isinstance(tree, list | tuple):
        for place, item in enumerate(tree):
            yield from _in_tree((*path, str(place)), item)
    if not hasattr(tree, "items"):
        return
    for key, value in tree.items():
        if isinstance(value, str):
            if names_secret(str(key)) and _written(value):
                yield (*path, str(key))
        else:
            yield from _in_tree((*path, str(key)), value)


def _written(value: str) -> bool:
    """Tell whether a value is written out: no reference, and more than values of the flow."""
    left = _FILLED.sub("", value).strip()
    return bool(left) and not _REFERENCE.fullmatch(value.strip())
