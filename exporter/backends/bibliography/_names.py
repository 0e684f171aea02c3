"""Authors' names in the parts that catalogues sort by, where it is plain which part is which.

A byline does not tell a person from an office, nor a family's name from a given one. What is
split is split by signs that seldom mislead; all else stays whole, which spoils no citation.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from exporter.model.build import one_line

_LONGEST = 5
"""Words that a person's name has at most."""

_INSTITUTION = re.compile(
    r"""academy|agency|agentur|association|bank|board|bulletin|bureau|cent(?:er|re)|chronicle|club
    |college|commission|committee|company|contributors?|correspondents?|council|courier|daily
    |department|desk|editors?|editorial|embassy|federation|forum|foundation|gazette|government|group
    |herald|institute|international|journal|library|magazine|mail|media|ministry|monitor|museum
    |national|network|news(?:paper|room)?|observer|office|online|organi[sz]ation|party|post|presse?
    |radio|redaktion|reporters?|review|school|service|society|staff|star|team|telegraph|television
    |theatre|times|tribune|tv|union|university|weekly|writers?|zeitung
    |and|by|et|for|from|in|oder|of|on|the|to|und|with""",
    re.I | re.X,
)
"""Words of which none is in a person's name."""

_PARTICLE = re.compile(
    r"""a[fl]|auf|av|bin|da|dal|de|degli|del|della|de[nrs]|di|dos?|du|el|ibn|la|le|te[nr]|van|vo[mn]
    |zu[mr]?""",
    re.I | re.X,
)
_SUFFIX = re.compile(r"[js]r\.?|I{2,3}|IV", re.I)
_WORD = re.compile(r"(?:(?:al|el)-|d['’])?([^\W\d_])([\w'’.-]*)")
_HANGUL_OR_HAN = re.compile(r"([가-힣]{1,2}|[一-鿿]{1,2}) ([가-힣]{1,3}|[一-鿿]{1,3})")

_SYLLABLE = (
    r"(?:[kptc]h|kk|tt|pp|ss|jj|[bcdghjkmnprstw])?"
    r"(?:y?(?:ae|e[eou]|o[ou]|[aeou])|w(?:ae|[aeio])|oe|ui|i)(?:ng|[klmnptbg])?"
)
_KOREAN = re.compile(
    rf"""(ahn|an|bae|baek|chae?|chang|cho|cho[ei]|chong?|ham?|han|ho|hong|hwang|hyon|im|jang|jeon|ji|jin
    |jon?|jong|joo|ju|jung|kang|kim|ko|kong|koo|ku|kwak|kwon|lee|lim|min|moon|mun|nam|oh?|om|pae|paek
    |pak|pang|park|pyon|ra|ri|rim|roh?|ryang|ryu|seo|shin|sim|sin|so|son|song|u|won|yang|yoon?|yun?)
    \ ({_SYLLABLE}[\ -]{_SYLLABLE})""",
    re.I | re.X,
)
"""A Korean name in Latin letters, family's name first: three syllables, or two joined after one."""


class Name(NamedTuple):
    """``family`` alone is a name kept whole: an institution's, or one whose parts are not plain."""

    family: str
    given: str = ""
    suffix: str = ""


def split(author: str, institutions: Collection[str] = ()) -> Name:
    """The name's parts. ``institutions`` are names known to be no person's, in lower case."""
    author = one_line(author)
    words = author.split(" ")
    if len(words) > 2 and _SUFFIX.fullmatch(words[-1]):
        name = split(" ".join(words[:-1]).removesuffix(","), institutions)
        return name._replace(suffix=words[-1]) if name.given else Name(author)
    family, comma, given = author.partition(", ")
    if match := _HANGUL_OR_HAN.fullmatch(author):
        return Name(match[1], match[2])
    if author.casefold() in institutions or not _is_of_a_person(words):
        return Name(author)
    if comma:
        return Name(family, given)
    if match := _KOREAN.fullmatch(author):
        return Name(match[1], match[2])
    particles = (n for n, word in enumerate(words[1:-1], 1) if _PARTICLE.fullmatch(word))
    start = next(particles, len(words) - 1)
    return Name(" ".join(words[start:]), " ".join(words[:start]))


def _is_of_a_person(words: list[str]) -> bool:
    """Whether all words look like a person's, but for one comma after the family's name, and the
    last is no particle."""
    if sum("," in word for word in words) == 1:
        words = [word.removesuffix(",") for word in words]
    return (
        1 < len(words) <= _LONGEST and all(map(_is_of_a_name, words)) and not _PARTICLE.fullmatch(words[-1])
    )


def _is_of_a_name(word: str) -> bool:
    """A particle, an initial, or a capital and small letters: a word all in capitals is as often
    an agency's as a person's."""
    if _PARTICLE.fullmatch(word):
        return True
    match = _WORD.fullmatch(word)
    if match is None or _INSTITUTION.fullmatch(word):
        return False
    return match[1].isupper() and (not match[2].isupper() or "." in word)
