"""The command line: a thin face on the library, and the only place that prints."""

from __future__ import annotations

import os
import sys
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from exporter import __version__
from exporter.cli import _console, _doctor, _export, _library, _run, _show, _watch
from exporter.errors import ExporterError, is_momentary, machine_error
from exporter.workers import interrupts


class _Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        """What Typer says of wrong words repeats them, and a file's name may be among them."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if isinstance(message := getattr(error, "message", None), str):
                vars(error)["message"] = _console.printable(message)
            raise


app = typer.Typer(
    name="exporter",
    cls=_Commands,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=(
        "Exit codes: 0 done · 1 a part failed · 2 wrong use · 3 --strict and warnings · 4 nothing to export"
        " · 5 cannot read · 6 cannot write · 7 a system library is missing · 8 an article got lost"
        " · 9 the machine fails (disk full, disk error) · 10 a store does not answer"
        " · 130 interrupted"
    ),
)
_export.register(app)
_run.register(app)
_watch.register(app)
_library.register(app)
_show.register(app)
_doctor.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"exporter {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and end."
    ),
) -> None:
    """Saved news articles to print-styled PDF, EPUB and plain-text digests, by date range."""


def main() -> NoReturn:
    """Run the command line. Every ending has an exit code and a message, none a traceback
    (unless ``EXPORTER_DEBUG`` is set)."""
    _console.prepare()
    debug = bool(os.environ.get("EXPORTER_DEBUG"))
    try:
        with interrupts.heard():
            try:
                app()
            finally:
                _console.flush()
    except ExporterError as error:
        if debug:
            raise
        _console.error(str(error), error.remedy)
        sys.exit(error.exit_code)
    except interrupts.Interrupted:
        _console.error(*interrupts.MESSAGE)
        sys.exit(interrupts.EXIT_CODE)
    except Exception as error:  # the last resort, so that a user never meets a traceback
        if debug:
            raise
        if is_momentary(error):
            fails = machine_error("the machine fails", error)
            _console.error(str(fails), fails.remedy)
            sys.exit(fails.exit_code)
        _console.error(
            f"internal error: {type(error).__name__}: {error}",
            "This is a bug in exporter. Run again with EXPORTER_DEBUG=1 and report what it prints.",
        )
        sys.exit(1)
    sys.exit(0)
