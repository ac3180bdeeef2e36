"""`Copies`: hands what was answered to a shadow, where one is wanted, without ever holding up an answer."""

from __future__ import annotations

import logging
import os
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Full, Queue

from pydantic import ValidationError

from datacraft.contracts.answer import Answer
from datacraft.contracts.proposal import Turn
from datacraft.contracts.shadow import ShadowCopy, ShadowOrder, ShownAnswer

log = logging.getLogger(__name__)

ORDER = "shadow.json"
"""In the state folder: what is wanted; whoever wants it touches it all the time."""
FORGOTTEN_S = 120.0
"""An order that nobody has touched for so long is none: whoever gave it has died."""
_LOOK_S = 1.0
_WAITING = 100
_MOST_ROWS = 1_000
_MOST_BYTES = 20_000_000


class Copies:
    """Copies answers to a file of this process, from a thread of its own. Safe to use from several threads.

    What can't be taken is left out: a full queue, a full file, a result of more than 1,000 rows.

    Args:
        state_dir: where the order is looked for.
        waiting: copies that may wait.
        clock: returns seconds.
    """

    def __init__(
        self, state_dir: Path, *, waiting: int = _WAITING, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = state_dir / ORDER
        self._clock = clock
        self._queue: Queue[tuple[Path, Answer, Sequence[Turn]] | None] = Queue(waiting)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._order: ShadowOrder | None = None
        self._name = f"{os.getpid()}_{uuid.uuid4().hex[:8]}.jsonl"
        self.left_out = 0

    def put(self, answer: Answer, turns: Sequence[Turn]) -> None:
        """Hand over an answer, and what its session was before; returns at once.

        The answer must not be changed afterwards.
        """
        order = self._wanted()
        if order is None or answer.release_id != order.release_id:
            return
        if len(answer.rows) > _MOST_ROWS:
            self.left_out += 1
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_all, name="shadow-copies", daemon=True)
                self._thread.start()
        try:
            self._queue.put_nowait((Path(order.folder), answer, turns))
        except Full:
            self.left_out += 1

    def close(self) -> None:
        """Write what waits."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join()

    def _wanted(self) -> ShadowOrder | None:
        """Return the order, which is looked for once a second at most."""
        now = self._clock()
        if now - self._looked_at >= _LOOK_S:
            self._looked_at = now
            self._order = _read_order(self._path)
        return self._order

    def _write_all(self) -> None:
        while (taken := self._queue.get()) is not None:
            folder, answer, turns = taken
            copy = ShadowCopy(
                question_id=answer.question_id,
                at=answer.asked_at,
                question=answer.question,
                turns=tuple(turns),
                answer=ShownAnswer.of(answer),
            )
            try:
                folder.mkdir(parents=True, exist_ok=True)
                path = folder / self._name
                if path.exists() and path.stat().st_size > _MOST_BYTES:
                    self.left_out += 1
                    continue
                with path.open("ab") as file:
                    file.write(copy.model_dump_json().encode() + b"\n")
            except OSError as error:
                self.left_out += 1
                log.warning("a copy for the shadow can't be written: %s", error)


def _read_order(path: Path) -> ShadowOrder | None:
    try:
        if time.time() - path.stat().st_mtime > FORGOTTEN_S:
            return None
        return ShadowOrder.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        log.warning("%s can't be read: %s", path, error)
        return None
