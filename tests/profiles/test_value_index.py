"""The value index finds what people type in the data: exactly, in part, and misspelled."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacraft.contracts.errors import InputError
from datacraft.profiles import ValueIndex, build_value_index, infer_semantic_model, normalise
from datacraft.profiles.value_index_file import IndexReport

SCHEMA = """
CREATE TABLE people AS SELECT i AS id, ['John Smith', 'Jöhn Schmidt', 'Ann O''Neill', 'Mary-Jane Smith', 'Li Wei'][i] AS name,
    ['New York', 'San Francisco', 'new york', 'München', 'São Paulo'][i] AS city, 'p' || i || '@mail.example' AS email,
    ['A', 'B+', 'B', 'C#', 'C'][i] AS grade, repeat('A long story about life. ', 5) || i AS story
FROM range(1, 6) r(i);
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, IndexReport]:
    path = tmp_path_factory.mktemp("index") / "values.sqlite"
    with duckdb.connect() as connection:
        connection.execute(SCHEMA)
        report = build_value_index(connection, infer_semantic_model(connection), path)
    return path, report


@pytest.fixture
def index(built: tuple[Path, IndexReport]) -> Iterator[ValueIndex]:
    with ValueIndex(built[0]) as opened:
        yield opened


def test_values_are_found_whatever_their_case_accents_and_punctuation(index: ValueIndex) -> None:
    found = index.lookup(["NEW YORK", "munchen", "sao paulo", "mary jane smith", "nowhere"])
    assert {hit.value for hit in found["NEW YORK"]} == {"New York", "new york"}
    assert found["munchen"][0].value == "München"
    assert found["sao paulo"][0].value == "São Paulo"
    assert found["mary jane smith"][0].column == "name"
    assert "nowhere" not in found


def test_a_plus_or_sharp_makes_another_value(index: ValueIndex) -> None:
    found = index.lookup(["b", "b+", "c#"])
    assert [hit.value for hit in found["b"]] == ["B"]
    assert [hit.value for hit in found["b+"]] == ["B+"]
    assert [hit.value for hit in found["c#"]] == ["C#"]


def test_whole_words_are_found_inside_longer_values(index: ValueIndex) -> None:
    assert {hit.value for hit in index.containing("smith")} == {"John Smith", "Mary-Jane Smith"}
    assert [hit.value for hit in index.containing(["smith", "mary"])] == ["Mary-Jane Smith"]
    assert index.containing("smit") == []
    assert len(index.containing("smith", limit=1)) == 1


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("san fransisco", "San Francisco"),
        ("newyork", "New York"),
        ("jhon smith", "John Smith"),
        ("munchn", "München"),
        ("oneill", "Ann O'Neill"),
        ("sanfrancisco", "San Francisco"),
    ],
)
def test_misspelled_values_are_found(index: ValueIndex, typed: str, meant: str) -> None:
    assert meant in [hit.value for hit in index.similar(typed, limit=3, cutoff=0.6)]


def test_what_resembles_nothing_finds_nothing(index: ValueIndex) -> None:
    assert index.similar("elephant") == []
    assert index.similar("") == []
    assert index.lookup(["", "  ", "?!"]) == {}


def test_private_and_long_texts_are_left_out_and_named(
    built: tuple[Path, IndexReport], index: ValueIndex
) -> None:
    reasons = {left.column: left.reason for left in built[1].left_out}
    assert set(reasons) == {"email", "story"}
    assert {left.column for left in index.left_out()} == {"email", "story"}
    assert index.lookup(["p1@mail.example"]) == {}


def test_threads_share_one_index(index: ValueIndex) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(
            pool.map(
                lambda _: index.lookup(["new york"])["new york"] + index.similar("jhon smith"), range(64)
            )
        )
    assert all(result == results[0] for result in results)


def test_more_phrases_than_one_query_takes_are_looked_up(index: ValueIndex) -> None:
    found = index.lookup([f"phrase {number}" for number in range(2000)] + ["li wei"])
    assert list(found) == ["li wei"]


def test_a_missing_or_foreign_file_is_a_named_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no value index"):
        ValueIndex(tmp_path / "none.sqlite")
    other = tmp_path / "other.sqlite"
    other.write_bytes(b"not a database, but long enough to look like one" * 50)
    with pytest.raises(InputError, match="not a value index"):
        ValueIndex(other)
    empty = tmp_path / "empty.sqlite"
    empty.touch()
    with pytest.raises(InputError, match="format 0"):
        ValueIndex(empty)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert once == once.strip()
    assert "  " not in once
