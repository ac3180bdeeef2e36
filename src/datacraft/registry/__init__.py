"""The registry: the object store where releases live, and which of them answers.

Lives here: the stores (`store`, `folder`, `gcs`), what their documents must hold (`documents`), finding the
release that serves (`newest`, `served`) and keeping it fresh (`loader`), writing one (`publish`).
Doesn't live here: what a release says (`evaluation`), gates and promotion.
"""

from __future__ import annotations

from datacraft.registry.loader import MetadataLoader
from datacraft.registry.publish import publish_release
from datacraft.registry.served import ServedModel
from datacraft.registry.store import (
    Listing,
    ObjectExists,
    ObjectMissing,
    ObjectStore,
    StoredObject,
    open_store,
)

__all__ = [
    "Listing",
    "MetadataLoader",
    "ObjectExists",
    "ObjectMissing",
    "ObjectStore",
    "ServedModel",
    "StoredObject",
    "open_store",
    "publish_release",
]
