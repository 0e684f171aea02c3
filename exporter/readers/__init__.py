"""The readers: bytes of one source in, articles out.

A reader is a module with a function ``read(source, report)`` giving articles, and a
function ``sniff(source)`` giving its confidence from 0 to 1 that the source is its
own. It knows nothing of other readers, of folders or of backends. The built-in ones
stand in `TABLE`; others come by the entry point ``exporter.readers``, as modules of
the same two functions.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache, cached_property
from typing import Protocol, cast

import msgspec

from exporter import plugins
from exporter.diagnostics import Diagnostic, Report
from exporter.errors import ExporterError, MachineError, UsageError, is_momentary, unknown
from exporter.model import build, visit
from exporter.model.article import Article, Basis, Origin, When
from exporter.readers.common import counts, decoding, mojibake

TABLE: dict[str, tuple[str, str]] = {
    "kcnawatch": ("exporter.readers.kcna.watch", "Text copied from an article page of KCNA Watch"),
    "agency": ("exporter.readers.kcna.agency", "Text copied from pages of North Korean agencies and papers"),
    "html": ("exporter.readers.html.reader", "Saved web pages (.html, .xhtml)"),
    "markdown": ("exporter.readers.markdown.reader", "Markdown with YAML, TOML or plain front matter"),
    "feed": ("exporter.readers.feed", "Feeds: RSS, RDF, Atom, JSON Feed (.xml, .rss, .atom, .json)"),
    "mail": ("exporter.readers.mail.reader", "Mail and mailboxes: newsletters (.eml, .mbox)"),
    "exports": (
        "exporter.readers.exports",
        "Exports of read-later services, bookmarks of browsers (.json, .csv, .html)",
    ),
    "records": ("exporter.readers.records.reader", "Records of articles (.json, .jsonl, .csv), see --map"),
    "text": ("exporter.readers.text", "Plain text: a title line and paragraphs"),
    "native": ("exporter.readers.native", "This program's own JSON (show --json, -f json)"),
}
"""Built-in readers: name → module, and the form it reads. Ties go to the first."""

CERTAIN = 0.98
"""A reader so sure of a source is not outbid: the others are not even asked."""

MAX_BYTES = 64 * 1024 * 1024


class Hints(msgspec.Struct, frozen=True):
    """What is known of a source from what holds it (an archive's record, a book's package), for
    a reader to take where the source itself says nothing.

    ``link`` is its address, ``captured`` the date of the visit, ``media_type`` and ``encoding``
    what a server told of it; ``whole`` tells that all of it is the article, without a site's
    furniture around it, and that nothing is to be guessed.
    """

    link: str | None = None
    captured: When | None = None
    published: When | None = None
    title: str | None = None
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    source: str | None = None
    language: str | None = None
    media_type: str | None = None
    encoding: str | None = None
    whole: bool = False


Lookup = Callable[[str], bytes | None]


class Source:
    """The bytes of one source with its name, and a way to what lies beside it.

    ``beside`` gives the bytes of a local resource by its relative address as written in
    the page, or None where there is none. It never leaves the source's own folder. ``held``
    does the same for absolute addresses (``https:``, ``cid:``), of what one archive holds.
    ``keep`` names the rules of cleaning that are turned off. A reader that finds a form of this
    program's own says so in ``is_own``: of its articles everything was found out before.
    """

    def __init__(
        self,
        data: bytes,
        name: str,
        beside: Lookup = lambda _: None,
        *,
        held: Lookup = lambda _: None,
        hints: Hints | None = None,
        keep: frozenset[str] = frozenset(),
    ) -> None:
        self.data = data
        self.name = name
        self.beside = beside
        self.held = held
        self.hints = hints or Hints()
        self.keep = keep
        self.is_own = False
        self._text: tuple[str, str, bool] | None = None
        self._places = 0

    @property
    def suffix(self) -> str:
        """The file name's ending, in lower case with its dot, or empty."""
        base = self.name.replace("\\", "/").rpartition("/")[2]
        return f".{base.rpartition('.')[2].lower()}" if "." in base.lstrip(".") else ""

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    def text(self, report: Report | None = None) -> str:
        """The decoded text, line ends as ``\\n``. See `exporter.readers.common.decoding` and `_mojibake`."""
        if self._text is None:
            text, encoding, certain = decoding.decode(self.data, self.hints.encoding)
            text, self._places = mojibake.repaired(text)
            self._text = text, encoding, certain
        text, encoding, certain = self._text
        if report is not None:
            if not certain:
                report.add("encoding-guessed", self.name, encoding)
            if "\ufffd" in text and b"\xef\xbf\xbd" not in self.data:
                report.add("encoding-broken", self.name)
            if self._places:
                report.add("text-repaired", self.name, f"{self._places} places")
            if build.has_forbidden(text):
                report.add("control-characters", self.name)
        return text

    def origin(self, reader: str, media_type: str, part: int = 0) -> Origin:
        return Origin(self.name, media_type, self.sha256, reader, part)


