"""The sample CRM believes signed messages only, keeps each once, and shows them harmlessly."""

import json
import time
from datetime import date, datetime
from typing import Any

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


async def test_the_shop_answers_what_the_flows_ask() -> None:
    runner = await serve(0, SECRET)
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with aiohttp.ClientSession(base) as session:

            async def get(path: str) -> tuple[int, Any]:
                async with session.get(path) as answer:
                    return answer.status, await answer.json()

            async def post(path: str, body: object) -> tuple[int, Any]:
                async with session.post(path, json=body) as answer:
                    return answer.status, await answer.json()

            status, shipped = await get("/orders/20261002")
            assert (status, shipped["order"]["status"]) == (200, "shipped")
            assert (
                date.fromisoformat(shipped["order"]["arrives"]) > datetime.now().astimezone().date()
            )
            status, delivered = await get("/orders/20261003")
            assert (delivered["order"]["days"], delivered["order"]["arrives"]) == (3, "")
            assert (await get("/orders/1"))[0] == 404
            assert (await get("/orders/20261009"))[0] == 500
            assert (await get("/items/1002?count=2"))[1]["item"]["total"] == 918
            assert (await get("/items/1002?count=x"))[0] == 404
            status, placed = await post("/orders", {"item": "1002", "count": "2"})
            assert (status, (await get(f"/orders/{placed['order']}"))[0]) == (201, 200)
            assert (await post("/orders", {"item": "1003", "count": "1"}))[0] == 404
            assert (await post("/orders", ["x"]))[0] == 404
            status, request = await post("/returns", {"order": "20261003", "wish": "return"})
            assert (status, len(request["request"])) == (201, 6)
            assert (await post("/returns", {"order": "1"}))[0] == 404
            async with session.post("/returns", data=b"x") as answer:
                assert answer.status == 400
    finally:
        await runner.cleanup()
