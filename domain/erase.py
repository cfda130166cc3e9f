"""A fact without the person in it: what is taken out of which event, so that every sum stays. Pure.

Times, places, agents, results and how many keys were pressed stay; who it was goes. A name that
stands for nobody takes the number's place, the same in all calls of one person.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from domain import events as ev
from domain.numbers import NOBODY

Change = Callable[[Any, str], Any]


def _name(value: str, name: str) -> str:
    return value if value.startswith(NOBODY) else name


def _nothing(value: str, name: str) -> str:
    return ""


def _stars(value: str, name: str) -> str:
    return "*" * len(value)


def _routes(value: tuple[str, ...], name: str) -> tuple[str, ...]:
    """A route is `trunk:number as dialled`."""
    return tuple(f"{route.partition(':')[0]}:{name}" for route in value)


PERSONAL: Mapping[type[Any], Mapping[str, Change]] = {
    ev.CallArrived: {
        "caller": _name,
        "caller_raw": _nothing,
        "caller_name": _nothing,
        "sip_id": _nothing,
    },
    ev.KeyPressed: {"digits": _stars},
    ev.CallbackAsked: {"number": _name},
    ev.CallbackQueued: {"number": _name},
    ev.DialAsked: {"to": _name, "routes": _routes, "consent": _nothing},
    ev.DialRefused: {"to": _name},
    ev.LegOpened: {"sip_id": _nothing},
    ev.SummarySaved: {"note": _nothing},
    ev.CustomerLookedUp: {"customer": _nothing},
}
"""Event → its personal fields, and what becomes of each."""


def without_person(record: ev.Record, name: str) -> ev.Record:
    """Give the record as it is kept from now on; the same one where nobody is in it."""
    changes = PERSONAL.get(type(record.event))
    if not changes:
        return record
    values = {field: to(getattr(record.event, field), name) for field, to in changes.items()}
    event: Any = replace(record.event, **values)
    return record if event == record.event else replace(record, event=event)
