"""Workers that crash, hang, are killed or come back with nothing: the file is made all the same."""

from __future__ import annotations

import hashlib
import io
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator

import pikepdf
import pypdfium2
import pytest

from exporter.backends.pdf import workers
from exporter.backends.pdf.assets import HtmlSection
from exporter.backends.pdf.layout import Failure, Laid
from exporter.backends.registry import render_checked
from exporter.diagnostics import Report
from exporter.editions.compile import Edition, compile_edition
from exporter.editions.options import Settings
from exporter.editions.selection import Selected
from exporter.errors import ExporterError
from exporter.model.article import Article, Block, CodeBlock, Note, Paragraph, Table, Text
from exporter.model.build import paragraph
from exporter.workers.limits import Limits
from tests import kitchen_sink
from tests.backends import faults

Fault = Callable[[HtmlSection], Laid | Failure]


def text_item(number: int, *blocks: Block) -> Article:
    body = paragraph([f"The {number}th boat came in and went out again. " * 40])
    return Article(
        title=f"Story {number}",
        source="Test Post",
        language="en",
        published="2021-05-01",
        link=f"https://papers.example/{number}",
        blocks=(*body, *blocks),
        origin=kitchen_sink.origin(f"{number}.md"),
    )


def edition(words: str = "") -> Edition:
    """Three articles, the second with a code block, a table and a note."""
    cell = kitchen_sink.cell
    bad = text_item(
        1,
        CodeBlock("first line\n  second line"),
        Table(((cell("north"), cell("south")), (cell("east"), cell("west"))), 1),
        Paragraph((Text(f"Noted {words}"), Note(paragraph(["small print"])))),
    )
    return compile_edition(Selected((text_item(0), bad, text_item(2)), ()), title="Tests", group="none")


def words_of(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as document:
        text = " ".join(page.get_textpage().get_text_range() for page in document)
    return " ".join(text.replace("\ufffe", "").split())


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Fault], None]]:
    """Makes workers run another layout than the real one."""
    monkeypatch.setattr(workers, "_spare", {})
    monkeypatch.setenv("EXPORTER_SHEET_SECONDS", "2")
    yield lambda layout: monkeypatch.setattr(workers, "attempt", layout)
    for crews in workers._spare.values():
        for pool in crews:
            pool.close()


@pytest.mark.parametrize(
    ("layout", "why"),
    [
        (faults.raises, "KeyError: 'no such box'"),
        pytest.param(faults.crashes, "its process ended twice, by SIGSEGV", marks=pytest.mark.conformance),
        pytest.param(faults.hangs, "it takes too long", marks=pytest.mark.conformance),
        (faults.devours, "it takes too much memory"),
        (faults.forgets, "1 of 1 articles came out on no page"),
    ],
)
def test_an_article_that_cannot_be_laid_out_is_set_plainly_and_named(
    fault: Callable[[Fault], None], monkeypatch: pytest.MonkeyPatch, layout: Fault, why: str
) -> None:
    fault(layout)
    if layout is faults.hangs:  # for the whole time that it has, several times
        monkeypatch.setenv("EXPORTER_SHEET_SECONDS", "1")
    monkeypatch.setattr(workers, "MEMORY", Limits(data=400 * 1024**2))
    report = Report()
    product = render_checked(edition(), "pdf", Settings(), report)
    assert [(f.id, f.where, f.detail) for f in report.findings] == [
        ("article-set-plainly", "1.md", f"Story 1: {why}")
    ]
    text = words_of(product.data)
    assert [text.count(f"The {n}th boat") for n in range(3)] == [40, 40, 40]
    for words in ("first line second line", "north | south east | west", "Noted (small print)"):
        assert words in text
    with pikepdf.open(io.BytesIO(product.data)) as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root][:3] == [f"Story {n}" for n in range(3)]


def test_an_article_that_cannot_even_be_set_plainly_says_so(fault: Callable[[Fault], None]) -> None:
    fault(faults.refuses)
    report = Report()
    product = render_checked(edition(faults.DEEP), "pdf", Settings(), report)
    assert report.counts() == {"article-set-plainly": 1}
    text = words_of(product.data)
    for words in ("Story 1", "Please read it in the original", "https://papers.example/1"):
        assert words in text
    assert [text.count(f"The {n}th boat") for n in range(3)] == [40, 0, 40]


def test_what_is_no_article_and_fails_is_told(fault: Callable[[Fault], None]) -> None:
    fault(faults.refuses_contents)
    with pytest.raises(ExporterError, match=r"could not be laid out: Contents \(no contents\)"):
        render_checked(edition(), "pdf")


def test_text_keeps_to_its_margins_where_a_section_was_laid_out_in_pieces(
    fault: Callable[[Fault], None],
) -> None:
    fault(faults.raises)
    product = render_checked(edition(), "pdf", Settings(style="book"))
    edges: dict[bool, set[int]] = {True: set(), False: set()}
    with pypdfium2.PdfDocument(product.data) as document:
        for number, page in enumerate(document, 1):
            text = page.get_textpage()
            matches = text.search("boat came in").get_next()
            if matches and int(matches[0]) > 0:
                boxes = [text.get_charbox(n) for n in range(text.count_chars())]
                edges[number % 2 == 0].add(round(min(left for left, _, right, _ in boxes if right > left)))
    (left,), (right,) = edges[True], edges[False]
    assert 9 < left - right < 12  # points between the outer and the inner margin


def test_a_worker_killed_by_the_system_changes_nothing(fault: Callable[[Fault], None]) -> None:
    del fault
    output = edition()
    wanted = render_checked(output, "pdf", Settings(workers=2)).data
    ended = threading.Event()
    killed: list[int] = []

    def kill() -> None:
        while not ended.wait(0.2) and len(killed) < 2:
            for child in multiprocessing.active_children()[:1]:
                os.kill(child.pid or 0, signal.SIGKILL)
                killed.append(child.pid or 0)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        report = Report()
        data = render_checked(output, "pdf", Settings(workers=2), report).data
    finally:
        ended.set()
        killer.join()
    assert killed
    assert report.findings == ()
    assert hashlib.sha256(data).digest() == hashlib.sha256(wanted).digest()
