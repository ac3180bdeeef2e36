"""Reports on disk: a folder for each load, with the report as HTML, JSON and Markdown, and what was set aside."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

from datacraft.contracts.errors import ConfigError
from datacraft.ingest.report.model import IngestReport
from datacraft.ingest.report.page import page
from datacraft.ingest.report.summary import summary
from datacraft.ingest.store.opening import read_store

_MOST_ROWS = 100_000


def write_report(report: IngestReport, folder: Path) -> Path:
    """Write the report into a new folder in `folder`; return the HTML page.

    Raises:
        ConfigError: the folder can't be written.
    """
    name = f"{report.started_at:%Y%m%dT%H%M%S.%fZ}"
    place = folder / name
    try:
        place.mkdir(parents=True)
        (place / "report.json").write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
        (place / "report.md").write_text(summary(report), encoding="utf-8")
        (place / "report.html").write_text(page(report), encoding="utf-8")
        for table in report.tables:
            if table.rows_set_aside and report.status == "loaded":
                _write_set_aside(Path(report.warehouse), table.name, report.load_id, place)
    except OSError as error:
        raise ConfigError(
            f"The report can't be written to {place}: {error.strerror}.",
            hint="Choose another state_dir. The load itself is done.",
        ) from error
    return place / "report.html"


def _write_set_aside(warehouse: Path, table: str, load_id: int | None, place: Path) -> None:
    with read_store(warehouse) as store:
        found = [row for row in store.set_aside(table, most=_MOST_ROWS) if row[0] == load_id]
    rows = [(source, line, reason, json.loads(content)) for _, source, line, reason, content in found]
    names = list(dict.fromkeys(name for *_, content in rows for name in content))
    with (place / f"{table}_set_aside.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["_source", "_line", "_reason", *map(harmless, names)])
        for source, line, reason, content in rows:
            values: Sequence[object] = [source, line, reason, *(content.get(name) for name in names)]
            writer.writerow([harmless(value) for value in values])


def harmless(value: object) -> object:
    """Return a value that no spreadsheet takes for a formula: text that begins like one gets an apostrophe.

    Follows OWASP's advice on CSV injection. A negative number is a number.
    """
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        try:
            float(value)
        except ValueError:
            return f"'{value}"
    return value
