"""Plans and results in plain English, so that a person can see what was computed, and see a wrong reading.

`describe_plan` says how the question was read; `headline` says what stands out in the rows, and `Explainer`
puts both into the sentence of an answer. Both read only the
typed plan, the semantic model and the rows, never the question: what they say is what was computed.
"""

from __future__ import annotations

from datacraft.serving.explain.explainer import Explainer, describe_plan
from datacraft.serving.explain.headline import headline

__all__ = ["Explainer", "describe_plan", "headline"]
