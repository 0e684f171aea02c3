"""What is to be read, as bytes: for machines that do not have the files.

A page's pictures come along only when its reader asks for them: it is read without, tells what it missed, and
is sent again with that. So what lies beside a page need not be guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple, overload

import msgspec

from exporter.readers.source import Hints, Reading, Source
from exporter.sources.read_one import Desk, Piece, allowed
from exporter.sources.reading_workers import lost
from exporter.workers.pool import Crew, Lost

ROUNDS = 4
"""How often a page may ask for more before it is read here. Most ask once; one that tells of a
picture in several ways asks for each."""


class Wanting(NamedTuple):
    """References that a parcel lacks: relative and absolute ones."""

    beside: set[str]
    held: set[str]


class Parcel(msgspec.Struct, frozen=True):
    """A source with what it has asked for, None where there is no such thing; or the reading of
    what could not be opened."""

    data: bytes = b""
    name: str = ""
    hints: Hints | None = None
    beside: Mapping[str, bytes | None] = {}
    held: Mapping[str, bytes | None] = {}
    reading: Reading | None = None

    def source(self, keep: frozenset[str], wanting: Wanting) -> Source:
        """The source; what it asks for in vain is added to ``wanting``."""
        return Source(
            self.data,
            self.name,
            partial(_look, self.beside, wanting.beside),
            held=partial(_look, self.held, wanting.held),
            hints=self.hints,
            keep=keep,
        )


def _look(has: Mapping[str, bytes | None], wanting: set[str], reference: str) -> bytes | None:
    if reference not in has:
        wanting.add(reference)
    return has.get(reference)


class Order(NamedTuple):
    """A piece to pack, with what its reader has asked for."""

    piece: Piece
    asked: Wanting


_desk = Desk()


def pack(order: Order) -> Parcel:
    """In a worker here: the piece as a parcel."""
    source = _desk.open(order.piece)
    if isinstance(source, Reading):
        return Parcel(reading=source)
    return Parcel(
        source.data,
        source.name,
        source.hints,
        {reference: source.beside(reference) for reference in sorted(order.asked.beside)},
        {reference: source.held(reference) for reference in sorted(order.asked.held)},
    )


class Parcels(Sequence[Parcel]):
    """The pieces as parcels, each packed when it is its turn."""

    def __init__(self, pieces: Sequence[Piece], packer: Crew[Order, Parcel]) -> None:
        self._pieces = pieces
        self._packer = packer
        self._asked: dict[int, Wanting] = {}
        self._rounds = Counter[int]()

    def __len__(self) -> int:
        return len(self._pieces)

    @overload
    def __getitem__(self, number: int) -> Parcel: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Parcel]: ...
    def __getitem__(self, number: int | slice) -> Parcel | Sequence[Parcel]:
        if isinstance(number, slice):
            return [self[n] for n in range(*number.indices(len(self)))]
        piece = self._pieces[number]
        order = Order(piece, self._asked.get(number, Wanting(set(), set())))
        ((_, parcel),) = self._packer.do([order], lambda _: allowed(piece.size).seconds)
        return Parcel(reading=lost(piece, parcel)) if isinstance(parcel, Lost) else parcel

    def fuller(self, number: int, result: object) -> Parcel | None:
        """The parcel again, with what its reading missed; None where it missed nothing, or has been
        sent often enough."""
        if not isinstance(result, Wanting) or self._rounds[number] == ROUNDS:
            self._asked.pop(number, None)
            return None
        self._rounds[number] += 1
        before = self._asked.get(number, Wanting(set(), set()))
        self._asked[number] = Wanting(before.beside | result.beside, before.held | result.held)
        return self[number]
