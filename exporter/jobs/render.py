"""One edition in one format: a pure function of what the job holds, so it can run anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from exporter.backends import registry as backends
from exporter.diagnostics import Diagnostic, Report
from exporter.editions import volumes
from exporter.editions.compile import Edition
from exporter.editions.options import Settings
from exporter.errors import ExporterError
from exporter.workers import pool


class Split(NamedTuple):
    """Where to cut an edition into volumes: the most articles and bytes of one; 0 = no limit."""

    articles: int = 0
    bytes: int = 0


class Target(NamedTuple):
    """Where an edition goes in one format: ``stem`` and ``suffix`` make its file's name."""

    folder: Path
    stem: str
    format: str
    suffix: str

    def path(self, volume: Edition | None = None) -> Path:
        """The edition's file, or that of one of its volumes."""
        name = volumes.name(volume) if volume else ""
        return self.folder / ("-".join(filter(None, (self.stem, name))) + self.suffix)


class Job(NamedTuple):
    """An edition to set, or why there is none after all."""

    edition: Edition | ExporterError
    settings: Settings
    split: Split
    target: Target


class Rendered(NamedTuple):
    """A job's result, as it comes back from a worker: its volumes, or what went wrong."""

    products: tuple[tuple[Edition, backends.Product], ...]
    findings: tuple[Diagnostic, ...]
    error: ExporterError | None


def work(job: Job) -> Rendered:
    """The bytes of one edition's files."""
    report = Report()
    if isinstance(job.edition, ExporterError):
        return Rendered((), (), job.edition)
    try:
        products = _volumes(job.edition, job, report)
    except ExporterError as error:
        return Rendered((), report.findings, error)
    return Rendered(tuple(products), report.findings, None)


def _volumes(edition: Edition, job: Job, report: Report) -> list[tuple[Edition, backends.Product]]:
    """The edition's volumes, cut again until none is too large that can be cut."""
    most, title = job.split.bytes, edition.title
    pieces = [edition]
    if job.split.articles:
        pieces = volumes.cut(edition, job.split.articles)
    while True:
        attempt = Report()
        try:
            products = [
                (volume, backends.render_checked(volume, job.target.format, job.settings, attempt))
                for volume in volumes.numbered(pieces, title)
            ]
        except ExporterError:
            report.extend(attempt.findings)
            raise
        smaller: list[Edition] = []
        for piece, (_, product) in zip(pieces, products, strict=True):
            over = most and len(product.data) > most
            smaller += _smaller(piece, most / len(product.data)) if over else [piece]
        if len(smaller) == len(pieces):
            break
        pieces = smaller
    report.extend(attempt.findings)
    for volume, product in products:
        if most and len(product.data) > most:
            report.add("volume-too-large", job.target.path(volume).name, f"{len(product.data):,} bytes")
    return products


def _smaller(piece: Edition, share: float) -> list[Edition]:
    """A piece cut into some of about that share of its weight; a little less, as each
    has a cover and fonts of its own."""
    weight = sum(map(volumes.bulk, piece.entries))
    return volumes.cut(piece, min(share * 0.9, 0.6) * weight, volumes.bulk)


def lost(how: pool.JobFailure) -> Rendered:
    """What a job gives whose worker was ended."""
    ended = (
        f"its worker process was ended twice (exit code {how.code})" if how.code else "no worker outlived it"
    )
    error = ExporterError(
        f"{ended}, probably for want of memory",
        "Run again with --jobs 1, or with a narrower range.",
    )
    return Rendered((), (), error)
