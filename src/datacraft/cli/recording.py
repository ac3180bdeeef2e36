"""What the command line writes into the audit log."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datacraft.access import StateStore
    from datacraft.access.audit import Deed
    from datacraft.config import Settings
    from datacraft.contracts.access import AuditAction


@contextmanager
def recorded_here(
    settings: Settings, who: str, action: AuditAction, target: str, detail: str = ""
) -> Iterator[Deed]:
    """Record how what is done within ends. Where the log can't be opened, nothing is done.

    Raises:
        ConfigError: the state database can't be opened.
        StateUnavailable: the log can't be written.
    """
    from datacraft.access.audit import recorded

    with opened_state(settings) as state, recorded(state.audit, who, action, target, here(), detail) as deed:
        yield deed


@contextmanager
def opened_state(settings: Settings) -> Iterator[StateStore]:
    """Open the state database.

    Raises:
        ConfigError: it can't be opened.
    """
    from datacraft.access import StateStore

    with closing(StateStore(settings.database_url)) as state:
        yield state


def here() -> str:
    """Return from where a command comes; unlike a name that is given with `--by`, nobody says this."""
    return f"command line, {this_user()}@{socket.gethostname()}"


def this_user() -> str:
    """Return the name of the machine's user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
