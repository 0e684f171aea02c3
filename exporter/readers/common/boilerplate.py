"""Remove boilerplate lines of a page from among an article's paragraphs, by rules stored as data.

Each rule of ``boilerplate.toml`` has a name, describes what it removes, and matches whole paragraphs or
headings, never a part of one. Some phrases count only in the end matter, after the last running text.
Removals are reported rule by rule, and each rule can be disabled (`Source.disabled_rules`). Corrections and
editors' notes always stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import assert_never
from urllib.parse import urlsplit

from exporter.diagnostics import Report
from exporter.model import build, visit
from exporter.model.article import (
    Block,
    CodeBlock,
    DefinitionList,
    Figure,
    Heading,
    Link,
    ListBlock,
    Paragraph,
    Quote,
    Table,
)
from exporter.model.article import Rule as ThematicBreak
from exporter.readers.common import boilerplate_rules as rules
from exporter.readers.common import date_parsing, titles
from exporter.readers.common.boilerplate_rules import count_words
from exporter.readers.source import Source

_SHORT = 90
_HEADLINE = 20
"""Characters from which on the text of a link reads as a headline."""
_LABEL = 30
"""Maximum number of characters in a label above a link: ``Newsblog:``."""
_RUNNING = 120
"""Bytes of UTF-8 from which on a paragraph is running text: a Chinese character says more than a letter."""
_OPENING = 6
"""Number of first blocks in which a byline or a date is possible."""
_CARD = 6
"""Maximum number of blocks in a card: picture, headline, date, teaser, author."""
_TOPIC = 20
"""Maximum bytes of UTF-8 in the name of a topic."""
_MOSTLY = 0.5
_ALL = 0.9
_MENU = 5
_STAMPS = 3
_REACH = 6
"""Maximum number of words in a line with nothing but contact details."""
_FAR = 14
"""Number of first words in which a note on an author mentions their work."""
_GLYPHS = "_-–—=*#~·•●■◆+ "

_NUMBER = re.compile(r"\d+")
_COUNTER = re.compile(r"\d(?:[\d:.,/ ]{0,8}\d)?")
_STAMP = re.compile(r"\d\d?[:.]\d\d(?![\d:.])")
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright\b).{0,80}", re.I)
_LABELS = re.compile(
    r"\A(?:\W*(?:stand|updated?|published|posted|last (?:updated|modified)|"
    r"aktualisiert|veröffentlicht|publiziert|erstellt|geändert|"
    r"publicerad|uppdaterad|publisert|oppdatert|publié|mis à jour|"
    r"publicado|actualizado|pubblicato|aggiornato|"
    r"geplaatst|bijgewerkt|on|at|le|am|um|kl)\b\W*)+",
    re.I,
)
_BETWEEN_FACTS = re.compile(r"\s[-–—|•·]\s|(?=Lese(?:dauer|zeit))|\s(?=(?:by|von|par|por|di|av|af) )")
_BETWEEN_NAMES = re.compile(r"(?:(?<!\s)\s++)?(?:,|;|&|/|\||·|\b(?:and|und|et|y|e|og|och)\b)\s*")


def remove(
    blocks: Sequence[Block], source: Source, report: Report, *, link: str | None, authors: Sequence[str]
) -> tuple[Block, ...]:
    """Return the blocks without those that a rule removes, with headings numbered from 1.

    ``link`` is the address of the page, ``authors`` are the names in its metadata. A page that consists of
    nothing but boilerplate is returned as it is.
    """
    kept: list[Block] = []
    hits: dict[str, list[str]] = {}
    for block, name in zip(blocks, _Matches(blocks, link, authors).names(), strict=True):
        if name is None or name in source.disabled_rules:
            kept.append(block)
            continue
        hits.setdefault(name, []).append(" ".join(visit.texts((block,))))
        if name == "glyphs" and kept and not isinstance(kept[-1], ThematicBreak):
            kept.append(ThematicBreak())
    if not any(isinstance(block, Paragraph | ListBlock) for block in kept):
        return tuple(blocks)  # the reader saved exactly this
    while hits and isinstance(kept[-1], ThematicBreak):
        kept.pop()
    add_findings(report, source.name, hits)
    return build.levels_from_one(tuple(kept))


def add_findings(report: Report, where: str, hits: Mapping[str, Sequence[str]]) -> None:
    """Add one ``lines-left-out`` per rule, with counts of lines and words; ``hits`` has the texts by rule
    name."""
    for name, lines in hits.items():
        words = sum(count_words(line) for line in lines)
        sample = build.one_line(lines[0])[:60]
        report.add("lines-left-out", where, f"{name}: {len(lines)}, {words} words, such as “{sample}”")


class _Matches:
    """Decides which rule removes which block of a page."""

    def __init__(self, blocks: Sequence[Block], link: str | None, authors: Sequence[str]) -> None:
        self._blocks, self._authors = blocks, authors
        self._site = _site(link) if link else None
        self._lines = [_line(block) for block in blocks]
        self._bare = [rules.bare(line) for line in self._lines]

    def names(self) -> list[str | None]:
        """The name of the rule that removes each block, or None if it stays."""
        names: list[str | None] = []
        for number in range(len(self._blocks)):
            pointing = bool(names) and names[-1] in ("read-more", "link-alone")
            names.append(self._anywhere(number, pointing))
        stamps = [number for number, name in enumerate(names) if name == "live-stamp"]
        times = [_minutes(self._lines[number]) for number in stamps]
        if (
            len(times) < _STAMPS or times[0] <= times[-1]
        ):  # a programme; live blogs begin with the latest entry
            names = [None if name == "live-stamp" else name for name in names]
        for number in self._cards(names):
            names[number] = names[number] or "cards"
        for number in self._notes_on_authors(names):
            names[number] = names[number] or "author-note"
        merged = names.copy()
        for number in reversed(range(len(names))):
            if names[number] is None:
                merged[number] = self._at_end(number)
                if merged[number] is None and self._is_running(number):
                    return merged
        return names  # all blocks are short: there is no running text, and so no end matter

    def _anywhere(self, number: int, pointing: bool) -> str | None:
        block, line = self._blocks[number], self._lines[number]
        if isinstance(block, ListBlock):
            alone = all(len(item) == 1 and self._is_link_alone(item[0]) for item in block.items)
            return "read-more" if pointing and alone else _by_items(block, rules.anywhere())
        if not line or self._stays(number):
            return None
        if name := self._by_phrase(number, rules.anywhere()):
            return name
        if isinstance(block, Paragraph | Heading) and len(line) <= _SHORT and self._is_stamp(line):
            return "live-stamp"
        if isinstance(block, Paragraph) and len(line) <= _SHORT:
            if not line.strip(_GLYPHS):
                return "glyphs"
            if _COUNTER.fullmatch(line):
                return "counter"
            if _COPYRIGHT.fullmatch(line):
                return "copyright"
            if number < _OPENING and self._is_byline(line):
                return "told-line"
        if self._is_link_alone(block):
            return "link-alone"
        return "menu" if self._is_menu(number) else None

    def _is_menu(self, number: int) -> bool:
        links = _links(self._blocks[number])
        if len(links) < _MENU or self._linked(number) < _ALL:
            return False
        return self._site is not None and all(_site(link.href) == self._site for link in links)

    def _stays(self, number: int) -> bool:
        return rules.kept().rule(self._bare[number]) is not None

    def _by_phrase(self, number: int, phrases: rules.Phrases) -> str | None:
        """The name of the rule that matches the text of a whole line."""
        bare = self._bare[number]
        rule = phrases.rule(bare)
        if rule is None and rules.points(bare) and (":" in bare or self._linked(number) > _MOSTLY):
            rule = rules.named("read-more")
        if rule is None and rules.shares(bare):
            rule = rules.named("share")
        if rule is None or not 1 < len(self._lines[number]) <= rule.longest:
            return None
        if rule.spares_titles and " " not in bare and self._is_title(number):
            return None
        return rule.name

    def _is_stamp(self, line: str) -> bool:
        """Whether a line is a time followed by an author or a label in capitals."""
        stamp = _STAMP.match(line)
        rest = line[stamp.end() :] if stamp else ""
        return rest[:1].isupper() and (rest.isupper() or self._names_authors(rest) or _is_full_name(rest))

    def _is_byline(self, line: str) -> bool:
        """Whether a line only repeats metadata: a date, names of authors, tags."""
        if self._names_authors(line):
            return True
        parts = _BETWEEN_FACTS.split(line)
        dated = [_is_date(part) for part in parts]
        return any(dated) and all(
            is_date or self._names_authors(part) or _is_name(part) or _is_of(part, "tags")
            for part, is_date in zip(parts, dated, strict=True)
        )

    def _names_authors(self, line: str) -> bool:
        names = titles.without_by(line)
        parts = [part for part in _BETWEEN_NAMES.split(names) if part]
        return (
            bool(parts)
            and (self._is_author(parts[0]) or (names != line and self._is_site(parts[0])))
            and all(self._is_author(p) or len(p) <= 25 or _has_role(p) for p in parts)
        )

    def _is_author(self, name: str) -> bool:
        return any(titles.same(name, author) for author in self._authors) or rules.is_agency(name)

    def _is_site(self, name: str) -> bool:
        return titles.same(name, (self._site or "").partition(".")[0])

    def _at_end(self, number: int) -> str | None:
        """The name of the rule that removes a block in the end matter."""
        block, line = self._blocks[number], self._lines[number]
        if isinstance(block, ListBlock):
            above = rules.anywhere().rule(rules.bare(next(visit.texts((block,)), "")))
            return "cards" if above == rules.named("read-more") else self._list_at_end(block)
        if not line or self._stays(number):
            return None
        if name := self._by_phrase(number, rules.at_end()):
            return name
        if isinstance(block, Paragraph) and (self._is_on_author(line) or self._names_authors(line)):
            return "author-note"
        labelled = isinstance(block, Paragraph) and len(line) <= _SHORT and _LABELS.match(line)
        return "told-line" if labelled and _is_date(line) else None

    def _list_at_end(self, block: ListBlock) -> str | None:
        return _by_items(block, rules.at_end()) or _by_items(block, rules.anywhere(), names=True)

    def _is_on_author(self, line: str) -> bool:
        """Whether a paragraph introduces an author, or only gives contact details."""
        rule, bare = rules.named("author-note"), rules.strip_marks(line)
        words = bare.casefold().split()
        if len(line) > rule.longest or not words:
            return False
        if len(words) <= _REACH and any(_is_address(word) for word in words):
            return True
        for author in self._authors:
            name = author.casefold().split()
            if len(name) > 1 and words[: len(name)] == name and words[len(name) : len(name) + 1][0:1]:
                return words[len(name)] in rule.verbs
        name = bare.split()
        verb = next((n for n, word in enumerate(words) if word in rule.verbs), 0)
        is_name = 2 <= verb <= 4 and all(word[:1].isupper() for word in name[:verb])
        return is_name and bool(
            rule.roles.intersection(
                rules.strip_marks(word.rstrip(",;")) for word in words[verb : verb + _FAR]
            )
        )

    def _notes_on_authors(self, names: Sequence[str | None]) -> range:
        """The last blocks, if they are few and a line like "About the author" is above them."""
        last = len(names)
        for number in range(last - 1, max(0, last - _CARD), -1):
            if rules.at_end().whole(self._bare[number]) == rules.named("author-note"):
                return range(number, last)
        return range(0)

    def _is_title(self, number: int) -> bool:
        """Whether a block is a heading with something below it."""
        block, after = self._blocks[number], self._blocks[number + 1 : number + 2]
        if not isinstance(block, Heading) or not after:
            return False
        return not isinstance(after[0], Heading) or after[0].level > block.level

    def _is_running(self, number: int) -> bool:
        """Whether a block is running text: the end matter begins after the last one."""
        match block := self._blocks[number]:
            case Paragraph():
                return _is_long(self._lines[number]) and not self._stays(number)
            case ListBlock():
                return _is_long(" ".join(visit.texts((block,))))
            case Quote() | CodeBlock() | Table() | DefinitionList():
                return True
            case Heading() | Figure() | ThematicBreak():
                return False
            case _:
                assert_never(block)

    def _cards(self, names: Sequence[str | None]) -> list[int]:
        """The blocks of cards that link to other articles, below a line that announces them.

        The headline of each card is a link, or all cards have the same shape; the rest of a card is a few
        short texts.
        """
        cards_: list[int] = []
        for above, name in enumerate(names):
            if name != "read-more" or self._linked(above) or (cards_ and above <= cards_[-1]):
                continue
            heads: list[int] = []
            for number in range(above + 1, len(names)):
                if number - (heads[-1] if heads else above) > _CARD or names[number] == "read-more":
                    break
                if isinstance(self._blocks[number], Heading) or self._linked(number) > _MOSTLY:
                    heads.append(number)
            if len(heads) < 2 or heads[0] - above > 2:  # a picture may be above the first headline
                continue
            size = min(b - a for a, b in pairwise(heads))
            cards = range(above + 1, min(heads[-1] + size, len(names)))
            if all(map(self._is_of_card, cards)) and (
                all(self._linked(head) > _MOSTLY for head in heads) or self._are_alike(heads, size)
            ):
                cards_ += cards
        return cards_

    def _is_of_card(self, number: int) -> bool:
        block = self._blocks[number]
        return isinstance(block, Paragraph | Heading | Figure) and len(self._lines[number]) <= 2 * _SHORT

    def _are_alike(self, heads: Sequence[int], size: int) -> bool:
        """Whether the sections below headings have one shape and end the page; the last may be cut off."""
        if heads[-1] + size < len(self._blocks) or any(b - a != size for a, b in pairwise(heads)):
            return False
        shapes = [list(map(type, self._blocks[head : head + size])) for head in heads]
        return all(shape == shapes[0][: len(shape)] for shape in shapes)

    def _linked(self, number: int) -> float:
        """The share, 0 to 1, of a line's characters without spaces that are in links."""
        links = "".join(visit.plain(link.content) for link in _links(self._blocks[number]))
        return len("".join(links.split())) / (len(self._lines[number].replace(" ", "")) or 1)

    def _is_link_alone(self, block: Block) -> bool:
        links = _links(block)
        if self._site is None or len(links) != 1 or _site(links[0].href) != self._site:
            return False
        line, words = _line(block), build.one_line(visit.plain(links[0].content))
        label = line.removesuffix(words).strip()
        if len(words) < _HEADLINE or words.startswith("http") or not line.endswith(words):
            return False
        return not rules.strip_marks(label) or (label.endswith((":", "|")) and len(label) <= _LABEL)


