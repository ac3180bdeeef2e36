"""Whole releases for the tests."""

from __future__ import annotations

from registries import Registry, metadata

from datacraft.contracts.release import ReleaseMetadata
from datacraft.registry import publish_release
from datacraft.registry.store import ObjectStore

FILES = {"model_selection_report.json": b"{}", "validation_report.json": b"{}", "evaluation/calls.jsonl": b""}


def publish(store: ObjectStore, release_id: str) -> None:
    publish_release(store, ReleaseMetadata.model_validate(metadata(release_id)), FILES)


def published(registry: Registry, *names: str) -> None:
    for name in names:
        publish(registry.store, name)
