"""Ctrl-C while DuckDB runs."""

from __future__ import annotations


def is_interrupt(error: BaseException) -> bool:
    """Tell whether an error of DuckDB's Python client is a Ctrl-C in disguise.

    While it waits for a query, the client itself looks for signals, and raises a plain RuntimeError in place of
    KeyboardInterrupt: whoever catches errors then takes a person's wish to stop for a failure.
    """
    return type(error) is RuntimeError and str(error) == "Query interrupted"
