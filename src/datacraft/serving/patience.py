"""Work that takes seconds, told stage by stage: it runs on a thread of its own while its stages are passed on."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import copy_context
from queue import SimpleQueue
from typing import TypeVar

from datacraft.contracts.proposal import Proposal
from datacraft.engines import Notice, Stage

Event = TypeVar("Event")


def with_stages(
    propose: Callable[[Notice], Proposal],
    event: Callable[[Stage], Event],
    around: Callable[[], AbstractContextManager[None]],
) -> Generator[Event, None, Proposal]:
    """Yield an event for each stage as it begins; return the proposal, or raise what was raised.

    Args:
        propose: the work; is given what to tell its stages to.
        event: makes an event of a stage.
        around: what the work is done within.
    """
    told: SimpleQueue[Stage | None] = SimpleQueue()

    def work_within() -> Proposal:
        with around():
            return propose(told.put)

    worker = ThreadPoolExecutor(1, thread_name_prefix="propose")
    try:
        work = worker.submit(copy_context().run, work_within)
        work.add_done_callback(lambda _: told.put(None))
        while (stage := told.get()) is not None:
            yield event(stage)
        return work.result()
    finally:
        worker.shutdown(wait=False)
