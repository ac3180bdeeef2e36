"""Files of every kind that people have, made with their truth: what each cell of each table should be.

`make_corpus(folder)` writes them; the same seed gives the same files. Each kind is written several times with
other data; the even ones are for working on the readers, the odd ones are held back for measuring.
"""

from __future__ import annotations

import bz2
import csv
import datetime as dt
import gzip
import io
import json
import lzma
import random
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import duckdb

SEED = 20_240_501
REPEATS = 4

Value = str | int | float | bool | dt.date | dt.datetime | None


@dataclass(frozen=True)
class Truth:
    """A table as it should be: the columns' names in SQL, and the rows in order."""

    columns: list[str]
    rows: list[list[Value]]


@dataclass(frozen=True)
class CorpusFile:
    """A file, or a folder of files, and the tables that it holds by name."""

    kind: str
    number: int
    path: Path
    tables: dict[str, Truth]
    held_back: bool


@dataclass
class Column:
    """A column: what its header says, what SQL calls it, its values, and how a locale writes them."""

    header: str
    name: str
    values: list[Value]
    notation: str = "plain"


@dataclass
class Table:
    columns: list[Column]
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> list[list[Value]]:
        return [list(row) for row in zip(*(column.values for column in self.columns), strict=True)]

    @property
    def headers(self) -> list[str]:
        return [column.header for column in self.columns]

    def truth(self) -> Truth:
        return Truth([column.name for column in self.columns], self.rows)


# How values are written ----------------------------------------------------------------------------------------

US = {"date": "%m/%d/%Y", "decimal": ".", "thousands": ","}
EU = {"date": "%d.%m.%Y", "decimal": ",", "thousands": "."}
ISO = {"date": "%Y-%m-%d", "decimal": ".", "thousands": ""}


