"""The registry: the object store where releases live, and which of them answers.

Lives here: the stores (`store`, `folder`, `gcs`), what their documents must hold (`documents`), finding the
release that serves (`newest`, `served`) and keeping it fresh (`loader`), writing one (`publish`), looking
at them (`releases`).
Doesn't live here: what a release says (`evaluation`), gates and promotion.
"""

from __future__ import annotations

from datacraft.registry.loader import MetadataLoader
from datacraft.registry.publish import publish_release
from datacraft.registry.releases import ListedRelease, list_releases, release_problems
from datacraft.registry.served import ServedModel, served_by_settings
from datacraft.registry.store import (
    Listing,
    ObjectExists,
    ObjectMissing,
    ObjectStore,
    StoredObject,
    open_store,
)

__all__ = [
    "ListedRelease",
    "Listing",
    "MetadataLoader",
    "ObjectExists",
    "ObjectMissing",
    "ObjectStore",
    "ServedModel",
    "StoredObject",
    "list_releases",
    "open_store",
    "publish_release",
    "release_problems",
    "served_by_settings",
]
