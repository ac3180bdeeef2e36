"""The demonstration's second half: a workbook, a PDF and a scan become tables that one question goes across."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from datacraft.cli.output.talk import say
from datacraft.cli.parts import DOCUMENT_MODULES, missing_modules
from datacraft.cli.start import open_handler

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.contracts.answer import Answer

ACROSS_ALL = "total rent by region"
"""Rents are in the PDF, which city is whose in the workbook, and who runs which region in the scan."""
WITHOUT_SCAN = "total rent by country"


def ask_documents(settings: Settings, out: Path) -> Answer | None:
    """Load sample documents and ask about them; None, and a word why, where this installation can't read them.

    Raises:
        DataCraftError: a document can't be read, which should not happen.
    """
    if missing := missing_modules(DOCUMENT_MODULES):
        say(
            f"Documents are left out: {', '.join(missing)} is not installed (pip install 'datacraft[documents]')."
        )
        return None
    from datacraft.ingest import IngestOptions, ingest
    from datacraft.serving.assembly import warehouse_settings
    from datacraft.warehouse.documents.extras import has_tesseract
    from datacraft.warehouse.sample.documents import make_pdf, make_scan, make_workbook

    folder = out / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    files = [make_workbook(folder / "stores.xlsx"), make_pdf(folder / "rents.pdf")]
    if has_tesseract():
        files.append(make_scan(folder / "managers.png"))
    else:
        say("The scan is left out: tesseract is not installed (apt-get install tesseract-ocr).")
    warehouse = out / "documents.duckdb"
    report = ingest(files, IngestOptions(warehouse, settings=warehouse_settings(settings)))
    for table in report.tables:
        say(
            f"Read {', '.join(source.path for source in table.sources)}: {table.rows_after} rows of {table.name}"
        )
    data = settings.data.model_copy(
        update={"paths": (warehouse,), "semantic": out / "documents_semantic.yaml"}
    )
    with open_handler(settings.model_copy(update={"data": data})) as handler:
        return handler.ask(ACROSS_ALL if len(files) == 3 else WITHOUT_SCAN)
