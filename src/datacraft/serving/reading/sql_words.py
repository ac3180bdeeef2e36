"""SQL in plain words: what is shown, of what, under which conditions, in which order; every filter is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlglot import exp

from datacraft.contracts.semantic import SemanticModel
from datacraft.serving.english import listed, plural_phrase, spoken
from datacraft.serving.reading.sql_outline import aggregates, limit_of, outermost

_COMPARED = {
    exp.EQ: "is", exp.NEQ: "is not", exp.GT: "is above", exp.GTE: "is at least", exp.LT: "is below",
    exp.LTE: "is at most",
}  # fmt: skip
_COMBINED = {exp.Union: "together with", exp.Except: "without", exp.Intersect: "that are also among"}
_AS_WRITTEN = (exp.Lower, exp.Upper, exp.Trim, exp.Cast, exp.TryCast, exp.Paren)
_EDGES = re.compile(r"^%|%$")


def describe_sql(tree: exp.Query, dialect: str, model: SemanticModel) -> str:
    """Return what a query computes, in lower case and without a full stop."""
    words = _Words(dialect, model)
    said = words.query(tree)
    steps = [words.step(cte) for cte in getattr(tree, "ctes", ())]
    return f"{said} ({'; '.join(steps)})" if steps else said


class _Words:
    """Words for the parts of a query."""

    def __init__(self, dialect: str, model: SemanticModel) -> None:
        self._dialect = dialect
        self._entities = {table.name.lower(): plural_phrase(table.entity) for table in model.tables}

    def step(self, cte: exp.CTE) -> str:
        return f"{spoken(cte.alias_or_name)} being {self.query(cte.this)}"

    def query(self, tree: exp.Query) -> str:
        if isinstance(tree, exp.SetOperation):
            link = next(word for kind, word in _COMBINED.items() if isinstance(tree, kind))
            return f"{self.query(tree.this)}, {link} {self.query(tree.expression)}{self._end(tree)}"
        if isinstance(tree, exp.Subquery):
            return self.query(tree.this)
        select = outermost(tree)
        return "".join((self._outputs(select), self._sources(select), self._filters(select), self._end(tree)))

    def _outputs(self, select: exp.Select) -> str:
        outputs = select.expressions
        measures = [spoken(o.alias_or_name) or self._text(o) for o in outputs if aggregates(o)]
        others = [
            "every column" if o.is_star else spoken(o.alias_or_name) or self._text(o)
            for o in outputs
            if not aggregates(o)
        ]
        if measures and others:
            return f"{listed(measures)} by {listed(others)}"
        distinct = "different " if select.args.get("distinct") else ""
        return distinct + listed(measures or others)

    def _sources(self, select: exp.Select) -> str:
        holders = [select.args.get("from_") or select.args.get("from"), *select.args.get("joins", ())]
        names = [self._source(holder.this) for holder in holders if holder is not None]
        return f" of {listed(list(dict.fromkeys(names)))}" if names else ""

    def _source(self, source: exp.Expr) -> str:
        if isinstance(source, exp.Subquery):
            return f"({self.query(source.this)})"
        return self._entities.get(source.name.lower(), spoken(source.name))

    def _filters(self, select: exp.Select) -> str:
        said = [self.condition(part) for part in _conjuncts(select.args.get("where"))]
        kept = [self.condition(part) for part in _conjuncts(select.args.get("having"))]
        chosen = [self.condition(part) for part in _conjuncts(select.args.get("qualify"))]
        where = f", where {listed(said, at_most=20)}" if said else ""
        groups = [*kept, *chosen]
        return where + (f", only where {listed(groups, at_most=20)}" if groups else "")

    def _end(self, tree: exp.Query) -> str:
        order = tree.args.get("order")
        keys = order.expressions if isinstance(order, exp.Order) else []
        outputs = outermost(tree).expressions
        said = [self._key(key.this, outputs) + self._way(key) for key in keys]
        sorted_by = f", sorted by {listed(said)}" if said else ""
        limit = limit_of(tree)
        return sorted_by + (f", the first {limit:,}" if limit is not None else "")

    def _key(self, key: exp.Expr, outputs: Sequence[exp.Expr]) -> str:
        by_number = isinstance(key, exp.Literal) and not key.is_string and 1 <= int(key.name) <= len(outputs)
        return self._value(outputs[int(key.name) - 1].unalias() if by_number else key)

    def _way(self, key: exp.Expr) -> str:
        return " from the highest down" if key.args.get("desc") else ""

    def condition(self, node: exp.Expr) -> str:
        """Return a condition as a clause."""
        node = node.unnest()
        match node:
            case exp.And():
                return f"{self.condition(node.left)} and {self.condition(node.right)}"
            case exp.Or():
                return f"({self.condition(node.left)} or {self.condition(node.right)})"
            case exp.Not(this=exp.In() as inner):
                return f"{self._value(inner.this)} is none of {self._choices(inner)}"
            case exp.Not(this=exp.Is(expression=exp.Null()) as inner):
                return f"{self._value(inner.this)} is there"
            case exp.Not():
                return f"not {self.condition(node.this)}"
            case exp.Is(expression=exp.Null()):
                return f"{self._value(node.this)} is missing"
            case exp.In():
                return f"{self._value(node.this)} is one of {self._choices(node)}"
            case exp.Between():
                low, high = self._value(node.args["low"]), self._value(node.args["high"])
                return f"{self._value(node.this)} is between {low} and {high}"
            case exp.Like() | exp.ILike():
                return f"{self._value(node.this)} is like {_EDGES.sub('', self._value(node.expression))}"
        for kind, word in _COMPARED.items():
            if isinstance(node, kind):
                return f"{self._value(node.left)} {word} {self._value(node.right)}"
        return self._value(node)

    def _choices(self, node: exp.In) -> str:
        query = node.args.get("query")
        if isinstance(query, exp.Expr):
            return f"({self.query(query.this)})" if isinstance(query.this, exp.Query) else self._text(query)
        return listed([self._value(value) for value in node.expressions], "or", at_most=50)

    def _value(self, node: exp.Expr) -> str:
        while isinstance(node, _AS_WRITTEN):
            node = node.this
        if isinstance(node, exp.Column):
            return spoken(node.name)
        if isinstance(node, exp.Literal):
            return str(node.this)
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Query):
            return f"({self.query(node.this)})"
        return self._text(node)

    def _text(self, node: exp.Expr) -> str:
        return node.sql(dialect=self._dialect, comments=False)


def _conjuncts(clause: exp.Expr | None) -> Iterator[exp.Expr]:
    if clause is None:
        return
    waiting = [clause.this]
    while waiting:
        node = waiting.pop(0).unnest()
        if isinstance(node, exp.And):
            waiting[:0] = [node.left, node.right]
        else:
            yield node
