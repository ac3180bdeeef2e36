"""Who may do what at the API: keys, roles, sessions, and requests that another site sends."""

from __future__ import annotations

import datetime as dt
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import httpx
import pytest
from http_server import Running, running_server
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from datacraft.access.permissions import PERMISSIONS, Permission
from datacraft.contracts.access import AuditAction, Role
from datacraft.http.guarding import SESSION_COOKIE, SameSiteMiddleware, SignInMiddleware
from datacraft.http.refusals import Refusals

sys.path += [str(Path(__file__).parents[1] / name) for name in ("access", "delivery")]

from iap_proxy import AUDIENCE, KeyServer, Proxy
from releases import Model, Shop, empty_shop

As = Callable[[str], httpx.Client]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    root = tmp_path_factory.mktemp("registry")
    shop = empty_shop(root)
    shop.publish("20240102T030405Z_abc0001", Model())
    return shop


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, shop: Shop) -> Iterator[Running]:
    settings = {"access.sign_in": "api_keys", "registry.url": shop.root.as_uri()}
    with running_server(tmp_path_factory.mktemp("keys"), **settings) as running:
        yield running


def key_of(server: Running, role: str, days: float = 1) -> str:
    return server.service.state.keys.create(f"the {role}", role, "ada", dt.timedelta(days=days))[1]


@pytest.fixture
def as_(server: Running) -> Iterator[As]:
    opened: list[httpx.Client] = []

    def client(role: str) -> httpx.Client:
        key = key_of(server, role)
        opened.append(
            httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {key}"}, timeout=30)
        )
        return opened[-1]

    yield client
    for one in opened:
        one.close()


def log_of(server: Running, action: AuditAction) -> list[tuple[str, str]]:
    return [(entry.who, entry.outcome) for entry in server.service.state.audit.latest(action=action)]


ASKED = {"question": "total revenue by region"}
MOVE = {"reason": "why not", "release": "20240102T030405Z_abc0001"}
NEEDS: dict[tuple[str, str], tuple[Permission, object]] = {
    ("POST", "/api/ask"): (Permission.ASK, ASKED),
    ("POST", "/api/ask/stream"): (Permission.ASK, ASKED),
    ("GET", "/api/me"): (Permission.ASK, None),
    ("GET", "/api/openapi.json"): (Permission.ASK, None),
    ("GET", "/api/history"): (Permission.OWN_HISTORY, None),
    ("GET", "/api/history/nothing"): (Permission.OWN_HISTORY, None),
    ("GET", "/api/history?owner=all"): (Permission.OTHERS_HISTORY, None),
    ("GET", "/api/history/nothing?owner=key:1"): (Permission.OTHERS_HISTORY, None),
    ("GET", "/api/channels"): (Permission.EVALUATION, None),
    ("POST", "/api/channels/production/promote"): (Permission.MOVE_CHANNELS, MOVE),
    ("POST", "/api/channels/production/rollback"): (Permission.MOVE_CHANNELS, MOVE),
    ("POST", "/api/channels/production/pin"): (Permission.MOVE_CHANNELS, MOVE),
    ("POST", "/api/channels/production/unpin"): (Permission.MOVE_CHANNELS, MOVE),
    ("GET", "/api/keys"): (Permission.KEYS, None),
    ("POST", "/api/keys"): (Permission.KEYS, {"name": "x", "role": "viewer", "days": 1}),
    ("DELETE", "/api/keys/nothing"): (Permission.KEYS, None),
    ("GET", "/api/audit"): (Permission.AUDIT, None),
}


