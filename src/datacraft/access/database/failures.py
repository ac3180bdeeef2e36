"""A failing database as an error that a person can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError

from datacraft.contracts.errors import DataCraftError


class StateUnavailable(DataCraftError):
    """The database that holds keys and the audit log did not do what it was asked for."""

    code = "state_unavailable"


@contextmanager
def told_failures(what: str) -> Iterator[None]:
    """Turn a database's errors into ours; `what` is what was wanted of it, such as "The audit log"."""
    try:
        yield
    except DatabaseError as error:
        reason = str(error.orig).strip().splitlines()[0] if error.orig else type(error).__name__
        raise StateUnavailable(
            f"{what} is not available: {reason}.", hint="Check the database of `database_url`."
        ) from error
