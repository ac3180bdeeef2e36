"""Canary: a release serves a few before it serves all, is judged meanwhile, and is promoted or rolled back.

Lives here: the sequential test (`betting`, `split`), what it says of each metric (`readings`), what follows from it
(`judge`, `state`), what the arms did (`arms`), moving channels and traffic (`moving`), and driving all of it so that
a killed canary goes on (`journal`, `run`). The plan, the verdict and the rest of what passes between them are in
`contracts.canary`.
Doesn't live here: where revisions run and how their traffic is split (`delivery.targets`), whether a release may be
tried at all (`delivery.gates`).
"""

from __future__ import annotations

from datacraft.delivery.canary.arms import ArmSource, TelemetryArms
from datacraft.delivery.canary.journal import CanaryChanged, CanaryInUse, CanaryJournalError, read_journal
from datacraft.delivery.canary.judge import judge
from datacraft.delivery.canary.moving import CanaryRefused, ChannelMover, Mover, Promotion, Traffic
from datacraft.delivery.canary.run import EXIT_CODES, Clock, WordRefused, run_canary, say

__all__ = [
    "EXIT_CODES",
    "ArmSource",
    "CanaryChanged",
    "CanaryInUse",
    "CanaryJournalError",
    "CanaryRefused",
    "ChannelMover",
    "Clock",
    "Mover",
    "Promotion",
    "TelemetryArms",
    "Traffic",
    "WordRefused",
    "judge",
    "read_journal",
    "run_canary",
    "say",
]
