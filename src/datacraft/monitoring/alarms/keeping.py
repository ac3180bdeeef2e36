"""`MonitoringPlace`: reports, alarms and acts of a channel, in the registry, so that any machine goes on with them.

In `monitoring/{channel}/`: `reports/{time}_{status}/report.json`, written once; `acts/{time}_{action}/act.json` and
`alarms.json`, changed by compare-and-set; `cases/{time}_{count}/questions.json`, drafts for the question set.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from datacraft.contracts.alarm import Act, AlarmBook
from datacraft.contracts.errors import InputError, RegistryError
from datacraft.contracts.monitoring import ProductionReport
from datacraft.contracts.question_set import QuestionSet
from datacraft.registry import ObjectChanged, ObjectMissing, ObjectStore
from datacraft.registry.documents import parse_document, write_document
from datacraft.registry.newest import format_time, newest_first

_TRIES = 8
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class MonitoringPlace:
    """Where monitoring keeps what it knows of one channel."""

    store: ObjectStore
    channel: str

    @property
    def folder(self) -> str:
        """In the registry."""
        return f"monitoring/{self.channel}"

    def write_report(self, report: ProductionReport) -> str:
        """Write a report; return its path.

        Raises:
            RegistryError: it could not be written, or there is another one of the same second.
        """
        path = self._report(f"{format_time(report.at)}_{report.health.status}")
        self.store.create(path, write_document(report))
        return path

    def report_names(self, now: dt.datetime) -> Iterator[str]:
        """Return the names of the reports, the latest first; lazy."""
        return newest_first(self.store, f"{self.folder}/reports", now)

    def read_report(self, name: str) -> ProductionReport:
        """Return a report.

        Raises:
            RegistryError: it can't be read.
        """
        path = self._report(name)
        return parse_document(self.store.read(path).data, path, ProductionReport, 1, RegistryError)

    def _report(self, name: str) -> str:
        return f"{self.folder}/reports/{name}/report.json"

    def write_cases(self, drafts: QuestionSet, now: dt.datetime) -> str:
        """Write cases that are proposed; return their path.

        Raises:
            RegistryError: they could not be written, or there are others of the same second.
        """
        path = f"{self.folder}/cases/{format_time(now)}_{len(drafts.cases)}/questions.json"
        self.store.create(path, write_document(drafts))
        return path

    def read_book(self) -> AlarmBook:
        """Return the alarms; where nothing was looked at yet, none.

        Raises:
            RegistryError: they can't be read.
        """
        return self._book()[0]

    def change_book(self, change: Callable[[AlarmBook], tuple[AlarmBook, _Result]]) -> _Result:
        """Change the alarms by compare-and-set; return what the change returns.

        Args:
            change: from the book as it is to the book as it shall be; called again where somebody else was first.

        Raises:
            RegistryError: they can't be read or written, or others change them all the time.
        """
        path = f"{self.folder}/alarms.json"
        for _ in range(_TRIES):
            book, generation = self._book()
            after, result = change(book)
            if after == book:
                return result
            try:
                self.store.replace(path, write_document(after), generation=generation)
            except ObjectChanged:
                continue
            return result
        raise RegistryError(f"{path} was changed by others {_TRIES} times.", hint="Try again.")

    def _book(self) -> tuple[AlarmBook, int]:
        path = f"{self.folder}/alarms.json"
        try:
            found = self.store.read(path)
        except ObjectMissing:
            return AlarmBook(), 0
        return parse_document(found.data, path, AlarmBook, 1, RegistryError), found.generation

    def begin(self, one: Act) -> None:
        """Write a new act.

        Raises:
            RegistryError: it can't be written, or there is one of this id.
        """
        self.store.create(self._act(one.id), write_document(one))

    def acts(self, now: dt.datetime, most: int = 50) -> list[Act]:
        """Return the latest acts, the latest first.

        Raises:
            RegistryError: they can't be read.
        """
        names = islice(newest_first(self.store, f"{self.folder}/acts", now), most)
        return [self._read_act(name)[0] for name in names]

    def change_act(self, act_id: str, change: Callable[[Act], Act]) -> Act:
        """Change an act by compare-and-set; return it.

        Raises:
            InputError: there is none of this id.
            RegistryError: it can't be read or written, or others change it all the time.
        """
        for _ in range(_TRIES):
            before, generation = self._read_act(act_id)
            after = change(before)
            try:
                self.store.replace(self._act(act_id), write_document(after), generation=generation)
            except ObjectChanged:
                continue
            return after
        raise RegistryError(f"{self._act(act_id)} was changed by others {_TRIES} times.", hint="Try again.")

    def _read_act(self, act_id: str) -> tuple[Act, int]:
        path = self._act(act_id)
        try:
            found = self.store.read(path)
        except ObjectMissing as error:
            raise InputError(
                f"There is no act {act_id!r} on {self.channel}.", hint="See: datacraft monitor acts list"
            ) from error
        return parse_document(found.data, path, Act, 1, RegistryError), found.generation

    def _act(self, act_id: str) -> str:
        return f"{self.folder}/acts/{act_id}/act.json"
