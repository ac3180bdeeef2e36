"""The verdict on one answer: its rows against those of the accepted golds, and what else can be seen."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from datacraft.contracts.answer import Answer
from datacraft.contracts.errors import DataCraftError, NotAnswered
from datacraft.contracts.judgement import Judgement, Mistake, Outcome
from datacraft.contracts.question_set import Case
from datacraft.evaluation.judging.faithfulness import unfaithful_part
from datacraft.evaluation.judging.mistakes import mistakes_of
from datacraft.evaluation.questions.gold import run_gold
from datacraft.sql.compare import ComparisonRules, Table, difference, same_result
from datacraft.warehouse import Warehouse

_ALIKE_CHARTS = (
    {"bar", "grouped_bar", "stacked_bar"},
    {"number", "table"},
)
_REFUSALS = {NotAnswered.code, *(kind.code for kind in NotAnswered.__subclasses__())}


class Judge:
    """Judges answers to cases about one data set. Safe to use from several threads.

    Golds are run once per data set, whoever is judged.

    Args:
        warehouse: holds the data.
        variants: further data sets with the same tables (see `variants`); a query whose rows are right must be
            right on these too.
    """

    def __init__(self, warehouse: Warehouse, variants: Sequence[Warehouse] = ()) -> None:
        self._warehouse = warehouse
        self._variants = variants
        self._golds: dict[tuple[int, str], Table | DataCraftError] = {}
        self._lock = threading.Lock()

    def prepare(self, case: Case) -> None:
        """Run what answers to the case will be compared with; where it can't be run, `judge` says so."""
        if case.gold:
            with suppress(DataCraftError):
                self._gold(0, case.gold[0], self._warehouse)

    def judge(self, case: Case, answer: Answer) -> Judgement:
        """Return what is thought of an answer.

        Raises:
            DataCraftError: a gold of the case can't be run; `datacraft questions check` finds such cases.
        """
        outcome = outcome_of(answer)
        found: int | None = None
        differs: str | None = None
        if outcome == "answered" and case.gold:
            found, differs = self._fitting(case, answer)
        variants_right = self._variants_right(case, answer.sql) if found is not None and answer.sql else 0
        lucky = found is not None and variants_right < len(self._variants)
        right = (found is not None and not lucky) or (
            outcome == "refused" and case.answerable != "answerable"
        )
        if lucky:
            differs = (
                f"The rows are right by luck: on {len(self._variants) - variants_right} variants they differ."
            )
        unfaithful = unfaithful_part(answer, self._warehouse.dialect) if outcome == "answered" else None
        code = answer.error.code if answer.error else None
        return Judgement(
            outcome=outcome,
            right=right,
            gold=found,
            parses=None
            if answer.sql is None
            else outcome == "answered" or _parses(answer.sql, self._warehouse.dialect),
            passes_guard=None if answer.sql is None else code != "unsafe_sql",
            executed=None if answer.sql is None else outcome == "answered",
            chart_fits=_chart_fits(case, answer) if outcome == "answered" else None,
            faithful=unfaithful is None if outcome == "answered" else None,
            unfaithful=unfaithful,
            variants=len(self._variants) if found is not None else 0,
            variants_right=variants_right,
            difference=differs,
            mistakes=() if right else self._mistakes(case, answer, outcome),
        )

    def _fitting(self, case: Case, answer: Answer) -> tuple[int | None, str | None]:
        """Return which gold's rows the answer shows, or None and the difference from the first one."""
        shown = Table([column.name for column in answer.columns], answer.rows)
        rules = ComparisonRules(ordered=case.ordered)
        differs: str | None = None
        for index, sql in enumerate(case.gold):
            found = difference(self._gold(0, sql, self._warehouse), shown, rules)
            if found is None:
                return index, None
            differs = differs or found.message
        return None, differs

    def _variants_right(self, case: Case, sql: str) -> int:
        return sum(self._right_on(number, case, sql) for number in range(1, len(self._variants) + 1))

    def _right_on(self, number: int, case: Case, sql: str) -> bool:
        warehouse = self._variants[number - 1]
        try:
            shown = run_gold(sql, warehouse)
        except DataCraftError:
            return False
        golds = (self._gold(number, gold, warehouse) for gold in case.gold)
        return any(same_result(gold, shown, ordered=case.ordered) for gold in golds)

    def _gold(self, number: int, sql: str, warehouse: Warehouse) -> Table:
        key = (number, sql)
        with self._lock:
            known = self._golds.get(key)
        if known is None:
            try:
                known = run_gold(sql, warehouse)
            except DataCraftError as error:
                known = error
            with self._lock:
                self._golds[key] = known
        if isinstance(known, DataCraftError):
            raise known
        return known

    def _mistakes(self, case: Case, answer: Answer, outcome: Outcome) -> tuple[Mistake, ...]:
        if outcome == "refused":
            return (Mistake(kind="refused_wrongly", detail=answer.error.code if answer.error else ""),)
        if outcome == "failed":
            return (Mistake(kind="failed", detail=answer.error.code if answer.error else ""),)
        if not case.gold:
            return (Mistake(kind="answered_wrongly"),)
        if answer.sql is None:
            return (Mistake(kind="other", detail="Rows were shown without SQL."),)
        return mistakes_of(answer.sql, case.gold, dialect=self._warehouse.dialect, ordered=case.ordered)


def outcome_of(answer: Answer) -> Outcome:
    """Return whether a question was answered, honestly not answered, or failed."""
    if answer.error is None:
        return "answered"
    return "refused" if answer.error.code in _REFUSALS else "failed"


def _parses(sql: str, dialect: str) -> bool:
    try:
        statements = sqlglot.parse(sql, dialect=dialect)
    except SqlglotError:
        return False
    return len(statements) == 1 and isinstance(statements[0], exp.Query)


def _chart_fits(case: Case, answer: Answer) -> bool | None:
    """Whether the chart is the one that the case names, or one of its kind."""
    if case.chart is None:
        return None
    shown = answer.chart.kind if answer.chart else "table"
    return shown == case.chart or any({shown, case.chart} <= alike for alike in _ALIKE_CHARTS)
