"""`datacraft serve`: the web page and the HTTP API."""

from __future__ import annotations

from typing import Annotated

import typer

from datacraft.cli.options import DataOption
from datacraft.cli.start import settings_for


def serve(
    context: typer.Context,
    data: DataOption = None,
    host: Annotated[
        str | None,
        typer.Option(help='"0.0.0.0" to be reached from other machines.', show_default="127.0.0.1"),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65_535, help="0 takes any free one.", show_default="PORT, else 8501"),
    ] = None,
    allow_anonymous: Annotated[
        bool,
        typer.Option("--allow-anonymous", help="Listen to other machines though nobody signs in."),
    ] = False,
) -> None:
    """Serve the web page, the HTTP API and the probes on one port, until Ctrl-C.

    \b
    Examples:
      datacraft serve --data sales.csv
      DATACRAFT_ACCESS__SIGN_IN=api_keys datacraft serve --data sales.csv --host 0.0.0.0 --port 8080
    """
    from datacraft.cli.output.talk import say
    from datacraft.cli.parts import require_page_parts
    from datacraft.http import serve as run_server

    require_page_parts()
    settings = settings_for(
        context, data, serve__host=host, serve__port=port, access__allow_anonymous=allow_anonymous or None
    )
    run_server(settings, on_listening=lambda url: say(f"DataCraft is at {url} (Ctrl-C stops it)."))
