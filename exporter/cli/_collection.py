"""Where a command's articles come from: paths, a library, or both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
import platformdirs

from exporter.backends import registry as backends
from exporter.cli import _console, _progress
from exporter.cli._options import reading
from exporter.diagnostics import Report
from exporter.editions.options import ExportOptions
from exporter.errors import NothingToExport, UsageError
from exporter.jobs import config
from exporter.library import Library, importer
from exporter.library.importer import ImportResult
from exporter.model.article import Article
from exporter.sources import read_many
from exporter.sources.read_many import FileRead


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
    settings = config.find()
    return (config.load(settings).library_folder if settings else None) or home()


@contextmanager
def library_at(folder: Path, *, create: bool = False) -> Iterator[Library]:
    """The library in the folder. If it was of an earlier version, a message says where the copy is."""
    with Library(folder, create=create) as library:
        if library.backup_made:
            _console.say(
                "The library was updated to this version of exporter; "
                f"{library.backup_made} is a copy of the former one."
            )
        yield library


@contextmanager
def opened(
    paths: Sequence[Path] | None, folder: Path | None, report: Report, options: ExportOptions, quiet: bool
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
            library = stack.enter_context(library_at(folder.expanduser(), create=bool(paths)))
        books: tuple[FileRead, ...] = ()
        if paths:
            books = filed(library, paths, report, options, quiet).books
            if folder is None:
                _check(paths, books, report)
        yield Collection(library, books, folder is not None)


def filed(
    library: Library,
    paths: Sequence[Path],
    report: Report,
    options: ExportOptions,
    quiet: bool = False,
    *,
    again: bool = False,
    restore: bool = False,
) -> ImportResult:
    """Everything that the paths hold, into the library; says what it corrected or left out."""
    with _progress.shown("Reading", quiet=quiet) as bar:
        came = importer.import_files(
            library,
            paths,
            report,
            reader=reading(options),
            disabled_rules=options.keep,
            own=options.own,
            workers=options.jobs,
            scheduler=options.scheduler,
            again=again,
            restore=restore,
            progress=bar,
        )
    if not quiet:
        _tell(came)
    return came


_SHOWN = 5


def _tell(came: ImportResult) -> None:
    corrected = [note.detail for note in came.notes if note.id == "article-corrected"]
    if corrected:
        more = "; …" if len(corrected) > _SHOWN else ""
        _console.say(f"{len(corrected)} corrected: {'; '.join(corrected[:_SHOWN])}{more}")
    removed = sum(note.id == "removed-left-out" for note in came.notes)
    if removed:
        _console.say(
            f"{removed} removed before {'was' if removed == 1 else 'were'} left out; --restore takes them"
        )


def read(paths: Sequence[Path], report: Report, options: ExportOptions, quiet: bool) -> tuple[Article, ...]:
    """Every article in the paths as it was read, copies and all. Raises `NothingToExport`."""
    with _progress.shown("Reading", quiet=quiet) as bar:
        articles, books = read_many.read_paths(
            paths,
            report,
            reader=reading(options),
            disabled_rules=options.keep,
            own=options.own,
            recognise=backends.is_own_output,
            workers=options.jobs,
            progress=bar,
        )
    _check(paths, books, report)
    return articles


def _check(paths: Sequence[Path], books: Sequence[FileRead], report: Report) -> None:
    """Raise `NothingToExport` where no file gave an article."""
    if not any(book.articles for book in books):
        looked = ", ".join(map(str, paths))
        raise NothingToExport(
            f"no article was found in {looked} ({_console.counted(len(books), 'file')} looked at)",
            "Add --own to read what exporter wrote."
            if "own-output" in report.counts()
            else "`exporter formats` lists the forms that are read.",
        )
