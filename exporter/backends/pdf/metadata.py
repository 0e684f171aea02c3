"""What the file says about itself: the same words on the cover, in the colophon and in the metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import NamedTuple

from exporter.backends.common import labels
from exporter.backends.common.record import Record, record
from exporter.editions.compile import Edition


class PdfMetadata(NamedTuple):
    """``languages`` are all that occur, the edition's own first; ``modified`` is an instant
    in ISO 8601; ``titles`` are the words for each anchor that a link may lead to."""

    title: str
    window: str
    counts: str
    description: str
    identifier: str
    languages: tuple[str, ...]
    direction: str
    sources: Sequence[tuple[str, int]]
    modified: str
    generator: str
    producer: str
    record: Record
    titles: Mapping[str, str]


def pdf_metadata(edition: Edition) -> PdfMetadata:
    """The edition's metadata; nothing of it comes from the clock or the machine."""
    window = labels.window_words(edition)
    counts = labels.counts(edition)
    titles = {part.anchor: labels.part_title(part, edition) for part in edition.parts}
    titles |= {entry.anchor: entry.article.title for entry in edition.entries}
    titles |= {"briefs": labels.IN_BRIEF, "colophon": labels.COLOPHON}
    return PdfMetadata(
        title=edition.title or labels.UNTITLED,
        window=window,
        counts=counts,
        description=". ".join(piece for piece in (edition.subtitle, window, counts) if piece),
        identifier=edition.identifier,
        languages=tuple(dict.fromkeys((edition.language, *edition.languages))),
        direction=labels.direction(edition.language),
        sources=edition.sources,
        modified=edition.modified,
        generator=f"exporter {version('exporter')}",
        producer=f"WeasyPrint {version('weasyprint')}, pikepdf {version('pikepdf')}",
        record=record(edition),
        titles=titles,
    )
