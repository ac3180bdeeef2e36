"""The product over BigQuery's emulator: the same answers and the same meaning as over DuckDB."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import bigquery_emulator as emulator
import pytest

from datacraft.cli import main
from datacraft.config import load_settings
from datacraft.contracts.errors import DataCraftError, DataNotFound, QueryFailed
from datacraft.contracts.profile import ColumnKind
from datacraft.contracts.semantic import SemanticModel
from datacraft.engines.semantic import SemanticEngine
from datacraft.http.service import Service
from datacraft.profiles import measuring_connection, profile_data, read_semantic
from datacraft.serving import build_handler
from datacraft.serving.meaning import load_meaning
from datacraft.sql.compare import Table, same_result
from datacraft.sql.guard import Guard
from datacraft.sql.render import SchemaView, render
from datacraft.warehouse import DuckDBWarehouse, Warehouse, open_data
from datacraft.warehouse.bigquery import BigQueryAddress, open_bigquery

sys.path.append(str(Path(__file__).parents[1] / "questions"))
import questionset as sets

NAMES = ("bank", "flights", "hospital", "hr", "logistics", "subscriptions")
# What BigQuery only approximates, and what the emulator can't do though BigQuery can.
NOT_COMPARED = ("APPROX_QUANTILES", "ISOWEEK")


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with emulator.running(tmp_path_factory.mktemp("emulator")) as address:
        yield address


@pytest.fixture(scope="module")
def bank(endpoint: str) -> Iterator[DuckDBWarehouse]:
    """The bank's data in DuckDB; the emulator holds them as the data set `bank`."""
    with open_data([sets.HERE / "bank"]) as warehouse:
        emulator.fill(endpoint, "bank", warehouse)
        yield warehouse


def test_questions_have_the_same_rows_in_bigquery_as_in_duckdb(endpoint: str, tmp_path: Path) -> None:
    compared, different = 0, []
    for name in NAMES:
        question_set = sets.load(sets.HERE / f"{name}.yaml")
        with open_data([sets.HERE / question_set.data]) as duckdb:
            emulator.fill(endpoint, f"questions_{name}", duckdb)
            address = BigQueryAddress(emulator.PROJECT, f"questions_{name}")
            with open_bigquery(address, endpoint=endpoint) as bigquery:
                for case, same in _compared(question_set, duckdb, bigquery, tmp_path / name):
                    compared += 1
                    different += [] if same else [case]
    assert different == []
    assert compared >= 150


def _compared(
    question_set: sets.QuestionSet, duckdb: Warehouse, bigquery: Warehouse, folder: Path
) -> Iterator[tuple[str, bool]]:
    """Yield each case that both can compute, and whether both gave the same."""
    meaning = load_meaning(duckdb, semantic=None, cache_dir=folder)
    engine, schema = SemanticEngine(meaning.model, meaning.values), SchemaView.from_model(meaning.model)
    tables = {table.name: [column.name for column in table.columns] for table in meaning.model.tables}

    def result(warehouse: Warehouse, sql: str) -> Table:
        found = warehouse.execute(sql, timeout_s=30, max_rows=10_000)
        return Table([column.name for column in found.columns], found.rows)

    def guarded(dialect: str) -> str:
        rendered = render(plan, schema=schema, dialect=dialect)
        return Guard(tables, dialect=dialect, row_limit=10_000).check_expression(rendered.expression).sql

    for case in question_set.cases:
        try:
            plan = engine.propose(case.question, []).plan
        except DataCraftError:
            continue
        sql = guarded("bigquery")
        if not any(word in sql for word in NOT_COMPARED):
            yield (
                case.id,
                same_result(result(duckdb, guarded("duckdb")), result(bigquery, sql), ordered=False),
            )
    meaning.values.close()


def test_the_meaning_concluded_from_bigquery_is_the_one_concluded_from_duckdb(
    endpoint: str, bank: DuckDBWarehouse, tmp_path: Path
) -> None:
    with open_bigquery(BigQueryAddress(emulator.PROJECT, "bank"), endpoint=endpoint) as bigquery:
        found = load_meaning(bigquery, semantic=None, cache_dir=tmp_path / "bigquery")
        wanted = load_meaning(bank, semantic=None, cache_dir=tmp_path / "duckdb")
        assert _plain(found.model) == _plain(wanted.model)
        assert found.values.lookup(["Lyon"]) == wanted.values.lookup(["Lyon"]) != {}


def _plain(model: SemanticModel) -> object:
    return json.loads(model.model_dump_json())


