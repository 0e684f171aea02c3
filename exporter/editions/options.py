"""The options of an export, each defined once: type, default, help, and how it is given.

`ExportOptions` is the one definition. The command line's options, the keys of an edition in
``exporter.toml``, shell completion, ``docs/options.md`` and the fingerprint that decides whether a file is
up to date are all generated from it. To add an option, add a field here and use it. One that a backend
needs is also a field of `Settings`, under the same name.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import msgspec

from exporter.editions.compile import GROUPINGS, ORDERS, Grouping, Order
from exporter.editions.selection import Selection
from exporter.model import dates
from exporter.model.article import Asset
from exporter.model.dates import Window, parse_bound

Paper = Literal["A4", "A5", "Letter"]
PAPERS: tuple[Paper, ...] = ("A4", "A5", "Letter")
ColorMode = Literal["colour", "black"]


class Original(msgspec.Struct, frozen=True):
    """A file that articles were read from: its name, the hash of the bytes that were read,
    and where they are, or they themselves."""

    name: str
    media_type: str
    sha256: str
    content: Path | bytes

    def read(self) -> bytes:
        """The bytes as they are now. Raises `OSError`."""
        if isinstance(self.content, bytes):
            return self.content
        if isinstance(self.content, Path) and not self.content.is_file():  # a pipe would have no end
            raise FileNotFoundError(errno.ENOENT, "it is not a regular file", str(self.content))
        return self.content.read_bytes()

    def portable(self) -> Original:
        """With its bytes, where they can be read, for a machine that has not the file."""
        with suppress(OSError):
            return msgspec.structs.replace(self, content=self.read())
        return self


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a backend gets beside the edition: the render options of `ExportOptions`, and what belongs to
    the run.

    ``pages`` are the page labels of the PDF beside an EPUB, by anchor; ``originals`` are the files behind
    the articles, by `Origin.sha256`. ``workers`` is the number of processes that lay out one PDF (0 = one
    per CPU core), and ``cache`` whether pages are taken from the user's cache folder; neither changes
    the file."""

    style: str = "digest"
    paper: Paper | None = None
    look: ColorMode = "colour"
    image_max: int = 1600
    cover: Asset | None = None
    with_pages: bool = False
    embed_fonts: bool = False
    width: int = 72
    ascii: bool = False
    flowed: bool = False
    archival: bool = False
    cache: bool = False
    pages: Mapping[str, str] = {}
    originals: Mapping[str, Original] = {}
    workers: int = 0


ARTICLES, LOOK, RUN = "Which articles", "How it looks", "The run"
"""The sections of options, in the order of the help."""


class Option(msgspec.Struct, frozen=True):
    """How an option is given.

    ``help`` is its text on the command line. ``flags`` are its names there, by default ``--`` and its name
    in ``exporter.toml``; without any it is a key there alone. A flag without a value stores ``sets``.
    ``choices`` are its values, or the name of a list of them that is known at run time (``formats``,
    ``styles``, ``readers``, ``rules``, ``zones``); ``noun`` is what one of them is called in an error.
    ``kind`` is how its text is read: a ``place`` (a path or an address), an ``image``, a ``size`` in bytes.
    ``environment`` is the variable that gives it, ``least`` and ``most`` bound a number. ``commands`` are
    those that have it. ``fingerprint`` is its name among what a file depends on, as records of outputs
    have it, and empty for one that changes nothing in the file.
    """

    help: str
    section: str
    flags: tuple[str, ...] | None = None
    sets: object = True
    metavar: str = ""
    choices: tuple[str, ...] | str = ()
    noun: str = ""
    kind: Literal["", "place", "image", "size"] = ""
    environment: str = ""
    least: int | None = None
    most: int | None = None
    commands: tuple[str, ...] = ("export", "batch")
    fingerprint: str = ""


_LIST = "; may be repeated."


