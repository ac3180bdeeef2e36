"""What people say to alarms: that they look after one, or don't want to hear of it. Changes for `change_book`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from datacraft.contracts.alarm import AlarmBook, Word
from datacraft.contracts.errors import InputError

Change: TypeAlias = Callable[[AlarmBook], tuple[AlarmBook, None]]


def acknowledged(name: str, word: Word) -> Change:
    """Return what notes who looks after an alarm; raises InputError where there is none of that name."""

    def change(book: AlarmBook) -> tuple[AlarmBook, None]:
        _known(book, name)
        alarms = tuple(
            one.model_copy(update={"acknowledged": word}) if one.name == name else one for one in book.alarms
        )
        return book.model_copy(update={"alarms": alarms}), None

    return change


def muted(name: str, word: Word) -> Change:
    """Return what mutes an alarm until the word ends; raises InputError where there is none of that name."""

    def change(book: AlarmBook) -> tuple[AlarmBook, None]:
        _known(book, name)
        return book.model_copy(update={"mutes": {**book.mutes, name: word}}), None

    return change


def speaking_again(name: str) -> Change:
    """Return what lets an alarm speak again."""

    def change(book: AlarmBook) -> tuple[AlarmBook, None]:
        return book.model_copy(
            update={"mutes": {key: one for key, one in book.mutes.items() if key != name}}
        ), None

    return change


def _known(book: AlarmBook, name: str) -> None:
    if name not in {one.name for one in book.alarms}:
        names = ", ".join(one.name for one in book.alarms) or "none"
        raise InputError(f"There is no alarm {name!r} now.", hint=f"There are: {names}.")
