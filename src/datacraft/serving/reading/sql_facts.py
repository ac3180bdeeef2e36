"""What each column of SQL's result is: traced to the column it is made of, as far as that is plain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from datacraft.contracts.plan import DatePart, TimeUnit
from datacraft.contracts.semantic import Column, ColumnType, Role, SemanticModel
from datacraft.serving.english import spoken
from datacraft.serving.outputs import NUMERIC, PARTS, TIMES, OutputFacts
from datacraft.serving.reading.sql_outline import aggregates, outermost
from datacraft.warehouse.model import ResultColumnInfo

_KEEPS_UNIT = (exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Median, exp.Quantile, exp.Round, exp.Coalesce, exp.Abs)
_DEEPEST = 8


def facts_of_sql(
    tree: exp.Query, columns: Sequence[ResultColumnInfo], model: SemanticModel
) -> list[OutputFacts]:
    """Return the facts of each column of a result, in order.

    Args:
        tree: the query.
        columns: of the result.
        model: what the data means.
    """
    known = _Reader(model).query(tree, 0)
    found: list[OutputFacts] = []
    for place, column in enumerate(columns):
        fact = known[place] if len(known) == len(columns) else OutputFacts()
        found.append(_fitted(fact, column))
    return found


def _fitted(fact: OutputFacts, column: ResultColumnInfo) -> OutputFacts:
    """Correct what the SQL seems to say by what the warehouse gave: text is no measure."""
    number = column.type in NUMERIC
    return replace(
        fact,
        name=column.name,
        label=fact.label or spoken(column.name),
        measure=fact.measure and number,
        unit=fact.unit if number else None,
        moment=column.type in TIMES,
    )


class _Reader:
    """Reads the outputs of queries inside each other."""

    def __init__(self, model: SemanticModel) -> None:
        self._model = model

    def query(self, tree: exp.Query, depth: int) -> list[OutputFacts]:
        if depth > _DEEPEST:
            return []
        select = outermost(tree)
        inner = {cte.alias_or_name: cte.this for cte in getattr(tree, "ctes", ())}
        sources = self._sources(select, inner, depth)
        grouped = select.args.get("group") is not None or any(aggregates(o) for o in select.expressions)
        found: list[OutputFacts] = []
        for output in select.expressions:
            if output.is_star:
                return []
            fact = self._expression(output.unalias(), sources, grouped=grouped)
            found.append(replace(fact, name=output.alias_or_name, label=spoken(output.alias_or_name)))
        return found

    def _sources(
        self, select: exp.Select, inner: Mapping[str, exp.Query], depth: int
    ) -> dict[str, Mapping[str, OutputFacts | Column]]:
        """Return what each source's columns are, by the name that the query calls it."""
        found: dict[str, Mapping[str, OutputFacts | Column]] = {}
        tables = [select.args.get("from_") or select.args.get("from"), *select.args.get("joins", ())]
        for holder in tables:
            source = holder.this if holder is not None else None
            if isinstance(source, exp.Subquery):
                found[source.alias_or_name] = self._named(source.this, depth)
            elif isinstance(source, exp.Table):
                if source.name in inner:
                    found[source.alias_or_name] = self._named(inner[source.name], depth)
                else:
                    found[source.alias_or_name] = self._table(source.name)
        return found

    def _named(self, tree: exp.Query, depth: int) -> dict[str, OutputFacts | Column]:
        return {fact.name: fact for fact in self.query(tree, depth + 1)}

    def _table(self, name: str) -> dict[str, OutputFacts | Column]:
        for table in self._model.tables:
            if table.name.lower() == name.lower():
                return {column.name: column for column in table.columns}
        return {}

    def _expression(
        self,
        node: exp.Expr,
        sources: Mapping[str, Mapping[str, OutputFacts | Column]],
        *,
        grouped: bool,
    ) -> OutputFacts:
        node = node.unnest()
        if isinstance(node, exp.Column):
            return self._column(node, sources, grouped=grouped)
        if isinstance(node, exp.DateTrunc | exp.TimestampTrunc):
            return OutputFacts(moment=True, grain=_unit(node))
        if isinstance(node, exp.Extract | exp.Year | exp.Month | exp.Quarter | exp.Week | exp.Day):
            return OutputFacts(part=_part(node))
        if isinstance(node, exp.Window):
            return OutputFacts(measure=True)
        if isinstance(node, exp.Cast):
            return self._expression(node.this, sources, grouped=grouped)
        if isinstance(node, _KEEPS_UNIT) and isinstance(node.this, exp.Expr):
            inner = self._expression(node.this, sources, grouped=False)
            additive = isinstance(node, exp.Sum) or (inner.additive and not isinstance(node, exp.AggFunc))
            return replace(inner, measure=True, additive=additive, identifier=False)
        if isinstance(node, exp.Count):
            return OutputFacts(measure=True, additive=not isinstance(node.this, exp.Distinct))
        measured = aggregates(node) or (not grouped and bool(node.find(exp.Binary)))
        return OutputFacts(measure=measured)

    def _column(
        self, node: exp.Column, sources: Mapping[str, Mapping[str, OutputFacts | Column]], *, grouped: bool
    ) -> OutputFacts:
        places = [sources[node.table]] if node.table in sources else list(sources.values())
        known = next((source[node.name] for source in places if node.name in source), None)
        if known is None:
            return OutputFacts()
        if isinstance(known, OutputFacts):
            return replace(
                known, measure=known.measure and not grouped, additive=known.additive and not grouped
            )
        if known.time_part is not None:
            return OutputFacts(part=PARTS[known.time_part])
        number = known.type in NUMERIC
        return OutputFacts(
            unit=known.unit if number else None,
            measure=number and known.role is Role.MEASURE and not grouped,
            moment=known.type in (ColumnType.DATE, ColumnType.TIMESTAMP),
            identifier=known.role is Role.ID,
        )


def _unit(node: exp.Expr) -> TimeUnit | None:
    unit = node.args.get("unit")
    name = (unit.name if isinstance(unit, exp.Expr) else "").lower()
    return TimeUnit(name) if name in set(TimeUnit) else None


def _part(node: exp.Expr) -> DatePart | None:
    name = node.this.name.lower() if isinstance(node, exp.Extract) else type(node).__name__.lower()
    return DatePart(name) if name in set(DatePart) else None
