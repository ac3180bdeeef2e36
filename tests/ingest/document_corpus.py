"""Documents with tables, made with their truth: PDF with text, scans of the same, Word files and web pages.

The same seed gives the same documents. Each kind is made several times with other data; the even ones are for
working on the readers, the odd ones are held back for measuring.
"""

from __future__ import annotations

import datetime as dt
import html
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from document_pages import FONTS, PAGES, Drawer, Style, fitted, scanned

SEED = 20_240_601

Value = str | int | float | dt.date | None


@dataclass
class DocumentTable:
    """A table as it should be read.

    Attributes:
        texts: the cells as they are written in the document.
        mismatches: columns whose total is wrong on purpose.
    """

    columns: list[str]
    headers: list[str]
    rows: list[list[Value]]
    texts: list[list[str]]
    aligns: list[str]
    mismatches: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class MadeDocument:
    """A document and the tables in it, in the order in which they stand."""

    kind: str
    number: int
    path: Path
    tables: list[DocumentTable]
    held_back: bool


PLACES = ["Aberdeen", "Bristol", "Cardiff", "Derby", "Exeter", "Falmouth", "Glasgow", "Hull", "Ipswich", "Kendal",
          "Leeds", "Margate", "Newport", "Oxford", "Perth", "Reading", "Salford", "Truro", "Windsor", "York"]  # fmt: skip
THINGS = ["Desk lamp", "Office chair", "Filing cabinet", "Whiteboard", "Paper A4 80 g", "Stapler", "Monitor arm",
          "Laptop stand", "Headset", "Keyboard", "Printer toner black", "USB hub", "Coat rack", "Footrest"]  # fmt: skip
PEOPLE = ["Ann Smith", "Bo Larsson", "Chloe Martin", "David Okafor", "Eva Novak", "Farid Rahimi", "Grace Lee",
          "Hugo Weber", "Ines Costa", "Jon Olsen", "Kate Byrne", "Liam Walsh"]  # fmt: skip
REMARKS = ["delivered late because the road was closed", "paid in two parts", "waiting for the customs office",
           "returned once, then accepted", "second address", "by courier on the customer's own account"]  # fmt: skip


def money(value: float, notation: str) -> str:
    """Write an amount: us 1,234.50; brackets (1,234.50); dollar $1,234.50; eu 1.234,50; plain 1234.50."""
    body = f"{abs(value):,.2f}"
    match notation:
        case "us":
            return f"-{body}" if value < 0 else body
        case "brackets":
            return f"({body})" if value < 0 else body
        case "dollar":
            return f"-${body}" if value < 0 else f"${body}"
        case "eu":
            swapped = body.replace(",", "_").replace(".", ",").replace("_", ".")
            return f"-{swapped}" if value < 0 else swapped
        case "trailing":
            return f"{body}-" if value < 0 else body
    return f"{value:.2f}"


def orders(
    chooser: random.Random, count: int, *, notation: str = "us", gaps: float = 0.0, remarks: bool = False
) -> DocumentTable:
    """Orders: code, date, place, thing, quantity, amount, rate."""
    date_format = chooser.choice(["%Y-%m-%d", "%d %b %Y"])
    headers = ["Order No", "Order Date", "City", "Product", "Quantity", "Amount", "Tax Rate"]
    columns = ["order_no", "order_date", "city", "product", "quantity", "amount", "tax_rate"]
    aligns = ["left", "left", "left", "left", "right", "right", "right"]
    if remarks:
        headers, columns, aligns = [*headers, "Remark"], [*columns, "remark"], [*aligns, "left"]
    rows: list[list[Value]] = []
    texts: list[list[str]] = []
    first = chooser.randrange(1_000, 9_000)
    for number in range(count):
        day = dt.date(2023, 1, 1) + dt.timedelta(days=chooser.randrange(600))
        amount = round(chooser.choice([1, 1, 1, -1]) * chooser.uniform(3, 9_000), 2)
        rate = chooser.choice([0.0, 7.0, 12.5, 19.0])
        row: list[Value] = [f"SO-{first + number}", day, chooser.choice(PLACES), chooser.choice(THINGS),
                            chooser.randrange(1, 400), amount, rate / 100]  # fmt: skip
        text = [str(row[0]), day.strftime(date_format), str(row[2]), str(row[3]), str(row[4]),
                money(amount, notation), f"{rate:.1f}%".replace(".", "," if notation == "eu" else ".")]  # fmt: skip
        if remarks:
            remark = chooser.choice([*REMARKS, None])
            row.append(remark)
            text.append(remark or "")
        for place in (2, 4):
            if chooser.random() < gaps:
                row[place], text[place] = None, ""
        rows.append(row)
        texts.append(text)
    return DocumentTable(columns, headers, rows, texts, aligns)


