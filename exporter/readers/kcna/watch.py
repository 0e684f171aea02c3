"""Text copied from an article page of KCNA Watch, an aggregator of North Korean media.

A page's text, from top to bottom (a reader service's Markdown copy has the same frame)::

    December 18, 2025Dec 18, 2025            the day of the visit: long, short, or both glued
    KCNA Pyongyang Times                     breadcrumb: KCNA and the source's label
    <title>
    Date: 21/07/2021 | Source: Pyongyang Times | Read original version at source
    <paragraphs, parted by blank lines or by single line ends>
    More From Pyongyang Times
    <title> <title> <summary> <date> <summary>   0 to 16 teasers
    More Articles                            or not

The line ``Date: … | Source: …`` is what a page is known by; one file may hold several
pages. Dates there are day first. Every line of the body is a paragraph and stands as
it was copied, white space, dateline and ``-0-`` included.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import islice

from exporter.diagnostics import Report
from exporter.model import build
from exporter.model.article import Article, Basis, Block, Teaser, When
from exporter.readers.common import markdown, titles
from exporter.readers.common.languages import language_of
from exporter.readers.common.metadata import split_label
from exporter.readers.source import Source

AGGREGATOR = "KCNA Watch"

_ANCHOR = re.compile(
    r"""[ \t>*_]*+Date:[*_]*+\s*+(?P<date>[^|\n]*?)[ \t]{0,9}\|[ \t]*+
        [*_]*+Source:[*_]*+[ \t]*+(?P<source>[^|\n]*?)[ \t]{0,9}
        (?:\|[ \t]*+(?P<original>[^\n]*?))?[ \t]{0,9}\Z""",
    re.X | re.I,
)
# The anchor line as some browsers copy it, each field on a line of its own.
_PARTED = re.compile(
    r"""^([ \t]{0,9}Date:[ \t]{0,9}\d{1,2}/\d{1,2}/\d{4})[ \t]{0,9}\|?[ \t]{0,9}\n\s{0,9}
        \|?[ \t]{0,9}(Source:[^|\n]{0,99}?)[ \t]{0,9}\|?[ \t]{0,9}$
        (?:\n\s{0,9}\|?[ \t]{0,9}(\[?Read[ ]original[ ]version[ ]at[ ]source.*)$)?""",
    re.X | re.I | re.M,
)
_ORIGINAL = re.compile(r"\[?\s*Read original version at source", re.I)
_MARKDOWN_LINK = re.compile(
    r"(?<!\\)!?\[((?:[^\[\]\\]++|\\.|\[[^\[\]]*+\])*+)\]\(\s*+<?([^\s)>]*+)>?(?:\s+\"[^\"]*+\")?\s*\)"
)
_MAX_NESTED_LINKS = 3
_SERVICE = re.compile(r"(Title|URL Source|Published Time|Markdown Content):[ \t]*+(.*)\Z")
_MONTHS = "January February March April May June July August September October November December"
_LONG = rf"(?:{'|'.join(_MONTHS.split())}) \d{{1,2}}, \d{{4}}"
_SHORT = rf"(?:{'|'.join(m[:3] for m in _MONTHS.split())}|Sept)\.? \d{{1,2}}, \d{{4}}"
_VISIT = re.compile(rf"({_LONG})?\s*({_SHORT})?\Z", re.I)
_DAY = re.compile(rf"{_LONG}\Z|{_SHORT}\Z", re.I)
# White space that is copied with a page, unseen.
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u200b": None, "\ufeff": None})
# Pages joined without a line end between them.
_GLUED = re.compile(rf"^(More Articles)[ \t\ufeff]*(?={_LONG}|{_SHORT})", re.M)
_ENDS = frozenset('.!?…)"”’')
_MARK = re.compile(r"[\\*_\[#>]")
_SEPARATOR = re.compile(r"\s*([-=_*~#]\s*){3,}\Z")


def sniff(source: Source) -> float:
    if (
        source.suffix in (".html", ".htm", ".xhtml", ".json")
        or b"source:" not in source.data.replace(b"\0", b"").lower()
    ):
        return 0.0
    return 0.98 if any(map(_anchor, _lines(source.text()))) else 0.0


def read(source: Source, report: Report) -> Iterable[Article]:
    lines = _lines(source.text(report))
    pages = _pages(lines)
    for part, (start, anchor, end) in enumerate(pages):
        yield _Page(
            source, report, part, lines[start:anchor], lines[anchor], lines[anchor + 1 : end]
        ).article()


@lru_cache(1)  # asked by the sniffing, then by the reading
def _lines(text: str) -> tuple[str, ...]:
    """The lines of the pages, an anchor line in one piece and each page on lines of its own."""
    text = _GLUED.sub(r"\1\n", text.replace("\f", "\n"))
    text = _PARTED.sub(lambda m: " | ".join(part.strip() for part in m.groups() if part), text)
    return tuple(text.split("\n"))


def _anchor(line: str) -> re.Match[str] | None:
    """The line that a page is known by: it names date and source, and offers the original
    or, where that is missing, at least a date in the form of the page."""
    if ":" not in line or "source:" not in (lowered := line.lower()) or "date:" not in lowered:
        return None
    # Long runs are shortened, or a hostile line would take for ever.
    line = re.sub(r"([ \t*_]{9})[ \t*_]+", r"\1", line.translate(_SPACES))
    match = _ANCHOR.match(_unmarked(line) if "](" not in line else line)
    if match and (
        _ORIGINAL.match(match["original"] or "") or re.match(r"\d{1,2}/\d{1,2}/\d{4}", match["date"])
    ):
        return match
    return None


def _pages(lines: Sequence[str]) -> list[tuple[int, int, int]]:
    """Start, anchor line and end of each page in the file."""
    anchors = [i for i, line in enumerate(lines) if _anchor(line)]
    starts: list[int] = []
    for n, anchor in enumerate(anchors):
        floor = anchors[n - 1] + 1 if n else 0
        starts.append(_head_start(lines, floor, anchor) if n else 0)
    ends = [*starts[1:], len(lines)][: len(starts)]
    return list(zip(starts, anchors, ends, strict=True))


def _head_start(lines: Sequence[str], floor: int, anchor: int) -> int:
    """Where the page of an anchor begins, after another page: at a reader service's first
    line, the day of the visit, the breadcrumb, or failing these the title."""
    label = _label(lines[anchor])
    title = next((i for i in range(anchor - 1, floor - 1, -1) if lines[i].strip()), anchor)
    start = title
    crumb = other = False
    above = [i for i in range(title, max(floor, anchor - 30) - 1, -1) if lines[i].strip()]
    for i in above[:12]:
        text = _unmarked(lines[i])
        if build.folded(text) == "more articles" or (other and not crumb and _is_day(text)):
            # The end of the page before, or the day of its last teaser.
            break
        if _SERVICE.match(lines[i].strip()) or _visit(text) or _is_breadcrumb(text, label):
            start = i
            crumb = crumb or _is_breadcrumb(text, label)
        elif i != title and not _SEPARATOR.match(lines[i]):
            if start != title:
                break
            other = True
    return start


def _label(anchor_line: str) -> str:
    match = _anchor(anchor_line)
    return _unmarked(match["source"]) if match else ""


def _is_breadcrumb(text: str, label: str) -> bool:
    words = text.split()
    if not words or words[0] != "KCNA":
        return False
    return text == "KCNA" or (bool(label) and build.folded(text).endswith(build.folded(label)))


@lru_cache(256)
def _visit(text: str) -> When | None:
    """The day of the visit, from its long form, else its short one."""
    match = _VISIT.match(text.translate(_SPACES).strip())
    return _american(match[1] or match[2]) if match and (match[1] or match[2]) else None


def _is_day(text: str) -> bool:
    """Whether this is the line of a teaser's day."""
    if text[-1:].isalpha() or text[-1:] in _ENDS:  # most are not, and are seen at once
        return False
    return _DAY.match(text.translate(_SPACES).strip()) is not None


def _american(text: str) -> When | None:
    """``December 18, 2025`` or ``Dec 18, 2025``; None for a day that does not exist."""
    match = re.match(r"([A-Z][a-z]{2})[a-z]*\.? (\d+), (\d+)\Z", text.title())
    months = [month[:3] for month in _MONTHS.split()]
    if not match or match[1] not in months:
        return None
    try:
        return date(int(match[3]), months.index(match[1]) + 1, int(match[2])).isoformat()
    except ValueError:
        return None


def _unmarked(line: str) -> str:
    """A line of a Markdown copy without its marks: heading, emphasis, links, escapes."""
    text = line.strip()
    if not _MARK.search(text):
        return text
    text = re.sub(r"\A(?:#{1,6}\s+|[*+-]\s+(?=\[|#)|>\s+)+", "", text)
    for _ in range(_MAX_NESTED_LINKS):
        text = _MARKDOWN_LINK.sub(lambda m: "" if m[0].startswith("!") else m[1], text)
    text = re.sub(r"\A(\*\*|__|\*|_)(.+)\1\Z", r"\2", text.strip())
    return re.sub(r"\\([\\`*_{}\[\]()#+.!|<>~-])", r"\1", text).strip()


class _Page:
    """One page's lines, in three runs: the head, the anchor line, and what follows."""

    def __init__(
        self, source: Source, report: Report, part: int, head: Sequence[str], anchor: str, rest: Sequence[str]
    ) -> None:
        self.source = source
        self.report = report
        self.part = part
        self.head = head
        self.rest = rest
        match = _anchor(anchor)
        assert match is not None
        self.date = _unmarked(match["date"])
        self.label = _unmarked(match["source"])
        original = _MARKDOWN_LINK.search(anchor)
        is_link = original and _ORIGINAL.match(original[1])
        self.link = build.safe_link(original[2]) if original and is_link else None
        self.service = self._service()

    def article(self) -> Article:
        title, captured = self._title_and_visit()
        body, tail = self._split()
        publisher, language = split_label(self.label)
        paragraphs = self._blocks(body)
        basis: dict[str, Basis] = {"title": "stated", "source": "stated"}
        if not title:
            self.report.add("title-missing", self.source.name)
            title = titles.first_words(next((line for line in body if line.strip()), "")) or "Untitled"
            basis["title"] = "guess"
        published = self._published(basis)
        if captured:
            basis["captured"] = "stated"
        if language:
            basis["language"] = "stated"
        elif language := language_of(" ".join([title, *body])[:4000], latin="en"):
            # The aggregator's labels name the language where a source has several.
            basis["language"] = "guess"
        return Article(
            title=title,
            source=self.label or None,
            publisher=publisher or None,
            aggregator=AGGREGATOR,
            language=language,
            published=published,
            captured=captured,
            basis=basis,
            link=self.link,
            via=build.safe_link(self.service.get("URL Source", "")),
            blocks=paragraphs,
            teasers=tuple(self._teasers(tail, language)),
            origin=self.source.origin(
                "kcnawatch", "text/markdown" if self.service else "text/plain", self.part
            ),
        )

    # -- the head --

    def _service(self) -> dict[str, str]:
        """What a reader service says above its Markdown copy, by name."""
        fields = {}
        for line in self.head:
            if match := _SERVICE.match(line.strip()):
                fields[match[1]] = match[2].strip()
        return fields

    def _title_and_visit(self) -> tuple[str, When | None]:
        captured = None
        above: list[str] = []
        title: list[str] = []
        crumb = ""
        texts = [_unmarked(line) if self.service or line.startswith("#") else line for line in self.head]
        texts = [text for line in texts if (text := line.translate(_SPACES).strip())]
        texts = [t for t in texts if not (_SERVICE.match(t) or _SEPARATOR.match(t) or t.startswith("!["))]
        for at, text in enumerate(texts):
            if not crumb and _VISIT.match(text) and (captured is None or not title):
                visit = _visit(text)
                if visit is None:
                    self.report.add("date-invalid", self.source.name, text)
                captured = captured or visit
                above, title = above + title, []
            elif not crumb and _is_breadcrumb(text, self.label) and (not title or text is not texts[-1]):
                crumb = text
                above, title = above + title, []
            elif not (crumb == "KCNA" == texts[at - 1] and text == self.label):
                title.append(text)
        if not title and "Title" in self.service:
            title = [re.sub(r"(?:(?<!\s)\s++)?[|–-]\s*KCNA Watch\Z", "", self.service["Title"])]
        if len(title) > 1 and not crumb:
            # Without the breadcrumb nothing shows where the title begins: it is the last line.
            above, title = above + title[:-1], title[-1:]
        if above:
            self.report.add("frame-unclear", self.source.name, f"above the title: {'; '.join(above)[:80]}")
        return build.clean(" ".join(dict.fromkeys(title))), captured

    def _published(self, basis: dict[str, Basis]) -> When | None:
        if self.date:
            match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", self.date)
            try:
                if match:
                    day = date(int(match[3]), int(match[2]), int(match[1])).isoformat()
                    basis["published"] = "stated"
                    return day
            except ValueError:
                pass
            self.report.add("date-invalid", self.source.name, f"{self.date} (day first)")
            return None
        if stamp := self.service.get("Published Time"):
            try:
                day = datetime.fromisoformat(stamp).replace(microsecond=0).isoformat()
            except ValueError:
                self.report.add("date-invalid", self.source.name, stamp)
            else:
                basis["published"] = "metadata"
                return day
        return None

    # -- body and teasers --

    def _split(self) -> tuple[Sequence[str], list[str]]:
        """The body's lines and those of the teasers. ``More From`` opens the teasers where
        the source's label follows, or else where teasers, the page's end or nothing do."""
        end = len(self.rest)
        while end and (not (last := self.rest[end - 1]).strip() or _SEPARATOR.match(last)):
            end -= 1
        lines = self.rest[:end]
        full = [i for i, line in enumerate(lines) if line.strip()]
        texts = {i: build.folded(_unmarked(lines[i])) for i in full if "more" in lines[i].lower()}
        more = [i for i, text in texts.items() if text.startswith("more from")]
        exact = [i for i in more if self.label and texts[i] == build.folded(f"More From {self.label}")]
        loose = (i for i in reversed(more) if len(texts[i]) < 80 and self._opens_teasers(lines, i + 1))
        begin = exact[-1] if exact else next(loose, None)
        if begin is not None:
            body, tail = lines[:begin], lines[begin + 1 :]
        else:
            ending = [i for i in full[-3:] if texts.get(i) == "more articles"]
            body, tail = lines[: ending[0]] if ending else lines, []
        return body, [line for line in tail if line.strip()]

    @staticmethod
    def _opens_teasers(lines: Sequence[str], at: int) -> bool:
        full = (lines[i] for i in range(at, len(lines)) if lines[i].strip())
        following = [_unmarked(line) for line in islice(full, 6)]
        return not following or build.folded(following[0]) == "more articles" or any(map(_is_day, following))

    def _blocks(self, body: Sequence[str]) -> tuple[Block, ...]:
        if self.service:
            parted = any(not line.strip() for line in body[1:-1])
            # Pictures in such a copy lie on the network; the page's own text has none.
            return markdown.blocks(("\n" if parted else "\n\n").join(body), self.source, self.report)[0]
        return tuple(block for line in body for block in build.verbatim(line))

    def _teasers(self, tail: list[str], language: str | None) -> Iterator[Teaser]:
        """Each teaser has one date line of its own; the lines around it tell the rest."""
        lines = [_Line(line, bool(self.service)) for line in tail]
        lines = [line for line in lines if line.text.strip()]
        closing = [i for i, line in enumerate(lines) if build.folded(line.text) == "more articles"]
        if closing:
            if below := "; ".join(line.text.strip() for line in lines[closing[-1] + 1 :]):
                self.report.add("frame-unclear", self.source.name, f"below the page: {below[:80]}")
            lines = lines[: closing[-1]]
        at = 0
        while at < len(lines):
            day = next((i for i in range(at, len(lines)) if _is_day(lines[i].text)), None)
            if day is None or day == at:
                rest = "; ".join(line.text for line in lines[at : (day or len(lines) - 1) + 1])
                self.report.add("frame-unclear", self.source.name, f"among the teasers: {rest[:80]}")
                at = len(lines) if day is None else day + 1
                continue
            long = self._begins(lines, at) or 1
            title, before = lines[at : at + long], lines[at + long : day]
            while before and all(map(_Line.same, before, title)) and len(before) >= long:
                before = before[long:]
            after = day + 1
            if before:
                for line in before:
                    after += after < len(lines) and lines[after].same(line)
            elif after < len(lines) and not self._begins(lines, after):
                before = [lines[after]]
                after += 1
            stated = _visit(lines[day].text)
            if stated is None:
                self.report.add("date-invalid", self.source.name, lines[day].text)
            yield Teaser(
                title=build.clean(" ".join(line.text for line in title)),
                summary=build.clean(" ".join(line.text for line in before)),
                date=stated,
                source=self.label or None,
                link=next((line.link for line in lines[at:day] if line.link), None),
                language=language,
            )
            at = after

    @staticmethod
    def _begins(lines: list[_Line], at: int) -> int:
        """Of how many lines the title is that a teaser begins with here, by its being said twice; or 0."""
        for long in range(1, 4):
            again = lines[at + long : at + 2 * long]
            if len(again) == long and all(map(_Line.same, lines[at : at + long], again)):
                return long
        return 0


class _Line:
    """A line among the teasers: its text, and in a Markdown copy where it leads."""

    def __init__(self, line: str, markdown: bool) -> None:
        self.text = line
        self.link: str | None = None
        if markdown:
            links = [m for m in _MARKDOWN_LINK.finditer(line) if not m[0].startswith("!")]
            self.link = build.safe_link(links[-1][2]) if links else None
            # A linked picture carries the title as its description.
            picture = re.search(r"!\[(?:Image \d++:? ?)?+((?:[^\]!]++|!(?!\[))*+)\]", line)
            self.text = _unmarked(line) or (picture[1] if picture else "")
        self._words = self.text.split()

    def same(self, other: _Line) -> bool:
        return self._words == other._words
