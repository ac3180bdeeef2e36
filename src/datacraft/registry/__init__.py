"""The registry: the object store where releases live, which of them answers, and the channels that name them.

Lives here: the stores (`store`, `folder`, `gcs`), what their documents must hold (`documents`), finding the
release that serves (`newest`, `served`) and keeping it fresh (`loader`), writing one (`publish`), looking
at them (`releases`), whether they are what was published (`integrity`) and who vouches for it (`signing`,
`minisign`), moving channels (`channels`) and deleting what nobody needs (`prune`).
Doesn't live here: what a release says (`evaluation`), whether it may be promoted (`delivery`).
"""

from __future__ import annotations

from datacraft.contracts.errors import ChannelMoved, MoveRefused, WaitsForPerson
from datacraft.registry.channels import Mandate, Pointer
from datacraft.registry.integrity import manifest_digest, release_problems
from datacraft.registry.loader import MetadataLoader
from datacraft.registry.prune import PrunePlan, PrunePolicy
from datacraft.registry.publish import publish_release
from datacraft.registry.releases import ListedRelease, list_releases
from datacraft.registry.served import ServedModel, served_by_settings
from datacraft.registry.store import (
    Listing,
    ObjectChanged,
    ObjectExists,
    ObjectMissing,
    ObjectStore,
    StoredObject,
    open_store,
)

__all__ = [
    "ChannelMoved",
    "ListedRelease",
    "Listing",
    "Mandate",
    "MetadataLoader",
    "MoveRefused",
    "ObjectChanged",
    "ObjectExists",
    "ObjectMissing",
    "ObjectStore",
    "Pointer",
    "PrunePlan",
    "PrunePolicy",
    "ServedModel",
    "StoredObject",
    "WaitsForPerson",
    "list_releases",
    "manifest_digest",
    "open_store",
    "publish_release",
    "release_problems",
    "served_by_settings",
]
