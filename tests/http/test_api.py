from __future__ import annotations

import json
import re
import time

import httpx
import pytest

from datacraft.contracts.answer import Answer


def ask(client: httpx.Client, question: str, session: str | None = None) -> Answer:
    response = client.post("/api/ask", json={"question": question, "session": session})
    assert response.status_code == 200, response.text
    return Answer.model_validate_json(response.content)


def error_of(response: httpx.Response) -> tuple[int, str]:
    body = response.json()
    assert body["error"]["message"]
    assert body["request_id"] == response.headers["X-Request-ID"]
    return response.status_code, body["error"]["code"]


def test_a_question_gets_rows_sql_and_a_sentence(client: httpx.Client) -> None:
    answer = ask(client, "total revenue by region")
    assert answer.error is None
    assert {row[0]: row[1] for row in answer.rows} == {"North": 510, "South": 290, "West": 175, "East": 260}
    assert answer.sql
    assert answer.explanation
    assert answer.timings.total_ms > 0


def test_what_is_not_understood_is_an_answer_that_says_so(client: httpx.Client) -> None:
    answer = ask(client, "total revenue of unicorn glitter")
    assert answer.error is not None
    assert answer.rows == []


def test_steps_are_streamed_before_the_answer(client: httpx.Client) -> None:
    with client.stream("POST", "/api/ask/stream", json={"question": "total revenue"}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        text = response.read().decode()
    events = re.findall(r"event: (\w+)\ndata: (.*)\n\n", text)
    assert [name for name, _ in events] == ["step", "step", "step", "step", "answer"]
    assert [json.loads(data)["step"] for name, data in events if name == "step"] == [
        "reading", "checking", "running", "drawing",
    ]  # fmt: skip
    assert Answer.model_validate_json(events[-1][1]).rows == [[1235]]


def test_a_follow_up_goes_on_with_the_session_that_an_answer_named(client: httpx.Client) -> None:
    first = ask(client, "total revenue by region")
    second = ask(client, "only 2024", first.session)
    assert second.session == first.session
    assert second.error is None
    assert {row[0] for row in second.rows} == {"West", "North", "East"}


def test_the_same_session_name_of_two_callers_is_two_conversations(server: object) -> None:
    with server.client() as one, server.client() as other:  # type: ignore[attr-defined]
        mine = ask(one, "total revenue by region", "mine")
        assert ask(one, "only 2024", "mine").rows != mine.rows
        theirs = ask(other, "only 2024", "mine")
        assert theirs.session != mine.session
        assert theirs.error is not None or {row[0] for row in theirs.rows} != {"West", "North", "East"}


def test_questions_without_a_session_never_follow_up_on_each_other(client: httpx.Client) -> None:
    assert ask(client, "total revenue by region").session != ask(client, "total revenue").session


@pytest.mark.parametrize("sent", ["abc-123", "trace.4:5"])
def test_a_sound_request_id_comes_back(client: httpx.Client, sent: str) -> None:
    assert client.get("/health", headers={"X-Request-ID": sent}).headers["X-Request-ID"] == sent


@pytest.mark.parametrize("sent", ["a b", "x" * 200, "<script>"])
def test_an_unsound_request_id_is_replaced(client: httpx.Client, sent: str) -> None:
    given = client.get("/health", headers={"X-Request-ID": sent}).headers["X-Request-ID"]
    assert given != sent
    assert re.fullmatch(r"[0-9a-f]{32}", given)


def test_a_body_that_is_too_large_is_turned_away(client: httpx.Client) -> None:
    response = client.post("/api/ask", json={"question": "a" * 30_000})
    assert error_of(response) == (413, "body_too_large")


def test_a_large_body_of_unsaid_length_is_turned_away_too(client: httpx.Client) -> None:
    def pieces() -> object:
        for _ in range(40):
            yield b" " * 1_000

    response = client.post(
        "/api/ask", content=pieces(), headers={"Content-Type": "application/json"}  # type: ignore[arg-type]
    )  # fmt: skip
    assert error_of(response) == (413, "body_too_large")


def test_a_question_that_is_too_long_is_turned_away_with_both_numbers(client: httpx.Client) -> None:
    response = client.post("/api/ask", json={"question": "total " * 400})
    assert error_of(response) == (422, "bad_input")
    assert "2,400" in response.text
    assert "2,000" in response.text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"question": ""}', (422, "bad_input")),
        ('{"question": "\\u0000 total"}', (422, "bad_input")),
        ('{"question": "12345"}', (422, "bad_input")),
        ("{}", (422, "bad_input")),
        ('{"question": 5}', (422, "bad_input")),
        ('{"question": "total revenue", "sql": "x"}', (422, "bad_input")),
        ('{"question": ', (400, "bad_request")),
        ("[]", (422, "bad_input")),
        ("", (400, "bad_request")),
    ],
)
def test_bad_bodies_get_one_shape_of_error(
    client: httpx.Client, body: str, expected: tuple[int, str]
) -> None:
    response = client.post("/api/ask", content=body, headers={"Content-Type": "application/json"})
    assert error_of(response) == expected


