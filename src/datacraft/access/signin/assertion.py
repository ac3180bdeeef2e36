"""`read_assertion`: what a signed assertion (JWT) says, once all that can be wrong with it is ruled out."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping

from datacraft.access.signin.caller import NotSignedIn
from datacraft.access.signin.keyring import KeyRing

log = logging.getLogger(__name__)

_LONGEST = 16_000  # characters


def read_assertion(
    token: str, ring: KeyRing, *, algorithms: Collection[str], issuer: str, audience: str, skew_s: float
) -> Mapping[str, object]:
    """Return the claims of an assertion.

    Args:
        token: as it came.
        ring: keys of who must have signed it.
        algorithms: of which it may be signed; what it says of itself is tried only if it is one of these.
        issuer: from whom it must be.
        audience: for whom it must be.
        skew_s: seconds that two clocks may differ.

    Raises:
        NotSignedIn: it does not hold; the log says why, the caller is not told.
        KeysUnavailable: the keys can't be fetched.
    """
    from google.auth import exceptions, jwt

    try:
        if len(token) > _LONGEST:
            raise ValueError("it is too long")
        header = jwt.decode_header(token)  # type: ignore[no-untyped-call]
        if header.get("alg") not in algorithms:
            raise ValueError("its algorithm is another")
        key_id = header.get("kid")
        if key_id is not None and not isinstance(key_id, str):
            raise ValueError("its key's id is no text")
        keys = ring.with_key(key_id)
        # Which key it was may be left open only where there is no choice (OpenID Connect Core, section 10.1).
        if not key_id and len(keys) != 1:
            raise ValueError("it names no key")
        claims: Mapping[str, object] = jwt.decode(  # type: ignore[no-untyped-call]
            token, certs=keys, clock_skew_in_seconds=skew_s
        )
        if claims.get("aud") not in (audience, [audience]):
            raise ValueError("it is for others")
        if claims.get("iss") != issuer:
            raise ValueError("its issuer is another")
    except (ValueError, TypeError, KeyError, AttributeError, exceptions.GoogleAuthError) as error:
        # Up to the first colon: behind it, the library's messages may repeat the token.
        log.warning("an assertion does not hold: %s", str(error).split(":")[0][:100])
        raise NotSignedIn("The sign-in does not hold.", hint="Sign in again.") from None
    return claims


def address_in(claims: Mapping[str, object]) -> str:
    """Return the e-mail address of whom claims are about, in small letters.

    Raises:
        NotSignedIn: they name none.
    """
    address = claims.get("email")
    if not isinstance(address, str) or "@" not in address.strip("@"):
        raise NotSignedIn(
            "The sign-in names no e-mail address.", hint="Sign in with an account that has one."
        )
    return address.lower()
