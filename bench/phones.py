"""Registers many SIP accounts at one address, for a SIPp that then answers for all of them."""

import hashlib
import re
import socket
from collections.abc import Mapping

Place = tuple[str, int]
ANSWER_S = 5.0
EXPIRES_S = 3600
_CHALLENGE = re.compile(r'(realm|nonce|opaque|qop)="?([^",\r\n]+)"?')


class NotRegistered(Exception):
    """The registrar refused an account; the text is its first line."""


def register(accounts: Mapping[str, str], far: Place, local: Place) -> None:
    """Register user → password from `local`, one after the other (RFC 3261 §10, RFC 2617)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind(local)
        wire.connect(far)
        wire.settimeout(ANSWER_S)
        for user, password in accounts.items():
            challenge = _ask(wire, _request(user, far, local, 1))
            answer = _ask(
                wire, _request(user, far, local, 2, _proof(challenge, user, password, far))
            )
            if not answer.startswith("SIP/2.0 200"):
                raise NotRegistered(f"{user}: {answer.partition(chr(13))[0]}")


def _ask(wire: socket.socket, request: str) -> str:
    wire.send(request.encode())
    while True:
        answer = wire.recv(65535).decode("utf-8", "replace")
        if answer.startswith("SIP/2.0") and not answer.startswith("SIP/2.0 1"):
            return answer
        # anything else is none of ours: a request to a phone that is not there yet


def _request(user: str, far: Place, local: Place, number: int, proof: str = "") -> str:
    here, there = f"{local[0]}:{local[1]}", f"{far[0]}:{far[1]}"
    lines = (
        f"REGISTER sip:{there} SIP/2.0",
        f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{user}{number};rport",
        f"From: <sip:{user}@{there}>;tag={user}",
        f"To: <sip:{user}@{there}>",
        f"Call-ID: {user}@{here}",
        f"CSeq: {number} REGISTER",
        f"Contact: <sip:{user}@{here}>;expires={EXPIRES_S}",
        "Max-Forwards: 70",
        *((proof,) if proof else ()),
        "Content-Length: 0",
    )
    return "\r\n".join(lines) + "\r\n\r\n"


def _proof(challenge: str, user: str, password: str, far: Place) -> str:
    asked = dict(_CHALLENGE.findall(challenge))
    uri = f"sip:{far[0]}:{far[1]}"
    whose = _md5(f"{user}:{asked.get('realm', '')}:{password}")
    what, once, count = _md5(f"REGISTER:{uri}"), "00000001", "00000001"
    nonce = asked.get("nonce", "")
    response = _md5(f"{whose}:{nonce}:{count}:{once}:auth:{what}")
    return (
        f'Authorization: Digest username="{user}",realm="{asked.get("realm", "")}",nonce="{nonce}",'
        f'uri="{uri}",response="{response}",algorithm=MD5,qop=auth,nc={count},cnonce="{once}"'
        + (f',opaque="{asked["opaque"]}"' if "opaque" in asked else "")
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
