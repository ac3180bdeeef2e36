"""How much of tables and invoices in documents is read right, and how much of what is wrong is said to be doubtful?

Documents are made by `tests/ingest/document_corpus.py` and `invoice_corpus.py`, with their truth; what is measured here
is the half that is held back: the readers were never looked at with it. Every cell of every table is compared, every field
and line of every invoice. A cell that is left out of the table for a person to look at is wrong, but marked. Scans
have 300 dpi, are up to 1.5 degrees askew, a quarter of them lies on its side or head. Totals and sums that were made
wrong on purpose have to be told.

--only measures one part, such as scans. Without tesseract what needs it is left out. The last line is the figures as JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "ingest"))

from document_corpus import MadeDocument, make_scans, make_text_pdfs, make_web_pages, make_word_files
from document_scores import DocumentScore, score_document
from invoice_corpus import MadeInvoice, make_invoices
from invoice_scores import InvoiceScore, score_invoice

from datacraft.warehouse.documents.extras import has_tesseract

GOALS = {
    "text_pdf": {"right_min": 0.98, "unmarked_max": 0.005},
    "scans": {"right_min": 0.95, "unmarked_max": 0.01},
    "word_and_web": {"right_min": 0.98, "unmarked_max": 0.005},
    "invoices_text": {"f1_min": 0.97},
    "invoices_scanned": {"f1_min": 0.92},
}


def cells(documents: Iterable[MadeDocument]) -> dict[str, Any]:
    score, started, pages = DocumentScore(), time.perf_counter(), 0
    for document in documents:
        if document.held_back:
            score.add(score_document(document))
            pages += 1
    for fault in score.faults:
        print(f"  {fault[:200]}", file=sys.stderr)
    return {
        "documents": score.documents,
        "cells": score.cells,
        "right": round(score.share_right, 4),
        "wrong_and_unmarked": round(score.share_unmarked, 4),
        "wrong_totals_planted": score.planted,
        "wrong_totals_told": score.found,
        "right_totals_told_wrong": score.false_alarms,
        "seconds": round(time.perf_counter() - started, 1),
    }


def fields(invoices: Iterable[MadeInvoice]) -> dict[str, Any]:
    score, started = InvoiceScore(), time.perf_counter()
    for invoice in invoices:
        if invoice.held_back:
            score.add(score_invoice(invoice))
    for fault in score.faults:
        print(f"  {fault[:200]}", file=sys.stderr)
    return {
        "invoices": score.invoices,
        "f1": round(score.f1, 4),
        "right": score.right,
        "wrong": score.wrong,
        "missing": score.missing,
        "mismatches_planted": score.planted,
        "mismatches_told": score.found,
        "right_ones_told_wrong": score.false_alarms,
        "seconds": round(time.perf_counter() - started, 1),
    }


PARTS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "text_pdf": lambda place: cells(make_text_pdfs(place / "text")),
    "word_and_web": lambda place: cells([*make_word_files(place / "word"), *make_web_pages(place / "web")]),
    "invoices_text": lambda place: fields(make_invoices(place / "invoices", repeats=12)),
    "scans": lambda place: cells(make_scans(place / "scans")),
    "invoices_scanned": lambda place: fields(make_invoices(place / "scanned", repeats=2, scans=True)),
}
SCANNED = frozenset({"scans", "invoices_scanned"})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=list(PARTS), help="measure this part alone")
    only = parser.parse_args().only
    figures: dict[str, Any] = {"benchmark": "documents", "goals": GOALS, "tesseract": has_tesseract()}
    with tempfile.TemporaryDirectory() as folder:
        for name, measure in PARTS.items():
            if only in (None, name) and (has_tesseract() or name not in SCANNED):
                figures[name] = measure(Path(folder))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
