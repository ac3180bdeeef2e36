"""`Gathered`: all that a report is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from datacraft.contracts.bias import BiasReport
from datacraft.contracts.errors import DataCraftError
from datacraft.contracts.evaluation import CandidateResult, EvaluationReport
from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.question_set import Case, QuestionSet
from datacraft.contracts.selection import RankedCandidate, SelectionReport
from datacraft.contracts.sensitivity import SensitivityReport
from datacraft.contracts.tuning import TuningReport
from datacraft.evaluation.bias.pairs import Pair
from datacraft.evaluation.questions.gold import run_gold
from datacraft.warehouse import Warehouse

KEPT_ROWS = 8
"""Shown of a result; a report is read, not queried."""


@dataclass(frozen=True)
class GoldRows:
    """The first rows of a gold's result."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    row_count: int


@dataclass(frozen=True)
class Gathered:
    """What is reported; what was not made is left out of the report.

    Attributes:
        evaluation: what the candidates did.
        questions: that they were asked.
        records: every call.
        command: that makes the same results again.
        dialect: of the queries.
        selection: who was chosen, and why.
        holdout: the winner on the part that nobody chose by.
        bias: by config id.
        pairs: by config id: questions that differ in one thing alone and were not answered alike.
        tuning: the study that a candidate came from.
        sensitivity: of the winner.
        golds: results of golds by case.
    """

    evaluation: EvaluationReport
    questions: QuestionSet
    records: Sequence[CallRecord]
    command: str
    dialect: str = "duckdb"
    selection: SelectionReport | None = None
    holdout: EvaluationReport | None = None
    bias: Mapping[str, BiasReport] = field(default_factory=dict)
    pairs: Mapping[str, Sequence[Pair]] = field(default_factory=dict)
    tuning: TuningReport | None = None
    sensitivity: SensitivityReport | None = None
    golds: Mapping[str, GoldRows] = field(default_factory=dict)

    @property
    def cases(self) -> dict[str, Case]:
        """The cases by id."""
        return {case.id: case for case in self.questions.cases}

    @property
    def names(self) -> dict[str, str]:
        """The candidates' names by config id."""
        return {one.config_id: one.name for one in self.evaluation.candidates}

    @property
    def order(self) -> list[CandidateResult]:
        """The candidates, best first: by the selection's ranking, else by performance."""
        if self.selection is not None:
            places = {one.config_id: place for place, one in enumerate(self.selection.ranking)}
            return sorted(self.evaluation.candidates, key=lambda one: places.get(one.config_id, len(places)))
        return sorted(
            self.evaluation.candidates, key=lambda one: -(one.performance.value if one.performance else -1)
        )

    @property
    def first(self) -> CandidateResult | None:
        """The one to look at: who was chosen, else the best."""
        chosen = self.selection.selected if self.selection else None
        known = {one.config_id: one for one in self.evaluation.candidates}
        return known.get(chosen or "") or next(iter(self.order), None)

    @property
    def winner(self) -> RankedCandidate | None:
        """Who was chosen."""
        if self.selection is None:
            return None
        return next((one for one in self.selection.ranking if one.config_id == self.selection.selected), None)


def gold_rows(
    cases: Iterable[Case], records: Sequence[CallRecord], warehouse: Warehouse
) -> dict[str, GoldRows]:
    """Return the first accepted result of every case that some call got wrong, by case.

    A gold that can't be run any more is left out: what is missing is a table, not the verdict.
    """
    wrong = {record.case for record in records if not record.judgement.right}
    found: dict[str, GoldRows] = {}
    for case in cases:
        if case.id in wrong and case.gold:
            try:
                table = run_gold(case.gold[0], warehouse)
            except DataCraftError:
                continue
            rows = tuple(tuple(row) for row in table.rows[:KEPT_ROWS])
            found[case.id] = GoldRows(tuple(table.columns), rows, len(table.rows))
    return found
