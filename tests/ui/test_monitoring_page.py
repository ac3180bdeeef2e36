"""The page Monitoring: the status at a glance, over time, alarms that people look after, the questions behind a point."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from page_server import PageServer, open_page, settle
from playwright.sync_api import Browser, Page, expect

from datacraft.config import load_settings
from datacraft.contracts.answer import Timings
from datacraft.contracts.monitoring import MonitoringPolicy
from datacraft.contracts.telemetry import TelemetryRecord
from datacraft.monitoring import monitor_production
from datacraft.monitoring.alarms import Hands, MonitoringPlace, act
from datacraft.profiles import measuring_connection, profile_data
from datacraft.profiles.drift import compare_profiles
from datacraft.registry import Mandate, open_store
from datacraft.registry.channels import promote, read_pointer
from datacraft.serving.assembly import open_warehouse
from datacraft.serving.telemetry import TelemetryWriter
from datacraft.warehouse.sample import make_orders

sys.path.append(str(Path(__file__).parents[1] / "monitoring"))

from looks import published

IMAGES = Path(__file__).parents[2] / "docs" / "images"
NOW = dt.datetime.now(dt.UTC)
QUESTIONS = (
    "total sales by region",
    "profit by month",
    "top 5 customers by sales",
    "how many orders in 2023",
)


def telemetry(folder: Path, releases: list[str]) -> None:
    """Write two days: the second release came 10 hours ago, and every third of its questions fails."""
    with TelemetryWriter(folder, channel="production") as writer:
        for number in range(1_440):
            ago = dt.timedelta(minutes=2 * number)
            is_new = ago < dt.timedelta(hours=10)
            fails = is_new and number % 3 == 0
            writer.put(
                TelemetryRecord(
                    at=NOW - ago,
                    question_id=f"q{number}",
                    session=f"s{number // 3}",
                    question=QUESTIONS[number % 4],
                    release_id=releases[1 if is_new else 0],
                    tables=("orders",),
                    timings=Timings(total_ms=(900 if is_new else 120) + number % 60),
                    error="query_failed" if fails else None,
                )
            )


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("watched")
    store = open_store(f"file://{folder}/state/registry")
    names = [published(store, NOW - dt.timedelta(hours=hours)) for hours in (200, 11)]
    for name, hours in zip(names, (199, 10), strict=True):
        pointer = read_pointer(store, "production")
        promote(store, pointer, name, Mandate("ada", "by its gates", NOW - dt.timedelta(hours=hours)))
    telemetry(folder / "state" / "telemetry", names)
    settings = load_settings(environ={}, arguments={"state_dir": folder / "state"})
    profiles = []
    for drifted in (False, True):
        path = make_orders(folder / f"{drifted}" / "orders.parquet", rows=4_000, drifted=drifted)
        with open_warehouse(settings, [path], folder / "cache") as warehouse:  # type: ignore[attr-defined]
            profiles.append(
                profile_data(measuring_connection(warehouse), like=profiles[0] if profiles else None)
            )
    report = monitor_production(
        settings, MonitoringPolicy(), NOW, release_id=names[1], data=lambda: compare_profiles(*profiles)
    )
    hands = Hands(
        lambda *_: None, lambda _: ("", ""), lambda _: (names[0], f"production names {names[0]} again.")
    )
    act(MonitoringPlace(store, "production"), report, MonitoringPolicy().decisions, hands)
    return folder


@pytest.fixture(scope="module")
def server(browser: Browser, state: Path) -> Iterator[PageServer]:
    environment = {"DATACRAFT_ACCESS__ANONYMOUS_ROLE": "operator"}
    running = PageServer(make_orders(state / "orders.parquet"), state / "state", environment)
    running.start()
    yield running
    running.stop()


def drawn_to_its_end(page: Page) -> None:
    page.get_by_text("The whole report").wait_for(timeout=30_000)
    settle(page)


@pytest.fixture
def page(browser: Browser, server: PageServer) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1280, "height": 1000}) as context:
        page = context.new_page()
        open_page(page, f"{server.url}/monitoring")
        expect(page.get_by_role("status").get_by_text("production is degraded")).to_be_visible(timeout=30_000)
        expect(page.get_by_text("What monitoring did")).to_be_visible(timeout=30_000)
        drawn_to_its_end(page)
        yield page


def test_the_status_and_why_stand_first(page: Page) -> None:
    banner = page.locator(".dc-health")
    expect(banner).to_contain_text("the error budget of 30 days burns")
    assert banner.bounding_box()["y"] < 400  # type: ignore[index]
    tiles = page.locator(".dc-tile")
    expect(tiles).to_have_count(4)
    expect(tiles.nth(2)).to_contain_text("33.")


def test_what_drifted_is_told_in_words(page: Page) -> None:
    row = page.locator(".dc-drift tr.dc-bad", has_text="orders.ship_mode")
    expect(row).to_contain_text("new: Express Air")


def test_the_questions_behind_a_stretch_of_time_are_there(page: Page) -> None:
    page.get_by_text("what went wrong first").click()
    settle(page)
    table = page.locator(".dc-table", has_text="how it ended").filter(has_text="question")
    expect(table.first).to_contain_text("query_failed", timeout=20_000)


def test_an_operator_looks_after_an_alarm(page: Page) -> None:
    alarm = page.locator(".st-key-alarm_0")
    alarm.get_by_role("button", name="Look after it, or mute it").click()
    page.get_by_label("Your name").fill("ada")
    page.get_by_label("Your name").press("Tab")
    drawn_to_its_end(page)
    page.get_by_label("Reason").fill("the warehouse is being moved")
    page.get_by_label("Reason").press("Tab")
    drawn_to_its_end(page)
    button = page.get_by_role("button", name="I look after it")
    expect(button).to_be_enabled(timeout=20_000)
    button.click()
    expect(page.locator(".dc-chip", has_text="ada looks after it")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
)
def test_nothing_is_cut_off(browser: Browser, server: PageServer, width: int, scheme: str) -> None:
    with browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        open_page(page, f"{server.url}/monitoring")
        expect(page.get_by_text("What monitoring did")).to_be_visible(timeout=30_000)
        expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=30_000)
        page.get_by_text("Answers, data and questions").wait_for(timeout=30_000)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        if folder := os.environ.get("SCREENSHOTS"):
            main = page.locator('[data-testid="stMainBlockContainer"]')
            height = int(main.evaluate("one => one.scrollHeight")) + 100
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(1_500)
            page.screenshot(path=f"{folder}/monitoring_{width}_{scheme}.png")