def written(value: Value, column: Column, locale: dict[str, str]) -> str:
    """Return a value as a file of this locale has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return {"yesno": ("No", "Yes"), "plain": ("false", "true")}.get(column.notation, ("false", "true"))[
            value
        ]
    if isinstance(value, dt.datetime):
        return value.strftime(f"{locale['date']} %H:%M:%S")
    if isinstance(value, dt.date):
        return value.strftime(locale["date"])
    if isinstance(value, int | float):
        return number(value, column.notation, locale)
    return value


def number(value: float, notation: str, locale: dict[str, str]) -> str:
    if notation == "percent":
        text = f"{value * 100:.1f}".replace(".", locale["decimal"])
        return f"{text}%"
    if isinstance(value, int) and notation == "plain":
        return str(value)
    body = f"{abs(value):,.2f}" if notation != "plain" else f"{abs(value):.2f}"
    body = body.replace(",", "\0").replace(".", locale["decimal"]).replace("\0", locale["thousands"])
    sign = "-" if value < 0 else ""
    if notation == "accounting":
        return f"(${body})" if value < 0 else f"${body}"
    if notation == "euro":
        return f"{sign}{body} €"
    return sign + body


# Data ----------------------------------------------------------------------------------------------------------

FIRST = [
    "Ann",
    "José",
    "Zoë",
    "Søren",
    "Björn",
    "Chloé",
    "Łukasz",
    "Renée",
    "Pat",
    "Mary-Lou",
    "O'Neil",
    "Li",
]
LAST = [
    "Smith",
    "Müller",
    "García",
    "van Dyke",
    "Núñez",
    "Åberg",
    "St. John",
    "Dvořák",
    "Brown",
    "Weiß",
    "Kim",
]
LATIN_FIRST = ["Ann", "José", "Zoë", "Søren", "Björn", "Chloé", "Renée", "Pat", "O'Neil", "Li"]
LATIN_LAST = ["Smith", "Müller", "García", "van Dyke", "Núñez", "Åberg", "Brown", "Weiß", "Kim"]
CYRILLIC = ["Иван Петров", "Анна Смирнова", "Олег Кузнецов", "Мария Попова", "Сергей Волков", "Елена Орлова"]
REGIONS = ["North", "South", "East", "West", "Central"]
PRODUCTS = ["Desk, oak", 'Lamp "Lux"', "Chair; swivel", "Table|round", "Pen", "Paper A4", "Clip #2", "Ink 5%"]
PLAIN_PRODUCTS = ["Desk", "Lamp", "Chair", "Table", "Pen", "Paper", "Clip", "Ink"]


def orders(
    chooser: random.Random, rows: int, *, latin: bool = False, plain: bool = False, signed: bool = False
) -> Table:
    """Return a table with a column of each type; some cells are empty."""
    first, last = (LATIN_FIRST, LATIN_LAST) if latin else (FIRST, LAST)
    start = dt.date(2023, 1, 1)

    def maybe(value: Value) -> Value:
        return None if chooser.random() < 0.04 else value

    low = -4_000 if signed else 1
    return Table(
        [
            Column("Order ID", "order_id", [f"{chooser.choice('ABC')}-{n:05d}" for n in range(rows)]),
            Column("Customer Name", "customer_name",
                   [maybe(f"{chooser.choice(first)} {chooser.choice(last)}") for _ in range(rows)]),
            Column("Region", "region", [chooser.choice(REGIONS) for _ in range(rows)]),
            Column("Order Date", "order_date",
                   [maybe(start + dt.timedelta(days=chooser.randrange(700))) for _ in range(rows)]),
            Column("Product", "product", [chooser.choice(PLAIN_PRODUCTS if plain else PRODUCTS) for _ in range(rows)]),
            Column("Quantity", "quantity", [maybe(chooser.randrange(1, 60)) for _ in range(rows)]),
            Column("Sales", "sales", [maybe(round(chooser.uniform(low, 9_000), 2)) for _ in range(rows)]),
            Column("Postal Code", "postal_code", [f"{chooser.randrange(100_000):05d}" for _ in range(rows - 1)] + ["00501"]),
            Column("Paid", "paid", [chooser.random() < 0.5 for _ in range(rows)]),
        ]
    )  # fmt: skip


# Writers of text -----------------------------------------------------------------------------------------------


def delimited(table: Table, delimiter: str, locale: dict[str, str], *, quoting: int = csv.QUOTE_MINIMAL, quote: str = '"',
              header: bool = True) -> list[str]:  # fmt: skip
    """Return the lines of a delimited file; a field may hold line ends."""
    out: list[str] = []
    rows: list[list[str]] = [table.headers] if header else []
    rows += [[written(v, c, locale) for v, c in zip(row, table.columns, strict=True)] for row in table.rows]
    for row in rows:
        line = io.StringIO()
        csv.writer(line, delimiter=delimiter, quoting=quoting, quotechar=quote, lineterminator="\n").writerow(
            row
        )
        out.append(line.getvalue().removesuffix("\n"))
    return out


def joined(lines: Sequence[str], end: str = "\n") -> bytes:
    return (end.join(lines) + end).encode()


Maker = Callable[[random.Random, Path], dict[str, Truth]]
KINDS: dict[str, tuple[str, Maker]] = {}


def kind(file_name: str) -> Callable[[Maker], Maker]:
    """Register a maker of files of this name, called after what makes them special."""

    def register(maker: Maker) -> Maker:
        KINDS[maker.__name__] = (file_name, maker)
        return maker

    return register


def one(path: Path, table: Table) -> dict[str, Truth]:
    return {"data": table.truth()}


@kind("data.csv")
def csv_plain(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 60)
    path.write_bytes(joined(delimited(table, ",", ISO)))
    return one(path, table)


@kind("data.csv")
def csv_crlf_all_quoted(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50)
    path.write_bytes(joined(delimited(table, ",", ISO, quoting=csv.QUOTE_ALL), "\r\n"))
    return one(path, table)


@kind("data.tsv")
def tsv(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 60)
    path.write_bytes(joined(delimited(table, "\t", ISO)))
    return one(path, table)


@kind("data.csv")
def csv_european(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 80)
    table.columns[6].notation = chooser.choice(["grouped", "plain", "euro"])
    path.write_bytes(joined(delimited(table, ";", EU)))
    return one(path, table)


@kind("data.csv")
def csv_american(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 80, signed=True)
    table.columns[6].notation = "accounting"
    path.write_bytes(joined(delimited(table, ",", US)))
    return one(path, table)


@kind("data.txt")
def pipes(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50)
    path.write_bytes(joined(delimited(table, "|", ISO)))
    return one(path, table)


@kind("data.csv")
def windows_1252(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 80, latin=True)
    path.write_bytes(joined(delimited(table, ",", ISO)).decode().encode("cp1252"))
    return one(path, table)


@kind("data.csv")
def windows_1251(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 80, latin=True)
    table.columns[1].values = [chooser.choice(CYRILLIC) for _ in range(80)]
    path.write_bytes(joined(delimited(table, ";", EU)).decode().encode("cp1251"))
    return one(path, table)


@kind("data.csv")
def utf_16(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50)
    path.write_bytes(joined(delimited(table, "\t", US)).decode().encode("utf-16"))
    return one(path, table)


@kind("data.csv")
def utf_8_mark(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50)
    path.write_bytes(b"\xef\xbb\xbf" + joined(delimited(table, ",", ISO)))
    return one(path, table)


@kind("data.csv")
def lines_within_fields(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 60)
    notes: list[Value] = ["two\nlines" if chooser.random() < 0.3 else "one line" for _ in range(60)]
    table.columns.append(Column("Note", "note", notes))
    path.write_bytes(joined(delimited(table, ",", ISO)))
    return one(path, table)


@kind("data.csv")
def titles_above(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50)
    titles = ["Sales report 2023,,,,,,,,", f"Printed {chooser.randrange(1, 28)} May 2024,,,,,,,,", ",,,,,,,,"]
    path.write_bytes(joined(titles[: chooser.randrange(1, 4)] + delimited(table, ",", ISO)))
    return one(path, table)


@kind("data.csv")
def headers_repeated(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 90)
    lines = delimited(table, ",", US)
    pages = [lines[0]]
    for start in range(1, len(lines), 30):
        pages += lines[start : start + 30] + ([lines[0]] if start + 30 < len(lines) else [])
    path.write_bytes(joined(pages))
    return one(path, table)


@kind("data.csv")
def totals_below(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 60)
    total = [""] * len(table.columns)
    total[0] = chooser.choice(["Total", "Grand Total", "TOTAL:", "Sum"])
    total[5] = str(sum(v for v in table.columns[5].values if isinstance(v, int)))
    total[6] = f"{sum(v for v in table.columns[6].values if isinstance(v, float)):.2f}"
    path.write_bytes(joined([*delimited(table, ",", ISO), ",".join(total)]))
    return one(path, table)


@kind("data.csv")
def subtotals_between(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 60)
    by_region = sorted(table.rows, key=lambda row: str(row[2]))
    for place, column in enumerate(table.columns):
        column.values = [row[place] for row in by_region]
    lines = delimited(table, ",", ISO)
    out = [lines[0]]
    for region in sorted(REGIONS):
        mine = [(line, row) for line, row in zip(lines[1:], table.rows, strict=True) if row[2] == region]
        if not mine:
            continue
        out += [line for line, _ in mine]
        cells = [""] * len(table.columns)
        cells[0] = f"Total {region}"
        cells[6] = f"{sum(row[6] for _, row in mine if isinstance(row[6], float)):.2f}"
        out.append(",".join(cells))
    path.write_bytes(joined(out))
    return one(path, table)


@kind("data.csv")
def notes_below(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50)
    notes = ["", "Source: ERP export", "* All figures are preliminary and may change"]
    path.write_bytes(joined(delimited(table, ",", ISO) + notes[: chooser.randrange(2, 4)]))
    return one(path, table)


@kind("data.csv")
def totals_called_total_that_are_none(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50)
    table.columns[1].values = [
        chooser.choice(["Total Wine", "Sum Ltd", "Totally Toys", "Kim"]) for _ in range(50)
    ]
    path.write_bytes(joined(delimited(table, ",", ISO)))
    return one(path, table)


@kind("data.csv")
def units_in_headers(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50)
    table.columns[6].header, table.columns[6].name = chooser.choice(
        [("Sales ($k)", "sales_k"), ("Sales (USD m)", "sales_usd_m"), ("Sales [EUR]", "sales_eur")]
    )
    table.columns[5].header, table.columns[5].name = "Weight (kg)", "weight_kg"
    path.write_bytes(joined(delimited(table, ",", ISO)))
    return one(path, table)


@kind("data.csv")
def short_rows(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 60)
    for row in chooser.sample(range(60), 6):
        table.columns[7].values[row] = table.columns[8].values[row] = None
    lines = delimited(table, ",", ISO)
    path.write_bytes(joined([line[:-2] if line.endswith(",,") else line for line in lines]))
    return one(path, table)


@kind("data.csv")
def words_for_nothing(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 90)
    word = chooser.choice(["N/A", "-", "n/a", "NULL", "#N/A"])
    lines = [table.headers] + [
        [
            written(v, c, ISO) or (word if c.name in {"quantity", "sales", "order_date"} else "")
            for v, c in zip(row, table.columns, strict=True)
        ]
        for row in table.rows
    ]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    path.write_text(out.getvalue(), encoding="utf-8")
    return one(path, table)


@kind("data.csv")
def headers_twice_or_blank(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50)
    table.columns[1].header, table.columns[1].name = "Region", "region"
    table.columns[2].name = "region_2"
    table.columns[4].header, table.columns[4].name = "", "column_5"
    path.write_bytes(joined(delimited(table, ",", ISO)))
    return one(path, table)


@kind("data.csv")
def no_header(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 60)
    for number_, column in enumerate(table.columns, start=1):
        column.name = f"column_{number_}"
    path.write_bytes(joined(delimited(table, ",", ISO, header=False)))
    return one(path, table)


@kind("data.csv")
def excel_separator_line(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50)
    path.write_bytes(b"sep=;\r\n" + joined(delimited(table, ";", EU), "\r\n"))
    return one(path, table)


@kind("data.csv")
def percents_and_times(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 60)
    shares: list[Value] = [round(chooser.random(), 3) for _ in range(60)]
    table.columns.append(Column("Margin", "margin", shares, "percent"))
    moments: list[Value] = [
        dt.datetime(2024, 1, 1, 8) + dt.timedelta(seconds=chooser.randrange(9_000_000)) for _ in range(60)
    ]
    table.columns.append(Column("Created", "created", moments))
    table.columns[8].notation = "yesno"
    path.write_bytes(joined(delimited(table, ",", ISO)))
    return one(path, table)


@kind("data.csv")
def long_numbers_and_codes(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 40)
    table.columns.append(
        Column("Barcode", "barcode", [f"0{chooser.randrange(10**11, 10**12)}" for _ in range(40)])
    )
    table.columns.append(
        Column("Phone", "phone", [f"+49 {chooser.randrange(10**9, 10**10)}" for _ in range(40)])
    )
    table.columns.append(
        Column("Batch", "batch", [f"{chooser.randrange(1, 9)}E{chooser.randrange(1, 9)}" for _ in range(40)])
    )
    table.columns.append(Column("Version", "version", [f"{chooser.randrange(9)}.{chooser.randrange(9)}.{chooser.randrange(9)}" for _ in range(40)]))  # fmt: skip
    path.write_bytes(joined(delimited(table, ",", ISO)))
    return one(path, table)


@kind("data.txt")
def fixed_width(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 60, plain=True)
    locale = chooser.choice([ISO, US])
    cells = [table.headers] + [
        [written(v, c, locale) for v, c in zip(row, table.columns, strict=True)] for row in table.rows
    ]
    widths = [max(len(row[i]) for row in cells) + chooser.randrange(2, 4) for i in range(len(table.columns))]
    right = {5, 6}
    lines = [
        "".join(f"{cell:>{w - 1}} " if i in right else f"{cell:<{w}}" for i, (cell, w) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in cells
    ]  # fmt: skip
    if chooser.random() < 0.5:
        lines.insert(1, "-" * sum(widths))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return one(path, table)


# JSON and XML --------------------------------------------------------------------------------------------------


def plain_json(value: Value) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def records(table: Table) -> list[dict[str, object]]:
    return [{c.name: plain_json(v) for v, c in zip(row, table.columns, strict=True)} for row in table.rows]


@kind("data.jsonl")
def json_lines(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50)
    path.write_text(
        "".join(json.dumps(r, ensure_ascii=chooser.random() < 0.5) + "\n" for r in records(table))
    )
    return one(path, table)


@kind("data.json")
def json_array(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50)
    content: object = records(table)
    if chooser.random() < 0.5:
        content = {"count": 50, "generated": "2024-05-01", "rows": content}
    path.write_text(json.dumps(content, indent=2))
    return one(path, table)


def nested(chooser: random.Random, rows: int) -> tuple[list[dict[str, object]], dict[str, Truth]]:
    """Return customers with an address each and several orders, which have several lines each."""
    customers: list[dict[str, object]] = []
    truth: dict[str, list[list[Value]]] = {
        "data": [],
        "data_orders": [],
        "data_orders_lines": [],
        "data_tags": [],
    }
    number_ = 1_000
    for customer in range(rows):
        name, city = (
            f"{chooser.choice(FIRST)} {chooser.choice(LAST)}",
            chooser.choice(["Rome", "Oslo", "Kyiv"]),
        )
        tags = chooser.sample(["new", "vip", "b2b", "late"], chooser.randrange(0 if customer else 1, 3))
        bought: list[dict[str, object]] = []
        for _ in range(chooser.randrange(1, 4)):
            number_ += 1
            day = dt.date(2024, 1, 1) + dt.timedelta(days=chooser.randrange(300))
            lines = [
                {"sku": f"{chooser.choice('XYZ')}{chooser.randrange(10, 99)}", "qty": chooser.randrange(1, 9),
                 "price": chooser.randrange(100, 9_999) / 100 + 0.001}
                for _ in range(chooser.randrange(1, 4))
            ]  # fmt: skip
            bought.append({"number": number_, "date": day.isoformat(), "lines": lines})
            truth["data_orders"].append([customer + 1, len(bought), number_, day])
            truth["data_orders_lines"] += [
                [number_, at, *line.values()] for at, line in enumerate(lines, start=1)
            ]
        customers.append({"id": customer + 1, "name": name, "address": {"city": city, "zip": f"0{chooser.randrange(1000, 9999)}"},
                          "tags": tags, "orders": bought})  # fmt: skip
        truth["data"].append([customer + 1, name, city, customers[-1]["address"]["zip"]])  # type: ignore[index]
        truth["data_tags"] += [[customer + 1, at, tag] for at, tag in enumerate(tags, start=1)]
    columns = {
        "data": ["id", "name", "address_city", "address_zip"],
        "data_orders": ["data_id", "position", "number", "date"],
        "data_orders_lines": ["number", "position", "sku", "qty", "price"],
        "data_tags": ["data_id", "position", "value"],
    }
    return customers, {table: Truth(columns[table], truth[table]) for table in truth}


@kind("data.json")
def json_nested(chooser: random.Random, path: Path) -> dict[str, Truth]:
    customers, truth = nested(chooser, 30)
    path.write_text(json.dumps({"customers": customers} if chooser.random() < 0.5 else customers))
    return truth


@kind("data.jsonl")
def json_lines_nested(chooser: random.Random, path: Path) -> dict[str, Truth]:
    customers, truth = nested(chooser, 30)
    path.write_text("".join(json.dumps(customer) + "\n" for customer in customers))
    return truth


@kind("data.xml")
def xml_elements(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50)
    out = ['<?xml version="1.0" encoding="UTF-8"?>', "<orders>", "<exported>2024-05-01</exported>"]
    for row in table.rows:
        out.append("  <order>")
        for value, column in zip(row, table.columns, strict=True):
            text = written(value, column, ISO)
            out.append(
                f"    <{column.name}>{escape(text)}</{column.name}>" if text else f"    <{column.name}/>"
            )
        out.append("  </order>")
    path.write_text("\n".join([*out, "</orders>"]), encoding="utf-8")
    return one(path, table)


@kind("data.xml")
def xml_attributes(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50, latin=True)
    out = ['<?xml version="1.0" encoding="ISO-8859-1"?>', '<d:data xmlns:d="urn:x" version="2"><d:rows>']
    for row in table.rows:
        shown = [
            f"{c.name}={quoteattr(written(v, c, ISO))}"
            for v, c in zip(row, table.columns, strict=True)
            if v is not None
        ]
        out.append(f"<d:row {' '.join(shown)}/>")
    path.write_bytes("\n".join([*out, "</d:rows></d:data>"]).encode("latin-1"))
    return one(path, table)


@kind("data.xml")
def xml_nested(chooser: random.Random, path: Path) -> dict[str, Truth]:
    customers, truth = nested(chooser, 30)

    def element(name: str, value: object) -> str:
        if isinstance(value, list):
            return "".join(element(name.removesuffix("s"), item) for item in value)
        if isinstance(value, dict):
            return f"<{name}>{''.join(element(key, item) for key, item in value.items())}</{name}>"
        return f"<{name}>{escape(str(value))}</{name}>"

    path.write_text(
        f"<list>{''.join(element('customer', customer) for customer in customers)}</list>", encoding="utf-8"
    )
    names = {
        "data": "data",
        "data_orders": "data_order",
        "data_orders_lines": "data_order_line",
        "data_tags": "data_tag",
    }
    return {names[table]: wanted for table, wanted in truth.items()}


# Workbooks -----------------------------------------------------------------------------------------------------


def workbook(path: Path, fill: Callable[[Any], None]) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    fill(book)
    book.save(path)


def fill_sheet(sheet: Any, table: Table) -> None:
    sheet.append(table.headers)
    for row in table.rows:
        sheet.append(row)


@kind("data.xlsx")
def excel_plain(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50)
    workbook(path, lambda book: fill_sheet(book.active, table))
    return one(path, table)


@kind("data.xlsx")
def excel_titles_and_totals(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 40)

    def fill(book: Any) -> None:
        sheet = book.active
        sheet.append(["Sales 2023"])
        sheet.append(["all regions", None, None, "EUR"])
        sheet.append([])
        fill_sheet(sheet, table)
        total: list[Value] = ["Total", None, None, None, None, None, None, None, None]
        total[6] = round(sum(v for v in table.columns[6].values if isinstance(v, float)), 2)
        sheet.append(total)
        sheet.append([])
        sheet.append(["Source: finance department, unaudited figures"])

    workbook(path, fill)
    return one(path, table)


@kind("data.xlsx")
def excel_away_from_the_corner(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 40)

    def fill(book: Any) -> None:
        for place, row in enumerate([table.headers, *table.rows]):
            for column, value in enumerate(row):
                book.active.cell(row=place + 4, column=column + 3, value=value)

    workbook(path, fill)
    return one(path, table)


@kind("data.xlsx")
def excel_merged(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 40)
    regions = [REGIONS[row // 10] for row in range(40)]
    table.columns.insert(0, Column("Area", "area", list(regions)))

    def fill(book: Any) -> None:
        sheet = book.active
        title = chooser.random() < 0.5
        if title:
            sheet.append(["Report"])
            sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=10)
        fill_sheet(sheet, table)
        first = 3 if title else 2
        for start in range(first, first + 40, 10):
            sheet.merge_cells(start_row=start, end_row=start + 9, start_column=1, end_column=1)

    workbook(path, fill)
    return one(path, table)


@kind("data.xlsx")
def excel_headers_of_two_rows(chooser: random.Random, path: Path) -> dict[str, Truth]:
    quarters = [f"Q{quarter}" for quarter in range(1, 5)]
    values = [[round(chooser.uniform(10, 99), 2) for _ in range(8)] for _ in range(25)]
    names = [f"Store {number_}" for number_ in range(25)]

    def fill(book: Any) -> None:
        sheet = book.active
        sheet.append([None, 2023, None, None, None, 2024])
        sheet.append(["Store", *quarters, *quarters])
        for name, row in zip(names, values, strict=True):
            sheet.append([name, *row])
        sheet.merge_cells("B1:E1")
        sheet.merge_cells("F1:I1")

    workbook(path, fill)
    columns = ["store"] + [f"_{year}_{quarter.lower()}" for year in (2023, 2024) for quarter in quarters]
    return {"data": Truth(columns, [[name, *row] for name, row in zip(names, values, strict=True)])}


@kind("data.xlsx")
def excel_several_sheets(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 30)
    prices: list[list[Value]] = [[product, round(chooser.uniform(1, 90), 2)] for product in PLAIN_PRODUCTS]

    def fill(book: Any) -> None:
        book.active.title = "Orders"
        fill_sheet(book.active, table)
        other = book.create_sheet("Price List")
        other.append(["Product", "Price"])
        for row in prices:
            other.append(row)
        other.sheet_state = chooser.choice(["visible", "hidden"])
        book.create_sheet("Empty")

    workbook(path, fill)
    return {"data_orders": table.truth(), "data_price_list": Truth(["product", "price"], prices)}


@kind("data.xlsx")
def excel_dates_as_numbers(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 40)

    def fill(book: Any) -> None:
        book.active.append(table.headers)
        for row in table.rows:
            book.active.append(
                [(v - dt.date(1899, 12, 30)).days if isinstance(v, dt.date) else v for v in row]
            )

    workbook(path, fill)
    return one(path, table)


@kind("data.xlsx")
def excel_hidden_rows(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 40)

    def fill(book: Any) -> None:
        fill_sheet(book.active, table)
        for row in chooser.sample(range(2, 41), 5):
            book.active.row_dimensions[row].hidden = True

    workbook(path, fill)
    return one(path, table)


# Packed, folders, typed ----------------------------------------------------------------------------------------


@kind("data.csv.gz")
def packed_gzip(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50)
    path.write_bytes(gzip.compress(joined(delimited(table, ",", ISO))))
    return one(path, table)


@kind("data.csv.xz")
def packed_otherwise(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50)
    content = joined(delimited(table, ",", ISO))
    path.write_bytes(lzma.compress(content))
    path.with_suffix(".bz2").write_bytes(bz2.compress(content))
    return one(path, table)


@kind("data.zip")
def packed_zip(chooser: random.Random, path: Path) -> dict[str, Truth]:
    first, second = orders(chooser, 40), nested(chooser, 5)[1]["data"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export/orders.csv", joined(delimited(first, ",", ISO)))
        archive.writestr(
            "export/people.json",
            json.dumps([dict(zip(second.columns, row, strict=True)) for row in second.rows]),
        )
        archive.writestr("__MACOSX/export/._orders.csv", b"\0\1")
    return {"orders": first.truth(), "people": second}


@kind("data")
def folder_of_months(chooser: random.Random, path: Path) -> dict[str, Truth]:
    path.mkdir()
    rows: list[list[Value]] = []
    months = ["2024-01", "2024-02", "2024-03"]
    for month in months:
        table = orders(chooser, 20)
        (path / f"sales_{month}.csv").write_bytes(joined(delimited(table, ",", ISO)))
        rows += table.rows
    return {"sales": Truth([column.name for column in table.columns], rows)}


@kind("data.parquet")
def parquet(chooser: random.Random, path: Path) -> dict[str, Truth]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = orders(chooser, 50)
    pq.write_table(pa.table({c.header: c.values for c in table.columns}), path)
    return one(path, table)


@kind("data.sqlite")
def sqlite(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50)
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE data (order_id TEXT, customer_name TEXT, region TEXT, order_date TEXT, product TEXT, "
                         "quantity INTEGER, sales REAL, postal_code TEXT, paid BOOLEAN)")  # fmt: skip
        database.executemany("INSERT INTO data VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                             [[plain_json(v) for v in row] for row in table.rows])  # fmt: skip
    database.close()
    return one(path, table)


@kind("data.duckdb")
def duckdb_file(chooser: random.Random, path: Path) -> dict[str, Truth]:
    table = orders(chooser, 50)
    names = ", ".join(column.name for column in table.columns)
    with closing(duckdb.connect(path)) as database:
        database.execute("CREATE TABLE data (order_id VARCHAR, customer_name VARCHAR, region VARCHAR, order_date DATE, "
                         "product VARCHAR, quantity INTEGER, sales DOUBLE, postal_code VARCHAR, paid BOOLEAN)")  # fmt: skip
        database.executemany(f"INSERT INTO data ({names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", table.rows)
    return one(path, table)


@kind("data.tar.gz")
def packed_tar(chooser: random.Random, path: Path) -> dict[str, Truth]:
    """Write a folder of months, of which each has a column more than the one before."""
    every: list[list[Value]] = []
    columns: list[str] = []
    with tarfile.open(path, "w:gz") as archive:
        for number, month in enumerate(("2024-01", "2024-02", "2024-03")):
            table = orders(chooser, 15)
            missing = 2 - number
            kept = Table(table.columns[: len(table.columns) - missing])
            content = joined(delimited(kept, ",", ISO))
            info = tarfile.TarInfo(f"export/sales_{month}.csv")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
            every += [[*row, *([None] * missing)] for row in kept.rows]
            columns = [column.name for column in table.columns]
    return {"sales": Truth(columns, every)}


@kind("data.csv")
def undecodable_bytes(chooser: random.Random, path: Path) -> dict[str, Truth]:
    """Write UTF-8 with a few bytes that are none, as files have that were put together of several."""
    table = orders(chooser, 80)
    names = table.columns[1].values
    places = chooser.sample([number for number, value in enumerate(names) if value is not None], 2)
    for place in places:
        names[place] = "Ren\ufffd Dupont"
    path.write_bytes(joined(delimited(table, ",", ISO)).replace("\ufffd".encode(), b"\xe9"))
    return one(path, table)


def make_corpus(folder: Path, *, repeats: int = REPEATS, seed: int = SEED) -> Iterator[CorpusFile]:
    """Write every kind of file `repeats` times, and yield each with its truth."""
    for name, (file_name, maker) in KINDS.items():
        for number_ in range(repeats):
            home = folder / f"{name}_{number_}"
            home.mkdir(parents=True)
            chooser = random.Random(f"{seed} {name} {number_}")
            path = home / file_name
            tables = maker(chooser, path)
            yield CorpusFile(name, number_, path, tables, held_back=number_ % 2 == 1)
