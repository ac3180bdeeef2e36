"""Which tables and columns a statement reads: every name is resolved to a known one, or refused.

A name is looked up as SQL does: a table among the CTEs that are visible there, innermost first, then among
the known tables; a column among the sources of its SELECT, then the SELECTs around it. Resolution is
stricter than a database's: what is not surely known is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from datacraft.contracts.errors import UnsafeQuery
from datacraft.sql.guard.limits import GuardLimits
from datacraft.sql.guard.names import Catalog, Relation, Scope, fold, own_nodes, reduces
from datacraft.sql.guard.products import count_products
from datacraft.sql.guard.refusals import place, refusal


@dataclass(slots=True)
class Usage:
    """What a statement reads, and how much joining it asks for."""

    tables: dict[str, None] = field(default_factory=dict)
    columns: dict[tuple[str, str], None] = field(default_factory=dict)
    cross_joins: int = 0
    range_joins: int = 0


Ctes = Mapping[str, Relation]


class Resolver:
    """Resolves the names of one statement."""

    def __init__(self, catalog: Catalog, limits: GuardLimits) -> None:
        self._catalog = catalog
        self._limits = limits
        self.usage = Usage()

    def query(self, node: exp.Expr, ctes: Ctes, outer: Scope | None) -> Relation:
        """Resolve a query and return the relation that it makes.

        Raises:
            UnsafeQuery: a table or column is not known, or a join limit is passed.
        """
        ctes = self._with(node, ctes, outer)
        if isinstance(node, exp.Select):
            relation = self._select(node, ctes, outer)
        elif isinstance(node, exp.SetOperation):
            left = self.query(node.this, ctes, outer)
            right = self.query(node.expression, ctes, outer)
            columns = {**right.columns, **left.columns} if node.args.get("by_name") else left.columns
            relation = Relation(columns, scans=left.scans + right.scans, made_by=node)
            self._clauses(node, (), Scope(outer, {"": relation}), ctes)
        elif isinstance(node, exp.Subquery) and isinstance(node.this, exp.Query):
            relation = self.query(node.this, ctes, outer)
            self._clauses(node, (), Scope(outer, {"": relation}), ctes)
        else:
            raise refusal(node, "anything but a SELECT")
        if relation.scans > self._limits.scans:
            raise refusal(node, f"reading tables more than {self._limits.scans} times")
        return relation

    def _with(self, node: exp.Expr, ctes: Ctes, outer: Scope | None) -> Ctes:
        clause = node.args.get("with_")
        if clause is None:
            return ctes
        visible = dict(ctes)
        for cte in clause.expressions:
            made = self.query(cte.this, visible, outer)
            visible[fold(cte.alias)] = made.renamed(cte.args["alias"])
        return visible

    def _select(self, node: exp.Select, ctes: Ctes, outer: Scope | None) -> Relation:
        scope = Scope(outer)
        joins: list[exp.Join] = []
        scans = 0
        start = node.args.get("from_")
        if start is not None:
            self._source(start.this, scope, ctes, joins)
        for join in node.args.get("joins") or ():
            self._join(join, scope, ctes, joins)
        for join in joins:
            self._join_condition(join, scope, ctes)
        scans += sum(source.scans for source in scope.sources.values())
        columns: dict[str, str] = {}
        for projection in node.expressions:
            scans += self._expression(projection, scope, ctes)
            for name in self._outputs(projection, scope):
                columns[fold(name)] = name
                scope.aliases.add(fold(name))
        scans += self._clauses(
            node, ("where", "group", "having", "qualify", "windows", "distinct"), scope, ctes
        )
        if len(scope.sources) > 1:
            self._count_products(node, joins, scope)
        sources = list(scope.sources.values())
        same = sources[0].identity if len(sources) == 1 and not reduces(node) else None
        return Relation(columns, scans=scans, made_by=node, rows_of=same)

    def _clauses(self, node: exp.Expr, names: Sequence[str], scope: Scope, ctes: Ctes) -> int:
        scans = 0
        for name in (*names, "order"):
            clause = node.args.get(name)
            for part in clause if isinstance(clause, list) else (clause,):
                if part is not None:
                    scans += self._expression(part, scope, ctes)
        return scans

    # Sources

    def _source(self, node: exp.Expr, scope: Scope, ctes: Ctes, joins: list[exp.Join]) -> None:
        if isinstance(node, exp.Table):
            self._add(scope, node, node.alias_or_name, self._table(node, ctes))
        elif isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table):
            if node.args.get("alias"):
                raise refusal(node, "an alias for a bracketed join")
            self._source(node.this, scope, ctes, joins)
        elif isinstance(node, exp.Subquery):
            made = self.query(node, ctes, scope.outer)
            alias = node.args.get("alias")
            self._add(scope, node, node.alias, made.renamed(alias) if alias else made)
        elif isinstance(node, exp.Values):
            alias = node.args.get("alias")
            self._expressions(node.expressions, Scope(scope.outer), ctes)
            self._add(
                scope, node, node.alias, Relation({}, scans=0).renamed(alias) if alias else Relation({})
            )
        elif isinstance(node, exp.Unnest):
            self._unnest(node, scope, ctes)
        else:
            raise refusal(node, "anything but a table or a subquery in FROM")
        for join in node.args.get("joins") or ():
            self._join(join, scope, ctes, joins)

    def _join(self, join: exp.Join, scope: Scope, ctes: Ctes, joins: list[exp.Join]) -> None:
        self._source(join.this, scope, ctes, joins)
        joins.append(join)

    def _add(self, scope: Scope, node: exp.Expr, name: str, relation: Relation) -> None:
        key = fold(name) or f"\0{len(scope.sources)}"  # a source without a name can't be named
        if key in scope.sources:
            raise refusal(node, f"using the name {name} for two sources")
        scope.sources[key] = relation

    def _table(self, node: exp.Table, ctes: Ctes) -> Relation:
        parts = node.parts
        if not all(isinstance(part, exp.Identifier) for part in parts):
            raise refusal(node, "a function in place of a table")
        name = ".".join(part.name for part in parts)
        alias = node.args.get("alias")
        if len(parts) == 1 and (cte := ctes.get(fold(name))) is not None:
            return cte.renamed(alias) if alias else cte
        table = self._catalog.find([part.name for part in parts])
        if table is None or table.table is None:
            raise UnsafeQuery(
                f"There is no table {name[:80]!r}{place(node)}.",
                hint=f"Known tables: {', '.join(self._catalog.names[:12])}.",
                choices=self._catalog.names[:12],
            )
        if name != table.table:
            _spell(parts, table.table)
        self.usage.tables.setdefault(table.table)
        return table.renamed(alias) if alias and alias.columns else table

    def _unnest(self, node: exp.Unnest, scope: Scope, ctes: Ctes) -> None:
        self._expressions(node.expressions, scope, ctes)
        alias = node.args.get("alias")
        names = [column.name for column in alias.columns] if alias else []
        if alias and alias.this:
            names.append(alias.name)
        offset = node.args.get("offset")
        if isinstance(offset, exp.Identifier):
            names.append(offset.name)
        columns = {fold(name): name for name in names}
        made = Relation(columns, scans=0, follows=node)
        self._add(scope, node, names[0] if names else "", made)

    # Expressions

    def _expressions(self, nodes: Sequence[exp.Expr], scope: Scope, ctes: Ctes) -> None:
        for node in nodes:
            self._expression(node, scope, ctes)

    def _expression(self, root: exp.Expr, scope: Scope, ctes: Ctes) -> int:
        """Resolve every name under `root`; return the scans of the queries in it."""
        scans = 0
        for node in own_nodes(root):
            if isinstance(node, exp.Column):
                self._column(node, scope)
            elif isinstance(node, exp.Query):
                scans += self.query(node, ctes, scope).scans
            elif isinstance(node, exp.Star) and not isinstance(node.parent, (exp.Column, exp.Count)):
                for source in scope.sources.values():
                    self._use_all(source)
            elif isinstance(node, (exp.Table, exp.Unnest, exp.Values)):
                self._loose_source(node, scope, ctes)
        return scans

    def _loose_source(self, node: exp.Expr, scope: Scope, ctes: Ctes) -> None:
        """Check a source outside of FROM: `x IN UNNEST(list)` is one, a table there is not allowed."""
        if not isinstance(node, exp.Unnest):
            raise refusal(node, "a table outside of FROM")
        self._expressions(node.expressions, scope, ctes)

    def _column(self, node: exp.Column, scope: Scope) -> None:
        parts = [part.name for part in node.parts]
        if isinstance(node.this, exp.Star):
            source = scope.source(fold(parts[0])) if len(parts) == 2 else None
            if source is None:
                raise _unknown_column(node, parts, scope)
            self._use_all(source)
            return
        first = fold(parts[0])
        if len(parts) > 1 and (source := scope.source(first)) is not None:
            second = fold(parts[1])
            if second in source.columns:
                self._use(source, second)
            elif source.follows is None:
                raise _unknown_column(node, parts, scope)
            return
        self._unqualified(node, first, parts, scope)

    def _unqualified(self, node: exp.Column, name: str, parts: Sequence[str], scope: Scope) -> None:
        level: Scope | None = scope
        while level is not None:
            key = level.owner(name)
            if key is not None:
                self._use(level.sources[key], name)
                return
            if name in level.aliases:
                return
            level = level.outer
        raise _unknown_column(node, parts, scope)

    def _use(self, source: Relation, column: str) -> None:
        if source.table is not None:
            self.usage.columns.setdefault((source.table, source.columns[column]))

    def _use_all(self, source: Relation) -> None:
        for column in source.columns:
            self._use(source, column)

    def _join_condition(self, join: exp.Join, scope: Scope, ctes: Ctes) -> None:
        condition = join.args.get("on")
        if condition is not None:
            self._expression(condition, scope, ctes)
        for name in join.args.get("using") or ():
            if not isinstance(name, exp.Identifier) or scope.owner(fold(name.name)) is None:
                raise _unknown_column(join, [name.name], scope)

    def _outputs(self, projection: exp.Expr, scope: Scope) -> Iterator[str]:
        """Yield the names of the columns that a projection makes, as far as they have one."""
        star = projection.this if isinstance(projection, exp.Column) else projection
        if not isinstance(star, exp.Star):
            name = projection.alias_or_name
            if name:
                yield name
            return
        if isinstance(projection, exp.Column):
            wanted = scope.source(fold(projection.table))
            sources = [wanted] if wanted is not None else []
        else:
            sources = list(scope.sources.values())
        left_out = {fold(column.name) for column in star.args.get("except_") or ()}
        for source in sources:
            yield from (name for name in source.names() if fold(name) not in left_out)

    # Products

    def _count_products(self, node: exp.Select, joins: Sequence[exp.Join], scope: Scope) -> None:
        products = count_products(node, joins, scope)
        self.usage.cross_joins += products.cross_joins
        self.usage.range_joins += products.range_joins
        limits = self._limits
        if products.self_product:
            raise refusal(node, f"multiplying {products.self_product} with itself without a condition")
        if self.usage.cross_joins > limits.cross_joins:
            raise refusal(node, f"joining more than {limits.cross_joins} pair of tables without a condition")
        if self.usage.range_joins > limits.range_joins:
            raise refusal(node, f"more than {limits.range_joins} joins by < or > alone")


def _spell(parts: Sequence[exp.Expr], name: str) -> None:
    """Write the table's name as the warehouse knows it."""
    for part, known in zip(parts, name.rsplit(".", len(parts) - 1), strict=True):
        part.set("this", known)
        part.set("quoted", True)


def _unknown_column(node: exp.Expr, parts: Sequence[str], scope: Scope) -> UnsafeQuery:
    known = [name for source in scope.sources.values() for name in source.columns.values()]
    return UnsafeQuery(
        f"There is no column {'.'.join(parts)[:80]!r}{place(node)}.",
        hint=f"Columns here: {', '.join(known[:20])}." if known else "No table is read here.",
        choices=known[:12],
    )
