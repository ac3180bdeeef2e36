"""The registry: the object store where releases live, and which of them answers.

Lives here: the stores (`store`, `folder`, `gcs`), what their documents must hold (`documents`), finding the
release that serves (`newest`, `served`) and keeping it fresh (`loader`).
Doesn't live here: publishing, gates and promotion; they write, this reads.
"""

from __future__ import annotations

from datacraft.registry.loader import MetadataLoader
from datacraft.registry.served import ServedModel
from datacraft.registry.store import Listing, ObjectMissing, ObjectStore, StoredObject, open_store

__all__ = [
    "Listing",
    "MetadataLoader",
    "ObjectMissing",
    "ObjectStore",
    "ServedModel",
    "StoredObject",
    "open_store",
]