def accounts(chooser: random.Random, count: int) -> DocumentTable:
    """Figures of places over quarters, in thousands, with losses in brackets."""
    year = chooser.choice([2021, 2022, 2023])
    headers = ["Branch", "Manager", *[f"Q{q} {year} ($k)" for q in range(1, 5)]]
    columns = ["branch", "manager", *[f"q{q}_{year}_k" for q in range(1, 5)]]
    rows: list[list[Value]] = []
    texts: list[list[str]] = []
    for place in chooser.sample(PLACES, min(count, len(PLACES))):
        values = [chooser.choice([1, 1, 1, -1]) * chooser.randrange(100, 99_999) for _ in range(4)]
        person = chooser.choice(PEOPLE)
        rows.append([place, person, *values])
        texts.append([place, person, *[f"({abs(v):,})" if v < 0 else f"{v:,}" for v in values]])
    return DocumentTable(columns, headers, rows, texts, ["left", "left", *["right"] * 4])


def staff(chooser: random.Random, count: int) -> DocumentTable:
    """People: name, city, joined, phone extension with zeros in front, hours."""
    headers = ["Name", "City", "Joined", "Extension", "Hours"]
    columns = ["name", "city", "joined", "extension", "hours"]
    rows: list[list[Value]] = []
    texts: list[list[str]] = []
    for number in range(count):
        day = dt.date(2015, 1, 1) + dt.timedelta(days=chooser.randrange(3_000))
        hours = chooser.choice([20.0, 37.5, 40.0, 32.5])
        row: list[Value] = [chooser.choice(PEOPLE), chooser.choice(PLACES), day, f"0{100 + number}", hours]
        rows.append(row)
        texts.append([str(row[0]), str(row[1]), day.strftime("%d/%m/%Y"),
                      str(row[3]), f"{hours:.1f}"])  # fmt: skip
    return DocumentTable(columns, headers, rows, texts, ["left", "left", "center", "center", "right"])


def style_of(chooser: random.Random, rules: str, **options: object) -> Style:
    font, bold = chooser.choice(FONTS[:2])
    style = Style(rules=rules, font=font, bold=bold, size=chooser.choice([8, 9, 10]))
    style.padding = chooser.choice([2, 3, 5])
    style.gap = chooser.choice([8, 10, 14])
    for name, value in options.items():
        setattr(style, name, value)
    return style


def draw(
    path: Path, style: Style, table: DocumentTable, *, title: str = "", totals: Sequence[Sequence[str]] = ()
) -> None:
    """Draw one table on as many pages as it takes."""
    drawer = Drawer(path, style)
    if title:
        drawer.text(title, 14, bold=True, space=10)
    texts = [*table.texts, *totals]
    columns = fitted(table.headers, texts, style, table.aligns)
    drawer.table(columns, texts, bold_rows=range(len(table.texts), len(texts)))
    drawer.save()


Maker = Callable[[random.Random, Path], list[DocumentTable]]
KINDS: dict[str, Maker] = {}


def kind(maker: Maker) -> Maker:
    KINDS[maker.__name__] = maker
    return maker


