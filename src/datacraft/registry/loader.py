"""`MetadataLoader`: the model that answers, loaded once and kept fresh in the background."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from datacraft.config import Settings, load_settings
from datacraft.contracts.errors import RegistryError
from datacraft.contracts.release import Hyperparameters, ReleaseMetadata
from datacraft.registry.served import ServedModel, find_served
from datacraft.registry.store import ObjectStore, open_store

LOG = logging.getLogger(__name__)

REFRESH_AFTER = dt.timedelta(seconds=30)
"""What is older is looked up again in the background, while it still answers."""
MAX_STALENESS = dt.timedelta(seconds=60)
"""What is older than this, nobody having asked meanwhile, is looked up before it answers."""
_PATIENCE_S = 2.0
"""How long a question waits for that look-up, before what was good last answers."""
_RETRY_AFTER = dt.timedelta(seconds=5)
"""A first load that failed is not tried again sooner: many may be asking."""

_RANK = {"channel": 0, "newest_release": 1, "responses": 2, "defaults": 3}


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class MetadataLoader:
    """Reads which model answers. Safe to share between threads.

    The first load fails with a named error where the registry can't be read or the channel's release is
    invalid. After that nothing fails: the last good one keeps answering, with a warning that says since when.
    """

    def __init__(
        self,
        project_id: str | None = None,
        bucket_name: str | None = None,
        *,
        store: ObjectStore | None = None,
        channel: str | None = None,
        default_model: str | None = None,
        settings: Settings | None = None,
        clock: Callable[[], dt.datetime] = _utc_now,
    ) -> None:
        """Prepare reading; nothing is read yet.

        Args:
            project_id: Google Cloud project of the bucket.
            bucket_name: Bucket of the registry.
            store: The registry, instead of a bucket.
            channel: Whose release answers.
            default_model: What answers where the registry holds nothing.
            settings: Where the rest comes from; by default the settings that hold here and now.
            clock: Gives the time, in UTC.

        Raises:
            ConfigError: the registry's address is wrong, or its client is not installed.
        """
        settings = settings or load_settings()
        url = f"gs://{bucket_name}" if bucket_name else settings.registry_url
        self._store = store or open_store(
            url, project_id or settings.gcp.project_id, endpoint=settings.registry.endpoint
        )
        self._channel = channel or settings.channel
        self._default_model = default_model or settings.model
        self._clock = clock
        self._served: ServedModel | None = None
        self._good: ServedModel | None = None
        self._good_at = self._tried_at = clock()
        self._failure: RegistryError | None = None
        self._reading = threading.Lock()
        self._starting = threading.Lock()
        self._background: threading.Thread | None = None

    def current(self) -> ServedModel:
        """Return the model that answers now.

        Raises:
            RegistryError: there has not been a good one yet; see `find_served`.
        """
        if self._served is None:
            return self._first()
        self.refresh_if_stale()
        return self._served

    def load_latest_metadata(self) -> ReleaseMetadata:
        """Look the registry up now, and return the metadata of the model that answers.

        Raises:
            RegistryError: as `current`.
        """
        return self.refresh().metadata

    def get_best_model_name(self) -> str:
        """Return the name of the model that answers."""
        return self.current().metadata.selected_model

    def get_hyperparameters(self) -> Hyperparameters:
        """Return the sampling settings of the model that answers."""
        return self.current().metadata.hyperparameters

    def refresh(self) -> ServedModel:
        """Look the registry up now; on failure keep the last good model, with a warning.

        Raises:
            RegistryError: there is no good one to keep.
        """
        with self._reading:
            return self._read()

    def refresh_if_stale(self) -> None:
        """Look the registry up in the background, if it is time; wait for it only when it is overdue."""
        age = self._clock() - self._tried_at
        if dt.timedelta(0) <= age < REFRESH_AFTER:
            return
        with self._starting:
            thread = self._background
            if thread is None or not thread.is_alive():
                thread = threading.Thread(target=self._refresh_unheard, name="registry-refresh", daemon=True)
                self._background = thread
                thread.start()
        if not dt.timedelta(0) <= age < MAX_STALENESS:
            thread.join(_PATIENCE_S)

    def _refresh_unheard(self) -> None:
        """Refresh where nobody waits for the error: the next one who asks gets it."""
        try:
            self.refresh()
        except RegistryError as error:
            LOG.warning("Registry not read: %s", error.message)

    def _first(self) -> ServedModel:
        with self._reading:
            if self._served is not None:  # another thread was first
                return self._served
            if self._failure is not None and self._clock() - self._tried_at < _RETRY_AFTER:
                raise self._failure.with_traceback(None)
            return self._read()

    def _read(self) -> ServedModel:
        """Read the store, and decide what answers from now on. Under `_reading`."""
        now = self._clock()
        try:
            found = find_served(self._store, self._channel, self._default_model, now)
            self._refuse_step_down(found)
        except RegistryError as error:
            self._failure = error
            if self._good is None:
                raise
            self._served = self._kept(self._good, error)
            return self._served
        else:
            if self._good is None or found.release_id != self._good.release_id:
                LOG.info("Model loaded", extra={"release_id": found.release_id, "source": found.source})
            self._failure = None
            self._good_at = now
            self._good = self._served = found
            return found
        finally:
            self._tried_at = self._clock()

    def _refuse_step_down(self, found: ServedModel) -> None:
        """A registry that lost its channel or its releases is damaged; it does not say that defaults serve."""
        if self._good is not None and _RANK[found.source] > _RANK[self._good.source]:
            raise RegistryError(f"{self._store.url} no longer holds what it held: its folder may be away.")

    def _kept(self, good: ServedModel, error: RegistryError) -> ServedModel:
        name = good.release_id or good.metadata.selected_model
        warning = f"{error.message} {name} of {self._good_at:%Y-%m-%d %H:%M} UTC keeps answering."
        LOG.warning("Registry not read; the last good model keeps answering: %s", error.message)
        return replace(good, warnings=(*good.warnings, warning))
