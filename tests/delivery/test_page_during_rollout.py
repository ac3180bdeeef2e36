"""A person on the page, while versions change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from local_deployment import Deployment, until
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright
from real_parts import missing_part

pytestmark = pytest.mark.e2e

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update"


@pytest.fixture
def person() -> Iterator[BrowserContext]:
    if not CHROMIUM.exists():
        missing_part(f"there is no browser at {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=[*FLAGS.split(), "--disable-sync"]
        )
        yield browser.new_context()
        browser.close()


def ask(page: Page, answers: int) -> None:
    """Ask, and wait until so many answers are there."""
    box = page.get_by_test_id("stChatInputTextArea")
    expect(box).to_be_enabled(timeout=60_000)
    box.fill("total revenue by region")
    box.press("Enter")
    expect(page.locator("[class*=st-key-answer_]")).to_have_count(answers, timeout=60_000)


def test_a_conversation_goes_on_through_a_rollout_and_the_next_one_is_with_the_new_version(
    deployment: Deployment, person: BrowserContext
) -> None:
    first = deployment.roll_out()
    page = person.new_page()
    page.goto(f"http://127.0.0.1:{deployment.port}")
    ask(page, 1)
    second = deployment.roll_out()
    ask(page, 2)
    assert deployment.state(first.name) == "draining"
    page.close()
    until(lambda: deployment.state(first.name) == "standby")
    page = person.new_page()
    page.goto(f"http://127.0.0.1:{deployment.port}")
    ask(page, 1)
    assert [one.name for one in deployment.target.status().serving] == [second.name]


def test_a_session_whose_time_is_over_goes_on_with_the_new_version(
    deployment: Deployment, person: BrowserContext
) -> None:
    deployment.drain_s = 1
    first = deployment.roll_out()
    page = person.new_page()
    page.goto(f"http://127.0.0.1:{deployment.port}")
    ask(page, 1)
    deployment.roll_out()
    until(lambda: deployment.state(first.name) == "stopped")
    ask(page, 2)
