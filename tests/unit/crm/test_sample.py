"""The sample CRM believes signed messages only, keeps each once, and shows them harmlessly."""

import json
import time

import aiohttp

from demo.crm import serve
from outside import sign

SECRET = "whsec_" + "QUJD" * 11


async def test_hooks_are_believed_when_signed_and_kept_once() -> None:
    runner = await serve(0, SECRET)
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    data = {"caller": "<script>", "agent": "8001"}
    body = json.dumps({"type": "call.offered", "timestamp": "now", "data": data}).encode()
    headers = sign(SECRET, "7-crm", int(time.time()), body)
    try:
        async with aiohttp.ClientSession(base) as session:
            for sent, status in ((body, 204), (body, 204), (body + b" ", 401)):
                async with session.post("/hooks", data=sent, headers=headers) as answer:
                    assert answer.status == status
            async with session.get("/received") as answer:
                received = await answer.json()
            async with session.get("/") as answer:
                page = await answer.text()
            async with session.get("/customers/C1001") as answer:
                customer = await answer.text()
    finally:
        await runner.cleanup()
    assert [each["id"] for each in received] == ["7-crm"]
    assert received[0]["data"] == data
    assert "&lt;script&gt;" in page and "<script>" not in page
    assert "林女士" in page and "林女士" in customer
