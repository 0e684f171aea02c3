"""The same text for Typst: an edition in its language, in a plain layout of its own.

Paper, margins, fonts, sizes, leading, justification and the breaks between articles are
those of the style; contents with page numbers, outline, notes and links are there, and
the folio at the foot. Running heads and index are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from string import Template

from exporter.backends.common import labels
from exporter.backends.pdf.style import Style
from exporter.editions.compile import Edition
from exporter.model.article import (
    Block,
    Emphasis,
    Heading,
    Inline,
    Link,
    ListBlock,
    Note,
    Paragraph,
    Quote,
    Strong,
    Text,
)

_FRAME = Template("""
#set document(title: $title)
#set page(
  paper: "$paper", numbering: "1",
  margin: (top: ${top}mm, bottom: ${bottom}mm, inside: ${inside}mm, outside: ${outside}mm),
)
#set text(font: ($family), size: ${size}pt, lang: "$language", top-edge: 0.75em, bottom-edge: -0.25em)
#set par(justify: $justify, leading: ${gap}pt, spacing: ${gap}pt, first-line-indent: 1.4em)
#show heading: set text(weight: "regular")
#show heading.where(level: 1): it => { pagebreak(weak: true); text(size: 1.8em, it) }
#show heading.where(level: 2): it => { v(1em); text(size: 1.7em, it) }
#text(size: 2.5em, $title)
#outline(title: none, depth: 2)
""")


def source(edition: Edition, style: Style) -> str:
    """The edition as a document of Typst, set as the style's settings say."""
    text = style.text
    head = _FRAME.substitute(
        title=_string(edition.title),
        paper={"A4": "a4", "A5": "a5", "Letter": "us-letter"}[style.paper or "A4"],
        top=style.margins.top,
        bottom=style.margins.bottom,
        inside=style.margins.inside,
        outside=style.margins.outside,
        family=", ".join(map(_string, (style.fonts.serif, f"IBM {style.fonts.serif}"))),
        size=text.size,
        gap=round(text.leading - text.size, 2),
        language=edition.language,
        justify="true" if text.align == "justify" else "false",
    )
    return head + "\n\n".join(_entries(edition, apart=style.articles == "page"))


def _entries(edition: Edition, *, apart: bool) -> Iterator[str]:
    inside = {e.article.link: e.anchor for e in edition.entries if e.article.link}
    for part in edition.parts:
        if part.title:
            yield f"#heading(level: 1, {_string(labels.part_title(part, edition))})"
        for number, entry in enumerate(part.entries):
            article = entry.article
            if apart and number:
                yield "#pagebreak(weak: true)"
            yield f"#heading(level: 2, {_string(article.title)}) <{entry.anchor}>"
            if article.subtitle:
                yield f"#emph({_string(article.subtitle)})"
            yield f"#text(size: 0.9em, {_string(' · '.join(labels.byline(article, edition)))})"
            yield _blocks(article.blocks, inside)
            if article.link:
                link = _string(article.link)
                yield f"#text(size: 0.75em)[{labels.ORIGINAL}: #link({link}, {link})]"


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _blocks(blocks: Iterable[Block], inside: Mapping[str, str]) -> str:
    return "\n\n".join(_block(block, inside) for block in blocks)


def _inlines(content: Iterable[Inline], inside: Mapping[str, str]) -> str:
    return "".join(f"#{_inline(node, inside)};" for node in content)


def _block(block: Block, inside: Mapping[str, str]) -> str:
    match block:
        case Paragraph(content):
            return _inlines(content, inside)
        case Heading(_, content):
            return f"#heading(level: 3, bookmarked: false)[{_inlines(content, inside)}]"
        case ListBlock(items, ordered):
            listed = ", ".join(f"[{_blocks(item, inside)}]" for item in items)
            return f"#{'enum' if ordered else 'list'}({listed})"
        case Quote(blocks):
            return f"#quote(block: true)[{_blocks(blocks, inside)}]"
    raise TypeError(f"generated articles have no {type(block).__name__}")


def _inline(node: Inline, inside: Mapping[str, str]) -> str:
    match node:
        case Text(text):
            return _string(text)
        case Emphasis(content):
            return f"emph[{_inlines(content, inside)}]"
        case Strong(content):
            return f"strong[{_inlines(content, inside)}]"
        case Link(href, content):
            target = f"<{inside[href]}>" if href in inside else _string(href)
            return f"link({target})[{_inlines(content, inside)}]"
        case Note(blocks):
            return f"footnote[{_blocks(blocks, inside)}]"
    raise TypeError(f"generated articles have no {type(node).__name__}")
