"""`PlanReading`: the reading of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from datacraft.contracts.plan import QueryPlan
from datacraft.contracts.semantic import SemanticModel
from datacraft.serving.explain import Explainer
from datacraft.serving.outline import Outline, outline_of
from datacraft.serving.outputs import OutputFacts, output_facts
from datacraft.warehouse.model import ResultColumnInfo


class PlanReading:
    """Reads a plan; see `Reading`."""

    def __init__(self, plan: QueryPlan, model: SemanticModel, explainer: Explainer) -> None:
        self._plan = plan
        self._model = model
        self._explainer = explainer

    @cached_property
    def outline(self) -> Outline:
        """What it does with its rows."""
        return outline_of(self._plan)

    def facts(self, columns: Sequence[ResultColumnInfo]) -> list[OutputFacts]:
        """Return what each column of the result is."""
        return output_facts(self._plan, self._model)

    def describe(self) -> str:
        """Return what was computed, as one sentence."""
        return self._explainer.describe(self._plan)

    def sentence(self, told: str) -> str:
        """Return what was computed and the headline of its rows."""
        return self._explainer.sentence(self._plan, told)
