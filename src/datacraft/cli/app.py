"""The `datacraft` command: its sub-commands, and the options that go before them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from datacraft.cli.ask import ask
from datacraft.cli.audit import audit
from datacraft.cli.channels import releases
from datacraft.cli.chat import chat
from datacraft.cli.config import config
from datacraft.cli.data import data
from datacraft.cli.demo import demo
from datacraft.cli.deploy import deploy
from datacraft.cli.doctor import doctor
from datacraft.cli.drift import drift
from datacraft.cli.evaluate import evaluate
from datacraft.cli.image import image
from datacraft.cli.ingest import ingest
from datacraft.cli.keys import keys
from datacraft.cli.models import models
from datacraft.cli.monitor import monitor
from datacraft.cli.pipeline import pipeline
from datacraft.cli.profile import profile
from datacraft.cli.questions import questions
from datacraft.cli.release import release
from datacraft.cli.sample import sample
from datacraft.cli.serve import serve
from datacraft.cli.telemetry import telemetry

EXIT_CODES = """Exit codes: 0 done or answered; 1 failed inside; 2 wrong usage or input; 3 not answered (ambiguous,
not understood, refused) or nothing to compare; 4 done in part; 10 gates or a contract reject it, or degraded; 11 worse than
production, or drift; 12 canary rolled back, or down; 13 waits for a person; 14 no candidate reached the floors; 130 stopped with Ctrl-C."""

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from datacraft import __version__

        typer.echo(f"datacraft {__version__}")
        raise typer.Exit


@app.callback()
def datacraft(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(help="The settings file.", show_default="datacraft.yaml, where there is one"),
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Plain-language questions about business data, answered with SQL, rows, a chart and one honest sentence.

    \b
    Examples:
      datacraft ask "total sales by region" --data sales.csv
      datacraft profile --data sales.csv
      datacraft serve --data sales.csv
    """
    context.obj = config


for command in (ask, chat, ingest, profile, sample, demo, doctor, serve, evaluate, drift):
    app.command()(command)
app.add_typer(audit, name="audit")
app.add_typer(config, name="config")
app.add_typer(data, name="data")
app.add_typer(deploy, name="deploy")
app.add_typer(image, name="image")
app.add_typer(keys, name="keys")
app.add_typer(models, name="models")
app.add_typer(monitor, name="monitor")
app.add_typer(pipeline, name="pipeline")
app.add_typer(questions, name="questions")
app.add_typer(release, name="release")
app.add_typer(releases, name="releases")
app.add_typer(telemetry, name="telemetry")
