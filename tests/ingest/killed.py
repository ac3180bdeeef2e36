"""A process whose children load one state of a table after the other and are killed: `python killed.py FOLDER`.

For each seed read from stdin it starts a child that replaces, appends and updates by turns, kills it at a
random moment after its work began, and prints how many loads the child had finished.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import pyarrow as pa  # before the children begin: they should die at their work, not at imports

from datacraft.ingest.loading import ingest
from datacraft.ingest.options import IngestOptions
from datacraft.warehouse import WarehouseSettings

assert pa.__name__
ROWS = 2_000


def write_rows(path: Path, generation: int) -> None:
    """Write a file of which each row says the generation, and a second table that must agree with it."""
    path.mkdir(exist_ok=True)
    for name in ("orders", "stock"):
        lines = ["id,generation,amount"] + [f"{n},{generation},{n * generation}" for n in range(ROWS)]
        (path / f"{name}.csv").write_text("\n".join(lines) + "\n")


def load_for_ever(folder: Path, seed: int, done: int) -> None:
    generation = seed * 1_000
    while True:
        generation += 1
        files = folder / f"files_{seed}"
        write_rows(files, generation)
        mode = ("replace", "upsert")[generation % 2]
        ingest(
            [files / "orders.csv", files / "stock.csv"],
            IngestOptions(
                folder / "warehouse.duckdb",
                mode=mode,  # type: ignore[arg-type]
                key=("id",) if mode == "upsert" else (),
                settings=WarehouseSettings(memory_mb=256, threads=1),
            ),
        )
        os.write(done, b".")


def main() -> None:
    folder = Path(sys.argv[1])
    for line in sys.stdin:
        seed = int(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            load_for_ever(folder, seed, writing)
        os.close(writing)
        time.sleep(random.Random(seed).uniform(0.05, 1.2))
        finished_by_itself, _ = os.waitpid(child, os.WNOHANG)
        os.kill(child, signal.SIGKILL)
        if not finished_by_itself:
            os.waitpid(child, 0)
        finished = len(os.read(reading, 65_536))
        os.close(reading)
        print(-1 if finished_by_itself else finished, flush=True)


if __name__ == "__main__":
    main()
