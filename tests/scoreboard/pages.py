"""The sets: pages with what a person, or a parser written for that one site, found in them."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from lxml import html

from tests.conformance.editions import corpus


class Truth(NamedTuple):
    """What is known of a page; None where the set does not say."""

    title: str | None = None
    authors: tuple[str, ...] | None = None
    day: str | None = None
    paragraphs: tuple[str, ...] | None = None
    text: str | None = None
    captions: tuple[str, ...] | None = None
    with_: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()


class Page(NamedTuple):
    name: str
    data: bytes
    truth: Truth


def _fundus() -> Iterator[Page]:
    """Pages of newspapers of 41 countries, read by a parser for each paper."""
    root = corpus("extraction-fundus", "fundus") / "tests/resources/parser/test_data"
    for values in sorted(root.glob("*/*.json")):
        versions = sorted(json.loads(values.read_text("utf-8")).items())
        files = sorted(values.parent.glob(f"{values.stem}_*.html.gz"))
        for file, (_, truth) in zip(files, versions, strict=True):
            yield Page(
                f"{values.parent.name}/{file.name}", gzip.decompress(file.read_bytes()), _values(truth)
            )


def _values(truth: dict[str, Any]) -> Truth:
    body = truth.get("body") or {"summary": [], "sections": []}
    paragraphs = list(body["summary"])
    for section in body["sections"]:
        paragraphs += [*section["headline"], *section["paragraphs"]]
    captions = tuple(image["caption"] for image in truth.get("images", ()) if image["caption"])
    date = truth.get("publishing_date")
    return Truth(
        title=truth.get("title"),
        authors=tuple(truth["authors"]) if "authors" in truth else None,
        day=date[:10] if date else None,
        paragraphs=tuple(paragraphs),
        text="\n".join(paragraphs),
        captions=captions if "images" in truth else None,
    )


def _trafilatura() -> Iterator[Page]:
    """Pages, mostly German, with pieces of text that belong to the article, or do not."""
    root = corpus("extraction-trafilatura", "trafilatura_eval") / "tests"
    truths = json.loads((root / "evaldata.json").read_text("utf-8"))
    places = [root / "cache", root / "eval"]
    for _, truth in sorted(truths.items()):
        file = next((place / truth["file"] for place in places if (place / truth["file"]).is_file()), None)
        if file is not None:
            values = Truth(
                title=truth.get("title"),
                day=truth.get("date"),
                with_=tuple(truth.get("with", ())),
                without=tuple(truth.get("without", ())),
            )
            yield Page(truth["file"], file.read_bytes(), values)


def _readability() -> Iterator[Page]:
    """The test pages of Mozilla's Readability, with what it is to make of them."""
    root = corpus("extraction-readability", "readability_testpages") / "test/test-pages"
    for folder in sorted(root.iterdir()):
        values = json.loads((folder / "expected-metadata.json").read_text("utf-8"))
        wanted = html.fromstring((folder / "expected.html").read_text("utf-8"))
        text = "\n".join(piece for piece in wanted.itertext() if piece.strip())
        truth = Truth(title=values.get("title"), text=text)
        yield Page(folder.name, (folder / "source.html").read_bytes(), truth)


_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def _defuddle() -> Iterator[Page]:
    """Defuddle's test pages, mostly small, each of one difficulty.

    The truth is the expected Markdown below its front part (JSON in a code block), without images
    (alternative text included) and with the words of links in place of the links. Other marks stay: they
    are not of words. Formulas are compared as TeX, notes with their labels, code as text.
    """
    root = corpus("extraction-readability", "defuddle") / "tests"
    for file in sorted((root / "fixtures").glob("*.html")):
        expected = (root / "expected" / f"{file.stem}.md").read_text("utf-8")
        text = _LINK.sub(r"\1", _IMAGE.sub("", expected.partition("\n```\n")[2]))
        yield Page(file.stem, file.read_bytes(), Truth(text=text))


def _dates() -> Iterator[Page]:
    """Pages with their dates of publication, from htmldate's evaluation."""
    root = corpus("extraction-trafilatura", "trafilatura_eval") / "tests"
    truths = json.loads((root.parents[1] / "htmldate_eval/tests/eval_default.json").read_text("utf-8"))
    for _, truth in sorted(truths.items()):
        for place in ("eval", "cache"):
            if (file := root / place / truth["file"]).is_file():
                yield Page(truth["file"], file.read_bytes(), Truth(day=truth["date"]))
                break


SETS: dict[str, Callable[[], Iterator[Page]]] = {
    "fundus": _fundus,
    "readability": _readability,
    "defuddle": _defuddle,
    "trafilatura": _trafilatura,
    "htmldate": _dates,
}