class ExportOptions(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """All that an export may be asked for, with its defaults; the serialised names are the keys of an
    edition in ``exporter.toml``."""

    first: Annotated[
        str | None,
        Option("First day: 2021-07-21, 2021-07 or 2021.", ARTICLES, metavar="DATE"),
    ] = msgspec.field(default=None, name="from")
    last: Annotated[
        str | None,
        Option("Last day, inclusive; of a month or year its last.", ARTICLES, metavar="DATE"),
    ] = msgspec.field(default=None, name="to")
    sources: Annotated[
        tuple[str, ...], Option(f"Only this source{_LIST}", ARTICLES, ("--source",), metavar="NAME")
    ] = ()
    tags: Annotated[
        tuple[str, ...], Option(f"Only this tag{_LIST}", ARTICLES, ("--tag",), metavar="TAG")
    ] = ()
    languages: Annotated[
        tuple[str, ...],
        Option(f"Only this language (en, ko …){_LIST}", ARTICLES, ("--lang",), metavar="TAG"),
    ] = ()
    search: Annotated[
        str,
        Option('Only with these words, or this "phrase", in title or text.', ARTICLES, metavar="TEXT"),
    ] = ""
    zone: Annotated[
        str | None,
        Option(
            "Days as the clocks of this zone tell them (Asia/Seoul).  [default: of each page's own]",
            ARTICLES,
            metavar="ZONE",
            choices="zones",
        ),
    ] = None
    undated: Annotated[bool, Option("Articles without a date, too.", ARTICLES, commands=("export",))] = False
    briefs: Annotated[
        bool, Option("Leave out the teasers at the end.", ARTICLES, ("--no-briefs",), sets=False)
    ] = True
    merge: Annotated[
        bool,
        Option("Every copy of an article, not only the best one.", ARTICLES, ("--no-merge",), sets=False),
    ] = True
    strip_agency_marks: Annotated[
        bool,
        Option("Take agency datelines and the closing -0- out of the text.", ARTICLES, fingerprint="tidied"),
    ] = msgspec.field(default=False, name="tidy")

    formats: Annotated[
        tuple[str, ...] | None,
        Option(
            "A format (see `formats`); may be repeated.  [default: pdf, epub, txt]",
            LOOK,
            ("-f", "--format"),
            metavar="NAME",
            choices="formats",
            noun="format",
        ),
    ] = None
    style: Annotated[
        str,
        Option(
            "A style (see `styles`) or the path of your own.", LOOK, choices="styles", fingerprint="style"
        ),
    ] = "digest"
    paper: Annotated[
        Paper | None,
        Option(
            "A4, A5 or Letter.  [default: the style's]",
            LOOK,
            metavar="SIZE",
            choices=PAPERS,
            noun="paper",
            fingerprint="paper",
        ),
    ] = None
    look: Annotated[
        ColorMode,
        Option("Black ink alone, images in grey.", LOOK, ("--black",), sets="black", fingerprint="look"),
    ] = "colour"
    archival: Annotated[
        bool,
        Option(
            "A PDF to keep: PDF/A-3a, with the edition as JSON and the files it comes from attached.",
            LOOK,
            fingerprint="archival",
        ),
    ] = False
    image_max: Annotated[
        int,
        Option(
            "Longer side of an image in EPUB.",
            LOOK,
            metavar="PIXELS",
            least=100,
            most=10_000,
            fingerprint="image_max",
        ),
    ] = 1600
    cover: Annotated[
        Asset | None,
        Option(
            "Your own cover for the EPUB (JPEG, PNG …).",
            LOOK,
            metavar="IMAGE",
            kind="image",
            fingerprint="cover",
        ),
    ] = None
    with_pages: Annotated[
        bool,
        Option(
            "In the EPUB the pages of the PDF beside it; takes -f pdf -f epub.",
            LOOK,
            fingerprint="with_pages",
        ),
    ] = False
    embed_fonts: Annotated[
        bool,
        Option("The style's fonts in the EPUB, for the letters it has.", LOOK, fingerprint="embed_fonts"),
    ] = False
    width: Annotated[
        int, Option("Columns of the text digest.", LOOK, least=24, most=400, fingerprint="width")
    ] = 72
    ascii: Annotated[
        bool,
        Option("The text digest in ASCII, other scripts spelled out.", LOOK, fingerprint="ascii"),
    ] = False
    flowed: Annotated[
        bool,
        Option(
            "The text digest for mail that wraps by itself (format=flowed, delsp=yes).",
            LOOK,
            fingerprint="flowed",
        ),
    ] = False
    title: Annotated[str, Option("The edition's title.", LOOK, fingerprint="title")] = "News digest"
    subtitle: Annotated[str, Option("The edition's subtitle.", LOOK, fingerprint="subtitle")] = ""
    language: Annotated[
        str | None,
        Option("The edition's language.  [default: that of most articles]", LOOK, (), fingerprint="language"),
    ] = None
    group: Annotated[
        Grouping,
        Option(
            "Parts by source, day, month or none.",
            LOOK,
            metavar="BY",
            choices=GROUPINGS,
            noun="grouping",
            fingerprint="group",
        ),
    ] = "source"
    sort: Annotated[
        Order,
        Option(
            "Order by date or source.", LOOK, metavar="BY", choices=ORDERS, noun="order", fingerprint="sort"
        ),
    ] = "date"
    split_count: Annotated[
        int,
        Option(
            "Volumes of at most so many articles; 0 is no limit.",
            LOOK,
            metavar="N",
            least=0,
            fingerprint="split",
        ),
    ] = 0
    split_size: Annotated[
        int,
        Option(
            "Volumes of at most so much: 20MB, 800kB.",
            LOOK,
            metavar="SIZE",
            kind="size",
            least=0,
            fingerprint="split",
        ),
    ] = 0
    individual: Annotated[
        bool,
        Option("A file for each article, named by date and title.", LOOK, commands=("export",)),
    ] = False
    name: Annotated[str, Option("What file names begin with.", LOOK)] = "digest"

    output: Annotated[
        Path,
        Option(
            "Where the files go; s3://bucket/folder, too.",
            RUN,
            ("-o", "--output"),
            metavar="FOLDER",
            kind="place",
        ),
    ] = Path("out")
    reader: Annotated[
        str | None,
        Option("Read everything in this form; see `readers`.", RUN, metavar="NAME", choices="readers"),
    ] = None
    map: Annotated[
        tuple[str, ...],
        Option(
            "Read everything as records (JSON, CSV) with these fields: title=headline,body=text,date=day.",
            RUN,
            metavar="FIELD=NAME",
        ),
    ] = ()
    keep: Annotated[
        tuple[str, ...],
        Option(
            "Turn a rule of cleaning off, as `readers` lists them; may be repeated.",
            RUN,
            metavar="RULE",
            choices="rules",
        ),
    ] = ()
    own: Annotated[
        bool,
        Option(
            "Also read files that exporter wrote; otherwise they are skipped, unless you name one itself.",
            RUN,
        ),
    ] = False
    jobs: Annotated[
        int,
        Option(
            "Processes to read and render with; 0 is one a core.", RUN, ("--jobs", "-j"), metavar="N", least=0
        ),
    ] = 0
    scheduler: Annotated[
        str | None,
        Option(
            "A Dask cluster to read and render on: tcp://host:8786.",
            RUN,
            metavar="ADDRESS",
            environment="EXPORTER_SCHEDULER",
        ),
    ] = None
    cache: Annotated[
        bool, Option("Lay every page out anew; see `cache`.", RUN, ("--no-cache",), sets=False)
    ] = True
    strict: Annotated[bool, Option("Fail (exit 3) on any warning; write nothing.", RUN)] = False

    @property
    def selection(self) -> Selection:
        """The selection of articles that is asked for. Raises `UsageError`."""
        if self.zone:
            dates.check_zone(self.zone)
        return Selection(
            window=Window(
                parse_bound(self.first, last=False) if self.first else None,
                parse_bound(self.last, last=True) if self.last else None,
            ),
            sources=self.sources,
            tags=self.tags,
            languages=self.languages,
            undated=self.undated,
            briefs=self.briefs and not self.individual,
            words=self.search,
            merge=self.merge,
            zone=self.zone,
        )

    @property
    def settings(self) -> Settings:
        """What backends get."""
        return Settings(**{name: getattr(self, name) for name in _RENDERING})

    @property
    def fingerprint(self) -> dict[str, object]:
        """What is asked for and changes the files, by the names that records of outputs have for it."""
        values: dict[str, list[object]] = {}
        for name, option in DEFINITIONS.items():
            if option.fingerprint:
                value = getattr(self, name)
                values.setdefault(option.fingerprint, []).append(
                    value.id if isinstance(value, Asset) else value
                )
        return {name: tuple(some) if len(some) > 1 else some[0] for name, some in values.items()}


TYPES: dict[str, Any] = get_type_hints(ExportOptions)
"""Field → its type."""
DEFINITIONS: dict[str, Option] = {
    name: next(each for each in hint.__metadata__ if isinstance(each, Option))
    for name, hint in get_type_hints(ExportOptions, include_extras=True).items()
}
"""Field → how it is given, in the order of the help."""
KEYS: dict[str, str] = {field.name: field.encode_name for field in msgspec.structs.fields(ExportOptions)}
"""Field → its key in ``exporter.toml``."""
_RENDERING = [name for name in Settings.__struct_fields__ if name in DEFINITIONS]


def flags(name: str) -> tuple[str, ...]:
    """The names of an option on the command line; none for one that is a key of ``exporter.toml`` alone."""
    given = DEFINITIONS[name].flags
    return (f"--{KEYS[name]}",) if given is None else given
