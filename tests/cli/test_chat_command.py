"""`datacraft chat`: follow-ups, choices by number, and what can be completed."""

from __future__ import annotations

import io

import pytest
from command_line import Command

from datacraft.cli.conversation import Conversation
from datacraft.cli.prompt import data_words
from datacraft.contracts.errors import ErrorInfo
from datacraft.contracts.semantic import Column, ColumnType, Role, SemanticModel, Table

CHAT = ("chat", "--data", "sales.csv")


def type_in(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_lines_of_a_pipe_are_answered_one_after_the_other(
    datacraft: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_in(monkeypatch, "total sales", "", "total sales by region")
    run = datacraft(*CHAT)
    assert run.code == 0
    assert "1,360" in run.out
    assert "North" in run.out


def test_commands_show_sql_start_anew_and_leave(datacraft: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "/sql", "total sales", "/sql", "/new", "/help", "/dance", "/quit", "sales by region")
    run = datacraft(*CHAT)
    assert "There is no SQL yet." in run.err
    assert "SELECT" in run.err
    assert "A new conversation." in run.err
    assert "There is no /dance." in run.err
    assert "North" not in run.out


def test_an_unanswered_question_does_not_end_the_chat(
    datacraft: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_in(monkeypatch, "sales of the frobnicators by zeppelin colour", "total sales")
    run = datacraft(*CHAT)
    assert run.code == 0
    assert "1,360" in run.out


class AskingBack:
    """Asks back once, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def ask(self, question: str, session: str | None = None) -> object:
        import datetime as dt

        from datacraft.contracts.answer import Answer

        self.asked.append(question)
        choices = ["sales by region", "sales by product"] if len(self.asked) == 1 else []
        error = ErrorInfo(code="ambiguous", message="By what?", choices=choices)
        return Answer(question_id="1", question=question, error=error, asked_at=dt.datetime.now(dt.UTC))


def test_a_number_picks_a_choice_only_where_there_are_choices(capsys: pytest.CaptureFixture[str]) -> None:
    handler = AskingBack()
    conversation = Conversation(handler)  # type: ignore[arg-type]
    for line in ("sales", "2", "2"):
        assert conversation.hear(line)
    assert handler.asked == ["sales", "sales by product", "2"]
    assert "1. sales by region" in capsys.readouterr().err


def test_names_synonyms_and_values_can_be_completed_but_not_personal_ones() -> None:
    columns = [
        Column(name="ship_mode", type=ColumnType.TEXT, role=Role.DIMENSION, values=["Same Day"], synonyms=["way"]),
        Column(name="name", type=ColumnType.TEXT, role=Role.TEXT, values=["Ada"], sensitive=True),
    ]  # fmt: skip
    words = data_words(SemanticModel(tables=[Table(name="big_orders", entity="order", columns=columns)]))
    assert words == ["Same Day", "big orders", "name", "ship mode", "way"]