@pytest.mark.parametrize("role", get_args(Role))
def test_each_role_may_do_what_the_table_says_and_nothing_else(as_: As, role: Role) -> None:
    client = as_(role)
    for (method, path), (permission, body) in NEEDS.items():
        answer = client.request(method, path, json=body)
        allowed = permission in PERMISSIONS[role]
        assert (answer.status_code != 403) == allowed, f"{role}: {method} {path}: {answer.text}"
        assert answer.status_code != 401
        if not allowed:
            assert answer.json()["error"]["code"] == "forbidden"
            assert role in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer x",
        "Basic YTpi",
        f"Bearer datacraft_{'0' * 12}_{'a' * 43}",
        "Bearer \t é",
    ],
)
def test_without_a_key_that_holds_nothing_is_told(server: Running, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header.encode()}
    with server.client() as client:
        for (method, path), (_, body) in NEEDS.items():
            answer = client.request(method, path, json=body, headers=headers)
            assert answer.status_code == 401, path
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert answer.json()["error"]["code"] == "not_signed_in"
            assert "Set-Cookie" not in answer.headers
        for path in ("/", "/_stcore/stream", "/api/nothing"):
            assert client.get(path, headers=headers).status_code == 401, path
        assert client.get("/metrics", headers={**headers, "X-Forwarded-For": "10.0.0.7"}).status_code == 401
        assert "datacraft_ready 1" in client.get("/metrics", headers=headers).text
        assert client.get("/health", headers=headers).status_code == 200
        ready = client.get("/ready", headers=headers)
        assert ready.status_code == 200
        assert (ready.json()["tables"], ready.json()["warnings"]) == ([], [])


def test_a_revoked_key_opens_nothing_from_the_next_request_on(server: Running, as_: As) -> None:
    client = as_("viewer")
    assert client.get("/api/me").json()["role"] == "viewer"
    newest = server.service.state.keys.list()[0]
    revoked = as_("operator").delete(f"/api/keys/{newest.id}")
    assert revoked.status_code == 200
    assert client.get("/api/me").status_code == 401


def test_a_viewer_gets_the_rows_and_no_sql(as_: As) -> None:
    seen, shown = as_("viewer").post("/api/ask", json=ASKED), as_("analyst").post("/api/ask", json=ASKED)
    assert seen.json()["rows"] == shown.json()["rows"]
    assert "SELECT" in shown.json()["sql"]
    assert (seen.json()["sql"], seen.json()["plan"]) == (None, None)
    assert "SELECT" not in seen.text
    streamed = as_("viewer").post("/api/ask/stream", json=ASKED)
    assert "event: answer" in streamed.text
    assert "SELECT" not in streamed.text


def test_a_viewer_cannot_promote_and_an_operator_can_by_evidence_alone(
    server: Running, as_: As, shop: Shop
) -> None:
    pointer = shop.root / "channels" / "production.json"
    for role in ("viewer", "analyst", "engineer"):
        answer = as_(role).post("/api/channels/production/promote", json=MOVE)
        assert answer.status_code == 403
    assert not pointer.exists()
    refused = as_("operator").post("/api/channels/production/promote", json=MOVE)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "gates_rejected")
    assert not pointer.exists()
    assert log_of(server, "promote")[0] == ("the operator", "refused")


def test_an_operator_makes_a_key_that_works(server: Running, as_: As) -> None:
    made = as_("operator").post("/api/keys", json={"name": "ci", "role": "analyst", "days": 1})
    assert made.status_code == 200
    with server.client() as client:
        me = client.get("/api/me", headers={"Authorization": f"Bearer {made.json()['key']}"})
    assert (me.json()["name"], me.json()["role"]) == ("ci", "analyst")
    assert "see_sql" in me.json()["may"]
    assert made.json()["key"] not in as_("operator").get("/api/keys").text
    assert log_of(server, "key_created")[0] == ("the operator", "done")
    assert as_("operator").post("/api/keys", json={"name": "ci", "role": "king"}).status_code == 422


def test_everybody_has_a_history_of_their_own_and_an_engineer_sees_all(as_: As) -> None:
    ana, bo = as_("analyst"), as_("analyst")
    session = ana.post("/api/ask", json=ASKED).json()["session"]
    assert [one["id"] for one in ana.get("/api/history").json()] == [session]
    assert ana.get(f"/api/history/{session}").json()[0]["answer"]["question"] == ASKED["question"]
    assert bo.get("/api/history").json() == []
    assert bo.get(f"/api/history/{session}").status_code == 422
    assert bo.post("/api/ask", json={**ASKED, "session": session}).status_code == 404
    engineer = as_("engineer")
    everything = {one["id"]: one["owner"] for one in engineer.get("/api/history?owner=all&limit=1000").json()}
    assert engineer.get(f"/api/history/{session}", params={"owner": everything[session]}).status_code == 200


