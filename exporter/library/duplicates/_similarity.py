"""Whether two are one article, which of several leads, and which of many belong together."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import date
from typing import Any

import msgspec

from exporter.library.duplicates._address import canonical
from exporter.library.duplicates._fingerprint import (
    Fingerprint,
    begins_alike,
    common,
    differing_entities,
    differing_numbers,
    fingerprint,
    headline,
    similarity,
    title_words,
)
from exporter.model import dates
from exporter.model.article import Article
from exporter.model.build import folded

DAYS = 5
"""So many days apart may copies be: less than a week, as what comes every week is not one article."""
_LONG, _LONG_DAYS = 50, 31  # words from which, and days within which, an equal text is one article
_EQUAL = 0.8  # of the shingles common: the same text, fixed here and there
_EQUAL_STRICT = 0.95  # … where the day is not known, or a brief gives no names to compare
_MENDED, _MENDED_NAMES, _MENDED_WORDS = 0.6, 8, 50  # where there are names, and all are the same
_LONG_TEXT = 150  # words that no fixed form fills: names may be mistyped, much may be in other words
_STORY_UNNAMED = 400  # the same, of characters
_STRAY, _STRAY_REWORDED = 0.05, 0.08  # of the names: mistyped; abbreviated, called otherwise
_REWORDED, _REWORDED_STORY = 0.5, 0.35  # the same day, under a like headline
_EXCERPT = ((0.95, 40), (0.85, 100))  # of the shingles of so many words: in the longer, which begins alike
_ALL, _FLASH, _FLASH_TITLED = 0.95, 0.7, 0.45  # of a flash's, the same day
_LIKE, _CLOSE, _LOOSE = 0.75, 0.85, 0.6  # headlines: of the shorter one's words
_TELLING = 4  # words from which a headline is that of one group
_FULL = 0.9  # of the longest copy's words: not cut


class Features(msgspec.Struct, frozen=True, kw_only=True):
    """All that is asked of an article to compare it and to choose: to be stored beside it.

    ``day`` is that of publication, ``YYYY-MM-DD``, None where the date is a month or a year or there
    is none; ``link`` is `canonical`; ``language`` a BCP 47 tag; ``passed_on`` says that an
    aggregator gave it; ``images`` counts them.
    """

    print: Fingerprint
    title: str = ""
    source: str | None = None
    day: str | None = None
    link: str | None = None
    language: str | None = None
    passed_on: bool = False
    images: int = 0


def features(article: Article) -> Features:
    """The article's features, its text fingerprinted."""
    return Features(
        print=fingerprint(article),
        title=article.title,
        source=article.publisher or article.source,
        day=dates.day(article.published),
        link=canonical(article.link) if article.link else None,
        language=article.language,
        passed_on=article.aggregator is not None,
        images=len(article.assets),
    )


def is_same(a: Features | Article, b: Features | Article) -> bool:
    """Whether the two are one article for a reader: the text again, fixed, cut, or the flash of it.

    Symmetric; not transitive (see `clusters`). Two of different languages never are; nor, but for an
    equal address, two that each give a number, in the text or in headlines that are otherwise like,
    that the other does not; nor, but for an equal text or address, two that each give several names
    of their own; nor, but for an equal text, two more than `DAYS` apart. Without both days the text
    has to be nearly equal.

    Raises `ValueError` for fingerprints of two schemes.
    """
    a, b = (each if isinstance(each, Features) else features(each) for each in (a, b))
    if a.print.scheme != b.print.scheme:
        raise ValueError(f"a print of scheme {a.print.scheme} and one of {b.print.scheme} cannot be compared")
    if a.language and b.language and _primary(a.language) != _primary(b.language):
        return False
    apart = abs((date.fromisoformat(a.day) - date.fromisoformat(b.day)).days) if a.day and b.day else None
    linked = a.link is not None and a.link == b.link and not apart
    less = min(a.print.size, b.print.size)
    if not less:  # pictures alone, or a page whose text could not be read
        titled = a.print.size == b.print.size and title_words(a.title) == title_words(b.title) != []
        return linked or (titled and apart == 0 and not _differ_in_numbers(a, b))
    if a.print.text == b.print.text and (linked or not _differ_in_numbers(a, b)):
        return apart is None or apart <= (_LONG_DAYS if less >= _LONG else DAYS)
    if apart is not None and apart > DAYS:
        return False
    like, part = common(a.print, b.print)
    if linked and max(like, part) >= _REWORDED:
        return True
    strange = differing_entities(a.print, b.print)
    if strange.names > _STRAY_REWORDED or _differ_in_numbers(a, b):
        return False
    stray = strange.names <= (_STRAY if less >= _LONG_TEXT else 0)
    unnamed = not strange.of and less < _STORY_UNNAMED
    if stray and like >= (_EQUAL_STRICT if apart is None or unnamed else _EQUAL):
        return True
    if apart is None:
        return False
    if not strange.names and strange.of >= _MENDED_NAMES and like >= _MENDED and less >= _MENDED_WORDS:
        return True
    if stray and _is_cut(a, b, part):
        return True
    return apart == 0 and (_is_early_version(a, b, part) or _is_reworded(a, b, like))


_STUB = 12
"""Words of a copy that was cut to next to nothing."""


