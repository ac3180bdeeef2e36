"""The command line. Thin: each command reads its options, calls the layers below and shows what came back.

One module per command (`ask`, `chat`, `profile`, `sample`, `demo`, `doctor`, `serve`, `config`), put together
in `app`; what they show is written in `output`. Results go to stdout, talk to stderr. What a command ends with
is in docs/exit-codes.md. Heavy parts are imported inside the functions that use them: a question asked in a
new process should not wait for what it does not need.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TextIO

from datacraft.cli.edge import EXIT_INSIDE, report_unexpected
from datacraft.cli.start import collector_paused
from datacraft.contracts.errors import DataCraftError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code. The one place where errors become sentences.

    Args:
        arguments: of the command line, without the program's name; by default those of this process.
    """
    _show_any_character(sys.stdout, sys.stderr)
    try:
        with collector_paused():
            from datacraft.cli.app import app
        app(args=arguments, prog_name="datacraft")
    except SystemExit as finished:
        return finished.code if isinstance(finished.code, int) else 0
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read the results has enough; `head` is no failure of ours
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - what waits is flushed there at exit
        return 0
    except DataCraftError as error:
        from datacraft.cli.output.talk import say_error

        say_error(error.info())
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the edge: told calmly, logged in full
        from datacraft.warehouse.interrupts import is_interrupt

        if is_interrupt(error):
            return 130
        report_unexpected(error)
        return EXIT_INSIDE
    return 0


def _show_any_character(*streams: TextIO) -> None:
    """Let a terminal that can't show a character show its code, instead of failing on it."""
    import io

    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
