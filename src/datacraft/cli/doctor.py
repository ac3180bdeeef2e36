"""`datacraft doctor`: what is there, what is missing."""

from __future__ import annotations

import typer

from datacraft.cli.options import DataOption
from datacraft.cli.start import settings_for


def doctor(context: typer.Context, data: DataOption = None) -> None:
    """Check this installation: settings, data, semantic file, registry, state folder, port, optional parts.

    \b
    Examples:
      datacraft doctor
      datacraft doctor --data sales.csv

    Exit codes: 0 all that is needed is there; 4 something that is needed is missing; 2 a setting is wrong.
    """
    from datacraft.cli.checks import run_checks
    from datacraft.cli.edge import EXIT_PARTLY

    checks = list(run_checks(settings_for(context, data)))
    for check in checks:
        typer.echo(check.line())
    if any(check.failed for check in checks):
        raise typer.Exit(EXIT_PARTLY)