def is_copy(a: Features, b: Features) -> bool:
    """Whether two are one article, though less be asked of the texts of two that have their address in
    common, or title, source and day, than of strangers'. Two texts that share nothing are two
    articles, as of a page that is written again each day."""
    if is_same(a, b):
        return True
    linked = a.link is not None and a.link == b.link
    titled = a.day is not None and _headed(a) == _headed(b)  # "Notes", without a date, says nothing
    if not (linked or titled):
        return False
    if min(a.print.size, b.print.size) <= _STUB:
        if not linked and _differ_in_numbers(a, b):
            return False
        return titled or not (a.day and b.day) or a.day == b.day
    return linked and max(common(a.print, b.print)) >= _REWORDED


def _differ_in_numbers(a: Features, b: Features) -> bool:
    """Whether each of the two gives a number that the other does not. Of headlines only those are compared
    that are like but for their numbers: another paper puts other figures into its own."""
    if differing_numbers(a.print.numbers, b.print.numbers):
        return True
    one, other = headline(a.title), headline(b.title)
    alike_but_for_them = one.words == other.words or _shared(one.words, other.words) >= _LIKE
    return alike_but_for_them and differing_numbers(one.numbers, other.numbers)


def _headed(one: Features) -> tuple[str, ...]:
    return folded(one.title), folded(one.source), one.day or ""


def _is_cut(a: Features, b: Features, part: float) -> bool:
    """Whether the shorter one is the beginning of the longer one."""
    less, more = sorted((a.print.size, b.print.size))
    long_enough = any(part >= share and less >= words for share, words in _EXCERPT)
    return long_enough and less < _FULL * more and begins_alike(a.print, b.print)


def _is_early_version(a: Features, b: Features, part: float) -> bool:
    """Whether the shorter one is the flash of the longer one. A few words also stand in reports of
    another event ("the delegation led by X"), so the beginning or the headline has to speak for it."""
    like, begins = _headline(a, b), begins_alike(a.print, b.print)
    if part >= _FLASH:
        return like >= ((_LOOSE if part >= _ALL else _LIKE) if begins else _CLOSE)
    telling = min(len(title_words(a.title)), len(title_words(b.title))) >= _TELLING
    return part >= _FLASH_TITLED and like == 1 and telling


def _is_reworded(a: Features, b: Features, like: float) -> bool:
    """Whether the two are versions of one text, half of it in other words."""
    least = _REWORDED_STORY if min(a.print.size, b.print.size) >= _LONG_TEXT else _REWORDED
    return like >= least and _headline(a, b) >= _LIKE


def _headline(a: Features, b: Features) -> float:
    """How many of the shorter headline's words stand in the other one."""
    return _shared(set(title_words(a.title)), set(title_words(b.title)))


def _shared(left: Set[str], right: Set[str]) -> float:
    return len(left & right) / min(len(left), len(right)) if left and right else 0.0


def _primary(language: str) -> str:
    return language.split("-")[0].lower()


def best_copy(copies: Sequence[Features]) -> int:
    """Which of several copies of one article leads, by its place: a full text over a cut one; then the
    one that has more of date, source, link and images; the original over what an aggregator passed
    on; the earliest; the longest. Never chance or order, save between copies that are alike in all.

    Raises `ValueError` where there are none.
    """
    full = _FULL * max((copy.print.size for copy in copies), default=0)
    return min(range(len(copies)), key=lambda at: (copies[at].print.size < full, *_rank(copies[at])))


def _rank(copy: Features) -> tuple[Any, ...]:
    details = sum(map(bool, (copy.day, copy.source, copy.link, copy.images)))
    own = (copy.title, copy.source or "", copy.link or "", copy.language or "", copy.images, copy.print.text)
    return (-details, copy.passed_on, copy.day or "9999", -copy.print.size, *own)


def advantage(leader: Features, copy: Features) -> str:
    """Why one copy leads and the other does not, in words (see `best_copy`)."""
    full = _FULL * max(leader.print.size, copy.print.size)
    if copy.print.size < full:
        return "it has the fuller text"
    reasons = (
        "it has more of date, source, link and images",
        "it is the original, not passed on by an aggregator",
        "it is the earlier one",
        "it is the longer one",
    )
    for reason, own, other in zip(reasons, _rank(leader), _rank(copy), strict=False):
        if own != other:
            return reason if own < other else ""
    return "both say the same"


def clusters(articles: Sequence[Features]) -> list[list[int]]:
    """The places of some articles, those of one article together; the leader (see `best_copy`) first in
    its list, the lists in the order of their first members. Which are together does not hang on
    the order: from the longest to the shortest, each joins the one most like it of those that
    came before and joined none. So all are copies of one of them, and chains do not drift.
    """
    groups: dict[int, list[int]] = {}  # by the longest of each
    for at in sorted(range(len(articles)), key=lambda at: (-articles[at].print.size, _rank(articles[at]))):
        item = articles[at]
        same = [head for head in groups if is_copy(articles[head], item)]
        # Of equals the first, which is the longest.
        best = max(same, key=lambda head: similarity(articles[head].print, item.print), default=at)
        groups.setdefault(best, []).append(at)
    return sorted((_led(articles, sorted(members)) for members in groups.values()), key=min)


def _led(articles: Sequence[Features], members: list[int]) -> list[int]:
    lead = members[best_copy([articles[at] for at in members])]
    return [lead, *(at for at in members if at != lead)]
