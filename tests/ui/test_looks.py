"""How the page looks at other sizes and in the dark. `DATACRAFT_SCREENSHOTS=1` refreshes those of the docs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import pytest
from page_server import PageServer, ask, open_page
from playwright.sync_api import Browser, Page, expect

IMAGES = Path(__file__).parents[2] / "docs" / "images"


def _picture(page: Page, name: str) -> None:
    if os.environ.get("DATACRAFT_SCREENSHOTS") == "1":
        expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=20_000)
        page.wait_for_timeout(3_500)  # the chart's fonts, and the scrolling
        IMAGES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=IMAGES / f"{name}.png")


@pytest.mark.parametrize(
    ("name", "width", "height", "scheme"),
    [("page", 1280, 800, "light"), ("phone", 390, 844, "light"), ("dark", 1280, 800, "dark")],
)
def test_the_page_fits_and_follows_the_colour_scheme(
    browser: Browser, server: PageServer, name: str, width: int, height: int, scheme: Literal["light", "dark"]
) -> None:
    with browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme) as context:
        page = context.new_page()
        open_page(page, server.url)
        ask(page, "total sales by month")
        _picture(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        card = page.locator("[class*=st-key-answer_]").last.bounding_box()
        assert card is not None
        assert card["x"] >= 0
        assert card["x"] + card["width"] <= width
        ground = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
        brightness = sum(int(part) for part in ground.strip("rgb()").split(",")[:3]) / 3
        assert (brightness > 200) == (scheme == "light")


def test_on_a_phone_the_history_is_behind_a_button(browser: Browser, server: PageServer) -> None:
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        open_page(page, server.url)
        history = page.get_by_role("button", name="New conversation")
        expect(history).not_to_be_in_viewport()
        page.get_by_test_id("stExpandSidebarButton").click()
        expect(history).to_be_in_viewport()