def test_statistics_are_measured_in_bigquery(endpoint: str, bank: DuckDBWarehouse) -> None:
    with open_bigquery(BigQueryAddress(emulator.PROJECT, "bank"), endpoint=endpoint) as bigquery:
        found = profile_data(measuring_connection(bigquery))
    wanted = profile_data(measuring_connection(bank))
    for ours, theirs in zip(found.tables, wanted.tables, strict=True):
        assert (ours.name, ours.rows) == (theirs.name, theirs.rows)
        for one, other in zip(ours.columns, theirs.columns, strict=True):
            assert (one.name, one.nulls, one.distinct) == (other.name, other.nulls, other.distinct)
            assert (one.minimum, one.maximum) == (other.minimum, other.maximum)
            assert one.kind == other.kind
            if one.kind is not ColumnKind.TIME:
                assert sum(one.bin_counts) == sum(other.bin_counts)


def test_a_question_is_answered_from_bigquery_by_settings_alone(
    endpoint: str, bank: DuckDBWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(
        environ={"GCP_PROJECT_ID": emulator.PROJECT, "BQ_DATASET": "bank", "BIGQUERY_EMULATOR_HOST": endpoint}
    )
    with build_handler(settings) as handler:
        answer = handler.ask("how many customers are there")
    assert answer.error is None
    assert answer.rows == [[90]]
    assert answer.usage.estimated_bytes == 0  # the emulator's dry runs know no better
    assert "The dry run estimated 0 bytes to be read." in answer.notes


def test_a_median_says_that_it_is_approximate(
    endpoint: str, bank: DuckDBWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(environ={"BIGQUERY_EMULATOR_HOST": endpoint})
    with build_handler(settings, [f"bigquery://{emulator.PROJECT}/bank"]) as handler:
        answer = handler.ask("median balance of customers")
    assert answer.error is None
    assert "BigQuery computes medians and percentiles approximately." in answer.notes


def test_the_commands_profile_and_examine_a_data_set(
    endpoint: str,
    bank: DuckDBWarehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", endpoint)
    monkeypatch.setenv("GCP_PROJECT_ID", emulator.PROJECT)
    monkeypatch.setenv("BQ_DATASET", "bank")
    assert main(["profile"]) == 0
    assert {table.name for table in read_semantic(tmp_path / "semantic.yaml").tables} == {
        "customers",
        "transactions",
    }
    assert main(["doctor"]) == 0
    assert "2 tables with 390 rows" in capsys.readouterr().out


def test_the_page_serves_the_data_set_of_the_settings(
    endpoint: str, bank: DuckDBWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(
        environ={"GCP_PROJECT_ID": emulator.PROJECT, "BQ_DATASET": "bank", "BIGQUERY_EMULATOR_HOST": endpoint}
    )
    service = Service(settings)
    service.start()
    try:
        deadline = time.monotonic() + 60
        while service.loading and time.monotonic() < deadline:
            time.sleep(0.05)
        assert service.data.name == "bank"
        assert service.data.examples
    finally:
        service.close()


def test_profiling_again_takes_up_new_rows(
    endpoint: str, bank: DuckDBWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.fill(endpoint, "growing", bank)
    with open_bigquery(BigQueryAddress(emulator.PROJECT, "growing"), endpoint=endpoint) as bigquery:
        load_meaning(bigquery, semantic=None, cache_dir=tmp_path).values.close()
        emulator.insert(endpoint, "growing", "customers", [{"customer_id": 1000, "city": "Nowhere"}])
        for anew, found in ((False, False), (True, True)):
            values = load_meaning(bigquery, semantic=None, cache_dir=tmp_path, anew=anew).values
            assert bool(values.lookup(["Nowhere"])) is found
            values.close()


def test_sql_that_is_wrong_for_the_data_is_found_by_the_dry_run(endpoint: str, bank: DuckDBWarehouse) -> None:
    with open_bigquery(BigQueryAddress(emulator.PROJECT, "bank"), endpoint=endpoint) as bigquery:
        with pytest.raises(QueryFailed, match="nowhere"):
            bigquery.explain("SELECT nowhere FROM customers")
        with pytest.raises(DataNotFound, match="nothing"):
            bigquery.explain("SELECT 1 FROM nothing")


def test_a_data_set_that_is_not_there_is_said(endpoint: str) -> None:
    with pytest.raises(DataNotFound, match="no_such"):
        open_bigquery(BigQueryAddress(emulator.PROJECT, "no_such"), endpoint=endpoint)
