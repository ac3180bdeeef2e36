"""What the commands of `datacraft models` do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from datacraft.cli.edge import EXIT_ANSWERED, EXIT_PARTLY
from datacraft.cli.output.talk import say
from datacraft.contracts.errors import DataCraftError
from datacraft.engines.configs import find_config, known_configs, read_config, write_config

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.contracts.model_config import ModelConfig

_LONGEST = 100


def show_list(settings: Settings) -> None:
    """Write a line per config: name, id, provider, model, strategy; one that can't be read says why."""
    for name, path in sorted(known_configs(settings.llm.configs).items()):
        try:
            config = read_config(path)
        except DataCraftError as error:
            typer.echo(f"{name}\t-\t{error.message}")
            continue
        typer.echo(f"{name}\t{config.config_id}\t{config.provider}\t{config.model}\t{config.strategy.kind}")
    say(_who_answers(settings))


def _who_answers(settings: Settings) -> str:
    if settings.llm.answer_with is not None:
        return f"{settings.llm.answer_with} answers, whatever the registry says (llm.answer_with)."
    from datacraft.registry import MetadataLoader

    try:
        served = MetadataLoader(settings=settings).current()
    except DataCraftError as error:
        return f"Which one answers is not known: {error.message}"
    where = f"release {served.release_id}" if served.release_id else "no release names another"
    return f"{served.metadata.selected_model} answers ({where})."


def show_config(settings: Settings, name: str, out: Path | None) -> None:
    """Write a config to stdout as JSON, or to a file."""
    config = find_config(name, settings.llm.configs)
    if out is not None:
        write_config(config, out)
        say(f"Written to {out}.")
    else:
        typer.echo(config.model_dump_json(indent=2))
    say(f"Its id is {config.config_id}.")


def show_difference(settings: Settings, first: str, second: str) -> None:
    """Write a line for each field in which two configs differ."""
    one, other = (dict(_leaves(find_config(name, settings.llm.configs))) for name in (first, second))
    for key in sorted(one.keys() | other.keys()):
        if one.get(key) != other.get(key) and key != "name":
            typer.echo(f"{key}: {_short(one.get(key))} -> {_short(other.get(key))}")


def _leaves(config: ModelConfig) -> Iterator[tuple[str, object]]:
    waiting: list[tuple[str, object]] = [("", config.model_dump(mode="json"))]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{key}.{name}" if key else name, part) for name, part in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{key}.{place}", part) for place, part in enumerate(value)]
        else:
            yield key, value


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def check_config(settings: Settings, name: str) -> int:
    """Make real calls, write what works, and return the exit code."""
    config = find_config(name, settings.llm.configs)
    if config.provider == "builtin":
        typer.echo("builtin\tok\tno model is called.")
        return EXIT_ANSWERED
    from datacraft.serving.trying import try_model

    findings = try_model(config, settings)
    for finding in findings:
        typer.echo(f"{finding.what}\t{'ok' if finding.works else 'no'}\t{finding.told}")
    return EXIT_ANSWERED if all(finding.works for finding in findings) else EXIT_PARTLY
