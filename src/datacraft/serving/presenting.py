"""`Presenter`: columns, chart, sentence and notes of an answer, from what was proposed and the rows it gave."""

from __future__ import annotations

from time import perf_counter

from datacraft.contracts.answer import Answer
from datacraft.contracts.plan import QueryPlan
from datacraft.contracts.proposal import Proposal
from datacraft.contracts.semantic import SemanticModel
from datacraft.serving.charts import VisualizationEngine
from datacraft.serving.emptiness import EmptyResult, is_empty
from datacraft.serving.explain import Explainer, headline
from datacraft.serving.limits import Limits
from datacraft.serving.outputs import result_columns
from datacraft.serving.reading import Reading
from datacraft.serving.reading.plan import PlanReading
from datacraft.serving.reading.sql import SqlReading
from datacraft.serving.runner import PlanRunner, cautions
from datacraft.warehouse import ResultSet

_LEAST_S = 0.05  # a query is never given less time than this


class Presenter:
    """Presents results over one data set. Safe to use from several threads.

    Args:
        model: what the data means.
        dialect: of SQL.
        runner: counts, to find out why a result is empty.
        limits: for each question.
    """

    def __init__(self, model: SemanticModel, dialect: str, runner: PlanRunner, limits: Limits) -> None:
        self.explainer = Explainer(model)
        self._model = model
        self._dialect = dialect
        self._runner = runner
        self._limits = limits
        self._charts = VisualizationEngine()

    def present(self, proposal: Proposal, result: ResultSet, answer: Answer) -> None:
        """Put all that is shown of a result into the answer, whose SQL is there already."""
        reading = self._reading(proposal, answer.sql or "")
        facts = reading.facts(result.columns)
        answer.columns = result_columns(facts, result.columns)
        answer.rows = result.rows
        answer.truncated = result.truncated
        answer.usage.estimated_bytes = result.estimated_bytes
        if result.truncated:
            answer.notes.append(f"Only the first {len(result.rows):,} rows are shown.")
        answer.notes += cautions(answer.sql or "", result)
        told = "no rows"
        if is_empty(result.rows):
            answer.explanation = f"{reading.describe()} {self._why_empty(proposal.plan)}"
        else:
            told = headline(reading.outline, facts, result.rows, truncated=result.truncated)
            answer.explanation = reading.sentence(told)
        answer.chart = self._charts.choose(
            reading.outline,
            facts,
            answer.columns,
            result.rows,
            proposal.chart,
            truncated=result.truncated,
            told=told,
        )

    def _reading(self, proposal: Proposal, sql: str) -> Reading:
        if proposal.plan is not None:
            return PlanReading(proposal.plan, self._model, self.explainer)
        return SqlReading(sql, self._dialect, self._model)

    def _why_empty(self, plan: QueryPlan | None) -> str:
        if plan is None:
            return "Nothing matches."
        deadline = perf_counter() + self._limits.empty_time_s

        def count(counting: QueryPlan) -> int:
            return self._runner.count(counting, timeout_s=max(deadline - perf_counter(), _LEAST_S))

        result = EmptyResult(
            explainer=self.explainer,
            model=self._model,
            count=count,
            time_left=lambda: perf_counter() < deadline,
            queries=self._limits.empty_queries,
        )
        return result.explain(plan)
