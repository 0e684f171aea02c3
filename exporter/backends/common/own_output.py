"""How exporter's own output is recognised, by content: output is not read again as articles.

Every format has a mark: the Creator of a PDF, the generator of an EPUB, the identifier that ends a text, the
id of a mail, the front matter of Markdown, the first fields of JSON, the layout of references. EPUB files
and texts of one article that version 0.1.0 wrote have none, and are known by their form. Articles in
JSON (``show --json``) are not output: they are written to be corrected and read again.
"""

from __future__ import annotations

import mmap
import re
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import BinaryIO

_TITLE, _TAIL = 8 * 1024, 1024
"""Bytes at a text's start that its first heading is in, and at its end that its last paragraph is in."""
_PDF, _METADATA = b"<xmp:CreatorTool>exporter ", 256 * 1024**2
"""What a PDF's metadata say, and the bytes at its end that they are in."""
_PACKAGE, _PACKAGE_MOST = "OEBPS/content.opf", 16 * 1024**2
_GENERATOR = b'<meta name="generator" content="exporter '
# Of version 0.1.0: EbookLib's generator, with a summary that is in no other program's books.
_OLD_PACKAGE = (b'content="Ebook-lib ', b"Text that reflows, in reading order, with a nested table of con")
_EDITION = (b'"identifier"', b'"languages"', b'"modified"', b'"grouping"', b'"parts"')
_RECORD = re.compile(rb'\{\s*"exporter":\s*"[^"]{1,40}",\s*"(?:read|series)":')
"""A report of a run, or a record of outputs."""
_MAIL = re.compile(rb"^Message-ID:\s{0,4}<[0-9a-f-]{36}@exporter\.invalid>", re.I | re.M)
_KEY = rb"[a-z0-9]{1,30}(?:\d{4}|nd)[a-z0-9]{1,30}(?:-[0-9a-z]{1,20})?"
_BIB = re.compile(rb"@(?:article|online|misc)\{" + _KEY + rb",\r?\n  (?:entrysubtype|author|title) = \{")
_CSL = re.compile(rb'\[\s*\{\s*"id": "' + _KEY + rb'",\s*"type": "[a-z-]{1,40}",\s*"title": "')
_RIS = re.compile(rb"TY  - [A-Z]{1,9}\r?\nID  - " + _KEY + rb"\r?\n(?:AU|TI)  - ")
_IDENTIFIER = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_DATED = re.compile(r"(?:(\d{4})(?:-\d\d(?:-(\d\d))?)?|undated)-\w")
"""How the name of an article's file begins."""
_ENDS = ("Original: ", "Saved: ", "Also in: ")
Open = Callable[[], BinaryIO]
"""Opens the file, to read further than its head. Raises `OSError`."""

# -- One function per format: is a file, by its name, its head without white space before it, and its
# whole content, an output of exporter in that format?


def is_pdf(name: str, head: bytes, content: Open) -> bool:  # noqa: ARG001 - as all have them
    """A PDF whose metadata say that exporter is its creator."""
    if not head.startswith(b"%PDF-"):
        return False
    with content() as file:
        try:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return data.rfind(_PDF, max(0, len(data) - _METADATA)) >= 0
        except (OSError, ValueError):  # it is in memory, or empty
            return _PDF in file.read(_METADATA)


def is_epub(name: str, head: bytes, content: Open) -> bool:  # noqa: ARG001
    """An EPUB whose package says that exporter is its generator."""
    if not head.startswith(b"PK\x03\x04") or b"mimetypeapplication/epub+zip" not in head[:100]:
        return False
    # Whatever is odd about it, it is not one that exporter wrote.
    with content() as file, suppress(Exception), zipfile.ZipFile(file) as book:
        with book.open(_PACKAGE) as opened:
            package = opened.read(_PACKAGE_MOST)
        return _GENERATOR in package or all(sign in package for sign in _OLD_PACKAGE)
    return False


def is_json(name: str, head: bytes, content: Open) -> bool:  # noqa: ARG001
    """An edition as JSON, a report of a run, or a record of outputs."""
    return head.startswith(b"{") and (all(key in head for key in _EDITION) or bool(_RECORD.match(head)))


def is_markdown(name: str, head: bytes, content: Open) -> bool:  # noqa: ARG001
    """An edition in Markdown: its front matter names the form."""
    front, end, _ = head[3:].partition(b"\n---")
    return head.startswith(b"---") and bool(end) and b"\nform: exporter-edition-" in front


def is_references(name: str, head: bytes, content: Open) -> bool:  # noqa: ARG001
    """References in the layout in which exporter writes them."""
    return any(form.match(head) for form in (_BIB, _CSL, _RIS))


def is_mail(name: str, head: bytes, content: Open) -> bool:  # noqa: ARG001
    """A mail with a message id of exporter; a mailbox holds others, too."""
    if head.startswith((b"From ", b"<")) or b"@exporter.invalid>" not in head:
        return False
    return bool(_MAIL.search(head.replace(b"\r\n", b"\n").partition(b"\n\n")[0]))


def is_text(name: str, head: bytes, content: Open) -> bool:
    """A text digest, or the text of one article."""
    if head.startswith(b"<") or not (head.startswith(b"=") or b"\n=" in head[:_TITLE]):
        return False
    return _is_own_text(name, head, content)


def _is_own_text(name: str, begins: bytes, content: Open) -> bool:
    lines = [line.rstrip() for line in begins.decode("utf-8", "replace").split("\n")]
    end = next((n for n, line in enumerate(lines) if _is_stroke(line)), None)
    if end is None:
        return False
    if end == 0:
        return _is_digest(lines)
    return _is_heading(lines[: end + 1]) and _is_article(name, lines[end + 1 :], content)


def _is_stroke(line: str) -> bool:
    return bool(line) and not line.strip("=")


def _is_digest(lines: Sequence[str]) -> bool:
    """A masthead between two bars, and the contents."""
    bar = lines[0]
    if len(bar) < 23 or bar not in lines[1:]:
        return False
    end = lines.index(bar, 1)
    below = lines[end + 1 : end + 5]
    return lines[1] == lines[end - 1] == "" and below == ["", "", "Contents", "========"]


def _is_heading(lines: Sequence[str]) -> bool:
    """Lines over a stroke that is as wide as the widest."""
    from wcwidth import width

    *title, stroke = lines
    widest = max(width(line, control_codes="ignore") for line in title)
    return all(title) and len(stroke) in (widest, widest - 1)  # the second where a mail's line is stuffed


def _is_article(name: str, below: Sequence[str], content: Open) -> bool:
    """The text of one article: it ends with its identifier; or, of version 0.1.0, says its source and
    date under its title, and has a name of that date or ends with where it comes from."""
    with content() as file:
        file.seek(-min(_TAIL, file.seek(0, 2)), 2)
        tail = file.read().decode("utf-8", "replace").replace("\r", "").rstrip()
    if _IDENTIFIER.fullmatch(tail.rpartition("\n")[2]):
        return True
    byline = " ".join(below[: below.index("") if "" in below else len(below)])
    dated = _DATED.match(name.replace("\\", "/").rpartition("/")[2])
    if dated and byline == dated[0][:7].capitalize() == "Undated":
        return True
    if " · " not in byline and " - " not in byline:
        return False
    if tail.rpartition("\n\n")[2].startswith(_ENDS):
        return True
    numbers = {int(number) for number in re.findall(r"[0-9]{1,4}", byline)}
    return dated is not None and {int(part) for part in dated.groups() if part} <= numbers
