"""The do-not-call list (免打扰名单): one number more or less, each a published version."""

from datetime import datetime
from zoneinfo import ZoneInfo

from domain.errors import Conflict
from domain.numbers import parse
from office.edit import drop_do_not_call, put_do_not_call
from office.model import Config
from office.publisher import Published, Publisher
from office.versions import Request

_TRIES = 3


async def bar(publisher: Publisher, number: str, why: str, request: Request) -> Published:
    """Never call this number again; who asks twice is heard once. Refused when it is no number."""

    def change(config: Config) -> Config:
        if is_barred(config, number):
            return config
        zone = ZoneInfo(config.firm.calls_out.timezone)
        since = datetime.fromtimestamp(request.at / 1000, zone).date().isoformat()
        return put_do_not_call(config, {"number": number, "since": since, "why": why})

    for _ in range(_TRIES - 1):
        try:
            return await publisher.edit(change, request)
        except Conflict:
            continue  # somebody published meanwhile; theirs stays, ours is added to it
    return await publisher.edit(change, request)


async def unbar(publisher: Publisher, number: str, request: Request) -> Published:
    """Let a number be called again; NotFound when it was not barred."""
    return await publisher.edit(lambda config: drop_do_not_call(config, number), request)


def is_barred(config: Config, number: str) -> bool:
    """Tell whether a number, in whatever form, is on the list."""
    key = parse(number)
    return any(entry.number == key for entry in config.do_not_call)
