"""Damaged, hostile and odd input: a sentence, and nothing half loaded."""

from __future__ import annotations

import gzip
import io
import json
import random
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import openpyxl
import pytest

from datacraft.contracts.errors import DataCraftError, DataLoadError, LimitExceeded
from datacraft.ingest.files import UnpackLimits
from datacraft.ingest.store import read_store, store_exists
from datacraft.ingest.tracing import traced_rows

RAW = random.Random(3).randbytes(20_000)
SALES = "id,region,sales\n" + "".join(f"{n},North,{n}.5\n" for n in range(40))


def refused(load, warehouse, *paths, **options) -> str:
    """Load what can't be loaded; return what was said."""
    with pytest.raises(DataCraftError) as caught:
        load(*paths, **options)
    assert caught.value.hint, caught.value.message
    if store_exists(warehouse):
        with read_store(warehouse) as store:
            assert store.tables() == []
    assert not list(warehouse.parent.glob(".ingest-*"))
    return caught.value.message


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def codes(report) -> set[str]:
    return {f.code for table in report.tables for source in table.sources for f in source.findings}


def test_a_missing_an_empty_and_a_mislabelled_file(load, warehouse, tmp_path):
    assert "does not exist" in refused(load, warehouse, tmp_path / "no.csv")
    (tmp_path / "empty.csv").touch()
    assert "empty" in refused(load, warehouse, tmp_path / "empty.csv")
    (tmp_path / "empty.zip").touch()
    assert "empty" in refused(load, warehouse, tmp_path / "empty.zip")
    (tmp_path / "book.xlsx").write_text(SALES)
    assert "isn't that" in refused(load, warehouse, tmp_path / "book.xlsx")
    (tmp_path / "page.csv").write_bytes(b"%PDF-1.7" + RAW)
    assert "PDF" in refused(load, warehouse, tmp_path / "page.csv")
    (tmp_path / "noise.csv").write_bytes(RAW)
    assert "binary" in refused(load, warehouse, tmp_path / "noise.csv")


