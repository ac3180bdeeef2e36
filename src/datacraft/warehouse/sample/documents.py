"""Sample documents of one small business: a workbook of stores, a PDF of their rents, a scan of who runs what."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

_SEED = 7
_STORES = [
    ("Lisbon", "Portugal", "Weber"), ("Porto", "Portugal", "Weber"), ("Madrid", "Spain", "Costa"),
    ("Bilbao", "Spain", "Costa"), ("Lyon", "France", "Moreau"), ("Nantes", "France", "Duval"),
]  # fmt: skip
_MANAGERS = [("Weber", "Atlantic"), ("Costa", "Iberia"), ("Moreau", "Alpine"), ("Duval", "Atlantic")]
_MONTHS = ("January", "February", "March")


def make_workbook(path: Path) -> Path:
    """Write the stores as a workbook with a title above the table."""
    import openpyxl  # type: ignore[import-untyped]

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Stores"
    sheet.append(["Our stores"])
    sheet.append([])
    sheet.append(["City", "Country", "Manager"])
    for store in _STORES:
        sheet.append(list(store))
    book.save(path)
    return path


def make_pdf(path: Path) -> Path:
    """Write the rents of the stores as a PDF with text, without any library: a page, a font, and words at places."""
    chance = random.Random(_SEED)
    rows = [("City", "Month", "Rent")] + [
        (city, month, f"{chance.randrange(1_500, 4_000):,}.00") for city, *_ in _STORES for month in _MONTHS
    ]
    words = ["BT /F1 14 Tf 72 780 Td (Rents) Tj ET"]
    for line, row in enumerate(rows):
        for left, text in zip((72, 200, 330), row, strict=True):
            words.append(f"BT /F1 10 Tf {left} {745 - line * 20} Td ({text}) Tj ET")
    content = "\n".join(words).encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length " + str(len(content)).encode() + b" >>\nstream\n" + content + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    path.write_bytes(_pdf(objects))
    return path


def _pdf(objects: Sequence[bytes]) -> bytes:
    """Return a PDF file of these objects, the first of which is its catalogue (ISO 32000-1, 7.5)."""
    out = bytearray(b"%PDF-1.4\n")
    places: list[int] = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def make_scan(path: Path) -> Path:
    """Write the managers as a scanned page; needs Pillow, which the extra `documents` brings."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (1800, 1000), 250)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(48)
    draw.text((300, 120), "Managers", font=ImageFont.load_default(64), fill=20)
    for line, row in enumerate([("Manager", "Region"), *_MANAGERS]):
        for left, text in zip((300, 1000), row, strict=True):
            draw.text((left, 300 + line * 100), text, font=font, fill=20)
    image.save(path, dpi=(300, 300))
    return path
