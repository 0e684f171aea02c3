"""Archives with bytes changed, cut out or added anywhere: told or read, never an exception."""

from __future__ import annotations

import io
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.diagnostics import Report
from exporter.sources.read_many import read_paths
from tests.sources.archives.samples import page, picture
from tests.sources.archives.test_epub import BOOK
from tests.sources.archives.test_mhtml import IMAGES, PAGE, chrome, part
from tests.sources.archives.test_warc import PAGES, warc

FILES = {
    "a.html": page("Ferry", body="<img src=b.png>").encode(),
    "b.png": picture(),
    "c.md": b"# Bread\n\nRye.",
}


def zipped(saved: dict[str, bytes] | dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in saved.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(mode: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=f"w:{mode}") as archive:
        for name, data in FILES.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


WHOLE: dict[str, Callable[[], bytes]] = {
    "a.zip": lambda: zipped(FILES),
    "a.tar": lambda: tarred(""),
    "a.tar.gz": lambda: tarred("gz"),
    "a.epub": lambda: zipped(BOOK),
    "a.mhtml": lambda: chrome(part(PAGE.encode(), "text/html"), *IMAGES),
    "a.warc": lambda: warc(PAGES, packed=False),
    "a.warc.gz": lambda: warc(PAGES),
}
DAMAGE = st.tuples(st.floats(0, 1), st.integers(0, 60), st.binary(max_size=60))
"""Where, how much goes, what comes in its place."""


@given(name=st.sampled_from(sorted(WHOLE)), damage=st.lists(DAMAGE, min_size=1, max_size=4))
@settings(max_examples=75)
def test_damage_raises_nothing(name: str, damage: list[tuple[float, int, bytes]]) -> None:
    data = WHOLE[name]()
    for at, gone, come in damage:
        place = int(at * len(data))
        data = data[:place] + come + data[place + gone :]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, name).write_bytes(data)
        Path(folder, "z.txt").write_text("Boats\n\nThey sail.")
        report = Report()
        articles, books = read_paths([Path(folder)], report)
    assert articles[-1].title == "Boats"
    assert len(books) == 2
    assert len(articles) > 1 or report.warnings
