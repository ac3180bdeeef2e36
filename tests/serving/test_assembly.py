"""The parts put together as the settings say, over real files and the built-in engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from shop import CUSTOMERS, ORDERS

from datacraft.config import Settings
from datacraft.contracts.errors import ConfigError, DataLoadError
from datacraft.serving import build_handler, read_records
from datacraft.serving.assembly import _megabytes

QUESTION = "total sales by region"


@pytest.fixture
def data(tmp_path: Path) -> list[Path]:
    files = {"orders": ORDERS, "customers": CUSTOMERS}
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return [tmp_path / f"{name}.csv" for name in files]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {"state_dir": tmp_path / "state", "data": {"semantic": tmp_path / "semantic.yaml"}}
    )


def test_a_question_over_files_is_answered_and_recorded(settings: Settings, data: list[Path]) -> None:
    with build_handler(settings, data) as handler:
        answer = handler.ask(QUESTION, "s")
    assert answer.error is None
    assert sorted(answer.rows) == [["East", 1410.5], ["North", 1533.3], ["West", 339.95]]
    (record,) = read_records(settings.state_dir / "telemetry")
    assert (record.question, record.rows, record.model) == (QUESTION, 3, "builtin")


def test_a_second_start_finds_what_the_first_one_concluded(settings: Settings, data: list[Path]) -> None:
    build_handler(settings, data).close()
    cache = settings.state_dir / "cache"
    made = {path.name: path.stat().st_mtime_ns for path in cache.iterdir() if path.is_file()}
    assert any(name.endswith(".semantic.yaml") for name in made)
    assert any(name.endswith(".values.sqlite") for name in made)
    build_handler(settings, data).close()
    assert {path.name: path.stat().st_mtime_ns for path in cache.iterdir() if path.is_file()} == made


def test_changed_data_is_read_and_concluded_anew_and_the_old_is_removed(
    settings: Settings, data: list[Path]
) -> None:
    build_handler(settings, data).close()
    data[0].write_text(ORDERS.replace("East", "Overseas"))
    os.utime(data[0], ns=(1, 1))
    with build_handler(settings, data) as handler:
        assert handler.ask("total sales where region is Overseas").rows == [[1410.5]]
    cache = settings.state_dir / "cache"
    for ending in ("*.duckdb", "*.semantic.yaml", "*.values.sqlite"):
        assert len(list(cache.glob(ending))) == 1


def test_damaged_conclusions_are_made_again(settings: Settings, data: list[Path]) -> None:
    build_handler(settings, data).close()
    for path in (settings.state_dir / "cache").iterdir():
        if path.name.endswith((".semantic.yaml", ".values.sqlite", ".json")):
            path.write_text("tables: [rubbish")
    with build_handler(settings, data) as handler:
        assert handler.ask(QUESTION).error is None


def test_without_a_cache_nothing_is_left_but_telemetry(settings: Settings, data: list[Path]) -> None:
    uncached = settings.model_copy(update={"data": settings.data.model_copy(update={"cache": False})})
    with build_handler(uncached, data) as handler:
        assert handler.ask(QUESTION).error is None
    assert [path.name for path in settings.state_dir.iterdir()] == ["telemetry"]


def test_the_file_that_people_keep_goes_before_what_is_inferred(settings: Settings, data: list[Path]) -> None:
    from datacraft.profiles import write_semantic

    with build_handler(settings, data) as handler:
        model = handler.model.model_copy(deep=True)
    model.column("orders", "sales").synonyms.append("loot")
    write_semantic(settings.data.semantic, model)
    with build_handler(settings, data) as handler:
        assert handler.ask("total loot").rows == [[pytest.approx(3283.75)]]
    with build_handler(settings, data, semantic_file=False) as handler:
        assert handler.ask("total loot").error is not None


def test_a_semantic_file_about_other_data_is_passed_over_with_a_warning(
    settings: Settings, data: list[Path], caplog: pytest.LogCaptureFixture
) -> None:
    settings.data.semantic.write_text(
        "schema_version: 1\ntables:\n- name: planets\n  entity: planet\n  columns:\n"
        "  - {name: mass, type: number, role: measure}\n"
    )
    with build_handler(settings, data) as handler:
        assert handler.ask(QUESTION).error is None
    assert "about other data" in caplog.text


def test_a_semantic_file_that_names_a_column_the_data_lost_is_an_error_that_names_it(
    settings: Settings, data: list[Path]
) -> None:
    settings.data.semantic.write_text(
        "schema_version: 1\ntables:\n- name: orders\n  entity: order\n  columns:\n"
        "  - {name: tax, type: number, role: measure}\n"
    )
    with pytest.raises(ConfigError, match="'tax' of 'orders'"):
        build_handler(settings, data)


def test_without_data_it_says_how_to_name_some(settings: Settings) -> None:
    with pytest.raises(DataLoadError) as caught:
        build_handler(settings)
    assert "--data" in (caught.value.hint or "")


def test_limits_and_what_is_logged_follow_the_settings(settings: Settings, data: list[Path]) -> None:
    strict = settings.model_copy(
        update={
            "serve": settings.serve.model_copy(update={"max_question_chars": 30}),
            "warehouse": settings.warehouse.model_copy(update={"row_limit": 2, "timeout_s": 7.0}),
            "engine": settings.engine.model_copy(update={"minimum_confidence": 1.0}),
            "telemetry": settings.telemetry.model_copy(update={"questions": "none"}),
        }
    )
    with build_handler(strict, data) as handler:
        limits = handler.limits
        handler.ask(QUESTION)
    assert (limits.question_characters, limits.rows, limits.timeout_s, limits.minimum_confidence) == (
        30,
        2,
        7,
        1,
    )
    (record,) = read_records(settings.state_dir / "telemetry")
    assert (record.question, record.sql) == (None, None)


def test_a_model_that_this_version_can_not_run_is_said_not_hidden(
    settings: Settings, data: list[Path]
) -> None:
    with build_handler(settings.model_copy(update={"model": "some-language-model"}), data) as handler:
        answer = handler.ask(QUESTION)
    assert (answer.error, answer.model) == (None, "builtin")
    assert "builtin answered instead of some-language-model" in (answer.fallback or "")


def test_answering_imports_nothing_heavy() -> None:
    code = (
        "import sys, datacraft.serving.assembly\n"
        "heavy = {'google', 'numpy', 'pandas', 'plotly', 'pyarrow', 'sqlalchemy', 'streamlit'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("size", "megabytes"), [("2GB", 2000), ("512 MB", 512), ("1GiB", 1073), ("1.5TB", 1_500_000), ("1KB", 0)]
)
def test_sizes_are_read_in_millions_of_bytes(size: str, megabytes: int) -> None:
    assert _megabytes(size) == megabytes
