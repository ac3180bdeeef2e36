"""A release is there whole or not at all, and is never overwritten."""

from __future__ import annotations

import pytest
from registries import Registry, metadata

from datacraft.contracts.errors import RegistryError
from datacraft.contracts.release import ReleaseMetadata
from datacraft.registry import ObjectExists, publish_release
from datacraft.registry.store import ObjectStore

NAME = "20260102T030405Z_abc1234"


def release(name: str = NAME, **changes: object) -> ReleaseMetadata:
    return ReleaseMetadata.model_validate(metadata(name, **changes))


class Torn:
    """A store that fails at the n-th write."""

    def __init__(self, store: ObjectStore, writes: int) -> None:
        self.store, self.left = store, writes

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    def create(self, path: str, data: bytes) -> None:
        if self.left == 0:
            raise RegistryError("The disk is full.")
        self.left -= 1
        self.store.create(path, data)


FILES = {"model_selection_report.json": b"{}", "validation_report.json": b"{}", "evaluation/calls.jsonl": b""}


def test_a_published_release_answers(registry: Registry) -> None:
    publish_release(registry.store, release(), FILES)
    assert registry.loader().current().release_id == NAME
    assert registry.store.read(f"models/{NAME}/evaluation/calls.jsonl").data == b""


@pytest.mark.parametrize("writes", range(4))
def test_a_torn_release_is_never_served_and_can_be_finished(registry: Registry, writes: int) -> None:
    with pytest.raises(RegistryError, match="full"):
        publish_release(Torn(registry.store, writes), release(), FILES)  # type: ignore[arg-type]
    assert registry.loader().current().release_id is None
    publish_release(registry.store, release(), FILES)
    assert registry.loader().current().release_id == NAME


def test_a_release_is_never_overwritten(registry: Registry) -> None:
    publish_release(registry.store, release(), FILES)
    with pytest.raises(ObjectExists, match="already"):
        publish_release(registry.store, release(composite_score=1.0), FILES)
    with pytest.raises(ObjectExists, match="already"):
        publish_release(registry.store, release(), {"validation_report.json": b"other"})


def test_a_name_without_a_time_is_refused(registry: Registry) -> None:
    with pytest.raises(RegistryError, match="no name of a release"):
        publish_release(registry.store, release("latest"), FILES)
