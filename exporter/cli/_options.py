"""The options that several commands share, said once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from exporter.cli import _console
from exporter.diagnostics import Report
from exporter.editions.selection import Selection
from exporter.errors import UsageError
from exporter.model import dates, images
from exporter.model.article import Asset
from exporter.model.dates import Window, parse_bound
from exporter.sources import remote

_CHOOSE = "Which articles"
_LOOK = "How it looks"
_RUN = "The run"

Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="PATHS",
        parser=remote.place,
        help="Files and folders, or s3://bucket/folder; - is standard input.  [default: input/, if there]",
    ),
]
From = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="DATE", rich_help_panel=_CHOOSE, help="First day: 2021-07-21, 2021-07 or 2021."
    ),
]
To = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="DATE",
        rich_help_panel=_CHOOSE,
        help="Last day, inclusive; of a month or year its last.",
    ),
]
Sources = Annotated[
    list[str] | None,
    typer.Option(
        "--source", metavar="NAME", rich_help_panel=_CHOOSE, help="Only this source; may be repeated."
    ),
]
Tags = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="TAG", rich_help_panel=_CHOOSE, help="Only this tag; may be repeated."),
]
Languages = Annotated[
    list[str] | None,
    typer.Option(
        "--lang",
        metavar="TAG",
        rich_help_panel=_CHOOSE,
        help="Only this language (en, ko …); may be repeated.",
    ),
]
Undated = Annotated[
    bool, typer.Option("--undated", rich_help_panel=_CHOOSE, help="Articles without a date, too.")
]
NoBriefs = Annotated[
    bool, typer.Option("--no-briefs", rich_help_panel=_CHOOSE, help="Leave out the teasers at the end.")
]
NoMerge = Annotated[
    bool,
    typer.Option(
        "--no-merge", rich_help_panel=_CHOOSE, help="Every copy of an article, not only the best one."
    ),
]
Words = Annotated[
    str | None,
    typer.Option(
        "--search",
        metavar="TEXT",
        rich_help_panel=_CHOOSE,
        help='Only with these words, or this "phrase", in title or text.',
    ),
]
Zone = Annotated[
    str | None,
    typer.Option(
        "--zone",
        metavar="ZONE",
        rich_help_panel=_CHOOSE,
        help="Days as the clocks of this zone tell them (Asia/Seoul).  [default: of each page's own]",
    ),
]
LibraryFolder = Annotated[
    Path | None,
    typer.Option(
        "--library",
        metavar="FOLDER",
        parser=remote.local,
        envvar="EXPORTER_LIBRARY",
        rich_help_panel=_RUN,
        help="The library to keep articles in, or to take them from.",
    ),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        rich_help_panel=_RUN,
        help="The file of editions.  [default: exporter.toml here, else the user's]",
    ),
]
Force = Annotated[bool, typer.Option("--force", rich_help_panel=_RUN, help="Make what is up to date, too.")]
Prune = Annotated[
    bool,
    typer.Option(
        "--prune",
        rich_help_panel=_RUN,
        help="Remove what was made under this name and no window makes any more.",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", rich_help_panel=_RUN, help="Only tell what would be made, and why.")
]
ReaderName = Annotated[
    str | None,
    typer.Option(
        "--reader", metavar="NAME", rich_help_panel=_RUN, help="Read everything in this form; see `readers`."
    ),
]
Mapping = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="FIELD=NAME",
        rich_help_panel=_RUN,
        help="Read everything as records (JSON, CSV) with these fields: title=headline,body=text,date=day.",
    ),
]
Keep = Annotated[
    list[str] | None,
    typer.Option(
        "--keep",
        metavar="RULE",
        rich_help_panel=_RUN,
        help="Turn a rule of cleaning off, as `readers` lists them; may be repeated.",
    ),
]
Own = Annotated[
    bool,
    typer.Option(
        "--own",
        rich_help_panel=_RUN,
        help="Also read files that exporter wrote; otherwise they are skipped, unless you name one itself.",
    ),
]
Tidy = Annotated[
    bool,
    typer.Option(
        "--tidy", rich_help_panel=_CHOOSE, help="Take agency datelines and the closing -0- out of the text."
    ),
]


def _as_json(wanted: bool) -> bool:
    _console.as_json.on = wanted
    return wanted


LogJson = Annotated[
    bool,
    typer.Option(
        "--log-json",
        callback=_as_json,
        is_eager=True,
        rich_help_panel=_RUN,
        help="Tell progress, warnings and errors as lines of JSON on standard error.",
    ),
]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", rich_help_panel=_RUN, help="Say nothing but errors.")]
ReportFile = Annotated[
    Path | None,
    typer.Option(
        "--report",
        metavar="FILE",
        rich_help_panel=_RUN,
        help="Write what was read, left out, lost and why, as JSON.",
    ),
]
Strict = Annotated[
    bool, typer.Option("--strict", rich_help_panel=_RUN, help="Fail (exit 3) on any warning; write nothing.")
]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        "-j",
        min=0,
        metavar="N",
        rich_help_panel=_RUN,
        help="Processes to read and render with; 0 is one a core.",
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        envvar="EXPORTER_SCHEDULER",
        rich_help_panel=_RUN,
        help="A Dask cluster to read and render on: tcp://host:8786.",
    ),
]
NoCache = Annotated[
    bool,
    typer.Option("--no-cache", rich_help_panel=_RUN, help="Lay every page out anew; see `cache`."),
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "-f",
        "--format",
        metavar="NAME",
        rich_help_panel=_LOOK,
        help="A format (see `formats`); may be repeated.  [default: pdf, epub, txt]",
    ),
]
Output = Annotated[
    Path,
    typer.Option(
        "-o",
        "--output",
        metavar="FOLDER",
        parser=remote.place,
        rich_help_panel=_RUN,
        help="Where the files go; s3://bucket/folder, too.",
    ),
]
Name = Annotated[str, typer.Option("--name", rich_help_panel=_LOOK, help="What file names begin with.")]
Title = Annotated[str, typer.Option("--title", rich_help_panel=_LOOK, help="The edition's title.")]
Subtitle = Annotated[str, typer.Option("--subtitle", rich_help_panel=_LOOK, help="The edition's subtitle.")]
Group = Annotated[
    str,
    typer.Option("--group", metavar="BY", rich_help_panel=_LOOK, help="Parts by source, day, month or none."),
]
Sort = Annotated[
    str, typer.Option("--sort", metavar="BY", rich_help_panel=_LOOK, help="Order by date or source.")
]
Style = Annotated[
    str,
    typer.Option("--style", rich_help_panel=_LOOK, help="A style (see `styles`) or the path of your own."),
]
Paper = Annotated[
    str | None,
    typer.Option(
        "--paper", metavar="SIZE", rich_help_panel=_LOOK, help="A4, A5 or Letter.  [default: the style's]"
    ),
]
Archival = Annotated[
    bool,
    typer.Option(
        "--archival",
        rich_help_panel=_LOOK,
        help="A PDF to keep: PDF/A-3a, with the edition as JSON and the files it comes from attached.",
    ),
]
Black = Annotated[
    bool,
    typer.Option("--black", rich_help_panel=_LOOK, help="Black ink alone, images in grey."),
]
ImageMax = Annotated[
    int,
    typer.Option(
        "--image-max",
        min=100,
        max=10_000,
        metavar="PIXELS",
        rich_help_panel=_LOOK,
        help="Longer side of an image in EPUB.",
    ),
]
Cover = Annotated[
    Path | None,
    typer.Option(
        "--cover", metavar="IMAGE", rich_help_panel=_LOOK, help="Your own cover for the EPUB (JPEG, PNG …)."
    ),
]
WithPages = Annotated[
    bool,
    typer.Option(
        "--with-pages",
        rich_help_panel=_LOOK,
        help="In the EPUB the pages of the PDF beside it; takes -f pdf -f epub.",
    ),
]
EmbedFonts = Annotated[
    bool,
    typer.Option(
        "--embed-fonts", rich_help_panel=_LOOK, help="The style's fonts in the EPUB, for the letters it has."
    ),
]
SplitCount = Annotated[
    int,
    typer.Option(
        "--split-count",
        min=0,
        metavar="N",
        rich_help_panel=_LOOK,
        help="Volumes of at most so many articles; 0 is no limit.",
    ),
]
SplitSize = Annotated[
    str | None,
    typer.Option(
        "--split-size", metavar="SIZE", rich_help_panel=_LOOK, help="Volumes of at most so much: 20MB, 800kB."
    ),
]
Individual = Annotated[
    bool,
    typer.Option(
        "--individual", rich_help_panel=_LOOK, help="A file for each article, named by date and title."
    ),
]
Width = Annotated[
    int, typer.Option("--width", min=24, max=400, rich_help_panel=_LOOK, help="Columns of the text digest.")
]

Ascii = Annotated[
    bool,
    typer.Option(
        "--ascii", rich_help_panel=_LOOK, help="The text digest in ASCII, other scripts spelled out."
    ),
]
Flowed = Annotated[
    bool,
    typer.Option(
        "--flowed",
        rich_help_panel=_LOOK,
        help="The text digest for mail that wraps by itself (format=flowed, delsp=yes).",
    ),
]


def selection(
    first: str | None,
    last: str | None,
    sources: list[str] | None,
    tags: list[str] | None,
    languages: list[str] | None,
    undated: bool = False,
    no_briefs: bool = False,
    words: str | None = None,
    zone: str | None = None,
    no_merge: bool = False,
) -> Selection:
    """The selection that the options ask for. Raises `UsageError`."""
    window = Window(
        parse_bound(first, last=False) if first else None, parse_bound(last, last=True) if last else None
    )
    if zone:
        dates.check_zone(zone)
    return Selection(
        window=window,
        sources=tuple(sources or ()),
        tags=tuple(tags or ()),
        languages=tuple(languages or ()),
        undated=undated,
        briefs=not no_briefs,
        words=words or "",
        zone=zone,
        merge=not no_merge,
    )


def with_pages(asked: bool, formats: list[str] | None) -> bool:
    """Whether the EPUB tells the PDF's pages. Raises `UsageError` where only one of them is made."""
    if asked and not {"pdf", "epub"} <= set(formats or ("pdf", "epub")):
        raise UsageError("--with-pages tells in an EPUB the pages of a PDF", "Add -f pdf -f epub.")
    return asked


