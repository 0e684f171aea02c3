"""Pages that are no article: what a site shows in its place, saved by mistake."""

from __future__ import annotations

from functools import cache

import msgspec

from exporter import resources

_LONGEST = 1200
"""Characters of text above which a page has something to say, whatever words are in it."""
_TITLE = 60
"""Characters of a title that may be a wall's own."""


class BlockedPage(msgspec.Struct, frozen=True):
    """What stands there, and phrases that give it away."""

    name: str
    phrases: tuple[str, ...]


@cache
def _pages() -> tuple[BlockedPage, ...]:
    return resources.tables(__package__, "blocked_pages.toml", "wall", BlockedPage)


def blocked_by(title: str, text: str) -> str | None:
    """What a page is instead of an article, by its title and its whole text; None for an article."""
    if len(text) > _LONGEST:
        return None
    words = text.casefold()
    if len(title) <= _TITLE:
        words = f"{title.casefold()}\n{words}"
    # The shorter the text, the more is a phrase in it: an article about passwords has other sentences.
    sentences = sum(words.count(mark) for mark in (". ", "。", "! ", "? "))
    if sentences > 8:
        return None
    return next((page.name for page in _pages() if any(phrase in words for phrase in page.phrases)), None)
