"""``show``, ``list``, ``formats`` and ``styles``: look before you export."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from wcwidth import wcswidth

from exporter import resources
from exporter.backends import registry as backends
from exporter.cli import _console
from exporter.cli import _options as o
from exporter.cli import _summary as summary
from exporter.cli._collection import library_at, opened, read, where
from exporter.diagnostics import Report
from exporter.editions.options import ExportOptions
from exporter.errors import NothingToExport, UsageError
from exporter.model.article import Article, Block, Figure, Heading, ListBlock, Table, to_json
from exporter.model.visit import plain, texts
from exporter.readers import registry as readers
from exporter.sources import archives, remote

_SHOW = """The articles in PATH as they were understood: an outline, or with --json the native form.

**Examples**

    exporter show page.txt
    exporter show saved/ --json > articles.json
    exporter show 17 --library news
    exporter show 17 --versions
"""

_LIST = """One line an article: date, source, language, title. What it lists is what `export` would take.

**Examples**

    exporter list saved/ --from 2021-07 --to 2021-07
    exporter list saved/ --lang ko --undated
"""


_READERS = """The readers by name, and the shapes of exports and of records that are known by their fields.

Which one reads a file is found out; `--reader NAME` chooses one for all files. At the end, the rules
by which lines of a web page's machinery are left out; `--keep RULE` turns one off.
"""


def register(app: typer.Typer) -> None:
    app.command("show", help=_SHOW)(show)
    app.command("list", help=_LIST)(list_)
    app.command("formats", help="The forms that are read and the formats that are written.")(formats)
    app.command("readers", help=_READERS)(readers_)
    app.command("styles", help="The styles there are, and where they lie.")(styles)


@o.with_options("reader", "map", "keep", "own")
def show(
    options: ExportOptions,
    path: Annotated[
        Path,
        typer.Argument(
            parser=remote.place,
            help="A file or folder, or an article's number in the library; - is standard input.",
        ),
    ],
    json: Annotated[bool, typer.Option("--json", help="The native form: a JSON array of articles.")] = False,
    versions: Annotated[
        bool, typer.Option("--versions", help="The copies and former versions of a library's article.")
    ] = False,
    library: o.LibraryFolder = None,
    quiet: o.Quiet = False,
) -> None:
    if versions:
        _versions(path, library)
        return
    report = Report()
    articles: tuple[Article, ...]
    try:
        if str(path).isdecimal() and not path.exists():
            articles = (_kept(int(str(path)), library),)
        else:
            articles = read([path], report, options, quiet)
    finally:
        _console.diagnostics(report, quiet=quiet, more="read fewer files to see them all")
    if json:
        _console.data(msgspec.json.format(to_json(articles), indent=2).decode())
        return
    for article in articles:
        _outline(article)


def _kept(number: int, folder: Path | None) -> Article:
    """The library's article of that number. Raises `UsageError`."""
    with library_at(where(folder)) as library:
        article = library.get(number)
    if article is None:
        raise UsageError(
            f"the library has no article {number}", "`exporter list` and `search` show the numbers."
        )
    return article


def _versions(number: Path, folder: Path | None) -> None:
    """The copies and versions of the library's article of that number. Raises `UsageError`."""
    if not str(number).isdecimal():
        raise UsageError(
            "--versions takes the number of an article in the library", "`exporter list` shows it."
        )
    with library_at(where(folder)) as library:
        rows = library.versions(int(str(number)))
    if not rows:
        raise UsageError(
            f"the library has no article {number}", "`exporter list` and `search` show the numbers."
        )
    for row in rows:
        what = "leads" if row.id == row.leader else "former version" if row.former else "copy"
        day = (row.published or "undated")[:10]
        _console.out(f"{row.id:>6}  {what:<14}  {day:<10}  {row.source or '?'}: {row.title}  ({row.name})")


def _outline(article: Article) -> None:
    out = _console.out
    out(article.title)
    out("=" * min(max(wcswidth(article.title), 4), 78))
    facts = {
        "subtitle": article.subtitle,
        "authors": ", ".join(article.authors),
        "source": article.source,
        "section": article.section,
        "tags": ", ".join(article.tags),
        "language": article.language,
        "published": article.published,
        "captured": article.captured,
        "link": article.link,
        "also in": ", ".join(" ".join(filter(None, (c.source, c.published))) for c in article.also),
        "via": " ".join(filter(None, (article.aggregator, article.via))),
        "read from": f"{article.origin.name} ({article.origin.reader})",
    }
    for name, value in facts.items():
        if value:
            basis = f"  ({article.basis[name]})" if name in article.basis else ""
            out(f"{name + ':':<11} {value}{basis}")
    out()
    for block in article.blocks:
        out(_sketch(block))
    if article.teasers:
        out()
        out(f"{len(article.teasers)} teasers:")
        for teaser in article.teasers:
            kept = f"saved {teaser.captured[:10]}" if teaser.captured else "?"
            out(f"  {teaser.date or kept:<10}  {_cut(teaser.title, 66)}")
    out()


