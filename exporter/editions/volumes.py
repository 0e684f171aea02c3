"""An edition cut into volumes: by the number of articles, or by what the files weigh."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import msgspec

from exporter.editions.compile import Edition, Entry, Part, Volume, urn
from exporter.model.visit import size

Weight = Callable[[Entry], float]

_PLACE = 3_000
"""Bytes that an article takes up in any file, besides its text and images."""


def count(_entry: Entry) -> float:
    """Each article weighs the same."""
    return 1


def bulk(entry: Entry) -> float:
    """About how much an article adds to a file: its text and its images, in bytes."""
    return _PLACE + size(entry.article) + sum(len(asset.data) for asset in entry.article.assets)


def cut(edition: Edition, most: float, weight: Weight = count) -> list[Edition]:
    """The edition in pieces of at most so much weight, but for the weight of one article.

    A part stays whole where it fits a piece by itself; briefs stand in the last piece.
    The pieces are not numbered yet: see `numbered`.
    """
    pieces: list[list[Part]] = [[]]
    load_ = 0.0
    for part in edition.parts:
        loads = [weight(entry) for entry in part.entries]
        if load_ and load_ + sum(loads) > most and (sum(loads) <= most or load_ + loads[0] > most):
            pieces.append([])
            load_ = 0.0
        entries: list[Entry] = []
        for entry, load in zip(part.entries, loads, strict=True):
            if load_ and load_ + load > most:
                if entries:
                    pieces[-1].append(msgspec.structs.replace(part, entries=tuple(entries)))
                pieces.append([])
                entries, load_ = [], 0.0
            entries.append(entry)
            load_ += load
        if entries:
            pieces[-1].append(msgspec.structs.replace(part, entries=tuple(entries)))
    last = len(pieces) - 1
    return [
        _piece(edition, parts, edition.briefs if number == last else ())
        for number, parts in enumerate(pieces)
    ]


def numbered(pieces: Sequence[Edition], title: str) -> list[Edition]:
    """The pieces as volumes of one title, "Digest (1 of 3)"; a lone one is left as it is."""
    if len(pieces) == 1:
        return list(pieces)
    return list(_numbered(pieces, title))


def _numbered(pieces: Sequence[Edition], title: str) -> Iterator[Edition]:
    for number, piece in enumerate(pieces, 1):
        yield msgspec.structs.replace(
            piece,
            title=f"{title} ({number} of {len(pieces)})",
            identifier=urn(f"{piece.identifier}/{number}/{len(pieces)}"),
            volume=Volume(number, len(pieces), title),
        )


def name(edition: Edition) -> str:
    """The volume in a file name, ``1-of-3``: names that sort; empty for a whole edition."""
    if not edition.volume:
        return ""
    digits = len(str(edition.volume.count))
    return f"{edition.volume.number:0{digits}}-of-{edition.volume.count}"


def _piece(edition: Edition, parts: Sequence[Part], briefs: Sequence[object]) -> Edition:
    tags = Counter(e.article.language for part in parts for e in part.entries if e.article.language)
    return msgspec.structs.replace(
        edition,
        parts=tuple(parts),
        briefs=tuple(briefs),
        languages=tuple(sorted(tags, key=lambda tag: (-tags[tag], tag))),
    )
