"""What the commands of `datacraft releases` do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import typer

from datacraft.cli.edge import EXIT_ANSWERED, EXIT_INSIDE
from datacraft.cli.output.talk import say
from datacraft.cli.recording import recorded_here
from datacraft.contracts.errors import ConfigError
from datacraft.registry import list_releases, open_store, release_problems
from datacraft.registry.served import read_release
from datacraft.registry.signing import SIGNING_KEY, sign_release, signature_problems, signing_key

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.registry import ObjectStore

_ITSELF = {"release_id", "created_at"}


def _store(settings: Settings) -> ObjectStore:
    return open_store(settings.registry_url, settings.gcp.project_id, endpoint=settings.registry.endpoint)


def show_list(settings: Settings) -> None:
    """Write a line per release: name, model, composite score, and what is wrong where it is not whole."""
    store = _store(settings)
    shown = 0
    for one in list_releases(store, dt.datetime.now(dt.UTC)):
        shown += 1
        if one.metadata is None:
            typer.echo(f"{one.name}\tnot whole: {one.problem}")
        else:
            ready = "ready" if one.metadata.deployment_ready else "not ready"
            typer.echo(
                f"{one.name}\t{one.metadata.selected_model}\t{one.metadata.composite_score:.1f}\t{ready}"
            )
    say(f"{shown} releases in {store.url}.")


def show_release(settings: Settings, release: str) -> None:
    """Write a release's metadata."""
    typer.echo(read_release(_store(settings), release).model_dump_json(indent=1))


def show_difference(settings: Settings, first: str, second: str) -> None:
    """Write `field: one -> other` for each field in which two releases differ."""
    store = _store(settings)
    one, other = (
        dict(_leaves(read_release(store, name).model_dump(mode="json", exclude=_ITSELF)))
        for name in (first, second)
    )
    for field in sorted(one.keys() | other.keys()):
        if one.get(field) != other.get(field):
            typer.echo(f"{field}: {one.get(field)} -> {other.get(field)}")


def _leaves(values: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def verify_release(settings: Settings, release: str) -> int:
    """Write what is wrong with a release, its files and its signature; return the exit code."""
    store, signers = _store(settings), settings.registry.signers
    problems = release_problems(store, release) or signature_problems(store, release, signers)
    for problem in problems:
        typer.echo(problem)
    if not problems:
        signed = ", and signed by one of the signers" if signers else ""
        say(f"{release} is as it was published{signed}.")
    return EXIT_INSIDE if problems else EXIT_ANSWERED


def sign(settings: Settings, release: str, by: str) -> None:
    """Sign a release with the key of the environment; write the signature's path.

    Raises:
        ConfigError: there is no key, or it can't be used.
    """
    key = signing_key()
    if key is None:
        raise ConfigError(
            f"There is no key to sign with: neither {SIGNING_KEY} nor {SIGNING_KEY}_FILE is set.",
            hint="`minisign -G -W -p release.pub -s release.key` makes a pair of keys.",
        )
    with recorded_here(settings, by, "sign", release, f"with {key.key_id}"):
        place = sign_release(_store(settings), release, key, by, dt.datetime.now(dt.UTC))
    typer.echo(place)
    say(f"{release} is signed by {key.key_id}; who checks it sets registry.signers to {key.public.text}.")
