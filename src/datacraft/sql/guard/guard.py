"""`Guard`: checks statements against the tables of one data set, and writes what may run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ErrorLevel

from datacraft.contracts.errors import UnsafeQuery
from datacraft.sql.guard.functions import DIALECTS, allowed_functions
from datacraft.sql.guard.limits import GuardLimits
from datacraft.sql.guard.names import Catalog
from datacraft.sql.guard.nodes import NodeCheck, Tally
from datacraft.sql.guard.refusals import refusal
from datacraft.sql.guard.scope import Resolver, Usage
from datacraft.sql.guard.text import tokens_of

# In text that the generator wrote: a literal, a quoted name, or a word; the last two perhaps called.
_CALLS = re.compile(
    r"""'(?:[^'\\]|''|\\.)*'|("(?:[^"]|"")*"|`(?:[^`\\]|\\.)*`|[A-Za-z_][A-Za-z0-9_.$-]*)[ ]?(\()?""",
    re.DOTALL,
)
_CALLS_PLAIN_BACKSLASH = re.compile(
    r"""'(?:[^']|'')*'|("(?:[^"]|"")*"|[A-Za-z_][A-Za-z0-9_.$]*)[ ]?(\()?""", re.DOTALL
)
# Words of the language that a bracket may follow.
_SYNTAX_WORDS = """
    all and any array as between by case cast char cross cube decimal distinct else except exclude exists
    extract filter from group having in intersect interval is join like ilike limit materialized not numeric
    offset bignumeric on or over qualify replace rollup safe_cast select sets similar string then to try_cast
    union unnest using values varchar week when where with within full inner left outer right anti semi asof
    natural end safe_offset ordinal safe_ordinal glob escape text ignore respect order
"""
_SYNTAX = frozenset(_SYNTAX_WORDS.split())


@dataclass(frozen=True, slots=True)
class GuardedQuery:
    """A statement that may run.

    Attributes:
        sql: the statement, written anew; returns at most `row_limit + 1` rows, so that a result of more
            than `row_limit` rows shows that it was cut.
        row_limit: rows to show at most.
        tables: known tables that are read, in the order of their first use.
        columns: (table, column) pairs that are read, in the order of their first use.
    """

    sql: str
    row_limit: int
    tables: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]


class Guard:
    """Checks statements against one data set. Build one per schema and keep it: building reads the schema.

    Args:
        tables: known tables and their columns; in BigQuery with their data set, and project where the
            statements name it (`dataset.table`).
        dialect: of the SQL, read and written: `duckdb` or `bigquery`.
        row_limit: rows to show at most, at least 1.
        limits: how big a statement may be.
    """

    def __init__(
        self,
        tables: Mapping[str, Sequence[str]],
        *,
        dialect: str = "duckdb",
        row_limit: int,
        limits: GuardLimits | None = None,
    ) -> None:
        if dialect not in DIALECTS:
            raise ValueError(f"no guard for the dialect {dialect!r}; there is one for {', '.join(DIALECTS)}")
        if row_limit < 1:
            raise ValueError(f"row_limit is {row_limit}; it must be at least 1")
        self._limits = limits or GuardLimits()
        self._row_limit = row_limit
        self._dialect = Dialect.get_or_raise(dialect)
        self._catalog = Catalog(tables, qualified=dialect == "bigquery")
        self._functions = allowed_functions(dialect)
        self._nodes = NodeCheck(dialect, self._functions, self._limits)
        self._calls = _CALLS if dialect == "bigquery" else _CALLS_PLAIN_BACKSLASH

    def check(self, sql: str) -> GuardedQuery:
        """Check a statement's text.

        Raises:
            UnsafeQuery: it may not run; the message says what is wrong and where.
        """
        return self.check_expression(self.parse(sql))

    def parse(self, sql: str) -> exp.Expr:
        """Read the text of one statement; that it can be read does not mean that it may run.

        Raises:
            UnsafeQuery: it can't be read, is too big, or is not one statement.
        """
        tokens = tokens_of(sql, self._dialect, self._limits)
        try:
            parser = self._dialect.parser(error_level=ErrorLevel.IMMEDIATE)
            statements = parser.parse(tokens, sql)
        except Exception as error:  # odd text breaks the parser in any way; that is a refusal
            raise UnsafeQuery(
                f"The SQL can't be read: {_reason(error)}.", hint="Check its syntax."
            ) from error
        if len(statements) != 1 or statements[0] is None:
            raise UnsafeQuery("There must be exactly one SQL statement.", hint="Send one SELECT alone.")
        return statements[0]

    def check_expression(self, expression: exp.Expr) -> GuardedQuery:
        """Check a statement that is parsed or built already. Takes it over: the row limit is put into it.

        Raises:
            UnsafeQuery: it may not run; the message says what is wrong, and where if that is known.
        """
        if not isinstance(expression, (exp.Select, exp.SetOperation, exp.Subquery)):
            raise refusal(expression, f"a statement of the kind {type(expression).__name__.upper()}")
        tally = self._nodes.run(expression)
        resolver = Resolver(self._catalog, self._limits)
        resolver.query(expression, {}, None)
        self._limit_rows(expression)
        return self._write(expression, tally, resolver.usage)

    def _limit_rows(self, expression: exp.Query) -> None:
        limit = expression.args.get("limit")
        if isinstance(limit, exp.Fetch):
            asked = int(limit.args["count"].this)
        elif isinstance(limit, exp.Limit):
            asked = int(limit.expression.this)
        else:
            asked = self._row_limit + 1
        rows = min(asked, self._row_limit + 1)
        expression.set("limit", exp.Limit(expression=exp.Literal.number(rows)))

    def _write(self, expression: exp.Expr, tally: Tally, usage: Usage) -> GuardedQuery:
        generator = self._dialect.generator(comments=False, unsupported_level=ErrorLevel.RAISE)
        try:
            sql = generator.generate(expression, copy=False)
        except Exception as error:  # what can't be written must not run, whatever the cause
            raise UnsafeQuery(
                f"The SQL can't be written for this warehouse: {_reason(error)}.",
                hint="Say it in another way.",
            ) from error
        self._check_calls(sql, tally)
        return GuardedQuery(sql, self._row_limit, tuple(usage.tables), tuple(usage.columns))

    def _check_calls(self, sql: str, tally: Tally) -> None:
        """Compare the calls in the text that will run with the list, whatever the tree was."""
        unknown: Counter[str] = Counter()
        for match in self._calls.finditer(sql):
            if match[2]:
                name = match[1].strip('"`').lower()
                if name.removeprefix("safe.") not in self._functions.names and name not in _SYNTAX:
                    unknown[name] += 1
        unknown -= Counter(tally.named_lists)
        if unknown:
            raise UnsafeQuery(
                f"The function {next(iter(unknown))[:60]} is not allowed.", hint="Leave it out."
            )


def guard(
    sql: str,
    *,
    tables: Mapping[str, Sequence[str]],
    dialect: str = "duckdb",
    row_limit: int,
    limits: GuardLimits | None = None,
) -> GuardedQuery:
    """Check one statement; see `Guard`, which is faster for many statements over the same tables.

    Raises:
        UnsafeQuery: it may not run; the message says what is wrong and where.
    """
    return Guard(tables, dialect=dialect, row_limit=row_limit, limits=limits).check(sql)


def _reason(error: Exception) -> str:
    """Return the first line of a parser's message, without terminal colours."""
    lines = str(error).splitlines() or [type(error).__name__]
    return re.sub(r"\x1b\[[0-9;]*m", "", lines[0])[:200].rstrip(".")
