from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registries import NOW, folder_registry, metadata

from datacraft.contracts.errors import RegistryError
from datacraft.registry import Listing, StoredObject
from datacraft.registry.documents import parse_channel, parse_release
from datacraft.registry.newest import format_time, newest_first

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
GOOD = metadata("20250101T000000Z_abc")


@settings(max_examples=100)
@given(data=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_arbitrary_bytes_and_json_give_only_registry_errors(data: bytes) -> None:
    for parse in (parse_release, parse_channel):
        with pytest.raises(RegistryError):
            parse(data, "file.json")


@settings(max_examples=150)
@given(field=st.sampled_from(sorted(GOOD)), value=JSON)
def test_one_arbitrary_field_gives_metadata_or_a_registry_error(field: str, value: Any) -> None:
    try:
        parse_release(json.dumps({**GOOD, field: value}).encode(), "file.json")
    except RegistryError as error:
        assert "file.json" in error.message


@settings(max_examples=50)
@given(cut=st.integers(0, len(json.dumps(GOOD)) - 1))
def test_metadata_that_was_cut_anywhere_never_passes(cut: int) -> None:
    with pytest.raises(RegistryError, match="half-written"):
        parse_release(json.dumps(GOOD).encode()[:cut], "file.json")


class PagedStore:
    """A store that pages as Cloud Storage does, and counts requests and names."""

    url = "test://"

    def __init__(self, names: list[str], page: int) -> None:
        self.names, self.page = sorted(names), page
        self.requests = self.sent = 0

    def read(self, path: str) -> StoredObject:
        raise NotImplementedError

    def exists(self, path: str) -> bool:
        raise NotImplementedError

    def list(self, folder: str, *, start: str = "", end: str = "", limit: int = 200) -> Listing:
        found = [name for name in self.names if name >= start and (not end or name < end)]
        self.requests += 1
        self.sent += len(found[: self.page])
        return Listing((), tuple(found[: self.page]), len(found) <= self.page)


AGES = st.integers(-10_000, 10_000_000) | st.integers(0, 900_000_000)


@settings(max_examples=100)
@given(ages=st.lists(AGES, max_size=60), page=st.integers(1, 5))
def test_the_newest_come_first_and_none_is_left_out(ages: list[int], page: int) -> None:
    names = {
        f"{format_time(NOW - dt.timedelta(seconds=age))}_{number % 3}" for number, age in enumerate(ages)
    }
    store = PagedStore([*names, "0-stray", "9-stray", "zebra"], page)
    found = [name for name in newest_first(store, "models", NOW) if not name.endswith("stray")]
    assert found == sorted(names, reverse=True)


@pytest.mark.parametrize("years", [0, 3], ids=["newest of now", "newest three years ago"])
def test_finding_the_newest_costs_no_more_among_a_hundred_thousand(years: int) -> None:
    last = NOW - dt.timedelta(days=365 * years)
    cost = {}
    for count in (10, 100_000):
        store = PagedStore(
            [f"{format_time(last - dt.timedelta(minutes=15 * n))}_x" for n in range(count)], 200
        )
        assert next(newest_first(store, "models", NOW)) == f"{format_time(last)}_x"
        cost[count] = (store.requests, store.sent)
    assert cost[100_000][0] <= cost[10][0] + 20
    assert cost[100_000][1] <= 20 * 200


def test_a_thousand_releases_of_one_second_are_found(tmp_path: Path) -> None:
    registry = folder_registry(tmp_path)
    for number in range(1000):
        (tmp_path / "models" / f"20250101T000000Z_{number:04}").mkdir(parents=True)
    assert next(newest_first(registry.store, "models", NOW)) == "20250101T000000Z_0999"
