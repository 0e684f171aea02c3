"""The words by which a Markdown edition tells an article's fields: a backend writes them,
a reader knows them again.

An edition in Markdown is front matter, a title (``#``), parts (``##``) and articles
(``###``), each begun by a list of its fields (``- Source: …``); headings of bodies lie
below (from ``####``). A part that holds no article but a list holds the briefs. The
images stand at the end, as ``[image-1]: data:…``.
"""

from __future__ import annotations

FORM = "exporter-edition-1"
"""What the front matter's field ``form`` says of such a file; a new form gets a new number."""

ARTICLE_LEVEL = 3
"""Of an article's title among the headings; its body's level 1 is one below."""

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
"""Fields of one value: name → label."""

LISTS = {"authors": ("Author", "Authors"), "tags": ("Tag", "Tags")}
"""Fields of many: name → label of a single value, and of several parted by `SEPARATOR`."""

SEPARATOR = ", "
BASIS = "Basis"
"""Label of where values come from: ``published (metadata), title (file name)``."""

ALSO = "Also in"
"""Label of another paper in which the article stood; what is known of it is a list within, of `COPY`."""
COPY = {"published": "published", "link": "link"}
"""A copy's fields → those of an article under whose labels they stand."""

TEASER = {
    "source": "source",
    "date": "published",
    "link": "link",
    "language": "language",
    "captured": "captured",
}
"""A teaser's fields → those of an article under whose labels they stand."""
