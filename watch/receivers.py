"""One message to one receiver, by its kind: mail, webhook, group robot, SMS. Raises YingdaError.

Secrets are looked up for each message and never stand in an error.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.clock import Clock
from domain.errors import Unavailable, YingdaError
from domain.settings import Mail
from office.alarms import Receiver
from office.secrets import given_secret, resolve
from outside import Answer, GuardedHttp, sign
from outside.mail import send_mail
from outside.robots import DingTalkKeys, Post, complaint, dingtalk, wecom
from outside.sms import Template, filled
from watch.alarm_text import merged

JSON = {"Content-Type": "application/json; charset=utf-8"}
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways out of this house, and where its secrets are kept."""

    http: GuardedHttp
    mail: Mail
    secrets: Path
    environment: Mapping[str, str]
    clock: Clock


async def tell(ways: Ways, receiver: Receiver, bodies: Sequence[Body], message: str) -> None:
    """Send these as one message; YingdaError says why it was not taken."""
    hidden: list[str] = []
    try:
        await _BY_KIND[receiver.kind](ways, receiver, bodies, message, hidden)
    except (YingdaError, ValueError) as error:
        raise Unavailable(_without(str(error) or type(error).__name__, hidden)) from None


def _without(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "***") if secret else text
    return text


def _given(ways: Ways, reference: str, hidden: list[str]) -> str:
    secret = given_secret(reference, ways.secrets, ways.environment)
    hidden.append(secret)
    return secret


async def _mail(
    ways: Ways, receiver: Receiver, bodies: Sequence[Body], _: str, hidden: list[str]
) -> None:
    subject, text = merged(bodies, receiver.language)
    hidden.append(ways.mail.secret)
    await send_mail(ways.mail, receiver.to, subject, text + "\n")


async def _webhook(
    ways: Ways, receiver: Receiver, bodies: Sequence[Body], message: str, hidden: list[str]
) -> None:
    secret = resolve(receiver.secret_ref, ways.secrets, ways.environment)
    hidden.append(secret)
    for body in bodies:
        now = ways.clock.utc_ms()
        at = datetime.fromtimestamp(now / 1000, UTC).isoformat(timespec="milliseconds")
        told = {"type": body["type"], "timestamp": at, "data": body}
        raw = json.dumps(told, ensure_ascii=False).encode()
        signed = sign(secret, message, now // 1000, raw)
        _taken(await ways.http.post(receiver.url, JSON | signed, raw))


async def _wecom(
    ways: Ways, receiver: Receiver, bodies: Sequence[Body], _: str, hidden: list[str]
) -> None:
    key = _given(ways, receiver.secret_ref, hidden)
    post = wecom(_text(bodies, receiver), key, receiver.to, receiver.url)
    await _robot(ways, post)


async def _dingtalk(
    ways: Ways, receiver: Receiver, bodies: Sequence[Body], _: str, hidden: list[str]
) -> None:
    keys = DingTalkKeys(
        _given(ways, receiver.secret_ref, hidden), _given(ways, receiver.sign_ref, hidden)
    )
    text, now = _text(bodies, receiver), ways.clock.utc_ms()
    await _robot(ways, dingtalk(text, keys, now, receiver.to, receiver.url))


async def _robot(ways: Ways, post: Post) -> None:
    answer = await ways.http.post(post.url, JSON, post.body)
    _taken(answer)
    if wrong := complaint(answer.body):
        raise Unavailable(wrong)


async def _sms(
    ways: Ways, receiver: Receiver, bodies: Sequence[Body], _: str, hidden: list[str]
) -> None:
    secret = _given(ways, receiver.secret_ref, hidden)
    template = Template(receiver.url, receiver.headers, receiver.body, secret)
    for number in receiver.to:
        asked = filled(template, number, _short(bodies, receiver.language))
        method = "GET" if asked.body is None else "POST"
        answer = await ways.http.request(method, asked.url, asked.headers, asked.body)
        _taken(answer)
        if receiver.expect.encode() not in answer.body:
            raise Unavailable(f"the gateway's answer does not hold {receiver.expect!r}")


def _text(bodies: Sequence[Body], receiver: Receiver) -> str:
    return "\n".join(merged(bodies, receiver.language))


def _short(bodies: Sequence[Body], language: str) -> str:
    """Say it in a line: who reads an SMS has no room."""
    words = bodies[0][language]
    first = str(words["text"]).partition("\n")[0]
    more = f" (+{len(bodies) - 1})" if len(bodies) > 1 else ""
    return f"{words['subject']} {first}{more}"


def _taken(answer: Answer) -> None:
    if not 200 <= answer.status < 300:
        raise Unavailable(f"HTTP {answer.status}")


Tell = Callable[[Ways, Receiver, Sequence[Body], str, list[str]], Awaitable[None]]
_BY_KIND: dict[str, Tell] = {
    "mail": _mail,
    "webhook": _webhook,
    "wecom": _wecom,
    "dingtalk": _dingtalk,
    "sms": _sms,
}
