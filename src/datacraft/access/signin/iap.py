"""`IapVerifier`: who Google's Identity-Aware Proxy says that a request is from.

The proxy adds a signed assertion (JWT, ES256) to each request. The plain headers beside it prove nothing: whoever
reaches the server around the proxy can send them. https://cloud.google.com/iap/docs/signed-headers-howto
"""

from __future__ import annotations

import json
import logging
import threading
import urllib.request
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from time import monotonic

from datacraft.access.signin.caller import NotSignedIn
from datacraft.contracts.errors import ConfigError, DataCraftError

log = logging.getLogger(__name__)

HEADER = "x-goog-iap-jwt-assertion"
ISSUER = "https://cloud.google.com/iap"
_FRESH_S = 3_600.0
_PAUSE_S = 30.0  # between two fetches: tokens with made-up key ids must not turn into a flood of them
_TIMEOUT_S = 5.0
_MOST_BYTES = 1_000_000
_LONGEST = 16_000  # characters of an assertion


class KeysUnavailable(DataCraftError):
    """The proxy's public keys can't be fetched, so that nobody's assertion can be checked."""

    code = "sign_in_unavailable"


class IapVerifier:
    """Checks assertions: signature, algorithm, issuer, audience, time. Safe to use from several threads.

    Args:
        audience: whom assertions must be for, such as `/projects/123/locations/us-east1/services/datacraft-app`.
        keys_url: where the public keys are, as JSON: id to PEM.
        skew_s: seconds that two clocks may differ.
        clock: seconds, for the age of the keys.

    Raises:
        ConfigError: the library that checks is not installed.
    """

    def __init__(
        self, audience: str, keys_url: str, *, skew_s: float, clock: Callable[[], float] = monotonic
    ) -> None:
        if find_spec("google") is None or find_spec("google.auth") is None:
            raise ConfigError(
                "Checking the proxy's assertions needs google-auth, which is not installed.",
                hint="Install it in the project's folder with: pip install '.[gcp]'",
            )
        self._audience = audience
        self._url = keys_url
        self._skew_s = skew_s
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: Mapping[str, str] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None

    def address(self, assertion: str) -> str:
        """Return the e-mail address of whom an assertion is about.

        Raises:
            NotSignedIn: it does not hold; the log says why, the caller is not told.
            KeysUnavailable: the keys can't be fetched.
        """
        from google.auth import exceptions, jwt

        try:
            if len(assertion) > _LONGEST:
                raise ValueError("it is too long")
            header = jwt.decode_header(assertion)  # type: ignore[no-untyped-call]
            # What signs is said by the one who sends: only what the proxy uses is even tried.
            if header.get("alg") != "ES256":
                raise ValueError("its algorithm is not ES256")
            key_id = header.get("kid")
            if not isinstance(key_id, str) or not key_id:
                raise ValueError("it names no key")
            keys = self._keys_with(key_id)
            claims = jwt.decode(  # type: ignore[no-untyped-call]
                assertion, certs=keys, audience=self._audience, clock_skew_in_seconds=self._skew_s
            )
            if claims.get("iss") != ISSUER:
                raise ValueError("its issuer is another")
            address = claims.get("email")
            if not isinstance(address, str) or "@" not in address.strip("@"):
                raise ValueError("it names no e-mail address")
        except (ValueError, TypeError, KeyError, AttributeError, exceptions.GoogleAuthError) as error:
            log.warning("an assertion of the proxy does not hold: %s", type(error).__name__)
            log.debug("why: %s", _reason(error))
            raise NotSignedIn(
                "The proxy's assertion does not hold.", hint="Come through the proxy, and sign in there."
            ) from None
        return address.lower()

    def _keys_with(self, key_id: str) -> Mapping[str, str]:
        """Return the keys, fetched anew where they are old or lack this one."""
        with self._lock:
            now = self._clock()
            fresh = self._fetched_at is not None and now - self._fetched_at < _FRESH_S
            may_try = self._tried_at is None or now - self._tried_at >= _PAUSE_S
            if (not fresh or key_id not in self._keys) and may_try:
                self._tried_at = now
                try:
                    self._keys = _fetch(self._url)
                    self._fetched_at = now
                except (OSError, ValueError) as error:
                    log.warning("the proxy's keys can't be fetched: %s", type(error).__name__)
            if not self._keys:
                raise KeysUnavailable("The sign-in can't be checked just now.", hint="Try again in a moment.")
            return self._keys


def _fetch(url: str) -> Mapping[str, str]:
    with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer:
        keys = json.loads(answer.read(_MOST_BYTES))
    if not isinstance(keys, dict) or not all(isinstance(key, str) for key in keys.values()) or not keys:
        raise ValueError("it is not a JSON object of keys by id")
    return keys


def _reason(error: Exception) -> str:
    """Return what is wrong, without the token, which the library's messages may repeat."""
    return str(error).split(":")[0][:100]
