"""The table of forms that are read: each described in one row, its reader imported when it is used.

A reader is confident of a source or not (`Reader.sniff`), and reads one into articles (`Reader.read`). It
knows nothing of other readers, of folders or of backends. Built-in readers are in `TABLE`; others join by
the entry point ``exporter.readers``. The contract is in docs/readers/README.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Protocol, cast

import msgspec

from exporter import plugins
from exporter.diagnostics import Diagnostic, Report
from exporter.errors import ExporterError, MachineError, UsageError, is_momentary, unknown
from exporter.model import visit
from exporter.model.article import Article, Basis
from exporter.readers import decoding
from exporter.readers.common import boilerplate_rules
from exporter.readers.source import MAX_BYTES, Reading, Source


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """Describes a form that is read; a reader of another package may have one as its ``FORM``.

    - ``module``: the import string of the reader; a reader of another package leaves it empty.
    - ``about``: a line for ``exporter readers``.
    - ``suffixes``: the usual endings of these files, with the dot.
    - ``example``: the path of one under ``input/``.
    """

    module: str = ""
    about: str
    suffixes: tuple[str, ...] = ()
    example: str = ""


TABLE: dict[str, Form] = {
    "kcnawatch": Form(
        module="exporter.readers.kcna.watch",
        about="Text copied from an article page of KCNA Watch",
        suffixes=(".txt",),
        example="copied/harbour-gazette-regatta.txt",
    ),
    "agency": Form(
        module="exporter.readers.kcna.agency",
        about="Text copied from pages of North Korean agencies and papers",
        suffixes=(".txt",),
    ),
    "html": Form(
        module="exporter.readers.html.reader",
        about="Saved web pages (.html, .xhtml)",
        suffixes=(".html", ".htm", ".xhtml"),
        example="web/leuchtfeuer-sandhoern.html",
    ),
    "markdown": Form(
        module="exporter.readers.markdown.reader",
        about="Markdown with YAML, TOML or plain front matter",
        suffixes=(".md", ".markdown"),
        example="markdown/eleven-bridges.md",
    ),
    "feed": Form(
        module="exporter.readers.feed",
        about="Feeds: RSS, RDF, Atom, JSON Feed (.xml, .rss, .atom, .json)",
        suffixes=(".xml", ".rss", ".atom", ".json"),
        example="feeds/lantern-street-journal.rss",
    ),
    "mail": Form(
        module="exporter.readers.mail.reader",
        about="Mail and mailboxes: newsletters (.eml, .mbox)",
        suffixes=(".eml", ".mbox"),
        example="mail/harbour-letters.eml",
    ),
    "exports": Form(
        module="exporter.readers.exports",
        about="Exports of read-later services, bookmarks of browsers (.json, .csv, .html)",
        suffixes=(".json", ".csv", ".html"),
        example="exports/pocket.csv",
    ),
    "records": Form(
        module="exporter.readers.records.reader",
        about="Records of articles (.json, .jsonl, .csv), see --map",
        suffixes=(".json", ".jsonl", ".csv"),
        example="records/northern-line-review.jsonl",
    ),
    "text": Form(
        module="exporter.readers.text",
        about="Plain text: a title line and paragraphs",
        suffixes=(".txt",),
        example="text/the-man-who-winds-the-sundial.txt",
    ),
    "native": Form(
        module="exporter.readers.native",
        about="This program's own JSON (show --json, -f json)",
        suffixes=(".json",),
    ),
}
"""Built-in readers by name. The first of equally confident readers is chosen."""

CERTAIN = 0.98
"""From this confidence on, no other reader is tried."""


class Reader(Protocol):
    """A module that reads one form; or what its ``configured(settings)`` returns, if it has settings."""

    def sniff(self, source: Source) -> float:
        """Return the confidence, from 0 to 1, that the source is of this form.

        Above 0.9 for a form with a mark of its own, about 0.5 for a file name alone, 0 for what this
        reader cannot read. The reader with the highest confidence reads the source. It is called for
        every source: look at the first bytes, and at no other file."""
        ...

    def read(self, source: Source, report: Report) -> Iterable[Article]:
        """Yield the articles of a source, in its order.

        ``article.origin`` is `Source.origin`. Add to ``report`` what cannot be read: bad input raises
        nothing. A date that is not in the source stays None."""
        ...


_FUNCTIONS: dict[str, Any] = {"sniff": Callable, "read": Callable}


@cache
def names() -> dict[str, str]:
    """All readers: name → import string. Raises `UsageError` where two claim one name."""
    return plugins.registered("exporter.readers", "reader", {name: row.module for name, row in TABLE.items()})


def get(name: str) -> Reader:
    """Import the reader of a form; for ``name:settings``, return what its ``configured(settings)`` returns.
    Raises `UsageError` for an unknown reader, for one of another package that does not fulfil the
    contract, and for settings that it does not take."""
    name, _, settings = name.partition(":")
    module = plugins.load("reader", name, names(), _FUNCTIONS)
    if not settings:
        return cast(Reader, module)
    if not hasattr(module, "configured"):
        raise UsageError(f"the reader {name!r} takes no settings", f"Write {name} alone.")
    return cast(Reader, module.configured(settings))


def describe(name: str) -> Form:
    """The description of a form; that of a built-in one needs no import. Raises `UsageError`, see `get`."""
    form = TABLE.get(name) or getattr(get(name), "FORM", None)
    return form if isinstance(form, Form) else Form(about=names()[name])


def rules() -> dict[str, str]:
    """The cleaning rules of web pages: name → what each leaves out."""
    return {rule.name: rule.takes for rule in boilerplate_rules.rules()}


def words_left_out(findings: Iterable[Diagnostic]) -> dict[str, int]:
    """How many words cleaning rules left out of a page, by rule."""
    words: Counter[str] = Counter()
    for finding in findings:
        if finding.id in ("lines-left-out", "paragraphs-left-out"):
            rule, _, count = boilerplate_rules.parse_finding(finding)
            words[rule] += count
    return dict(words)


def count_words(article: Article) -> int:
    """The words of an article's text and notes; each character of scripts that part no words is one."""
    return sum(
        boilerplate_rules.count_words(text) for text in visit.texts(article.blocks, notes=True, alt=False)
    )


