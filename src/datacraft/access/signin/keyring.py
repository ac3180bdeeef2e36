"""`KeyRing`: a signer's public keys, fetched when they are needed, and kept."""

from __future__ import annotations

import json
import logging
import threading
import urllib.request
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from time import monotonic

from datacraft.contracts.errors import ConfigError, DataCraftError

log = logging.getLogger(__name__)

_FRESH_S = 3_600.0
_PAUSE_S = 30.0  # between two fetches: tokens with made-up key ids must not turn into a flood of them
_TIMEOUT_S = 5.0
_MOST_BYTES = 1_000_000


class KeysUnavailable(DataCraftError):
    """Whoever signs people in can't be reached, so that nothing of theirs can be checked."""

    code = "sign_in_unavailable"


class KeyRing:
    """Public keys as PEM by their ids. Safe to use from several threads.

    Args:
        url: where they are; asked for when the first one is needed.
        read: makes the keys of the JSON that is there.
        clock: seconds, for their age.
    """

    def __init__(
        self,
        url: Callable[[], str],
        read: Callable[[object], Mapping[str, str]],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._url = url
        self._read = read
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: Mapping[str, str] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None

    def with_key(self, key_id: str | None) -> Mapping[str, str]:
        """Return the keys, fetched anew where they are old or lack this one (None: any); known ones outlive an outage.

        Raises:
            KeysUnavailable: there are none.
        """
        with self._lock:
            now = self._clock()
            fresh = self._fetched_at is not None and now - self._fetched_at < _FRESH_S
            may_try = self._tried_at is None or now - self._tried_at >= _PAUSE_S
            if (not fresh or (key_id and key_id not in self._keys)) and may_try:
                self._tried_at = now
                try:
                    self._keys = self._read(fetch_json(self._url()))
                    self._fetched_at = now
                except (OSError, ValueError, KeysUnavailable) as error:
                    log.warning("the signer's keys can't be fetched: %s", type(error).__name__)
            if not self._keys:
                raise KeysUnavailable("The sign-in can't be checked just now.", hint="Try again in a moment.")
            return self._keys


def fetch_json(url: str, *, form: bytes | None = None) -> object:
    """Return what is at an address, as JSON; a form is posted.

    Raises:
        OSError: it can't be reached, or refuses.
        ValueError: it is not JSON, or too long.
    """
    wanted = urllib.request.Request(url, data=form, headers={"Accept": "application/json"})
    with urllib.request.urlopen(wanted, timeout=_TIMEOUT_S) as answer:
        return json.loads(answer.read(_MOST_BYTES))


def require_jwt_parts() -> None:
    """Check that what reads signed assertions is installed.

    Raises:
        ConfigError: it is not.
    """
    if find_spec("google") is None or find_spec("google.auth") is None:
        raise ConfigError(
            "Checking who signed in needs google-auth, which is not installed.",
            hint="Install it in the project's folder with: pip install '.[gcp]'",
        )
