from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from http_server import running_server, until

from datacraft.config import load_settings
from datacraft.contracts.errors import InputError
from datacraft.http import serve
from datacraft.http.server import bind


def post(url: str, question: str = "total revenue") -> httpx.Response:
    return httpx.post(f"{url}/api/ask", json={"question": question}, timeout=30)


def test_more_than_can_wait_get_a_429_and_are_told_when_to_come_again(tmp_path: Path) -> None:
    arguments = {"serve.concurrency": 1, "serve.queue": 2, "serve.queue_timeout_s": 20}
    with running_server(tmp_path, **arguments) as server, ThreadPoolExecutor(8) as people:
        server.gated.gate.clear()
        asked = [people.submit(post, server.url) for _ in range(3)]
        until(lambda: server.service.workers.running == 1 and server.service.workers.waiting == 2)
        text = httpx.get(f"{server.url}/metrics").text
        assert "datacraft_questions_in_flight 1.0" in text
        assert "datacraft_questions_waiting 2.0" in text
        turned_away = post(server.url)
        assert turned_away.status_code == 429
        assert turned_away.json()["error"]["code"] == "busy"
        assert int(turned_away.headers["Retry-After"]) >= 1
        assert httpx.get(f"{server.url}/health").status_code == 200  # the loop itself is never busy
        server.gated.gate.set()
        assert [response.result().status_code for response in asked] == [200, 200, 200]
        assert post(server.url).status_code == 200


def test_who_asks_one_question_after_the_other_always_finds_the_place_free(tmp_path: Path) -> None:
    with running_server(tmp_path, **{"serve.concurrency": 1, "serve.queue": 0}) as server:
        assert {post(server.url).status_code for _ in range(30)} == {200}


def test_a_question_that_waits_too_long_for_its_turn_gets_a_429(tmp_path: Path) -> None:
    arguments = {"serve.concurrency": 1, "serve.queue": 5, "serve.queue_timeout_s": 0.3}
    with running_server(tmp_path, **arguments) as server, ThreadPoolExecutor(2) as people:
        server.gated.gate.clear()
        first = people.submit(post, server.url)
        until(lambda: server.service.workers.running == 1)
        assert post(server.url).status_code == 429
        server.gated.gate.set()
        assert first.result().status_code == 200


def test_a_question_that_takes_too_long_gets_a_504_and_frees_its_place(tmp_path: Path) -> None:
    with running_server(tmp_path, **{"serve.concurrency": 1, "serve.timeout_s": 0.4}) as server:
        server.gated.gate.clear()
        response = post(server.url)
        assert (response.status_code, response.json()["error"]["code"]) == (504, "timeout")
        server.gated.gate.set()
        until(lambda: server.service.workers.running == 0)
        assert post(server.url).status_code == 200


def test_whoever_leaves_a_stream_frees_the_place(tmp_path: Path) -> None:
    with running_server(tmp_path, **{"serve.concurrency": 1}) as server:
        server.gated.gate.clear()
        with httpx.stream(
            "POST", f"{server.url}/api/ask/stream", json={"question": "total revenue"}
        ) as response:
            assert next(response.iter_lines()) == "event: step"
        server.gated.gate.set()
        until(lambda: server.service.workers.running == 0 and server.service.workers.waiting == 0)
        assert post(server.url).status_code == 200


def test_a_server_without_data_lives_but_is_not_ready(tmp_path: Path) -> None:
    with running_server(tmp_path, data=None) as server:
        assert httpx.get(f"{server.url}/health").status_code == 200
        ready = httpx.get(f"{server.url}/ready")
        assert (ready.status_code, ready.json()["error"]["code"]) == (503, "not_ready")
        assert "no data" in ready.json()["error"]["message"]
        assert post(server.url).status_code == 503


def test_data_that_cannot_be_read_is_told_by_ready_with_the_reason(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()
    with running_server(tmp_path, data=empty) as server:
        ready = httpx.get(f"{server.url}/ready")
        assert ready.status_code == 503
        assert "empty.csv" in ready.json()["error"]["message"]


def test_conversations_of_many_people_never_mix(tmp_path: Path) -> None:
    """Each person asks about a product of their own, then follows up; all at the same time."""

    def person(url: str, product: str) -> bool:
        with httpx.Client(base_url=url, timeout=30) as client:
            for _ in range(6):
                client.post("/api/ask", json={"question": f"total revenue of {product}", "session": "s"})
                answer = client.post("/api/ask", json={"question": "by region", "session": "s"}).json()
                if not re.search(rf"'{product}'", answer["sql"] or ""):
                    return False
        return True

    with running_server(tmp_path) as server, ThreadPoolExecutor(9) as people:
        products = ["Chair", "Table", "Lamp"] * 3
        assert all(people.map(lambda product: person(server.url, product), products))


def test_a_port_in_use_is_told_plainly() -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        settings = load_settings(arguments={"serve.port": port}, environ={})
        with pytest.raises(InputError, match=f"listens on port {port}"):
            serve(settings, [])


def test_a_missing_file_is_told_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no file or folder .*gone\.csv"):
        serve(load_settings(environ={}), [tmp_path / "gone.csv"])


def test_an_unknown_host_is_told_plainly() -> None:
    with pytest.raises(InputError, match=r"nowhere\.invalid"):
        bind("nowhere.invalid", 0)
