"""Documents that are damaged, protected, mislabelled or made to harm: a message, and nothing half loaded."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from document_pages import Drawer, DrawnColumn, Style
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from datacraft.contracts.errors import DataLoadError

DOCUMENT = """<?xml version="1.0"?>{head}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:body><w:tbl><w:tr>{cells}</w:tr><w:tr>{cells}</w:tr></w:tbl></w:body></w:document>"""
CELL = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
RELATIONS = """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
 Target="word/document.xml"/></Relationships>"""
TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""


def refused(load, warehouse: Path, path: Path) -> str:
    """Load a file that can't be loaded; return what is said."""
    with pytest.raises(DataLoadError) as raised:
        load(path)
    assert raised.value.hint
    assert not warehouse.exists()
    return str(raised.value)


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    drawer = Drawer(tmp_path / "whole.pdf", Style())
    drawer.table(
        [DrawnColumn("Code", 60), DrawnColumn("Value", 60)], [[f"A{n}", f"{n}.50"] for n in range(20)]
    )
    drawer.save()
    return tmp_path / "whole.pdf"


def word_file(path: Path, document: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("word/document.xml", document)
    return path


def test_a_password_is_asked_for_in_words(load, warehouse, tmp_path):
    canvas = Canvas(
        str(tmp_path / "secret.pdf"), encrypt=StandardEncryption("open sesame", ownerPassword="mine")
    )
    canvas.drawString(100, 700, "secret")
    canvas.save()
    assert "password" in refused(load, warehouse, tmp_path / "secret.pdf")
    (tmp_path / "secret.docx").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le")
    )
    assert "password" in refused(load, warehouse, tmp_path / "secret.docx")


