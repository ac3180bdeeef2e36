"""Google's Identity-Aware Proxy: what it signs is believed, and nothing else. Keys come from a server on loopback."""

from __future__ import annotations

import base64
import datetime as dt
import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt, jwt
from iap_proxy import AUDIENCE, KeyServer, Proxy

from datacraft.access import StateStore
from datacraft.access.signin import Credentials, Forbidden, NotSignedIn
from datacraft.access.signin.iap import IapVerifier
from datacraft.access.signin.keyring import KeysUnavailable
from datacraft.access.signin.signin import SignIn
from datacraft.config import load_settings
from datacraft.contracts.errors import ConfigError


@pytest.fixture
def server() -> Iterator[KeyServer]:
    started = KeyServer()
    yield started
    started.server.shutdown()
    started.server.server_close()


@pytest.fixture
def proxy(server: KeyServer) -> Proxy:
    return Proxy(server)


@pytest.fixture
def iap(server: KeyServer, proxy: Proxy) -> IapVerifier:
    return IapVerifier(AUDIENCE, server.url, skew_s=30)


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_what_the_proxy_signs_is_believed(iap: IapVerifier, proxy: Proxy) -> None:
    assert iap.address(proxy.sign()) == "ada@example.com"


NOW = int(time.time())


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "/projects/2/locations/us-east1/services/datacraft-app"},
        {"aud": None},
        {"aud": [AUDIENCE, "others"]},
        {"aud": []},
        {"iss": "https://accounts.google.com"},
        {"iss": None},
        {"iat": NOW - 900, "exp": NOW - 60},
        {"exp": None},
        {"iat": None},
        {"iat": NOW + 3_600, "exp": NOW + 7_200},
        {"email": None},
        {"email": ""},
        {"email": "nobody"},
        {"email": 7},
    ],
)
def test_what_is_for_others_of_others_or_of_another_time_is_refused(
    iap: IapVerifier, proxy: Proxy, claims: dict[str, object]
) -> None:
    with pytest.raises(NotSignedIn):
        iap.address(proxy.sign(**claims))


def test_clocks_may_differ_a_little(iap: IapVerifier, proxy: Proxy) -> None:
    now = int(time.time())
    assert iap.address(proxy.sign(iat=now - 600, exp=now - 10))
    assert iap.address(proxy.sign(iat=now + 10))


def test_forgeries_are_refused(iap: IapVerifier, proxy: Proxy, server: KeyServer) -> None:
    header, payload, signature = proxy.sign().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    other = Proxy(server, published=False)  # signs under the name of the proxy's key, with another
    secret = hmac.HMAC(proxy.public.encode(), hashes.SHA256())  # the public key as if it were a shared secret
    symmetric = f"{part({'alg': 'HS256', 'kid': 'k1'})}.{payload}"
    secret.update(symmetric.encode())
    asymmetric = crypt.RSASigner(rsa.generate_private_key(65_537, 2_048), "k1")
    forged = [
        "", "x", "a.b", "a.b.c", "..", "." * 5_000, "é.é.é", "x" * 100_000,
        other.sign(),
        f"{header}.{part({**claims, 'email': 'eve@example.com'})}.{signature}",
        f"{header}.{payload}.",
        f"{header}.{payload}.{base64.urlsafe_b64encode(bytes(64)).decode().rstrip('=')}",
        f"{part({'alg': 'none', 'kid': 'k1'})}.{payload}.",
        f"{part({'alg': 'none'})}.{payload}.{signature}",
        f"{part({'alg': ['ES256'], 'kid': 'k1'})}.{payload}.{signature}",
        f"{part({'alg': 'ES256'})}.{payload}.{signature}",
        f"{part({'alg': 'ES256', 'kid': 'made-up'})}.{payload}.{signature}",
        f"{part({'alg': 'ES256', 'kid': {'a': 1}})}.{payload}.{signature}",
        f"{part([1])}.{payload}.{signature}",
        f"{symmetric}.{base64.urlsafe_b64encode(secret.finalize()).decode().rstrip('=')}",
        jwt.encode(asymmetric, claims).decode(),
    ]  # fmt: skip
    for token in forged:
        with pytest.raises(NotSignedIn):
            iap.address(token)


