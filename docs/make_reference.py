"""Write the reference pages from the code: `python docs/make_reference.py`. A test says when they are stale."""

from __future__ import annotations

import json
import types
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from typer.main import get_command

from datacraft.cli.app import app
from datacraft.config.sources import PUBLIC_NAMES, setting_fields, variable_name
from datacraft.contracts.plan import QueryPlan
from datacraft.contracts.semantic import (
    Column,
    Entity,
    Hierarchy,
    Join,
    NamedFilter,
    NamedMeasure,
    SemanticModel,
    Table,
)

FOLDER = Path(__file__).parent / "reference"
WIDTH = 100
PARTS: Mapping[type[BaseModel], str] = {
    SemanticModel: "The file",
    Table: "tables[]",
    Column: "tables[].columns[]",
    Entity: "entities[]",
    Join: "joins[]",
    NamedMeasure: "measures[]",
    NamedFilter: "filters[]",
    Hierarchy: "hierarchies[]",
}


def pages() -> dict[str, str]:
    """Return every generated page by its file name."""
    return {
        "cli.md": cli_page(),
        "settings.md": settings_page(),
        "semantic-yaml.md": semantic_page(),
        "query-plan.schema.json": json.dumps(QueryPlan.model_json_schema(), indent=1) + "\n",
    }


def cli_page() -> str:
    """Return the help of every command."""
    parts = ["# Commands\n\nWhat `--help` says; made from the code.\n"]
    for name, text in command_helps():
        parts.append(f"## {name}\n\n```text\n{text.rstrip()}\n```\n")
    return "\n".join(parts)


def command_helps() -> Iterator[tuple[str, str]]:
    """Yield the name and the help of the command and of each below it."""
    waiting: list[tuple[str, Any, Any]] = [("datacraft", get_command(app), None)]
    while waiting:
        name, command, parent = waiting.pop(0)
        context = command.context_class(
            command,
            info_name=name.split()[-1],
            parent=parent,
            terminal_width=WIDTH,
            **command.context_settings,
        )
        lines = (line.rstrip() for line in command.get_help(context).splitlines())
        yield name, "\n".join(lines)
        below = getattr(command, "commands", {})
        waiting.extend((f"{name} {word}", found, context) for word, found in below.items())


def settings_page() -> str:
    """Return every setting with its default, its variables and what it is for."""
    lines = [
        "# Settings\n\nMade from the code. How they are read: [Configure DataCraft](../how-to/configure.md).\n",
        "| setting | default | environment variable | what it is for |",
        "| --- | --- | --- | --- |",
    ]
    for key, info in setting_fields().items():
        names = [name for name, target in PUBLIC_NAMES.items() if target == key] + [variable_name(key)]
        variables = ", ".join(f"`{name}`" for name in names)
        lines.append(f"| `{key}` | {_default(info)} | {variables} | {_cell(info.description or '')} |")
    return "\n".join(lines) + "\n"


def semantic_page() -> str:
    """Return every key of semantic.yaml."""
    parts = [
        "# Keys of semantic.yaml\n\n"
        "Made from the code. Unknown keys are errors, with their line. How to edit the file: "
        "[Say what your data means](../how-to/edit-semantic-yaml.md).\n"
    ]
    for model, title in PARTS.items():
        lines = [
            f"## {title}\n",
            f"{model.__doc__}\n",
            "| key | what it holds | default | |",
            "| --- | --- | --- | --- |",
        ]
        for name, info in model.model_fields.items():
            what = _cell(info.description or "")
            lines.append(f"| `{name}` | {_cell(_kind(info.annotation))} | {_default(info)} | {what} |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _kind(annotation: object) -> str:
    """Return a type as a person would say it."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is type(None):
        return "null"
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin in (Union, types.UnionType):
        return " or ".join(_kind(item) for item in arguments if item is not type(None))
    if origin is list:
        return f"list of {_kind(arguments[0])}"
    if origin is tuple:
        return "pair of " + " and ".join(_kind(item) for item in arguments)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return ", ".join(f"`{item.value}`" for item in annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return PARTS.get(annotation, annotation.__name__)
    names = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    return names.get(annotation, str(annotation)) if isinstance(annotation, type) else str(annotation)


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "needed"
    if info.default is PydanticUndefined:
        return "empty" if info.default_factory in (list, dict) else "worked out"
    value = info.default
    if value is None:
        return "none"
    if isinstance(value, tuple | list) and not value:
        return "empty"
    shown = value.value if isinstance(value, StrEnum) else str(value)
    return f"`{shown.lower() if isinstance(value, bool) else shown}`" if shown else "empty"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
