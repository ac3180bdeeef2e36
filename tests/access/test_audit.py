"""The audit log: whatever is done to its entries is found, and concurrent writers keep one chain."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError

from datacraft.access import StateStore
from datacraft.access.audit import Head, find_break, recorded
from datacraft.access.audit.chain import hash_of, seal
from datacraft.access.database import StateUnavailable
from datacraft.contracts.access import AuditEntry, AuditRecord
from datacraft.contracts.errors import InputError

NOW = dt.datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=dt.UTC)
FIELDS = ("who", "target", "source", "detail")


def record(number: int = 1, **more: str) -> AuditRecord:
    fields = {"who": "ada", "action": "promote", "target": f"r{number}", "source": "here", "outcome": "done"}
    return AuditRecord.model_validate({**fields, **more})


def chain_of(records: list[AuditRecord]) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    head = Head()
    for number, one in enumerate(records):
        entries.append(seal(one, NOW + dt.timedelta(seconds=number), head))
        head = Head(entries[-1].number, entries[-1].hash)
    return entries


def head_of(entries: list[AuditEntry]) -> Head:
    return Head(entries[-1].number, entries[-1].hash)


records = st.lists(
    st.builds(
        AuditRecord,
        who=st.text(max_size=8),
        action=st.sampled_from(["promote", "rollback", "login"]),
        target=st.text(max_size=8),
        source=st.text(max_size=8),
        outcome=st.sampled_from(["done", "refused", "failed"]),
        detail=st.text(max_size=8),
    ),
    min_size=2,
    max_size=8,
)


@given(records)
def test_entries_as_they_were_written_are_no_break(written: list[AuditRecord]) -> None:
    entries = chain_of(written)
    assert find_break(entries, head_of(entries)) is None
    assert find_break(entries, head_of(entries), known=entries[0].hash) is None


@given(records, st.data())
def test_any_changed_entry_is_found(written: list[AuditRecord], data: st.DataObject) -> None:
    entries = chain_of(written)
    head = head_of(entries)
    place = data.draw(st.integers(0, len(entries) - 1))
    field = data.draw(st.sampled_from([*FIELDS, "at", "action", "outcome", "previous", "hash"]))
    old = getattr(entries[place], field)
    new: object = {
        "at": NOW - dt.timedelta(microseconds=1),
        "action": "logout",
        "outcome": "failed" if old != "failed" else "done",
    }.get(field, f"{old}x")
    entries[place] = entries[place].model_copy(update={field: new})
    found = find_break(entries, head)
    assert found is not None
    assert found.number == place + 1
    # Its own hash made to fit again: what comes after, or the head, no longer does.
    entries[place] = entries[place].model_copy(update={"hash": hash_of(entries[place])})
    found = find_break(entries, head)
    assert (found is None) == (field == "hash")
    assert found is None or found.number in (place + 1, place + 2)


@given(records, st.data())
def test_any_removed_entry_is_found(written: list[AuditRecord], data: st.DataObject) -> None:
    entries = chain_of(written)
    head = head_of(entries)
    first = data.draw(st.integers(0, len(entries) - 1))
    last = data.draw(st.integers(first, len(entries) - 1))
    found = find_break([*entries[:first], *entries[last + 1 :]], head)
    assert found is not None
    assert found.number == first + 1


@given(records, st.data())
def test_any_reordered_entry_is_found(written: list[AuditRecord], data: st.DataObject) -> None:
    entries = chain_of(written)
    one, other = sorted(
        data.draw(st.lists(st.integers(0, len(entries) - 1), min_size=2, max_size=2, unique=True))
    )
    numbers = entries[one].number, entries[other].number
    swapped = list(entries)
    swapped[one] = entries[other].model_copy(update={"number": numbers[0]})
    swapped[other] = entries[one].model_copy(update={"number": numbers[1]})
    found = find_break(swapped, head_of(entries))
    assert found is not None
    assert found.number == one + 1
    moved = list(entries)
    moved[one], moved[other] = entries[other], entries[one]
    assert find_break(moved, head_of(entries)) is not None


@given(records, st.data())
def test_an_added_entry_is_found(written: list[AuditRecord], data: st.DataObject) -> None:
    entries = chain_of(written)
    place = data.draw(st.integers(0, len(entries)))
    before = head_of(entries[:place]) if place else Head()
    added = [*entries[:place], seal(record(), NOW, before), *entries[place:]]
    assert find_break(added, head_of(entries)) is not None


def test_a_log_that_was_written_anew_lacks_the_hash_that_was_kept_elsewhere() -> None:
    entries = chain_of([record(n) for n in range(3)])
    anew = chain_of([record(n, who="eve") for n in range(3)])
    assert find_break(anew, head_of(anew)) is None
    found = find_break(anew, head_of(anew), known=entries[1].hash)
    assert found is not None
    assert "anew" in found.problem


@pytest.fixture
def state(url: str) -> Iterator[StateStore]:
    opened = StateStore(url)
    yield opened
    opened.close()


def run(url: str, *statements: str) -> None:
    """Do what only somebody with all rights on the database can."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    names = {"sqlite": ("datacraft_audit_no_update", "datacraft_audit_no_delete")}
    with engine.begin() as connection:
        for name in names.get(engine.dialect.name, ()):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        if engine.dialect.name == "postgresql":
            connection.execute(text("DROP TRIGGER IF EXISTS datacraft_audit_no_change ON datacraft_audit"))
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_entries_come_back_as_they_were_written_and_are_verified(state: StateStore) -> None:
    assert state.audit.verify() == (Head(), None)
    first = state.audit.append(record(1, detail="Grüße \x00 \ud800 🎉"))
    second = state.audit.append(record(2, who="bo"))
    assert state.audit.latest() == [second, first]
    assert state.audit.latest(who="ada") == [first]
    assert state.audit.latest(action="login") == []
    assert (second.number, second.previous) == (2, first.hash)
    assert state.audit.verify() == (Head(2, second.hash), None)


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE datacraft_audit SET who = 'eve' WHERE number = 2", 2),
        ("UPDATE datacraft_audit SET outcome = 'refused' WHERE number = 4", 4),
        ("DELETE FROM datacraft_audit WHERE number = 3", 3),
        ("DELETE FROM datacraft_audit WHERE number >= 3", 3),
        ("DELETE FROM datacraft_audit", 1),
        ("DELETE FROM datacraft_audit_head", 4),
    ],
)
def test_what_is_done_to_the_table_is_found(state: StateStore, url: str, statement: str, number: int) -> None:
    for one in range(4):
        state.audit.append(record(one))
    run(url, statement)
    _, broken = state.audit.verify()
    assert broken is not None
    assert broken.number == number


