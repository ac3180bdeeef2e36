"""Whether an invoice adds up: lines to the net amount, net and tax to the total, quantity times price to each line."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation

from datacraft.warehouse.documents.invoices.model import Invoice, Mismatch
from datacraft.warehouse.documents.model import Cell

_CENT = Decimal("0.011")
_CERTAIN = 0.7


def check(invoice: Invoice) -> None:
    """Note what does not add up; what does is beyond doubt, and what does not and was hard to read is doubted."""
    net, tax, total = (_number(invoice.cell(name)) for name in ("net_amount", "tax_amount", "total_amount"))
    amounts = [_number(line["amount"]) for line in invoice.lines if "amount" in line]
    proven: set[str] = set()
    if net is not None and total is not None:
        _check_sum(invoice, "the net amount and the tax", net + (tax or 0), total, "total_amount", proven)
    lines_sum = sum((amount for amount in amounts if amount is not None), Decimal(0))
    wanted = "net_amount" if net is not None else "total_amount"
    said = net if net is not None else total
    summed = bool(amounts) and all(amount is not None for amount in amounts) and said is not None
    if summed and said is not None:
        _check_sum(invoice, "the lines", lines_sum, said, wanted, proven)
    products = [_check_line(invoice, number, line) for number, line in enumerate(invoice.lines, start=1)]
    _doubt(invoice, proven, lines_proven=wanted in proven and summed, products=products)


def _check_sum(
    invoice: Invoice, what: str, value: Decimal, said: Decimal, name: str, proven: set[str]
) -> None:
    if abs(value - said) <= _CENT:
        proven |= {name, "net_amount", "tax_amount"} if name == "total_amount" else {name}
        return
    called = "total" if name == "total_amount" else "net amount"
    cell = invoice.cell(name)
    invoice.mismatches.append(
        Mismatch(f"the {called} is not the sum of {what}", cell, f"{said:,}", f"{value:,}")
    )


def _check_line(invoice: Invoice, number: int, line: dict[str, Cell]) -> bool | None:
    """Return whether quantity times price is the amount; None where that can't be told."""
    quantity, price, amount = (
        _number(line[name]) if name in line else None for name in ("quantity", "unit_price", "amount")
    )
    if quantity is None or price is None or amount is None:
        return None
    product = quantity * price
    # Prices are rounded to cents, so that a large quantity of them may be off by more.
    if abs(product - amount) <= _CENT + abs(quantity) * Decimal("0.005") * (
        price != price.quantize(Decimal("0.01"))
    ):
        return True
    invoice.mismatches.append(
        Mismatch(f"the amount of line {number} is not its quantity times its price", line["amount"], f"{amount:,}",
                 f"{product.quantize(Decimal('0.01')):,}")
    )  # fmt: skip
    return False


def _doubt(invoice: Invoice, proven: set[str], *, lines_proven: bool, products: list[bool | None]) -> None:
    for name, cell in invoice.fields.items():
        if cell.text and not cell.doubt and cell.confidence < _CERTAIN and name not in proven:
            invoice.fields[name] = replace(cell, doubt="it was hard to read")
    for line, product in zip(invoice.lines, products, strict=True):
        for name, cell in line.items():
            sure = (product is True and name in {"quantity", "unit_price", "amount"}) or (
                lines_proven and name == "amount"
            )
            if cell.text and not cell.doubt and cell.confidence < _CERTAIN and not sure:
                line[name] = replace(cell, doubt="it was hard to read")


def _number(cell: Cell) -> Decimal | None:
    try:
        return Decimal(cell.text) if cell.text and not cell.doubt else None
    except InvalidOperation:
        return None