@kind
def grid(chooser: random.Random, path: Path) -> list[DocumentTable]:
    table = orders(chooser, chooser.randrange(8, 25), notation="us", gaps=0.1)
    draw(path, style_of(chooser, "grid"), table, title="Orders of the year")
    return [table]


@kind
def rows_ruled(chooser: random.Random, path: Path) -> list[DocumentTable]:
    table = orders(chooser, chooser.randrange(8, 25), notation="dollar")
    draw(path, style_of(chooser, "rows"), table, title="Orders")
    return [table]


@kind
def header_ruled(chooser: random.Random, path: Path) -> list[DocumentTable]:
    table = accounts(chooser, chooser.randrange(8, 18))
    drawer = Drawer(path, style_of(chooser, "header"))
    drawer.text("Result by branch", 13, bold=True)
    drawer.text("The figures below are before tax. Branches that were opened in the course of the year are "
                "counted from their first day, and those that were closed to their last one. " * 2)  # fmt: skip
    drawer.table(fitted(table.headers, table.texts, drawer.style, table.aligns), table.texts)
    drawer.y -= 12
    drawer.text("Losses stand in brackets. Prepared by the finance department for the board meeting.", 8)
    drawer.save()
    return [table]


@kind
def no_rules(chooser: random.Random, path: Path) -> list[DocumentTable]:
    table = orders(
        chooser, chooser.randrange(8, 25), notation=chooser.choice(["brackets", "trailing"]), gaps=0.08
    )
    draw(path, style_of(chooser, "none"), table, title="Order list")
    return [table]


@kind
def zebra(chooser: random.Random, path: Path) -> list[DocumentTable]:
    table = staff(chooser, chooser.randrange(8, 20))
    draw(path, style_of(chooser, "zebra"), table, title="Staff")
    return [table]


@kind
def european(chooser: random.Random, path: Path) -> list[DocumentTable]:
    table = orders(chooser, chooser.randrange(8, 20), notation="eu")
    draw(path, style_of(chooser, chooser.choice(["grid", "header"])), table)
    return [table]


@kind
def long_with_headers(chooser: random.Random, path: Path) -> list[DocumentTable]:
    table = orders(chooser, chooser.randrange(90, 130), notation="us", gaps=0.05)
    draw(
        path,
        style_of(chooser, chooser.choice(["grid", "header", "none"]), furniture=True),
        table,
        title="All orders",
    )
    return [table]


@kind
def long_without_headers(chooser: random.Random, path: Path) -> list[DocumentTable]:
    table = orders(chooser, chooser.randrange(90, 130), notation="brackets")
    style = style_of(chooser, chooser.choice(["grid", "rows", "none"]), furniture=True, repeat_header=False)
    draw(path, style, table, title="All orders")
    return [table]


@kind
def wrapped_grid(chooser: random.Random, path: Path) -> list[DocumentTable]:
    table = orders(chooser, chooser.randrange(8, 14), remarks=True)
    style = style_of(chooser, "grid", size=8, gap=8, page=PAGES["landscape"])
    drawer = Drawer(path, style)
    drawer.table(fitted(table.headers, table.texts, style, table.aligns, most=90), table.texts)
    drawer.save()
    return [table]


@kind
def wrapped_open(chooser: random.Random, path: Path) -> list[DocumentTable]:
    table = orders(chooser, chooser.randrange(8, 14), remarks=True)
    style = style_of(chooser, "header", size=8, gap=10, padding=4, page=PAGES["landscape"])
    drawer = Drawer(path, style)
    drawer.text("Orders with remarks", 12, bold=True)
    drawer.table(fitted(table.headers, table.texts, style, table.aligns, most=95), table.texts)
    drawer.save()
    return [table]


