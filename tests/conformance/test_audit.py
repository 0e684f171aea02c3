"""The audit finds what it is there to find."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, NameTree, Pdf, String

from tests import kitchen_sink
from tests.conformance.audit import audit
from tests.rendering import kitchen_sink_pdf

EDITION = kitchen_sink.edition()


@pytest.fixture(scope="module")
def data() -> bytes:
    return kitchen_sink_pdf().data


def forget(pdf: Pdf) -> None:
    del NameTree(pdf.Root.Names.Dests)[EDITION.entries[0].anchor]


def move(pdf: Pdf) -> None:
    tree = NameTree(pdf.Root.Names.Dests)
    tree[EDITION.entries[0].anchor] = Array([pdf.pages[-1].obj, Name.Fit])


def renumber(pdf: Pdf) -> None:
    pdf.Root.PageLabels = Dictionary(Nums=[0, Dictionary(S=Name.r), 1, Dictionary(S=Name.D)])


def hush(pdf: Pdf) -> None:
    for page in pdf.pages:
        for annotation in page.get("/Annots", Array()):
            annotation.Contents = String("https://harbour.example/")


def of_kind(pdf: Pdf, kind: str) -> list[pikepdf.Object]:
    return [o for o in pdf.objects if isinstance(o, Dictionary) and o.get("/S") == kind]


def unsay(pdf: Pdf) -> None:
    for article in of_kind(pdf, "/Art"):
        article.Lang = String("la")


def behead(pdf: Pdf) -> None:
    for cell in of_kind(pdf, "/TH"):
        del cell.A.Scope


def tear(pdf: Pdf) -> None:
    paragraph = of_kind(pdf, "/P")[-1]
    paragraph.K = Array()


def cut(pdf: Pdf) -> None:
    with pdf.open_outline() as outline:
        del outline.root[0]


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (forget, "“New quay opens three months early” has no destination"),
        (move, "“New quay opens three months early” is not on page"),
        (renumber, "is labelled"),
        (hush, "is not described"),
        (unsay, "is tagged as la"),
        (behead, "a heading cell has no scope"),
        (tear, "is in 0 elements"),
        (cut, "“New quay opens three months early” is not in the outline"),
    ],
)
def test_harm_is_found(data: bytes, harm: Callable[[Pdf], None], said: str) -> None:
    assert audit(data, EDITION) == []
    with pikepdf.open(io.BytesIO(data)) as pdf:
        harm(pdf)
        buffer = io.BytesIO()
        pdf.save(buffer)
    assert any(said in finding for finding in audit(buffer.getvalue(), EDITION))
