"""Drift of traffic: what is asked and what becomes of it, against the question set of the release and the time before.

`asked` reads questions out of telemetry, `question_set` out of a release, with the same features; `comparing` compares
them. How two sets of questions are compared is said in `profiles.drift.questions`; what follows from it is decided
elsewhere.
"""

from __future__ import annotations

from datacraft.monitoring.traffic_drift.comparing import drift_of_traffic, traffic_drift

__all__ = ["drift_of_traffic", "traffic_drift"]
