"""`bigquery://project/dataset`: which data set is asked about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from datacraft.contracts.errors import InputError

BIGQUERY_SCHEME = "bigquery:"
# A path that was read from text has one slash where the address has two.
_ADDRESS = re.compile(r"bigquery:/{1,2}(?P<rest>.*)", re.DOTALL)
_PROJECT = re.compile(r"([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]")
_DATASET = re.compile(r"[A-Za-z0-9_]{1,1024}")


@dataclass(frozen=True, slots=True)
class BigQueryAddress:
    """A data set of a project."""

    project: str
    dataset: str

    def __str__(self) -> str:
        return f"bigquery://{self.project}/{self.dataset}"


def bigquery_address(text: str | Path, *, project: str | None = None) -> BigQueryAddress | None:
    """Return the data set that `text` names, or None where it is no address of BigQuery.

    Args:
        text: `bigquery://project/dataset`, or `bigquery:///dataset` in `project`.
        project: of the settings.

    Raises:
        InputError: it is one, but not a whole one.
    """
    match = _ADDRESS.fullmatch(str(text))
    if match is None:
        return None
    parts = [part for part in match["rest"].split("/") if part]
    if len(parts) == 1 and project is not None:
        parts = [project, *parts]
    if len(parts) != 2 or not _PROJECT.fullmatch(parts[0]) or not _DATASET.fullmatch(parts[1]):
        raise InputError(
            f"{str(text)[:100]!r} names no data set of BigQuery.",
            hint="Write bigquery://PROJECT/DATASET, for example bigquery://my-project/sales.",
        )
    return BigQueryAddress(*parts)
