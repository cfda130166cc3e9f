"""Nothing secret stays in a captured message: digests, keys, dialled digits. Pure.

Of an authentication header only who, where and how are kept; of bodies only the description of
the audio (SDP), without its keys. Numbers stay; `mask_numbers` hides them.
"""

import re

from domain.numbers import mask

GONE = "***"
LINES_KEPT, BYTES_KEPT = 400, 16_384
_AUTH = re.compile(
    r"^(authorization|proxy-authorization|www-authenticate|proxy-authenticate|"
    r"authentication-info|proxy-authentication-info|identity|cookie|set-cookie)\s*:",
    re.I,
)
_KEPT = re.compile(
    r'(?<![\w-])(username|realm|algorithm|stale|qop)\s*=\s*("[^"\r\n]*"|[^\s,"]+)', re.I
)
_PASSWORD = re.compile(r"(sips?:[^@:;>\s]{1,128}):[^@\s>]{1,256}@", re.I)
_KEYS = re.compile(
    r"^(a=crypto:\d+ \S+|a=ice-pwd|a=ice-ufrag|a=key-mgmt|a=3ge2ae|k)([:= ]).*$", re.M | re.I
)
_TYPE = re.compile(r"^(?:content-type|c)\s*:\s*([^;\s]*)", re.I | re.M)
_NUMBER = re.compile(r"\+?\d(?:-?\d){6,}")
_DIGEST = re.compile(
    r"\b(response|c?nonce|nextnonce|rspauth|opaque)\s*=\s*(\"[^\"\n]*\"?|[^\s,]+)", re.I
)
"""Wherever it stands: a hostile message may hide an authentication header from the line's rule."""
_CODED = re.compile(r"%3([0-9])")


def redact(text: str) -> str:
    """Take out what must not be written down; line ends become plain."""
    plain = text[:BYTES_KEPT].replace("\r\n", "\n").replace("\r", "\n")
    head, blank, body = plain.partition("\n\n")
    safe = _PASSWORD.sub(rf"\1:{GONE}@", "\n".join(_head(head)))
    lines = _DIGEST.sub(rf"\1={GONE}", safe).split("\n")
    kept = _body("\n".join(lines), body) if blank else ""
    return "\n".join([*lines, "", *kept.split("\n")][:LINES_KEPT]) if kept else "\n".join(lines)


def _head(head: str) -> list[str]:
    """Join folded lines first: a secret may stand on the second one."""
    joined = re.sub(r"\n[ \t]+", " ", head).split("\n")
    return [_header(line) for line in joined]


def _header(line: str) -> str:
    found = _AUTH.match(line)
    if not found:
        return line
    name, _, value = line.partition(":")
    scheme = value.split()[0] if value.split() else ""
    known = scheme if scheme.lower() in ("digest", "basic", "bearer") else ""
    who = ", ".join(f"{each[1]}={each[2]}" for each in _KEPT.finditer(value))
    return f"{name}: {known} {who} {GONE}" if known == "Digest" else f"{name}: {known} {GONE}"


def _body(head: str, body: str) -> str:
    if not body.strip():
        return ""
    kind = _TYPE.search(head)
    name = kind[1].lower() if kind else "?"
    if name != "application/sdp":
        return f"({GONE} {name})"
    return _KEYS.sub(rf"\1\2{GONE}", body)


def mask_numbers(text: str) -> str:
    """Hide the middle of every telephone number in a message.

    >>> mask_numbers("From: <sip:+8613800138000@10.0.0.1:5060>")
    'From: <sip:138****8000@10.0.0.1:5060>'
    """
    return _NUMBER.sub(lambda found: _masked(found[0]), _CODED.sub(r"\1", text))


def _masked(number: str) -> str:
    digits = number.replace("-", "").removeprefix("+86").lstrip("+")
    return mask(digits)
