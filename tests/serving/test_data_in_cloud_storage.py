"""Data in Cloud Storage is asked about as files are: an object, or the files of a folder, copied once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from storage_emulator import running_storage_emulator

from datacraft.config import Settings
from datacraft.contracts.errors import DataLoadError
from datacraft.serving import build_handler

Put = Callable[[str, str], None]


@pytest.fixture(scope="module")
def emulator() -> Iterator[str]:
    with running_storage_emulator() as address:
        yield address


@pytest.fixture
def bucket(emulator: str) -> tuple[str, Put]:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud.storage import Client

    client = Client("emulator", AnonymousCredentials(), client_options={"api_endpoint": emulator})
    made = client.create_bucket(f"data-{uuid.uuid4().hex[:12]}")

    def put(name: str, content: str) -> None:
        made.blob(name).upload_from_string(content)

    return made.name, put


def settings(emulator: str, state: Path, *addresses: str) -> Settings:
    return Settings.model_validate(
        {"data": {"paths": addresses}, "registry": {"endpoint": emulator}, "state_dir": state}
    )


def total(wanted: Settings) -> object:
    with build_handler(wanted) as handler:
        return handler.ask("total sales").rows[0][0]


def test_an_object_is_asked_about_and_read_again_only_when_it_changes(
    emulator: str, bucket: tuple[str, Put], tmp_path: Path
) -> None:
    name, put = bucket
    put("in/sales.csv", "region,sales\nEast,1\nWest,2\n")
    wanted = settings(emulator, tmp_path, f"gs://{name}/in/sales.csv")
    assert (total(wanted), total(wanted)) == (3, 3)
    assert len(list((tmp_path / "cache/objects").iterdir())) == 1
    put("in/sales.csv", "region,sales\nEast,1\nWest,9\n")
    assert total(wanted) == 10


def test_a_folder_is_all_that_lies_in_it(emulator: str, bucket: tuple[str, Put], tmp_path: Path) -> None:
    name, put = bucket
    put("shop/sales.csv", "sale_id,shop_id,sales\n1,1,5\n2,2,6\n")
    put("shop/shops.csv", "shop_id,town\n1,Lund\n2,Ystad\n")
    put("shop/old/costs.csv", "cost\n1\n")
    put("shopping/costs.csv", "cost\n1\n")
    with build_handler(settings(emulator, tmp_path, f"gs://{name}/shop")) as handler:
        assert {table.name for table in handler.warehouse.tables()} == {"sales", "shops"}


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("gs://{bucket}/no.csv", "does not exist"),
        ("gs://no-such-bucket-here/a.csv", "bucket gs://no-such-bucket-here does not exist"),
        ("gs://{bucket}", "names nothing"),
        ("gs://{bucket}/../x.csv", "names nothing"),
    ],
)
def test_what_is_not_there_is_said_with_its_address(
    emulator: str, bucket: tuple[str, Put], tmp_path: Path, address: str, says: str
) -> None:
    with pytest.raises(DataLoadError, match=says):
        total(settings(emulator, tmp_path, address.format(bucket=bucket[0])))


def test_a_store_that_is_away_is_an_error_and_leaves_nothing_half_copied(tmp_path: Path) -> None:
    with pytest.raises(DataLoadError) as caught:
        total(settings("http://127.0.0.1:9", tmp_path, "gs://bucket/a.csv"))
    assert caught.value.hint
    assert not list(tmp_path.glob("cache/objects/*"))
