"""Convert an lxml tree of HTML to blocks, in one pass, without recursion and without unsafe content.

The visitor keeps a stack of frames, one per open element that becomes a container (list, quote, table, …),
and a list of pending inlines. Where a block begins or ends, these become a paragraph. Marks (emphasis, links,
…) are stored with each piece of text, because in HTML a mark may extend over several blocks. A paragraph
whose text is all in one declared language has that language. Elements without a meaning here are transparent;
unsafe ones are skipped.
"""

from __future__ import annotations

from collections import Counter

from lxml import etree

from exporter.diagnostics import Report
from exporter.model import build
from exporter.model.article import (
    MAX_DEPTH,
    Asset,
    Block,
    Cell,
    Code,
    Definition,
    DefinitionList,
    Emphasis,
    Inline,
    LineBreak,
    Link,
    Rule,
    Strong,
    Subscript,
    Superscript,
    Text,
)
from exporter.readers.common import code, elements, inlines, note_lists, notes, prepare, tables
from exporter.readers.common.images import PageImages, join, scheme
from exporter.readers.common.markup import text_of
from exporter.readers.source import Source

# What a reader of the page would miss; the rest of `elements.DROPPED` is machinery.
_DESCRIBED = frozenset(
    [
        "applet",
        "audio",
        "button",
        "embed",
        "fencedframe",
        "form",
        "frame",
        "iframe",
        "input",
        "object",
        "script",
        "select",
        "video",
    ]
)
_SILENT = frozenset(("svg", "head", "title", "map", "col", "colgroup"))
_MARKS: dict[str, type[Emphasis] | type[Strong] | type[Subscript] | type[Superscript]] = {
    **dict.fromkeys(("em", "i", "cite", "dfn", "var"), Emphasis),
    **dict.fromkeys(("strong", "b"), Strong),
    "sub": Subscript,
    "sup": Superscript,
}
_CODE = frozenset(("code", "tt", "kbd", "samp"))
_KINDS = {
    **dict.fromkeys(("ul", "ol", "menu", "dir"), "list"),
    "blockquote": "quote",
    "caption": "caption",
    "dl": "dl",
}
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_MAX_CALLS = 20
"""Number of marks of one note that show it in full."""
_MAX_WITHIN = 2
"""Levels of notes in notes."""
_MOST_NAMED = 10
_WEIGHT = {"list": 2, "table": 3, "quote": 1, "dl": 2}


def blocks(
    root: etree._Element,
    source: Source,
    report: Report,
    *,
    base: str | None = None,
    notes: notes.Definitions | None = None,
) -> tuple[tuple[Block, ...], tuple[Asset, ...]]:
    """Return the blocks of everything in ``root``, and the images that they use.

    ``base`` is the address of the page, http or https; relative links and images are resolved against it.
    Headings are renumbered from 1. ``notes`` are those that `prepare.prepare` returned for this tree; without
    them it is called here, and changes ``root``.
    """
    if notes is None:
        notes = prepare.prepare(root, (base, source.name))
    visitor = _Visitor(source, report, base, notes)
    visitor.go(root)
    return build.levels_from_one(visitor.result()), tuple(visitor.images.assets.values())


class _Frame:
    """An open element: its kind, and the content so far."""

    def __init__(self, kind: str, element: etree._Element | None) -> None:
        self.kind, self.element = kind, element
        self.blocks: list[Block] = []
        self.items: list[tuple[Block, ...]] = []
        self.rows: list[tuple[bool, list[Cell]]] = []
        self.terms: list[tuple[tuple[Inline, ...], list[tuple[Block, ...]]]] = []
        self.caption: list[Inline] = []
        self.in_head = self.has_image = False


