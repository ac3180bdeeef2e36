"""The page with a language model behind it: what it says while it waits, who answered, and when money is out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from llm_server import Call, Fails, LanguageModelServer, Reaction, Says, serving
from page_server import PageServer, ask, last_card, open_page
from playwright.sync_api import Browser, Page, expect

VISITS = (
    "visit_id,visited_on,city,passengers\n1,2023-01-05,Lima,10\n2,2023-01-20,Quito,25\n3,2023-02-11,Lima,30\n"
)
SQL = "SELECT city, sum(passengers) AS passengers FROM visits GROUP BY city ORDER BY passengers DESC"
BUILTIN = {"provider": "builtin", "model": "builtin", "strategy": {"kind": "semantic"}}


def script(call: Call) -> Reaction:
    """Answer slowly where the question says so, and with a mistake first."""
    said = call.text
    sql = SQL if "could not be run" in call.last else SQL.replace("sum(passengers)", "sum(people)")
    reply = {
        "answerable": True,
        "reason": None,
        "assumptions": ["<b>Children</b> count too."],
        "chart": None,
        "sql": sql,
    }
    return Says(
        json.dumps(reply), after_s=1.0 if "slowly" in said else 0.0, input_tokens=900, output_tokens=304
    )


@contextmanager
def page_with(folder: Path, server: LanguageModelServer, **more: Any) -> Iterator[PageServer]:
    config = {
        "provider": "openai", "model": "tiny-1", "base_url": server.openai_url, "prompt": {"name": "p", "text": "Be brief."},
        "strategy": {"kind": "repair", "attempts": 1, "of": {"kind": "sql"}}, "price": {"input": 0.3, "output": 2.5}, **more,
    }  # fmt: skip
    folder.mkdir(exist_ok=True)
    (folder / "tiny.json").write_text(json.dumps(config))
    (folder / "visits.csv").write_text(VISITS)
    environment = {"DATACRAFT_LLM__ANSWER_WITH": str(folder / "tiny.json")}
    running = PageServer(folder / "visits.csv", folder / "state", environment)
    running.start()
    try:
        yield running
    finally:
        running.stop()
    assert "failed inside" not in running.log


@pytest.fixture(scope="module")
def url(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with (
        serving(script) as server,
        page_with(tmp_path_factory.mktemp("llm"), server, fallback=[BUILTIN]) as page,
    ):
        yield page.url


@pytest.fixture
def visitor(browser: Browser, url: str) -> Iterator[Page]:
    with browser.new_context() as context:
        page = context.new_page()
        open_page(page, url)
        yield page


def test_each_step_is_told_while_the_model_is_waited_for(visitor: Page) -> None:
    box = visitor.get_by_test_id("stChatInputTextArea")
    box.fill("how many passengers per city, slowly?")
    box.press("Enter")
    expect(visitor.locator(".dc-working", has_text="Asking the model")).to_be_visible(timeout=20_000)
    expect(visitor.locator(".dc-sentence")).to_be_visible(timeout=20_000)


def test_an_answer_says_who_gave_it_at_what_cost_and_how(visitor: Page) -> None:
    ask(visitor, "how many passengers per city?")
    card = visitor.locator("[class*=st-key-answer_]").last
    told = re.compile(r"tiny-1 · 2,408 tokens · \$0\.0021 · repair · repaired once")
    expect(card).to_contain_text(told)  # it is drawn last
    expect(card).to_contain_text("Passengers by city of visits")
    expect(card).to_contain_text("Children count too.")  # as text, without the markup
    expect(visitor.locator(".dc-notes b")).to_have_count(0)


def test_another_model_that_answers_says_why(browser: Browser, tmp_path: Path) -> None:
    with (
        serving(lambda _: Fails(401, "this key is not known")) as server,
        page_with(tmp_path / "llm", server, fallback=[BUILTIN]) as running,
        browser.new_context() as context,
    ):
        page = context.new_page()
        open_page(page, running.url)
        ask(page, "total passengers by city")
        notice = page.locator(".dc-warning", has_text="builtin answered instead of tiny-1")
        expect(notice).to_be_visible()
        assert "this key is not known" in notice.inner_text()
        assert "Lima" in last_card(page)


def test_a_budget_that_is_used_up_stops_the_calls_and_is_told(browser: Browser, tmp_path: Path) -> None:
    limits = {"cost_per_day_usd": 0.004}
    with (
        serving(script) as server,
        page_with(tmp_path / "llm", server, limits=limits) as running,
        browser.new_context() as context,
    ):
        page = context.new_page()
        open_page(page, running.url)
        ask(page, "how many passengers per city?")
        asked = len(server.calls)
        ask(page, "passengers of each city, please")
        assert "may cost $0.004 a day" in last_card(page)
        assert len(server.calls) == asked