class Reader(Protocol):
    """What a reader module offers."""

    def sniff(self, source: Source) -> float: ...

    def read(self, source: Source, report: Report) -> Iterable[Article]: ...


class Reading(msgspec.Struct, frozen=True):
    """What came of one source; ``sha256`` is that of its bytes, if it was read; ``own`` says that the
    source is in a form of this program's own."""

    articles: tuple[Article, ...]
    diagnostics: tuple[Diagnostic, ...]
    sha256: str = ""
    own: bool = False


@cache
def names() -> dict[str, str]:
    """All readers: name → import string. Raises `UsageError` where two claim one name."""
    return plugins.registered("exporter.readers", "reader", TABLE)


def get(name: str) -> Reader:
    """The reader of that name, imported now; ``name:settings`` gives one that its module's
    ``configured(settings)`` makes. Raises `UsageError` for one unknown or broken, or for settings
    that it does not take."""
    name, _, settings = name.partition(":")
    module = plugins.load("reader", name, names())
    if not settings:
        return cast(Reader, module)
    if not hasattr(module, "configured"):
        raise UsageError(f"the reader {name!r} takes no settings", f"Write {name} alone.")
    return cast(Reader, module.configured(settings))


def rules() -> dict[str, str]:
    """The rules by which lines of a web page's machinery are left out: name → what it takes."""
    from exporter.readers.common import boilerplate_rules

    return {rule.name: rule.takes for rule in boilerplate_rules.rules()}


def words_left_out(findings: Iterable[Diagnostic]) -> dict[str, int]:
    """How many words cleaning rules left out of a page, by rule."""
    words: Counter[str] = Counter()
    for finding in findings:
        if finding.id in ("lines-left-out", "paragraphs-left-out"):
            rule, _, count = counts.left_out(finding)
            words[rule] += count
    return dict(words)


def count_words(article: Article) -> int:
    """The words of an article's text and notes; each character of scripts that part no words is one."""
    return sum(counts.count_words(text) for text in visit.texts(article.blocks, notes=True, alt=False))


def rules_named(names: Iterable[str]) -> frozenset[str]:
    """The names, which have to be those of rules. Raises `UsageError` for an unknown one."""
    for name in names:
        if name not in rules():
            raise unknown("rule", name, rules())
    return frozenset(names)


def choose(source: Source) -> str | None:
    """The name of the reader that knows the source best, or None where none does."""
    best, best_score = None, 0.0
    for name in names():
        score = get(name).sniff(source)
        if score > best_score:
            best, best_score = name, score
        if best_score >= CERTAIN:
            break
    return best


def read_source(source: Source, reader: str | None = None) -> Reading:
    """All articles of one source. Bad input becomes diagnostics, never an exception; so do the failures
    of a moment, and then there is no article."""
    report = Report()
    if len(source.data) > MAX_BYTES:
        report.add("file-too-large", source.name, f"{len(source.data) >> 20} MB")
        return Reading((), report.findings)
    if not source.data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        report.add("file-empty", source.name)
        return Reading((), report.findings)
    if reader is None:
        if decoding.is_binary(source.data):
            report.add("file-not-text", source.name)
            return Reading((), report.findings)
        reader = choose(source)
    if reader is None:
        report.add("file-not-text", source.name)
        return Reading((), report.findings)
    try:
        articles = tuple(_checked(article, source, report) for article in get(reader).read(source, report))
    except MachineError:
        raise  # not of this source alone
    except Exception as error:
        if is_momentary(error):
            return failed(source.name, error)
        if isinstance(error, ExporterError):
            raise
        # A reader's own mistake on odd input, or a library's of whatever kind, must not cost the
        # other sources; the finding names it.
        report.add("reader-failed", source.name, f"{reader}: {type(error).__name__}: {error}"[:300])
        return Reading((), report.findings)
    if not articles and not report.warnings:
        report.add("no-article", source.name)
    return Reading(articles, report.findings, source.sha256, source.is_own)


def failed(name: str, error: BaseException) -> Reading:
    """The reading of a source that failed for the moment: see `exporter.errors.is_momentary`."""
    if isinstance(error, OSError):
        finding = Diagnostic("reading-interrupted", name, error.strerror or str(error))
    else:
        finding = Diagnostic("reading-ended", name, "it needs too much memory")
    return Reading((), (finding,))


def _checked(article: Article, source: Source, report: Report) -> Article:
    """What holds for every reader's article: a language, a title, and a word on what it lacks."""
    where = article.origin.name
    if article.published is None and not article.is_listing:
        report.add("date-missing", where, article.title[:80])
    if len(article.title) > 500:
        report.add("title-long", where, f"{len(article.title)} characters")
    if article.is_listing or source.is_own:
        return article
    from exporter.readers.common import (  # with tables that no other step of a run needs
        block_languages,
        language,
    )

    if article.language is None:
        article = block_languages.settled(article)
        if article.language is None and (guess := language.guess(article)):
            basis: dict[str, Basis] = {**article.basis, "language": "guess"}
            article = msgspec.structs.replace(article, language=guess, basis=basis)
    return block_languages.settled(article)
