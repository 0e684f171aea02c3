"""Articles that a page holds for its script alone.

A page that its script draws carries the article as a string of JSON in a ``<script>`` element (the
state of React Query, Next's ``__NEXT_DATA__``, Nuxt's, Apollo's), its markup and all; or as the markup
of a template (Blogger's). Saved as it came from the server, such a page shows nothing but a frame.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import msgspec
from lxml import etree, html

from exporter.diagnostics import Report
from exporter.readers.common import markup
from exporter.readers.common.markup import text_of
from exporter.readers.html import _figures

_MAX = 5_000_000
_STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)(?:(")|\\?\Z)', re.S)
_PARAGRAPH = re.compile(r"<p[\s>]", re.I)
_TITLE = re.compile(r'"(?:title|headline)"\s*:\s*"((?:[^"\\]++|\\.)++)"')
_SLOT = re.compile(r"\$\$\w+\$\$")
"""Where the script puts something else in, an advertisement most often."""
ENOUGH = 400
"""Characters of text in an article worth looking for."""


class EmbeddedArticle(msgspec.Struct, frozen=True):
    body: etree._Element
    title: str | None
    """What its object calls it: the last title before the body."""


def read(root: html.HtmlElement, name: str, report: Report) -> EmbeddedArticle | None:
    """The longest article that a script of the page holds, or None."""
    longest = max(_bodies(root), key=lambda body: len(body[0]), default=None)
    if longest is None:
        return None
    html, script, start = longest
    html = _SLOT.sub("", html)
    body = markup.parse(f"<!DOCTYPE html><html><body>{html}</body></html>", name, report).find("body")
    if body is None or len(text_of(body)) < ENOUGH:
        return None
    _figures.mark(body)
    titles = _TITLE.findall(script, 0, start)
    return EmbeddedArticle(body, _decoded(titles[-1]) if titles else None)


def _bodies(root: html.HtmlElement) -> Iterator[tuple[str, str, int]]:
    """Every string of markup in paragraphs, with its script and where it is in that."""
    for script in root.iter("script"):
        text = script.text or ""
        if not ENOUGH < len(text) <= _MAX:
            continue
        if "template" in (script.get("type") or ""):
            if _PARAGRAPH.search(text):
                yield text, "", 0
            continue
        for match in _STRING.finditer(text):
            if match[2] and len(match[1]) > ENOUGH and _PARAGRAPH.search(markup := _decoded(match[1]) or ""):
                yield markup, text, match.start()


def _decoded(literal: str) -> str | None:
    try:
        return str(json.loads(f'"{literal}"', strict=False))
    except ValueError:
        return None
