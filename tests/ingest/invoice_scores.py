"""Field by field and line by line: what was read from an invoice against what it says."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from document_scores import read_tables
from invoice_corpus import MadeInvoice

from datacraft.contracts.errors import DataCraftError


@dataclass
class InvoiceScore:
    """Fields and lines: right, wrong (said, but something else) and missing; planted mismatches and what was told."""

    invoices: int = 0
    right: int = 0
    wrong: int = 0
    missing: int = 0
    planted: int = 0
    found: int = 0
    false_alarms: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        precision = self.right / max(self.right + self.wrong, 1)
        recall = self.right / max(self.right + self.wrong + self.missing, 1)
        return 2 * precision * recall / max(precision + recall, 1e-9)

    def add(self, other: InvoiceScore) -> None:
        for name in ("invoices", "right", "wrong", "missing", "planted", "found", "false_alarms"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.faults += other.faults

    def take(self, label: str, got: Any, wanted: Any) -> None:
        if wanted is None:
            if got is not None:
                self.wrong += 1
                self.faults.append(f"{label}: {got!r} where nothing is said")
            return
        if got is None:
            self.missing += 1
            self.faults.append(f"{label}: missing {wanted!r}")
        elif _same(got, wanted):
            self.right += 1
        else:
            self.wrong += 1
            self.faults.append(f"{label}: {got!r} instead of {wanted!r}")


def _same(got: Any, wanted: Any) -> bool:
    if isinstance(wanted, float):
        return isinstance(got, int | float) and abs(got - wanted) < 0.001
    if isinstance(wanted, dt.date):
        return got == wanted
    return " ".join(str(got).split()) == wanted


def score_invoice(made: MadeInvoice) -> InvoiceScore:
    label = f"{made.layout} {made.number}"
    score = InvoiceScore(invoices=1, planted=made.truth.mismatches)
    try:
        tables = {table.name: table for table in read_tables(made.path)}
    except DataCraftError as error:
        tables = {}
        score.faults.append(f"{label}: {error.message}")
    heads, lines = tables.get("invoices"), tables.get("invoice_lines")
    if heads is None:
        score.missing += len([v for v in made.truth.fields.values() if v is not None]) + 4 * len(
            made.truth.lines
        )
        score.faults.append(f"{label}: not seen as an invoice: {list(tables)}")
        return score
    said = dict(zip(heads.columns, heads.rows[0], strict=True))
    for name, wanted in made.truth.fields.items():
        score.take(f"{label} {name}", said[name], wanted)
    got = [] if lines is None else [dict(zip(lines.columns, row, strict=True)) for row in lines.rows]
    for place, wanted_line in enumerate(made.truth.lines):
        line = got[place] if place < len(got) else {}
        for name, wanted in zip(
            ("description", "quantity", "unit_price", "amount"), wanted_line, strict=True
        ):
            score.take(f"{label} line {place + 1} {name}", line.get(name), wanted)
    for extra in got[len(made.truth.lines) :]:
        score.wrong += len([v for v in extra.values() if v is not None])
        score.faults.append(f"{label}: a line too many {extra}")
    told = any(f.code == "invoice_mismatch" for f in heads.findings)
    score.found = int(told and made.truth.mismatches > 0)
    score.false_alarms = int(told and not made.truth.mismatches)
    if told != bool(made.truth.mismatches):
        score.faults.append(
            f"{label}: mismatches planted {made.truth.mismatches} told {[f.message for f in heads.findings if f.code == 'invoice_mismatch']}"
        )
    return score
