"""What a parsed statement may consist of: a closed list of parts, and for each the arguments it may have.

A part that is not listed, or that has an argument that is not listed (`FOR UPDATE`, `TABLESAMPLE`, `INTO`,
`FOR SYSTEM_TIME`, a hint, ...), is refused, so that a newer parser can't let new syntax in unseen. Pieces
that are written into SQL as they are (numbers, units, bare names, key words) must look like what they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlglot import exp

from datacraft.sql.guard.functions import AllowedFunctions
from datacraft.sql.guard.limits import GuardLimits
from datacraft.sql.guard.refusals import in_words, label, refusal

_QUERY = ("with_", "order", "limit", "offset")

# Parts whose arguments could change what a statement does. Every other argument of theirs is refused.
_SHAPED: dict[type[exp.Expr], frozenset[str]] = {
    kind: frozenset(arguments)
    for kind, arguments in {
        exp.Select: (
            *_QUERY,
            *("expressions", "distinct", "from_", "joins", "where"),
            *("group", "having", "qualify", "windows"),
        ),
        exp.Union: (*_QUERY, "this", "expression", "distinct", "by_name"),
        exp.Intersect: (*_QUERY, "this", "expression", "distinct", "by_name"),
        exp.Except: (*_QUERY, "this", "expression", "distinct", "by_name"),
        exp.Subquery: (*_QUERY, "this", "alias"),
        exp.With: ("expressions",),
        exp.CTE: ("this", "alias", "materialized"),
        exp.From: ("this",),
        exp.Join: ("this", "on", "using", "side", "kind", "method"),
        exp.Table: ("this", "db", "catalog", "alias", "joins"),
        exp.TableAlias: ("this", "columns"),
        exp.Values: ("expressions", "alias"),
        exp.Unnest: ("expressions", "alias", "offset"),
        exp.Explode: ("this",),
        exp.Group: ("expressions", "all"),
        exp.Order: ("this", "expressions"),
        exp.Ordered: ("this", "desc", "nulls_first"),
        exp.Limit: ("this", "expression"),
        exp.Offset: ("expression",),
        exp.Fetch: ("direction", "count", "limit_options"),
        exp.LimitOptions: ("rows",),
        exp.Distinct: ("expressions", "on"),
        exp.Star: ("except_", "replace"),
        exp.Column: ("this", "table", "db", "catalog"),
        exp.In: ("this", "expressions", "query", "unnest", "negate"),
        exp.Cast: ("this", "to", "safe"),
        exp.TryCast: ("this", "to", "safe"),
        exp.DataType: ("this", "expressions", "nested"),
        exp.Bracket: ("this", "expressions", "offset", "safe"),
        exp.Window: ("this", "partition_by", "order", "spec", "alias", "over", "first"),
        exp.WindowSpec: ("kind", "start", "start_side", "end", "end_side", "exclude"),
    }.items()
}

# Parts that are harmless with whatever arguments they have.
_PLAIN: frozenset[type[exp.Expr]] = frozenset(
    {
        *(exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Var, exp.DataTypeParam, exp.Interval),
        *(exp.Alias, exp.Paren, exp.Tuple, exp.Array, exp.Slice, exp.Case, exp.If, exp.AtTimeZone),
        exp.Collate,
        *(exp.Where, exp.Having, exp.Qualify, exp.Rollup, exp.Cube, exp.GroupingSets),
        *(exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls, exp.HavingMax),
        *(exp.And, exp.Or, exp.Xor, exp.Not, exp.Neg, exp.Between, exp.Is, exp.Exists, exp.Any, exp.All),
        *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ),
        *(exp.Like, exp.ILike, exp.SimilarTo, exp.Glob, exp.Escape),
        *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.DPipe),
        *(exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor, exp.BitwiseNot),
        *(exp.BitwiseLeftShift, exp.BitwiseRightShift),
    }
)
_ONLY_IN: dict[str, frozenset[type[exp.Expr]]] = {
    "duckdb": frozenset(),
    "bigquery": frozenset({exp.RawString, exp.SafeFunc, exp.WeekStart}),
}

_TYPE_NAMES = """
    BOOLEAN TINYINT SMALLINT INT BIGINT INT128 UTINYINT USMALLINT UINT UBIGINT UINT128 FLOAT DOUBLE DECIMAL
    BIGDECIMAL CHAR VARCHAR TEXT DATE TIME TIMESTAMP TIMESTAMPTZ TIMESTAMPNTZ TIMESTAMP_S TIMESTAMP_MS
    TIMESTAMP_NS DATETIME INTERVAL UUID ARRAY LIST
