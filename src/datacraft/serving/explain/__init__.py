"""Plans and results in plain English, so that a person can see what was computed, and see a wrong reading.

`describe_plan` says how the question was read; `Explainer` adds the headline of the rows. Both read only the
typed plan, the semantic model and the rows, never the question: what they say is what was computed.
"""

from __future__ import annotations

from datacraft.serving.explain.explainer import Explainer, describe_plan

__all__ = ["Explainer", "describe_plan"]
