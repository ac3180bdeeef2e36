"""How fast do large files become checked tables, beside the barest way of reading them, and in how much memory?

Each measurement is a process of its own, so that its peak of memory is its own. The sample as CSV is loaded with the
contract that a first load of it proposes, and beside it by DuckDB's `read_csv` into a table, in turn, so that what else the
machine does is felt by both. Parquet is loaded as it is; a workbook beside pandas with openpyxl, where pandas is
installed; scanned pages where tesseract is.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import multiprocessing
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

from datacraft.ingest import IngestOptions, ingest
from datacraft.warehouse.sample import make_orders

GOALS = {"csv_speed_of_bare_min": 0.5, "peak_mb_max": 2048}
_PARQUET_ROWS_OF_1_GB = 10_000_000


def measured(work: Callable[..., None], *arguments: Any) -> tuple[float, int]:
    """Return how long work takes in a new process, in seconds, and its peak of memory in MB."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_in_child, args=(sending, work, arguments))
    process.start()
    sending.close()
    try:
        found: tuple[float, int] = receiving.recv()
    except EOFError:
        raise SystemExit(f"{work.__name__} failed") from None
    finally:
        process.join()
    return found


def _in_child(sending: Any, work: Callable[..., None], arguments: Sequence[Any]) -> None:
    started = time.perf_counter()
    work(*arguments)
    seconds = time.perf_counter() - started
    # Not getrusage: what it tells a new process begins with the peak of whoever started it.
    status = Path("/proc/self/status").read_text()
    sending.send((seconds, int(status.partition("VmHWM:")[2].split()[0]) >> 10))