@pytest.mark.parametrize("suffix", [".pdf", ".docx", ".png", ".jpg", ".tif"])
def test_a_truncated_document_says_so(load, warehouse, tmp_path, pdf, suffix):
    cut = tmp_path / f"cut{suffix}"
    if suffix == ".pdf":
        content = pdf.read_bytes()
        cut.write_bytes(content[: len(content) // 4])
    elif suffix == ".docx":
        content = word_file(
            tmp_path / "whole.docx", DOCUMENT.format(head="", cells=CELL.format("a"))
        ).read_bytes()
        cut.write_bytes(content[: len(content) // 2])
    else:
        out = io.BytesIO()
        noise = Image.effect_noise((600, 800), 60)
        noise.save(out, format={".png": "PNG", ".jpg": "JPEG", ".tif": "TIFF"}[suffix])
        cut.write_bytes(out.getvalue()[:9_000])
    assert "cut" in refused(load, warehouse, cut)


@pytest.mark.parametrize("suffix", [".pdf", ".docx", ".png", ".html"])
def test_an_empty_document_says_so(load, warehouse, tmp_path, suffix):
    (tmp_path / f"empty{suffix}").touch()
    assert "empty" in refused(load, warehouse, tmp_path / f"empty{suffix}")


def test_a_document_under_another_name_is_told(load, warehouse, tmp_path, pdf):
    for name in ("a.docx", "a.png", "a.csv"):
        (tmp_path / name).write_bytes(pdf.read_bytes())
        assert "PDF" in refused(load, warehouse, tmp_path / name)
    with zipfile.ZipFile(tmp_path / "b.docx", "w") as archive:
        archive.writestr("sheet.xml", "<x/>")
    assert "no Word file" in refused(load, warehouse, tmp_path / "b.docx")
    (tmp_path / "c.pdf").write_text("Region,Sales\nNorth,1\n")
    assert "isn't that" in refused(load, warehouse, tmp_path / "c.pdf")


def test_ten_thousand_pages_are_not_begun(load, warehouse, tmp_path):
    import pypdfium2

    document = pypdfium2.PdfDocument.new()
    for _ in range(10_000):
        document.new_page(10, 10)
    document.save(str(tmp_path / "bomb.pdf"))
    assert "10,000 pages" in refused(load, warehouse, tmp_path / "bomb.pdf")


def test_a_page_of_endless_text_is_not_read(load, warehouse, tmp_path):
    canvas = Canvas(str(tmp_path / "endless.pdf"))
    text = canvas.beginText(10, 800)
    for _ in range(3_000):
        text.textLine("0123456789 " * 10)
    canvas.drawText(text)
    canvas.save()
    assert "characters" in refused(load, warehouse, tmp_path / "endless.pdf")


def test_an_image_that_unpacks_to_gigabytes_is_not_opened(load, warehouse, tmp_path):
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    header = (60_000).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    (tmp_path / "bomb.png").write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )
    assert "million pixels" in refused(load, warehouse, tmp_path / "bomb.png")


def test_a_word_file_that_unpacks_to_gigabytes_is_left_alone(load, warehouse, tmp_path):
    path = word_file(tmp_path / "bomb.docx", DOCUMENT.format(head="", cells=CELL.format("a")))
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/media.bin", "w") as out,
    ):
        for _ in range(300):
            out.write(bytes(1 << 20))
    assert "would unpack to" in refused(load, warehouse, path)


def test_no_entity_of_a_word_file_is_expanded(load, warehouse, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("very secret")
    outside = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
    cells = CELL.format("&e;") + CELL.format("b")
    path = word_file(tmp_path / "entity.docx", DOCUMENT.format(head=outside, cells=cells))
    assert "very secret" not in refused(load, warehouse, path)
    laughs = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    ) + "]>"  # fmt: skip
    path = word_file(tmp_path / "laughs.docx", DOCUMENT.format(head=laughs, cells=CELL.format("&j;") * 2))
    refused(load, warehouse, path)


def test_nothing_that_a_web_page_refers_to_is_fetched_or_run(load, rows, tmp_path):
    secret = tmp_path / "secret.html"
    secret.write_text("very secret")
    (tmp_path / "page.html").write_text(
        f'<!DOCTYPE html [<!ENTITY e SYSTEM "{secret.as_uri()}">]><html><body><iframe src="{secret.as_uri()}"></iframe>'
        "<table><tr><th>Name<script>alert(1)</script></th><th>Value</th></tr><tr><td>a &e;</td><td>1</td></tr>"
        "<tr><td>b</td><td>2</td></tr></table></body></html>"
    )
    load(tmp_path / "page.html")
    assert "very secret" not in str(rows("page"))
    assert [row[1] for row in rows("page", "name, value")] == [1, 2]


def test_a_cell_that_claims_a_million_columns_is_cut(load, rows, tmp_path):
    (tmp_path / "wide.html").write_text(
        "<table><tr><th>A</th><th>B</th></tr><tr><td rowspan=99999999>x</td><td>1</td></tr><tr><td>2</td></tr></table>"
    )
    load(tmp_path / "wide.html")
    assert rows("wide") == [("x", 1), ("x", 2)]


def test_a_bad_document_of_a_folder_is_passed_over_and_said(load, rows, tmp_path, pdf):
    folder = tmp_path / "both"
    folder.mkdir()
    (folder / "good.pdf").write_bytes(pdf.read_bytes())
    (folder / "bad.pdf").write_bytes(pdf.read_bytes()[:800])
    report = load(folder)
    assert len(rows("good")) == 20
    assert any("bad.pdf was passed over" in finding.message for finding in report.findings)


def test_without_the_extra_it_is_said_what_to_install(tmp_path, pdf):
    code = (
        "import sys; sys.modules['pypdfium2'] = None\n"
        "from datacraft.cli import main\n"
        f"main(['ingest', {str(pdf)!r}, '--into', {str(tmp_path / 'w.duckdb')!r}])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert "pip install 'datacraft[documents]'" in run.stderr
    assert "Traceback" not in run.stderr


def test_reading_other_files_imports_nothing_of_documents(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3,4\n")
    code = (
        "import sys\nfrom pathlib import Path\nfrom datacraft.warehouse import open_data\n"
        "open_data([Path('a.csv')]).close()\n"
        "print([name for name in sys.modules if name.split('.')[0] in {'lxml', 'PIL', 'pypdfium2', 'docx', 'pytesseract'} "
        "or name.startswith('datacraft.warehouse.documents')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert run.stdout.strip() == "[]", run.stderr
