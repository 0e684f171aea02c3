"""Lines of the page's machinery that stand among an article's paragraphs: rules as data.

Each rule has a name, tells what it takes, and knows it by the whole of a short paragraph or
heading; none looks inside a paragraph. What was taken is told, rule by rule, and any rule can
be turned off (`Source.keep`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from urllib.parse import urlsplit

import msgspec

from exporter import build, walk
from exporter.diagnostics import Report
from exporter.model import Block, Heading, Link, ListBlock, Paragraph
from exporter.readers import Source, _data, _dates, _words

_LONGEST = 90
_HEADLINE = 20
"""Characters from which the words of a link read as a headline."""


class Rule(msgspec.Struct, frozen=True):
    """``name``, what it ``takes``, and the ``phrases`` that a whole line has to be, where words
    alone decide; one that ends in `` *`` matches whatever follows."""

    name: str
    takes: str
    phrases: tuple[str, ...] = ()


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, from ``leftovers.toml`` beside this module."""
    return _data.read("leftovers.toml", "rule", Rule)


@cache
def _phrases() -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Rules' names by whole phrase, and by the beginning of a line."""
    told = [(phrase, rule.name) for rule in rules() for phrase in rule.phrases]
    whole = {phrase.casefold(): name for phrase, name in told if not phrase.endswith(" *")}
    return whole, tuple((phrase[:-1].casefold(), name) for phrase, name in told if phrase.endswith(" *"))


def by_words(line: str) -> str | None:
    """The name of the rule one of whose phrases the line is."""
    whole, openings = _phrases()
    bare = line.casefold().rstrip(" :：|>»…→").lstrip(">»→• ")
    if name := whole.get(bare) or next(
        (name for opening, name in openings if bare.startswith(opening)), None
    ):
        return name
    label, colon, _ = bare.partition(":")
    return "read-more" if colon and whole.get(label.rstrip()) == "read-more" else None


_COUNTER = re.compile(r"[\d:.,/ ]{1,8}")
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright\b).{0,80}", re.I)
_LABELS = re.compile(
    r"\A(?:\W*(?:stand|updated?|published|posted|last (?:updated|modified)|aktualisiert|veröffentlicht|"
    r"publicerad|uppdaterad|publisert|oppdatert|publié|mis à jour|"
    r"publicado|actualizado|pubblicato|aggiornato|"
    r"geplaatst|bijgewerkt|on|at|le|am|um|kl)\b\W*)+",
    re.I,
)
_BETWEEN_NAMES = re.compile(r"(?:(?<!\s)\s++)?(?:,|;|&|/|\||·|\b(?:and|und|et|y|e|og|och)\b)\s*")
_OPENING = 6
"""Blocks in which a byline or a date may stand above the text."""


def without(
    blocks: Sequence[Block], source: Source, report: Report, *, link: str | None, authors: Sequence[str]
) -> tuple[Block, ...]:
    """The blocks but what the rules take; ``link`` is the page's own address."""
    kept: list[Block] = []
    hits: dict[str, list[str]] = {}
    pointing = False
    for number, block in enumerate(blocks):
        name = _taken_by(block, number, link, authors, pointing)
        if name is None or name in source.keep:
            kept.append(block)
            pointing = False
            continue
        pointing = name in ("read-more", "link-alone")
        hits.setdefault(name, []).append(_line(block))
    if not any(isinstance(block, Paragraph | ListBlock) for block in kept):
        return tuple(blocks)  # a page of nothing else is what its reader saved
    for name, lines in hits.items():
        report.add("lines-left-out", source.name, f"{name}: {len(lines)}, such as “{lines[0][:60]}”")
    return build.levels_from_one(tuple(kept))


def _taken_by(
    block: Block, number: int, link: str | None, authors: Sequence[str], pointing: bool
) -> str | None:
    """The name of the rule that takes the block, or None."""
    if isinstance(block, ListBlock):
        alone = all(len(item) == 1 and _is_link_alone(item[0], link) for item in block.items)
        return "read-more" if pointing and alone else None
    if not isinstance(block, Paragraph | Heading):
        return None
    line = _line(block)
    if len(line) <= 2 * _LONGEST and (name := by_words(line)):
        return name
    if len(line) <= _LONGEST:
        if isinstance(block, Paragraph) and _COUNTER.fullmatch(line):
            return "counter"
        if isinstance(block, Paragraph) and _COPYRIGHT.fullmatch(line):
            return "copyright"
        if number < _OPENING and isinstance(block, Paragraph) and _only_tells(line, authors):
            return "told-line"
    return "link-alone" if _is_link_alone(block, link) else None


def _line(block: Block) -> str:
    return build.one_line(walk.plain(block.content)) if isinstance(block, Paragraph | Heading) else "(links)"


def _is_link_alone(block: Block, link: str | None) -> bool:
    if not isinstance(block, Paragraph | Heading) or not link:
        return False
    links = [node for node in walk.each_inline(block.content) if isinstance(node, Link)]
    words = _line(block)
    if len(links) != 1 or build.one_line(walk.plain(links[0].content)) != words:
        return False
    return len(words) >= _HEADLINE and _site(links[0].href) == _site(link) and not words.startswith("http")


def _site(address: str) -> str:
    host = (urlsplit(address).hostname or "").split(".")
    return ".".join(host[-2:])


def _only_tells(line: str, authors: Sequence[str]) -> bool:
    """Whether a line only says what the metadata say: a date, a name of an author, or both."""
    bare = _LABELS.sub("", line)
    if _dates.parse(bare) is not None:
        return True
    parts = [part for part in _BETWEEN_NAMES.split(_words.without_by(line)) if part]

    def is_author(part: str) -> bool:
        return any(_words.same(part, author) for author in authors)

    return bool(parts) and is_author(parts[0]) and all(is_author(p) or len(p) <= 25 for p in parts)
