"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

DataOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--data",
        "-d",
        metavar="PATH",
        help="A file, folder or database to ask about; may be given several times. Also gs://BUCKET/FILE, or bigquery://PROJECT/DATASET alone.",
        show_default="data.paths of the settings",
    ),
]


ModelOption = Annotated[
    Path | None,
    typer.Option(
        "--model",
        "-m",
        metavar="CONFIG",
        help="A model config that answers, by its name or file; `datacraft models list` names some.",
        show_default="what the registry names",
    ),
]


CandidatesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        "-m",
        metavar="CONFIG",
        help="A model config to evaluate, by its name or file; may be given several times.",
        show_default="variants of the built-in engine",
    ),
]


class RowFormat(StrEnum):
    """How rows are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "md"


class ListFormat(StrEnum):
    """How what is listed or decided is written."""

    TABLE = "table"
    JSON = "json"


ListFormatOption = Annotated[
    ListFormat, typer.Option("--format", help="A table for people, or JSON for programs.")
]
