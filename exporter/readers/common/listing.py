"""What a file lists without having its text: entries as teasers, on an article that only bears them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from exporter.model.article import Article, Origin, Teaser


def listing(
    title: str,
    teasers: Sequence[Teaser],
    origin: Origin,
    *,
    source: str | None = None,
    language: str | None = None,
    link: str | None = None,
) -> tuple[Article, ...]:
    """The bearer of ``teasers`` (see `Article.is_listing`), or nothing where there are none."""
    if not teasers:
        return ()
    return (
        Article(
            title=title, source=source, language=language, link=link, teasers=tuple(teasers), origin=origin
        ),
    )


def host(link: str | None) -> str | None:
    """The site that an address belongs to, as a label: ``https://www.a.example/b`` → ``a.example``."""
    name = urlsplit(link).hostname if link and not link.startswith("mailto:") else None
    return (name or "").removeprefix("www.") or None
