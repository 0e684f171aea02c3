"""Titles: substitutes for a missing one, and one that the body repeats."""

from __future__ import annotations

import re

from exporter.model import build, visit
from exporter.model.article import Block, Heading

_FIRST_WORDS = 80
_BY = re.compile(
    r"\A(?:(?:by|von|par|por|di|da|av|af|door|oleh|от|автор|szerző|tekst|foto|text|words)\b:?\s+|"
    r"(?:by|von):?\Z)",
    re.I,
)
_SLUG = re.compile(
    r"(?:(?:\d{4}-\d\d?-\d\d?|(?:19|20)\d{6}(?:T?\d{4}(?:\d\d)?)?)[-_ ]+)?(.*?)(?:\.[A-Za-z0-9]{1,9})?\Z",
    re.S,
)


def first_words(text: str) -> str:
    """The first words of ``text`` as a substitute for a title, with an ellipsis if more follow."""
    text = build.one_line(text)
    if len(text) <= _FIRST_WORDS:
        return text
    head = text[: _FIRST_WORDS + 1]
    return (head.rpartition(" ")[0] or head[:-1]).rstrip(" ,;:.-–—") + "…"


def from_file_name(name: str) -> str:
    """The words of a file name, without folders, date and suffix: ``rice-fields.md`` → ``Rice fields``."""
    base = name.replace("\\", "/").rpartition("/")[2]
    match = _SLUG.match(base)
    words = build.one_line(re.sub(r"[-_]+", " ", match[1] if match else base))
    return words[:1].upper() + words[1:] if re.search(r"[^\W\d_]{2}", words) else ""


def without_by(line: str) -> str:
    """A byline without its first word: ``By Jane Doe`` → ``Jane Doe``."""
    return _BY.sub("", line)


def without_title(blocks: tuple[Block, ...], title: str) -> tuple[Block, ...]:
    """``blocks`` without a first heading that repeats ``title``; the other headings are renumbered from 1."""
    if blocks and isinstance(first := blocks[0], Heading) and same(visit.plain(first.content), title):
        return build.levels_from_one(blocks[1:])
    return blocks


def same(one: str, other: str) -> bool:
    """Whether two titles or names differ at most in case, white space and punctuation."""
    return bare(one) == bare(other) and bool(bare(one))


def bare(text: str) -> str:
    """The letters and digits of a title or name, in lower case."""
    return re.sub(r"[\W_]+", "", text).casefold()
