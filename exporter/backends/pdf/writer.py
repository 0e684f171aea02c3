"""Writes a PDF object by object, so that no more of it need be in memory than its bytes.

What is no stream goes compressed into object streams, many objects in each, and is found by
a cross-reference stream (ISO 32000-1, 7.5.7 and 7.5.8). A PDF library would hold every object
of a long edition as a graph, which takes some ten times the file's size.
"""

from __future__ import annotations

import hashlib
import zlib
from array import array
from collections.abc import Mapping, Sequence

from exporter.backends.pdf.syntax import dictionary, refer

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_TOGETHER = 200
"""Objects of one object stream: a reader unpacks all of them to get at one."""
_INDEX = 16
"""Bits of a place that tell which of its object stream's objects it is."""


class Writer:
    """A file that grows. An object is known by its number, given when it is written or
    reserved before."""

    def __init__(self) -> None:
        self._file = bytearray(_HEADER)
        # By number: where an object begins, times two; or its object stream and its place in that, plus one.
        self._places = array("Q", [0])
        self._waiting: dict[bool, list[tuple[int, bytes]]] = {False: [], True: []}

    def reserve(self, count: int = 1) -> int:
        """Numbers for so many objects, in a row: the first of them."""
        first = len(self._places)
        self._places.extend([0] * count)
        return first

    def put(self, body: bytes, number: int = 0, *, leads: bool = False) -> int:
        """Writes an object, under a number that was reserved or a new one. Those that lead to
        pages stand together, so that a reader finds these without unpacking all else."""
        number = number or self.reserve()
        self._waiting[leads].append((number, body))
        if len(self._waiting[leads]) >= _TOGETHER:
            self._flush(leads)
        return number

    def put_stream(self, data: bytes, entries: bytes = b"", number: int = 0) -> int:
        """Writes a stream; ``entries`` stand in its dictionary beside the length."""
        number = number or self.reserve()
        self._places[number] = len(self._file) << 1
        self._file += b"%d 0 obj\n<<%s/Length %d>>\nstream\n" % (number, entries, len(data))
        self._file += data
        self._file += b"\nendstream\nendobj\n"
        return number

    def put_packed(self, data: bytes, entries: bytes = b"", number: int = 0) -> int:
        """Writes a stream that is compressed here."""
        return self.put_stream(zlib.compress(data), entries + b"/Filter/FlateDecode", number)

    def end(self, root: int, info: int) -> bytes:
        """The whole file; what it holds is its identity."""
        self._flush(False)
        self._flush(True)
        start, number = len(self._file), self.reserve()
        self._places[number] = start << 1
        identity = hashlib.sha256(self._file).hexdigest()[:32].encode()
        rows = b"".join(map(_row, self._places))
        trailer = {
            "Type": b"/XRef",
            "Size": b"%d" % len(self._places),
            "W": b"[1 5 2]",
            "Root": refer(root),
            "Info": refer(info),
            "ID": b"[<%s><%s>]" % (identity, identity),
        }
        self.put_packed(rows, dictionary(trailer)[2:-2], number)
        self._file += b"startxref\n%d\n%%%%EOF\n" % start
        return bytes(self._file)

    def _flush(self, leads: bool) -> None:
        waiting, self._waiting[leads] = self._waiting[leads], []
        if not waiting:
            return
        stream = self.reserve()
        head, at = [], 0
        for index, (number, body) in enumerate(waiting):
            head.append(b"%d %d" % (number, at))
            self._places[number] = (stream << _INDEX | index) << 1 | 1
            at += len(body) + 1
        front = b" ".join(head) + b"\n"
        entries = b"/Type/ObjStm/N %d/First %d" % (len(head), len(front))
        self.put_packed(front + b"\n".join(body for _, body in waiting), entries, stream)


def _row(place: int) -> bytes:
    if place & 1:
        packed = place >> 1
        return b"\2" + (packed >> _INDEX).to_bytes(5, "big") + (packed & (1 << _INDEX) - 1).to_bytes(2, "big")
    if place:
        return b"\1" + (place >> 1).to_bytes(5, "big") + b"\0\0"
    return b"\0" * 6 + b"\xff\xff"


# -- Trees -------------------------------------------------------------------------------

WIDE = 64
"""Most that one node of a tree holds."""


def put_tree(writer: Writer, leaves: Mapping[bytes, bytes], key: str) -> int:
    """Writes a name tree (``key`` is ``Names``) or number tree (``Nums``) of what is given in the
    order of its keys, both in PDF's notation (7.9.6, 7.9.7)."""
    things = list(leaves.items())
    if len(things) <= WIDE:
        return writer.put(dictionary({key: _flat(things)}))
    nodes: list[tuple[bytes, bytes, int]] = []
    for start in range(0, len(things), WIDE):
        node = things[start : start + WIDE]
        limits = (node[0][0], node[-1][0])
        nodes.append((*limits, writer.put(dictionary({"Limits": _limits(*limits), key: _flat(node)}))))
    while len(nodes) > WIDE:
        groups = [nodes[start : start + WIDE] for start in range(0, len(nodes), WIDE)]
        nodes = [
            (group[0][0], group[-1][1], writer.put(dictionary({
                "Limits": _limits(group[0][0], group[-1][1]), "Kids": _kids(group),
            })))
            for group in groups
        ]  # fmt: skip
    return writer.put(dictionary({"Kids": _kids(nodes)}))


def _flat(things: Sequence[tuple[bytes, bytes]]) -> bytes:
    return b"[" + b" ".join(b"%s %s" % thing for thing in things) + b"]"


def _limits(first: bytes, last: bytes) -> bytes:
    return b"[%s %s]" % (first, last)


def _kids(nodes: Sequence[tuple[bytes, bytes, int]]) -> bytes:
    return b"[" + b" ".join(refer(number) for _, _, number in nodes) + b"]"
