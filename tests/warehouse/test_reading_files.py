"""Files of every kind, laid out in every usual way, become tables."""

import datetime as dt
import gzip
import json
import sqlite3

import duckdb
import openpyxl
import pytest

from datacraft.warehouse import open_data


def load(*paths, **options):
    """Return tables by name, their rows, and the report."""
    with open_data(paths, **options) as warehouse:
        tables = {t.name: t for t in warehouse.tables()}
        rows = {
            name: warehouse.execute(f'SELECT * FROM "{name}"', timeout_s=10, max_rows=1000).rows
            for name in tables
        }
        return tables, rows, warehouse.report


def codes(report, table=0):
    return {finding.code for finding in report.tables[table].findings}


def names(table):
    return [column.name for column in table.columns]


TEXT = "id;Straße;Preis\n1;Süd;1,5\n2;Größe;2,5\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_every_usual_encoding_is_read(tmp_path, encoding):
    path = tmp_path / "t.csv"
    path.write_bytes(TEXT.encode(encoding))
    tables, rows, _ = load(path)
    assert names(tables["t"]) == ["id", "straße", "preis"]
    assert rows["t"] == [[1, "Süd", 1.5], [2, "Größe", 2.5]]


def test_cyrillic_of_an_old_export_is_read(tmp_path):
    path = tmp_path / "t.csv"
    lines = ["город;продажи"] + [
        f"{city};{i}" for i, city in enumerate(["Москва", "Санкт-Петербург", "Казань"] * 10)
    ]
    path.write_bytes("\n".join(lines).encode("cp1251"))
    _, rows, _ = load(path)
    assert rows["t"][0] == ["Москва", 0]


def test_a_few_damaged_characters_are_counted_and_do_not_stop_the_load(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"id,name\n" + "1,Süd\n2,Größe\n3,Käse\n".encode() * 5 + b"4,bad\xff\n")
    _, rows, report = load(path)
    assert rows["t"][-1] == [4, "bad\ufffd"]
    assert "undecodable" in codes(report)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    path = tmp_path / "t.csv"
    path.write_text(
        "\n".join(delimiter.join(row) for row in [["a", "b c", "d"], ["1", "x", "2"], ["3", "y z", "4"]])
    )
    _, rows, _ = load(path)
    assert rows["t"] == [[1, "x", 2], [3, "y z", 4]]


