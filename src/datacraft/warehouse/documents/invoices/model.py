"""`Invoice`: what one invoice or statement says, each value with its place."""

from __future__ import annotations

from dataclasses import dataclass, field

from datacraft.warehouse.documents.model import EMPTY, Cell

FIELDS = (
    "invoice_number", "invoice_date", "due_date", "seller", "buyer", "currency", "net_amount", "tax_amount", "total_amount",
)  # fmt: skip
LINE_FIELDS = ("description", "item_code", "quantity", "unit_price", "tax_rate", "amount")
NUMBERS = frozenset(
    {"net_amount", "tax_amount", "total_amount", "quantity", "unit_price", "tax_rate", "amount"}
)
DATES = frozenset({"invoice_date", "due_date"})


@dataclass(frozen=True)
class Mismatch:
    """Something in an invoice that does not add up: what, what it says, what it would have to be."""

    what: str
    cell: Cell
    said: str
    should: str


@dataclass
class Invoice:
    """An invoice.

    Attributes:
        fields: by name; numbers are written plainly (1234.5) and dates as 2024-12-31.
        lines: each by name of its columns.
        mismatches: what does not add up.
        notes: what a person should know about how it was read.
    """

    fields: dict[str, Cell]
    lines: list[dict[str, Cell]] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    mismatches: list[Mismatch] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def cell(self, name: str) -> Cell:
        """Return a field; an empty cell where it was not found."""
        return self.fields.get(name, EMPTY)