def load(path: Path, folder: Path, contracts: Path | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    report = ingest([path], IngestOptions(folder / "warehouse.duckdb", contracts=contracts))
    assert report.status == "loaded"
    if contracts is not None:
        assert not any(table.contract_is_new for table in report.tables)


def propose(path: Path, folder: Path, contracts: Path) -> None:
    ingest([path], IngestOptions(folder / "proposed.duckdb", contracts=contracts))


def read_bare(path: Path, folder: Path) -> None:
    database = folder / "bare.duckdb"
    database.unlink(missing_ok=True)
    with closing(duckdb.connect(database)) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute("CREATE TABLE orders AS SELECT * FROM read_csv($1)", [str(path)])


def read_with_pandas(path: Path, folder: Path) -> None:
    import pandas as pd  # type: ignore[import-not-found,import-untyped,unused-ignore]

    frame = pd.read_excel(path, engine="openpyxl")
    with closing(duckdb.connect(folder / "pandas.duckdb")) as connection:
        connection.register("frame", frame)
        connection.execute("CREATE OR REPLACE TABLE orders AS SELECT * FROM frame")


def of_csv(folder: Path, rows: int, runs: int) -> dict[str, Any]:
    path = make_orders(folder / "orders.csv", rows=rows)
    contracts = folder / "contracts"
    measured(propose, path, folder, contracts)
    (folder / "proposed.duckdb").unlink()
    ours, bare = [], []
    for _ in range(runs):
        bare.append(measured(read_bare, path, folder))
        ours.append(measured(load, path, folder / "csv", contracts))
    seconds, bare_seconds = (statistics.median(s for s, _ in found) for found in (ours, bare))
    figures = {
        "csv_rows": rows,
        "csv_mb": path.stat().st_size >> 20,
        "csv_s": round(seconds, 2),
        "csv_bare_s": round(bare_seconds, 2),
        "csv_speed_of_bare": round(bare_seconds / seconds, 2),
        "csv_rows_per_s": round(rows / seconds),
        "csv_peak_mb": max(peak for _, peak in ours),
        "csv_bare_peak_mb": max(peak for _, peak in bare),
    }
    path.unlink()
    return figures


def of_parquet(folder: Path, rows: int) -> dict[str, Any]:
    path = write_parquet(folder / "orders.parquet", rows)
    seconds, peak = measured(load, path, folder / "parquet", None)
    size = path.stat().st_size
    path.unlink()
    return {
        "parquet_mb": size >> 20,
        "parquet_s": round(seconds, 2),
        "parquet_mb_per_s": round((size >> 20) / seconds, 1),
        "parquet_peak_mb": peak,
    }


def write_parquet(path: Path, rows: int) -> Path:
    """Write the sample with columns that no encoding makes small: 100 bytes a row."""
    plain = make_orders(path.with_name("plain.parquet"), rows=rows)
    with closing(duckdb.connect()) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(
            "COPY (SELECT *, md5(CAST(row_id AS VARCHAR)) AS token, random() AS a, random() AS b, random() AS c, random() AS d "
            f"FROM read_parquet('{plain}')) TO '{path}' (FORMAT parquet)"
        )
    plain.unlink()
    return path


def of_workbook(folder: Path, rows: int) -> dict[str, Any]:
    path = folder / "orders.xlsx"
    write_workbook(make_orders(folder / "some.parquet", rows=rows), path)
    seconds, peak = measured(load, path, folder / "workbook", None)
    figures: dict[str, Any] = {
        "workbook_rows": rows,
        "workbook_s": round(seconds, 2),
        "workbook_peak_mb": peak,
    }
    if importlib.util.find_spec("pandas") is not None:
        peer, peer_peak = measured(read_with_pandas, path, folder)
        figures |= {
            "workbook_pandas_s": round(peer, 2),
            "workbook_pandas_peak_mb": peer_peak,
            "workbook_times_as_fast": round(peer / seconds, 2),
        }
    return figures


def write_workbook(parquet: Path, path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Orders")
    with closing(duckdb.connect()) as connection:
        cursor = connection.execute("SELECT * FROM read_parquet($1)", [str(parquet)])
        sheet.append([column[0] for column in cursor.description or ()])
        while rows := cursor.fetchmany(10_000):
            for row in rows:
                sheet.append(row)
    book.save(path)


def of_scans(folder: Path, pages: int) -> dict[str, Any]:
    """Load a document of scanned pages, each a table of 30 rows at 300 dpi."""
    path = folder / "scan.pdf"
    write_scan(path, pages)
    seconds, peak = measured(load, path, folder / "scans", None)
    return {
        "scanned_pages": pages,
        "scanned_pages_per_minute": round(pages / seconds * 60, 1),
        "scan_peak_mb": peak,
    }


def write_scan(path: Path, pages: int) -> None:
    from PIL import Image, ImageDraw, ImageFont

    font, chance = ImageFont.load_default(44), random.Random(7)
    images = []
    for _ in range(pages):
        image = Image.new("L", (2480, 3508), 255)
        draw = ImageDraw.Draw(image)
        rows = [("Product", "Region", "Quantity", "Amount")]
        for _ in range(30):
            product, region = chance.choice(("Desk", "Lamp", "Chair")), chance.choice(("North", "South"))
            rows.append((product, region, str(chance.randrange(10, 99)), f"{chance.uniform(10, 9_000):.2f}"))
        for line, row in enumerate(rows):
            for left, text in zip((250, 800, 1350, 1850), row, strict=True):
                draw.text((left, 300 + line * 90), text, font=font, fill=0)
        images.append(image)
    images[0].save(path, save_all=True, append_images=images[1:], resolution=300)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--csv-rows", type=int, default=10_000_000, help="of the sample as CSV; 0: leave it out"
    )
    parser.add_argument("--runs", type=int, default=1, help="loads of the CSV file; the median counts")
    parser.add_argument("--parquet-rows", type=int, default=_PARQUET_ROWS_OF_1_GB, help="0: leave it out")
    parser.add_argument("--workbook-rows", type=int, default=200_000, help="0: leave it out")
    parser.add_argument("--pages", type=int, default=20, help="scanned ones; 0: leave them out")
    parser.add_argument("--folder", type=Path, help="where files are made (several GB)")
    given = parser.parse_args()
    figures: dict[str, Any] = {"cores": len(os.sched_getaffinity(0))}
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        parts: list[tuple[bool, Callable[[], dict[str, Any]]]] = [
            (given.csv_rows > 0, lambda: of_csv(folder, given.csv_rows, given.runs)),
            (given.parquet_rows > 0, lambda: of_parquet(folder, given.parquet_rows)),
            (given.workbook_rows > 0, lambda: of_workbook(folder, given.workbook_rows)),
            (
                given.pages > 0 and shutil.which("tesseract") is not None,
                lambda: of_scans(folder, given.pages),
            ),
        ]
        for wanted, measure in parts:
            if wanted:
                found = measure()
                print(", ".join(f"{key} {value:,}" for key, value in found.items()), flush=True)
                figures |= found
    peaks = [value for key, value in figures.items() if key in ("csv_peak_mb", "parquet_peak_mb")]
    met = (
        figures.get("csv_speed_of_bare", 1.0) >= GOALS["csv_speed_of_bare_min"]
        and max(peaks, default=0) < GOALS["peak_mb_max"]
    )
    figures["load_average"] = round(os.getloadavg()[0], 2)
    print(json.dumps({"name": "ingest", "figures": figures, "goals": GOALS, "met": met}))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
