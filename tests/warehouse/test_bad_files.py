"""What can't be read says what, where and what to do; what can be read in part is, and the rest is counted."""

import os
import random
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from datacraft.contracts.errors import ConfigError, DataLoadError
from datacraft.warehouse import open_data

RAW = random.Random(1).randbytes(5000)


def failure(*paths):
    with pytest.raises(DataLoadError) as caught:
        open_data(paths)
    assert caught.value.hint
    return caught.value.message


def findings(path):
    with open_data([path]) as warehouse:
        report = warehouse.report.tables[0]
        rows = warehouse.execute(f'SELECT * FROM "{report.table.name}"', timeout_s=10, max_rows=1000).rows
        return report, rows, {finding.code: finding for finding in report.findings}


def test_a_missing_file_suggests_its_neighbour(tmp_path):
    (tmp_path / "orders.csv").write_text("a\n1\n")
    with pytest.raises(DataLoadError, match="does not exist") as caught:
        open_data([tmp_path / "order.csv"])
    assert "orders.csv" in (caught.value.hint or "")


def test_no_file_at_all_is_an_error():
    assert "No data" in failure()


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_an_error(tmp_path, content):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert "t.csv" in failure(path)


def test_an_empty_folder_is_an_error(tmp_path):
    assert "no data file" in failure(tmp_path)


def test_an_unknown_kind_of_file_is_an_error_that_lists_the_known_ones(tmp_path):
    path = tmp_path / "slides.pptx"
    path.write_bytes(b"PK\x03\x04" + RAW)
    with pytest.raises(DataLoadError, match="no kind") as caught:
        open_data([path])
    assert "Parquet" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "content", [RAW, b"\x89PNG\r\n" + RAW, b"%PDF-1.7\n" + RAW, b"PAR1" + RAW, b"SQLite format 3\x00" + RAW]
)
def test_a_binary_file_renamed_to_csv_is_an_error(tmp_path, content):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert "t.csv" in failure(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.parquet", b"PAR1" + RAW),
        ("t.parquet", RAW),
        ("t.xlsx", b"PK\x03\x04" + RAW),
        ("t.xlsx", RAW),
        ("t.sqlite", b"SQLite format 3\x00" + RAW),
        ("t.db", b"SQLite format 3\x00" + RAW),
        ("t.duckdb", b"12345678DUCK" + RAW),
        ("t.duckdb", RAW),
        ("t.json", b'{"a": [1, 2'),
        ("t.json", b"just words"),
        ("t.csv.gz", b"\x1f\x8b" + RAW),
    ],
)
def test_a_damaged_file_is_an_error_that_names_it(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    assert name in failure(path)


def test_a_damaged_file_in_a_folder_is_skipped_and_it_is_said(tmp_path):
    (tmp_path / "good.csv").write_text("a\n1\n")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1" + RAW)
    (tmp_path / "empty.csv").write_bytes(b"")
    with open_data([tmp_path]) as warehouse:
        assert [t.name for t in warehouse.tables()] == ["good"]
        said = " ".join(f.message for f in warehouse.report.findings)
    assert "bad.parquet" in said
    assert "empty.csv" in said


@contextmanager
def unprivileged():
    """Be nobody in particular for a while: root may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("of_folder", [True, False])
def test_what_may_not_be_read_is_an_error_about_permissions(of_folder):
    with tempfile.TemporaryDirectory() as top:
        Path(top).chmod(0o755)  # only what is locked below may be what stops a reader
        folder = Path(top) / "closed"
        folder.mkdir()
        path = folder / "t.csv"
        path.write_text("a\n1\n")
        locked = folder if of_folder else path
        with unprivileged():
            assert open_data([path]).tables()
        locked.chmod(0)
        try:
            with unprivileged():
                assert "ermission" in failure(locked)
        finally:
            locked.chmod(0o700)


def test_a_loop_of_links_is_an_error(tmp_path):
    path = tmp_path / "t.csv"
    path.symlink_to(path)
    assert "t.csv" in failure(path)


def test_a_wrong_suffix_for_the_delimiter_is_said(tmp_path):
    path = tmp_path / "t.tsv"
    path.write_text("a,b\n1,2\n3,4\n")
    _, rows, codes = findings(path)
    assert rows == [[1, 2], [3, 4]]
    assert "delimiter" in codes


def test_a_thousand_columns_are_read(tmp_path):
    path = tmp_path / "t.csv"
    header = ",".join(f"col {i}" for i in range(1000))
    path.write_text(header + "\n" + (",".join(str(i) for i in range(1000)) + "\n") * 20)
    report, rows, _ = findings(path)
    assert len(report.table.columns) == 1000
    assert rows[0][999] == 999


def test_a_header_without_rows_is_a_table_without_rows(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n")
    report, rows, codes = findings(path)
    assert (report.table.row_count, rows) == (0, [])
    assert "no_rows" in codes


def test_a_column_without_values_stays_and_is_said(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,c\n1,,x\n2,,y\n")
    _, rows, codes = findings(path)
    assert rows == [[1, None, "x"], [2, None, "y"]]
    assert codes["all_null"].column == "b"


def test_ragged_rows_are_padded_or_counted_with_their_lines(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12,\n13,14,15\n")
    report, rows, codes = findings(path)
    assert rows == [[1, 2, 3], [4, 5, None], [10, 11, 12], [13, 14, 15]]
    assert report.rows_unread == 1
    assert [(e.line, e.text) for e in codes["short_rows"].examples] == [(3, "4,5")]
    assert [(e.line, e.text) for e in codes["unread_rows"].examples] == [(4, "6,7,8,9")]


@pytest.mark.parametrize("others", ['"text {i}"', "text {i}"])
def test_a_quote_that_never_closes_costs_no_other_row(tmp_path, others):
    """The reader alone would stop there, or swallow rows, and say nothing."""
    path = tmp_path / "t.csv"
    lines = [f"{i},{others.format(i=i)},{i * 2}" for i in range(3000)]
    lines[100] = '100,"text 100,200'
    path.write_text("a,b,c\n" + "\n".join(lines) + "\n")
    report, _, codes = findings(path)
    assert report.table.row_count == 3000
    assert report.rows_unread == 0
    assert [e.line for e in codes["open_quotes"].examples] == [102]


def test_bad_lines_of_json_are_counted_with_their_numbers(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": 1}\n{bad\n{"a": 2}\n{"a": 3}\n')
    report, rows, codes = findings(path)
    assert rows == [[1], [2], [3]]
    assert report.rows_unread == 1
    assert [e.line for e in codes["unread_rows"].examples] == [2]


def test_a_cache_folder_that_can_not_be_made_is_a_config_error(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "t.csv").write_text("a\n1\n")
    with pytest.raises(ConfigError, match="cache folder"):
        open_data([tmp_path / "t.csv"], cache_dir=tmp_path / "file" / "cache")
