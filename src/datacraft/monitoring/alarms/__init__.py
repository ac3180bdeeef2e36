"""Alarms, and what follows from them.

Lives here: how alarms begin, last and end from look to look (`book`), which of them asks for an act and whether that
may be (`deciding`), where all of it is kept (`keeping`), and doing it (`acting`).
Doesn't live here: what is wrong (`monitoring.production`), and how a release is evaluated or rolled back: that is
given.
"""

from __future__ import annotations

from datacraft.monitoring.alarms.acting import Hands, Outcome, act, answer_act
from datacraft.monitoring.alarms.keeping import MonitoringPlace

__all__ = ["Hands", "MonitoringPlace", "Outcome", "act", "answer_act"]