@kind
def with_total(chooser: random.Random, path: Path) -> list[DocumentTable]:
    table = accounts(chooser, chooser.randrange(8, 18))
    totals = [sum(int(row[place]) for row in table.rows) for place in range(2, 6)]  # type: ignore[arg-type]
    if chooser.random() < 0.5:
        wrong = chooser.randrange(4)
        totals[wrong] += chooser.choice([-900, 10, 450, 99_000])
        table.mismatches.append(table.columns[2 + wrong])
    texts = ["Total", "", *[f"({abs(v):,})" if v < 0 else f"{v:,}" for v in totals]]
    draw(
        path,
        style_of(chooser, chooser.choice(["grid", "header", "none"])),
        table,
        title="Accounts",
        totals=[texts],
    )
    return [table]


@kind
def with_subtotals(chooser: random.Random, path: Path) -> list[DocumentTable]:
    table = orders(chooser, 18, notation="us")
    lines: list[list[str]] = []
    grand = 0.0
    for start in range(0, 18, 6):
        part = sum(float(row[5]) for row in table.rows[start : start + 6])  # type: ignore[arg-type]
        grand += part
        lines += table.texts[start : start + 6]
        lines.append(["Subtotal", "", "", "", "", money(round(part, 2), "us"), ""])
    if chooser.random() < 0.5:
        grand += 100
        table.mismatches.append("amount")
    lines.append(["Grand total", "", "", "", "", money(round(grand, 2), "us"), ""])
    style = style_of(chooser, chooser.choice(["grid", "rows"]))
    drawer = Drawer(path, style)
    drawer.table(fitted(table.headers, lines, style, table.aligns), lines)
    drawer.save()
    return [table]


@kind
def two_tables(chooser: random.Random, path: Path) -> list[DocumentTable]:
    first, second = orders(chooser, 8), staff(chooser, 7)
    style = style_of(chooser, chooser.choice(["grid", "header", "rows"]))
    drawer = Drawer(path, style)
    for title, table in (("Orders", first), ("Staff", second)):
        drawer.text(title, 13, bold=True)
        drawer.table(fitted(table.headers, table.texts, style, table.aligns), table.texts)
        drawer.y -= 14
        drawer.text(
            "This part was taken from the system of record and has not been changed by hand since.", 9
        )
        drawer.y -= 10
    drawer.save()
    return [first, second]


@kind
def turned_page(chooser: random.Random, path: Path) -> list[DocumentTable]:
    table = accounts(chooser, 12)
    turned = {"rotate": 90} if chooser.random() < 0.5 else {"sideways": True}
    draw(path, style_of(chooser, chooser.choice(["grid", "header"]), **turned), table, title="Result")
    return [table]


@kind
def headers_of_two_rows(chooser: random.Random, path: Path) -> list[DocumentTable]:
    table = accounts(chooser, chooser.randrange(8, 16))
    year = table.columns[2].split("_")[1]
    headers = ["Branch", "Manager", "Q1", "Q2", "Q3", "Q4"]
    style = style_of(chooser, chooser.choice(["grid", "header", "none"]), gap=24)
    drawer = Drawer(path, style)
    columns = fitted(headers, table.texts, style, table.aligns)
    drawer.table(columns, table.texts, spans=[(f"Year {year}", 2, 5)])
    drawer.save()
    table.columns = ["branch", "manager", *[f"year_{year}_q{q}" for q in range(1, 5)]]
    return [table]


@kind
def columns_ruled(chooser: random.Random, path: Path) -> list[DocumentTable]:
    table = orders(chooser, chooser.randrange(10, 20), notation="plain")
    draw(path, style_of(chooser, "columns", padding=1), table, title="Orders")
    return [table]


SCAN_KINDS = ["grid", "rows_ruled", "header_ruled", "no_rules", "european", "wrapped_grid", "with_total", "two_tables",
              "zebra", "long_without_headers"]  # fmt: skip


