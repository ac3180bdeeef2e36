"""`OidcClient`: people sign in with an OpenID Connect provider, by the authorization code flow with PKCE.

https://openid.net/specs/openid-connect-core-1_0.html, section 3.1; RFC 7636. What belongs together of one attempt
(state, nonce, verifier) is derived from one random value in a cookie, so that no server has to remember it, and any
replica can end what another has begun.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import secrets
import threading
from collections.abc import Mapping
from urllib.parse import urlencode

from datacraft.access.signin.assertion import address_in, read_assertion
from datacraft.access.signin.caller import NotSignedIn
from datacraft.access.signin.keyring import KeyRing, KeysUnavailable, fetch_json, require_jwt_parts

log = logging.getLogger(__name__)

_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_AGAIN = "Sign in again."


class OidcClient:
    """Sends people to a provider, and learns who they are when they come back.

    Args:
        issuer: the provider's address, as its tokens name it.
        client_id: under which the provider knows this service.
        client_secret: that it gave to it; None for a public client.
        redirect_uri: to which it sends people back.
        skew_s: seconds that two clocks may differ.

    Raises:
        ConfigError: the library that checks tokens is not installed.
    """

    def __init__(
        self, issuer: str, client_id: str, client_secret: str | None, redirect_uri: str, *, skew_s: float
    ) -> None:
        require_jwt_parts()
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._skew_s = skew_s
        self._lock = threading.Lock()
        self._endpoints: Mapping[str, str] | None = None
        self._ring = KeyRing(lambda: self._discovered()["jwks_uri"], _pem_by_id)

    def begin(self) -> tuple[str, str]:
        """Return what the attempt's cookie holds, and the address to send the browser to.

        Raises:
            KeysUnavailable: the provider can't be reached.
        """
        attempt = secrets.token_urlsafe(32)
        challenge = hashlib.sha256(_derived(attempt, "verifier").encode()).digest()
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self._client_id,
                "redirect_uri": self._redirect_uri,
                "scope": "openid email",
                "state": _derived(attempt, "state"),
                "nonce": _derived(attempt, "nonce"),
                "code_challenge": _base64(challenge),
                "code_challenge_method": "S256",
            }
        )
        place = self._discovered()["authorization_endpoint"]
        return attempt, f"{place}{'&' if '?' in place else '?'}{query}"

    def end(self, attempt: str | None, state: str, code: str) -> str:
        """Return the e-mail address of who has signed in.

        Args:
            attempt: what the cookie holds.
            state: that the browser brings back.
            code: that it brings from the provider.

        Raises:
            NotSignedIn: this browser has begun no such attempt, or the provider does not say who it is.
            KeysUnavailable: the provider can't be reached.
        """
        if not attempt or not hmac.compare_digest(_derived(attempt, "state"), _ascii(state)):
            raise NotSignedIn("This sign-in was not begun in this browser, or too long ago.", hint=_AGAIN)
        claims = read_assertion(
            self._token(code, _derived(attempt, "verifier")),
            self._ring,
            algorithms=("RS256", "ES256"),
            issuer=self._issuer,
            audience=self._client_id,
            skew_s=self._skew_s,
        )
        nonce = claims.get("nonce")
        if not isinstance(nonce, str) or not hmac.compare_digest(_derived(attempt, "nonce"), _ascii(nonce)):
            raise NotSignedIn("The provider's answer belongs to another sign-in.", hint=_AGAIN)
        # Roles hang on the address: one that anybody can claim to have would open every door.
        if claims.get("email_verified") is not True:
            raise NotSignedIn(
                "The provider has not verified the e-mail address.",
                hint="Verify it there, and sign in again.",
            )
        return address_in(claims)

    def _token(self, code: str, verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "client_id": self._client_id,
            "code_verifier": verifier,
        }
        if self._client_secret is not None:
            form["client_secret"] = self._client_secret
        try:
            answer = fetch_json(self._discovered()["token_endpoint"], form=urlencode(form).encode())
        except (OSError, ValueError) as error:
            log.warning("the sign-in's provider gives no token: %s", type(error).__name__)
            raise NotSignedIn("The provider did not take the sign-in.", hint=_AGAIN) from None
        token = answer.get("id_token") if isinstance(answer, dict) else None
        if not isinstance(token, str):
            raise NotSignedIn("The provider does not say who signed in.", hint=_AGAIN)
        return token

    def _discovered(self) -> Mapping[str, str]:
        with self._lock:
            if self._endpoints is None:
                url = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
                try:
                    found = fetch_json(url)
                    if not isinstance(found, dict) or found.get("issuer") != self._issuer:
                        raise ValueError("it is another issuer's")
                    self._endpoints = {name: str(found[name]) for name in _ENDPOINTS}
                except (OSError, ValueError, KeyError) as error:
                    log.error("the sign-in's provider can't be used: %s: %s", url, type(error).__name__)
                    raise KeysUnavailable(
                        "The sign-in's provider can't be reached.", hint="Try again in a moment."
                    ) from None
            return self._endpoints


def _derived(attempt: str, purpose: str) -> str:
    return _base64(hmac.digest(attempt.encode("utf-8", "replace"), purpose.encode(), "sha256"))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _ascii(text: str) -> str:
    """Return text that can be compared in constant time."""
    return text if text.isascii() else ""


def _pem_by_id(found: object) -> Mapping[str, str]:
    """Return the signing keys of a JWK set (RFC 7517) that can be used here; others are left out."""
    listed = found.get("keys") if isinstance(found, dict) else None
    keys: dict[str, str] = {}
    for jwk in listed if isinstance(listed, list) else []:
        try:
            keys[str(jwk.get("kid", ""))] = _pem(jwk)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            log.debug("a key of the provider can't be used: %s", type(error).__name__)
    if not keys:
        raise ValueError("it holds no key that can be used")
    return keys


def _pem(jwk: Mapping[str, str]) -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    if jwk.get("use", "sig") != "sig":
        raise ValueError("it is not for signatures")
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey
    if jwk["kty"] == "RSA":
        key = rsa.RSAPublicNumbers(_number(jwk["e"]), _number(jwk["n"])).public_key()
    elif (jwk["kty"], jwk["crv"]) == ("EC", "P-256"):
        key = ec.EllipticCurvePublicNumbers(_number(jwk["x"]), _number(jwk["y"]), ec.SECP256R1()).public_key()
    else:
        raise ValueError("it is of another kind")
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def _number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")
