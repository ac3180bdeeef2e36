"""Work that takes seconds, told stage by stage: it runs on a thread of its own while its stages are passed on."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import AbstractContextManager
from contextvars import copy_context
from queue import SimpleQueue
from threading import Thread
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
    outcome: Future[Proposal] = Future()

    def work_within() -> None:
        try:
            with around():
                outcome.set_result(propose(told.put))
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            outcome.set_exception(error)
        finally:
            told.put(None)

    Thread(target=copy_context().run, args=(work_within,), name="propose").start()
    while (stage := told.get()) is not None:
        yield event(stage)
    return outcome.result()
