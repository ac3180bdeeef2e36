"""The history of conversations, on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from datacraft.access import Feedback, HistoryStore
from datacraft.access.history.store import HistoryUnavailable
from datacraft.contracts.answer import Answer, Chart, ResultColumn
from datacraft.contracts.errors import ConfigError, ErrorInfo, InputError
from datacraft.contracts.plan import ColumnRef, Output, QueryPlan

NOW = dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
PLAN = QueryPlan(root="t", outputs=(Output(name="day", expression=ColumnRef(table="t", column="day")),))


def answer(number: int, session: str | None = "c1", **more: object) -> Answer:
    return Answer(
        question_id=f"{session}-q{number}",
        session=session,
        question=f"question {number}",
        asked_at=NOW + dt.timedelta(seconds=number),
        plan=PLAN,
        **more,  # type: ignore[arg-type]
    )


FULL = {
    "sql": "SELECT 1",
    "columns": [
        ResultColumn(name="day", label="day", type="date"),
        ResultColumn(name="at", label="at", type="timestamp"),
        ResultColumn(name="sales", label="sales", type="number", unit="USD", role="measure"),
    ],
    "rows": [[dt.date(2023, 1, 1), dt.datetime(2023, 1, 1, 12), 1.5], [None, None, None]],
    "chart": Chart(kind="bar", plotly={"data": [], "layout": {}}, alt="Bars"),
    "explanation": "Sales · 売上 🎉",
    "confidence": 0.9,
}


def test_a_conversation_comes_back_as_it_was(store: HistoryStore) -> None:
    first, second = answer(1, **FULL), answer(2, error=ErrorInfo(code="ambiguous", message="Which?"))
    store.save_turn("ana", first)
    store.save_turn("ana", second)
    assert [saved.answer for saved in store.load_conversation("ana", "c1")] == [first, second]


def test_conversations_survive_a_restart_and_are_listed_latest_first(url: str) -> None:
    times = iter([NOW + dt.timedelta(minutes=m) for m in range(10)])
    store = HistoryStore(url, clock=lambda: next(times))
    for number, session in enumerate(("c1", "c2", "c1")):
        store.save_turn("ana", answer(number, session))
    store.close()
    again = HistoryStore(url)
    listed = again.list_conversations("ana")
    assert [(c.id, c.turns, c.created_at, c.updated_at) for c in listed] == [
        ("c1", 2, NOW, NOW + dt.timedelta(minutes=2)),
        ("c2", 1, NOW + dt.timedelta(minutes=1), NOW + dt.timedelta(minutes=1)),
    ]
    assert [c.id for c in again.list_conversations("ana", limit=1)] == ["c1"]
    again.close()


def test_the_first_question_is_the_title_until_somebody_gives_another(store: HistoryStore) -> None:
    store.save_turn("ana", answer(1).model_copy(update={"question": "how\nmany  orders " + "x" * 200}))
    (listed,) = store.list_conversations("ana")
    assert listed.title.startswith("how many orders xxx")
    assert len(listed.title) == 80
    store.rename("ana", "c1", " Orders ")
    assert store.list_conversations("ana")[0].title == "Orders"
    with pytest.raises(InputError):
        store.rename("ana", "c1", "  ")


def test_nobody_sees_or_changes_what_belongs_to_somebody_else(store: HistoryStore) -> None:
    store.save_turn("ana", answer(1))
    assert store.list_conversations("bo") == []
    assert not store.owns("bo", "c1")
    assert store.owns("ana", "c1")
    assert store.owns("bo", "new")
    for attempt in (
        lambda: store.load_conversation("bo", "c1"),
        lambda: store.delete("bo", "c1"),
        lambda: store.rename("bo", "c1", "mine"),
        lambda: store.save_turn("bo", answer(2)),
        lambda: store.save_feedback("bo", "c1-q1", "down"),
    ):
        with pytest.raises(InputError):
            attempt()
    assert [saved.answer.question for saved in store.load_conversation("ana", "c1")] == ["question 1"]


def test_the_latest_opinion_counts(store: HistoryStore) -> None:
    store.save_turn("ana", answer(1))
    store.save_turn("ana", answer(2))
    store.save_feedback("ana", "c1-q1", "down", "wrong\x00 year")
    store.save_feedback("ana", "c1-q1", "up")
    store.save_feedback("ana", "c1-q2", "down", "wrong\x00 year")
    feedback = [saved.feedback for saved in store.load_conversation("ana", "c1")]
    assert feedback == [Feedback("up", None), Feedback("down", "wrong\ufffd year")]


def test_a_deleted_conversation_is_gone_with_all_it_held(store: HistoryStore) -> None:
    store.save_turn("ana", answer(1))
    store.save_feedback("ana", "c1-q1", "up")
    store.delete("ana", "c1")
    assert store.list_conversations("ana") == []
    with pytest.raises(InputError):
        store.load_conversation("ana", "c1")
    store.save_turn("ana", answer(1))
    assert store.load_conversation("ana", "c1")[0].feedback is None


def test_follow_ups_find_the_answered_questions_again(store: HistoryStore) -> None:
    store.save_turn("ana", answer(1))
    store.save_turn("ana", answer(2, error=ErrorInfo(code="ambiguous", message="Which?")))
    store.save_turn("ana", answer(3))
    assert [(turn.question, turn.plan) for turn in store.turns("c1")] == [
        ("question 1", PLAN),
        ("question 3", PLAN),
    ]
    assert store.turns("unknown") == []


def test_of_a_long_result_the_first_rows_are_kept_and_that_is_said(store: HistoryStore) -> None:
    columns = [ResultColumn(name="n", label="n", type="integer")]
    store.save_turn("ana", answer(1, columns=columns, rows=[[n] for n in range(5_000)]))
    (saved,) = store.load_conversation("ana", "c1")
    assert len(saved.answer.rows) == 1_000
    assert saved.answer.truncated
    assert "5,000" in saved.answer.notes[0]


@pytest.mark.parametrize("session", [None, "", "x" * 65])
def test_an_answer_without_a_usable_session_is_refused(store: HistoryStore, session: str | None) -> None:
    with pytest.raises(InputError):
        store.save_turn("ana", answer(1, session))


def test_questions_with_any_text_can_be_saved(store: HistoryStore) -> None:
    odd = answer(1).model_copy(update={"question": "\x00 ' \" ; DROP TABLE x -- 🎉"})
    store.save_turn("ana", odd)
    assert store.load_conversation("ana", "c1")[0].answer.question == odd.question


def test_many_threads_save_into_one_conversation_and_many(store: HistoryStore) -> None:
    jobs = [answer(n, session) for n in range(12) for session in ("c1", "c2", "c3")]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda job: store.save_turn("ana", job), jobs))
    for session in ("c1", "c2", "c3"):
        saved = {turn.answer.question_id for turn in store.load_conversation("ana", session)}
        assert saved == {f"{session}-q{n}" for n in range(12)}


START = """
import sys
from datacraft.access import HistoryStore
HistoryStore(sys.argv[1]).close()
"""


def test_several_processes_may_start_at_once(url: str) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", START, url], stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in started:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors


def test_an_answer_that_can_not_be_read_any_more_is_left_out_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    import sqlite3

    store = HistoryStore(f"sqlite:///{tmp_path}/h.db")
    store.save_turn("ana", answer(1))
    store.save_turn("ana", answer(2))
    with sqlite3.connect(tmp_path / "h.db") as other:
        other.execute("UPDATE datacraft_turns SET answer = '{}' WHERE position = 1")
    assert [saved.answer.question for saved in store.load_conversation("ana", "c1")] == ["question 2"]
    assert "c1-q1" in caplog.text


def test_sqlite_writes_ahead_so_that_readers_never_wait(tmp_path: Path) -> None:
    import sqlite3

    HistoryStore(f"sqlite:///{tmp_path}/h.db").close()
    with sqlite3.connect(tmp_path / "h.db") as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_database_that_fails_later_is_told_as_such(tmp_path: Path) -> None:
    import sqlite3

    store = HistoryStore(f"sqlite:///{tmp_path}/h.db")
    with sqlite3.connect(tmp_path / "h.db") as other:
        other.execute("DROP TABLE datacraft_turns")
    with pytest.raises(HistoryUnavailable):
        store.save_turn("ana", answer(1))
    with pytest.raises(HistoryUnavailable):
        store.list_conversations("ana")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "can't be read"),
        ("oracle+nothing://x/y", "driver"),
        ("sqlite:////dev/null/x/h.db", "can't be opened"),
        ("postgresql://me:hunter2@127.0.0.1:1/x", "can't be opened"),
    ],
)
def test_an_address_that_does_not_work_says_why_and_hides_the_password(url: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        HistoryStore(url)
    assert said in caught.value.message
    assert "hunter2" not in caught.value.message
    assert caught.value.hint


def test_nothing_imports_sqlalchemy_before_the_history_is_used() -> None:
    code = "import sys, datacraft.access; assert not any(m.startswith('sqlalchemy') for m in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
