"""Sign-in on the page: the form, what each role sees, and what the browser is told it may do."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from page_server import PageServer, ask, open_page, settle
from playwright.sync_api import Browser, BrowserContext, Page, expect

from datacraft.access import StateStore
from datacraft.contracts.access import Role
from datacraft.registry import Mandate
from datacraft.registry.channels import promote, read_pointer
from datacraft.warehouse.sample import make_orders

sys.path.append(str(Path(__file__).parents[1] / "delivery"))

from releases import NEW, NOW, OLD, Model, empty_shop


@pytest.fixture(scope="module")
def keyed(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """A page for which people sign in with a key."""
    folder = tmp_path_factory.mktemp("keyed")
    data = make_orders(folder / "orders_processed.parquet")
    (folder / "state" / "registry").mkdir(parents=True)
    shop = empty_shop(folder / "state" / "registry")
    for release in (OLD, NEW):
        shop.publish(release, Model())
    promote(shop.store, read_pointer(shop.store, "production"), OLD, Mandate("ada", "the first", NOW))
    running = PageServer(data, folder / "state", {"DATACRAFT_ACCESS__SIGN_IN": "api_keys"})
    running.start()
    yield running
    assert running.stop() == 0
    assert "failed inside" not in running.log
    assert "datacraft_session=" not in running.log


@pytest.fixture
def state(keyed: PageServer) -> Iterator[StateStore]:
    opened = StateStore(f"sqlite:///{keyed._state}/datacraft.db")
    yield opened
    opened.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(accept_downloads=True) as context:
        yield context


def signed_in(keyed: PageServer, visitor: BrowserContext, state: StateStore, role: Role) -> Page:
    """Return the page of somebody who has signed in by the form."""
    _, key = state.keys.create(f"the {role}", role, "ada", dt.timedelta(days=1))
    page = visitor.new_page()
    page.goto(keyed.url)
    expect(page).to_have_url(f"{keyed.url}/signin")
    page.get_by_label("Your API key").fill(key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="DataCraft")).to_be_visible(timeout=30_000)
    return page


def test_who_types_no_key_gets_no_further(keyed: PageServer, visitor: BrowserContext) -> None:
    page = visitor.new_page()
    page.goto(keyed.url)
    page.get_by_label("Your API key").fill("datacraft_nothing")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("not known")
    page.goto(keyed.url)
    expect(page).to_have_url(f"{keyed.url}/signin")


def test_a_viewer_sees_rows_and_no_sql_no_upload_no_csv_no_history(
    keyed: PageServer, visitor: BrowserContext, state: StateStore
) -> None:
    page = signed_in(keyed, visitor, state, "viewer")
    ask(page, "total sales by region")
    expect(page.get_by_role("tab", name="Table")).to_be_visible()
    page.get_by_role("tab", name="Table").click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    for role, name in (("tab", "SQL"), ("button", "CSV")):
        expect(page.get_by_role(role, name=name)).to_have_count(0)
    expect(page.get_by_test_id("stFileUploader")).to_have_count(0)
    expect(page.get_by_text("Ask about your own file")).to_have_count(0)
    expect(page.locator(".st-key-history")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("Promote|Roll back|Pin"))).to_have_count(0)
    assert "SELECT" not in page.content()
    page.get_by_test_id("stDataFrame").hover()
    expect(page.get_by_test_id("stElementToolbar").filter(visible=True)).to_have_count(0)
    expect(page.get_by_text("the viewer")).to_be_visible()


def test_an_analyst_sees_sql_and_history_and_what_is_saved_is_recorded(
    keyed: PageServer, visitor: BrowserContext, state: StateStore
) -> None:
    page = signed_in(keyed, visitor, state, "analyst")
    ask(page, "total sales by region")
    page.get_by_role("tab", name="SQL").click()
    expect(page.locator("code", has_text="GROUP BY")).to_be_visible()
    expect(page.locator(".st-key-history button")).to_have_count(1)
    with page.expect_download():
        page.get_by_role("button", name="CSV").click()
    (saved,) = state.audit.latest(action="export")
    assert (saved.who, saved.outcome) == ("the analyst", "done")
    assert state.audit.verify()[1] is None


def test_an_engineer_reads_others_conversations_and_an_analyst_does_not(
    keyed: PageServer, browser: Browser, visitor: BrowserContext, state: StateStore
) -> None:
    analyst = signed_in(keyed, visitor, state, "analyst")
    ask(analyst, "total sales by category")
    expect(analyst.get_by_role("link", name="History")).to_have_count(0)
    analyst.goto(f"{keyed.url}/history")
    expect(analyst.get_by_text("Everybody's conversations")).to_have_count(0)
    with browser.new_context() as context:
        engineer = signed_in(keyed, context, state, "engineer")
        engineer.get_by_role("link", name="History").click()
        expect(engineer.get_by_text("Everybody's conversations")).to_be_visible(timeout=20_000)
        wanted = engineer.get_by_label("Find in titles and owners")
        wanted.fill("by category")
        wanted.press("Enter")
        expect(engineer.locator(".dc-question", has_text="total sales by category")).to_be_visible(
            timeout=20_000
        )
        engineer.get_by_text("SQL", exact=True).click()
        expect(engineer.locator("code", has_text="GROUP BY")).to_be_visible()
        expect(engineer.get_by_test_id("stChatInputTextArea")).to_have_count(0)


def test_signing_out_closes_the_page(keyed: PageServer, visitor: BrowserContext, state: StateStore) -> None:
    page = signed_in(keyed, visitor, state, "analyst")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{keyed.url}/signin")
    page.goto(keyed.url)
    expect(page).to_have_url(f"{keyed.url}/signin")
    assert state.audit.latest(action="logout")[0].who == "the analyst"


def test_a_revoked_key_closes_a_page_that_is_open(
    keyed: PageServer, visitor: BrowserContext, state: StateStore
) -> None:
    page = signed_in(keyed, visitor, state, "analyst")
    state.keys.revoke(state.keys.list()[0].id)
    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_text("This is for those who sign in")).to_be_visible(timeout=20_000)
    expect(page.get_by_test_id("stChatInputTextArea")).to_have_count(0)


def test_the_page_does_what_it_does_within_its_policy(browser: Browser, server: PageServer) -> None:
    with browser.new_context() as context:
        said: list[str] = []
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        response = page.goto(server.url)
        assert response is not None
        assert "frame-ancestors 'self'" in response.headers["content-security-policy"]
        open_page(page, server.url)
        ask(page, "total sales by region")
        expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=20_000)
        page.get_by_role("tab", name="Table").click()
        expect(page.get_by_test_id("stDataFrame")).to_be_visible()
        page.get_by_role("tab", name="SQL").click()
        expect(page.locator("code", has_text="GROUP BY")).to_be_visible()
        assert [text for text in said if "Content Security Policy" in text] == []


def test_another_site_can_not_show_the_page_in_a_frame(
    browser: Browser, server: PageServer, tmp_path: Path
) -> None:
    outside = tmp_path / "evil.html"
    outside.write_text(f'<iframe id="f" src="{server.url}"></iframe>')
    with browser.new_context() as context:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(outside.as_uri())
        page.wait_for_timeout(1_500)
        assert any("frame-ancestors" in text or "X-Frame-Options" in text for text in said), said


@pytest.mark.parametrize(
    ("role", "sees", "moves"),
    [
        ("viewer", False, False),
        ("analyst", False, False),
        ("engineer", True, False),
        ("operator", True, True),
    ],
)
def test_engineers_see_the_releases_and_only_operators_move_them(
    keyed: PageServer, visitor: BrowserContext, state: StateStore, role: Role, sees: bool, moves: bool
) -> None:
    page = signed_in(keyed, visitor, state, role)
    expect(page.get_by_role("link", name="Releases")).to_have_count(int(sees))
    page.goto(f"{keyed.url}/releases")
    expect(page.get_by_role("heading", name="DataCraft")).to_be_visible()
    if not sees:
        expect(page.get_by_test_id("stChatInputTextArea")).to_be_visible()
        expect(page.get_by_text("Channels", exact=True)).to_have_count(0)
        return
    expect(page.get_by_text("Channels", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Roll back")).to_have_count(int(moves))
    page.locator("summary", has_text=NEW).click()
    settle(page)
    expect(page.get_by_role("button", name="Promote to production")).to_have_count(int(moves))
