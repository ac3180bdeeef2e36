"""Every command explains itself."""

from __future__ import annotations

from typing import Any

import pytest
from typer.main import get_command

from datacraft.cli.app import app


def commands(command: Any = None, name: str = "datacraft") -> dict[str, Any]:
    """Return every command by its full name."""
    command = command or get_command(app)
    found = {name: command}
    for word, below in getattr(command, "commands", {}).items():
        found |= commands(below, f"{name} {word}")
    return found


@pytest.mark.parametrize("name", commands())
def test_a_command_has_a_text_an_example_and_help_for_each_option(name: str) -> None:
    command = commands()[name]
    assert command.help
    assert "Example" in command.help, f"{name} --help has no example"
    assert f"{name} " in command.help or f"{name}\n" in command.help + "\n"
    for option in command.params:
        assert getattr(option, "help", None), f"{name}: {option.name} has no help"
