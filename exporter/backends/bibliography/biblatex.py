"""BibLaTeX: entries for biber, and for all that imports BibTeX (BibLaTeX manual, 2.1 and 2.2).

An article of a newspaper is ``@article`` with ``entrysubtype = {newspaper}``; with an address but no
container ``@online``; else ``@misc``. ``journaltitle`` and ``date`` are BibLaTeX's: classic BibTeX styles
do not know them. ``url`` is verbatim, all other text is LaTeX.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from exporter.backends.bibliography._names import Name
from exporter.backends.bibliography._reference import (
    Citation,
    Kind,
    Reference,
    broken,
    decoded,
    places,
    references,
)
from exporter.diagnostics import Report
from exporter.editions.compile import Edition
from exporter.editions.options import Settings

_TYPES: dict[Kind, str] = {"newspaper": "article", "web": "online", "other": "misc"}
_LANGUAGES = {
    "ar": "arabic",
    "cs": "czech",
    "da": "danish",
    "de": "ngerman",
    "el": "greek",
    "en": "english",
    "en-GB": "british",
    "en-US": "american",
    "es": "spanish",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "he": "hebrew",
    "hi": "hindi",
    "hu": "hungarian",
    "it": "italian",
    "ja": "japanese",
    "ko": "korean",
    "nl": "dutch",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "th": "thai",
    "tr": "turkish",
    "uk": "ukrainian",
    "vi": "vietnamese",
    "zh": "chinese",
}
"""Languages by the names that ``langid`` takes; others go without, as an unknown name is an error."""

_ENTRY = re.compile(r"@[a-z]+\{([a-z0-9-]+),\n((?:  .*\n)+)\}\n")
_FIELD = re.compile(r"^  ([a-z]+) = \{(.*)\},$", re.M)


def render(edition: Edition, settings: Settings, report: Report) -> bytes:  # noqa: ARG001 - the protocol's
    """The edition's references as UTF-8 text, a field a line."""
    return "\n".join(map(_entry, references(edition))).encode()


def locate(data: bytes, edition: Edition) -> dict[str, str]:
    """Each anchor with the citation key under which it is found. Raises `IncompleteError` for
    bytes that are not BibLaTeX as `render` writes it."""
    return places(list(_read(decoded(data))), edition)


def _entry(one: Reference) -> str:
    fields = {
        "entrysubtype": "newspaper" if one.kind == "newspaper" else "",
        "author": _authors(one.authors),
        "title": escaped(one.title),
        "journaltitle": escaped(one.container),
        "date": one.date,
        "url": one.url,
        "urldate": one.accessed,
        "langid": _LANGUAGES.get(one.language) or _LANGUAGES.get(one.language.split("-")[0], ""),
        "abstract": escaped(one.abstract),
        "keywords": _keywords(one.keywords),
        "note": escaped(one.note),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@{_TYPES[one.kind]}{{{one.key},\n{''.join(lines)}}}\n"


def _authors(names: Sequence[Name]) -> str:
    return " and ".join(map(_author, names))


def _author(name: Name) -> str:
    if not name.given:
        # In braces a name is not taken apart, whatever words, commas and particles it has.
        return f"{{{escaped(name.family)}}}"
    return ", ".join(escaped(part) for part in (name.family, name.suffix, name.given) if part)


def _keywords(keywords: Sequence[str]) -> str:
    """Keywords with commas between them, so with none in them; importers part at semicolons, too."""
    kept = (" ".join(re.sub("[,;]", " ", keyword).split()) for keyword in keywords)
    return ", ".join(escaped(keyword) for keyword in kept if keyword)


def _read(text: str) -> Iterator[Citation]:
    at = 0
    while at < len(text):
        match = _ENTRY.match(text, at)
        if match is None:
            raise broken(f"no entry begins at character {at}")
        fields = dict(_FIELD.findall(match[2]))
        if any(depth(value) < 0 for value in fields.values()):
            raise broken(f"the braces of {match[1]} do not balance")
        title = unescaped(fields.get("title", ""))
        yield Citation(match[1], title, fields.get("date", ""), fields.get("url", ""))
        at = match.end() + 1  # a blank line parts two entries


# -- Text as a BibLaTeX field holds it: LaTeX, in UTF-8, with its braces in balance.


_SPECIAL = {
    "\\": r"{\textbackslash}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    # In TeX's first encoding, which importers heed, other characters stand in these three's places.
    "<": r"{\textless}",
    ">": r"{\textgreater}",
    "|": r"{\textbar}",
    # Where a language has shorthands, a bare quote changes the letter after it.
    '"': '{"}',
    **{character: f"\\{character}" for character in "$&%#_"},
}
_BRACES = {"{": r"\{", "}": r"\}"}
# Who looks for a field's end counts escaped braces, too: a lone one brings its counterpart, unseen.
_LONE_BRACES = {"{": r"\{\vphantom{\}}", "}": r"\vphantom{\{}\}"}
_DEEP = 20
"""How deep braces may nest as they are: there are readers that give up at a hundred."""

_JOINED = r"-(?=-)|`(?=`)|'(?=')|,(?=,)|[!?](?=`)"
"""Characters that TeX's fonts join with the next one into another: dashes, quotes, ``¡``."""

_TO_ESCAPE = re.compile(rf"{_JOINED}|[{re.escape(''.join([*_SPECIAL, *_BRACES]))}]")
_BACK = {
    written: character for table in (_SPECIAL, _BRACES, _LONE_BRACES) for character, written in table.items()
} | {"{}": ""}
_ESCAPED = re.compile("|".join(map(re.escape, sorted(_BACK, key=len, reverse=True))))


def escaped(text: str) -> str:
    """The text with every character that LaTeX or BibTeX would take for its own escaped."""
    table = _SPECIAL | (_BRACES if 0 <= depth(text) <= _DEEP else _LONE_BRACES)
    return _TO_ESCAPE.sub(lambda match: table.get(match[0]) or match[0] + "{}", text)


def unescaped(text: str) -> str:
    """What was `escaped`, as it was."""
    return _ESCAPED.sub(lambda match: _BACK[match[0]], text)


def depth(text: str) -> int:
    """How deep braces nest, as those count who read BibTeX; -1 where one has no counterpart."""
    now = deepest = 0
    for brace in re.findall("[{}]", text):
        now += 1 if brace == "{" else -1
        if now < 0:
            return -1
        deepest = max(deepest, now)
    return -1 if now else deepest
