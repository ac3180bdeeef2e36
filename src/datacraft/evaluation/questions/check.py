"""What is wrong with a question set, or doubtful: found by running every gold on the data.

An error makes a set unfit to judge anyone; a warning is for a person to look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from datacraft.contracts.errors import DataCraftError, QueryFailed
from datacraft.contracts.question_set import SPLITS, Case, QuestionSet
from datacraft.evaluation.questions.gold import run_gold
from datacraft.evaluation.questions.mutants import has_tie, weaker
from datacraft.evaluation.questions.twins import twins
from datacraft.sql.compare import Table, same_result
from datacraft.warehouse import Warehouse

EMPTY = "empty"
"""Tag of a case whose right answer has no rows."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, or doubtful, about a case; `case_id` is empty where it is about the whole set."""

    case_id: str
    message: str
    is_error: bool = True

    def __str__(self) -> str:
        subject = f"{self.case_id}: " if self.case_id else ""
        return f"{'error' if self.is_error else 'warning'} {subject}{self.message}"


def check_question_set(
    question_set: QuestionSet, warehouse: Warehouse, *, deep: bool = False
) -> Iterator[Finding]:
    """Yield findings; `deep` also looks for golds that a lesser query would satisfy, which takes longer."""
    yield from _check_whole(question_set)
    for case in question_set.cases:
        yield from _check_shape(case)
        results: list[Table] = []
        for position, sql in enumerate(case.gold, start=1):
            where = f"gold {position}"
            try:
                tree = parsed(sql, warehouse.dialect)
                result = run_gold(sql, warehouse)
            except DataCraftError as error:
                yield Finding(case.id, f"{where} does not run: {error.message}")
                continue
            yield from _check_gold(case, where, tree, result, warehouse)
            if deep:
                yield from _check_deeply(case, where, tree, result, results, warehouse)
            results.append(result)


def parsed(sql: str, dialect: str) -> exp.Query:
    """Return the only SELECT of `sql`.

    Raises:
        QueryFailed: it is none, or not the only statement.
    """
    try:
        statements = sqlglot.parse(sql, dialect=dialect)
    except SqlglotError as error:
        raise QueryFailed(f"It is not SQL: {str(error).splitlines()[0]}") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise QueryFailed("It is not one SELECT.")
    return statements[0]


def _check_whole(question_set: QuestionSet) -> Iterator[Finding]:
    for split in SPLITS:
        if not question_set.of(split):
            yield Finding("", f"no case is in the part `{split}`", is_error=False)
    for twin in twins(question_set.cases):
        if twin.identical:
            yield Finding(twin.second.id, f"asks the same as {twin.first.id}")
        elif twin.first.split != twin.second.split:
            message = (
                f"asks nearly the same as {twin.first.id} ({twin.first.split}) in another part "
                f"({twin.second.split}); say paraphrase_of, and both go into one part"
            )
            yield Finding(twin.second.id, message, is_error=False)
    parts = {case.id: case.split for case in question_set.cases}
    for case in question_set.cases:
        original = case.paraphrase_of
        if original is not None and parts[original] != case.split:
            yield Finding(case.id, f"is a paraphrase of {original}, which is in the part `{parts[original]}`")


def _check_shape(case: Case) -> Iterator[Finding]:
    if case.answerable == "answerable" and not case.gold:
        yield Finding(case.id, "can be answered, and has no gold SQL")
    if case.answerable == "unanswerable" and case.gold:
        yield Finding(case.id, "can't be answered, and has gold SQL")


def _check_gold(
    case: Case, where: str, tree: exp.Query, result: Table, warehouse: Warehouse
) -> Iterator[Finding]:
    if all(value is None for row in result.rows for value in row) and EMPTY not in case.tags:
        yield Finding(case.id, f"{where} gives nothing")
    if case.ordered and not tree.args.get("order"):
        yield Finding(case.id, f"order is asked for and {where} has none")
    if has_tie(tree, result, warehouse, ordered=case.ordered):
        yield Finding(case.id, f"{where} has a tie: what it gives is not the only right answer")


def _check_deeply(
    case: Case, where: str, tree: exp.Query, result: Table, earlier: Sequence[Table], warehouse: Warehouse
) -> Iterator[Finding]:
    if any(same_result(other, result, ordered=case.ordered, extra_columns=0) for other in earlier):
        yield Finding(case.id, f"{where} gives the same as an earlier one", is_error=False)
    for removed, mutant in weaker(tree, warehouse.dialect):
        try:
            other = run_gold(mutant, warehouse)
        except DataCraftError:
            continue  # what is left is no longer valid SQL, so it can't be a trivial twin
        if same_result(result, other, extra_columns=0):
            yield Finding(case.id, f"{where} gives the same without {removed}", is_error=False)
    yield from _check_trivial(case, where, tree, result, warehouse)


def _check_trivial(
    case: Case, where: str, tree: exp.Query, result: Table, warehouse: Warehouse
) -> Iterator[Finding]:
    """Find golds with conditions or groups whose result a plain count or list of one table gives too."""
    if not any(tree.find(kind) for kind in (exp.Where, exp.Having, exp.Join, exp.Group)):
        return  # the question itself is that simple
    for table in {table.name for table in tree.find_all(exp.Table)}:
        if not any(table == known.name for known in warehouse.tables()):
            continue
        source = exp.to_table(table)
        count = exp.select(exp.Count(this=exp.Star())).from_(source)
        for trivial in (count, exp.select("*").from_(source)):
            sql = trivial.sql(warehouse.dialect)
            if same_result(result, run_gold(sql, warehouse), ordered=False):
                yield Finding(case.id, f"{where} gives the same as {sql}", is_error=False)
