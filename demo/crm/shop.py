"""The sample shop behind the CRM: items, orders and requests to return them, all invented.

`GET /orders/NUMBER`, `POST /orders`, `GET /items/NUMBER?count=N`, `POST /returns`: what the demo's
flows ask. Dates are reckoned from today, so that the demo never grows old.
"""

from collections import deque
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from aiohttp import web

MOST_COUNT = 99
KEPT = 200


@dataclass(frozen=True, slots=True)
class Item:
    """Something that the shop sells; the price is in yuan."""

    number: str
    name: str
    price: int
    stock: int


@dataclass(frozen=True, slots=True)
class Order:
    """An order: paid, shipped, delivered or cancelled; days count from today."""

    number: str
    status: str
    amount: str
    placed: int
    arrives: int = 0

    def as_answer(self, today: date) -> dict[str, Any]:
        """Give what the shop answers about it."""
        day = today + timedelta(days=self.arrives)
        shipped, delivered = self.status == "shipped", self.status == "delivered"
        order = {
            "number": self.number,
            "status": self.status,
            "amount": self.amount,
            "placed": str(today + timedelta(days=self.placed)),
            "arrives": str(day) if shipped else "",
            "delivered": str(day) if delivered else "",
            "days": -self.arrives if delivered else "",
        }
        return {"order": order}


ITEMS = {
    item.number: item
    for item in (
        Item("1001", "云杉实木餐桌", 3680, 12),
        Item("1002", "云杉餐椅", 459, 80),
        Item("1003", "松竹台灯", 239, 0),
    )
}
ORDERS = {
    order.number: order
    for order in (
        Order("20261001", "paid", "918", -1),
        Order("20261002", "shipped", "3680", -4, 2),
        Order("20261003", "delivered", "239.5", -9, -3),
        Order("20261004", "delivered", "12880", -40, -30),
        Order("20261005", "cancelled", "459", -6),
    )
}
"""The orders that are there from the start; 20261009 is answered with an error."""
BROKEN = "20261009"

_PLACED: web.AppKey[dict[str, Order]] = web.AppKey("placed")
_RETURNS: web.AppKey[deque[dict[str, str]]] = web.AppKey("returns")
_NUMBERS: web.AppKey[Any] = web.AppKey("numbers")


def add_shop(app: web.Application) -> None:
    """Hang the shop under the site."""
    app[_PLACED] = {}
    app[_RETURNS] = deque(maxlen=KEPT)
    app[_NUMBERS] = count(1)
    app.router.add_get("/orders/{number}", _order)
    app.router.add_post("/orders", _place)
    app.router.add_get("/items/{number}", _item)
    app.router.add_post("/returns", _return)


async def _order(request: web.Request) -> web.Response:
    number = request.match_info["number"]
    if number == BROKEN:
        raise web.HTTPInternalServerError(text="{}", content_type="application/json")
    order = ORDERS.get(number) or request.app[_PLACED].get(number)
    if order is None:
        raise _nothing()
    return web.json_response(order.as_answer(date.today()))  # noqa: DTZ011 - the shop's own day


async def _item(request: web.Request) -> web.Response:
    item = ITEMS.get(request.match_info["number"])
    wanted = _count(request.query.get("count", "1"))
    if item is None or not wanted:
        raise _nothing()
    total = item.price * wanted
    answer = {"name": item.name, "price": item.price, "total": total, "stock": item.stock}
    return web.json_response({"item": answer | {"number": item.number}})


async def _place(request: web.Request) -> web.Response:
    asked = await _body(request)
    item, wanted = ITEMS.get(asked.get("item", "")), _count(asked.get("count", ""))
    if item is None or not 0 < wanted <= item.stock:
        raise _nothing()
    placed = request.app[_PLACED]
    number = f"2026{next(request.app[_NUMBERS]) % 10_000 + 2000:04}"
    while len(placed) >= KEPT:
        placed.pop(next(iter(placed)))
    placed[number] = Order(number, "paid", str(item.price * wanted), 0)
    return web.json_response({"order": number}, status=201)


async def _return(request: web.Request) -> web.Response:
    asked = await _body(request)
    order = asked.get("order", "")
    if order not in ORDERS and order not in request.app[_PLACED]:
        raise _nothing()
    number = f"7{next(request.app[_NUMBERS]) % 100_000:05}"
    request.app[_RETURNS].append({"number": number, **asked})
    return web.json_response({"request": number}, status=201)


async def _body(request: web.Request) -> dict[str, str]:
    try:
        asked = await request.json()
    except ValueError:
        raise web.HTTPBadRequest(text="{}", content_type="application/json") from None
    if not isinstance(asked, dict):
        return {}
    return {str(key): str(value) for key, value in asked.items()}


def _count(text: str) -> int:
    fits = text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_COUNT))
    return int(text) if fits else 0


def _nothing() -> web.HTTPNotFound:
    return web.HTTPNotFound(text="{}", content_type="application/json")
