"""The edition as data: its native form, JSON, whose articles the native reader reads back.

The shape is the model's own (`exporter.editions.compile.Edition`,
`exporter.model.article.Article`), described for other programs by docs/edition.schema.json.
The place of an entry in the file is a JSON Pointer (RFC 6901).
"""

from __future__ import annotations

import msgspec

from exporter.diagnostics import Report
from exporter.editions.compile import Brief, Edition, Entry, to_json
from exporter.editions.options import Settings
from exporter.errors import IncompleteError


def render(edition: Edition, settings: Settings, report: Report) -> bytes:  # noqa: ARG001 - the protocol's
    """The edition as UTF-8 JSON, indented: versions of a file differ by the lines that changed."""
    return msgspec.json.format(to_json(edition), indent=2) + b"\n"


def locate(data: bytes, edition: Edition) -> dict[str, str]:
    """Each anchor with the pointer to its article or teaser, where the whole of it is there.
    Raises `IncompleteError` for bytes that are not an edition."""
    try:
        read_back = msgspec.json.decode(data, type=Edition)
    except msgspec.DecodeError as error:
        raise IncompleteError(f"the data are not an edition: {error}", "Please report this.") from error
    there: dict[str, tuple[str, Entry | Brief]] = {}
    for p, part in enumerate(read_back.parts):
        for e, entry in enumerate(part.entries):
            there[entry.anchor] = f"/parts/{p}/entries/{e}", entry
    for b, brief in enumerate(read_back.briefs):
        there[brief.anchor] = f"/briefs/{b}", brief
    wanted: dict[str, Entry | Brief] = {entry.anchor: entry for entry in edition.entries}
    wanted |= {brief.anchor: brief for brief in edition.briefs}
    return {
        anchor: there[anchor][0]
        for anchor, one in wanted.items()
        if anchor in there and there[anchor][1] == one
    }
