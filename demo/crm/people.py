"""The sample CRM's customers, all invented; the numbers are of ranges kept for such use."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Person:
    """A customer of the demo firm."""

    id: str
    name: str
    phones: tuple[str, ...]
    level: str = ""
    tags: tuple[str, ...] = ()
    fields: dict[str, str | int] = field(default_factory=dict)

    def as_answer(self, page: str) -> dict[str, Any]:
        """Give what the CRM answers; `page` is the address of the customer's page."""
        known = asdict(self)
        del known["phones"]
        return known | {"url": page}


PEOPLE = (
    Person(
        "C1001",
        "林女士",
        ("13800138000",),
        "VIP",
        ("老客户", "成都"),
        {"订单": 2, "最近订单": "云杉实木餐桌(已发货)", "累计消费": "¥18,600"},
    ),
    Person(
        "C1002",
        "王先生",
        ("13900139000", "02861234567"),
        "金卡",
        ("待安装",),
        {"订单": 1, "最近订单": "松筑衣柜(待安装)"},
    ),
    Person(
        "C1003", "Ms. Rivera", ("+14155550100",), "", ("English",), {"订单": 1, "最近订单": "台灯"}
    ),
    Person("C1004", "赵女士", ("13700137000",), "", ("投诉跟进",), {"订单": 3, "工单": "T-2087"}),
    Person("P2001", "和木建材", ("02988886666",), "渠道", ("西安",), {"合作年限": 4}),
)
"""Every customer."""

BY_PHONE = {phone: person for person in PEOPLE for phone in person.phones}
BY_ID = {person.id: person for person in PEOPLE}
