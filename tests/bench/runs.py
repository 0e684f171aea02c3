"""What is measured, each in a process of its own: ``python -m tests.bench.runs KIND FOLDER …``.

``prepare`` and ``combine`` write to the folder what the others need; ``press`` and
``weasyprint`` make a PDF there, ``compare`` looks at two. Each leaves a JSON file that
tells what it found: `make` how long it took, without importing programs and reading what
was prepared, which is told as ``start``.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pickle
import pkgutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exporter.editions.compile import Edition
    from exporter.editions.options import Settings


class Run(argparse.Namespace):
    """What is to be run."""

    kind: str
    folder: Path
    name: str
    edition: str
    articles: int
    style: str
    group: str
    workers: int

    def settings(self) -> Settings:
        from exporter.editions.options import Settings

        return Settings(style=self.style, workers=self.workers, cache=True)

    def read(self) -> Edition:
        """The edition that was prepared under that name."""
        import msgspec

        from exporter.editions.compile import Edition

        data = (self.folder / f"{self.edition}.msgpack").read_bytes()
        return msgspec.msgpack.decode(data, type=Edition)

    def tell(self, **values: object) -> None:
        (self.folder / f"{self.name}.json").write_text(json.dumps(values))

    def make(self, start: float, make: Callable[[], bytes]) -> None:
        """Makes a PDF; all that ``make`` needs is at hand since the moment ``start``."""
        begin = time.perf_counter()
        data = make()
        end = time.perf_counter()
        (self.folder / f"{self.name}.pdf").write_bytes(data)
        self.tell(start=begin - start, seconds=end - begin)


def prepare(run: Run) -> None:
    """The edition, and the same after some articles were changed and some added."""
    import msgspec

    from exporter.model.visit import plain_text
    from tests.bench import generated

    first = generated.articles(run.articles)
    now = generated.revised(first)
    for name, articles in (("first", first), ("revised", now)):
        edition = generated.compiled(articles, run.group)  # type: ignore[arg-type]
        (run.folder / f"{name}.msgpack").write_bytes(msgspec.msgpack.encode(edition))
    run.tell(
        words=sum(len(plain_text(article).split()) for article in first),
        changed=sum(one is not other for one, other in zip(first, now, strict=False)),
        added=len(now) - len(first),
    )


def combine(run: Run) -> None:
    """All of the edition as one document: for the engine, as a page for a browser, for Typst."""
    from exporter.backends.pdf import style
    from tests import one_document
    from tests.bench import browser, typesetter

    edition = run.read()
    numbered = one_document.sheet(edition, run.settings(), is_numbered=True)
    (run.folder / "numbered.pickle").write_bytes(pickle.dumps(numbered))
    sheet = one_document.sheet(edition, run.settings())
    (run.folder / "one.pickle").write_bytes(pickle.dumps(sheet))
    browser.write(sheet, run.folder / "web")
    (run.folder / "one.typ").write_text(typesetter.source(edition, style.load(run.style)))


def press(run: Run) -> None:
    """The edition by the press, with whatever its cache holds."""
    start = time.perf_counter()
    from exporter.backends import pdf
    from exporter.backends.registry import render_checked

    for module in pkgutil.iter_modules(pdf.__path__):
        importlib.import_module(f"{pdf.__name__}.{module.name}")
    edition, settings = run.read(), run.settings()
    run.make(start, lambda: render_checked(edition, "pdf", settings).data)


def weasyprint(run: Run) -> None:
    """The one document by the layout engine alone."""
    start = time.perf_counter()
    from exporter.backends.pdf.layout import printed

    sheet = pickle.loads((run.folder / f"{run.edition}.pickle").read_bytes())
    run.make(start, lambda: printed(sheet.html, sheet.css, sheet.resources).data)


def typst(run: Run) -> None:
    """The same text by Typst, in the same fonts."""
    start = time.perf_counter()
    import typst

    source, fonts = run.folder / "one.typ", run.folder / "web"
    run.make(
        start,
        lambda: typst.compile(
            source, root=run.folder, font_paths=[fonts], ignore_system_fonts=True, pdf_standards=["ua-1"]
        ),
    )


def compare(run: Run) -> None:
    """The number of pages of ``name``; with ``edition``, the pages that differ from that file's."""
    import pypdfium2

    from exporter.backends.pdf import style
    from tests.bench import words

    path = run.folder / f"{run.name}.pdf"
    with pypdfium2.PdfDocument(path) as pdf:
        pages = len(pdf)
    output: dict[str, object] = {"pages": pages, "bytes": path.stat().st_size}
    if run.edition:
        chosen = style.load(run.style)
        top, height = chosen.margins.top * style.POINT, chosen.measure(None)[1]
        compared = words.compare(run.folder / f"{run.edition}.pdf", path, top, height)
        output |= compared._asdict()
    run.name += ".found"
    run.tell(**output)


KINDS = (prepare, combine, press, weasyprint, typst, compare)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=[kind.__name__ for kind in KINDS])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--edition", default="")
    parser.add_argument("--articles", type=int, default=0)
    parser.add_argument("--style", default="book")
    parser.add_argument("--group", default="source")
    parser.add_argument("--workers", type=int, default=1)
    run = parser.parse_args(namespace=Run())
    next(kind for kind in KINDS if kind.__name__ == run.kind)(run)


if __name__ == "__main__":
    main()