def make_text_pdfs(
    folder: Path, *, repeats: int = 4, seed: int = SEED, kinds: Sequence[str] = ()
) -> Iterator[MadeDocument]:
    """Write every kind of PDF with text `repeats` times."""
    for name in kinds or KINDS:
        for number in range(repeats):
            chooser = random.Random(f"{seed} {name} {number}")
            path = folder / f"{name}_{number}" / "data.pdf"
            path.parent.mkdir(parents=True)
            yield MadeDocument(name, number, path, KINDS[name](chooser, path), number % 2 == 1)


def make_scans(
    folder: Path, *, repeats: int = 2, seed: int = SEED, kinds: Sequence[str] = ()
) -> Iterator[MadeDocument]:
    """Write scans at 300 dpi: PDF of images, PNG, JPEG and TIFF, a little askew, some turned or upside down."""
    suffixes = ["pdf", "png", "jpg", "tif"]
    for place, name in enumerate(kinds or SCAN_KINDS):
        for number in range(repeats):
            chooser = random.Random(f"{seed} scan {name} {number}")
            suffix = "pdf" if name.startswith("long") else suffixes[(place + number // 2) % 4]
            path = folder / f"{name}_{number}" / f"data.{suffix}"
            path.parent.mkdir(parents=True)
            drawn = path.with_name("drawn.pdf")
            tables = KINDS[name](chooser, drawn)
            turn = chooser.choice([0, 0, 0, 0, 90, 180])
            images = scanned(drawn, chooser, skew=chooser.uniform(-1.5, 1.5), turn=turn)
            drawn.unlink()
            if suffix == "pdf":
                images[0].save(path, save_all=True, append_images=images[1:], resolution=300)
            elif suffix == "tif":
                images[0].save(path, save_all=True, append_images=images[1:], dpi=(300, 300))
            else:
                images[0].save(path, dpi=(300, 300), quality=90)
            yield MadeDocument(name, number, path, tables, number % 2 == 1)


def make_web_pages(folder: Path, *, repeats: int = 4, seed: int = SEED) -> Iterator[MadeDocument]:
    """Write web pages: tables with and without thead, nested in layout, with spans and notes."""
    for number in range(repeats):
        chooser = random.Random(f"{seed} html {number}")
        table = orders(
            chooser, chooser.randrange(5, 30), notation=chooser.choice(["us", "eu", "dollar"]), gaps=0.1
        )
        path = folder / f"html_{number}" / "data.html"
        path.parent.mkdir(parents=True)
        head = "".join(f"<th>{html.escape(h)}</th>" for h in table.headers)
        body = "".join(
            "<tr>" + "".join(f"<td> {html.escape(c)}&nbsp;</td>" for c in row) + "</tr>"
            for row in table.texts
        )
        wrap = (
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>" if number % 2 else f"<tr>{head}</tr>{body}"
        )
        path.write_text(
            "<!doctype html><html><head><title>Orders</title><script>var a = '<table><tr><td>1';</script></head>"
            f"<body><table><tr><td>Menu</td></tr></table><p>Orders &amp; more</p><table>{wrap}</table></body></html>"
        )
        yield MadeDocument("html", number, path, [table], number % 2 == 1)


def make_word_files(folder: Path, *, repeats: int = 4, seed: int = SEED) -> Iterator[MadeDocument]:
    """Write Word files: one or two tables between paragraphs."""
    import docx

    for number in range(repeats):
        chooser = random.Random(f"{seed} docx {number}")
        tables = [orders(chooser, chooser.randrange(5, 20), notation="brackets", gaps=0.1)]
        if number % 4 >= 2:
            tables.append(staff(chooser, 8))
        path = folder / f"docx_{number}" / "data.docx"
        path.parent.mkdir(parents=True)
        document = docx.Document()
        for table in tables:
            document.add_heading("A table", level=2)
            drawn = document.add_table(rows=0, cols=len(table.headers))
            for row in [table.headers, *table.texts]:
                for cell, text in zip(drawn.add_row().cells, row, strict=True):
                    cell.text = text
            document.add_paragraph("Some words below it.")
        document.save(str(path))
        yield MadeDocument("docx", number, path, tables, number % 2 == 1)