@pytest.mark.parametrize(
    "statement", ["UPDATE datacraft_audit SET who = 'eve'", "DELETE FROM datacraft_audit WHERE number = 1"]
)
def test_the_database_itself_refuses_to_change_the_log(state: StateStore, url: str, statement: str) -> None:
    state.audit.append(record())
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with pytest.raises(DatabaseError, match="only grows"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    assert state.audit.verify()[1] is None


def test_what_can_not_be_written_is_said_and_never_taken_for_written(state: StateStore, url: str) -> None:
    state.audit.append(record())
    run(url, "DROP TABLE datacraft_audit")
    with pytest.raises(StateUnavailable, match="audit log"):
        state.audit.append(record())


def test_how_it_ends_is_recorded(state: StateStore) -> None:
    with recorded(state.audit, "ada", "pin", "channel production", "here", "hold"):
        pass
    with pytest.raises(InputError), recorded(state.audit, "ada", "pin", "channel x", "here", "hold"):
        raise InputError("There is no channel.")
    with pytest.raises(ZeroDivisionError), recorded(state.audit, "ada", "pin", "channel x", "here"):
        print(1 / 0)
    found = [(one.outcome, one.detail) for one in reversed(state.audit.latest())]
    assert found == [
        ("done", "hold"),
        ("refused", "hold: There is no channel."),
        ("failed", "ZeroDivisionError"),
    ]


def test_secrets_do_not_get_into_the_log(state: StateStore) -> None:
    key, secret = state.keys.create("ci", "viewer", "ada", dt.timedelta(days=1))
    told = f"with {secret} at postgresql://me:hunter2@host/db, Authorization: Bearer abc.def"
    entry = state.audit.append(record(detail=told))
    assert secret.removeprefix(f"datacraft_{key.id}_") not in entry.detail
    assert "hunter2" not in entry.detail
    assert "abc.def" not in entry.detail


def test_threads_keep_one_chain(state: StateStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        entries = list(pool.map(lambda n: state.audit.append(record(n)), range(80)))
    assert sorted(entry.number for entry in entries) == list(range(1, 81))
    head, broken = state.audit.verify()
    assert (head.number, broken) == (80, None)


WRITER = """
import sys
from datacraft.access import StateStore
from datacraft.contracts.access import AuditRecord
state = StateStore(sys.argv[1])
for number in range(25):
    state.audit.append(AuditRecord(who=sys.argv[2], action="pin", target=str(number), source="", outcome="done"))
"""


def test_processes_keep_one_chain(url: str) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", WRITER, url, who], stderr=subprocess.PIPE, text=True)
        for who in ("a", "b", "c")
    ]
    for process in started:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    state = StateStore(url)
    head, broken = state.audit.verify()
    assert (head.number, broken) == (75, None)
    for who in ("a", "b", "c"):
        mine = [entry.target for entry in reversed(state.audit.latest(100, who=who))]
        assert mine == [str(number) for number in range(25)]
    state.close()


def test_a_log_that_grows_meanwhile_is_no_break(state: StateStore) -> None:
    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(lambda: [state.audit.append(record(n)) for n in range(60)])
        looks = []
        while not writing.done():
            looks.append(state.audit.verify())
    assert looks
    assert all(broken is None for _, broken in looks)
