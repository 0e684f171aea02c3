"""Citation keys: ``lind2021quay``, short, ASCII, one for each reference, the same tomorrow."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from anyascii import anyascii

_LEAD = 20
"""Letters of an author's or a source's name that a key has at most, and of a title's word."""

_LEAST = 4
"""Letters of a word that says something of a title: articles and prepositions have fewer."""


class Wanted(NamedTuple):
    """What a key is made from; ``lead`` is the name the reference is sorted by."""

    anchor: str
    lead: str
    date: str
    title: str


def keys(wanted: Iterable[Wanted]) -> dict[str, str]:
    """A key for each anchor.

    Of those that would have the same key the earliest has it; the others' take their anchors'
    first letters. So what is added later to an edition leaves the older keys as they are.
    """
    found: dict[str, str] = {}
    used: set[str] = set()
    for one in sorted(wanted, key=lambda one: (one.date or "9999", one.anchor)):
        base = _base(one)
        tries = (base, *(f"{base}-{one.anchor[:end]}" for end in range(5, len(one.anchor) + 1)))
        found[one.anchor] = next(key for key in tries if key not in used)
        used.add(found[one.anchor])
    return found


def _base(one: Wanted) -> str:
    words = _words(one.title)
    word = next((word for word in words if len(word) >= _LEAST), words[0] if words else "untitled")
    return f"{_lead(one.lead)}{one.date[:4] or 'nd'}{word[:_LEAD]}"


def _lead(name: str) -> str:
    words = [word for word in _words(name) if word != "the"] or ["anon"]
    lead = words[0]
    for word in words[1:]:
        if len(lead) + len(word) > _LEAD:
            break
        lead += word
    return lead[:_LEAD]


def _words(text: str) -> list[str]:
    """The words in small ASCII letters; a word of another alphabet as Latin letters spell it."""
    words = (re.sub(r"[^a-z0-9]", "", anyascii(word).lower()) for word in re.findall(r"[^\W_]+", text))
    return [word for word in words if word]
