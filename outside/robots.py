"""Group robots of 企业微信 and 钉钉: what their documented webhooks are sent, and what they answer.

Both take at most 20 messages a minute per robot and answer 200 with an `errcode`. Pure.
"""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"
DINGTALK = "https://oapi.dingtalk.com/robot/send"
WECOM_BYTES = 2048
"""企业微信 refuses a longer text."""
DINGTALK_BYTES = 16_000
MORE = "…"


@dataclass(frozen=True, slots=True)
class Post:
    """One request; the address holds the robot's key, so it is never shown or logged."""

    url: str
    body: bytes


def wecom(text: str, key: str, mobiles: Sequence[str] = (), url: str = "") -> Post:
    """Write a text for a 企业微信 group; people of these mobiles are mentioned."""
    told: dict[str, object] = {"content": cut(text, WECOM_BYTES)}
    if mobiles:
        told["mentioned_mobile_list"] = list(mobiles)
    return Post(f"{url or WECOM}?key={quote(key, safe='')}", _json("text", told))


@dataclass(frozen=True, slots=True)
class DingTalkKeys:
    """A 钉钉 robot's access token, and the secret it signs with ("" = it checks words instead)."""

    token: str
    sign: str = ""


def dingtalk(
    text: str, keys: DingTalkKeys, now_ms: int, mobiles: Sequence[str] = (), url: str = ""
) -> Post:
    """Write a text for a 钉钉 group, signed; a signature is good for an hour."""
    query = {"access_token": keys.token}
    if keys.sign:
        signed = hmac.digest(keys.sign.encode(), f"{now_ms}\n{keys.sign}".encode(), hashlib.sha256)
        query |= {"timestamp": str(now_ms), "sign": b64encode(signed).decode()}
    at = {"atMobiles": list(mobiles), "isAtAll": False}
    body = _json("text", {"content": cut(text, DINGTALK_BYTES)}, at=at)
    return Post(f"{url or DINGTALK}?{urlencode(query)}", body)


def complaint(body: bytes) -> str:
    """Tell what a robot did not like, "" when it took the message.

    >>> complaint(b'{"errcode":0,"errmsg":"ok"}'), complaint(b'{"errcode":310000,"errmsg":"sign"}')
    ('', 'errcode 310000: sign')
    """
    try:
        answer = json.loads(body)
        code = answer["errcode"]
    except (ValueError, KeyError, TypeError):
        return "the answer is not that of a group robot"
    return f"errcode {code}: {str(answer.get('errmsg', ''))[:100]}" if code else ""


def cut(text: str, most: int) -> str:
    """Cut a text to so many bytes of UTF-8, between two letters.

    >>> cut("等待过久", 9), cut("ok", 9)
    ('等待…', 'ok')
    """
    raw = text.encode()
    if len(raw) <= most:
        return text
    return raw[: most - len(MORE.encode())].decode(errors="ignore") + MORE


def _json(kind: str, told: object, **more: object) -> bytes:
    return json.dumps({"msgtype": kind, kind: told, **more}, ensure_ascii=False).encode()
