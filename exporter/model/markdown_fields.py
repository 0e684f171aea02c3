"""Labels of an article's fields in a Markdown edition: a backend writes them, a reader parses them.

An edition in Markdown is front matter, a title (``#``), parts (``##``) and articles (``###``).
An article begins with a list of its fields (``- Source: …``); the headings of its body start
at ``####``. A part that has a list and no articles contains the briefs. Images are at the end,
as ``[image-1]: data:…``.
"""

from __future__ import annotations

FORM = "exporter-edition-1"
"""The value of the front matter's field ``form``; an incompatible change gets a new number."""

ARTICLE_LEVEL = 3
"""Heading level of an article's title; level 1 of its body is one below."""

TEXTS = {
    "subtitle": "Subtitle",
    "source": "Source",
    "publisher": "Publisher",
    "aggregator": "Aggregator",
    "section": "Section",
    "language": "Language",
    "published": "Published",
    "captured": "Saved",
    "link": "Original",
    "via": "Via",
}
"""Fields with one value: name → label."""

LISTS = {"authors": ("Author", "Authors"), "tags": ("Tag", "Tags")}
"""Fields with several values, joined by `SEPARATOR`: name → labels for one and for several."""

SEPARATOR = ", "
BASIS = "Basis"
"""Label of the origin of values: ``published (metadata), title (file name)``."""

ALSO = "Also in"
"""Label of another paper that published the article; its details are a nested list of `COPY` fields."""
COPY = {"published": "published", "link": "link"}
"""Fields of a copy → the fields of an article whose labels they use."""

TEASER = {
    "source": "source",
    "date": "published",
    "link": "link",
    "language": "language",
    "captured": "captured",
}
"""Fields of a teaser → the fields of an article whose labels they use."""
