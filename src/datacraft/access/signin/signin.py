"""`SignIn`: says who calls, in the way that the settings want."""

from __future__ import annotations

from datacraft.access.signin.caller import Caller, Credentials, Forbidden, How, NotSignedIn
from datacraft.access.signin.iap import IapVerifier
from datacraft.access.signin.oidc import OidcClient
from datacraft.access.signin.roles import role_of
from datacraft.access.state import StateStore
from datacraft.config.secrets import read_secret
from datacraft.config.settings import AccessSettings
from datacraft.contracts.access import ApiKey
from datacraft.contracts.errors import ConfigError

CALLBACK = "/signin/callback"
SECRET = "OIDC_CLIENT_SECRET"
_BEARER = "bearer "
_OURS = "datacraft_"  # other Bearer tokens are for whoever stands in front, such as Cloud Run


class SignIn:
    """Decides who calls. Safe to use from several threads.

    Args:
        access: the settings.
        state: keys and sessions.

    Raises:
        ConfigError: a setting is missing that the way to sign in needs, or the library that it needs.
    """

    def __init__(self, access: AccessSettings, state: StateStore) -> None:
        self._access = access
        self._state = state
        self._iap: IapVerifier | None = None
        self.oidc = _oidc(access) if access.sign_in == "oidc" else None
        if access.sign_in == "iap":
            if access.iap_audience is None:
                raise ConfigError(
                    "It is not set for whom the proxy's assertions must be.",
                    hint="Set access.iap_audience; docs/how-to/sign-in.md says where to find it.",
                )
            self._iap = IapVerifier(access.iap_audience, access.iap_keys_url, skew_s=access.clock_skew_s)

    def identify(self, shown: Credentials) -> Caller:
        """Return who calls.

        Raises:
            NotSignedIn: what is shown does not hold, or nothing is, and not everybody may call.
            Forbidden: they are known, and have no role.
            KeysUnavailable, StateUnavailable: it can't be told.
        """
        if self._iap is not None:
            return self._by_iap(self._iap, shown.assertion)
        if shown.authorization is not None and shown.authorization.lower().startswith(_BEARER):
            token = shown.authorization[len(_BEARER) :].strip()
            if token.startswith(_OURS) or self._access.sign_in != "none":
                return self._by_key(token)
        if shown.session is not None and (caller := self._by_session(shown.session)) is not None:
            return caller
        if self._access.sign_in == "none":
            return Caller("anonymous", self._access.anonymous_role, "anonymous")
        raise NotSignedIn(
            "This is for those who sign in.",
            hint="Send the header Authorization: Bearer KEY, with a key that `datacraft keys new` has made.",
        )

    def begin(self, key_text: str) -> tuple[Caller, str]:
        """Let somebody sign in with a key; return who it is, and what the session's cookie shall hold.

        Raises:
            NotSignedIn: the key does not hold.
            StateUnavailable: it can't be told.
        """
        caller = self._by_key(key_text)
        return caller, self._state.sessions.begin("key", caller.id)

    def begin_person(self, address: str) -> tuple[Caller, str]:
        """Let somebody in whose e-mail address a provider has proven; return as `begin`.

        Raises:
            Forbidden: they have no role.
            StateUnavailable: it can't be written.
        """
        caller = self._person(address, "oidc")
        return caller, self._state.sessions.begin("oidc", address)

    def end(self, token: str) -> None:
        """Let a session end."""
        self._state.sessions.end(token)

    def _by_key(self, text: str) -> Caller:
        key = self._state.keys.check(text)
        if key is None:
            raise NotSignedIn(
                "The API key is not known, expired or revoked.", hint="Ask an operator for another one."
            )
        return _holder(key)

    def _by_session(self, token: str) -> Caller | None:
        found = self._state.sessions.find(token)
        if found is None:
            return None
        how, subject = found
        if how == "oidc":  # counts while people still sign in so, with the role that they have now
            return self._person(subject, how) if self._access.sign_in == "oidc" else None
        key = self._state.keys.find(subject)
        return _holder(key) if key is not None else None

    def _by_iap(self, iap: IapVerifier, assertion: str | None) -> Caller:
        if assertion is None:
            raise NotSignedIn(
                "The request did not come through Identity-Aware Proxy.",
                hint="Use the service's own address.",
            )
        return self._person(iap.address(assertion), "iap")

    def _person(self, address: str, how: How) -> Caller:
        role = role_of(address, self._access)
        if role is None:
            raise Forbidden(f"{address} has no role here.", hint="Ask an operator for one.")
        return Caller(address, role, how, address)


def _oidc(access: AccessSettings) -> OidcClient:
    if not (access.oidc_issuer and access.oidc_client_id and access.public_url):
        raise ConfigError(
            "It is not set with which provider people sign in.",
            hint="Set access.oidc_issuer, access.oidc_client_id and access.public_url.",
        )
    return OidcClient(
        access.oidc_issuer,
        access.oidc_client_id,
        read_secret(SECRET),
        f"{access.public_url.rstrip('/')}{CALLBACK}",
        skew_s=access.clock_skew_s,
    )


def _holder(key: ApiKey) -> Caller:
    return Caller(key.name, key.role, "key", key.id)
