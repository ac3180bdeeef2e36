"""`ask` and `doctor` about BigQuery, where something that it needs is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Command

from datacraft.warehouse.bigquery import client

ADDRESS = "bigquery://my-project/sales"


@pytest.fixture
def nobody(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that nobody has logged in from."""
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "BIGQUERY_EMULATOR_HOST", "BQ_DATASET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(folder / "no-gcloud"))
    monkeypatch.setenv("NO_GCE_CHECK", "true")


@pytest.mark.usefixtures("nobody")
def test_without_a_login_ask_says_how_to_log_in(datacraft: Command) -> None:
    run = datacraft("ask", "total sales", "--data", ADDRESS)
    assert run.code == 1
    assert run.out == ""
    assert "gcloud auth application-default login" in run.err
    assert "Traceback" not in run.err


@pytest.mark.usefixtures("nobody")
def test_without_a_login_doctor_says_what_is_missing(
    datacraft: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GCP_PROJECT_ID", "my-project")
    monkeypatch.setenv("BQ_DATASET", "sales")
    run = datacraft("doctor")
    assert run.code == 4
    (line,) = [line for line in run.out.splitlines() if line.startswith("missing")]
    assert "gcloud auth application-default login" in line


def test_without_the_extra_ask_says_how_to_install_it(
    datacraft: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "find_spec", lambda name: None)
    run = datacraft("ask", "total sales", "--data", ADDRESS)
    assert run.code == 2
    assert "pip install '.[gcp]'" in run.err


def test_half_an_address_is_wrong_usage(datacraft: Command) -> None:
    run = datacraft("ask", "total sales", "--data", "bigquery://sales")
    assert run.code == 2
    assert "bigquery://PROJECT/DATASET" in run.err
