"""Files of one's own on the page: several at once, of many kinds, some of them bad; uncertain cells looked at."""

from __future__ import annotations

import io
import os
import random
from pathlib import Path
from typing import Any, Literal

import openpyxl
import pytest
from page_server import PageServer, ask, last_card, open_page, settle
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Browser, FilePayload, Page, expect
from real_parts import missing_part
from reportlab.lib.pagesizes import A5
from reportlab.platypus import SimpleDocTemplate, Table

from datacraft.warehouse.documents.extras import has_tesseract

PICTURES = os.environ.get("DATACRAFT_PICTURES_OF_FILES")
"""A folder for screenshots to look at."""

VISITS = "visit_date,origin,passengers\n" + "".join(
    f"2023-0{month}-01,{place},{month * count}\n"
    for month in range(1, 10)
    for place, count in (("Lima", 40), ("Quito", 25))
)
STOCK = [
    ("Warehouse", "Product", "Units"),
    ("Bern", "Desk", 12),
    ("Bern", "Lamp", 40),
    ("Oslo", "Desk", 7),
    ("Oslo", "Lamp", 9),
]
FEES = [("Month", "Branch", "Fee"), ("January", "North", "1,200.50"), ("January", "South", "310.00"),
        ("February", "North", "99.00"), ("February", "South", "1,000.00")]  # fmt: skip
PROTECTED = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
)
PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in STOCK:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def document() -> bytes:
    out = io.BytesIO()
    grid = [("GRID", (0, 0), (-1, -1), 0.5, "black")]
    SimpleDocTemplate(out, pagesize=A5).build([Table([list(row) for row in FEES], style=grid)])
    return out.getvalue()


def smudged_scan() -> bytes:
    """Return a scan in which one amount can't be read for certain."""
    image = Image.new("L", (1500, 1100), 255)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(46)
    chance = random.Random(4)
    rows = [("Region", "Seller", "Sales")] + [
        (region, seller, f"{chance.uniform(100, 9_000):.2f}")
        for region, seller in zip(
            ("North", "South", "East", "West", "North", "South"),
            ("Ann", "Ben", "Cid", "Dee", "Eva", "Fay"),
            strict=True,
        )
    ]
    for line, row in enumerate(rows):
        for left, text in zip((150, 600, 1050), row, strict=True):
            draw.text((left, 120 + line * 110), text, font=font, fill=0)
    for shift in range(-12, 13, 6):
        draw.line((1040, 470 + shift, 1260, 490 - shift), fill=30, width=4)
    out = io.BytesIO()
    image.save(out, format="PNG", dpi=(300, 300))
    return out.getvalue()


def payload(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def drop(page: Page, *files: FilePayload) -> None:
    """Drop files on the place for them, all in one go."""
    page.get_by_text("Ask about your own files").click()
    handles: Any = page.evaluate_handle(
        """files => {
            const transfer = new DataTransfer();
            for (const file of files) {
                const bytes = Uint8Array.from(atob(file.content), c => c.charCodeAt(0));
                transfer.items.add(new File([bytes], file.name));
            }
            return transfer;
        }""",
        [{"name": file["name"], "content": _base64(file["buffer"])} for file in files],
    )
    zone = page.get_by_test_id("stFileUploaderDropzone")
    expect(zone).to_be_visible()
    zone.dispatch_event("drop", {"dataTransfer": handles})


def _base64(content: bytes) -> str:
    import base64

    return base64.b64encode(content).decode()


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.wait_for_timeout(1_000)
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def test_five_files_dropped_at_once_are_tables_to_ask_about(page: Page) -> None:
    drop(
        page,
        payload("visits.csv", VISITS.encode()),
        payload("stock.xlsx", workbook()),
        payload("fees.pdf", document()),
        payload("secret.xlsx", PROTECTED),
        payload("photo.csv", PHOTO),
    )
    expect(page.locator(".dc-about b", has_text="visits.csv and 2 more")).to_be_visible(timeout=60_000)
    settle(page)
    left_out = page.get_by_role("alert")
    expect(left_out).to_contain_text("secret.xlsx")
    expect(left_out).to_contain_text("it is protected by a password")
    expect(left_out).to_contain_text("photo.csv")
    assert "datacraft-upload" not in page.locator("body").inner_text()  # where they lie on the server
    expect(page.locator(".dc-brought tbody tr")).to_have_count(3)
    picture(page, "five")
    ask(page, "total passengers by origin")
    assert "Lima" in last_card(page)
    ask(page, "total units by warehouse")
    assert "Bern" in last_card(page)
    ask(page, "total fee by branch")
    assert "South with 1,310" in last_card(page)


def test_a_cell_that_is_uncertain_is_looked_at_and_corrected(page: Page) -> None:
    if not has_tesseract():
        missing_part("tesseract is not installed")
    drop(page, payload("receipts.png", smudged_scan()), payload("visits.csv", VISITS.encode()))
    expect(page.get_by_text("could not be read for certain").first).to_be_visible(timeout=60_000)
    settle(page)
    picture(page, "uncertain")
    page.get_by_role("button", name="Look at it").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("img").first).to_be_visible()
    dialog.get_by_label("Value").first.fill("1,234.00")
    dialog.get_by_text("Correct", exact=True).first.click()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("it must be said who, and why")).to_be_visible()
    settle(page)
    dialog.get_by_label("Your name").fill("Ann")
    dialog.get_by_label("Reason").fill("it is on the receipt")
    picture(page, "review")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0, timeout=30_000)
    settle(page)
    ask(page, "sales of Cid")
    assert "1,234" in last_card(page)


@pytest.mark.parametrize(
    ("name", "width", "height", "scheme"),
    [("phone", 390, 844, "light"), ("dark", 1280, 800, "dark"), ("phone_dark", 390, 844, "dark")],
)
def test_what_was_brought_fits_every_screen(
    browser: Browser, server: PageServer, name: str, width: int, height: int, scheme: Literal["light", "dark"]
) -> None:
    with browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme) as context:
        page = context.new_page()
        open_page(page, server.url)
        if width < 640:
            page.get_by_test_id("stExpandSidebarButton").click()
        drop(
            page,
            payload("visits.csv", VISITS.encode()),
            payload("a_workbook_with_quite_a_long_name_indeed.xlsx", workbook()),
            payload("secret.xlsx", PROTECTED),
        )
        expect(page.locator(".dc-brought tbody tr")).to_have_count(2, timeout=60_000)
        settle(page)
        if width < 640:
            page.get_by_test_id("stSidebarCollapseButton").click()
        picture(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        table = page.locator(".dc-brought").bounding_box()
        assert table is not None
        assert table["x"] + table["width"] <= width