@pytest.mark.parametrize(
    "suffix", [".csv.gz", ".zip", ".tar.gz", ".xlsx", ".parquet", ".json", ".xml", ".sqlite"]
)
def test_a_truncated_file_of_any_kind_says_so(load, warehouse, tmp_path, suffix):
    import duckdb

    whole = tmp_path / f"whole{suffix}"
    match suffix:
        case ".csv.gz":
            whole.write_bytes(gzip.compress(SALES.encode() + RAW.hex().encode()))
        case ".zip":
            zipped(whole, **{"a.csv": SALES.encode() + RAW.hex().encode()})
        case ".tar.gz":
            with tarfile.open(whole, "w:gz") as archive:
                info = tarfile.TarInfo("a.csv")
                content = SALES.encode() + RAW.hex().encode()
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        case ".xlsx":
            book = openpyxl.Workbook()
            for row in SALES.splitlines():
                book.active.append(row.split(","))
            book.save(whole)
        case ".parquet":
            duckdb.sql("SELECT range AS n FROM range(1000)").write_parquet(str(whole))
        case ".json":
            whole.write_text(json.dumps([{"a": n} for n in range(100)]))
        case ".xml":
            whole.write_text("<r>" + "<x><a>1</a></x>" * 50 + "</r>")
        case ".sqlite":
            import sqlite3

            with sqlite3.connect(whole) as database:
                database.execute("CREATE TABLE t (a)")
                database.executemany(
                    "INSERT INTO t VALUES (?)", [(RAW.hex()[n : n + 90],) for n in range(900)]
                )
            database.close()
    cut = tmp_path / f"cut{suffix}"
    content = whole.read_bytes()
    cut.write_bytes(content[: len(content) * 2 // 3])
    assert "cut" in refused(load, warehouse, cut)


def test_a_password_is_asked_for_in_words(load, warehouse, tmp_path):
    book = tmp_path / "secret.xlsx"
    book.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + RAW[:600] + "EncryptedPackage".encode("utf-16-le") + RAW
    )
    assert "password" in refused(load, warehouse, book)
    archive = zipped(tmp_path / "secret.zip", **{"a.csv": SALES.encode()})
    content = bytearray(archive.read_bytes())
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the bit that says "encrypted"
        content[content.find(signature) + at] |= 1
    archive.write_bytes(content)
    assert "password" in refused(load, warehouse, archive)


@pytest.mark.parametrize("name", ["../../escaped.csv", "/tmp/escaped.csv", "a/../../escaped.csv", "..\\escaped.csv", "C:\\escaped.csv"])  # fmt: skip
def test_no_archive_writes_outside_its_folder(load, warehouse, tmp_path, name):
    said = refused(load, warehouse, zipped(tmp_path / "slip.zip", **{name: SALES.encode()}))
    assert "leads out of it" in said
    with tarfile.open(tmp_path / "slip.tar", "w") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(SALES)
        archive.addfile(info, io.BytesIO(SALES.encode()))
    assert "leads out of it" in refused(load, warehouse, tmp_path / "slip.tar")
    assert not list(tmp_path.rglob("escaped*"))


def test_a_link_in_an_archive_is_not_followed(load, tmp_path):
    with tarfile.open(tmp_path / "linked.tar", "w") as archive:
        link = tarfile.TarInfo("passwd.csv")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        info = tarfile.TarInfo("sales.csv")
        info.size = len(SALES)
        archive.addfile(info, io.BytesIO(SALES.encode()))
    report = load(tmp_path / "linked.tar")
    assert [table.name for table in report.tables] == ["sales"]


def test_a_bomb_is_left_alone_before_it_fills_the_disk(load, warehouse, tmp_path):
    limits = UnpackLimits(ratio_from_bytes=1 << 20)
    zeros = b"0" * (40 << 20)
    assert "times its size" in refused(
        load, warehouse, zipped(tmp_path / "bomb.zip", **{"a.csv": zeros}), limits=limits
    )
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(zeros))
    assert "times its size" in refused(load, warehouse, tmp_path / "bomb.csv.gz", limits=limits)
    noise = random.Random(1).randbytes(6 << 20).hex().encode()
    many = zipped(tmp_path / "large.zip", **{"a.csv": noise})
    assert "more than 4 MB" in refused(load, warehouse, many, limits=UnpackLimits(total_bytes=4 << 20))
    crowd = zipped(tmp_path / "crowd.zip", **{f"{n}.csv": b"a,b\n1,2\n" for n in range(30)})
    assert "more than 20 files" in refused(load, warehouse, crowd, limits=UnpackLimits(members=20))


def test_archives_in_archives_end_somewhere(load, warehouse, tmp_path):
    content = SALES.encode()
    for depth in range(5):
        content = zipped(
            tmp_path / "inner.zip", **{"data.csv" if not depth else f"{depth}.zip": content}
        ).read_bytes()
    (tmp_path / "deep.zip").write_bytes(content)
    assert "packed inside too many" in refused(load, warehouse, tmp_path / "deep.zip")


def test_a_workbook_bomb_is_left_alone(load, warehouse, tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (160 << 20))
    assert "far more than a workbook" in refused(load, warehouse, path)


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>',
    ],
)
def test_xml_entities_are_refused_whatever_they_are_for(load, warehouse, tmp_path, declared):
    path = tmp_path / "orders.xml"
    path.write_text(f"<?xml version='1.0'?>{declared}<r><x><a>&a;</a></x><x><a>1</a></x></r>")
    assert "declares entities" in refused(load, warehouse, path)


def test_a_harmless_document_type_is_fine(load, rows, tmp_path):
    path = tmp_path / "orders.xml"
    path.write_text("<!DOCTYPE r><r><x><a>1</a></x><x><a>2</a></x></r>")
    load(path)
    assert rows("orders") == [(1,), (2,)]


def test_xml_that_is_nested_without_end_is_refused(load, warehouse, tmp_path):
    path = tmp_path / "deep.xml"
    path.write_text("<a>" * 5_000 + "</a>" * 5_000)
    assert "nested too deeply" in refused(load, warehouse, path)


