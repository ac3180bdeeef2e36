"""What DuckDB itself reads in the statements that the guard lets through.

The guard checks what sqlglot reads; here DuckDB's own parser is the judge of what would run: one SELECT,
known tables, allowed functions, no table functions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import duckdb
import pytest
from guard_cases import SHOP, hostile, locked_shop, statements
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datacraft.contracts.errors import UnsafeQuery
from datacraft.sql.guard import Guard
from datacraft.sql.guard.functions import allowed_functions

GUARD = Guard(SHOP, row_limit=50)
ORDINARY = statements("ordinary.sql")
HOSTILE = [sql for _, sql in hostile("hostile.yaml")]
PIECES = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\w+|\s+|.", re.DOTALL)

# What DuckDB's parser calls operators and syntax that have no name in a statement.
SYNTAX_FUNCTIONS = {
    *(
        "~~",
        "~~*",
        "!~~",
        "!~~*",
        "~~~",
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "^",
        "**",
        "||",
        "&",
        "|",
        "~",
        "<<",
        ">>",
    ),
    *("&&", "array_extract", "array_slice", "struct_extract", "list_value", "row", "timezone", "like_escape"),
    *("not_like_escape", "ilike_escape", "not_ilike_escape", "regexp_full_match", "xor", "unnest", "cast"),
    *("to_years", "to_months", "to_days", "to_hours", "to_minutes", "to_seconds", "to_weeks", "to_quarters"),
    *("to_milliseconds", "to_microseconds", "to_decades", "to_centuries", "to_millennia", "date_part"),
}
ALLOWED = allowed_functions("duckdb").names | SYNTAX_FUNCTIONS


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with locked_shop(tmp_path_factory.mktemp("shop")) as connection:
        yield connection


@pytest.fixture(scope="module")
def parser() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def judge(sql: str, parser: duckdb.DuckDBPyConnection) -> None:
    """Assert that DuckDB's parser reads one SELECT over known tables with allowed functions in `sql`."""
    kinds = [statement.type for statement in parser.extract_statements(sql)]
    assert kinds == [duckdb.StatementType.SELECT], sql
    row = parser.execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchone()
    assert row is not None
    tree = json.loads(row[0])
    assert tree["error"] is False, (sql, tree)
    ctes: set[str] = set()
    parts = list(dicts(tree))
    for part in parts:
        for entry in (part.get("cte_map") or {}).get("map", []):
            ctes.add(entry["key"].lower())
    for part in parts:
        if "function_name" in part:
            assert part["function_name"].lower() in ALLOWED, (part["function_name"], sql)
            assert not part.get("schema") and not part.get("catalog"), sql
        kind = part.get("type")
        assert kind not in ("SHOW_REF", "PIVOT", "PARAMETER", "VALUE_PARAMETER", "LAMBDA"), sql
        if kind == "TABLE_FUNCTION":
            assert part["function"]["function_name"] == "unnest", sql
        if kind == "BASE_TABLE":
            assert not part["schema_name"] and not part["catalog_name"], sql
            assert part["table_name"].lower() in {*SHOP, *ctes}, (part["table_name"], sql)


