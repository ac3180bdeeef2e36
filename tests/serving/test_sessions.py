"""What sessions remember."""

from __future__ import annotations

from shop import group, plan_of

from datacraft.contracts.proposal import Turn
from datacraft.serving.sessions import Sessions


def turn(question: str) -> Turn:
    return Turn(question=question, plan=plan_of(group("region")))


def questions(sessions: Sessions, session: str | None) -> list[str]:
    return [t.question for t in sessions.turns(session)]


def test_only_the_latest_turns_are_kept() -> None:
    sessions = Sessions(max_turns=2)
    for question in "abc":
        sessions.add("s", turn(question))
    assert questions(sessions, "s") == ["b", "c"]


def test_the_session_used_longest_ago_makes_room() -> None:
    sessions = Sessions(max_sessions=2)
    sessions.add("one", turn("1"))
    sessions.add("two", turn("2"))
    sessions.turns("one")
    sessions.add("three", turn("3"))
    assert [questions(sessions, s) for s in ("one", "two", "three")] == [["1"], [], ["3"]]


def test_a_question_without_a_session_leaves_no_trace() -> None:
    sessions = Sessions()
    sessions.add(None, turn("a"))
    assert questions(sessions, None) == []


def test_an_old_session_is_restored_once_when_it_is_needed() -> None:
    asked: list[str] = []

    def restore(session: str) -> list[Turn]:
        asked.append(session)
        return [turn("old")]

    sessions = Sessions(restore=restore)
    sessions.add("s", turn("new"))
    assert questions(sessions, "s") == ["new"]
    assert questions(sessions, "t") == ["old"]
    assert questions(sessions, "t") == ["old"]
    assert asked == ["t"]
    sessions.forget("t")
    sessions.replace("t", [turn("other")])
    assert questions(sessions, "t") == ["other"]
