"""What is to be read, as bytes: for machines that do not have the files.

A page's pictures come only when its reader asks for them: it is read without, reports what is missing, and
is sent again with that. So what lies beside a page need not be guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple, overload

import msgspec

from exporter.readers.source import Hints, Reading, Source
from exporter.sources.read_one import Piece, ReadSession, allowed
from exporter.sources.reading_workers import lost
from exporter.workers.pool import JobFailure, WorkerPool

ROUNDS = 4
"""How often a page may ask for more before it is read here. Most ask once; one that tells of a
picture in several ways asks for each."""


class Wanting(NamedTuple):
    """References that a payload lacks: relative and absolute ones."""

    sibling: set[str]
    embedded: set[str]


class RemotePayload(msgspec.Struct, frozen=True):
    """A source with what it has asked for, None where there is no such thing; or the reading of
    what could not be opened."""

    data: bytes = b""
    name: str = ""
    hints: Hints | None = None
    sibling: Mapping[str, bytes | None] = {}
    embedded: Mapping[str, bytes | None] = {}
    reading: Reading | None = None

    def source(self, disabled_rules: frozenset[str], wanting: Wanting) -> Source:
        """The source; what it asks for in vain is added to ``wanting``."""
        return Source(
            self.data,
            self.name,
            partial(_look, self.sibling, wanting.sibling),
            embedded=partial(_look, self.embedded, wanting.embedded),
            hints=self.hints,
            disabled_rules=disabled_rules,
        )


def _look(has: Mapping[str, bytes | None], wanting: set[str], reference: str) -> bytes | None:
    if reference not in has:
        wanting.add(reference)
    return has.get(reference)


class Order(NamedTuple):
    """A piece to pack, with what its reader has asked for."""

    piece: Piece
    wanted: Wanting


_session = ReadSession()


def pack(order: Order) -> RemotePayload:
    """In a worker here: the piece as a payload."""
    source = _session.open(order.piece)
    if isinstance(source, Reading):
        return RemotePayload(reading=source)
    return RemotePayload(
        source.data,
        source.name,
        source.hints,
        {reference: source.sibling(reference) for reference in sorted(order.wanted.sibling)},
        {reference: source.embedded(reference) for reference in sorted(order.wanted.embedded)},
    )


class RemotePayloads(Sequence[RemotePayload]):
    """The pieces as payloads, each packed when it is its turn."""

    def __init__(self, pieces: Sequence[Piece], packer: WorkerPool[Order, RemotePayload]) -> None:
        self._pieces = pieces
        self._packer = packer
        self._wanted: dict[int, Wanting] = {}
        self._rounds = Counter[int]()

    def __len__(self) -> int:
        return len(self._pieces)

    @overload
    def __getitem__(self, number: int) -> RemotePayload: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[RemotePayload]: ...
    def __getitem__(self, number: int | slice) -> RemotePayload | Sequence[RemotePayload]:
        if isinstance(number, slice):
            return [self[n] for n in range(*number.indices(len(self)))]
        piece = self._pieces[number]
        order = Order(piece, self._wanted.get(number, Wanting(set(), set())))
        ((_, parcel),) = self._packer.do([order], lambda _: allowed(piece.size).seconds)
        return RemotePayload(reading=lost(piece, parcel)) if isinstance(parcel, JobFailure) else parcel

    def fuller(self, number: int, result: object) -> RemotePayload | None:
        """The payload again, with what its reading missed; None where it missed nothing, or has been
        sent often enough."""
        if not isinstance(result, Wanting) or self._rounds[number] == ROUNDS:
            self._wanted.pop(number, None)
            return None
        self._rounds[number] += 1
        before = self._wanted.get(number, Wanting(set(), set()))
        self._wanted[number] = Wanting(before.sibling | result.sibling, before.embedded | result.embedded)
        return self[number]