class _Visitor:
    def __init__(self, source: Source, report: Report, base: str | None, notes: notes.Definitions) -> None:
        self.images = PageImages(source, report, base)
        self._source, self._report, self._base = source, report, base
        self._frames = [_Frame("body", None)]
        self._marks: list[inlines.Mark] = []
        self._pending: list[inlines.Piece] = []
        self._lifted: list[Block] = []
        self._notes = notes
        self._called: Counter[str] = Counter()
        self._missing: list[str] = []
        self._within: frozenset[str] = frozenset()
        self._pictured: dict[etree._Element, int] = {}
        self._languages: list[tuple[etree._Element | None, str | None]] = [(None, None)]
        self._declared: set[str | None] = set()

    def result(self) -> tuple[Block, ...]:
        """The blocks, followed by the notes of lists of which only some marks are in the text."""
        self._flush()
        blocks = self._frames[0].blocks
        if self._missing:
            self._report.add("note-missing", self._source.name, ", ".join(self._missing[:_MOST_NAMED]))
        rest = [key for key in self._notes.notes if key not in self._called]
        lists = {self._notes.lists[key] for key in self._called}
        for key in rest:
            if self._notes.lists[key] in lists:
                blocks += self._note_blocks(key)
        if lost := sum(1 for key in rest if self._notes.lists[key] not in lists):
            self._report.add("notes-left-out", self._source.name, str(lost))
        return tuple(blocks)

    # -- Elements --------------------------------------------------------------------

    def go(self, root: etree._Element) -> None:
        element: etree._Element | None = root
        while element is not None:
            entered = isinstance(element.tag, str) and self._enter(element)
            if entered:
                if language := elements.language(element):
                    self._languages.append((element, language))
                self._text(element.text)
                if len(element):
                    element = element[0]
                    continue
            while element is not None:
                if entered:
                    self._leave(element)
                if element is root:
                    return
                self._text(element.tail)
                following = element.getnext()
                if following is not None:
                    element = following
                    break
                element, entered = element.getparent(), True

    def _enter(self, element: etree._Element) -> bool:
        """Open ``element``, and return whether to visit its content."""
        tag = str(element.tag).lower()
        if tag in elements.DROPPED or (tag == "form" and not elements.has_prose(element)):
            if tag in _DESCRIBED and not elements.is_data(element):
                self._report.add("markup-dropped", self._source.name)
            return False
        if tag in _SILENT or elements.is_hidden(element):
            return False
        if (key := element.get(notes.MARK)) is not None:
            return self._mark(element, key)
        if tag == "noscript":
            return self._is_only_image(element)
        if tag in _HEADINGS:
            self._flush()
            self._open("heading", element)
        elif tag in ("img", "amp-img", "image"):
            self._image(element)
            return False
        elif tag == "br":
            self._add(LineBreak())
        elif tag == "hr":
            self._break()
            if not self._inline_only:
                self._frames[-1].blocks.append(Rule())
        elif tag == "pre":
            self._preformatted(element)
            return False
        elif tag in elements.BREAKING:
            self._break()
            self._container(tag, element)
        else:
            return self._inline(tag, element)
        return True

    def _container(self, tag: str, element: etree._Element) -> None:
        kind = _KINDS.get(tag, "")
        within = self._frames[-1].kind
        classes = f" {element.get('class') or ''} "
        if tag == "table" and not elements.is_layout(element):
            kind = "table"
        elif tag == "figure" or " wp-caption " in classes:
            kind = "figure"
        elif tag == "figcaption" or " wp-caption-text " in classes:
            kind = "caption" if any(f.kind == "figure" for f in self._frames) else ""
        elif tag == "caption" and within != "table":
            kind = ""
        elif (tag == "li" and within == "list") or (tag == "dd" and within == "dl"):
            kind = tag
        elif tag == "dt" and within == "dl":
            kind = "dt"
        elif tag in ("td", "th") and within == "table":
            kind = "cell"
        elif tag == "tr" and within == "table":
            self._frames[-1].rows.append((self._frames[-1].in_head, []))
        elif tag in ("thead", "tbody", "tfoot") and within == "table":
            self._frames[-1].in_head = tag == "thead"
        if kind == "li":
            self._settle(self._frames[-1])
        if kind and self._allows(kind):
            self._open(kind, element)

    @staticmethod
    def _settle(frame: _Frame) -> None:
        """Append content of a list that is outside its items to the item before."""
        if frame.blocks:
            last = frame.items.pop() if frame.items else ()
            frame.items.append((*last, *frame.blocks))
            frame.blocks = []

    def _allows(self, kind: str) -> bool:
        """Whether one more level of ``kind`` keeps the article within `MAX_DEPTH`."""
        weight = _WEIGHT.get(kind, 0)
        if not weight:
            return True
        # Reserve levels for marks, for the paragraph of a cell or item, and for its text.
        if sum(_WEIGHT.get(frame.kind, 0) for frame in self._frames) + weight + 8 <= MAX_DEPTH:
            return True
        self._report.add("nesting-too-deep", self._source.name)
        return False

    def _open(self, kind: str, element: etree._Element) -> None:
        self._frames.append(_Frame(kind, element))

    def _leave(self, element: etree._Element) -> None:
        tag = str(element.tag).lower()
        if self._marks and self._marks[-1].element is element:
            self._marks.pop()
        elif self._frames[-1].element is element:
            self._flush()
            self._close(self._frames.pop())
        elif tag in elements.BREAKING:
            self._break()
        if tag == "q":
            self._add(Text("”"))
        if self._languages[-1][0] is element:
            self._languages.pop()

    def _close(self, frame: _Frame) -> None:
        """Add the content of a finished frame to the frame around it."""
        outer = self._frames[-1]
        element = frame.element
        assert element is not None
        if frame.kind == "list":
            self._settle(frame)
            ordered = element.tag == "ol"
            outer.blocks += build.list_block(frame.items, ordered=ordered, start=elements.list_start(element))
        elif frame.kind == "li":
            outer.items.append(tuple(frame.blocks))
        elif frame.kind == "quote":
            outer.blocks += build.quote(frame.blocks)
        elif frame.kind == "caption":
            bearer = next((f for f in reversed(self._frames) if f.kind in ("figure", "table")), outer)
            bearer.caption += [*([LineBreak()] if bearer.caption else []), *inlines.join(frame.blocks)]
        elif frame.kind == "figure":
            outer.blocks += inlines.add_caption(frame.blocks, tuple(frame.caption), has_image=frame.has_image)
        elif frame.kind == "table":
            if (table := tables.table(frame.rows, frame.caption)) is None:
                self._report.add("table-too-large", self._source.name)
                table = tables.flatten(frame.rows, frame.caption)
            outer.blocks += [*frame.blocks, *table]
        elif frame.kind == "cell":
            self._cell(frame, element)
        elif frame.kind == "dt":
            if term := inlines.join(frame.blocks):
                outer.terms.append((term, []))
        elif frame.kind == "dd":
            if frame.blocks and outer.terms:
                outer.terms[-1][1].append(tuple(frame.blocks))
            else:
                outer.blocks += frame.blocks
        elif frame.kind == "dl":
            items = tuple(Definition(term, tuple(bodies)) for term, bodies in frame.terms)
            outer.blocks += [*frame.blocks, *([DefinitionList(items)] if items else [])]
        else:
            outer.blocks += frame.blocks

    def _cell(self, frame: _Frame, element: etree._Element) -> None:
        table = self._frames[-1]
        if not table.rows:
            table.rows.append((table.in_head, []))
        table.rows[-1][1].append(
            Cell(
                tuple(frame.blocks),
                element.tag == "th",
                tables.span(element.get("colspan")),
                tables.span(element.get("rowspan")),
                tables.align(element.get("align"), element.get("style")),
            )
        )

    # -- Inlines ---------------------------------------------------------------------

    def _inline(self, tag: str, element: etree._Element) -> bool:
        if tag == "a":
            return self._anchor(element)
        if tag in _CODE:
            self._marks.append(inlines.Mark(element, Code))
        elif kind := _MARKS.get(tag) or elements.style_mark(element):
            self._marks.append(inlines.Mark(element, kind))
        elif tag == "q":
            self._add(Text("“"))
        return True

    def _anchor(self, element: etree._Element) -> bool:
        if note_lists.is_backlink(element):
            return False
        href = (element.get("href") or "").strip()
        if not href or href.startswith("#"):
            return True
        address = join(self._base, href)
        kind = scheme(address)
        if build.safe_link(address):
            self._marks.append(inlines.Mark(element, Link, address))
        elif kind and (kind not in ("http", "https", "mailto") or ":" in href):
            self._report.add("link-dropped", self._source.name, address[:100])
        return True

    def _mark(self, element: etree._Element, key: str) -> bool:
        """Insert a note at its mark, and return whether to read the text of the mark itself.

        That is so if the note is missing, contains this mark, or was inserted too often before.
        """
        if key not in self._notes.notes:
            self._missing.append(build.one_line(text_of(element)))
        elif key not in self._within and len(self._within) < _MAX_WITHIN and self._called[key] < _MAX_CALLS:
            self._called[key] += 1
            for node in build.note(self._note_blocks(key)):
                self._add(node)
            return False
        if not any(mark.kind is Superscript for mark in self._marks):
            self._marks.append(inlines.Mark(element, Superscript))
        return True

    def _note_blocks(self, key: str) -> tuple[Block, ...]:
        inner = _Visitor(self._source, self._report, self._base, self._notes)
        inner.images, inner._called, inner._missing = self.images, self._called, self._missing
        inner._within = self._within | {key}
        for part in self._notes.notes[key]:
            inner.go(part)
            inner._flush()
        return tuple(inner._frames[0].blocks)

    def _text(self, text: str | None) -> None:
        if text:
            self._add(Text(text))

    def _add(self, node: Inline) -> None:
        if isinstance(node, Text) and not node.text.isspace():
            self._declared.add(self._languages[-1][1])
        marks = tuple(self._marks)
        if isinstance(node, Text) and any(mark.kind is Code for mark in marks):
            node = Code(node.text)
        self._pending.append((node, tuple(mark for mark in marks if mark.kind is not Code)))

    # -- Paragraphs --------------------------------------------------------------------

    @property
    def _inline_only(self) -> bool:
        """Whether the open frame is a heading, which contains inlines only."""
        return self._frames[-1].kind == "heading"

    def _break(self) -> None:
        """Handle the beginning or end of a block."""
        if self._inline_only:
            self._add(Text(" "))
        else:
            self._flush()

    def _flush(self) -> None:
        """Turn the pending inlines into paragraphs, or into the open heading; its images follow."""
        run, self._pending = self._pending, []
        language = next(iter(self._declared)) if len(self._declared) == 1 else None
        self._declared.clear()
        lifted, self._lifted = self._lifted, []
        frame = self._frames[-1]
        if frame.kind == "heading" and frame.element is not None:
            level = _HEADINGS[str(frame.element.tag).lower()]
            frame.blocks += build.heading(level, inlines.nest(inlines.trim(run)), language)
        else:
            for part in inlines.paragraphs(run):
                frame.blocks += build.paragraph(inlines.nest(inlines.trim(part)), language)
        frame.blocks += lifted

    def _preformatted(self, element: etree._Element) -> None:
        self._break()
        block = build.code_block(text_of(element), code.language(element))
        if self._inline_only:
            self._lifted += block
        else:
            self._frames[-1].blocks += block

    # -- Images ------------------------------------------------------------------------

    def _image(self, element: etree._Element) -> None:
        alt = build.one_line(element.get("alt") or "")
        if elements.is_glyph(element):
            self._text(alt)
        elif not elements.is_pixel(element):
            for frame in self._frames:
                frame.has_image = True
            # This is how Markdown writes a caption; a single word is more likely a file name.
            title = build.one_line(element.get("title") or "")
            caption = [title] if " " in title and title != alt else []
            self._lifted += build.figure(self.images.asset(element), alt, caption)

    def _is_only_image(self, element: etree._Element) -> bool:
        """Whether a ``noscript`` contains the only copy of an image: the original of a lazy one."""
        parent = element.getparent()
        count = sum(1 for _ in element.iter("img"))
        if parent is None or not count:
            return bool(count)
        if parent not in self._pictured:
            self._pictured[parent] = sum(1 for _ in parent.iter("img"))
        return self._pictured[parent] == count
