"""Write the files of the modules that serving loads, for the image: only these get bytecode, the rest would double it.

Everything of ours is loaded, and those parts of libraries that ours load late, when they are needed.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

import datacraft

_LOADED_LATE = (
    "google.cloud.bigquery",
    "google.cloud.bigquery_storage",
    "google.cloud.storage",
    "openpyxl",
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "opentelemetry.sdk.trace",
    "pandas",
    "plotly.graph_objects",
    "psycopg",
    "pyarrow",
    "pydantic_ai.models.google",
    "pydantic_ai.models.openai",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.dialects.sqlite",
    "streamlit",
    "streamlit.web.server.starlette",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)
# Scripts: loading them would run them.
_LEFT_OUT = ("datacraft.engines.semantic.lexicon.__main__", "datacraft.cli.__main__", "datacraft.ui.app")


def main() -> None:
    """Load what serving loads, and write each file on a line."""
    ours = (found.name for found in pkgutil.walk_packages(datacraft.__path__, "datacraft."))
    for name in (name for name in ours if name not in _LEFT_OUT):
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            # Deploying and evaluating need what serving doesn't, and what is not here.
            if error.name is None or error.name.startswith("datacraft"):
                raise
    for name in _LOADED_LATE:
        importlib.import_module(name)
    files = {getattr(module, "__file__", None) or "" for module in sys.modules.values()}
    sys.stdout.writelines(
        f"{file}\n" for file in sorted(files) if file.startswith(sys.prefix) and file.endswith(".py")
    )


if __name__ == "__main__":
    main()