def dicts(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from dicts(item)
    elif isinstance(value, list):
        for item in value:
            yield from dicts(item)


@pytest.mark.parametrize("sql", ORDINARY)
def test_duckdb_reads_what_the_guard_checked(sql: str, parser: duckdb.DuckDBPyConnection) -> None:
    judge(GUARD.check(sql).sql, parser)


def pieces_of(sql: str) -> list[str]:
    return PIECES.findall(sql)


WORDS = sorted({piece for sql in [*ORDINARY, *HOSTILE] for piece in pieces_of(sql) if piece.strip()})


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """An ordinary statement with a few pieces replaced, added, taken away, or taken from a hostile one."""
    pieces = pieces_of(draw(st.sampled_from(ORDINARY)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(pieces) - 1))
        change = draw(st.sampled_from(["replace", "insert", "delete", "splice", "wrap"]))
        if change == "replace":
            pieces[place] = draw(st.sampled_from(WORDS))
        elif change == "insert":
            pieces.insert(place, f" {draw(st.sampled_from(WORDS))} ")
        elif change == "delete" and len(pieces) > 1:
            del pieces[place]
        elif change == "wrap":
            pieces[place] = f" {draw(st.sampled_from(WORDS))}({pieces[place]}) "
        else:
            other = pieces_of(draw(st.sampled_from([*HOSTILE, *ORDINARY])))
            start = draw(st.integers(0, len(other) - 1))
            pieces[place:place] = [" ", *other[start : start + draw(st.integers(1, 8))], " "]
    return "".join(pieces)


def check_and_judge(sql: str, shop: duckdb.DuckDBPyConnection, parser: duckdb.DuckDBPyConnection) -> None:
    try:
        guarded = GUARD.check(sql)
    except UnsafeQuery:
        return
    try:
        judge(guarded.sql, parser)
    except duckdb.ParserException:
        return  # sqlglot takes some things for SQL that DuckDB doesn't: they don't run at all
    assert set(guarded.tables) <= set(SHOP)
    assert GUARD.check(guarded.sql).sql == guarded.sql
    try:
        rows = shop.execute(guarded.sql).fetchall()
    except (duckdb.PermissionException, duckdb.IOException, duckdb.OutOfMemoryException):
        raise AssertionError(f"reached for what is locked: {guarded.sql}") from None
    except duckdb.Error:
        return  # wrong types and the like are the database's to say
    assert len(rows) <= 51


@given(sql=mutated())
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_mutated_statement_that_passes_is_harmless(
    sql: str, shop: duckdb.DuckDBPyConnection, parser: duckdb.DuckDBPyConnection
) -> None:
    check_and_judge(sql, shop, parser)


@given(sql=st.text(max_size=80) | st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_is_refused_or_harmless(
    sql: str, shop: duckdb.DuckDBPyConnection, parser: duckdb.DuckDBPyConnection
) -> None:
    check_and_judge(sql, shop, parser)


DANGEROUS = sorted(
    {
        *(
            "read_csv",
            "read_text",
            "read_blob",
            "read_parquet",
            "glob",
            "getenv",
            "query",
            "query_table",
            "range",
        ),
        *(
            "generate_series",
            "repeat",
            "current_setting",
            "nextval",
            "txid_current",
            "pg_read_file",
            "sleep_ms",
        ),
        *(
            "duckdb_secrets",
            "duckdb_settings",
            "pragma_version",
            "json_execute_serialized_sql",
            "error",
            "version",
        ),
        *(
            "current_user",
            "current_query",
            "setseed",
            "write_log",
            "list_resize",
            "pg_sleep",
            "list_transform",
        ),
    }
)


@given(sql=st.sampled_from(ORDINARY), name=st.sampled_from(DANGEROUS), data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_dangerous_call_put_anywhere_never_survives(
    sql: str, name: str, data: st.DataObject, parser: duckdb.DuckDBPyConnection
) -> None:
    pieces = pieces_of(sql)
    place = data.draw(st.integers(0, len(pieces) - 1))
    case = data.draw(st.sampled_from([str.upper, str.lower, str.title]))
    call = f"{case(name)}({data.draw(st.sampled_from(['', '1', 'amount', pieces[place]]))})"
    pieces[place] = data.draw(st.sampled_from([call, f"({call})", f"{pieces[place]}.{call}", f'"{name}"(1)']))
    with suppress(UnsafeQuery, duckdb.ParserException):
        judge(GUARD.check("".join(pieces)).sql, parser)


def test_no_function_that_reaches_out_is_on_a_list() -> None:
    for dialect in ("duckdb", "bigquery"):
        allowed = allowed_functions(dialect).names
        assert not allowed & set(DANGEROUS)
        assert not [
            name for name in allowed if name.startswith(("read_", "pg_", "duckdb_", "pragma_", "json_"))
        ]


def test_every_allowed_duckdb_name_is_a_function_of_duckdb(parser: duckdb.DuckDBPyConnection) -> None:
    rows = parser.execute("SELECT lower(function_name), function_type FROM duckdb_functions()").fetchall()
    tabular = {name for name, kind in rows if "table" in kind}
    assert not allowed_functions("duckdb").names & tabular - {"unnest", "histogram"}