def _sketch(block: Block) -> str:
    """One line on a block: its kind by a mark, and its first words."""
    if isinstance(block, Heading):
        return "#" * block.level + " " + _cut(plain(block.content), 72)
    if isinstance(block, ListBlock):
        return f"  • list of {len(block.items)}: " + _cut(" / ".join(texts((block,))), 60)
    if isinstance(block, Figure):
        return "  ▣ figure: " + _cut(plain(block.caption) or block.alt or "no words", 62)
    if isinstance(block, Table):
        return f"  ▦ table of {len(block.rows)} rows: " + _cut(" / ".join(texts((block,))), 54)
    words = " ".join(texts((block,)))
    return "  " + _cut(words, 74) if words else "  —"


def _cut(text: str, width: int) -> str:
    text = " ".join(text.split())
    if wcswidth(text) <= width:
        return text
    while text and (wcswidth(text) > width - 1):
        text = text[: max(len(text) - max((wcswidth(text) - width) // 2, 1), 0)]
    return text.rstrip() + "…"


@o.with_options(
    *("first", "last", "sources", "tags", "languages", "search", "zone", "undated", "merge"),
    *("reader", "map", "keep", "own"),
)
def list_(
    options: ExportOptions,
    paths: o.Paths = None,
    library: o.LibraryFolder = None,
    quiet: o.Quiet = False,
) -> None:
    selection = options.selection
    report = Report()
    try:
        with opened(paths, library, report, options, quiet) as collection:
            rows = collection.library.lines(selection)
            briefs = len(collection.library.snapshot(selection).briefs)
            left_out = collection.library.excluded(selection, report, all=not collection.standing)
    finally:
        _console.diagnostics(report, quiet=quiet, more="read fewer files to see them all")
    if not rows and not briefs:
        raise NothingToExport("no article is in the selection", "Widen --from and --to or the filters.")
    rows.sort(key=lambda row: (row.published is None, row.published or "", row.title))
    numbers = max(len(str(row.id)) for row in rows) if rows and collection.standing else 0
    width = max((wcswidth(row.source or "?") for row in rows), default=1)
    room = max(shutil.get_terminal_size((100, 24)).columns - 10 - width - 10 - numbers, 30)
    for row in rows:
        source = row.source or "?"
        padded = source + " " * (width - wcswidth(source))
        day = f"{(row.published or 'undated')[:10]:<10}"
        number = f"{row.id:>{numbers}}  " if numbers else ""
        copy = "" if row.id == row.leader or not numbers else f"  (a copy of {row.leader})"
        _console.out(f"{number}{day}  {padded}  {row.language or '?':<5}  {_cut(row.title, room)}{copy}")
    if not quiet:
        counts = (_console.counted(len(rows), "article"), _console.counted(briefs, "brief"))
        _console.say(f"{', '.join(counts)}, {len(left_out)} left out")
        summary.duplicates(left_out)


def formats() -> None:
    _console.out("Read (--reader):")
    for name in readers.names():
        _console.out(f"  {name:<10} {readers.describe(name).about}")
    _console.out("Opened, and what they hold read:")
    for name, (_, about, _) in archives.TABLE.items():
        _console.out(f"  {name:<10} {about}")
    _console.out("Written (-f):")
    for name in backends.names():
        _console.out(f"  {name:<10} {backends.describe(name).about}")


def readers_() -> None:
    for name in readers.names():
        _console.out(f"{name:<10} {readers.describe(name).about}")
        for shape in getattr(readers.get(name), "SHAPES", ()):
            _console.out(f"{'':<10} - {shape}")
    _console.out("Lines of web pages that are left out (--keep RULE):")
    for name, takes in readers.rules().items():
        _console.out(f"  {name:<14} {takes}")


def styles() -> None:
    from exporter.backends.pdf import style

    for name, folder in resources.styles().items():
        _console.out(f"{name:<10} {style.load(name).about}\n{'':<10} {folder}")
