"""One thread that does one thing after the other, for less than a pool of threads takes for each.

A pool makes a future, a lock and a condition for every piece of work; the journal gives some
hundred pieces a second and hears of their end by itself.
"""

import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

from domain.errors import Unavailable

T = TypeVar("T")
Work = Callable[[], None]


class Hand(Executor):
    """Ends with `shutdown`, or when nobody holds it any more."""

    def __init__(self, name: str) -> None:
        self._work: SimpleQueue[Work | None] = SimpleQueue()
        self._thread = threading.Thread(target=_do_all, args=(self._work,), name=name, daemon=True)
        self._closed = False
        weakref.finalize(self, self._work.put, None)

    def give(self, work: Work) -> None:
        """Have something done that never raises; Unavailable after `shutdown`."""
        if self._closed:
            raise Unavailable(f"the thread {self._thread.name} has ended")
        if not self._thread.ident:
            self._thread.start()
        self._work.put(work)

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Have something done whose end somebody waits for."""
        done: Future[T] = Future()
        self.give(partial(_answer, done, partial(fn, *args, **kwargs)))
        return done

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take nothing more; with `wait`, return when all is done."""
        self._closed = True
        if self._thread.ident:
            self._work.put(None)
            if wait:
                self._thread.join()


def _answer(done: Future[T], act: Callable[[], T]) -> None:
    if not done.set_running_or_notify_cancel():
        return
    try:
        done.set_result(act())
    except BaseException as error:
        done.set_exception(error)


def _do_all(work: SimpleQueue[Work | None]) -> None:
    while (each := work.get()) is not None:
        with suppress(Exception):  # told by whoever gave it; the next one has its turn
            each()
        del each  # it may hold what would otherwise end