def sign_in(client: httpx.Client, key: str, **headers: str) -> httpx.Response:
    return client.post("/signin", data={"key": key}, headers=headers)


def test_nobody_can_fill_the_log_by_failing_to_sign_in(server: Running) -> None:
    now = 0.0
    server.service.refusals = Refusals(server.service.state.audit, clock=lambda: now)

    def entries() -> int:
        return len(server.service.state.audit.latest(10_000))

    before = entries()
    with server.client() as client:
        for _ in range(50):
            assert sign_in(client, "datacraft_nothing").status_code == 401
        assert entries() == before + 20
        now = 3_600.0
        sign_in(client, "datacraft_nothing")
    latest, rest = server.service.state.audit.latest(2)
    assert latest.detail != rest.detail
    assert rest.detail.startswith("and 30 more refused sign-ins")
    assert (rest.action, rest.outcome) == ("login", "refused")
    assert entries() == before + 22


def test_people_sign_in_with_a_key_and_out_again(server: Running) -> None:
    key = key_of(server, "analyst")
    with server.client() as client:
        sent = client.get("/", headers={"Accept": "text/html"})
        assert (sent.status_code, sent.headers["location"]) == (303, "/signin")
        assert 'type="password"' in client.get("/signin").text
        wrong = sign_in(client, "datacraft_nothing")
        assert wrong.status_code == 401
        assert 'role="alert"' in wrong.text
        assert log_of(server, "login")[0] == ("unknown", "refused")
        right = sign_in(client, key)
        assert right.status_code == 303
        cookie = right.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert key not in cookie
        assert log_of(server, "login")[0] == ("the analyst", "done")
        assert client.get("/api/me").json()["name"] == "the analyst"
        kept = client.cookies["datacraft_session"]
        client.post("/signout")
        assert log_of(server, "logout")[0] == ("the analyst", "done")
        client.cookies.set("datacraft_session", kept)
        assert client.get("/api/me").status_code == 401


def test_a_session_ends_with_its_key(server: Running) -> None:
    key = key_of(server, "analyst")
    with server.client() as client:
        sign_in(client, key)
        assert client.get("/api/me").status_code == 200
        server.service.state.keys.revoke(server.service.state.keys.list()[0].id)
        assert client.get("/api/me").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_what_another_site_sends_changes_nothing(server: Running, headers: dict[str, str]) -> None:
    key = key_of(server, "operator")
    with server.client() as client:
        assert sign_in(client, key, **headers).status_code == 403
        sign_in(client, key)
        for method, path in (
            ("POST", "/api/keys"),
            ("POST", "/api/ask"),
            ("DELETE", "/api/keys/x"),
            ("POST", "/signout"),
        ):
            answer = client.request(method, path, json={"name": "evil"}, headers=headers)
            assert answer.json()["error"]["code"] == "cross_site", path
        assert (
            client.get("/api/me", headers=headers).status_code == 200
        )  # signed in still; reading changes nothing
    assert "evil" not in [one.name for one in server.service.state.keys.list()]


def test_what_the_site_itself_sends_passes(server: Running) -> None:
    with server.client() as client:
        sign_in(client, key_of(server, "viewer"), **{"Sec-Fetch-Site": "same-origin"})
        assert client.post("/api/ask", json=ASKED, headers={"Origin": server.url}).status_code == 200
        behind = {"Origin": "https://shop.example", "X-Forwarded-Host": "shop.example"}
        assert client.post("/api/ask", json=ASKED, headers=behind).status_code == 200


