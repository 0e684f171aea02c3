"""Source labels as aggregators print them: ``KCNA.kp (En)`` is a publisher and a language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from exporter.model import build
from exporter.model.article import Article, Basis, Origin, Teaser

_SUFFIX = re.compile(r"\A(.*\S)\s*[(\[]\s*([^\W\d_]{2,10})\s*[)\]]\Z", re.S)

# Country codes and English names stand for languages in such labels.
_LANGUAGES = {
    "en": ("en", "eng", "english"),
    "ko": ("kr", "ko", "kor", "korean", "kp"),
    "zh": ("cn", "zh", "ch", "chn", "chi", "chinese"),
    "ja": ("jp", "ja", "jpn", "japanese"),
    "ru": ("ru", "rus", "russian"),
    "es": ("es", "sp", "spa", "spanish"),
    "fr": ("fr", "fra", "fre", "french"),
    "de": ("de", "ger", "deu", "german"),
    "ar": ("ar", "ara", "arabic"),
    "pt": ("pt", "por", "portuguese"),
    "it": ("it", "ita", "italian"),
    "vi": ("vn", "vi", "vie", "vietnamese"),
}
_BY_SUFFIX = {suffix: language for language, all_ in _LANGUAGES.items() for suffix in all_}


def part_label(label: str) -> tuple[str, str | None]:
    """The publisher in a source label, and the language its suffix names (BCP 47) or None.

    A suffix that names no language belongs to the publisher's name.
    """
    label = build.one_line(label)
    match = _SUFFIX.match(label)
    if match and (language := _BY_SUFFIX.get(match[2].lower())):
        return match[1], language
    return label, None


def language_named(name: str) -> str | None:
    """The language (BCP 47) with that English name or country's code, or None."""
    return _BY_SUFFIX.get(name.strip().lower())


# -- Where an article's fields come from, told of several at once.


def based(basis: Basis, **values: object) -> dict[str, Basis]:
    """The ``basis`` of those of the fields that have a value."""
    return {name: basis for name, value in values.items() if value}


# -- What a file lists without having its text: entries as teasers, on an article that only bears them.


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
