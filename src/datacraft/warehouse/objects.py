"""`gs://bucket/path`: data that lies in Cloud Storage is copied here, once for each generation of its objects."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from datacraft.contracts.errors import ConfigError, DataLoadError

if TYPE_CHECKING:
    from google.cloud.storage import Blob, Client  # type: ignore[import-untyped]

# A path that was read from text has one slash where the address has two.
_ADDRESS = re.compile(r"gs:/{1,2}(?P<bucket>[a-z0-9][a-z0-9._-]+)/(?P<path>.+)", re.DOTALL)
_SCHEME = "gs:"
_LISTING_S = 10.0  # with retries; a store that takes longer counts as away
_CHUNK_S = 60.0
_OBJECT_S = 600.0  # with retries
_MOST_OBJECTS = 10_000


@dataclass(frozen=True, slots=True)
class ObjectAddress:
    """An object, or all in a folder of them."""

    bucket: str
    path: str

    def __str__(self) -> str:
        return f"gs://{self.bucket}/{self.path}"


def object_address(text: str | Path) -> ObjectAddress | None:
    """Return what `text` names in Cloud Storage, or None where it is no such address.

    Raises:
        DataLoadError: it is one, but not a whole one.
    """
    if not str(text).startswith(_SCHEME):
        return None
    match = _ADDRESS.fullmatch(str(text))
    if match is None or ".." in PurePosixPath(match["path"]).parts:
        raise DataLoadError(
            f"{str(text)[:100]!r} names nothing in Cloud Storage.", hint="Write gs://BUCKET/FOLDER/FILE."
        )
    return ObjectAddress(match["bucket"], match["path"].strip("/"))


def fetch(
    address: ObjectAddress, cache_dir: Path, *, project: str | None = None, endpoint: str | None = None
) -> Path:
    """Return a copy of an object, or a folder with copies of all in a folder; made where it is not there yet.

    Args:
        address: of the object or folder.
        cache_dir: where copies are kept.
        project: the Google Cloud project.
        endpoint: the address of a storage emulator.

    Raises:
        DataLoadError: it does not exist, may not be read, or can't be copied whole.
        ConfigError: Google's client is not installed.
    """
    try:
        from google.api_core import exceptions, retry
        from google.auth.exceptions import GoogleAuthError
        from requests.exceptions import RequestException
    except ImportError as error:
        raise ConfigError(
            f"{address} needs Google's client, which is not installed.",
            hint="Run: pip install 'datacraft[gcp]'",
        ) from error
    listing: dict[str, Any] = {"timeout": _LISTING_S, "retry": retry.Retry(timeout=_LISTING_S)}
    copying: dict[str, Any] = {"timeout": _CHUNK_S, "retry": retry.Retry(timeout=_OBJECT_S)}
    try:
        blobs = _blobs(_client(project, endpoint), address, listing)
        return _copied(address, blobs, cache_dir, copying)
    except exceptions.NotFound as error:
        raise DataLoadError(
            f"The bucket gs://{address.bucket} does not exist.", hint="Check the address."
        ) from error
    except (exceptions.Forbidden, exceptions.Unauthorized, GoogleAuthError) as error:
        raise DataLoadError(
            f"{address} may not be read with these credentials.",
            hint="Give the account the role Storage Object Viewer, or run: gcloud auth application-default login",
        ) from error
    except (exceptions.GoogleAPIError, RequestException) as error:
        raise DataLoadError(f"{address} can't be read: {error}.", hint="Check the network.") from error
    except OSError as error:
        raise DataLoadError(
            f"{address} can't be copied to {cache_dir}: {error.strerror}.", hint="Make room there."
        ) from error


def _client(project: str | None, endpoint: str | None) -> Client:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud.storage import Client

    if endpoint is None:
        return Client(project=project)
    return Client(
        project=project or "emulator",
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
        client_options={"api_endpoint": endpoint},
    )


def _blobs(client: Client, address: ObjectAddress, options: dict[str, Any]) -> list[Blob]:
    """Return the object of this name, else all in the folder; folders in it are left alone, as on a disk."""
    alone = client.bucket(address.bucket).get_blob(address.path, **options)
    if alone is not None:
        return [alone]
    found = client.list_blobs(
        address.bucket,
        prefix=f"{address.path}/",
        delimiter="/",
        max_results=_MOST_OBJECTS + 1,
        **options,
    )
    blobs = [blob for blob in found if not blob.name.endswith("/")]
    if not blobs:
        raise DataLoadError(f"{address} does not exist.", hint="Check the address, and its upper case.")
    if len(blobs) > _MOST_OBJECTS:
        raise DataLoadError(
            f"{address} holds more than {_MOST_OBJECTS:,} objects.", hint="Name a folder further down."
        )
    return blobs


def _copied(address: ObjectAddress, blobs: list[Blob], cache_dir: Path, options: dict[str, Any]) -> Path:
    known = json.dumps([str(address), *sorted([blob.name, str(blob.generation)] for blob in blobs)])
    folder = cache_dir / "objects" / hashlib.sha256(known.encode()).hexdigest()[:16]
    alone = len(blobs) == 1 and blobs[0].name == address.path
    name = PurePosixPath(address.path).name
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=folder.parent))
        try:
            for blob in blobs:
                inside = name if alone else f"{name}/{blob.name.removeprefix(f'{address.path}/')}"
                target = partial / inside
                target.parent.mkdir(parents=True, exist_ok=True)
                blob.download_to_filename(str(target), if_generation_match=blob.generation, **options)
            if not folder.exists():  # another process may have been quicker
                partial.rename(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return folder / name