def test_every_response_tells_the_browser_what_it_may_do(server: Running) -> None:
    with server.client() as client:
        for path in ("/signin", "/health", "/api/me", "/nothing"):
            headers = client.get(path).headers
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["X-Frame-Options"] == "SAMEORIGIN"
            assert headers["Referrer-Policy"] == "same-origin"
            assert "frame-ancestors" in headers["Content-Security-Policy"]
        assert client.get("/api/me").headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_keys_and_sessions_are_in_no_log(server: Running, caplog: pytest.LogCaptureFixture) -> None:
    key = key_of(server, "operator")
    with (
        caplog.at_level(logging.DEBUG),
        caplog.at_level(logging.DEBUG, logger="datacraft"),  # commands that ran before may have set it
        server.client() as client,
    ):
        sign_in(client, key)
        sign_in(client, key + "x")
        session = client.cookies["datacraft_session"]
        client.get("/api/audit", headers={"Authorization": f"Bearer {key}"})
        client.get("/api/me", headers={"Authorization": f"Bearer {key}x"})
    secret = key.split("_", 2)[2]
    ours = " ".join(
        record.getMessage() + str(record.__dict__)
        for record in caplog.records
        if record.name.startswith("datacraft")
    )
    assert ours
    assert secret not in ours
    assert session not in ours
    everything = server.service.state.audit.latest(1_000)
    assert secret not in str(everything)
    assert session not in str(everything)


def test_where_nobody_signs_in_a_key_still_gives_its_role(tmp_path: Path) -> None:
    with running_server(tmp_path) as running, running.client() as client:
        me = client.get("/api/me").json()
        assert (me["name"], me["role"]) == ("anonymous", "analyst")
        assert client.post("/api/channels/production/pin", json=MOVE).status_code == 403
        key = {"Authorization": f"Bearer {key_of(running, 'operator')}"}
        assert client.get("/api/me", headers=key).json()["role"] == "operator"
        assert client.get("/api/me", headers={"Authorization": "Bearer of-a-platform"}).status_code == 200
        wrong = {"Authorization": f"Bearer datacraft_{'0' * 12}_{'a' * 43}"}
        assert client.get("/api/me", headers=wrong).status_code == 401


def test_the_connection_of_the_page_is_for_who_signed_in_and_from_the_page_alone(server: Running) -> None:
    async def greet(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(socket.scope["state"]["caller"].name)

    guards = [
        Middleware(SameSiteMiddleware),
        Middleware(SignInMiddleware, sign_in=server.service.sign_in, has_form=True),
    ]
    app = Starlette(routes=[WebSocketRoute("/_stcore/stream", greet)], middleware=guards)
    _, session = server.service.sign_in.begin(key_of(server, "viewer"))
    cookie = {"Cookie": f"{SESSION_COOKIE}={session}", "Origin": "http://testserver"}
    with TestClient(app).websocket_connect("/_stcore/stream", headers=cookie) as socket:
        assert socket.receive_text() == "the viewer"
    for headers in (
        {},
        {"Cookie": f"{SESSION_COOKIE}={'a' * 43}"},
        {**cookie, "Origin": "https://evil.example"},
        {**cookie, "Sec-Fetch-Site": "cross-site"},
    ):
        with (
            pytest.raises(WebSocketDisconnect),
            TestClient(app).websocket_connect("/_stcore/stream", headers=headers),
        ):
            pass


def test_behind_the_proxy_its_assertion_says_who_asks(tmp_path: Path) -> None:
    keys = KeyServer()
    proxy = Proxy(keys)
    settings = {
        "access.sign_in": "iap", "access.iap_audience": AUDIENCE, "access.iap_keys_url": keys.url,
        "access.roles": "ada@example.com=operator",
    }  # fmt: skip
    with running_server(tmp_path, **settings) as running, running.client() as client:
        header = "X-Goog-IAP-JWT-Assertion"
        assert client.get("/api/me", headers={header: proxy.sign()}).json()["role"] == "operator"
        asked = client.post("/api/ask", json=ASKED, headers={header: proxy.sign(email="bo@example.com")})
        assert asked.json()["sql"] is None
        plain = {"X-Goog-Authenticated-User-Email": "accounts.google.com:ada@example.com"}
        for headers in ({}, plain, {header: proxy.sign(aud="others")}, {header: "x"}):
            assert client.get("/api/me", headers=headers).status_code == 401
        assert client.get("/signin").status_code == 404
        keys.server.shutdown()
        assert client.get("/api/me", headers={header: proxy.sign()}).status_code == 200
    keys.server.server_close()
