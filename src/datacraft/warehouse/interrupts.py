"""Ctrl-C while DuckDB runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ending_on_ctrl_c(work: Callable[[], T], stop: Callable[[], None]) -> T:
    """Do a piece of DuckDB's work so that Ctrl-C ends it at once.

    DuckDB's client looks for signals while it works on a query itself, but not while it only waits for its other
    threads. So on the main thread, the only one that Ctrl-C reaches, the work is left to another and waited for.

    Args:
        work: is done.
        stop: makes it end early; called from the main thread.

    Raises:
        KeyboardInterrupt: the work has ended by then.
    """
    if threading.current_thread() is not threading.main_thread():
        return work()
    with ThreadPoolExecutor(1, thread_name_prefix="query") as thread:
        future = thread.submit(work)
        try:
            return future.result()
        except KeyboardInterrupt:
            stop()
            raise


def is_interrupt(error: BaseException) -> bool:
    """Tell whether an error of DuckDB's Python client is a Ctrl-C in disguise.

    While it waits for a query, the client itself looks for signals, and raises a plain RuntimeError in place of
    KeyboardInterrupt: whoever catches errors then takes a person's wish to stop for a failure.
    """
    return type(error) is RuntimeError and str(error) == "Query interrupted"
