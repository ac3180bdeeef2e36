"""The local warehouse file: immutable parts, versions of tables made of them, and the catalogue of every load.

A load writes each table of each source as a part of its own, and one new version for each table that it
touches, which lists the parts that make it up. What a person asks about is a view of the newest version.
Nothing is ever changed in place, so going back to an earlier version is one more version with its parts, and
all of a load is one transaction: after a crash the file holds the state before it, or the state after it.
"""

from datacraft.ingest.store.catalogue import LoadRecord, Part, SourceRecord, Version
from datacraft.ingest.store.decisions import DecidedCell, read_decisions
from datacraft.ingest.store.difference import Difference, difference_between
from datacraft.ingest.store.opening import read_store, store_exists, writing_store
from datacraft.ingest.store.reading import Store

__all__ = [
    "DecidedCell",
    "Difference",
    "LoadRecord",
    "Part",
    "SourceRecord",
    "Store",
    "Version",
    "difference_between",
    "read_decisions",
    "read_store",
    "store_exists",
    "writing_store",
]
