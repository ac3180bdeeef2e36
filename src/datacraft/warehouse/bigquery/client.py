"""Google's client: whether it is there, and made."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from datacraft.contracts.errors import ConfigError

if TYPE_CHECKING:
    from google.cloud import bigquery


def require_bigquery(what: str) -> None:
    """Check that Google's client is installed.

    Args:
        what: needs it, for a person.

    Raises:
        ConfigError: it is not.
    """
    try:
        installed = find_spec("google.cloud.bigquery") is not None
    except ModuleNotFoundError:
        installed = False
    if not installed:
        raise ConfigError(
            f"{what} needs google.cloud.bigquery, which is not installed.",
            hint="Install it in the project's folder with: pip install '.[gcp]'",
        )


def bigquery_client(project: str, endpoint: str | None) -> bigquery.Client:
    """Return a client; an emulator at `endpoint` needs no credentials."""
    from google.cloud import bigquery

    if endpoint is None:
        return bigquery.Client(project=project)
    from google.auth.credentials import AnonymousCredentials

    return bigquery.Client(
        project=project,
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
        client_options={"api_endpoint": endpoint},
    )
