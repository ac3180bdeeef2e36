"""Work that takes too long is stopped, and nothing is stopped after it has ended."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from datacraft.warehouse.deadlines import Deadlines

SOON_S, NEVER_S = 0.05, 60.0


def test_what_takes_too_long_is_stopped() -> None:
    stopped = threading.Event()
    with Deadlines().within(SOON_S, stopped.set):
        assert stopped.wait(NEVER_S)


def test_a_later_deadline_does_not_hold_up_an_earlier_one() -> None:
    deadlines, early, late = Deadlines(), threading.Event(), threading.Event()
    with deadlines.within(NEVER_S, late.set), deadlines.within(SOON_S, early.set):
        assert early.wait(NEVER_S)
        assert not late.is_set()


def test_what_ended_in_time_is_left_alone_and_those_behind_it_are_not() -> None:
    deadlines, first, second = Deadlines(), threading.Event(), threading.Event()
    with deadlines.within(2 * SOON_S, second.set):
        with deadlines.within(SOON_S, first.set):
            pass
        assert second.wait(NEVER_S)
    assert not first.is_set()


def test_many_at_once_are_stopped_each_if_it_is_late_and_only_then() -> None:
    deadlines = Deadlines()

    def work(number: int) -> bool:
        stopped = threading.Event()
        late = number % 2 == 0
        with deadlines.within(SOON_S if late else NEVER_S, stopped.set):
            return stopped.wait(NEVER_S if late else 0.0) is late

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(work, range(200)))


def test_one_thread_watches_them_all() -> None:
    before = threading.active_count()
    deadlines = Deadlines()
    for _ in range(50):
        with deadlines.within(NEVER_S, lambda: None):
            pass
    assert threading.active_count() <= before + 1
