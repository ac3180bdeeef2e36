"""Checks question sets against their data: `python tests/questions/check.py [--deep] [--sample FILE] [SET...]`.

A set with an error ends the command with code 1. Warnings are for a person to judge: a filter that filters
nothing, a second gold that gives the same as the first.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from questionset import Case, QuestionSet, load, open_database, run, set_paths, split_of
from sqlglot import exp

from datacraft.contracts.errors import DataCraftError, QueryFailed
from datacraft.sql.compare import Table, same_result
from datacraft.warehouse import Warehouse

EMPTY = "empty"  # tag of a case whose right answer has no rows


@dataclass(frozen=True)
class Finding:
    """What is wrong, or doubtful, about a case."""

    case_id: str
    message: str
    is_error: bool = True

    def __str__(self) -> str:
        return f"{'error' if self.is_error else 'warning'} {self.case_id}: {self.message}"


def check(question_set: QuestionSet, database: Warehouse, *, deep: bool = False) -> Iterator[Finding]:
    """Yield what is wrong with a set; `deep` also looks for golds that say nothing."""
    yield from _check_texts(question_set)
    for case in question_set.cases:
        yield from _check_shape(case)
        results: list[Table] = []
        for position, sql in enumerate(case.gold, start=1):
            where = f"gold {position}"
            try:
                tree = _parsed(sql)
                result = run(sql, database)
            except DataCraftError as error:
                yield Finding(case.id, f"{where} does not run: {error.message}")
                continue
            yield from _check_gold(case, where, tree, result, database)
            if deep:
                yield from _check_deeply(case, where, sql, result, results, database)
            results.append(result)


def _parsed(sql: str) -> exp.Query:
    statements = sqlglot.parse(sql, dialect="duckdb")
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise QueryFailed("It is not one SELECT.")
    return statements[0]


def _check_gold(
    case: Case, where: str, tree: exp.Query, result: Table, database: Warehouse
) -> Iterator[Finding]:
    if all(value is None for row in result.rows for value in row) and EMPTY not in case.tags:
        yield Finding(case.id, f"{where} gives nothing")
    if case.ordered and not tree.args.get("order"):
        yield Finding(case.id, f"order is asked for and {where} has none")
    if _has_tie(tree, result, database, ordered=case.ordered):
        yield Finding(case.id, f"{where} has a tie: what it gives is not the only right answer")


def _check_texts(question_set: QuestionSet) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    ids: set[str] = set()
    for case in question_set.cases:
        text = re.sub(r"\W+", " ", case.question).strip().casefold()
        if text in seen:
            yield Finding(case.id, f"asks the same as {seen[text]}")
        seen[text] = case.id
        if case.id in ids:
            yield Finding(case.id, "the id is used twice")
        ids.add(case.id)


def _check_shape(case: Case) -> Iterator[Finding]:
    if case.split != split_of(case.id):
        yield Finding(case.id, f"belongs to the {split_of(case.id)} half")
    if (case.answerable == "answerable" and not case.gold) or (
        case.answerable == "unanswerable" and case.gold
    ):
        yield Finding(case.id, "gold is there exactly where a question can be answered")


def _has_tie(tree: exp.Query, result: Table, database: Warehouse, *, ordered: bool) -> bool:
    """Tell whether a LIMIT or a ROW_NUMBER picks among equals, or the asked order leaves some open."""
    numbers = list(tree.find_all(exp.RowNumber))
    for number in numbers:
        number.replace(exp.Anonymous(this="rank"))
    if numbers and not same_result(result, run(tree.sql("duckdb"), database), extra_columns=0):
        return True
    for select in tree.find_all(exp.Select):
        order, limit = select.args.get("order"), select.args.get("limit")
        if order and (limit or (ordered and select is tree)):
            keys = _sort_keys(select, database)
            count = int(limit.expression.name) if limit else len(keys)
            start = int(select.args["offset"].expression.name) if select.args.get("offset") else 0
            edges = {start - 1, start + count - 1} if not ordered else range(start - 1, start + count)
            if any(0 <= edge < len(keys) - 1 and keys[edge] == keys[edge + 1] for edge in edges):
                return True
    return False


def _sort_keys(select: exp.Select, database: Warehouse) -> list[tuple[object, ...]]:
    """Return the values that the rows of a SELECT are sorted by, of all its rows, in that order."""
    copy = select.copy()
    for part in ("limit", "offset"):
        copy.set(part, None)
    copy.set("expressions", [*copy.expressions, *(key.this.copy() for key in copy.args["order"].expressions)])
    width = len(copy.args["order"].expressions)
    return [tuple(row[-width:]) for row in run(copy.sql("duckdb"), database).rows]


def _check_deeply(
    case: Case, where: str, sql: str, rows: Table, earlier: list[Table], database: Warehouse
) -> Iterator[Finding]:
    if any(same_result(other, rows, ordered=case.ordered, extra_columns=0) for other in earlier):
        yield Finding(case.id, f"{where} gives the same as an earlier one", is_error=False)
    for removed, mutant in _weaker(sql):
        try:
            other = run(mutant, database)
        except DataCraftError:
            continue  # what is left is no longer valid SQL, so it can't be a trivial twin
        if same_result(rows, other, extra_columns=0):
            yield Finding(case.id, f"{where} gives the same without {removed}", is_error=False)


def _weaker(sql: str) -> Iterator[tuple[str, str]]:
    """Yield the query without one of its conditions, groups' thresholds or DISTINCTs, each with its name."""
    for kind in (exp.Where, exp.Having, exp.Distinct, exp.Qualify):
        for index in range(len(list(sqlglot.parse_one(sql, dialect="duckdb").find_all(kind)))):
            tree = sqlglot.parse_one(sql, dialect="duckdb")
            node = list(tree.find_all(kind))[index]
            conditions = list(node.this.flatten()) if isinstance(node.this, exp.And) else [node]
            for part in range(len(conditions)):
                copy = tree.copy()
                target = list(copy.find_all(kind))[index]
                if isinstance(target, exp.Distinct) and target.expressions:
                    target.replace(target.expressions[0])
                elif isinstance(target.this, exp.And):
                    list(target.this.flatten())[part].replace(exp.true())
                else:
                    target.pop()
                yield conditions[part].sql("duckdb"), copy.sql("duckdb")


def main() -> int:
    """Check the sets named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", type=Path, metavar="SET")
    parser.add_argument("--deep", action="store_true", help="also look for golds that say nothing")
    parser.add_argument("--sample", type=Path, help="a CSV file to take in place of the retail sample")
    options = parser.parse_args()
    errors = 0
    for path in options.sets or set_paths():
        question_set = load(path)
        findings = list(check(question_set, open_database(question_set, options.sample), deep=options.deep))
        for finding in findings:
            print(finding)
        errors += sum(finding.is_error for finding in findings)
        held = sum(case.split == "held" for case in question_set.cases)
        print(f"{question_set.name}: {len(question_set.cases)} cases, {held} held, {len(findings)} findings")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