def test_keys_are_kept_and_new_ones_are_found(server: KeyServer, proxy: Proxy) -> None:
    clock = [0.0]
    iap = IapVerifier(AUDIENCE, server.url, skew_s=30, clock=lambda: clock[0])
    for _ in range(5):
        iap.address(proxy.sign())
    assert server.asked == 1
    turned = Proxy(server, "k2")
    clock[0] = 60
    assert iap.address(turned.sign())
    assert server.asked == 2
    for _ in range(20):  # made-up names of keys are no flood of fetches
        with pytest.raises(NotSignedIn):
            iap.address(Proxy(server, "made-up", published=False).sign())
    assert server.asked == 2
    clock[0] = 4_000
    iap.address(proxy.sign())
    assert server.asked == 3


def test_without_keys_nobody_is_let_in_and_known_ones_outlive_an_outage(
    server: KeyServer, proxy: Proxy
) -> None:
    clock = [0.0]
    server.fails = True
    iap = IapVerifier(AUDIENCE, server.url, skew_s=30, clock=lambda: clock[0])
    with pytest.raises(KeysUnavailable):
        iap.address(proxy.sign())
    server.fails = False
    clock[0] = 40
    assert iap.address(proxy.sign())
    server.fails = True
    clock[0] = 10_000
    assert iap.address(proxy.sign())


def test_an_assertion_is_in_no_log(iap: IapVerifier, proxy: Proxy, caplog: pytest.LogCaptureFixture) -> None:
    tokens = [proxy.sign(aud="other"), proxy.sign(iss="other"), proxy.sign()[:-4], "a.b"]
    with caplog.at_level(logging.DEBUG):
        for token in tokens:
            with pytest.raises(NotSignedIn):
                iap.address(token)
    assert "does not hold" in caplog.text
    for token in tokens:
        assert token not in caplog.text


def sign_in(folder: Path, server: KeyServer, **more: object) -> SignIn:
    arguments = {
        "state_dir": folder,
        "access.sign_in": "iap",
        "access.iap_audience": AUDIENCE,
        "access.iap_keys_url": server.url,
    }
    settings = load_settings(arguments={**arguments, **more}, environ={})
    return SignIn(settings.access, StateStore(settings.database_url))


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("ada@example.com", "operator"),
        ("ADA@EXAMPLE.COM", "operator"),
        ("bo@example.com", "analyst"),
        ("cy@other.org", "viewer"),
        ("cy@sub.example.com", "viewer"),
        ("ada@example.com.evil.org", "viewer"),
    ],
)
def test_people_have_the_role_of_their_address_else_of_their_domain(
    tmp_path: Path, server: KeyServer, proxy: Proxy, address: str, role: str
) -> None:
    known = sign_in(tmp_path, server, **{"access.roles": "example.com=analyst ada@example.com=operator"})
    caller = known.identify(Credentials(assertion=proxy.sign(email=address)))
    assert (caller.name, caller.role, caller.owner) == (address.lower(), role, f"iap:{address.lower()}")


def test_who_has_no_role_is_not_let_in_where_there_is_no_default(
    tmp_path: Path, server: KeyServer, proxy: Proxy
) -> None:
    known = sign_in(
        tmp_path, server, **{"access.roles": "example.com=analyst", "access.default_role": "none"}
    )
    assert known.identify(Credentials(assertion=proxy.sign())).role == "analyst"
    with pytest.raises(Forbidden):
        known.identify(Credentials(assertion=proxy.sign(email="eve@other.org")))


def test_behind_the_proxy_nothing_but_its_assertion_counts(
    tmp_path: Path, server: KeyServer, proxy: Proxy
) -> None:
    settings = load_settings(arguments={"state_dir": tmp_path}, environ={})
    _, key = StateStore(settings.database_url).keys.create("ci", "operator", "ada", dt.timedelta(days=1))
    known = sign_in(tmp_path, server)
    for shown in (
        Credentials(),
        Credentials(authorization=f"Bearer {key}"),
        Credentials(assertion="x", session="y"),
    ):
        with pytest.raises(NotSignedIn):
            known.identify(shown)


def test_the_proxy_needs_an_audience(tmp_path: Path, server: KeyServer) -> None:
    with pytest.raises(ConfigError, match="for whom"):
        sign_in(tmp_path, server, **{"access.iap_audience": None})
