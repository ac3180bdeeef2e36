"""The BigQuery emulator: started from its own environment, filled with tables of DuckDB.

`.ci/run` makes the environment, `.venv-bigquery`, from requirements/bigquery-emulator.txt.
"""

from __future__ import annotations

import io
import os
import platform
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from real_parts import missing_part

from datacraft.contracts.semantic import ColumnType
from datacraft.warehouse import DuckDBWarehouse

ENVIRONMENT = Path(os.environ.get("BIGQUERY_EMULATOR_VENV", Path(__file__).parents[1] / ".venv-bigquery"))
PROJECT = "test-project"
_TYPES = {
    ColumnType.INTEGER: "INT64",
    ColumnType.NUMBER: "FLOAT64",
    ColumnType.TEXT: "STRING",
    ColumnType.BOOLEAN: "BOOL",
    ColumnType.DATE: "DATE",
    ColumnType.TIMESTAMP: "DATETIME",
    ColumnType.TIME: "TIME",
}


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Start the emulator with `folder` as its home and yield its address."""
    binary = ENVIRONMENT / "bin" / "bqemulator"
    if not binary.exists():
        missing_part(f"the BigQuery emulator is not in {ENVIRONMENT.name} (see .ci/run)")
    _give_extension(folder)
    rest, grpc = _free_port(), _free_port()
    command = [str(binary), "start", "--ephemeral", "--log-level", "error"]
    process = subprocess.Popen(
        [*command, "--rest-port", str(rest), "--grpc-port", str(grpc)],
        env={**os.environ, "HOME": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while not _listens(rest):
            if process.poll() is not None or time.monotonic() > deadline:
                missing_part("the BigQuery emulator does not start here")
            time.sleep(0.05)
        yield f"http://127.0.0.1:{rest}"
    finally:
        process.kill()
        process.wait()


def fill(endpoint: str, dataset: str, warehouse: DuckDBWarehouse) -> None:
    """Make a data set with every table of `warehouse`, same names, same values."""
    from google.cloud import bigquery

    client = _client(endpoint)
    client.create_dataset(dataset, retry=None)
    for table in warehouse.tables():
        schema = [bigquery.SchemaField(c.name, _TYPES[c.type]) for c in table.columns]
        target = f"{PROJECT}.{dataset}.{table.name}"
        client.create_table(bigquery.Table(target, schema=schema), retry=None)
        job = client.load_table_from_file(
            _parquet(warehouse, table.name, [(c.name, c.type) for c in table.columns]),
            target,
            job_config=bigquery.LoadJobConfig(source_format="PARQUET"),
        )
        job.result(timeout=60, retry=None)
    client.close()


def insert(endpoint: str, dataset: str, table: str, rows: list[dict[str, Any]]) -> None:
    """Add rows to a table."""
    client = _client(endpoint)
    assert client.insert_rows_json(f"{PROJECT}.{dataset}.{table}", rows, retry=None) == []
    client.close()


def _client(endpoint: str) -> Any:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import bigquery

    return bigquery.Client(
        PROJECT, credentials=AnonymousCredentials(), client_options={"api_endpoint": endpoint}
    )


def _parquet(warehouse: DuckDBWarehouse, table: str, columns: list[tuple[str, ColumnType]]) -> io.BytesIO:
    import pyarrow.parquet as parquet

    casts = {ColumnType.INTEGER: "BIGINT", ColumnType.NUMBER: "DOUBLE", ColumnType.TEXT: "VARCHAR"}
    chosen = ", ".join(
        f'"{name}"::{casts[kind]} AS "{name}"' if kind in casts else f'"{name}"' for name, kind in columns
    )
    rows: Any = warehouse._connection.cursor().sql(f'SELECT {chosen} FROM "{table}"')
    target = io.BytesIO()
    parquet.write_table(rows.to_arrow_table(), target)
    target.seek(0)
    return target


def _give_extension(folder: Path) -> None:
    """Put the extension that the emulator would download where its database looks for it."""
    for found in ENVIRONMENT.glob("lib/python*/site-packages/duckdb_extension_spatial/extensions/*/*"):
        machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
        home = folder / ".duckdb" / "extensions" / found.parent.name / f"linux_{machine}"
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(found, home / found.name)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
