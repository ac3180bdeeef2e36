"""Files that people have become checked tables of the local warehouse, with every row traced to its line.

How a single file is read as a table lies in `warehouse.loading`; what its columns mean, in `profiles`. Here
are: finding and unpacking files, contracts, loading whole or not at all, versions and their history.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datacraft.ingest.loading import ingest
    from datacraft.ingest.options import IngestOptions
    from datacraft.ingest.report.model import IngestReport

_HOMES = {"ingest": "loading", "IngestOptions": "options", "IngestReport": "report.model"}

__all__ = ["IngestOptions", "IngestReport", "ingest"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