def _line(block: Block) -> str:
    """The text of a paragraph or heading, with plain spaces only."""
    return " ".join(visit.plain(block.content).split()) if isinstance(block, Paragraph | Heading) else ""


def _by_items(block: ListBlock, phrases: rules.Phrases, *, names: bool = False) -> str | None:
    """The name of the first rule that matches all items of a list or, with ``names``, all but a few that are
    names of topics."""
    texts = list(visit.texts((block,)))
    matches = [phrases.rule(rules.bare(text)) for text in texts]
    others = [text for text, rule in zip(texts, matches, strict=True) if rule is None]
    if others and not (names and len(others) * 2 <= len(texts) and all(map(_is_topic, others))):
        return None
    return next((rule.name for rule in matches if rule), None)


def _is_topic(text: str) -> bool:
    return len(text.encode("utf-8", "replace")) <= _TOPIC


def _is_long(text: str) -> bool:
    return len(text.encode("utf-8", "replace")) >= _RUNNING


def _links(block: Block) -> list[Link]:
    if not isinstance(block, Paragraph | Heading):
        return []
    return [node for node in visit.each_inline(block.content) if isinstance(node, Link)]


def _site(address: str) -> str:
    host = (urlsplit(address).hostname or "").split(".")
    return ".".join(host[-2:])


