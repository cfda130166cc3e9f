"""Webhooks: follows the journal with a cursor of its own and delivers, without any call waiting.

At least once, each message under one id (`<seq>-<endpoint>`), in order per call and endpoint,
signed, on the schedule of Standard Webhooks 1.0: 2xx is success, 410 closes the endpoint, 429 and
503 may say when to come again. An endpoint that fails five times in a row rests for 30 s.
"""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from domain.clock import Clock
from domain.errors import YingdaError
from domain.events import Record
from outside.deliveries import PENDING, TEST, Deliveries, Delivery
from outside.http import Answer
from outside.signing import sign

log = logging.getLogger("yingda.outbox")
T = TypeVar("T")

SCHEDULE_S = (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
"""Seconds before the first try and between a failed try and the next one."""
BATCH = 500
AT_ONCE = 4
"""Messages under way per endpoint."""
LOOK_S = 1.0
"""How soon a retry that is due, or what another process put into the file, is seen."""
TIDY_MS = 60_000
FAILURES, REST_MS = 5, 30_000
LONGEST_WAIT_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that hears of events; `masked` hides the middle of callers' numbers."""

    id: str
    url: str
    events: frozenset[str]
    secret: str = field(repr=False)
    masked: bool = False


class Records(Protocol):
    """The journal, as far as it is needed here; used from a thread."""

    last_seq: int

    def read(self, after_seq: int, limit: int = ...) -> list[Record]: ...


class Http(Protocol):
    """The guarded client."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Sources:
    """Where messages come from: the journal, who hears now, what a record says (from a thread)."""

    journal: Records
    endpoints: Callable[[], Sequence[Endpoint]]
    event: Callable[[Record], str]
    payload: Callable[[Record, Endpoint], Mapping[str, Any]]


class Outbox:
    """Delivers until `run` is cancelled. `jitter` gives 0..1 and spreads the tries."""

    def __init__(
        self, path: Path, sources: Sources, http: Http, clock: Clock, jitter: Callable[[], float]
    ) -> None:
        self._from = sources
        self._http = http
        self._clock = clock
        self._jitter = jitter
        self._path = path
        self._thread = ThreadPoolExecutor(1, "outbox")
        self._file: Deliveries | None = None
        self._woken = asyncio.Event()
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._busy: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._rests_until: dict[str, int] = {}
        self._tidied = 0
        self._seen = 0

    def wake(self) -> None:
        """There may be something new in the journal."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled; a fault of the file is logged and tried again."""
        try:
            while True:
                self._woken.clear()
                try:
                    await self._turn()
                except YingdaError as error:
                    log.error("webhooks wait: %s", error)
                await self._rest()
        finally:
            for task in self._sending.values():
                task.cancel()
            await asyncio.gather(*self._sending.values(), return_exceptions=True)
            self._thread.shutdown(wait=True)
            if self._file is not None:
                self._file.close()
                self._file = None

    async def _turn(self) -> None:
        """Take in what is new and start what is due."""
        heard = {each.id: each for each in self._from.endpoints()}
        now = self._clock.utc_ms()
        if (
            now < self._seen
        ):  # the clock was set back: what was to rest by the old one rests no more
            self._rests_until.clear()
        self._seen = now
        free = {
            name: AT_ONCE - self._busy[name]
            for name in heard
            if self._rests_until.get(name, 0) <= now
        }
        await self._in_file(partial(self._take_in, list(heard.values()), now))
        for each in await self._in_file(partial(_due, free, now)):
            if each.id not in self._sending and free[each.endpoint] > 0:
                free[each.endpoint] -= 1
                self._busy[each.endpoint] += 1
                task = asyncio.create_task(self._deliver(each, heard[each.endpoint]))
                self._sending[each.id] = task
                task.add_done_callback(partial(self._sent, each))

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(LOOK_S):
                await self._woken.wait()
        except TimeoutError:
            return

    def _sent(self, each: Delivery, task: asyncio.Task[None]) -> None:
        del self._sending[each.id]
        self._busy[each.endpoint] -= 1
        self._woken.set()
        if not task.cancelled() and task.exception() is not None:
            # what came of it could not be written down: do not send again at full speed
            self._rests_until[each.endpoint] = self._clock.utc_ms() + REST_MS
            log.error("message %s: %r", each.id, task.exception())

    def _take_in(self, heard: Sequence[Endpoint], now: int, file: Deliveries) -> None:
        """In the thread: journal → messages for the endpoints that still want some."""
        closed = file.closed()
        hears = [each for each in heard if (each.id, each.url) not in closed]
        seq = file.cursor()
        if seq is None:  # what happened before webhooks existed is nobody's news
            seq = self._from.journal.last_seq
            file.take((), seq)
        if not hears and self._from.journal.last_seq > seq:  # nobody's news: not even read
            seq = self._from.journal.last_seq
            file.take((), seq)
        while records := self._from.journal.read(seq, BATCH):
            made = [m for record in records for m in self._messages(record, hears, now)]
            seq = records[-1].seq
            file.take(made, seq)
        if now - self._tidied >= TIDY_MS:
            self._tidied = now
            file.forget(now, {each.id for each in hears})

    def _messages(self, record: Record, hears: Sequence[Endpoint], now: int) -> list[Delivery]:
        event = self._from.event(record)
        if not event:
            return []
        return [
            Delivery(
                f"{record.seq}-{endpoint.id}",
                record.seq,
                endpoint.id,
                record.call,
                event,
                self._body(event, record, endpoint),
                PENDING,
                0,
                now,
                now,
            )
            for endpoint in hears
            if event in endpoint.events
        ]

    def _body(self, event: str, record: Record, endpoint: Endpoint) -> str:
        at = datetime.fromtimestamp(record.utc_ms / 1000, UTC)
        message = {
            "type": event,
            "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "data": {"seq": record.seq, **self._from.payload(record, endpoint)},
        }
        return json.dumps(message, ensure_ascii=False, separators=(",", ":"))

    async def _deliver(self, each: Delivery, endpoint: Endpoint) -> None:
        try:
            answer = await self._post(each, endpoint)
        except (YingdaError, ValueError) as error:
            await self._note_failure(each, str(error) or type(error).__name__, 0)
            return
        now = self._clock.utc_ms()
        if 200 <= answer.status < 300:
            self._failures[endpoint.id] = 0
            await self._in_file(lambda file: file.delivered(each.id, now))
            if each.event == TEST:  # somebody asked for it: the endpoint may hear again
                await self._in_file(lambda file: file.reopen(endpoint.id))
        elif answer.status == 410:
            log.warning("webhook %s answered 410: closed until its address changes", endpoint.id)
            # closed first: whoever sees the message dead and asks for a test is heard
            await self._in_file(lambda file: file.close_endpoint(endpoint.id, endpoint.url, now))
            await self._in_file(lambda file: file.failed(each.id, now, "gone", None))
        else:
            wait_s = retry_after_s(answer, now)
            if wait_s:
                self._rests_until[endpoint.id] = now + wait_s * 1000
            await self._note_failure(each, f"HTTP {answer.status}", wait_s)

    async def _post(self, each: Delivery, endpoint: Endpoint) -> Answer:
        body = each.body.encode()
        signed = sign(endpoint.secret, each.id, self._clock.utc_ms() // 1000, body)
        headers = {"Content-Type": "application/json; charset=utf-8", **signed}
        return await self._http.post(endpoint.url, headers, body)

    async def _note_failure(self, each: Delivery, why: str, wait_s: int) -> None:
        now = self._clock.utc_ms()
        self._failures[each.endpoint] += 1
        if self._failures[each.endpoint] % FAILURES == 0:
            rests = self._rests_until.get(each.endpoint, 0)
            self._rests_until[each.endpoint] = max(rests, now + REST_MS)
        tries = each.attempts + 1
        due = None
        if tries < len(SCHEDULE_S):
            spread = SCHEDULE_S[tries] * (0.5 + self._jitter() / 2)
            due = now + round(max(spread, wait_s) * 1000)
        await self._in_file(lambda file: file.failed(each.id, now, why, due))

    async def _in_file(self, act: Callable[[Deliveries], T]) -> T:
        """Use the file in its thread; opened at first use."""

        def work() -> T:
            if self._file is None:
                self._file = Deliveries(self._path)
            return act(self._file)

        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _due(free: Mapping[str, int], now: int, file: Deliveries) -> list[Delivery]:
    """In the thread: what may be sent; twice the room, as what is under way is listed too."""
    return [
        each
        for endpoint, room in free.items()
        if room > 0
        for each in file.due(endpoint, now, 2 * AT_ONCE)
    ]


def retry_after_s(answer: Answer, now_ms: int) -> int:
    """Read how long 429 and 503 ask us to wait, in seconds, 0 when they do not say.

    >>> retry_after_s(Answer(429, b"", "7"), 0), retry_after_s(Answer(500, b"", "7"), 0)
    (7, 0)
    """
    if answer.status not in (429, 503) or not answer.retry_after:
        return 0
    if answer.retry_after.isascii() and answer.retry_after.isdigit():
        return min(int(answer.retry_after), LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(answer.retry_after).timestamp()
    except (TypeError, ValueError, OverflowError):
        return 0
    return min(max(0, round(until - now_ms / 1000)), LONGEST_WAIT_S)
