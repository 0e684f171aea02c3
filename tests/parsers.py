"""Functions of the program that read text of any length, one by one."""

from collections.abc import Callable, Iterable
from contextlib import suppress

from exporter.backends.bibliography import _names, biblatex
from exporter.backends.markdown import _escape
from exporter.backends.text import _ascii, _wrap
from exporter.diagnostics import Report
from exporter.errors import ExporterError
from exporter.jobs import values
from exporter.library import text_search
from exporter.library.duplicates import _address, _fingerprint, _similarity
from exporter.model import build, dates
from exporter.model.article import Article, Origin, Paragraph, Text
from exporter.readers import decoding
from exporter.readers.common import (
    date_parsing,
    images,
    markdown,
    markup,
    metadata,
    prose,
    titles,
    value_lists,
    xml_prolog,
)
from exporter.readers.common import person_names as people
from exporter.readers.mail import _forwarded
from exporter.readers.markdown import _frontmatter, _templating
from exporter.readers.source import Source


def _article(text: str) -> Article:
    return Article(
        title=text[:500] or "Title",
        blocks=(Paragraph((Text(text),)),),
        origin=Origin("a.txt", "text/plain", ""),
    )


def _consumed(read: Callable[[str], Iterable[object]]) -> Callable[[str], object]:
    return lambda text: list(read(text))


def _refusing(read: Callable[[str], object]) -> Callable[[str], object]:
    def act(text: str) -> None:
        with suppress(ExporterError, ValueError):
            read(text)

    return act


def _normalised(text: str) -> str:
    spelled, blocks = markdown.normalise(markdown.limit_nesting(text))
    return blocks.restored(spelled)


PARSERS: dict[str, Callable[[str], object]] = {
    "words in lines": lambda text: _wrap.wrap(text, 72),
    "words in lines, flowed": lambda text: _wrap.lines(text.split("\n"), 72),
    "pieces of a line": lambda text: _wrap.chop(text, 72),
    "ASCII": _ascii.text,
    "Markdown": _escape.inline,
    "LaTeX": biblatex.escaped,
    "a name for catalogues": _names.split,
    "clean text": build.clean,
    "one line": build.one_line,
    "a slug": build.slug,
    "names of people": lambda text: people.people([text]),
    "a forwarded text": lambda text: _forwarded.apart(text, "Fwd: a"),
    "a language": build.language_tag,
    "a link": build.safe_link,
    "inlines": lambda text: build.paragraph([text]),
    "many inlines": lambda text: build.paragraph([text[n : n + 20] for n in range(0, len(text), 20)]),
    "an address as a key": _address.canonical,
    "an address's day": date_parsing.in_address,
    "a file name's day": date_parsing.in_file_name,
    "a date": date_parsing.parse,
    "a day of the command line": _refusing(lambda text: dates.parse_bound(text, last=False)),
    "a size in bytes": _refusing(values.size),
    "words to look for": _refusing(text_search.terms),
    "words of a title": _fingerprint.title_words,
    "a fingerprint": lambda text: _fingerprint.fingerprint(_article(text)),
    "features": lambda text: _similarity.features(_article(text)),
    "garbled text": decoding.repaired,
    "bytes": lambda text: decoding.decode(text.encode()),
    "bytes of no known encoding": lambda text: decoding.decode(b"\x81\xff" + text.encode("utf-16")),
    "front matter": _frontmatter.split,
    "front matter, fenced": lambda text: _frontmatter.split(f"---\ntitle: {text}\n---\n"),
    "front matter, TOML": lambda text: _frontmatter.split(f"+++\ntitle = {text}\n+++\n"),
    "templates": lambda text: _templating.plain_markdown(text, {}, "", Report()),
    "Markdown's normalisation": _normalised,
    "Markdown's slow markup": lambda text: markdown.unescape_slow(markdown.escape_slow(text)[0]),
    "an XML prolog": xml_prolog.split,
    "a document type": lambda text: xml_prolog.split(f"<!DOCTYPE a [{text}"),
    "HTML": lambda text: markup.parse(text, "", Report()),
    "deep HTML": lambda text: markup.parse("<div>" * 300 + text, "", Report()),
    "HTML or not": prose.is_html,
    "prose": prose.plain,
    "a label": metadata.split_label,
    "a srcset": images._largest_first,
    "tags": _consumed(value_lists.words),
    "names": _consumed(value_lists.names),
    "a list as text": _consumed(lambda text: value_lists.words(f"['{text}]")),
    "first words": titles.first_words,
    "a file's name": titles.from_file_name,
    "a byline": titles.without_by,
    "titles compared": lambda text: titles.same(text, f"{text}."),
    "text of a source": lambda text: Source(text.encode(), "a.txt").text(Report()),
}
