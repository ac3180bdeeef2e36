"""What telemetry keeps of texts, and what it says of a question without them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from datacraft.contracts.telemetry import QuestionFeatures, TelemetryRecord
from datacraft.profiles.private_values import redacted
from datacraft.serving.telemetry import TelemetryPolicy
from datacraft.serving.telemetry.hash_key import hash_key

NOW = dt.datetime(2024, 1, 2, tzinfo=dt.UTC)
SQL = "SELECT \"a b\", SUM(x) FROM t WHERE y = 'it''s' AND z > -1.5e3 AND d >= CAST('2020-01-01' AS DATE) LIMIT 10"
MASKED = 'SELECT "a b", SUM(x) FROM t WHERE y = ? AND z > -? AND d >= CAST(? AS DATE) LIMIT ?'


def record(**more: object) -> TelemetryRecord:
    return TelemetryRecord(at=NOW, question_id="q1", **more)  # type: ignore[arg-type]


def hidden(sql: str, dialect: str = "duckdb") -> str | None:
    return TelemetryPolicy(dialect=dialect).apply(record(sql=sql)).sql


@pytest.mark.parametrize(
    ("sql", "dialect", "masked"),
    [
        (SQL, "duckdb", MASKED),
        ("SELECT `a` FROM t WHERE y = r'x' AND z = \"v\"", "bigquery", "SELECT `a` FROM t WHERE y = ? AND z = ?"),
        ("SELECT 'it\\'s', '''a'b''', b\"x\" # Ann's\nFROM t1", "bigquery", "SELECT ?, ?, ?  \nFROM t1"),
        ("SELECT 1 -- of 'Ann'\n, $$it's$$, e'\\'' /* Bob */ FROM t", "duckdb", "SELECT ?  \n, ?, ?   FROM t"),
        ("SELECT x1, 0x1F, 1_000, .5 FROM t2", "duckdb", "SELECT x1, ?, ?, ? FROM t2"),
        ("SELECT DATE'2020-01-01', x'ab', a\"b\", a/**/b FROM t", "duckdb", 'SELECT DATE?, ?, a"b", a b FROM t'),
        ("SELECT $1, -5, a-5, 1e5x, é1 FROM t", "duckdb", "SELECT $?, -?, a-?, ?x, é1 FROM t"),
        ("SELECT 'torn", "duckdb", "?"),
        ('SELECT "torn', "duckdb", "?"),
        ("", "duckdb", ""),
    ],
)  # fmt: skip
def test_values_and_comments_do_not_stay_in_sql(sql: str, dialect: str, masked: str) -> None:
    assert hidden(sql, dialect) == masked


def test_values_stay_where_they_may() -> None:
    assert TelemetryPolicy(values=True).apply(record(sql=SQL)).sql == SQL


@pytest.mark.parametrize(
    ("sql", "dialect", "tables"),
    [
        ('SELECT * FROM "order lines" JOIN main.people AS p ON TRUE', "duckdb", ("order lines", "people")),
        ("WITH a AS (SELECT * FROM t), b AS (SELECT 1 FROM A) SELECT * FROM a, b", "duckdb", ("t",)),
        ("SELECT EXTRACT(YEAR FROM day) FROM t WHERE x IS DISTINCT FROM y", "duckdb", ("t",)),
        ("SELECT * FROM (SELECT TRIM(BOTH FROM name) FROM s) AS q WHERE n > (SELECT 1 FROM u)", "duckdb", ("s", "u")),
        ("SELECT * FROM generate_series(1, 5) JOIN LATERAL (SELECT 1 FROM v) AS w ON TRUE", "duckdb", ("v",)),
        ("SELECT 1 FROM `my-project.shop.orders` AS o", "bigquery", ("orders",)),
        ("SELECT 1 -- FROM secret\n FROM t WHERE x = 'FROM other'", "duckdb", ("t",)),
        ("SELECT 1", "duckdb", ()),
        ("SELECT 'torn", "duckdb", None),
    ],
)  # fmt: skip
def test_a_record_names_the_tables_that_its_sql_reads(
    sql: str, dialect: str, tables: tuple[str, ...] | None
) -> None:
    assert TelemetryPolicy(dialect=dialect).apply(record(sql=sql)).tables == tables


@pytest.mark.parametrize(
    ("sql", "form", "functions", "joins", "filtered", "by_time"),
    [
        ("SELECT region, SUM(x) FROM t GROUP BY region", "groups", ("sum",), 0, False, False),
        ("SELECT AVG(x), COUNT(*) FROM t WHERE y > 1", "figure", ("avg", "count"), 0, True, False),
        ("SELECT a FROM t JOIN u ON t.i = u.i JOIN v ON v.i = t.i", "rows", (), 2, False, False),
        ("SELECT DATE_TRUNC('month', d), MAX(sum) FROM t GROUP BY 1 HAVING MAX(sum) > 1", "groups", ("max",), 0, True, True),
    ],
)  # fmt: skip
def test_a_record_says_what_its_sql_does(
    sql: str, form: str, functions: tuple[str, ...], joins: int, filtered: bool, by_time: bool
) -> None:
    found = TelemetryPolicy(questions="none").apply(record(question="what is it", sql=sql))
    assert found.sql is None
    assert found.features == QuestionFeatures(
        characters=10, words=3, form=form, functions=functions, joins=joins, filtered=filtered, by_time=by_time
    )  # fmt: skip


def test_without_texts_nothing_of_them_is_left_but_what_they_say_of_the_question() -> None:
    full = record(question="sales of Ann Lee", sql=SQL, comment="Ann is right")
    for kept in ("none", "hashed"):
        found = TelemetryPolicy(questions=kept, values=True, key=b"k").apply(full)
        assert (found.question, found.sql, found.comment, found.tables) == (None, None, None, ("t",))
        assert "Ann" not in found.model_dump_json()


def test_equal_questions_have_equal_hashes_and_only_under_one_key() -> None:
    def hashed(question: str, key: bytes = b"one") -> str | None:
        policy = TelemetryPolicy(questions="hashed", key=key)
        return policy.apply(record(question=question)).question_hash

    assert hashed("Total sales?") == hashed("total  SALES") != hashed("total profit")
    assert hashed("Total sales?") != hashed("Total sales?", b"two")
    assert len(hashed("") or "") == 32


def test_a_key_is_made_once_for_all_processes_and_for_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "state" / "telemetry.key"
    key = hash_key(path)
    assert len(key) == 32
    assert hash_key(path) == key
    assert path.stat().st_mode & 0o077 == 0
    assert [one.name for one in path.parent.iterdir()] == ["telemetry.key"]


def test_without_a_place_for_the_key_hashes_are_this_process_s_own(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    assert len(hash_key(tmp_path / "file" / "key")) == 32
    (tmp_path / "short").write_bytes(b"x")
    assert len(hash_key(tmp_path / "short")) == 32
    assert len(caplog.records) == 2


def test_redacted_texts_hold_no_addresses_accounts_or_long_numbers() -> None:
    found = TelemetryPolicy(questions="redacted", values=True).apply(
        record(question="orders of bob@acme.com", comment="call 020 7946 0958", sql="SELECT 1 FROM t WHERE m = 'bob@acme.com'")
    )  # fmt: skip
    assert found.question == "orders of (e-mail)"
    assert found.comment == "call (number)"
    assert found.sql == "SELECT 1 FROM t WHERE m = '(e-mail)'"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("mail bob.smith@acme.co.uk, please", "mail (e-mail), please"),
        ("card 4111 1111 1111 1111?", "card (number)?"),
        ("customer 00123456789", "customer (number)"),
        ("IBAN DE89 3704 0044 0532 0130 00 now", "IBAN (account) now"),
        ("from 10.1.2.3 or https://x.y/z?q=1", "from (address) or (address)"),
        ("ssn 078-05-1120", "ssn (number)"),
    ],
)
def test_what_may_name_a_person_is_redacted(text: str, kept: str) -> None:
    assert redacted(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "sales over 1,234,567 in 2023-2024",
        "orders from 2023-01-15 to 15.02.2024",
        "top 5 in 2020 2021 2022",
        "ratio 0.12345678",
        "SKU AB12 and B2B",
        "",
    ],
)
def test_dates_years_and_amounts_are_no_persons(text: str) -> None:
    assert redacted(text) == text