"""
_TYPES = frozenset(exp.DType[name] for name in _TYPE_NAMES.split())
_JOINS = {
    "side": frozenset({"LEFT", "RIGHT", "FULL"}),
    "kind": frozenset({"INNER", "OUTER", "CROSS", "SEMI", "ANTI"}),
    "method": frozenset({"NATURAL", "ASOF"}),
}
_COLLATIONS = frozenset({"NOCASE", "NOACCENT", "BINARY", "C"})
_NUMBER = re.compile(r"\d+(\.\d*)?([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?")
_BARE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BARE_TABLE_PART = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")  # BigQuery: my-project.dataset.table
_KEYWORDS = re.compile(r"[A-Za-z_]+( [A-Za-z_]+){0,3}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MAX_PADDED = 1_000
_WIDE_FORMAT = re.compile(r"\d{3}|\*|\{[^}]*\{")
_LONGEST_NAME = 200


@dataclass(slots=True)
class Tally:
    """What one walk over the tree counted; `named_lists` are aliases with a column list: `t(a, b)`."""

    nodes: int = 0
    queries: int = 0
    joins: int = 0
    named_lists: list[str] = field(default_factory=list)


class NodeCheck:
    """Checks trees of one dialect against the list of parts."""

    def __init__(self, dialect: str, functions: AllowedFunctions, limits: GuardLimits) -> None:
        self._dialect = dialect
        self._functions = functions
        self._limits = limits
        self._plain = _PLAIN | _ONLY_IN[dialect]

    def run(self, root: exp.Expr) -> Tally:
        """Walk the tree under `root` and count.

        Raises:
            UnsafeQuery: a part is not allowed, or the tree is too large or too deep.
        """
        tally = Tally()
        stack: list[tuple[exp.Expr, int]] = [(root, 1)]
        while stack:
            node, depth = stack.pop()
            tally.nodes += 1
            self._check_size(tally, depth, node)
            kind = type(node)
            shape = _SHAPED.get(kind)
            if shape is None and kind not in self._plain:
                self._check_function(node)
            for name, value in node.args.items():
                if value is None or value is False or value == []:
                    continue
                if shape is not None and name not in shape:
                    raise refusal(node, f"{label(node)} with {in_words(name)}")
                for child in value if isinstance(value, list) else (value,):
                    if isinstance(child, exp.Expr):
                        chained = type(child) is kind and kind in (exp.And, exp.Or)
                        stack.append((child, depth if chained else depth + 1))
                    elif isinstance(child, str):
                        _check_text(node, name, child)
                    elif not isinstance(child, (bool, int, exp.DType)):
                        raise refusal(node, f"{label(node)} with {in_words(name)}")
            detail = _DETAILS.get(kind)
            if detail is not None:
                detail(node, tally)
        return tally

    def _check_size(self, tally: Tally, depth: int, node: exp.Expr) -> None:
        limits = self._limits
        if tally.nodes > limits.nodes or depth > limits.depth:
            raise refusal(node, f"SQL of more than {limits.nodes:,} parts or {limits.depth} levels")
        if tally.queries > limits.queries or tally.joins > limits.joins:
            raise refusal(node, f"SQL with more than {limits.queries} SELECTs or {limits.joins} joins")

    def _check_function(self, node: exp.Expr) -> None:
        if isinstance(node, (exp.Anonymous, exp.AnonymousAggFunc)):
            name = node.this
            if not isinstance(name, str) or name.lower() not in self._functions.names:
                raise refusal(node, f"the function {str(name)[:60]}")
        elif not isinstance(node, exp.Func):
            raise refusal(node, label(node))
        elif type(node).__name__ not in self._functions.classes:
            raise refusal(node, f"the function {node.sql_name()}")


def _check_text(node: exp.Expr, name: str, text: str) -> None:
    """Check a piece of text that is written into SQL as it is, outside of quotes."""
    if isinstance(node, (exp.Identifier, exp.Literal, exp.RawString)):
        return  # quoted by the generator, or checked as a name or number
    if isinstance(node, exp.Join) and text.upper() not in _JOINS.get(name, frozenset()):
        raise refusal(node, f"a {text[:20].lower()} join")
    pattern = _BARE_NAME if isinstance(node, (exp.Anonymous, exp.AnonymousAggFunc)) else _KEYWORDS
    if not pattern.fullmatch(text):
        raise refusal(node, f"{label(node)} with {text[:40]!r}")


def _identifier(node: exp.Expr, tally: Tally) -> None:
    name = node.this
    if not isinstance(name, str) or not name or len(name) > _LONGEST_NAME or _CONTROL.search(name):
        raise refusal(node, "a name that is empty, too long or holds control characters")
    if node.args.get("quoted") or _BARE_NAME.fullmatch(name):
        return
    in_table = isinstance(node.parent, exp.Table) and node.arg_key in ("this", "db", "catalog")
    if name.isidentifier():  # letters of other alphabets: quote them, which changes nothing else
        node.set("quoted", True)
    elif not (in_table and _BARE_TABLE_PART.fullmatch(name)):
        raise refusal(node, f"the unquoted name {name[:40]!r}")


def _literal(node: exp.Expr, tally: Tally) -> None:
    if not node.is_string and not _NUMBER.fullmatch(node.this):
        raise refusal(node, "a number that is not one")


def _select(node: exp.Expr, tally: Tally) -> None:
    if not node.expressions:
        raise refusal(node, "a SELECT of nothing")
    tally.queries += 1


def _join(node: exp.Expr, tally: Tally) -> None:
    tally.joins += 1


def _table_alias(node: exp.Expr, tally: Tally) -> None:
    if node.this and node.args.get("columns"):
        tally.named_lists.append(node.name.lower())


def _data_type(node: exp.Expr, tally: Tally) -> None:
    if node.this not in _TYPES:
        raise refusal(node, f"the type {getattr(node.this, 'value', '?')}")


def _count(node: exp.Expr, tally: Tally) -> None:
    count = node.args.get("count") if isinstance(node, exp.Fetch) else node.args.get("expression")
    if not (isinstance(count, exp.Literal) and not count.is_string and count.this.isdigit()):
        raise refusal(node, "a LIMIT or OFFSET that is not a plain whole number")


def _collation(node: exp.Expr, tally: Tally) -> None:
    name = node.args.get("expression")
    if not isinstance(name, exp.Var) or name.name.upper() not in _COLLATIONS:
        raise refusal(node, "a collation")


def _star(node: exp.Expr, tally: Tally) -> None:
    """Allow `*` and `t.*` as output columns and in `count(*)`; elsewhere they stand for unseen columns."""
    holder = node.parent.parent if isinstance(node.parent, exp.Column) else node.parent
    if not isinstance(holder, (exp.Select, exp.Count)):
        raise refusal(node, "a star in an expression")


def _padding(node: exp.Expr, tally: Tally) -> None:
    length = node.args.get("expression")
    if not (isinstance(length, exp.Literal) and length.is_int and int(length.name) <= _MAX_PADDED):
        raise refusal(node, f"padding to anything but a number up to {_MAX_PADDED:,}")


def _format(node: exp.Expr, tally: Tally) -> None:
    _plain_format(node, node.this)


def _anonymous(node: exp.Expr, tally: Tally) -> None:
    if node.name.lower() == "printf":
        _plain_format(node, next(iter(node.expressions), None))


def _plain_format(node: exp.Expr, pattern: object) -> None:
    """Refuse formats that can make a short text very long."""
    if not (isinstance(pattern, exp.Literal) and pattern.is_string) or _WIDE_FORMAT.search(pattern.this):
        raise refusal(node, "a format that is not a plain text with narrow fields")


# What the kind of a part alone can't tell.
_DETAILS: dict[type[exp.Expr], Callable[[exp.Expr, Tally], None]] = {
    exp.Identifier: _identifier,
    exp.Literal: _literal,
    exp.Select: _select,
    exp.Join: _join,
    exp.TableAlias: _table_alias,
    exp.DataType: _data_type,
    exp.Limit: _count,
    exp.Offset: _count,
    exp.Fetch: _count,
    exp.Collate: _collation,
    exp.Star: _star,
    exp.Pad: _padding,
    exp.Format: _format,
    exp.Anonymous: _anonymous,
}
