"""Google Cloud Storage as an object store: `gs://`. Google's client is imported when a store is opened."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from datacraft.contracts.errors import ConfigError, RegistryError
from datacraft.registry.store import Listing, ObjectChanged, ObjectExists, ObjectMissing, StoredObject

if TYPE_CHECKING:
    from google.cloud.storage import Client  # type: ignore[import-untyped]

_Result = TypeVar("_Result")

_REQUEST_S = 5.0
_DEADLINE_S = 10.0
"""A registry that takes longer counts as away: the last good release serves meanwhile."""


class GcsStore:
    """Objects of one bucket."""

    def __init__(self, bucket: str, *, project_id: str | None = None, endpoint: str | None = None) -> None:
        """Prepare the client; nothing is sent yet.

        Raises:
            ConfigError: Google's client is not installed.
            RegistryError: there are no credentials.
        """
        self._name = bucket
        self._endpoint = endpoint
        try:
            from google.api_core import retry
            from google.auth.exceptions import GoogleAuthError
        except ImportError as error:
            raise ConfigError(
                f"gs://{bucket} needs Google's client, which is not installed.",
                hint="Run: pip install 'datacraft[gcp]'",
            ) from error
        try:
            self._client = _client(project_id, endpoint)
        except GoogleAuthError as error:
            raise RegistryError(
                f"There are no credentials for {self.url}.", hint="Run: gcloud auth application-default login"
            ) from error
        self._options: dict[str, Any] = {
            "timeout": _REQUEST_S,
            "retry": retry.Retry(initial=0.2, maximum=2.0, timeout=_DEADLINE_S),
        }

    @property
    def url(self) -> str:
        """The bucket as `gs://` address."""
        return f"gs://{self._name}"

    def read(self, path: str) -> StoredObject:
        """Return an object and its generation."""
        blob = self._client.bucket(self._name).blob(path)
        data = self._call(path, lambda: blob.download_as_bytes(**self._options))
        return StoredObject(data, int(blob.generation or 0))

    def exists(self, path: str) -> bool:
        """Tell whether there is an object of this name."""
        blob = self._client.bucket(self._name).blob(path)
        return self._call(path, lambda: bool(blob.exists(**self._options)))

    def list(self, folder: str, *, start: str = "", end: str = "", limit: int = 200) -> Listing:
        """Return names of one level of a folder, by one request; see `ObjectStore.list`."""
        prefix = f"{folder}/"

        def request() -> Listing:
            found = self._client.list_blobs(
                self._name,
                prefix=prefix,
                delimiter="/",
                start_offset=prefix + start if start else None,
                end_offset=prefix + end if end else None,
                page_size=limit,
                fields="items(name),prefixes,nextPageToken",
                **self._options,
            )
            files: set[str] = set()
            folders: set[str] = set()
            for page in found.pages:
                files.update(blob.name.removeprefix(prefix) for blob in page)
                # The offset is compared with whole names, so that the folder just before it may show up too.
                names = (name.removeprefix(prefix).removesuffix("/") for name in found.prefixes)
                folders.update(name for name in names if name >= start)
                if files or folders:  # a page may be empty though more follow
                    break
            return Listing(
                files=tuple(sorted(files - {""})),
                folders=tuple(sorted(folders)),
                complete=found.next_page_token is None,
            )

        return self._call(prefix, request)

    def create(self, path: str, data: bytes) -> None:
        """Write an object that is not there yet; see `ObjectStore.create`."""
        # A retried request may find what its first attempt has written.
        if self._uploaded(path, data, 0) is None and self.read(path).data != data:
            raise ObjectExists(
                f"{self.url}/{path} is there already.", hint="Nothing in a registry is overwritten."
            )

    def replace(self, path: str, data: bytes, *, generation: int) -> int:
        """Write an object that is still what it was; see `ObjectStore.replace`."""
        written = self._uploaded(path, data, generation)
        if written is not None:
            return written
        try:
            found = self.read(path)
        except ObjectMissing:
            found = None
        if found is not None and found.data == data:  # by the first attempt of a retried request
            return found.generation
        raise ObjectChanged(f"{self.url}/{path} was changed meanwhile.", hint="Read it again.")

    def delete(self, path: str) -> None:
        """Remove an object."""
        blob = self._client.bucket(self._name).blob(path)
        with suppress(ObjectMissing):
            self._call(path, lambda: blob.delete(**self._options), writes=True)

    def _uploaded(self, path: str, data: bytes, generation: int) -> int | None:
        """Write an object that has this generation; return the new one, or None where it has another."""
        from google.api_core.exceptions import PreconditionFailed

        blob = self._client.bucket(self._name).blob(path)

        def request() -> int | None:
            try:
                blob.upload_from_string(data, if_generation_match=generation, **self._options)
            except PreconditionFailed:
                return None
            return int(blob.generation)

        return self._call(path, request, writes=True)

    def _call(self, path: str, request: Callable[[], _Result], *, writes: bool = False) -> _Result:
        """Do a request; turn each way in which it can fail into ours."""
        from google.api_core import exceptions
        from google.auth.exceptions import GoogleAuthError
        from requests.exceptions import RequestException

        place = f"{self.url}/{path}"
        done, role = ("written", "User") if writes else ("read", "Viewer")
        try:
            return request()
        except exceptions.NotFound as error:
            if path.endswith("/"):  # a listing finds nothing in an empty folder; it fails without its bucket
                raise RegistryError(
                    f"The bucket {self.url} does not exist.", hint="Check GCS_BUCKET_NAME or registry.url."
                ) from error
            raise ObjectMissing(f"{place} does not exist.") from error
        except (exceptions.Forbidden, exceptions.Unauthorized, GoogleAuthError) as error:
            raise RegistryError(
                f"{place} may not be {done} with these credentials.",
                hint=f"Give the account the role Storage Object {role} on the bucket.",
            ) from error
        except (exceptions.GoogleAPIError, RequestException) as error:
            raise RegistryError(f"{place} can't be {done}: {error}.", hint="Check the network.") from error


def _client(project_id: str | None, endpoint: str | None) -> Client:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud.storage import Client

    if endpoint is None:
        return Client(project=project_id)
    return Client(
        project=project_id or "emulator",
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
        client_options={"api_endpoint": endpoint},
    )
