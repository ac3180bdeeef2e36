"""`IapVerifier`: who Google's Identity-Aware Proxy says that a request is from.

The proxy adds a signed assertion (JWT, ES256) to each request. The plain headers beside it prove nothing: whoever
reaches the server around the proxy can send them. https://cloud.google.com/iap/docs/signed-headers-howto
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic

from datacraft.access.signin.assertion import address_in, read_assertion
from datacraft.access.signin.keyring import KeyRing, require_jwt_parts

HEADER = "x-goog-iap-jwt-assertion"
ISSUER = "https://cloud.google.com/iap"


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
        require_jwt_parts()
        self._audience = audience
        self._skew_s = skew_s
        self._ring = KeyRing(lambda: keys_url, _pem_by_id, clock)

    def address(self, assertion: str) -> str:
        """Return the e-mail address of whom an assertion is about.

        Raises:
            NotSignedIn: it does not hold.
            KeysUnavailable: the keys can't be fetched.
        """
        claims = read_assertion(
            assertion,
            self._ring,
            algorithms=("ES256",),
            issuer=ISSUER,
            audience=self._audience,
            skew_s=self._skew_s,
        )
        return address_in(claims)


def _pem_by_id(found: object) -> Mapping[str, str]:
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found.values()):
        raise ValueError("it is not a JSON object of keys by id")
    return found
