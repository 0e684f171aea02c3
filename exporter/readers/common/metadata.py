"""Metadata that several readers share: source labels, basis values, lists of teasers.

Aggregators print a publisher and a language as one label: ``KCNA.kp (En)``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from exporter.model import build
from exporter.model.article import Article, Basis, Origin, Teaser

_SUFFIX = re.compile(r"\A(.*\S)\s*[(\[]\s*([^\W\d_]{2,10})\s*[)\]]\Z", re.S)

# Country codes and English names represent languages in these labels.
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


def split_label(label: str) -> tuple[str, str | None]:
    """Split a source label into the publisher and the language of its suffix (BCP 47) or None.

    A suffix that is not a language belongs to the name of the publisher.
    """
    label = build.one_line(label)
    match = _SUFFIX.match(label)
    if match and (language := _BY_SUFFIX.get(match[2].lower())):
        return match[1], language
    return label, None


def language_named(name: str) -> str | None:
    """The language (BCP 47) with this English name or country code, or None."""
    return _BY_SUFFIX.get(name.strip().lower())


# -- Articles -----------------------------------------------------------------------------


def based(basis: Basis, **values: object) -> dict[str, Basis]:
    """A ``basis`` for the fields in ``values`` that are not empty."""
    return {name: basis for name, value in values.items() if value}


def listing(
    title: str,
    teasers: Sequence[Teaser],
    origin: Origin,
    *,
    source: str | None = None,
    language: str | None = None,
    link: str | None = None,
) -> tuple[Article, ...]:
    """An article that only lists ``teasers`` (see `Article.is_listing`); empty if there are none."""
    if not teasers:
        return ()
    return (
        Article(
            title=title, source=source, language=language, link=link, teasers=tuple(teasers), origin=origin
        ),
    )


def host(link: str | None) -> str | None:
    """The host in an address as a label: ``https://www.a.example/b`` → ``a.example``; None without a host."""
    name = urlsplit(link).hostname if link and not link.startswith("mailto:") else None
    return (name or "").removeprefix("www.") or None
