"""Contracts: proposed, edited, checked; what breaks them is rejected, set aside or warned of, with lines."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import duckdb
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from datacraft.contracts.errors import ConfigError, InputError
from datacraft.ingest import IngestOptions, ingest
from datacraft.ingest.contract import TableContract, propose_contract, read_contract
from datacraft.ingest.contract.checks import compile_contract
from datacraft.ingest.contract.verdict import TableChecker
from datacraft.ingest.report.page import page
from datacraft.ingest.report.summary import summary
from datacraft.ingest.report.written import harmless
from datacraft.ingest.store import read_store
from datacraft.warehouse.model import ColumnInfo

HEAD = "order_id,region,order_date,ship_date,sales\n"
GOOD = "".join(
    f"A-{n},{'NSEW'[n % 4]},2024-01-{n % 28 + 1:02d},2024-02-{n % 28 + 1:02d},{n}.5\n" for n in range(100)
)


@pytest.fixture
def orders(tmp_path: Path, load) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(HEAD + GOOD)
    load(path, contracts=tmp_path / "contracts")
    return path


@pytest.fixture
def edit(tmp_path: Path):
    """Change the contract that was proposed."""

    def change(**values):
        path = tmp_path / "contracts" / "orders.yaml"
        content = yaml.safe_load(path.read_text())
        for key, value in values.items():
            if "__" in key:
                column, name = key.split("__")
                content["columns"][column][name] = value
                content["columns"][column].pop("warn", None)
            else:
                content[key] = value
        path.write_text(yaml.safe_dump(content, sort_keys=False))

    return change


@pytest.fixture
def broken(orders, tmp_path, load):
    """Load rows under the contract; return the report, and line and reason of each row set aside."""

    def run(text: str, **options):
        orders.write_text(HEAD + text)
        report = load(orders, contracts=tmp_path / "contracts", **options)
        with read_store(Path(report.warehouse)) as store:
            aside = [row for row in store.set_aside("orders", most=50) if row[0] == report.load_id]
        return report, [(line, reason) for _, _, line, reason, _ in aside]

    return run


def test_the_first_load_proposes_what_it_fulfils(orders, tmp_path):
    contract = read_contract(tmp_path / "contracts" / "orders.yaml", "orders")
    assert contract.key == ("order_id",)
    assert contract.columns["region"].allowed == ("E", "N", "S", "W")
    assert contract.columns["sales"].minimum == 0
    assert contract.columns["order_id"].pattern == r"[A-Z]+\-[0-9]+"
    assert [rule.check for rule in contract.rules] == ["ship_date >= order_date"]


@pytest.mark.parametrize(
    ("row", "reason", "change"),
    [
        ("A-1,N,2024-01-02,2024-01-03,many", "sales is no number", {}),
        (",N,2024-01-02,2024-01-03,5", "order_id is missing", {}),
        ("A-900,N,2024-02-30,2024-01-03,5", "order_date is no date", {}),
        ("A-900,X,2024-01-02,2024-01-03,5", "region is none of the allowed values", {"region__allowed": ["N", "S"]}),
        ("A-900,N,2024-01-02,2024-01-03,-5", "sales is not from 0", {"sales__minimum": 0}),
        ("A-900,N,2024-01-02,2024-01-03,5", "sales is not from 6 to 7", {"sales__minimum": 6, "sales__maximum": 7}),
        ("A-900,N,2023-01-02,2024-01-03,6", "order_date is not from 2024-01-01", {"order_date__minimum": "2024-01-01"}),
        ("B900,N,2024-01-02,2024-01-03,5", r"order_id does not match A-\d+", {"order_id__pattern": r"A-\d+"}),
        ("A-900,N,2024-01-05,2024-01-03,5", "not ship_date >= order_date",
         {"rules": [{"name": "order", "check": "ship_date >= order_date"}]}),
    ],
)  # fmt: skip
def test_a_row_that_breaks_a_check_is_set_aside_with_line_and_reason(broken, edit, row, reason, change):
    edit(**change)
    good = "".join(f"A-{n},N,2024-01-02,2024-01-03,6.5\n" for n in range(500, 520))
    report, aside = broken(good + row + "\n")
    assert aside == [(22, reason)]
    assert (report.tables[0].rows_after, report.tables[0].rows_set_aside) == (20, 1)


def test_a_key_that_comes_twice_keeps_the_first(broken):
    _, aside = broken(
        "A-1,N,2024-01-02,2024-01-03,1\nA-2,N,2024-01-02,2024-01-03,1\nA-1,N,2024-01-02,2024-01-03,2\n"
    )
    assert aside == [(4, "order_id comes twice")]


def test_a_key_that_the_table_has_already_is_not_appended(broken):
    _, aside = broken("A-1,N,2024-01-02,2024-01-03,1\nA-777,N,2024-01-02,2024-01-03,1\n", mode="append")
    assert aside == [(2, "order_id comes twice")]


def test_a_row_with_several_faults_is_kept_once_with_all_reasons(broken):
    _, aside = broken(",N,2024-01-02,2024-01-03,much\nA-2,N,2024-01-02,2024-01-03,1\n")
    assert aside == [(2, "order_id is missing; sales is no number")]


def test_values_in_another_notation_are_read_as_the_contract_wants(broken, rows):
    broken('A-1,N,2024-01-02,2024-01-03,"$1,234.50"\nA-2,N,2024-01-02,2024-01-03,much\n')
    assert rows("orders", "sales") == [(1234.5,)]


def test_reject_loads_nothing_and_says_why(broken, rows):
    report, _ = broken("A-1,N,2024-01-02,2024-01-03,many\n", on_violation="reject")
    assert (report.status, report.load_id) == ("rejected", None)
    assert [check.message for check in report.tables[0].all_checks if check.outcome == "rejected"] == [
        "sales is no number in 1 row"
    ]
    assert len(rows("orders")) == 100


def test_warn_loads_all_that_has_a_type(broken, rows):
    report, aside = broken(
        "A-1,X,2024-01-02,2024-01-03,5\nA-1,N,2024-01-02,2024-01-03,6\n", on_violation="warn"
    )
    assert (len(rows("orders")), aside) == (2, [])
    assert {check.outcome for check in report.tables[0].all_checks} == {"passed", "warned"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rows": {"minimum": 50}}, "2 rows came, at least 50 were expected"),
        ({"rows": {"maximum": 1}}, "2 rows came, at most 1 were expected"),
        ({"freshness": {"column": "order_date", "max_age_days": 30}},
         "the newest order_date is 2024-01-02, older than 30 days"),
    ],
)  # fmt: skip
def test_a_load_of_the_wrong_size_or_age_is_rejected(broken, edit, change, said):
    edit(**change)
    report, _ = broken("A-1,N,2024-01-02,2024-01-03,5\nA-2,N,2024-01-02,2024-01-03,6\n")
    assert report.status == "rejected"
    assert [check.message for check in report.tables[0].checks if check.outcome == "rejected"] == [said]


def test_a_missing_required_column_rejects_the_load(orders, load, tmp_path):
    orders.write_text("order_id,region\nA-1,N\n")
    report = load(orders, contracts=tmp_path / "contracts")
    assert report.status == "rejected"
    assert "the column sales is missing" in {check.message for check in report.tables[0].checks}


def test_references_are_looked_up_in_the_other_table(broken, edit, tmp_path, load):
    (tmp_path / "regions.csv").write_text("code,name\nN,North\nS,South\n")
    load(tmp_path / "regions.csv")
    edit(references=[{"columns": ["region"], "table": "regions", "referenced": ["code"]}])
    _, aside = broken("A-1,N,2024-01-02,2024-01-03,5\nA-2,Q,2024-01-02,2024-01-03,6\n")
    assert aside == [(3, "region not found in regions")]


def test_an_edited_contract_is_applied_to_a_file_that_was_loaded_before(orders, edit, load, tmp_path, rows):
    edit(sales__maximum=50)
    report = load(orders, contracts=tmp_path / "contracts")
    assert report.status == "loaded"
    assert len(rows("orders")) == 50
    assert load(orders, contracts=tmp_path / "contracts").status == "unchanged"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("table: orders\ncolumns: {a: {type: wrong}}\n", "orders.yaml:2: columns.a.type"),
        ("table: orders\ncolumns: {a: {type: text}}\nkey: [b]\n", "orders.yaml:3: key names the column b"),
        ("table: orders\ncolumns: {a: {type: text}}\nsurprise: 1\n", "orders.yaml:3: surprise"),
        ("table: other\ncolumns: {a: {type: text}}\n", "orders.yaml:1: this is the contract of other"),
        ("table: orders\ncolumns: [\n", "not valid YAML"),
    ],
)
def test_a_wrong_contract_names_file_line_and_key(tmp_path, text, said):
    path = tmp_path / "orders.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_contract(path, "orders")
    assert said in caught.value.message


@pytest.mark.parametrize("check", ["a = (SELECT max(a) FROM x)", "1; DROP TABLE orders", "read_text('/etc/passwd') = ''", "b > 1"])  # fmt: skip
def test_a_rule_is_a_condition_over_the_columns_of_a_row(tmp_path, check):
    path = tmp_path / "orders.yaml"
    path.write_text(yaml.safe_dump({"table": "orders", "columns": {"a": {"type": "integer"}}, "rules": [{"name": "r", "check": check}]}))  # fmt: skip
    with pytest.raises(InputError):
        read_contract(path, "orders")


def test_a_pattern_that_is_none_says_so(orders, edit, load, tmp_path, rows):
    edit(order_id__pattern="[A-")
    orders.write_text(HEAD + "A-1,N,2024-01-02,2024-01-03,5\n")
    with pytest.raises(ConfigError, match="can't be run"):
        load(orders, contracts=tmp_path / "contracts")
    assert len(rows("orders")) == 100


def test_the_pages_escape_what_the_data_holds(broken):
    report, _ = broken("<script>alert(1)</script>,N,2024-01-02,2024-01-03,<b>|x\n")
    assert "<script>" not in page(report)
    assert "<script>" not in summary(report)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("+cmd", "'+cmd"),
        ("-2+3", "'-2+3"),
        ("-2.5", "-2.5"),
        ("a=b", "a=b"),
        (-2, -2),
    ],
)
def test_no_text_becomes_a_formula(value, written):
    assert harmless(value) == written


VALUES = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(-5, 5)), st.one_of(st.none(), st.sampled_from("abc"))),
    min_size=1,
    max_size=30,
)


@settings(max_examples=40, deadline=None)
@given(VALUES)
def test_the_sql_finds_the_rows_that_a_plain_loop_finds(values):
    contract = TableContract.model_validate(
        {"table": "t", "key": ["n"], "columns": {
            "n": {"type": "integer", "required": True, "minimum": -3, "maximum": 4},
            "c": {"type": "text", "allowed": ["a", "b"]}}}
    )  # fmt: skip
    columns = [
        ColumnInfo(name="n", header="n", type="integer", native_type="BIGINT"),
        ColumnInfo(name="c", header="c", type="text", native_type="VARCHAR"),
    ]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (n BIGINT, c VARCHAR)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", [list(row) for row in values])
        compiled = compile_contract(contract, columns)
        verdict = TableChecker(connection, "t", lambda row: row + 1, "quarantine").check(
            compiled, compiled.checks, None
        )
        found = set()
        if verdict.bad_rows:
            found = {
                row for (row,) in connection.execute(f"SELECT row_id FROM {verdict.bad_rows}").fetchall()
            }
    seen, expected = set(), set()
    for row, (number, letter) in enumerate(values):
        if number is None or not -3 <= number <= 4 or letter == "c" or number in seen:
            expected.add(row)
        seen.add(number)
    assert found == expected


def test_what_is_proposed_from_any_table_lets_that_table_in(tmp_path):
    chooser = random.Random(5)
    for case in range(12):
        header = ["id", "code", "start_date", "end_date", "amount", "note"]
        lines = [",".join(header)]
        for number in range(chooser.choice([1, 5, 40])):
            day = dt.date(2024, 1, 1) + dt.timedelta(days=chooser.randrange(300))
            later = day + dt.timedelta(days=chooser.randrange(-2, 9))
            cells = [
                number,
                f"{chooser.choice('AB')}{number:03d}",
                day,
                later,
                chooser.randrange(-9, 9),
                chooser.choice(["x", "", "y'z"]),
            ]
            lines.append(",".join(map(str, cells)))
        path = tmp_path / f"case_{case}.csv"
        path.write_text("\n".join(lines) + "\n")
        report = ingest(
            [path], IngestOptions(tmp_path / "w.duckdb", contracts=tmp_path / "c", table=f"t{case}")
        )
        outcomes = {check.outcome for table in report.tables for check in table.all_checks}
        assert outcomes <= {"passed"}, path.read_text()


def test_a_proposal_over_an_empty_table_is_a_contract():
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (n BIGINT)")
        columns = [ColumnInfo(name="n", header="n", type="integer", native_type="BIGINT")]
        assert propose_contract(connection, "t", "t", columns).columns["n"].required is False


def test_private_values_are_said_and_not_shown(tmp_path, load):
    path = tmp_path / "people.csv"
    people = "".join(f"{n},user{n}@example.org,Ann\n" for n in range(20))
    path.write_text("id,contact,first_name\n" + people)
    report = load(path, contracts=tmp_path / "c")
    found = {f.code: f for f in report.tables[0].sources[0].findings}
    assert "e-mail addresses" in found["private_values"].message
    assert "first_name" in found["personal_names"].message
    contract = tmp_path / "c" / "people.yaml"
    contract.write_text(contract.read_text().replace("contact: {", "contact: {pattern: '.*@other', "))
    report = load(path, contracts=tmp_path / "c", on_violation="warn")
    assert "user1@example.org" not in report.model_dump_json()
    assert "(private)" in report.model_dump_json()
