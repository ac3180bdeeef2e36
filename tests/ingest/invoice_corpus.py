"""Invoices and statements in ten layouts, made with what stands in them; some with sums that are wrong on purpose."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from document_corpus import money
from document_pages import Drawer, Style, fitted, scanned

SEED = 20_240_701

SELLERS = ["Brightwater Supplies Ltd", "Halden & Sons GmbH", "Northgate Office Inc.", "Pixel Forge LLC", "Meridian Logistics plc",
           "Atelier Moreau SARL", "Kestrel Consulting", "Redwood Tools Co."]  # fmt: skip
BUYERS = ["Acorn Stores", "Blue Harbour Hotels", "Cobalt Energy AG", "Dunmore College", "Elm Street Dental", "Fernhill Farms Ltd",
          "Granite Insurance", "Harper & Lane"]  # fmt: skip
GOODS = ["Desk lamp", "Office chair", "Consulting, senior", "Printer toner black", "Hosting, monthly", "Paper A4 80 g",
         "Delivery", "Monitor arm", "Training day", "Safety gloves"]  # fmt: skip
STREETS = ["12 Mill Lane", "Hauptstr. 5", "400 Oak Avenue", "7 Rue des Lilas", "88 Harbour Road"]
TOWNS = ["York YO1 7HH", "10115 Berlin", "Austin, TX 78701", "75011 Paris", "Bristol BS1 4DJ"]


@dataclass
class InvoiceTruth:
    """What an invoice says."""

    fields: dict[str, str | float | dt.date | None]
    lines: list[tuple[str, float, float, float]]
    mismatches: int = 0


@dataclass(frozen=True)
class MadeInvoice:
    layout: str
    number: int
    path: Path
    truth: InvoiceTruth
    held_back: bool


@dataclass
class Invoice:
    """What is drawn."""

    number: str
    date: dt.date
    due: dt.date
    seller: str
    buyer: str
    currency: str
    lines: list[tuple[str, float, float, float]]
    net: float
    rate: float
    tax: float
    total: float
    mismatches: int
    chooser: random.Random
    notation: str = "us"
    extra: dict[str, str] = field(default_factory=dict)

    def truth(self, *, due: bool = True, tax: bool = True) -> InvoiceTruth:
        fields: dict[str, str | float | dt.date | None] = {
            "invoice_number": self.number, "invoice_date": self.date, "due_date": self.due if due else None, "seller": self.seller,
            "buyer": self.buyer, "currency": self.currency, "net_amount": self.net if tax else None,
            "tax_amount": self.tax if tax else None, "total_amount": self.total,
        }  # fmt: skip
        return InvoiceTruth(fields, self.lines, self.mismatches)

    def money(self, value: float, *, sign: str = "") -> str:
        return sign + money(value, self.notation)


def invoice(chooser: random.Random, *, taxed: bool = True) -> Invoice:
    day = dt.date(2023, 1, 1) + dt.timedelta(days=chooser.randrange(700))
    lines: list[tuple[str, float, float, float]] = []
    for name in chooser.sample(GOODS, chooser.randrange(2, 7)):
        count = float(chooser.randrange(1, 40))
        price = round(chooser.uniform(2, 400), 2)
        lines.append((name, count, price, round(count * price, 2)))
    net = round(sum(line[3] for line in lines), 2)
    rate = chooser.choice([5.0, 7.0, 19.0, 20.0]) if taxed else 0.0
    tax = round(net * rate / 100, 2)
    total = round(net + tax, 2)
    mismatches = 0
    wrong = chooser.random()
    if wrong < 0.15:
        total, mismatches = round(total + chooser.choice([10, -5.5, 100]), 2), 1
    elif wrong < 0.3:
        name, count, price, amount = lines[0]
        lines[0] = (name, count, price, round(amount + 27, 2))
        mismatches = 1
    number = chooser.choice(["INV-{}", "2024/{}", "{}", "RE{}", "A-{}-24"]).format(
        chooser.randrange(1_000, 99_999)
    )
    return Invoice(number, day, day + dt.timedelta(days=30), chooser.choice(SELLERS), chooser.choice(BUYERS), "USD", lines,
                   net, rate, tax, total, mismatches, chooser)  # fmt: skip


def lines_table(
    drawer: Drawer,
    made: Invoice,
    headers: list[str],
    *,
    sign: str = "",
    code: bool = False,
    position: bool = False,
) -> None:
    aligns = ["left", "right", "right", "right"]
    rows: list[list[str]] = []
    for number, (name, count, price, amount) in enumerate(made.lines, start=1):
        row = [name, f"{count:g}", made.money(price, sign=sign), made.money(amount, sign=sign)]
        if code:
            row.insert(0, f"A{100 + number}")
        if position:
            row.insert(0, str(number))
        rows.append(row)
    if code:
        aligns.insert(0, "left")
    if position:
        aligns.insert(0, "left")
    drawer.table(fitted(headers, rows, drawer.style, aligns, most=200), rows)


def address(
    drawer: Drawer, x: float, y: float, name: str, chooser: random.Random, *, bold: bool = True
) -> float:
    drawer.at(x, y, name, 10, bold=bold)
    drawer.at(x, y - 13, chooser.choice(STREETS), 9)
    drawer.at(x, y - 25, chooser.choice(TOWNS), 9)
    return y - 40


Layout = Callable[[Drawer, Invoice], InvoiceTruth]
LAYOUTS: dict[str, Layout] = {}


def layout(maker: Layout) -> Layout:
    LAYOUTS[maker.__name__] = maker
    return maker


def pairs(
    drawer: Drawer,
    x: float,
    y: float,
    items: list[tuple[str, str]],
    *,
    gap: float = 90,
    colon: bool = True,
    right: bool = False,
) -> float:
    for label, value in items:
        drawer.at(x, y, f"{label}{':' if colon else ''}", 9, bold=True)
        drawer.at(x + gap + (70 if right else 0), y, value, 9, right=right)
        y -= 14
    return y


@layout
def classic(drawer: Drawer, made: Invoice) -> InvoiceTruth:
    address(drawer, 50, 780, made.seller, made.chooser)
    drawer.at(400, 780, "INVOICE", 20, bold=True)
    pairs(
        drawer,
        380,
        745,
        [
            ("Invoice No", made.number),
            ("Invoice Date", f"{made.date:%d %b %Y}"),
            ("Due Date", f"{made.due:%d %b %Y}"),
        ],
    )
    drawer.at(50, 690, "Bill To:", 9, bold=True)
    address(drawer, 50, 676, made.buyer, made.chooser, bold=False)
    drawer.y = 620
    lines_table(drawer, made, ["Description", "Qty", "Unit Price", "Amount"], sign="$")
    pairs(drawer, 300, drawer.y - 20, [("Subtotal", made.money(made.net, sign="$")), (f"Tax ({made.rate:g}%)", made.money(made.tax, sign="$")),
                                       ("Total", made.money(made.total, sign="$"))], right=True, colon=False)  # fmt: skip
    return made.truth()


@layout
def boxes_above(drawer: Drawer, made: Invoice) -> InvoiceTruth:
    made.currency = "EUR"
    drawer.at(50, 780, made.seller, 16, bold=True)
    drawer.at(50, 764, made.chooser.choice(STREETS), 8)
    drawer.at(50, 735, "Tax Invoice", 13, bold=True)
    labels = ["Invoice Number", "Issue Date", "Payment Due", "Currency"]
    values = [made.number, f"{made.date:%Y-%m-%d}", f"{made.due:%Y-%m-%d}", "EUR"]
    for place, (label, value) in enumerate(zip(labels, values, strict=True)):
        drawer.at(50 + 125 * place, 705, label, 8)
        drawer.at(50 + 125 * place, 692, value, 10, bold=True)
    drawer.at(50, 660, "Billed to", 8)
    address(drawer, 50, 646, made.buyer, made.chooser)
    drawer.y = 590
    lines_table(drawer, made, ["Item", "Quantity", "Price", "Total"])
    y = drawer.y - 24
    for label, value in (
        ("Net amount", made.net),
        (f"VAT {made.rate:g}%", made.tax),
        ("Amount due", made.total),
    ):
        drawer.at(330, y, label, 9)
        drawer.at(480, y, f"{made.money(value)} EUR", 9, right=True)
        y -= 15
    return made.truth()


@layout
def german(drawer: Drawer, made: Invoice) -> InvoiceTruth:
    made.notation, made.currency = "eu", "EUR"
    address(drawer, 50, 780, made.buyer, made.chooser, bold=False)
    drawer.at(380, 800, made.seller, 13, bold=True)
    drawer.at(50, 700, "Rechnung", 18, bold=True)
    pairs(
        drawer,
        380,
        740,
        [
            ("Rechnungsnummer", made.number),
            ("Rechnungsdatum", f"{made.date:%d.%m.%Y}"),
            ("Fällig am", f"{made.due:%d.%m.%Y}"),
        ],
        gap=95,
    )
    drawer.at(50, 660, "Kunde:", 9, bold=True)
    drawer.at(100, 660, made.buyer, 9)
    drawer.y = 640
    lines_table(drawer, made, ["Pos", "Bezeichnung", "Menge", "Einzelpreis", "Gesamt"], position=True)
    y = drawer.y - 24
    for label, value in (
        ("Nettobetrag", made.net),
        (f"MwSt. {made.rate:g} %", made.tax),
        ("Gesamtbetrag", made.total),
    ):
        drawer.at(300, y, label, 9)
        drawer.at(470, y, f"{made.money(value)} €", 9, right=True)
        y -= 15
    return made.truth()


@layout
def two_parties(drawer: Drawer, made: Invoice) -> InvoiceTruth:
    made.currency = "GBP"
    drawer.at(250, 790, "Invoice", 22)
    drawer.at(50, 745, "From", 8)
    address(drawer, 50, 731, made.seller, made.chooser)
    drawer.at(320, 745, "To", 8)
    address(drawer, 320, 731, made.buyer, made.chooser)
    pairs(
        drawer,
        50,
        670,
        [("Invoice #", made.number), ("Date", f"{made.date:%d/%m/%Y}"), ("Due", f"{made.due:%d/%m/%Y}")],
        colon=False,
        gap=70,
    )
    drawer.y = 610
    lines_table(drawer, made, ["Code", "Details", "Hours", "Rate", "Line total"], sign="£", code=True)
    y = drawer.y - 20
    for label, value in (
        ("Sub total", made.net),
        (f"VAT @ {made.rate:g}%", made.tax),
        ("Total due", made.total),
    ):
        drawer.at(320, y, label, 9, bold=label == "Total due")
        drawer.at(440, y, made.money(value, sign="£"), 9, right=True, bold=label == "Total due")
        y -= 14
    return made.truth()


@layout
def one_line_head(drawer: Drawer, made: Invoice) -> InvoiceTruth:
    drawer.at(50, 790, made.seller, 14, bold=True)
    drawer.at(50, 760, f"Invoice number: {made.number}", 10)
    drawer.at(260, 760, f"Date of issue: {made.date:%B %d, %Y}", 10)
    drawer.at(50, 744, f"Payable by: {made.due:%B %d, %Y}", 10)
    drawer.at(50, 715, f"Customer: {made.buyer}", 10)
    drawer.y = 690
    lines_table(drawer, made, ["Product", "Units", "Price each", "Amount (USD)"])
    y = drawer.y - 20
    drawer.at(50, y, f"Net total: {made.money(made.net)} USD", 10)
    drawer.at(50, y - 15, f"Sales tax ({made.rate:g}%): {made.money(made.tax)} USD", 10)
    drawer.at(50, y - 32, f"Grand total: {made.money(made.total)} USD", 11, bold=True)
    return made.truth()


@layout
def totals_in_table(drawer: Drawer, made: Invoice) -> InvoiceTruth:
    drawer.at(400, 795, made.seller, 12, bold=True)
    drawer.at(50, 795, "Invoice", 16, bold=True)
    pairs(
        drawer,
        50,
        765,
        [("No.", made.number), ("Date", f"{made.date:%m/%d/%Y}"), ("Due", f"{made.due:%m/%d/%Y}")],
        gap=60,
    )
    drawer.at(300, 765, "Invoice to:", 9, bold=True)
    drawer.at(300, 752, made.buyer, 9)
    drawer.y = 710
    rows = [
        [name, f"{count:g}", made.money(price), made.money(amount)]
        for name, count, price, amount in made.lines
    ]
    rows += [["", "", "Subtotal", made.money(made.net)], ["", "", f"Tax {made.rate:g}%", made.money(made.tax)],
             ["", "", "Total USD", made.money(made.total)]]  # fmt: skip
    columns = fitted(
        ["Description", "Quantity", "Unit price", "Amount"],
        rows,
        drawer.style,
        ["left", "right", "right", "right"],
        most=200,
    )
    drawer.table(columns, rows)
    return made.truth()


@layout
def no_tax(drawer: Drawer, made: Invoice) -> InvoiceTruth:
    made.currency = "CHF"
    address(drawer, 50, 790, made.seller, made.chooser)
    drawer.at(50, 725, f"INVOICE {made.number}", 14, bold=True)
    pairs(drawer, 50, 700, [("Issued", f"{made.date:%d %B %Y}"), ("Client", made.buyer)])
    drawer.y = 650
    made.total = (
        made.net
        if made.mismatches == 0 or made.total == round(made.net + made.tax, 2)
        else round(made.net + 50, 2)
    )
    lines_table(drawer, made, ["Service", "Qty", "Price", "Value"])
    drawer.at(300, drawer.y - 24, "Total CHF", 11, bold=True)
    drawer.at(470, drawer.y - 24, made.money(made.total), 11, bold=True, right=True)
    return made.truth(due=False, tax=False)


@layout
def statement(drawer: Drawer, made: Invoice) -> InvoiceTruth:
    drawer.at(50, 795, "Statement of account", 16, bold=True)
    drawer.at(50, 775, made.seller, 12, bold=True)
    pairs(
        drawer,
        330,
        775,
        [("Statement number", made.number), ("Statement date", f"{made.date:%Y-%m-%d}")],
        gap=110,
    )
    drawer.at(50, 735, "Account holder:", 9, bold=True)
    drawer.at(140, 735, made.buyer, 9)
    drawer.at(50, 720, "All amounts in USD", 8)
    drawer.y = 690
    made.total = (
        made.net
        if made.mismatches == 0 or made.total == round(made.net + made.tax, 2)
        else round(made.net + 50, 2)
    )
    lines_table(drawer, made, ["Description", "Qty", "Unit cost", "Charges"])
    drawer.at(300, drawer.y - 24, "Balance due", 10, bold=True)
    drawer.at(470, drawer.y - 24, made.money(made.total), 10, bold=True, right=True)
    return made.truth(due=False, tax=False)


@layout
def right_block(drawer: Drawer, made: Invoice) -> InvoiceTruth:
    made.currency = "EUR"
    drawer.at(545, 795, "INVOICE", 18, bold=True, right=True)
    drawer.at(545, 775, made.seller, 11, bold=True, right=True)
    y = 745.0
    for label, value in (
        ("Invoice Ref", made.number),
        ("Billing date", f"{made.date:%d %b %Y}"),
        ("Pay before", f"{made.due:%d %b %Y}"),
    ):
        drawer.at(440, y, label, 9, right=True)
        drawer.at(545, y, value, 9, right=True)
        y -= 13
    drawer.at(50, 745, "SOLD TO", 8, bold=True)
    address(drawer, 50, 731, made.buyer, made.chooser)
    drawer.y = 660
    lines_table(drawer, made, ["Article", "Qty.", "Unit price (EUR)", "Amount (EUR)"])
    y = drawer.y - 22
    for label, value in (
        ("Total before tax", made.net),
        ("VAT amount", made.tax),
        ("Total incl. VAT", made.total),
    ):
        drawer.at(330, y, label, 9)
        drawer.at(450, y, made.money(value), 9, right=True)
        y -= 14
    return made.truth()


@layout
def summary_box(drawer: Drawer, made: Invoice) -> InvoiceTruth:
    drawer.at(50, 795, "Bill", 16, bold=True)
    drawer.at(50, 772, "Supplier:", 9, bold=True)
    drawer.at(110, 772, made.seller, 9)
    drawer.at(50, 758, "Buyer:", 9, bold=True)
    drawer.at(110, 758, made.buyer, 9)
    pairs(
        drawer,
        350,
        772,
        [
            ("Bill No", made.number),
            ("Bill date", f"{made.date:%d-%b-%Y}"),
            ("Due by", f"{made.due:%d-%b-%Y}"),
        ],
    )
    drawer.y = 715
    lines_table(drawer, made, ["Part no", "Goods", "Qty", "Cost", "Amount"], sign="$", code=True)
    y = drawer.y - 30
    drawer.canvas.rect(290, y - 38, 220, 52)
    for label, value in (
        ("Taxable amount", made.net),
        (f"GST ({made.rate:g}%)", made.tax),
        ("Amount payable", made.total),
    ):
        drawer.at(300, y, label, 9)
        drawer.at(500, y, made.money(value, sign="$"), 9, right=True)
        y -= 15
    return made.truth()


def make_invoices(
    folder: Path, *, repeats: int = 6, seed: int = SEED, scans: bool = False
) -> Iterator[MadeInvoice]:
    """Write every layout `repeats` times, as PDF with text or as scans of them; the odd ones are held back."""
    for place, (name, maker) in enumerate(LAYOUTS.items()):
        for number in range(repeats):
            chooser = random.Random(f"{seed} {name} {number}")
            path = folder / f"{name}_{number}" / "data.pdf"
            path.parent.mkdir(parents=True)
            rules = ["grid", "header", "rows", "none", "columns", "zebra"][(place + number) % 6]
            drawer = Drawer(
                path, Style(rules=rules, size=chooser.choice([9, 10]), padding=chooser.choice([3, 5]), gap=14)
            )
            truth = maker(drawer, invoice(chooser))
            drawer.save()
            if scans:
                (image,) = scanned(path, chooser, skew=chooser.uniform(-1.2, 1.2))
                path.unlink()
                path = path.with_suffix(".png")
                image.save(path, dpi=(300, 300))
            yield MadeInvoice(name, number, path, truth, number % 2 == 1)
