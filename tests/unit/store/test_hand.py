"""A thread of one's own: in order, every answer given, nothing after its end."""

import gc
import threading
from functools import partial

import pytest

from domain.errors import Unavailable
from store.hand import Hand


def fails() -> None:
    raise ZeroDivisionError


def test_everything_is_done_in_order_before_it_ends() -> None:
    hand, done = Hand("one"), list[int]()
    for n in range(100):
        hand.give(partial(done.append, n))
    hand.shutdown()
    assert done == list(range(100))
    with pytest.raises(Unavailable):
        hand.give(lambda: None)


def test_who_waits_hears_the_answer_or_what_went_wrong() -> None:
    hand = Hand("two")
    assert hand.submit(max, 3, 4).result(10) == 4
    with pytest.raises(ZeroDivisionError):
        hand.submit(lambda: 1 // 0).result(10)
    hand.give(fails)  # nobody's fault ends the thread
    assert hand.submit(max, 5, 4).result(10) == 5
    hand.shutdown()


def test_it_ends_when_nobody_holds_it() -> None:
    hand = Hand("three-alone")
    assert hand.submit(max, 1, 2).result(10) == 2
    (thread,) = (each for each in threading.enumerate() if each.name == "three-alone")
    del hand
    gc.collect()
    thread.join(10)
    assert not thread.is_alive()
