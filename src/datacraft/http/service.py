"""`Service`: what one serving process has: its data, its workers, its history, its figures."""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Literal

from datacraft.access import StateStore
from datacraft.access.signin.signin import SignIn
from datacraft.config import Settings
from datacraft.contracts.answer import Answer
from datacraft.contracts.errors import DataCraftError
from datacraft.http.datasets import DataSet, OpenData, open_data_set
from datacraft.http.errors import NotReady
from datacraft.http.metrics import Face, Metrics
from datacraft.http.refusals import Refusals
from datacraft.http.uploads import Uploads
from datacraft.http.workers import Job, Workers
from datacraft.serving import StepEvent

log = logging.getLogger(__name__)

Event = StepEvent | Answer


class Service:
    """Answers for the API and the page. Safe to use from several threads.

    Args:
        settings: that hold.
        data_paths: files, folders or databases to ask about; by default those of the settings.
        open_data: loads the data that is served.

    Raises:
        ConfigError: the state database can't be opened, or the sign-in is not set up.
    """

    def __init__(
        self,
        settings: Settings,
        data_paths: Sequence[Path | str] | None = None,
        *,
        open_data: OpenData = open_data_set,
    ) -> None:
        self.settings = settings
        self.state = StateStore(settings.database_url)
        self.history = self.state.history
        self.sign_in = SignIn(settings.access, self.state)
        self.refusals = Refusals(self.state.audit)
        self.metrics = Metrics()
        serve = settings.serve
        self.workers = Workers(
            serve.concurrency, serve.queue, wait_s=serve.queue_timeout_s, timeout_s=serve.timeout_s
        )
        self.uploads = Uploads(settings, restore=self.history.turns)
        self._paths = list(settings.asked_about if data_paths is None else data_paths)
        self._open_data = open_data
        self._data: DataSet | None = None
        self._failure: DataCraftError | None = None
        self._opener: threading.Thread | None = None
        self.metrics.watch(
            lambda: self.workers.running, lambda: self.workers.waiting, lambda: self._data is not None
        )
        self.metrics.watch_telemetry(
            lambda: self._data.handler.telemetry_figures() if self._data is not None else None
        )

    def start(self) -> None:
        """Begin to load the data, in the background: the process is alive before it is ready."""
        if not self._paths:
            self._failure = NotReady(
                "There is no data to ask about.",
                hint="Start with --data FILE, or upload a file on the page.",
            )
        else:
            self._opener = threading.Thread(target=self._open, name="open-data", daemon=True)
            self._opener.start()

    @property
    def data(self) -> DataSet:
        """The data that is served.

        Raises:
            NotReady: it is being loaded, there is none, or it can't be read.
        """
        if self._data is not None:
            return self._data
        if self._failure is not None:
            raise NotReady(self._failure.message, hint=self._failure.hint)
        raise NotReady("The data is being loaded.", hint="Try again in a moment.")

    @property
    def loading(self) -> bool:
        """Whether the data may yet come."""
        return self._data is None and self._failure is None

    def submit(self, question: str, session: str, data: DataSet, face: Face) -> Job[Event]:
        """Queue a question.

        Raises:
            Busy: too many wait already.
        """

        def work() -> Generator[Event, None, None]:
            for event in data.handler.stream(question, session):
                if isinstance(event, Answer):
                    self.metrics.answer(event, face)
                yield event

        return self.workers.submit(work)

    def feedback(
        self, question_id: str, thumb: Literal["up", "down"], comment: str | None, data: DataSet, face: Face
    ) -> None:
        """Record what a person thinks of an answer."""
        data.handler.feedback(question_id, thumb, comment=comment)
        self.metrics.feedback(thumb, face)

    def close(self) -> None:
        """Answer what is being answered, and let go of everything."""
        self.workers.close()
        self.uploads.close()
        if self._opener is not None:
            self._opener.join()
        if self._data is not None:
            self._data.close()
        try:
            self.refusals.close()
        except DataCraftError as error:
            log.warning("the last refused sign-ins are not in the audit log: %s", error.message)
        self.state.close()

    def _open(self) -> None:
        try:
            self._data = self._open_data(self.settings, self._paths, restore=self.history.turns)
        except DataCraftError as error:
            log.error("the data can't be asked about: %s %s", error.message, error.hint or "")
            self._failure = error
        except Exception:  # the edge of a thread: /ready says that it failed, the log says why
            log.exception("the data can't be asked about")
            self._failure = NotReady("The data could not be loaded.", hint="The server's log says why.")
