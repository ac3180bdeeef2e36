"""Reads, checks and fills prompt templates."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from string import Template

from datacraft.contracts.errors import ConfigError
from datacraft.contracts.model_config import PromptText

VARIABLES = {
    "dialect": "of the SQL, for example DuckDB",
    "row_limit": "rows of a result at most",
    "today": "the last date of the data, or the calendar's, as YYYY-MM-DD",
}
"""What a template may name, and what it means."""

_FOLDER = files("datacraft.engines.llm.prompts") / "texts"


def prompt_names() -> list[str]:
    """Return the names of the prompts that come along."""
    return sorted(
        entry.name.removesuffix(".txt") for entry in _FOLDER.iterdir() if entry.name.endswith(".txt")
    )


def shipped_prompt(name: str) -> PromptText:
    """Return a prompt that comes along.

    Raises:
        ConfigError: there is none of that name.
    """
    if name not in prompt_names():
        raise ConfigError(
            f"There is no prompt {name!r}.",
            hint=f"There are: {', '.join(prompt_names())}; or give `prompt` a name and a text.",
        )
    return PromptText(name=name, text=(_FOLDER / f"{name}.txt").read_text(encoding="utf-8"))


def check_template(prompt: PromptText) -> None:
    """Check that a template can be filled.

    Raises:
        ConfigError: it names a variable that is not declared, or holds a `$` that begins none.
    """
    template = Template(prompt.text)
    if not template.is_valid():
        raise ConfigError(
            f"The prompt {prompt.name!r} holds a $ that begins no variable.",
            hint="Write $$ for a dollar sign.",
        )
    unknown = [name for name in template.get_identifiers() if name not in VARIABLES]
    if unknown:
        raise ConfigError(
            f"The prompt {prompt.name!r} names the variable ${unknown[0]}, which is not declared.",
            hint=f"Declared are: {', '.join(f'${name}' for name in VARIABLES)}.",
        )


def fill(prompt: PromptText, values: Mapping[str, str]) -> str:
    """Return a checked template with its variables filled in."""
    return Template(prompt.text).substitute(values)
