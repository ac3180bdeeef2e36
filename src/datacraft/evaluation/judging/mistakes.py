"""Why an answer is wrong: its parsed query against the gold that it comes closest to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from datacraft.contracts.judgement import Mistake, MistakeKind
from datacraft.evaluation.judging.features import Features, features_of

_MORE_COLUMNS = 2
"""So many columns may stand beside those that are asked for (see `sql.compare`)."""


def mistakes_of(
    sql: str, golds: Sequence[str], *, dialect: str, ordered: bool = False
) -> tuple[Mistake, ...]:
    """Return how a query whose rows are wrong differs from the gold that it comes closest to.

    Where the parts that are compared all agree, the one mistake is `other`.

    Args:
        sql: that was run.
        golds: the accepted ones.
        dialect: of all of them.
        ordered: the sequence of the rows counts.
    """
    given = _features(sql, dialect)
    expected = [found for gold in golds if (found := _features(gold, dialect)) is not None]
    if given is None or not expected:
        return (Mistake(kind="other", detail="The query can't be taken apart."),)
    compared = [tuple(_differences(gold, given, ordered=ordered)) for gold in expected]
    return min(compared, key=len) or (Mistake(kind="other"),)


@lru_cache(
    maxsize=4_096
)  # candidates often write the same query, and every one is held against the same golds
def _features(sql: str, dialect: str) -> Features | None:
    try:
        tree = parse_one(sql, dialect=dialect)
    except SqlglotError:
        return None
    return features_of(tree) if isinstance(tree, exp.Query) else None


def _differences(gold: Features, given: Features, *, ordered: bool) -> Iterator[Mistake]:
    yield from _filters(gold, given)
    if gold.tables != given.tables:
        yield _mistake("wrong_join", sorted(gold.tables), sorted(given.tables))
    if gold.groups != given.groups:
        yield _mistake("wrong_grain", sorted(gold.groups), sorted(given.groups))
    yield from _aggregates(gold, given)
    yield from _columns(gold, given)
    if gold.limit != given.limit:
        yield _mistake("wrong_limit", [gold.limit or "none"], [given.limit or "none"])
    if (ordered or gold.limit is not None) and gold.order[:1] != given.order[:1]:
        yield _mistake("wrong_order", gold.order[:1], given.order[:1])


def _filters(gold: Features, given: Features) -> Iterator[Mistake]:
    for column, said in gold.filters.items():
        if column not in given.filters:
            yield _mistake("missing_filter", [f"{column}: {text}" for text in sorted(said)], [])
        elif given.filters[column] != said:
            shown = [f"{column}: {text}" for text in sorted(said)]
            yield _mistake("wrong_filter_value", shown, sorted(given.filters[column]))
    for column, said in given.filters.items():
        if column not in gold.filters:
            yield _mistake("extra_filter", [], [f"{column}: {text}" for text in sorted(said)])


def _aggregates(gold: Features, given: Features) -> Iterator[Mistake]:
    missing, extra = gold.aggregates - given.aggregates, given.aggregates - gold.aggregates
    if not missing:
        return
    expected = [f"{function}({argument})" for function, argument in sorted(missing)]
    found = [f"{function}({argument})" for function, argument in sorted(extra)]
    arguments = {argument for _, argument in missing}
    other_column = {function for function, _ in missing} & {function for function, _ in extra}
    same_column = arguments & {argument for _, argument in extra}
    kind: MistakeKind = "wrong_column" if other_column and not same_column else "wrong_aggregation"
    yield _mistake(kind, expected, found)


def _columns(gold: Features, given: Features) -> Iterator[Mistake]:
    if gold.columns is None or given.columns is None:
        return
    if given.columns < gold.columns:
        yield _mistake("missing_column", [str(gold.columns)], [str(given.columns)])
    elif given.columns > gold.columns + _MORE_COLUMNS:
        yield _mistake("extra_column", [str(gold.columns)], [str(given.columns)])


def _mistake(kind: MistakeKind, expected: Sequence[str], given: Sequence[str]) -> Mistake:
    return Mistake(kind=kind, detail=f"{', '.join(expected) or 'nothing'} -> {', '.join(given) or 'nothing'}")
