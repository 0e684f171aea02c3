"""Input that would hang or fill the memory ends soon, is told of, and costs nothing beside it."""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.conformance

SECONDS, MEMORY = 10, 1024**3
GOOD = "---\ntitle: The ferry\ndate: 2024-05-06\n---\n\n" + "The ferry runs every hour from Monday on. " * 9

Maker = Callable[[], str | bytes]


def book(references: int) -> bytes:
    """An e-book of one chapter that is listed so many times."""
    words = "<p>The wheel turned on Monday, and the whole village came to see it.</p>" * 9
    listed = '<itemref idref="a"/>' * references
    files = {
        "META-INF/container.xml": "<container><rootfile full-path='b.opf'/></container>",
        "b.opf": "<package><manifest><item id='a' href='a.xhtml' media-type='application/xhtml+xml'/>"
        f"</manifest><spine>{listed}</spine></package>",
        "a.xhtml": f"<html><body><h1>The wheel</h1>{words}</body></html>",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip")
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


def record(length: int) -> bytes:
    """A web archive of one page that says to be so long."""
    head = {
        "WARC-Type": "resource",
        "WARC-Target-URI": "http://mill.example/",
        "WARC-Date": "2024-05-06T00:00:00Z",
        "Content-Type": "text/html",
        "Content-Length": str(length),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"WARC/1.0\r\n{lines}\r\n{page('<p>It turns again.</p>')}\r\n\r\n".encode()


def page(body: str) -> str:
    return f"<html><head><title>The mill</title></head><body><article>{body}</article></body></html>"


def attributes(count: int) -> str:
    return page("<p " + " ".join(f"a{n}='x'" for n in range(count)) + ">It turns again.</p>")


def links(count: int) -> str:
    return page("<p>" + " ".join(f"<a href='/{n}'>w{n}</a>" for n in range(count)) + "</p>")


CASES: dict[str, Maker] = {
    "brackets.md": lambda: f"---\ntitle: {'[' * 300_000}\n---\n\nWords.\n",
    "shortcodes.md": lambda: "{{< a " * 80_000,
    "quoted-shortcodes.md": lambda: '{{% x "' * 60_000,
    "liquid.md": lambda: "{% a " + " " * 1_000_000,
    "highlight.md": lambda: "{% highlight a%}" + " " * 6_000,
    "tags.md": lambda: "<a " * 30_000,
    "table.md": lambda: "|".join("a" * 3_500) + "\n" + "|".join("-" * 3_500) + "\n" + "|\n" * 3_500,
    "links.md": lambda: " ".join(f"[w{n}](http://mill.example/{n})" for n in range(30_000)),
    "attributes.html": lambda: attributes(100_000),
    "links.html": lambda: links(30_000),
    "deep.html": lambda: page("<div>" * 100_000 + "It turns again."),
    "spine.epub": lambda: book(20_000),
    "mails.mbox": lambda: "From a@mill.example Mon May  6 10:00:00 2024\n\n" * 100_000,
    "lines.txt": lambda: "\n" * 1_000_000 + "The mill\n\nIt turns again.\n" + "\n" * 1_000_000,
    "length.warc": lambda: record(3 * 10**14),
}


@pytest.mark.parametrize("name", CASES)
def test_what_would_never_end_ends_soon_and_the_page_beside_it_is_read(tmp_path: Path, name: str) -> None:
    data = CASES[name]()
    (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    (tmp_path / "ferry.md").write_text(GOOD)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "exporter", "list", str(tmp_path), "--undated"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    after, elapsed = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert (done.returncode, "The ferry" in done.stdout) == (0, True), done.stderr
    # On a machine that does other things, too, the clock tells of these.
    assert min(elapsed, used) < SECONDS
    assert after.ru_maxrss * 1024 < MEMORY
