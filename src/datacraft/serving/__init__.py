"""Serving: the path of a question, from its text to SQL, rows, a chart and an honest sentence.

`handler` is the path; `question` checks the text, `explain` says what was computed, `charts` draws it,
`emptiness` says why there is nothing, `sessions` remembers for follow-ups, `telemetry` records. `assembly`
puts it together from the settings, `meaning` says what the data means. Doesn't live here: how a question is
read (`engines`), what SQL may do (`sql`), and every page or command (`http`, `ui`, `cli`).

Names are imported on first use: reading telemetry needs no engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datacraft.serving.assembly import build_handler
    from datacraft.serving.charts import VisualizationEngine
    from datacraft.serving.explain import Explainer, describe_plan
    from datacraft.serving.handler import QueryHandler, StepEvent
    from datacraft.serving.limits import Limits
    from datacraft.serving.sessions import Sessions
    from datacraft.serving.telemetry import TelemetryPolicy, TelemetryWriter, read_records

_HOMES = {
    "Explainer": "explain",
    "Limits": "limits",
    "QueryHandler": "handler",
    "Sessions": "sessions",
    "StepEvent": "handler",
    "TelemetryPolicy": "telemetry",
    "TelemetryWriter": "telemetry",
    "VisualizationEngine": "charts",
    "build_handler": "assembly",
    "describe_plan": "explain",
    "read_records": "telemetry",
}

__all__ = [
    "Explainer",
    "Limits",
    "QueryHandler",
    "Sessions",
    "StepEvent",
    "TelemetryPolicy",
    "TelemetryWriter",
    "VisualizationEngine",
    "build_handler",
    "describe_plan",
    "read_records",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
