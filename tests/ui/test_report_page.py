"""The report in a real browser: it fits a phone, follows light and dark, filters failures and unfolds for paper."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

sys.path.append(str(Path(__file__).parents[1] / "evaluation"))
sys.path.append(str(Path(__file__).parents[1] / "evaluation" / "reports"))

from reported import everything
from stall import write_sales

from datacraft.config import Settings
from datacraft.evaluation.data import DataLoader
from datacraft.evaluation.reports import report_files


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("report")
    path = folder / "report.html"

    def write() -> None:
        settings = Settings.model_validate({"data": {"paths": [write_sales(folder)], "cache": False}})
        with DataLoader(settings).load() as data:
            path.write_bytes(report_files(everything(data, folder))["report.html"])

    with ThreadPoolExecutor(1) as apart:  # the browser's event loop runs in this thread
        apart.submit(write).result()
    return path.as_uri()


def opened(browser: Browser, address: str, width: int, scheme: str = "light") -> Page:
    """Open the report offline; anything that goes wrong in the page fails the test."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        offline=True,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.on("console", lambda message: pytest.fail(message.text))
    page.goto(address)
    return page


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_window_and_all_text_of_charts_is_large_enough(
    browser: Browser, address: str, width: int
) -> None:
    page = opened(browser, address, width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    sizes = page.evaluate(
        """[...document.querySelectorAll("svg.chart")].filter(one => one.getBoundingClientRect().width)
           .map(one => one.getScreenCTM().a * parseFloat(getComputedStyle(one.querySelector(".tick")).fontSize))"""
    )
    assert len(sizes) >= 8
    assert min(sizes) >= 9


def test_no_text_of_a_chart_leaves_its_chart(browser: Browser, address: str) -> None:
    page = opened(browser, address, 1280)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    outside = page.evaluate(
        """[...document.querySelectorAll("svg.chart text")].filter(one => {
             const text = one.getBoundingClientRect();
             const chart = one.ownerSVGElement.getBoundingClientRect();
             return text.left < chart.left - 1 || text.right > chart.right + 1 || text.bottom > chart.bottom + 1;
           }).map(one => one.textContent)"""
    )
    assert outside == []


def test_dark_and_light_follow_the_reader(browser: Browser, address: str) -> None:
    light, dark = (
        opened(browser, address, 1280, scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    )
    assert light != dark


def test_failures_are_found_by_candidate_and_words(browser: Browser, address: str) -> None:
    page = opened(browser, address, 1280)
    every = page.locator("details.failure:visible").count()
    page.locator("select[name=candidate]").select_option(label="good")
    some = page.locator("details.failure:visible").count()
    assert 0 < some < every
    page.locator("select[name=candidate]").select_option(value="")
    page.locator("input[name=text]").fill("TOTAL OF </script>")
    assert page.locator("details.failure:visible").count() == 1
    assert page.locator("output").inner_text() == "1 shown"


def test_everything_is_unfolded_for_paper(browser: Browser, address: str, tmp_path: Path) -> None:
    page = opened(browser, address, 1280)
    folded = page.locator("details:not([open])").count()
    assert folded > 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() == folded
