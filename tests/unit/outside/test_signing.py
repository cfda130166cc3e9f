"""Webhook signatures, checked by the reference library of Standard Webhooks as an oracle."""

import json
import time
from base64 import b64encode

import pytest
from hypothesis import given, strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from outside.signing import is_genuine, sign

SECRET = "whsec_" + b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + b64encode(bytes(range(1, 33))).decode()


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=30)), st.text("abc-01", min_size=1))
def test_the_reference_library_believes_what_we_sign(data: dict[str, str], message: str) -> None:
    body = json.dumps(data, ensure_ascii=False).encode()
    headers = sign(SECRET, message, int(time.time()), body)
    assert Webhook(SECRET).verify(body, headers) == data
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(body, headers)


def test_we_believe_what_is_genuine_and_nothing_else() -> None:
    headers = sign(SECRET, "7-crm", 1_000_000, b"{}")
    rotated = headers | {"webhook-signature": "v1,AAAA " + headers["webhook-signature"]}
    assert is_genuine(SECRET, headers, b"{}", 1_000_200)
    assert is_genuine(SECRET, rotated, b"{}", 1_000_000)
    for spoilt in (
        headers | {"webhook-id": "8-crm"},
        headers | {"webhook-timestamp": "1000001"},
        headers | {"webhook-timestamp": "nonsense"},
        headers | {"webhook-signature": ""},
        headers | {"webhook-signature": "v1,ÿ\ud800"},
        {},
    ):
        assert not is_genuine(SECRET, spoilt, b"{}", 1_000_000)
    assert not is_genuine(SECRET, headers, b"{ }", 1_000_000)
    assert not is_genuine(OTHER, headers, b"{}", 1_000_000)


@pytest.mark.parametrize("late_s", [-301, 301])
def test_an_old_message_is_not_believed_again(late_s: int) -> None:
    headers = sign(SECRET, "7-crm", 1_000_000, b"{}")
    assert not is_genuine(SECRET, headers, b"{}", 1_000_000 + late_s)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_AAAA", "whsec_!!", "secret"])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        sign(secret, "1", 1, b"")
