"""Registries to write into: a folder, and a bucket of a real Cloud Storage emulator."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datacraft.registry import MetadataLoader, ObjectStore, open_store

NOW = dt.datetime(2025, 6, 15, 12, 0, tzinfo=dt.UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)


def metadata(release_id: str, **changes: object) -> dict[str, Any]:
    """A release's metadata, as its JSON."""
    return {
        "schema_version": 1,
        "release_id": release_id,
        "selected_model": f"model-of-{release_id}",
        "provider": "builtin",
        "hyperparameters": {"temperature": 0.1, "top_p": 0.8, "top_k": 20},
        "prompt": None,
        "strategy": "semantic",
        "composite_score": 81.5,
        "performance_score": 90,
        "bias_score": 12.0,
        "success_rate": 97.0,
        "avg_response_time": 0.4,
        "deployment_ready": True,
        "selection_methodology": "composite",
        "question_set": {"name": "retail", "version": "1", "size": 200},
        "created_at": "2025-01-01T00:00:00Z",
        "commit": release_id.rpartition("_")[2],
        **changes,
    }


@dataclass
class Registry:
    """A registry under test; `put` and `remove` write to it as a publisher would, past our own code."""

    store: ObjectStore
    put: Callable[[str, bytes], None]
    remove: Callable[[str], None]
    root: Path | None = None

    def release(self, release_id: str, **changes: object) -> None:
        self.put(
            f"models/{release_id}/best_model_metadata.json",
            json.dumps(metadata(release_id, **changes)).encode(),
        )

    def point(self, channel: str, release_id: str | None) -> None:
        self.put(
            f"channels/{channel}.json", json.dumps({"schema_version": 1, "release_id": release_id}).encode()
        )

    def loader(self, clock: Clock | None = None, channel: str = "production") -> MetadataLoader:
        return MetadataLoader(
            store=self.store, channel=channel, default_model="fallback", clock=clock or Clock()
        )


def folder_registry(root: Path) -> Registry:
    def put(path: str, data: bytes) -> None:
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)

    def remove(path: str) -> None:
        place = root / path
        shutil.rmtree(place) if place.is_dir() else place.unlink()

    return Registry(open_store(root.as_uri()), put, remove, root)


def bucket_registry(endpoint: str) -> Registry:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud.storage import Client

    client = Client(
        project="test", credentials=AnonymousCredentials(), client_options={"api_endpoint": endpoint}
    )
    bucket = client.create_bucket(f"registry-{uuid.uuid4().hex[:12]}")

    def put(path: str, data: bytes) -> None:
        bucket.blob(path).upload_from_string(data)

    def remove(path: str) -> None:
        for blob in list(bucket.list_blobs(prefix=path)):
            blob.delete()

    return Registry(open_store(f"gs://{bucket.name}", "test", endpoint=endpoint), put, remove)