_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kKmMgG]?)[bB]?")
_UNITS = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3}


def size(told: str | None) -> int:
    """Bytes from ``20MB``, ``800 kB`` or a number; 0 for None. Raises `UsageError`."""
    if told is None:
        return 0
    match = _SIZE.fullmatch(told.strip())
    if not match or not (found := int(float(match[1]) * _UNITS[match[2].lower()])):
        raise UsageError(f"{told!r} is no size", "Give one such as 20MB or 800kB.")
    return found


def cover(file: Path | None) -> Asset | None:
    """The cover that the user gives. Raises `UsageError` where it is no image that can be used."""
    if file is None:
        return None
    report = Report()
    try:
        with file.open("rb") as opened:  # no more of it than is needed to tell that it is too large
            data = opened.read(images.MAX_BYTES + 1)
        found = images.asset(data, file.name, str(file), report)
    except OSError as error:
        raise UsageError(f"cannot read the cover {file}: {error.strerror}", "Check its path.") from None
    if found is None:
        raise UsageError(f"the cover cannot be used: {report.findings[0]}", report.findings[0].kind.remedy)
    return found


def reading(reader: str | None, mapping: list[str] | None) -> str | None:
    """The reader that ``--reader`` and ``--map`` ask for. Raises `UsageError` for both together."""
    if not mapping:
        return reader
    if reader not in (None, "records"):
        raise UsageError(f"--map is for records, not for {reader}", "Leave one of --reader and --map out.")
    return f"records:{','.join(mapping)}"
