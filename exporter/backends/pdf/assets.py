"""What a document is made of: its text, its style, images and fonts, each with its address."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from exporter.backends.pdf.metrics import served

SCHEME = "exporter:"
"""Begins the address of everything that belongs to an edition; no other address is served."""

PLACE = f"{SCHEME}place/"
"""Begins the address of an anchor anywhere in the edition; binding makes it a destination."""


class Resource(NamedTuple):
    """An image or a font: its bytes, or the file that holds them, read when asked for."""

    content: bytes | Path
    media_type: str

    def read(self) -> bytes:
        if isinstance(self.content, bytes):
            return self.content
        return served(self.content) if self.media_type.startswith("font/") else self.content.read_bytes()


class HtmlSection(NamedTuple):
    """All that one layout takes: pure data, so that it can be sent to another process.

    ``name`` says in words what the section holds; ``resources`` is all that HTML and CSS
    may refer to; only a section of headers and footers goes without tags. ``anchors`` are the ids of its
    articles or briefs, in order: each must come out on a page, and between any two the
    section may be cut. ``own`` is CSS for this section alone, after ``css``, which is read once
    for all sections that have it in common.
    """

    name: str
    html: str
    css: str
    resources: Mapping[str, Resource]
    tagged: bool = True
    anchors: tuple[str, ...] = ()
    own: str = ""
