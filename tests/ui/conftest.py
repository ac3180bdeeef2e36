"""One server with the sample, one browser; each test gets a visitor of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from page_server import PageServer, chromium, open_page
from playwright.sync_api import Browser, Page, expect

from datacraft.warehouse.sample import make_orders

expect.set_options(timeout=20_000)  # machines that test are busy


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    folder = tmp_path_factory.mktemp("page")
    running = PageServer(make_orders(folder / "orders_processed.parquet"), folder / "state")
    running.start()
    yield running
    assert running.stop() == 0
    assert "failed inside" not in running.log


@pytest.fixture
def page(browser: Browser, server: PageServer) -> Iterator[Page]:
    """A new visitor, at the first screen; nothing that the page loads may come from elsewhere."""
    with browser.new_context(accept_downloads=True) as context:
        elsewhere: list[str] = []
        visitor = context.new_page()
        visitor.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((server.url, "data:", "blob:"))
                else elsewhere.append(request.url)
            ),
        )
        open_page(visitor, server.url)
        yield visitor
        assert elsewhere == []
