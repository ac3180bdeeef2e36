from __future__ import annotations

import json

import pytest
from registries import Registry, metadata

from datacraft.contracts.errors import RegistryError, ReleaseInvalid

OLD, MIDDLE, NEW = "20250101T000000Z_aaa1111", "20250301T000000Z_bbb2222", "20250601T000000Z_ccc3333"


def test_the_release_that_the_channel_names_answers_though_newer_ones_exist(registry: Registry) -> None:
    for release in (OLD, MIDDLE, NEW):
        registry.release(release)
    registry.point("production", MIDDLE)
    served = registry.loader().current()
    assert (served.release_id, served.source, served.warnings) == (MIDDLE, "channel", ())
    assert served.metadata.selected_model == f"model-of-{MIDDLE}"


def test_each_channel_names_its_own(registry: Registry) -> None:
    registry.release(OLD)
    registry.release(NEW)
    registry.point("production", OLD)
    registry.point("canary", NEW)
    assert registry.loader(channel="canary").current().release_id == NEW


def test_before_any_channel_the_newest_complete_release_answers_with_a_warning(registry: Registry) -> None:
    registry.release(OLD)
    registry.release(MIDDLE)
    registry.put(f"models/{NEW}/validation_report.json", b"{}")
    served = registry.loader().current()
    assert (served.release_id, served.source) == (MIDDLE, "newest_release")
    assert MIDDLE in served.warnings[0]
    assert any(f"{NEW} was passed over" in warning for warning in served.warnings)


def test_without_a_release_the_newest_responses_name_the_model(registry: Registry) -> None:
    registry.put("best_model_responses/20250101T000000Z_old-model/summary.json", b"{}")
    registry.put("best_model_responses/20250501T000000Z_good_model-2.5/query_001/a.json", b"{}")
    served = registry.loader().current()
    assert (served.source, served.release_id) == ("responses", None)
    assert served.metadata.selected_model == "good_model-2.5"
    assert "good_model-2.5" in served.warnings[0]


def test_an_empty_registry_gives_the_defaults_with_a_warning(registry: Registry) -> None:
    loader = registry.loader()
    served = loader.current()
    assert (served.source, served.release_id, len(served.warnings)) == ("defaults", None, 1)
    assert loader.get_best_model_name() == "fallback"
    settings = loader.get_hyperparameters()
    assert (settings.temperature, settings.top_p, settings.top_k) == (0.2, 0.9, 40)


def test_where_another_channel_exists_nothing_answers_behind_its_back(registry: Registry) -> None:
    registry.release(NEW)
    registry.point("canary", NEW)
    with pytest.raises(RegistryError, match="no channel 'production'") as raised:
        registry.loader().current()
    assert raised.value.hint is not None
    assert "canary" in raised.value.hint


def test_a_channel_that_names_a_deleted_release_is_an_error(registry: Registry) -> None:
    registry.release(NEW)
    registry.point("production", OLD)
    with pytest.raises(ReleaseInvalid, match=rf"models/{OLD}/best_model_metadata\.json does not exist"):
        registry.loader().current()


@pytest.mark.parametrize("named", [None, "", "../../etc/passwd", "latest", "20251399T000000Z_abc"])
def test_a_channel_that_names_no_release_is_an_error(folder: Registry, named: str | None) -> None:
    folder.release(NEW)
    folder.point("production", named)
    with pytest.raises(RegistryError, match="names no release"):
        folder.loader().current()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "half-written"),
        (b'{"schema_version": 1, "rele', "half-written"),
        (b"not json", "not valid JSON"),
        (b"\xff\xfe\x00", "not valid JSON"),
        (b"[]", "not a JSON object"),
        (b'{"schema_version": 2, "everything": "new"}', "schema_version 2; this DataCraft reads up to 1"),
        (b"{}", "field release_id: field required"),
        (b'{"release_id": "' + b"x" * 9 + b'", "composite_score": NaN}', "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
    ],
    ids=["empty", "truncated", "text", "binary", "list", "future", "no fields", "nan", "deep"],
)
def test_bad_metadata_behind_a_channel_is_an_error_that_names_the_file(
    folder: Registry, data: bytes, message: str
) -> None:
    folder.put(f"models/{NEW}/best_model_metadata.json", data)
    folder.point("production", NEW)
    with pytest.raises(ReleaseInvalid) as raised:
        folder.loader().current()
    assert raised.value.message.startswith(f"models/{NEW}/best_model_metadata.json")
    assert message in raised.value.message


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"composite_score": "high"}, "composite_score"),
        ({"hyperparameters": {"temperature": "hot"}}, "hyperparameters.temperature"),
        ({"question_set": {"name": "retail"}}, "question_set.version"),
        ({"schema_version": "one"}, "schema_version"),
        ({"deployment_ready": "yes"}, "deployment_ready"),
    ],
)
def test_a_wrong_field_is_named(folder: Registry, change: dict[str, object], field: str) -> None:
    folder.release(NEW, **change)
    folder.point("production", NEW)
    with pytest.raises(ReleaseInvalid, match=rf"best_model_metadata\.json: .*field {field}: "):
        folder.loader().current()


