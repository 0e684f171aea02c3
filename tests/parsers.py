"""Functions of the program that read text of any length, one by one."""

from collections.abc import Callable, Iterable
from contextlib import suppress

from exporter import build, dates, wording
from exporter.backends.bibliography import _latex, _names
from exporter.backends.markdown import _escape
from exporter.backends.text import _ascii, _flowed, _wrap
from exporter.cli import _options
from exporter.diagnostics import Report
from exporter.errors import ExporterError
from exporter.identity import _address, _print, _same
from exporter.model import Article, Origin, Paragraph, Text
from exporter.readers import (
    Source,
    _dates,
    _encoding,
    _forwarded,
    _frontmatter,
    _labels,
    _markdown_habits,
    _markup,
    _mojibake,
    _pictures,
    _prolog,
    _prose,
    _templating,
    _values,
    _words,
)
from exporter.readers import _names as people


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


def _spelled_out(text: str) -> str:
    spelled, blocks = _markdown_habits.spelled_out(_markdown_habits.shallow(text))
    return blocks.restored(spelled)


PARSERS: dict[str, Callable[[str], object]] = {
    "words in lines": lambda text: _wrap.wrap(text, 72),
    "words in lines, flowed": lambda text: _flowed.lines(text.split("\n"), 72),
    "pieces of a line": lambda text: _wrap.chop(text, 72),
    "ASCII": _ascii.text,
    "Markdown": _escape.inline,
    "LaTeX": _latex.escaped,
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
    "an address's day": _dates.in_address,
    "a file name's day": _dates.in_file_name,
    "a date": _dates.parse,
    "a day of the command line": _refusing(lambda text: dates.parse_bound(text, last=False)),
    "a size of the command line": _refusing(_options.size),
    "words to look for": _refusing(wording.terms),
    "words of a title": _print.title_words,
    "a fingerprint": lambda text: _print.fingerprint(_article(text)),
    "facts": lambda text: _same.facts(_article(text)),
    "garbled text": _mojibake.repaired,
    "bytes": lambda text: _encoding.decode(text.encode()),
    "bytes of no known encoding": lambda text: _encoding.decode(b"\x81\xff" + text.encode("utf-16")),
    "front matter": _frontmatter.split,
    "front matter, fenced": lambda text: _frontmatter.split(f"---\ntitle: {text}\n---\n"),
    "front matter, TOML": lambda text: _frontmatter.split(f"+++\ntitle = {text}\n+++\n"),
    "templates": lambda text: _templating.plain_markdown(text, {}, "", Report()),
    "Markdown's habits": _spelled_out,
    "Markdown's marks": lambda text: _markdown_habits.with_marks(_markdown_habits.without_marks(text)[0]),
    "a prolog": _prolog.part,
    "a document type": lambda text: _prolog.part(f"<!DOCTYPE a [{text}"),
    "HTML": lambda text: _markup.parse(text, "", Report()),
    "deep HTML": lambda text: _markup.parse("<div>" * 300 + text, "", Report()),
    "HTML or not": _prose.is_html,
    "prose": _prose.plain,
    "a label": _labels.part_label,
    "a srcset": _pictures._largest_first,
    "tags": _consumed(_values.words),
    "names": _consumed(_values.names),
    "a list as text": _consumed(lambda text: _values.words(f"['{text}]")),
    "first words": _words.first_words,
    "a file's name": _words.from_file_name,
    "a byline": _words.without_by,
    "titles compared": lambda text: _words.same(text, f"{text}."),
    "text of a source": lambda text: Source(text.encode(), "a.txt").text(Report()),
}
