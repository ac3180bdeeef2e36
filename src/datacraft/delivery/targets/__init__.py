"""Targets: places where a release is served to people, each with the same few verbs.

Lives here: the verbs (`target`), what can go wrong (`errors`), which target the settings mean (`opening`), and the
targets themselves: processes on this machine (`local`), Google Cloud Run (`cloudrun`) and Vertex AI (`vertex`), the
last two by the calls in `google`.
Doesn't live here: whether a release may go there (`gates`), and who gets how much of it when (`canary`).
"""

from __future__ import annotations

from datacraft.delivery.targets.errors import (
    AddressTaken,
    DeploymentChanged,
    DeploymentError,
    NeverReady,
    NoSuchRevision,
    TargetQuota,
    TargetUnavailable,
)
from datacraft.delivery.targets.opening import LocalStart, open_target, with_image
from datacraft.delivery.targets.target import DeployTarget, roll_out

__all__ = [
    "AddressTaken",
    "DeployTarget",
    "DeploymentChanged",
    "DeploymentError",
    "LocalStart",
    "NeverReady",
    "NoSuchRevision",
    "TargetQuota",
    "TargetUnavailable",
    "open_target",
    "roll_out",
    "with_image",
]