@pytest.mark.parametrize("name", [name for name in metadata(NEW) if name not in ("schema_version", "prompt")])
def test_each_missing_required_field_is_named(folder: Registry, name: str) -> None:
    content = metadata(NEW)
    del content[name]
    folder.put(f"models/{NEW}/best_model_metadata.json", json.dumps(content).encode())
    folder.point("production", NEW)
    with pytest.raises(ReleaseInvalid, match=f"field {name}: field required"):
        folder.loader().current()


def test_unknown_newer_fields_are_kept(folder: Registry) -> None:
    folder.release(NEW, carbon_grams=3, hyperparameters={"temperature": 0.1, "min_p": 0.05})
    folder.point("production", NEW)
    kept = folder.loader().current().metadata.model_dump()
    assert kept["carbon_grams"] == 3
    assert kept["hyperparameters"]["min_p"] == 0.05


@pytest.mark.parametrize("data", [b"", b"{", b"{}", b"[]", b'{"schema_version": 2, "release_id": "x"}'])
def test_a_broken_channel_is_an_error_and_never_the_newest_release(folder: Registry, data: bytes) -> None:
    folder.release(NEW)
    folder.put("channels/production.json", data)
    with pytest.raises(RegistryError, match=r"channels/production\.json"):
        folder.loader().current()


def test_before_any_channel_broken_releases_are_passed_over_one_by_one(folder: Registry) -> None:
    folder.release(OLD)
    folder.put(f"models/{MIDDLE}/best_model_metadata.json", b'{"half')
    folder.release(NEW, schema_version=9)
    served = folder.loader().current()
    assert served.release_id == OLD
    assert "schema_version 9" in served.warnings[1]
    assert "half-written" in served.warnings[2]


def test_only_so_many_broken_releases_are_passed_over(folder: Registry) -> None:
    folder.release(OLD)
    for minute in range(60):
        folder.put(f"models/20250601T00{minute:02}00Z_abc/best_model_metadata.json", b"")
    served = folder.loader().current()
    assert served.source == "defaults"
    assert any("older ones were not looked at" in warning for warning in served.warnings)


def test_folders_of_other_names_are_ignored_with_a_warning(registry: Registry) -> None:
    registry.release(OLD)
    registry.release("latest")
    registry.release("20250701-new")
    served = registry.loader().current()
    assert served.release_id == OLD
    assert {warning.split()[0] for warning in served.warnings[1:]} == {"models/latest", "models/20250701-new"}


def test_a_release_that_failed_its_own_checks_is_said_to(folder: Registry) -> None:
    folder.release(NEW, deployment_ready=False)
    assert any("did not pass" in warning for warning in folder.loader().current().warnings)


def test_a_release_that_was_copied_under_another_name_is_said_to(folder: Registry) -> None:
    folder.put(f"models/{NEW}/best_model_metadata.json", json.dumps(metadata(OLD)).encode())
    folder.point("production", NEW)
    served = folder.loader().current()
    assert served.release_id == NEW
    assert served.warnings == (f"Release {NEW} says of itself that it is {OLD}.",)


def test_files_of_a_publisher_at_work_are_no_channel(folder: Registry) -> None:
    folder.release(NEW)
    folder.put("channels/.lock", b"")
    assert folder.loader().current().source == "newest_release"


def test_a_release_of_the_future_is_the_newest(folder: Registry) -> None:
    folder.release(OLD)
    folder.release("20991231T235959Z_fff")
    assert folder.loader().current().release_id == "20991231T235959Z_fff"
