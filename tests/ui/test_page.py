from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from page_server import PageServer, ask, last_card, open_page, settle
from playwright.sync_api import Browser, Page, expect

VISITS = """visit_id,visited_on,origin,destination,passengers
1,2023-01-05,Lima,Quito,10
2,2023-01-20,Quito,Lima,25
3,2023-02-11,Lima,Bogota,30
"""


def test_an_example_question_is_answered_with_a_click(page: Page) -> None:
    examples = page.locator(".st-key-examples button")
    expect(examples).to_have_count(6)
    examples.first.click()
    expect(page.locator("[class*=st-key-answer_]")).to_have_count(1, timeout=20_000)
    expect(page.locator(".dc-sentence")).to_be_visible()
    expect(page.get_by_text("What would you like to know?")).to_have_count(0)


def test_an_answer_has_chart_table_sql_and_reading(page: Page) -> None:
    ask(page, "total sales by region")
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=20_000)
    expect(page.get_by_role("button", name=re.compile("PNG"))).to_be_visible()
    page.get_by_role("tab", name="Table").click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    page.get_by_role("tab", name="SQL").click()
    expect(page.locator("code", has_text="GROUP BY")).to_be_visible()
    page.get_by_role("tab", name="How I read it").click()
    expect(page.locator(".dc-reading dt").first).to_be_visible()


def test_what_is_ambiguous_is_asked_back_and_a_choice_is_answered(page: Page) -> None:
    ask(page, "total sales for Africa")
    choices = page.locator("[class*=st-key-choices_] button")
    expect(choices).to_have_count(2)
    choices.get_by_text("market Africa").click()
    expect(page.locator(".dc-figure")).to_be_visible(timeout=20_000)
    assert "market is Africa" in last_card(page)


def test_a_follow_up_changes_the_last_question(page: Page) -> None:
    ask(page, "total sales by category")
    ask(page, "only 2022")
    assert "in 2022" in last_card(page)
    page.get_by_role("tab", name="SQL").last.click()
    expect(page.locator("code", has_text="2022-01-01")).to_be_visible()


def test_what_is_not_understood_is_said_and_other_questions_are_offered(page: Page) -> None:
    ask(page, "total sales of purple elephants")
    assert "elephants" in last_card(page)
    page.locator("[class*=st-key-choices_] button").first.click()
    expect(page.locator(".dc-sentence")).to_be_visible(timeout=20_000)


def test_the_rows_come_as_csv_and_the_chart_as_png(page: Page, tmp_path: Path) -> None:
    ask(page, "total quantity by category")
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    text = Path(saved.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["category", "total quantity"]
    assert {row[0] for row in rows[1:]} == {"Technology", "Furniture", "Office Supplies"}
    assert saved.value.suggested_filename == "total-quantity-by-category.csv"
    with page.expect_download() as picture:
        page.get_by_role("button", name=re.compile("PNG")).click()
    assert Path(picture.value.path()).read_bytes().startswith(b"\x89PNG")


def test_a_thumb_and_a_comment_are_kept(page: Page, server: PageServer) -> None:
    ask(page, "average discount by segment")
    page.get_by_role("radio", name="Thumbs down").click()
    page.get_by_role("button", name="Comment").click()
    page.get_by_label("What was good or wrong?").fill("per month, please")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    page.reload()
    settle(page)
    page.get_by_role("button", name="Comment").click()
    expect(page.get_by_label("What was good or wrong?")).to_have_value("per month, please", timeout=20_000)


def test_an_uploaded_file_is_asked_about_at_once_by_its_owner_alone(
    page: Page, browser: Browser, server: PageServer
) -> None:
    page.get_by_text("Ask about your own file").click()
    page.locator("input[type=file]").first.set_input_files(
        files=[{"name": "visits.csv", "mimeType": "text/csv", "buffer": VISITS.encode()}]
    )
    expect(page.locator(".dc-about b", has_text="visits.csv")).to_be_visible(timeout=30_000)
    ask(page, "total passengers by origin")
    assert "Lima" in last_card(page)
    with browser.new_context() as other:
        stranger = other.new_page()
        open_page(stranger, page.url)  # with the address of the conversation
        expect(stranger.locator(".dc-about b", has_text="orders_processed")).to_be_visible()
        expect(stranger.locator("[class*=st-key-answer_]")).to_have_count(0)
    page.get_by_role("button", name="Back to the shared data").click()
    expect(page.locator(".dc-about b", has_text="orders_processed")).to_be_visible()


def test_a_file_that_cannot_be_read_is_told_plainly(page: Page) -> None:
    page.get_by_text("Ask about your own file").click()
    page.locator("input[type=file]").first.set_input_files(
        files=[
            {
                "name": "photo.csv",
                "mimeType": "text/csv",
                "buffer": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
            }
        ]
    )
    problem = page.get_by_role("alert").filter(has_text="photo.csv")
    expect(problem).to_be_visible(timeout=30_000)
    assert "Traceback" not in problem.inner_text()
    assert "datacraft-upload" not in problem.inner_text()  # where it lies on the server


def test_the_data_browser_describes_columns_and_shows_rows(page: Page) -> None:
    page.get_by_role("button", name="Browse the data").click()
    expect(page.locator(".dc-columns tbody tr")).to_have_count(24)
    page.get_by_role("tab", name="First rows").click()
    expect(page.get_by_role("dialog").get_by_test_id("stDataFrame")).to_be_visible()


def test_reload_and_restart_find_the_history_and_go_on(page: Page, server: PageServer) -> None:
    ask(page, "total profit by market")
    page.reload()
    settle(page)
    expect(page.locator(".dc-question", has_text="total profit by market")).to_be_visible(timeout=20_000)
    assert server.stop() == 0
    server.start()
    open_page(page, server.url)  # without the conversation's address
    page.locator(".st-key-history").get_by_text("total profit by market").click()
    expect(page.locator(".dc-question", has_text="total profit by market")).to_be_visible(timeout=20_000)
    ask(page, "only 2021")
    assert "in 2021" in last_card(page)


def test_two_visitors_have_histories_of_their_own(page: Page, browser: Browser, server: PageServer) -> None:
    ask(page, "total sales by segment")
    with browser.new_context() as other:
        stranger = other.new_page()
        open_page(stranger, server.url)
        expect(stranger.get_by_text("Your questions will be listed here.")).to_be_visible()


def test_a_conversation_can_be_deleted(page: Page) -> None:
    ask(page, "total sales by ship mode")
    page.get_by_role("button", name="Delete this conversation").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("Your questions will be listed here.")).to_be_visible()
    expect(page.get_by_text("What would you like to know?")).to_be_visible()


def test_a_slash_moves_to_the_question_box_and_enter_asks(page: Page) -> None:
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_enabled()
    page.get_by_role("heading", name="DataCraft").click()
    page.keyboard.press("/")
    page.keyboard.type("number of orders")
    page.keyboard.press("Enter")
    expect(page.locator(".dc-figure")).to_be_visible(timeout=20_000)


def test_markup_in_a_question_stays_text(page: Page) -> None:
    ask(page, "total <img src=x onerror=alert(1)> **sales** by $region$")
    expect(page.locator(".dc-question")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".dc-question img")).to_have_count(0)


def test_streamlit_shows_none_of_its_own_buttons(page: Page) -> None:
    for name in ("stAppDeployButton", "stMainMenu"):
        expect(page.get_by_test_id(name)).to_be_hidden()