def _is_name(part: str) -> bool:
    """Whether a part of a line is "by" and a few words."""
    return len(part.split()) <= _REACH and titles.without_by(part) != part


def _is_full_name(part: str) -> bool:
    words = part.split()
    return 2 <= len(words) <= 4 and all(word[0].isupper() for word in words)


def _has_role(part: str) -> bool:
    """Whether a part of a byline ends with a role: ``Daily Post Staff Writers``."""
    words = part.casefold().split()
    return len(words) <= _REACH and words[-1] in rules.named("author-note").roles


def _is_of(part: str, name: str) -> bool:
    bare = rules.bare(part)
    return rules.named(name) in (rules.anywhere().rule(bare), rules.at_end().rule(bare))


def _is_date(part: str) -> bool:
    """Whether the text after labels such as "Updated" is a date or a time."""
    bare = _LABELS.sub("", part)
    bare = bare.removesuffix(" Uhr")
    return bool(_COUNTER.fullmatch(bare)) or _is_of(part, "counter") or date_parsing.parse(bare) is not None


def _is_address(word: str) -> bool:
    """Whether a word is an e-mail address or a name on a social network."""
    name, at, host = rules.strip_marks(word).partition("@")
    return bool(at and host) and (not name or "." in host)


def _minutes(line: str) -> int:
    """The minute of the day that a time stamp names."""
    hour, minute = map(int, _NUMBER.findall(line)[:2])
    return 60 * (hour % 12 + 12 if "p" in line.casefold() else hour) + minute