def rules_named(names: Iterable[str]) -> frozenset[str]:
    """Check that these are names of rules. Raises `UsageError` for an unknown one."""
    for name in names:
        if name not in rules():
            raise unknown("rule", name, rules())
    return frozenset(names)


def choose(source: Source) -> str | None:
    """The name of the reader with the highest confidence, or None if no reader has any."""
    best, best_score = None, 0.0
    for name in names():
        score = get(name).sniff(source)
        if score > best_score:
            best, best_score = name, score
        if best_score >= CERTAIN:
            break
    return best


def read_source(source: Source, reader: str | None = None) -> Reading:
    """Read one source, with the reader named or else with the one that `choose` returns. Bad input and
    temporary failures become diagnostics; after a temporary failure there is no article. Raises
    `MachineError`, and `UsageError` (see `get`)."""
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
        raise  # it concerns more than this source
    except Exception as error:
        if is_momentary(error):
            return failed(source.name, error)
        if isinstance(error, ExporterError):
            raise
        # A bug of a reader or of a library must not prevent reading the other sources.
        report.add("reader-failed", source.name, f"{reader}: {type(error).__name__}: {error}"[:300])
        return Reading((), report.findings)
    if not articles and not report.warnings:
        report.add("no-article", source.name)
    return Reading(articles, report.findings, source.sha256, source.is_own)


def failed(name: str, error: BaseException) -> Reading:
    """The reading of a source after a temporary failure, see `exporter.errors.is_momentary`."""
    if isinstance(error, OSError):
        finding = Diagnostic("reading-interrupted", name, error.strerror or str(error))
    else:
        finding = Diagnostic("reading-ended", name, "it needs too much memory")
    return Reading((), (finding,))


def _checked(article: Article, source: Source, report: Report) -> Article:
    """Determine the article's language, and report a missing date and a title that is too long."""
    where = article.origin.name
    if article.published is None and not article.is_listing:
        report.add("date-missing", where, article.title[:80])
    if len(article.title) > 500:
        report.add("title-long", where, f"{len(article.title)} characters")
    if article.is_listing or source.is_own:
        return article
    from exporter.readers.common import languages

    if article.language is None:
        article = languages.resolve(article)
        if article.language is None and (guess := languages.detect(article)):
            basis: dict[str, Basis] = {**article.basis, "language": "guess"}
            article = msgspec.structs.replace(article, language=guess, basis=basis)
    return languages.resolve(article)
