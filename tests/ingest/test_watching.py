"""A watched folder: what comes is loaded once it is whole, and what is broken stops nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from datacraft.contracts.errors import DataCraftError
from datacraft.ingest import IngestOptions, IngestReport
from datacraft.ingest.watching import watch

HEAD = "order_id,city,amount\n"
Happening = Callable[[], object]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


def seen(inbox: Path, warehouse: Path, *happenings: Happening) -> list[IngestReport | DataCraftError]:
    """Return how loads ended while one thing after the other happened between two looks."""
    left: Iterator[Happening] = iter(happenings)

    def wait() -> bool:
        happening = next(left, None)
        if happening is None:
            return False
        happening()
        return True

    return list(watch([inbox], IngestOptions(warehouse), wait))


def rows_of(path: Path, first: int, count: int) -> Happening:
    return lambda: path.write_text(HEAD + "".join(f"{n},Rome,{n}.5\n" for n in range(first, first + count)))


def nothing() -> None:
    return


def test_what_comes_is_loaded_when_it_is_whole(inbox: Path, warehouse: Path) -> None:
    part, whole = rows_of(inbox / "orders_1.csv", 0, 3), rows_of(inbox / "orders_1.csv", 0, 9)
    found = seen(
        inbox, warehouse, part, whole, nothing, nothing, rows_of(inbox / "orders_2.csv", 9, 4), nothing
    )
    assert [one.tables[0].rows_after for one in found if isinstance(one, IngestReport)] == [9, 13]
    assert len(found) == 2


def test_an_empty_folder_is_waited_at(inbox: Path, warehouse: Path) -> None:
    assert seen(inbox, warehouse, nothing, nothing) == []
    assert not warehouse.exists()


def test_what_is_broken_is_told_once_and_what_comes_after_it_is_loaded(inbox: Path, warehouse: Path) -> None:
    broken = inbox / "orders_1.csv"
    found = seen(
        inbox,
        warehouse,
        lambda: broken.write_bytes(b"\x7fELF" + bytes(range(256)) * 20),
        nothing,
        nothing,
        rows_of(broken, 0, 5),
        nothing,
    )
    assert isinstance(found[0], DataCraftError)
    assert isinstance(found[1], IngestReport)
    assert found[1].tables[0].rows_after == 5
    assert len(found) == 2
