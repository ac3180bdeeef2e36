from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from registries import Registry, bucket_registry

from datacraft.contracts.errors import ConfigError, RegistryError
from datacraft.registry import MetadataLoader, ObjectExists, ObjectMissing, open_store


def test_an_object_is_read_with_a_generation_that_changes_with_every_write(registry: Registry) -> None:
    registry.put("a/b.json", b"one")
    first = registry.store.read("a/b.json")
    registry.put("a/b.json", b"two")
    second = registry.store.read("a/b.json")
    assert (first.data, second.data) == (b"one", b"two")
    assert first.generation != second.generation


def test_what_is_not_there_is_missing(registry: Registry) -> None:
    registry.put("a/b.json", b"")
    assert registry.store.exists("a/b.json")
    assert not registry.store.exists("a/c.json")
    assert not registry.store.exists("a")
    with pytest.raises(ObjectMissing, match="does not exist"):
        registry.store.read("a/c.json")


def test_an_object_is_created_once_and_never_overwritten(registry: Registry) -> None:
    registry.store.create("m/new/x.json", b"one")
    registry.store.create("m/new/x.json", b"one")
    with pytest.raises(ObjectExists, match="already"):
        registry.store.create("m/new/x.json", b"two")
    assert registry.store.read("m/new/x.json").data == b"one"
    assert registry.store.list("m/new").files == ("x.json",)


def test_a_listing_is_one_level_in_order_within_its_bounds(registry: Registry) -> None:
    for name in ("m/2025b/x", "m/2025a/x", "m/2025a/deep/y", "m/2026/x", "m/note", "n/2025/x"):
        registry.put(name, b"")
    found = registry.store.list("m")
    assert (found.folders, found.files, found.complete) == (("2025a", "2025b", "2026"), ("note",), True)
    assert registry.store.list("m", start="2025b").folders == ("2025b", "2026")
    assert registry.store.list("m", end="2026").folders == ("2025a", "2025b")
    assert registry.store.list("m", start="2025a\0", end="2026").folders == ("2025b",)
    assert registry.store.list("none").folders == ()


def test_a_folder_is_listed_anew_when_it_changes(folder: Registry) -> None:
    folder.put("m/a/x", b"")
    assert folder.root is not None
    os.utime(folder.root / "m", (1_700_000_000, 1_700_000_000))
    assert folder.store.list("m").folders == ("a",)
    folder.put("m/b/x", b"")
    assert folder.store.list("m").folders == ("a", "b")


def test_a_long_folder_is_listed_by_pages(folder: Registry) -> None:
    for number in range(5):
        folder.put(f"m/{number}/x", b"")
    page = folder.store.list("m", limit=2)
    assert (page.folders, page.complete, page.last) == (("0", "1"), False, "1")
    assert folder.store.list("m", start="4", limit=2).complete


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/passwd", "a//b", "a/\0", "."])
def test_no_path_leads_out_of_the_folder(folder: Registry, path: str) -> None:
    with pytest.raises(RegistryError, match="not a path inside"):
        folder.store.read(path)


def test_a_file_where_a_folder_should_be_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("")
    store = open_store(tmp_path.as_uri())
    with pytest.raises(RegistryError, match=r"models can't be read: Not a directory"):
        store.list("models")
    with pytest.raises(RegistryError, match="can't be read"):
        store.read("models/x/y.json")


def test_a_folder_with_spaces_and_signs_is_opened(tmp_path: Path) -> None:
    root = tmp_path / "my registry, 100% ü"
    (root / "a").mkdir(parents=True)
    (root / "a" / "x").write_bytes(b"1")
    store = open_store(root.as_uri())
    assert store.read("a/x").data == b"1"
    assert store.url == root.as_uri()


@pytest.mark.parametrize(
    "url", ["", "registry", "file://here", "s3://bucket", "gs://", "gs://bucket/folder", "file:"]
)
def test_another_address_is_an_error_that_says_which_are_right(url: str) -> None:
    with pytest.raises(ConfigError) as raised:
        open_store(url)
    assert raised.value.hint == "Write file:///absolute/folder or gs://bucket."


def test_a_bucket_that_is_not_there_is_an_error_and_not_an_empty_registry(gcs_endpoint: str) -> None:
    store = open_store("gs://no-such-bucket", endpoint=gcs_endpoint)
    with pytest.raises(RegistryError, match="bucket gs://no-such-bucket does not exist"):
        MetadataLoader(store=store).current()


def test_a_bucket_and_an_emulator_are_enough_to_read_a_registry(
    gcs_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bucket_registry(gcs_endpoint)
    made.release("20250101T000000Z_abc")
    made.point("canary", "20250101T000000Z_abc")
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", gcs_endpoint)
    monkeypatch.setenv("DATACRAFT_CHANNEL", "canary")
    loader = MetadataLoader("test", made.store.url.removeprefix("gs://"))
    assert loader.load_latest_metadata().release_id == "20250101T000000Z_abc"


def test_the_variables_say_what_answers_where_the_registry_holds_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BEST_MODEL_NAME", "house-model")
    loader = MetadataLoader()
    assert loader.get_best_model_name() == "house-model"
    assert loader.current().source == "defaults"


def test_without_the_extra_a_bucket_is_an_error_that_says_how_to_install_it() -> None:
    code = """
import sys
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name == "google" or name.startswith("google."):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Hide())
from datacraft.contracts.errors import ConfigError
from datacraft.registry import open_store
try:
    open_store("gs://bucket")
except ConfigError as error:
    print(error.hint)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "Run: pip install 'datacraft[gcp]'"


def test_reading_a_folder_loads_nothing_of_google() -> None:
    code = (
        "import sys; from datacraft.registry import MetadataLoader; MetadataLoader().current(); "
        "print([m for m in sys.modules if m.split('.')[0] in ('google', 'requests', 'pandas', 'structlog')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
