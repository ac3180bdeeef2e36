"""Signing in with an OpenID Connect provider: who began it, for whom the token is, and what the address is worth."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from google.auth import crypt
from oidc_provider import SECRET, Provider, ec_jwk, provider

from datacraft.access.signin import NotSignedIn
from datacraft.access.signin.keyring import KeysUnavailable
from datacraft.access.signin.oidc import OidcClient
from datacraft.config import load_settings
from datacraft.contracts.errors import ConfigError

sys.path.append(str(Path(__file__).parents[1] / "http"))

from http_server import running_server

BACK = "http://127.0.0.1:8501/signin/callback"


@pytest.fixture
def op() -> Iterator[Provider]:
    with provider() as started:
        yield started


@pytest.fixture
def client(op: Provider) -> OidcClient:
    return OidcClient(op.issuer, "datacraft", SECRET, BACK, skew_s=30)


def come_back(client: OidcClient, op: Provider) -> str:
    attempt, address = client.begin()
    return client.end(attempt, *op.visit(address))


def test_who_signs_in_there_is_known_here(client: OidcClient, op: Provider) -> None:
    assert come_back(client, op) == "ada@example.com"


def test_a_provider_may_sign_by_an_elliptic_curve_and_has_other_keys_too(
    client: OidcClient, op: Provider
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    op.signer = crypt.ES256Signer(key, "e1")
    op.keys = [{"kty": "OKP", "crv": "Ed25519", "kid": "x", "x": "AA"}, *op.keys, ec_jwk(key, "e1")]
    assert come_back(client, op) == "ada@example.com"


def test_one_key_alone_need_not_be_named(client: OidcClient, op: Provider) -> None:
    op.names_keys = False
    assert come_back(client, op) == "ada@example.com"


def test_of_several_keys_the_one_must_be_named(client: OidcClient, op: Provider) -> None:
    op.names_keys = False
    op.keys = [*op.keys, ec_jwk(ec.generate_private_key(ec.SECP256R1()), "e1")]
    with pytest.raises(NotSignedIn):
        come_back(client, op)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-service"},
        {"aud": ["datacraft", "another-service"]},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"nonce": "of-another-sign-in"},
        {"nonce": None},
        {"nonce": "é"},
        {"iat": 1_000, "exp": 2_000},
        {"exp": None},
        {"email": None},
        {"email_verified": None},
        {"email_verified": False},
        {"email_verified": "true"},
    ],
)
def test_what_does_not_hold_lets_nobody_in(
    client: OidcClient, op: Provider, claims: dict[str, object]
) -> None:
    op.claims = claims
    with pytest.raises(NotSignedIn):
        come_back(client, op)


def test_a_token_that_somebody_else_signed_lets_nobody_in(client: OidcClient, op: Provider) -> None:
    op.signer = crypt.RSASigner(rsa.generate_private_key(65_537, 2_048), "r1")
    with pytest.raises(NotSignedIn):
        come_back(client, op)


def test_a_sign_in_ends_only_in_the_browser_that_began_it(client: OidcClient, op: Provider) -> None:
    _, address = client.begin()
    state, code = op.visit(address)
    other, _ = client.begin()
    for attempt, told in ((None, state), ("", state), (other, state), (other, ""), (other, "é")):
        with pytest.raises(NotSignedIn, match="not begun in this browser"):
            client.end(attempt, told, code)


def test_a_code_opens_once_and_for_its_own_attempt_alone(client: OidcClient, op: Provider) -> None:
    attempt, address = client.begin()
    state, code = op.visit(address)
    assert client.end(attempt, state, code)
    with pytest.raises(NotSignedIn):
        client.end(attempt, state, code)
    mine, address = client.begin()
    _, stolen = op.visit(client.begin()[1])
    with pytest.raises(NotSignedIn):  # the verifier of one attempt is not that of another
        client.end(mine, op.visit(address)[0], stolen)


def test_a_provider_that_is_another_or_away_lets_nobody_in(client: OidcClient, op: Provider) -> None:
    op.issuer_told = "https://evil.example"
    with pytest.raises(KeysUnavailable):
        client.begin()
    away = OidcClient("http://127.0.0.1:1", "datacraft", SECRET, BACK, skew_s=30)
    with pytest.raises(KeysUnavailable):
        away.begin()


def test_nothing_secret_is_logged(client: OidcClient, op: Provider, caplog: pytest.LogCaptureFixture) -> None:
    op.claims = {"aud": "another-service"}
    attempt, address = client.begin()
    state, code = op.visit(address)
    with caplog.at_level(logging.DEBUG), pytest.raises(NotSignedIn):
        client.end(attempt, state, code)
    assert caplog.text
    assert not [text for text in (attempt, state, code, SECRET, "eyJ") if text in caplog.text]


def test_what_is_not_set_is_asked_for(tmp_path: Path) -> None:
    from datacraft.http.service import Service

    settings = load_settings(arguments={"state_dir": tmp_path, "access.sign_in": "oidc"}, environ={})
    with pytest.raises(ConfigError, match="which provider"):
        Service(settings, [])


def test_people_sign_in_and_out_with_the_role_of_their_address(
    op: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIDC_CLIENT_SECRET", SECRET)
    settings = {
        "access.sign_in": "oidc", "access.oidc_issuer": op.issuer, "access.oidc_client_id": "datacraft",
        "access.public_url": "http://127.0.0.1:8501/", "access.roles": "example.com=engineer",
        "access.default_role": "none",
    }  # fmt: skip
    with running_server(tmp_path, **settings) as running, running.client() as browser:
        assert browser.get("/", headers={"Accept": "text/html"}).headers["location"] == "/signin"
        assert "/signin/begin" in browser.get("/signin").text
        sent = browser.get("/signin/begin").headers["location"]
        state, code = op.visit(sent)
        entered = browser.get("/signin/callback", params={"state": state, "code": code})
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        me = browser.get("/api/me").json()
        assert (me["name"], me["role"]) == ("ada@example.com", "engineer")
        assert running.service.state.audit.latest(1)[0].who == "ada@example.com"
        browser.post("/signout")
        assert browser.get("/api/me").status_code == 401
        op.claims = {"email": "eve@other.org"}
        state, code = op.visit(browser.get("/signin/begin").headers["location"])
        refused = browser.get("/signin/callback", params={"state": state, "code": code})
        assert refused.status_code == 403
        assert "no role" in refused.text
        assert browser.get("/signin/callback", params={"error": "access_denied"}).status_code == 401
        actions = [(entry.action, entry.outcome) for entry in reversed(running.service.state.audit.latest())]
        assert actions == [("login", "done"), ("logout", "done"), ("login", "refused"), ("login", "refused")]
