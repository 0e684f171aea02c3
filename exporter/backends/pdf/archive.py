"""What makes the bound file one to keep: PDF/A-3a, with its evidence attached (ISO 19005-3)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import PurePosixPath
from typing import NamedTuple

from exporter.backends.pdf.fit import shorten
from exporter.backends.pdf.syntax import array, dictionary, encoded, name, refer, string
from exporter.backends.pdf.writer import Writer, put_tree
from exporter.diagnostics import Report
from exporter.editions.compile import Edition, to_json
from exporter.editions.options import Original
from exporter.model.build import slug

DATA = "edition.json"
"""The attachment with the edition as data, in the form that the native reader reads; its anchors
are the file's named destinations."""


class Attachment(NamedTuple):
    """A file in the file; ``relationship`` is what it is to the pages: ``Data`` or ``Source``."""

    name: str
    media_type: str
    description: str
    relationship: str
    data: bytes


def attachments(edition: Edition, originals: Mapping[str, Original], report: Report) -> list[Attachment]:
    """The edition as data, and each file that they were read from once, in order.

    An original that is not available any more as it was read is reported.
    """
    description = f"The edition “{edition.title}” as data"
    data = Attachment(DATA, "application/json", description, "Data", to_json(edition))
    return [data, *_evidence(edition, originals, report)]


def _evidence(edition: Edition, originals: Mapping[str, Original], report: Report) -> Iterator[Attachment]:
    titles: dict[Original, list[str]] = {}
    for entry in edition.entries:
        origin = entry.article.origin
        if origin.sha256 in originals:
            titles.setdefault(originals[origin.sha256], []).append(entry.article.title)
        else:
            report.add("original-missing", origin.name, "not among the files given")
    digits = len(str(len(titles)))
    for number, (original, of_original) in enumerate(titles.items(), 1):
        try:
            data = original.read()
        except OSError as error:
            report.add("original-missing", original.name, error.strerror or str(error))
            continue
        if hashlib.sha256(data).hexdigest() != original.sha256:
            report.add("original-missing", original.name, "changed since it was read")
            continue
        name = f"{number:0{digits}}-{_safe(original.name)}"
        yield Attachment(name, original.media_type, _description(original, of_original), "Source", data)


def _safe(name: str) -> str:
    """A file's name for whatever system the attachment is saved on, without its folders."""
    path = PurePosixPath(name.replace("\\", "/"))
    ending = re.fullmatch(r"\.[a-z0-9]{1,8}", path.suffix.lower())
    return (slug(path.stem) or "original") + (ending[0] if ending else "")


def _description(original: Original, titles: Sequence[str]) -> str:
    more = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
    return f"The original of “{shorten(titles[0], 120)}”{more}, read from {original.name}"


def keep(writer: Writer, attachments: Sequence[Attachment], date: str) -> dict[str, bytes]:
    """Writes what gives the file's colours their meaning, and its evidence: entries of the
    catalogue, ``EmbeddedFiles`` one of its names'. ``date`` is the attachments' own, as PDF writes it."""
    profile = files("weasyprint.pdf").joinpath("sRGB2014.icc").read_bytes()
    intent = {
        "Type": b"/OutputIntent",
        "S": b"/GTS_PDFA1",
        "OutputConditionIdentifier": string("sRGB IEC61966-2.1"),
        "RegistryName": string("http://www.color.org"),
        "DestOutputProfile": refer(writer.put_packed(profile, b"/N 3")),
    }
    specs = {one.name: refer(_attach(writer, one, date)) for one in attachments}
    named = {string(key_): specs[key_] for key_ in sorted(specs, key=encoded)}
    return {
        "OutputIntents": array([dictionary(intent)]),
        "AF": array(specs.values()),
        "EmbeddedFiles": refer(put_tree(writer, named, "Names")),
    }


def _attach(writer: Writer, attachment: Attachment, date: str) -> int:
    """Writes an attached file (ISO 32000-1, 7.11.4; ISO 19005-3, Annex E): its specification's number."""
    params = {
        "Size": b"%d" % len(attachment.data),
        "ModDate": string(date),
        "CheckSum": b"<%s>" % hashlib.md5(attachment.data, usedforsecurity=False).hexdigest().encode(),
    }
    entries = {
        "Type": b"/EmbeddedFile",
        "Subtype": name(attachment.media_type),
        "Params": dictionary(params),
    }
    file = refer(writer.put_packed(attachment.data, dictionary(entries)[2:-2]))
    specification = {
        "Type": b"/Filespec",
        "F": string(attachment.name),
        "UF": string(attachment.name),
        "Desc": string(attachment.description),
        "AFRelationship": name(attachment.relationship),
        "EF": dictionary({"F": file, "UF": file}),
    }
    return writer.put(dictionary(specification))
