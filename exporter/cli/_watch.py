"""``watch``: editions of ``exporter.toml``, made again whenever what they read changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from exporter.backends import registry as backends
from exporter.cli import _console, _run
from exporter.cli import _options as o
from exporter.editions.options import ExportOptions
from exporter.errors import ExporterError, InputError, UsageError
from exporter.jobs.config import Config
from exporter.sources import remote
from exporter.sources.files import is_of_library, is_output, is_passing

_WATCH = """Make editions of `exporter.toml`, and again whenever something in their `input` changes.

It waits until nothing has changed for a second, and makes what the change concerns. A new day is a
change, too, as then a window may be over. A failed run is reported, and the watch goes on. Ctrl-C ends it.

**Examples**

    exporter watch weekly
    exporter watch --all --quiet
"""

_QUIET_MS = 1_000
"""How long nothing must have changed."""
_LONGEST_MS = 60_000
"""After which a run begins though changes go on."""


def register(app: typer.Typer) -> None:
    app.command("watch", help=_WATCH)(watch)


@o.with_options("own", "jobs", "strict")
def watch(
    options: ExportOptions,
    names: Annotated[list[str] | None, typer.Argument(metavar="EDITIONS", help="Their names.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="All that the file defines.")] = False,
    file: o.ConfigFile = None,
    library: o.LibraryFolder = None,
    log_json: o.LogJson = False,
    quiet: o.Quiet = False,
) -> None:
    settings, chosen = _run.chosen(file, names, all_)
    watched = Watched(settings, chosen, library)
    if not quiet:
        _console.say(f"watching {', '.join(map(str, watched.places))}; Ctrl-C ends it")
    try:
        for _ in watched.changes():
            try:
                _run.run(
                    names=chosen,
                    file=file,
                    library=library,
                    own=options.own,
                    jobs=options.jobs,
                    strict=options.strict,
                    log_json=log_json,
                    quiet=quiet,
                )
            except typer.Exit:  # what failed was reported
                pass
            except ExporterError as error:
                _console.error(str(error), error.remedy)
            _console.flush()
    except KeyboardInterrupt:  # while it waited: the usual end of a watch
        return


class Watched:
    """What is watched: the input of editions, but nothing that they themselves write there.

    Raises `UsageError` where there is no input, or it is elsewhere.
    """

    def __init__(self, settings: Config, chosen: Sequence[str], library: Path | None) -> None:
        inputs = settings.inputs(chosen)
        if far := next(filter(remote.is_remote, inputs), None):
            raise UsageError(f"{far} tells of no changes", "Run by the clock instead: docs/scheduling.md.")
        self.places = [place.resolve() for place in inputs]
        if not self.places:
            raise UsageError(
                "there is nothing to watch", "Give an edition `input`, a list of folders, in exporter.toml."
            )
        for place in self.places:
            if not place.exists():
                raise InputError(
                    f"there is no such file or folder: {place}", "Check `input` in exporter.toml."
                )
        self._folders = [place for place in self.places if place.is_dir()]
        library = library or settings.library_folder
        self._library = library.resolve() if library else None
        folders = [library, *(settings.options(name).output for name in settings.editions)]
        self._outputs = [folder.resolve() for folder in folders if folder and not remote.is_remote(folder)]

    def changes(self) -> Iterator[None]:
        """Once at the beginning, and then after each change. Raises `KeyboardInterrupt` when told
        to end, `InputError` where the system cannot watch so much."""
        from watchfiles import watch
        from watchfiles._rust_notify import WatchfilesRustInternalError

        # A file is watched by its folder: it may be replaced by another one of its name.
        paths = dict.fromkeys(place if place in self._folders else place.parent for place in self.places)
        day: date | None = None
        try:
            for changed in watch(
                *paths,
                watch_filter=lambda _, path: self.is_meant(Path(path)),
                step=_QUIET_MS,
                debounce=_LONGEST_MS,
                rust_timeout=_QUIET_MS,
                yield_on_timeout=True,
                raise_interrupt=True,
                recursive=bool(self._folders),
            ):
                # Since it watches before the first run, nothing that changes meanwhile is missed.
                if changed or day != date.today():
                    day = date.today()
                    yield
        except (OSError, WatchfilesRustInternalError) as error:
            raise InputError(
                f"cannot watch: {error}", "Watch fewer folders, or run by the clock: docs/scheduling.md."
            ) from error

    def is_meant(self, path: Path) -> bool:
        """Whether a change of that path may change an edition."""
        if path in self.places:
            return True
        folder = next(filter(path.is_relative_to, self._folders), None)
        if path in self._outputs or folder is None or is_passing(path.relative_to(folder)):
            return False
        if self._library and is_of_library(path, self._library):
            return False
        try:
            return not is_output(path, backends.is_own_output)
        except OSError:  # a folder, or what is no more
            return True
