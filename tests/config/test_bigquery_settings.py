"""A BigQuery data set in the settings: its address survives every way in which settings are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from datacraft.config import load_settings
from datacraft.contracts.errors import InputError
from datacraft.serving import build_handler
from datacraft.warehouse.bigquery import bigquery_address

ADDRESS = "bigquery://my-project/sales"


@pytest.fixture(autouse=True)
def _an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_an_address_in_the_file_is_no_path_beside_it(tmp_path: Path) -> None:
    (tmp_path / "datacraft.yaml").write_text(f'data:\n  paths: ["{ADDRESS}"]\n')
    (path,) = load_settings(environ={}).data.paths
    assert str(bigquery_address(path)) == ADDRESS


def test_an_address_in_a_variable_is_not_parted_at_its_colon() -> None:
    (path,) = load_settings(environ={"DATACRAFT_DATA__PATHS": ADDRESS}).data.paths
    assert str(bigquery_address(path)) == ADDRESS


def test_an_emulator_may_be_named_without_a_scheme() -> None:
    settings = load_settings(environ={"BIGQUERY_EMULATOR_HOST": "127.0.0.1:9050"})
    assert settings.gcp.bigquery_endpoint == "http://127.0.0.1:9050"


def test_a_data_set_is_not_asked_about_beside_files() -> None:
    with pytest.raises(InputError, match="together with other data"):
        build_handler(load_settings(environ={}), [ADDRESS, "sales.csv"])


def test_a_data_set_without_a_project_says_what_is_missing() -> None:
    with pytest.raises(InputError, match="names no data set"):
        build_handler(load_settings(environ={"BQ_DATASET": "sales"}))


def test_the_data_set_is_asked_about_where_no_data_is_named() -> None:
    variables = {"GCP_PROJECT_ID": "my-project", "BQ_DATASET": "sales"}
    (path,) = load_settings(environ=variables).asked_about
    assert str(bigquery_address(path, project="my-project")) == ADDRESS
    named = load_settings(arguments={"data.paths": [Path("sales.csv")]}, environ=variables)
    assert named.asked_about == (Path("sales.csv"),)
    assert load_settings(environ={}).asked_about == ()
