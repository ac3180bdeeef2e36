"""`Explainer`: the sentence of an answer, and how the question was read."""

from __future__ import annotations

from collections.abc import Sequence

from datacraft.contracts.plan import Predicate, QueryPlan
from datacraft.contracts.semantic import SemanticModel
from datacraft.serving.explain.plans import Plans


class Explainer:
    """Explains plans and results over one semantic model. Safe to use from several threads."""

    def __init__(self, model: SemanticModel) -> None:
        self._plans = Plans(model)

    def describe(self, plan: QueryPlan) -> str:
        """Return how the question was read, as one sentence; the plan's notes follow."""
        return _sentences(self._plans.say(plan), plan.notes)

    def sentence(self, plan: QueryPlan, told: str) -> str:
        """Return what was computed and the headline of its rows; the plan's notes follow.

        Args:
            plan: that was run.
            told: the headline, as `headline` gives it.
        """
        return _sentences(f"{self._plans.say(plan)}: {told}", plan.notes)

    def condition(self, plan: QueryPlan, predicate: Predicate) -> str:
        """Return one of the plan's filters as a clause."""
        return self._plans.condition(plan, predicate)

    def thresholds(self, plan: QueryPlan) -> str:
        """Return the plan's conditions on groups as a clause."""
        return self._plans.conditions(plan, plan.having)


def describe_plan(plan: QueryPlan, model: SemanticModel) -> str:
    """Return how a question was read: every measure, group, filter, threshold, order and limit of the plan.

    For many plans over one model an `Explainer` is faster.
    """
    return Explainer(model).describe(plan)


def _sentences(said: str, notes: Sequence[str]) -> str:
    first = said[:1].upper() + said[1:]
    return " ".join(
        [f"{first}.", *(note if note.endswith((".", "!", "?")) else f"{note}." for note in notes)]
    )
