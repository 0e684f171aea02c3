"""What a reader is given, the bytes of one source, and what comes of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cached_property

import msgspec

from exporter.diagnostics import Diagnostic, Report
from exporter.model import build
from exporter.model.article import Article, Origin, When
from exporter.readers import decoding

MAX_BYTES = 64 * 1024 * 1024


class Hints(msgspec.Struct, frozen=True):
    """What is known of a source from what holds it (an archive's record, a book's package), for
    a reader to take where the source itself says nothing.

    ``link`` is its address, ``captured`` the date of the visit, ``media_type`` and ``encoding``
    what a server said of it; ``whole`` says that all of it is the article, without a site's
    boilerplate around it, and that nothing is to be guessed.
    """

    link: str | None = None
    captured: When | None = None
    published: When | None = None
    title: str | None = None
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    source: str | None = None
    language: str | None = None
    media_type: str | None = None
    encoding: str | None = None
    whole: bool = False


Lookup = Callable[[str], bytes | None]


class Source:
    """The bytes of one source with its name, and a way to what lies sibling it.

    ``sibling`` gives the bytes of a local resource by its relative address as written in
    the page, or None where there is none. It never leaves the source's own folder. ``embedded``
    does the same for absolute addresses (``https:``, ``cid:``), of what one archive holds.
    ``disabled_rules`` names the rules of cleaning that are turned off. A reader that finds a form of this
    program's own says so in ``is_own``: of its articles everything was found out before.
    """

    def __init__(
        self,
        data: bytes,
        name: str,
        sibling: Lookup = lambda _: None,
        *,
        embedded: Lookup = lambda _: None,
        hints: Hints | None = None,
        disabled_rules: frozenset[str] = frozenset(),
    ) -> None:
        self.data = data
        self.name = name
        self.sibling = sibling
        self.embedded = embedded
        self.hints = hints or Hints()
        self.disabled_rules = disabled_rules
        self.is_own = False
        self._text: tuple[str, str, bool] | None = None
        self._places = 0

    @property
    def suffix(self) -> str:
        """The file name's ending, in lower case with its dot, or empty."""
        base = self.name.replace("\\", "/").rpartition("/")[2]
        return f".{base.rpartition('.')[2].lower()}" if "." in base.lstrip(".") else ""

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    def text(self, report: Report | None = None) -> str:
        """The decoded text, line ends as ``\\n``. See `exporter.readers.decoding` and `_mojibake`."""
        if self._text is None:
            text, encoding, certain = decoding.decode(self.data, self.hints.encoding)
            text, self._places = decoding.repaired(text)
            self._text = text, encoding, certain
        text, encoding, certain = self._text
        if report is not None:
            if not certain:
                report.add("encoding-guessed", self.name, encoding)
            if "\ufffd" in text and b"\xef\xbf\xbd" not in self.data:
                report.add("encoding-broken", self.name)
            if self._places:
                report.add("text-repaired", self.name, f"{self._places} places")
            if build.has_forbidden(text):
                report.add("control-characters", self.name)
        return text

    def origin(self, reader: str, media_type: str, part: int = 0) -> Origin:
        return Origin(self.name, media_type, self.sha256, reader, part)


class Reading(msgspec.Struct, frozen=True):
    """What came of one source; ``sha256`` is that of its bytes, if it was read; ``own`` says that the
    source is in a form of this program's own."""

    articles: tuple[Article, ...]
    diagnostics: tuple[Diagnostic, ...]
    sha256: str = ""
    own: bool = False
