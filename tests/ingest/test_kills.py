"""Fifty loads killed at random moments: the tables are always those before, or those after."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from killed import ROWS, write_rows

from datacraft.ingest import IngestOptions, ingest
from datacraft.ingest.store import read_store

pytestmark = pytest.mark.e2e

KILLS = 50


def test_a_killed_load_leaves_the_old_tables_or_the_new_ones(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    write_rows(tmp_path / "first", 7)
    ingest([tmp_path / "first" / "orders.csv", tmp_path / "first" / "stock.csv"], IngestOptions(warehouse))
    command = [sys.executable, str(Path(__file__).with_name("killed.py")), str(tmp_path)]
    finished, before = 0, 7
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as driver:
        assert driver.stdin is not None
        assert driver.stdout is not None
        for seed in range(1, KILLS + 1):
            driver.stdin.write(f"{seed}\n")
            driver.stdin.flush()
            done = int(driver.stdout.readline())
            assert done >= 0, "a load failed by itself"
            finished += done
            generation = whole_generation(warehouse)
            # What was reported as done is there; the load under way when killed is there whole or not at all.
            assert generation in (
                {seed * 1_000 + done, seed * 1_000 + done + 1} | ({before} if not done else set())
            )
            before = generation
        driver.stdin.close()
    assert finished >= 5, "hardly any load got as far as its end"


def whole_generation(warehouse: Path) -> int:
    """Return the one generation that both tables are of, down to the last row and the catalogue."""
    with read_store(warehouse) as store:
        found = set()
        for table in ("orders", "stock"):
            row = store.connection.execute(
                f"SELECT count(*), count(DISTINCT id), min(generation), max(generation), sum(amount) FROM store.main.{table}"
            ).fetchone()
            assert row is not None
            rows, ids, low, high, total = row
            assert (rows, ids, low) == (ROWS, ROWS, high)
            assert total == high * ROWS * (ROWS - 1) // 2
            version = store.require(table)
            assert version.row_count == ROWS
            assert version.load_id == store.loads()[-1].load_id
            found.add(high)
    assert len(found) == 1, "one table is of another load than the other"
    return int(found.pop())
