"""Where a command's articles come from: paths, a library, or both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
import platformdirs

from exporter import accession, config
from exporter.accession import Accession
from exporter.cli import _console, _progress
from exporter.diagnostics import Report
from exporter.errors import NothingToExport, UsageError
from exporter.intake import FileRead
from exporter.library import Library


class Collection(msgspec.Struct, frozen=True):
    """A library to take articles from, the books of what was read into it just now; one that is
    not ``standing`` was made for this run alone."""

    library: Library
    books: tuple[FileRead, ...]
    standing: bool


def home() -> Path:
    """Where the library lies if nobody says otherwise: the platform's folder for data."""
    return Path(platformdirs.user_data_dir("exporter"), "library")


def where(folder: Path | None) -> Path:
    """The library meant: the one named, else that of ``exporter.toml``, else the platform's."""
    if folder is not None:
        return folder.expanduser()
    found = config.find()
    return (config.load(found).library_folder if found else None) or home()


@contextmanager
def opened(
    paths: Sequence[Path] | None,
    folder: Path | None,
    report: Report,
    *,
    reader: str | None = None,
    keep: list[str] | None = None,
    jobs: int = 0,
    quiet: bool = False,
) -> Iterator[Collection]:
    """The articles of the paths, in a library of this run or in the one named; without paths those
    of the library, else of the folder ``input`` of the current one.

    Raises `NothingToExport` where there is none, `UsageError` where nothing is named.
    """
    paths = list(paths or ())
    if not paths and folder is None:
        if Path("input").is_dir():
            paths = [Path("input")]
        elif where(None).is_dir():
            folder = where(None)
        else:
            raise UsageError("nothing to read is named", "Name files or folders: exporter export saved/")
    with ExitStack() as stack:
        if folder is None:
            library = stack.enter_context(Library.temporary())
        else:
            library = stack.enter_context(Library(folder.expanduser(), create=bool(paths)))
        books: tuple[FileRead, ...] = ()
        if paths:
            books = filed(library, paths, report, reader=reader, keep=keep, jobs=jobs, quiet=quiet).books
            if folder is None and not any(book.articles for book in books):
                looked = ", ".join(map(str, paths))
                raise NothingToExport(
                    f"no article was found in {looked} ({_console.counted(len(books), 'file')} looked at)",
                    "`exporter formats` lists the forms that are read.",
                )
        yield Collection(library, books, folder is not None)


def filed(
    library: Library,
    paths: Sequence[Path],
    report: Report,
    *,
    reader: str | None,
    keep: list[str] | None,
    jobs: int,
    quiet: bool,
    again: bool = False,
) -> Accession:
    """Everything that the paths hold, into the library."""
    with _progress.shown("Reading", quiet=quiet) as bar:
        return accession.accession(
            library,
            paths,
            report,
            reader=reader,
            keep=keep or (),
            workers=jobs,
            again=again,
            progress=bar,
        )
