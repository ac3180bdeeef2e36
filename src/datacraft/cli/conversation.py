"""`Conversation`: what a person types in a chat, and what happens then."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from datacraft.cli.output.talk import say

if TYPE_CHECKING:
    from datacraft.contracts.answer import Answer
    from datacraft.serving import QueryHandler

HELP = "Ask about the data. /sql shows the last SQL, /new starts anew, /quit leaves."


class Conversation:
    """One person's questions in one session."""

    def __init__(self, handler: QueryHandler) -> None:
        self._handler = handler
        self._session = uuid.uuid4().hex
        self._last: Answer | None = None

    def hear(self, line: str) -> bool:
        """Act on what was typed; False where the person leaves."""
        match line.strip():
            case "":
                pass
            case "/quit" | "/exit" | "quit" | "exit":
                return False
            case "/help":
                say(HELP)
            case "/new":
                self._session, self._last = uuid.uuid4().hex, None
                say("A new conversation.")
            case "/sql":
                self._show_sql()
            case command if command.startswith("/"):
                say(f"There is no {command.split()[0]}. {HELP}")
            case question:
                self._ask(self._chosen(question))
        return True

    def _chosen(self, typed: str) -> str:
        """Return the choice of the last answer that a number picks, else what was typed."""
        choices = self._last.error.choices if self._last and self._last.error else []
        if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(choices):
            say(choices[int(typed) - 1])
            return choices[int(typed) - 1]
        return typed

    def _ask(self, question: str) -> None:
        from datacraft.cli.asking import Show, show_answer

        self._last = self._handler.ask(question, self._session)
        show_answer(self._last, Show())
        if self._last.error and self._last.error.choices:
            say("Type a number, or ask in another way.")

    def _show_sql(self) -> None:
        if self._last is None or self._last.sql is None:
            say("There is no SQL yet.")
        else:
            say(self._last.sql)
