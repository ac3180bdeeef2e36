"""What must never be shown: passwords, keys and tokens, in settings and in log lines."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from datacraft.contracts.errors import ConfigError

MASK = "***"

_SECRET_NAME = re.compile(r"key|token|password|passwd|secret|credential|authorization", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(?P<before>[a-z][a-z0-9+.-]*://[^\s/@:]*:)[^\s]+(?=@)", re.IGNORECASE)
_NAMED_VALUE = re.compile(
    r"(?P<before>\b[\w-]*(?:key|token|password|passwd|secret|credential)s?=)[^\s&#'\"]+", re.IGNORECASE
)
_API_KEY = re.compile(
    r"(?P<before>\bdatacraft_[0-9a-f]{12}_)[\w-]{8,}"
)  # as `datacraft.access.keys` makes them
_BEARER = re.compile(r"(?P<before>\bBearer\s+)[\w.~+/=-]+", re.IGNORECASE)


def is_secret_name(name: str) -> bool:
    """Tell whether a field of this name may hold a secret."""
    return _SECRET_NAME.search(name) is not None


def mask_text(text: str) -> str:
    """Return the text without the passwords, keys and tokens that stand in it.

    Masked are the password in `scheme://user:password@host`, the value in `…key=value` (and token, password,
    secret, credential), what follows `Bearer`, and the secret part of DataCraft's own API keys.
    """
    for pattern in (_URL_PASSWORD, _NAMED_VALUE, _BEARER, _API_KEY):
        text = pattern.sub(rf"\g<before>{MASK}", text)
    return text


def mask_value(name: str, value: object) -> object:
    """Return `value` safe to show under `name`; numbers and flags pass, so that counts of tokens stay readable."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if is_secret_name(name):
        return MASK
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, dict):
        return {key: mask_value(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [mask_value(name, item) for item in value]
    return value


def read_secret(*names: str, environ: Mapping[str, str] | None = None) -> str | None:
    """Return the first secret that is there: of `NAME`, or in the file that `NAME_FILE` names; else None.

    Args:
        names: of environment variables, the first one goes first.
        environ: the environment variables; by default those of this process.

    Raises:
        ConfigError: a secret's file can't be read, or is empty.
    """
    environ = os.environ if environ is None else environ
    for name in names:
        if value := environ.get(name, "").strip():
            return value
        if path := environ.get(f"{name}_FILE"):
            try:
                value = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(
                    f"{path}, which {name}_FILE names, can't be read.", hint="Check the file and its rights."
                ) from error
            if not value:
                raise ConfigError(f"{path}, which {name}_FILE names, is empty.", hint="Write the key in it.")
            return value
    return None
