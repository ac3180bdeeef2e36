"""Verdicts beside their release: `validations/{release_id}/{timestamp}.json`, and the same as Markdown."""

from __future__ import annotations

import datetime as dt

from pydantic_core import from_json

from datacraft.contracts.errors import RegistryError
from datacraft.contracts.gates import VerdictKind
from datacraft.contracts.verdict import ComparisonVerdict, GatesVerdict, Verdict
from datacraft.delivery.markdown import as_markdown
from datacraft.registry import ObjectExists, ObjectStore
from datacraft.registry.documents import parse_document, write_document
from datacraft.registry.newest import format_time, parse_time
from datacraft.registry.store import walk

_TRIES = 20
_KINDS: dict[VerdictKind, type[GatesVerdict] | type[ComparisonVerdict]] = {
    "gates": GatesVerdict,
    "comparison": ComparisonVerdict,
}


def write_verdict(store: ObjectStore, verdict: Verdict) -> str:
    """Write a verdict; return its path. To write the latest one again changes nothing.

    Names keep the order in which verdicts were written: one that is made in the same second as another, or on a
    machine whose clock is behind, gets the second after the latest.

    Raises:
        RegistryError: it can't be written.
    """
    document, folder = write_document(verdict), f"validations/{verdict.release_id}"
    for _ in range(_TRIES):
        latest = max((name for name in walk(store, folder) if name.endswith(".json")), default=None)
        if latest is not None and store.read(f"{folder}/{latest}").data == document:
            return f"{folder}/{latest}"
        place = f"{folder}/{format_time(_after(latest, verdict.created_at))}"
        try:
            store.create(f"{place}.json", document)
        except ObjectExists:
            continue
        store.create(f"{place}.md", as_markdown(verdict).encode())
        return f"{place}.json"
    raise RegistryError(
        f"Others write verdicts on {verdict.release_id} all the time.", hint="Try again when they are done."
    )


def _after(latest: str | None, at: dt.datetime) -> dt.datetime:
    """Return the time that names a verdict: its own, where that is after the latest one's."""
    time = parse_time(latest.removesuffix(".json")) if latest else None
    return at if time is None or format_time(at) > format_time(time) else time + dt.timedelta(seconds=1)


def verdicts_of(store: ObjectStore, release_id: str, kind: VerdictKind) -> list[tuple[str, Verdict]]:
    """Return the verdicts of one kind on a release with their paths, the latest first.

    Raises:
        RegistryError: one can't be read, so that it is unknown which is the latest.
    """
    folder = f"validations/{release_id}"
    found: list[tuple[str, Verdict]] = []
    for name in sorted((name for name in walk(store, folder) if name.endswith(".json")), reverse=True):
        place = f"{folder}/{name}"
        data = store.read(place).data
        if parse_kind(data, place) == kind:
            found.append((place, parse_document(data, place, _KINDS[kind], 1, RegistryError)))
    return found


def parse_kind(data: bytes, place: str) -> str:
    """Return of which kind a verdict is.

    Raises:
        RegistryError: it is none.
    """
    try:
        kind = from_json(data).get("kind")
    except (ValueError, AttributeError) as error:
        raise RegistryError(f"{place} is no verdict: {error}.", hint="Validate the release again.") from error
    if kind not in list(_KINDS):  # it may be anything, hashable or not
        raise RegistryError(f"{place} is a verdict of the unknown kind {kind!r}.", hint="Upgrade DataCraft.")
    return str(kind)
