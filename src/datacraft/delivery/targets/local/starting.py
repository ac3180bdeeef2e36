"""The supervisor's process: started where there is none, by whatever command needs it."""

from __future__ import annotations

import os
import sys
import time

from datacraft.delivery.targets.errors import DeploymentError
from datacraft.delivery.targets.local import process
from datacraft.delivery.targets.local.state import DeployFolder

_MODULE = "datacraft.delivery.targets.local.supervisor"
_PATIENCE_S = 15.0
_POLL_S = 0.05


def ensure_supervisor(folder: DeployFolder) -> None:
    """Start the supervisor where there is none; it takes over what runs.

    Raises:
        DeploymentError: it does not come up.
    """
    if folder.is_supervised():
        return
    process.start(
        # -P: a module of the deployment's folder must not stand in for one of ours.
        [sys.executable, "-P", "-m", _MODULE, str(folder.path)],
        log=folder.logs / "supervisor.log",
        folder=folder.path,
        environment=os.environ,
        owner=folder.path,
    )
    deadline = time.monotonic() + _PATIENCE_S
    while not folder.is_supervised():
        if time.monotonic() > deadline:
            raise supervisor_ended(folder)
        time.sleep(_POLL_S)


def supervisor_ended(folder: DeployFolder) -> DeploymentError:
    """Return the error that says that there is no supervisor, and why."""
    log = folder.logs / "supervisor.log"
    said = process.last_words(log) or "it has said nothing"
    return DeploymentError(
        f"The supervisor does not run: {said}",
        hint=f"Look into {log}; `datacraft deploy apply` starts it again.",
    )