def test_macros_are_never_run_and_said(load, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active.append([1, 2])
    path = tmp_path / "macro.xlsm"
    book.save(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", RAW)
    assert "macros" in codes(load(path))


def test_formulas_that_nobody_computed_are_said(load, tmp_path):
    book = openpyxl.Workbook()
    for row in [["a", "b", "c"], [1, 2, "=A2+B2"], [3, 4, "=A3+B3"]]:
        book.active.append(row)
    book.save(tmp_path / "formulas.xlsx")
    assert "formulas_without_value" in codes(load(tmp_path / "formulas.xlsx"))


def test_a_hundred_thousand_columns_are_refused_or_loaded_but_end(load, warehouse, tmp_path):
    path = tmp_path / "wide.csv"
    names = [f"c{n}" for n in range(100_000)]
    path.write_text(",".join(names) + "\n" + ",".join("1" for _ in names) + "\n")
    assert "a table may have 2,000" in refused(load, warehouse, path)


def test_one_endless_line_is_refused_within_bounds(load, warehouse, tmp_path):
    path = tmp_path / "line.csv"
    with path.open("w") as file:
        file.write("a,b\n1,")
        for _ in range(40):
            file.write("x" * (1 << 20))
    assert "line" in refused(load, warehouse, path)


def test_encodings_mixed_within_a_file_are_counted(load, tmp_path):
    path = tmp_path / "mixed.csv"
    good = "".join(f"{n},Zoë Müller\n" for n in range(50)).encode()
    path.write_bytes(b"id,name\n" + good + "99,Ren\xe9e\n".encode("latin-1"))
    report = load(path)
    found = [f for s in report.tables[0].sources for f in s.findings if f.code == "undecodable"]
    assert [f.count for f in found] == [1]


def test_what_lies_in_a_folder_beside_the_data_is_passed_over_and_said(load, tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "sales.csv").write_text(SALES)
    (folder / "notes.docx").write_bytes(RAW)
    (folder / "bad.xlsx").write_bytes(b"PK\x03\x04" + RAW)
    (folder / ".hidden.csv").write_text(SALES)
    report = load(folder)
    assert [table.name for table in report.tables] == ["sales"]
    assert sorted(f.message.split(" ")[0].rsplit("/", 1)[-1] for f in report.findings) == [
        "bad.xlsx",
        "notes.docx",
    ]


def test_a_full_disk_leaves_the_old_table(load, warehouse, tmp_path):
    (tmp_path / "sales.csv").write_text(SALES)
    load(tmp_path / "sales.csv")
    big = tmp_path / "big.csv"
    chooser = random.Random(1)
    big.write_text("id,text\n" + "".join(f"{n},{chooser.randbytes(60).hex()}\n" for n in range(60_000)))
    code = f"""
import resource, sys
from pathlib import Path
from datacraft.ingest.loading import ingest
from datacraft.ingest.options import IngestOptions
from datacraft.contracts.errors import DataCraftError
resource.setrlimit(resource.RLIMIT_FSIZE, (3 << 20, 3 << 20))
import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    ingest([Path({str(big)!r})], IngestOptions(Path({str(warehouse)!r}), table="sales"))
except DataCraftError as error:
    print(type(error).__name__, error.message)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert run.stdout.startswith(LimitExceeded.__name__), (run.stdout, run.stderr[-800:])
    assert len(traced_rows(warehouse, "sales", most=100)) == 40


def test_names_cannot_be_used_to_inject_sql(load, rows, tmp_path):
    path = tmp_path / "x'; DROP TABLE y; --.csv"
    path.write_text('"a""; DROP TABLE z; --",b\n1,2\n')
    report = load(path)
    assert len(rows(report.tables[0].name)) == 1


def test_a_workbook_whose_cells_span_a_continent_is_refused(load, warehouse, tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "a"
    book.active["XFD1048576"] = 1
    path = tmp_path / "sparse.xlsx"
    book.save(path)
    with pytest.raises(DataLoadError, match="cells"):
        load(path)