def test_other_content_types_are_turned_away(client: httpx.Client) -> None:
    assert error_of(client.post("/api/ask", data={"question": "x"})) == (415, "unsupported_media_type")


def test_other_methods_and_paths_get_the_same_shape(client: httpx.Client) -> None:
    assert error_of(client.get("/api/ask")) == (405, "method_not_allowed")
    assert error_of(client.get("/api/nothing")) == (404, "not_found")


def test_sql_as_a_question_is_refused(client: httpx.Client) -> None:
    answer = ask(client, "SELECT * FROM sales; DROP TABLE sales")
    assert answer.error is not None
    assert answer.error.code == "refused"


def test_feedback_is_taken(client: httpx.Client) -> None:
    answer = ask(client, "total revenue")
    body = {"question_id": answer.question_id, "thumb": "down", "comment": "in euros, please"}
    assert client.post("/api/feedback", json=body).json()["recorded"] is True
    assert error_of(client.post("/api/feedback", json={**body, "thumb": "sideways"})) == (422, "bad_input")


def test_probes_tell_that_the_server_lives_and_is_ready(client: httpx.Client) -> None:
    assert client.get("/health").json() == {"status": "alive"}
    ready = client.get("/ready")
    assert ready.status_code == 200
    assert ready.json()["tables"] == ["sales"]
    assert ready.json()["model"] == "builtin"


def test_metrics_count_requests_steps_and_errors(client: httpx.Client) -> None:
    ask(client, "total revenue by product")
    ask(client, "glitter of unicorns")
    text = client.get("/metrics").text
    deadline = time.monotonic() + 5
    while "datacraft_telemetry_records_total 0.0" in text and time.monotonic() < deadline:
        time.sleep(0.05)  # telemetry is written by a thread of its own
        text = client.get("/metrics").text
    assert re.search(r"datacraft_telemetry_records_total [1-9]", text)
    assert "datacraft_telemetry_lost_total 0.0" in text
    assert "datacraft_telemetry_waiting " in text
    assert re.search(r"datacraft_telemetry_busy_seconds_total 0\.0*[1-9]", text)
    assert 'datacraft_questions_total{face="api",outcome="answered"}' in text
    assert 'datacraft_question_step_seconds_count{step="execute"}' in text
    assert re.search(r'datacraft_errors_total\{code="(not_understood|refused)"\}', text)
    assert re.search(r'datacraft_http_requests_total\{method="POST",path="/api/ask",status="200"\}', text)
    assert "datacraft_questions_in_flight 0.0" in text
    assert "datacraft_questions_waiting 0.0" in text
    assert "datacraft_ready 1.0" in text


def test_the_openapi_document_names_every_route_and_resolves(client: httpx.Client) -> None:
    document = client.get("/api/openapi.json").json()
    moves = {f"/api/channels/{{channel}}/{action}" for action in ("promote", "rollback", "pin", "unpin")}
    assert set(document["paths"]) == moves | {
        "/api/ask", "/api/ask/stream", "/api/feedback", "/api/me", "/api/history", "/api/history/{conversation}",
        "/api/channels", "/api/keys", "/api/keys/{key}", "/api/audit", "/health", "/ready", "/metrics",
    }  # fmt: skip
    references = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert references <= set(document["components"]["schemas"])
    assert "Answer" in references


def test_the_caller_gets_an_unguessable_cookie_that_scripts_cannot_read(client: httpx.Client) -> None:
    cookie = client.post("/api/ask", json={"question": "total revenue"}).headers["set-cookie"]
    assert re.match(r"datacraft_owner=[\w-]{43}; ", cookie)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    again = client.post("/api/ask", json={"question": "total revenue"})
    assert "set-cookie" not in again.headers