def test_decimal_commas_are_not_taken_for_delimiters(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("name;price;cost\na;1,5;2,5\nb;2,5;3,5\n")
    _, rows, _ = load(path)
    assert rows["t"] == [["a", 1.5, 2.5], ["b", 2.5, 3.5]]


def test_excels_delimiter_line_is_heeded(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("sep=;\na;b\n1;x,y\n")
    _, rows, _ = load(path)
    assert rows["t"] == [[1, "x,y"]]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(tmp_path, line_end):
    path = tmp_path / "t.csv"
    path.write_bytes(line_end.join(["a,b", "1,x", '2,"y, z"', ""]).encode())
    _, rows, _ = load(path)
    assert rows["t"] == [[1, "x"], [2, "y, z"]]


def test_quoted_fields_hold_delimiters_quotes_and_line_ends(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('a,b\n1,"x, ""y"""\n2,"two\nlines"\n')
    _, rows, _ = load(path)
    assert rows["t"] == [[1, 'x, "y"'], [2, "two\nlines"]]


def test_odd_headers_become_usable_unique_names_and_it_is_said(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "Order Date,Sub-Category, Name ,name,,2020 Sales,Discount %,OrderID,Weight (kg)\n"
        + "a,b,c,d,e,1,2,3,4\n"
    )
    tables, _, report = load(path)
    assert names(tables["t"]) == [
        "order_date", "sub_category", "name", "name_2", "column_5", "_2020_sales", "discount_pct", "order_id", "weight_kg",
    ]  # fmt: skip
    assert tables["t"].columns[0].header == "Order Date"
    assert tables["t"].columns[8].unit == "kg"
    assert {"duplicate_headers", "blank_headers", "renamed_columns"} <= codes(report)


def test_a_file_without_header_keeps_its_first_row(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("1,2021-01-01,x\n2,2021-01-02,y\n3,2021-01-03,z\n")
    tables, rows, report = load(path)
    assert names(tables["t"]) == ["column_1", "column_2", "column_3"]
    assert len(rows["t"]) == 3
    assert "no_header" in codes(report)


def test_years_as_headers_are_headers(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("country,2019,2020\nFrance,12,13\nSpain,14,15\n")
    tables, rows, _ = load(path)
    assert names(tables["t"]) == ["country", "_2019", "_2020"]
    assert len(rows["t"]) == 2


def test_title_lines_above_the_header_are_not_data(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("Sales report\nMade on 2021-01-01\n\nregion,sales,cost\nEast,10,5\nWest,20,8\n")
    tables, rows, report = load(path)
    assert names(tables["t"]) == ["region", "sales", "cost"]
    assert rows["t"] == [["East", 10, 5], ["West", 20, 8]]
    assert "title_lines" in codes(report)


def test_a_compressed_file_is_read(tmp_path):
    path = tmp_path / "sales.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,x\n2,y\n"))
    _, rows, _ = load(path)
    assert rows["sales"] == [[1, "x"], [2, "y"]]


def test_a_parquet_file_keeps_its_types_and_reads_dates_in_text(tmp_path):
    path = tmp_path / "t.parquet"
    duckdb.sql(
        "SELECT 1::INTEGER AS n, '2021-03-05' AS d, '00501' AS zip, ' x ' AS s, 1.25::DECIMAL(10,2) AS m, "
        "TIMESTAMPTZ '2021-01-01 10:00:00+02' AS t, {a: 1, b: 'y'} AS o, [1, 2] AS l"
    ).write_parquet(str(path))
    tables, rows, _ = load(path)
    assert names(tables["t"]) == ["n", "d", "zip", "s", "m", "t", "o_a", "o_b", "l"]
    assert rows["t"] == [
        [1, dt.date(2021, 3, 5), "00501", " x ", 1.25, dt.datetime(2021, 1, 1, 8), 1, "y", "[1,2]"],
    ]


def test_json_of_every_shape_is_read(tmp_path):
    records = [{"a": 1, "b": {"c": "007"}, "d": "31/12/2021"}, {"a": 2, "b": {"c": "010"}, "d": "01/02/2021"}]
    (tmp_path / "array.json").write_text(json.dumps(records))
    (tmp_path / "lines.jsonl").write_text("\n".join(map(json.dumps, records)))
    (tmp_path / "wrapped.json").write_text(json.dumps({"count": 2, "items": records}))
    tables, rows, _ = load(tmp_path)
    assert sorted(tables) == ["array", "lines", "wrapped"]
    for name in tables:
        assert names(tables[name]) == ["a", "b_c", "d"]
        assert rows[name] == [[1, "007", dt.date(2021, 12, 31)], [2, "010", dt.date(2021, 2, 1)]]


def test_each_filled_sheet_of_a_workbook_is_a_table(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Orders"
    for row in [["Orders of 2021"], [], ["Order Date", "Amount", "Zip", "Paid"]]:
        sheet.append(row)
    for i in range(3):
        sheet.append([dt.date(2021, 1, i + 1), i * 1.5, f"0{i}", bool(i % 2)])
    other = book.create_sheet("Price list")
    other.append(["sku", "price"])
    other.append(["A", 2])
    book.create_sheet("Empty")
    book.save(tmp_path / "book.xlsx")
    tables, rows, _ = load(tmp_path / "book.xlsx")
    assert sorted(tables) == ["book_orders", "book_price_list"]
    assert names(tables["book_orders"]) == ["order_date", "amount", "zip", "paid"]
    assert rows["book_orders"][1] == [dt.date(2021, 1, 2), 1.5, "01", True]
    assert rows["book_price_list"] == [["A", 2]]


def test_a_sqlite_file_keeps_names_keys_and_text(tmp_path):
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as database:
        database.executescript(
            "CREATE TABLE Customer(CustomerID INTEGER PRIMARY KEY, Name TEXT, born TEXT, score REAL, ok BOOLEAN, odd INT);"
            "CREATE TABLE Orders(id INTEGER PRIMARY KEY, customer INT REFERENCES Customer(CustomerID), note TEXT);"
            "INSERT INTO Customer VALUES (1, 'Ann ', '2001-02-03', 1, 1, 'x'), (2, 'Bob', '2002-02-03', 2.5, 0, 5);"
            "INSERT INTO Orders VALUES (1, 2, 'NA'), (2, 1, NULL), (3, 1, '');"
        )
    database.close()
    tables, rows, report = load(path)
    customer, orders = tables["Customer"], tables["Orders"]
    assert customer.primary_key == ["CustomerID"]
    assert orders.foreign_keys[0].model_dump() == {
        "columns": ["customer"], "table": "Customer", "referenced": ["CustomerID"],
    }  # fmt: skip
    assert rows["Customer"] == [
        [1, "Ann ", dt.date(2001, 2, 3), 1.0, True, "x"],
        [2, "Bob", dt.date(2002, 2, 3), 2.5, False, "5"],
    ]
    assert rows["Orders"] == [[1, 2, "NA"], [2, 1, None], [3, 1, ""]]
    assert "kept_as_text" in codes(report)


def test_a_duckdb_file_keeps_names_and_keys(tmp_path):
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as database:
        database.execute("CREATE TABLE P(a INT PRIMARY KEY, e ENUM('x', 'y'), d DECIMAL(9, 2))")
        database.execute("CREATE TABLE C(p INT REFERENCES P(a))")
        database.execute("INSERT INTO P VALUES (1, 'x', 1.5)")
        database.execute("CREATE VIEW v AS SELECT * FROM P")
    tables, rows, _ = load(path)
    assert sorted(tables) == ["C", "P"]
    assert tables["P"].primary_key == ["a"]
    assert tables["C"].foreign_keys[0].table == "P"
    assert rows["P"] == [[1, "x", 1.5]]


def test_files_folders_and_databases_mix(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.csv").write_text("x\n1\n")
    (folder / "readme.md").write_text("# not data")
    (folder / ".hidden.csv").write_text("x\n1\n")
    (tmp_path / "b.tsv").write_text("x\ty\n1\t2\n")
    tables, _, report = load(folder, tmp_path / "b.tsv", tmp_path / "b.tsv")
    assert sorted(tables) == ["a", "b"]
    assert [f.code for f in report.findings] == ["skipped_source"]


def test_the_same_table_name_twice_gets_a_suffix_and_it_is_said(tmp_path):
    for year in ("2020", "2021"):
        (tmp_path / year).mkdir()
        (tmp_path / year / "Sales.csv").write_text("x\n1\n")
    tables, _, report = load(tmp_path / "2020", tmp_path / "2021")
    assert list(tables) == ["sales", "sales_2"]
    assert "renamed_table" in codes(report, 1)


@pytest.mark.parametrize("folder", ["year=2020", "it's [odd] *?", "Füße"])
def test_odd_paths_are_just_paths(tmp_path, folder):
    (tmp_path / folder).mkdir()
    path = tmp_path / folder / "a [1]*.csv"
    path.write_text("x,y\n1,2\n")
    other = tmp_path / folder / "b {2}?.parquet"
    duckdb.sql("SELECT 1 AS x, 2 AS y").write_parquet(str(tmp_path / "plain.parquet"))
    (tmp_path / "plain.parquet").rename(other)
    jsonl = tmp_path / folder / "c*.json"
    jsonl.write_text('{"x": 1, "y": 2}\n{"x": 1, "y": 2}')
    tables, rows, _ = load(path, other, jsonl)
    assert list(tables) == ["a_1", "b_2", "c"]
    assert [names(table) for table in tables.values()] == [["x", "y"]] * 3
    assert rows["a_1"] == rows["b_2"] == [[1, 2]]
