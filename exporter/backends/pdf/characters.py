"""From the characters of a text to those that a page can show: composed, kept in words, with a glyph each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Set
from typing import NamedTuple

from fontTools.unicodedata import script, script_name

from exporter.backends.pdf import fonts
from exporter.diagnostics import Report
from exporter.editions.compile import Edition
from exporter.model.article import Article
from exporter.model.visit import texts

MARK = "\N{LOZENGE}"
"""Stands for a character that no font has: U+FFFD itself is in few of them."""
LISTED = 20
"""Characters that one finding names."""

_UNSEEN = re.compile(r'((?:data-outline|alt)="[^"]*")')
"""What is in a file and no page shows: it needs no font."""
_TEXT = re.compile(r"(?<=>)[^<]+")
# Korean breaks between words; the engine knows no ``word-break: keep-all``, but it heeds
# U+2060, which pages no trace in the file.
_JOINT = re.compile("(?<=[\\w)\\]”’»])(?=[가-힣])|(?<=[가-힣])(?=\\w)")
_KOREAN = re.compile("[가-힣]")
_JOINER = "\N{WORD JOINER}"
LONGEST_WORD = 120
"""Letters after which a word gets places to break: without them the engine takes seconds over it."""
_LONG_WORD = re.compile(rf"[^\s<>&;]{{{LONGEST_WORD + 1},}}")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>]+")
# An address breaks after its strokes, points and signs, and before an ampersand; never
# after a hyphen, which would be taken for one of the line's.
_SEAM = re.compile(r"(?<=[/.?=_~+])(?=\w)|(?<=[^&]#)(?=\w)|(?=&amp;)")
_BREAK = "\N{ZERO WIDTH SPACE}"
_PIECE = re.compile(r"(\w{24})(?=\w)")


class Printable(NamedTuple):
    """A document in characters that its fonts have, those fonts, and what none of them has."""

    html: str
    fonts: fonts.Fonts
    missing: frozenset[str]


def printable(html: str, languages: Iterable[str], families: fonts.Wanted, also: str = "") -> Printable:
    """The document as it can be printed: what no font has becomes `MARK`, so that the
    file stays valid. ``languages`` are its own, the commonest first; ``families`` the style's;
    the fonts have the characters of ``also`` besides."""
    # Fonts have letters with their accents as one character.
    html = unicodedata.normalize("NFC", html)
    seen = _UNSEEN.sub("", html) + unicodedata.normalize("NFC", also)
    wanted = {ord(c) for c in set(seen)}
    chosen = fonts.choose(wanted, languages, families)
    missing = frozenset(chr(c) for c in wanted if not chosen.has(c))
    if missing:
        marks = dict.fromkeys(map(ord, missing), MARK)
        pieces = _UNSEEN.split(html)
        pieces[::2] = [piece.translate(marks) for piece in pieces[::2]]
        html = "".join(pieces)
    head, body_tag, body = html.partition("<body")
    return Printable(head + body_tag + _TEXT.sub(_breakable, body), chosen, missing)


def _breakable(text: re.Match[str]) -> str:
    """The text with marks for where words may break and where not; neither is seen or copied."""
    words = text[0]
    if len(words) > LONGEST_WORD and max(map(len, words.split()), default=0) > LONGEST_WORD:
        words = _LONG_WORD.sub(lambda word: _PIECE.sub(f"\\1{_BREAK}", word[0]), words)
    if "://" in words or "www." in words:
        words = _ADDRESS.sub(lambda address: _SEAM.sub(_BREAK, address[0]).replace("-", f"-{_JOINER}"), words)
    return _JOINT.sub(_JOINER, words) if _KOREAN.search(words) else words


def report_missing(edition: Edition, missing: Set[str], report: Report) -> None:
    """One finding for each script that lacks a font: its characters and the first article with them."""
    if not missing:
        return
    by_script: dict[str, list[str]] = {}
    for character in sorted(missing):
        by_script.setdefault(script_name(script(character), default="Unknown"), []).append(character)
    for name, characters in sorted(by_script.items()):
        wanted = set(characters)
        articles = [e.article for e in edition.entries if wanted & _characters(e.article)]
        where = articles[0].origin.name if articles else edition.title
        listed = ", ".join(f"{c} U+{ord(c):04X}" for c in characters[:LISTED])
        more = f" and {len(characters) - LISTED} more" if len(characters) > LISTED else ""
        others = f", in {len(articles)} articles" if len(articles) > 1 else ""
        report.add("glyph-missing", where, f"{name.replace('_', ' ')}: {listed}{more}{others}")


def _characters(article: Article) -> set[str]:
    texts_used = (article.title, article.subtitle or "", article.source or "", *article.authors)
    return set(unicodedata.normalize("NFC", "".join((*texts_used, *texts(article.blocks, notes=True)))))
