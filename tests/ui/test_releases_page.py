"""The page Releases: what serves, what the gates say, promoting and going back by people."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from page_server import PageServer, open_page, settle
from playwright.sync_api import Browser, Page, expect

from datacraft.access import StateStore
from datacraft.contracts.delivery_run import DeliveryWish
from datacraft.contracts.shadow import ShadowCopy, ShadowPlan, ShownAnswer
from datacraft.delivery.comparing import compare_releases
from datacraft.delivery.config import DeliveryConfig
from datacraft.delivery.deliveries import begin_journal
from datacraft.delivery.evidence import read_evidence
from datacraft.delivery.gates import judge_release
from datacraft.delivery.shadow import pair, read_words
from datacraft.delivery.shadow.journal import append
from datacraft.delivery.verdicts import write_verdict
from datacraft.registry import Mandate
from datacraft.registry.channels import promote, read_pointer
from datacraft.warehouse.sample import make_orders

sys.path.append(str(Path(__file__).parents[1] / "delivery"))

from releases import Model, Shop, empty_shop

IMAGES = Path(__file__).parents[2] / "docs" / "images"
NOW = dt.datetime.now(dt.UTC)
OLD, NEW, BAD = (
    f"{NOW - dt.timedelta(hours=hours):%Y%m%dT%H%M%SZ}_{name}"
    for hours, name in ((3, "aaa1111"), (2, "bbb2222"), (1, "ccc3333"))
)
CONFIG = DeliveryConfig()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    root = tmp_path_factory.mktemp("releases") / "state" / "registry"
    root.mkdir(parents=True)
    made = empty_shop(root)
    good = Model(wrong=frozenset(range(0, 240, 20)))
    made.publish(OLD, good)
    made.publish(NEW, Model(wrong=frozenset(range(0, 240, 24)), confidence=0.6), incumbent=good)
    made.publish(BAD, Model(wrong=frozenset(range(0, 240, 2)), confidence=0.7))
    promote(made.store, read_pointer(made.store, "production"), OLD, Mandate("ada", "the first one", NOW))
    for release in (NEW, BAD):
        evidence = read_evidence(made.store, release)
        write_verdict(made.store, judge_release(evidence, CONFIG.gates, NOW))
    verdict = compare_releases(
        made.store, read_evidence(made.store, NEW), read_evidence(made.store, OLD), CONFIG.comparison,
        channel="production", now=NOW,
    )  # fmt: skip
    write_verdict(made.store, verdict)
    return made


@pytest.fixture(scope="module")
def releases_server(browser: Browser, shop: Shop) -> Iterator[PageServer]:
    folder = shop.root.parents[1]
    environment = {"DATACRAFT_ACCESS__ANONYMOUS_ROLE": "operator"}
    running = PageServer(make_orders(folder / "orders.parquet"), shop.root.parent, environment)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def releases_page(browser: Browser, releases_server: PageServer) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        open_page(page, f"{releases_server.url}/releases")
        expect(page.get_by_text("Channels")).to_be_visible(timeout=20_000)
        settle(page)
        yield page


def serving(shop: Shop) -> str | None:
    return read_pointer(shop.store, "production").release_id


def confirm(page: Page, verb: str, name: str, reason: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Your name").fill(name)
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_label("Reason").press("Enter")
    button = dialog.get_by_role("button", name=verb, exact=True)
    expect(button).to_be_enabled(timeout=10_000)
    button.click()


def release(page: Page, name: str) -> None:
    page.locator("summary", has_text=name).click()
    settle(page)


def test_what_serves_and_what_the_gates_say_is_seen(releases_page, shop):
    text = releases_page.locator(".dc-channel").inner_text()
    assert OLD in text
    assert "promoted by ada" in text
    assert "the first one" in text
    assert releases_page.locator("summary", has_text=BAD).inner_text().endswith("gates: rejected")
    release(releases_page, BAD)
    expect(releases_page.get_by_text("The execution accuracy is 50 %", exact=False)).to_be_visible()


def test_a_rejected_release_is_not_promoted_and_the_page_says_why(releases_page, shop):
    release(releases_page, BAD)
    releases_page.get_by_role("button", name="Promote to production").locator("visible=true").click()
    confirm(releases_page, "Promote", "ada", "I like it")
    alert = releases_page.get_by_role("alert").last
    expect(alert).to_contain_text("Nothing was changed", timeout=10_000)
    expect(alert).to_contain_text("not accepted")
    assert serving(shop) == OLD


def test_no_move_without_a_name_and_a_reason(releases_page, shop):
    release(releases_page, NEW)
    releases_page.get_by_role("button", name="Promote to production").locator("visible=true").click()
    dialog = releases_page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Promote", exact=True)).to_be_disabled()
    dialog.get_by_label("Your name").fill("ada")
    dialog.get_by_label("Your name").press("Enter")
    expect(dialog.get_by_role("button", name="Promote", exact=True)).to_be_disabled()
    assert serving(shop) == OLD


def test_an_accepted_release_is_promoted_and_gone_back_from(releases_page, shop):
    release(releases_page, NEW)
    releases_page.get_by_role("button", name="Promote to production").locator("visible=true").click()
    confirm(releases_page, "Promote", "ada", "more accurate")
    expect(releases_page.locator(".dc-release")).to_have_text(NEW, timeout=15_000)
    assert serving(shop) == NEW
    change = read_pointer(shop.store, "production").channel.history[-1]
    assert (change.by, change.reason) == ("ada", "more accurate")
    assert len(change.evidence) == 2

    releases_page.get_by_role("button", name="Roll back").click()
    confirm(releases_page, "Roll back", "grace", "odd totals <b>today</b>")
    expect(releases_page.locator(".dc-release")).to_have_text(OLD, timeout=15_000)
    assert serving(shop) == OLD
    with closing(StateStore(f"sqlite:///{shop.root.parent}/datacraft.db")) as state:
        entries = [one for one in state.audit.latest() if one.action in ("promote", "rollback")]
    assert [(one.action, one.who, one.outcome) for one in entries[:2]] == [
        ("rollback", "grace", "done"),
        ("promote", "ada", "done"),
    ]
    assert ("promote", "refused") in [(one.action, one.outcome) for one in entries]
    releases_page.get_by_role("button", name="History").click()
    expect(releases_page.get_by_text("odd totals <b>today</b>").last).to_be_visible()


def test_a_shadow_is_reviewed_side_by_side_and_decided(releases_page, releases_server, shop):
    wish = DeliveryWish(strategy="shadow", reason="with care", by="ada")
    run_id = begin_journal(shop.store, wish, dt.datetime.now(dt.UTC)).run_id
    folder = shop.root.parent / "deliveries" / run_id / "shadow"
    append(folder / "plan.jsonl", ShadowPlan(candidate=NEW, baseline=OLD, started_at=NOW))
    for number, other in enumerate((10, 11)):
        ours, theirs = (
            ShownAnswer(
                sql=f"SELECT {one} AS shown", columns=("region <b>",), rows=((f"<i>{one}",),), row_count=1
            )
            for one in (10, other)
        )
        copy = ShadowCopy(question_id=str(number), at=NOW, question=f"revenue <u>{number}", answer=ours)
        append(folder / "pairs.jsonl", pair(copy, theirs, NOW, 50))
    releases_page.reload()
    settle(releases_page)
    expect(releases_page.get_by_text(f"Shadow of {NEW}")).to_be_visible(timeout=20_000)
    expect(releases_page.get_by_text("2 of 200 questions of production", exact=False)).to_be_visible()
    expect(releases_page.get_by_text("Where the two differ (1)")).to_be_visible()
    expect(releases_page.get_by_text("SELECT 10 AS shown")).to_be_visible()
    expect(releases_page.get_by_text("SELECT 11 AS shown")).to_be_visible()
    expect(releases_page.get_by_text("<i>11")).to_be_visible()
    if os.environ.get("DATACRAFT_SCREENSHOTS") == "1":
        releases_page.screenshot(path=IMAGES / "releases-shadow.png", full_page=True)
    form = releases_page.get_by_test_id("stForm")
    form.get_by_label("Your name").fill("grace")
    form.get_by_label("Reason").fill("totals differ")
    form.get_by_role("button", name="Turn it down").click()
    expect(releases_page.get_by_text("grace: roll back, totals differ")).to_be_visible(timeout=20_000)
    assert [(one.decision, one.by) for one in read_words(folder)] == [("roll_back", "grace")]


@pytest.mark.parametrize(
    ("name", "width", "scheme"), [("releases", 1280, "light"), ("releases-phone", 390, "dark")]
)
def test_the_page_fits(browser, releases_server, name, width, scheme):
    with browser.new_context(viewport={"width": width, "height": 1_000}, color_scheme=scheme) as context:
        page = context.new_page()
        open_page(page, f"{releases_server.url}/releases")
        expect(page.get_by_text("Side by side")).to_be_visible(timeout=20_000)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if os.environ.get("DATACRAFT_SCREENSHOTS") == "1":
            page.wait_for_timeout(1_500)
            page.screenshot(path=IMAGES / f"{name}.png")
