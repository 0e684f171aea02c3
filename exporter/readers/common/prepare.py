"""Normalise the tree of a page before its body is chosen or read.

The various forms of markup are reduced to one each: notes are detached and their marks have their keys, code
is a ``pre`` with its text, formulas and ruby are words, drawings are images, and words in buttons and times
are words of their sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from lxml import etree

from exporter.readers.common import code, formulas, images, notes
from exporter.readers.common.markup import drop, text_of

_PARAGRAPHS = frozenset(
    ("p", "li", "dd", "dt", "td", "blockquote", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6")
)
_INITIALS = ("dropcap", "initial", "firstletter", "lettrine", "bigletter", "largeletter", "float:")
_UNSEEN = ("sronly", "visuallyhidden", "screenreader", "a11yhidden")
_ICONS = ("icon", "materialsymbols", "glyphicon")
_WORDS = frozenset("AIOÀÈÉÓUVYEKSZWaio")
"""Letters that are words in some language."""
_SIGNS = ".,;:!?\"'“”„«»()"
_LONGEST_DOUBLE = 300


def prepare(root: etree._Element, addresses: Iterable[str | None] = ()) -> notes.Definitions:
    """Normalise a tree, in place, and return the notes that were detached from it.

    ``addresses`` are those of the page, and the name of its file.
    """
    code.prepare(root)
    formulas.prepare(root)
    images.prepare(root)
    for ruby in list(root.iter("ruby")):
        _annotate(ruby)
    _join_words(root)
    for element in list(root.iter(etree.Element)):
        if element.tag == "span" and element.get("class") == "mw-editsection":
            drop(element)
        elif element.tag == "a" and (element.get("href") or "").startswith("#"):
            _drop_permalink(element)
        elif element.get("aria-hidden") == "true":
            _drop_double(element)
    _join_initials(root)
    return notes.detach(root, addresses)


def _annotate(ruby: etree._Element) -> None:
    """Turn ruby (HTML section 4.5.10) into text: the base, followed by the reading in brackets."""
    open_, close = "(", ")"
    for bracket in list(ruby.iter("rp")):
        sign = text_of(bracket).strip()
        open_, close = (
            (sign if sign in "(（[［【〔" and sign else open_),
            (sign if sign in ")）]］】〕" and sign else close),
        )
        drop(bracket)
    for reading in ruby.iter("rt", "rtc"):
        if not text_of(reading).strip():
            continue
        before, following = reading.getprevious(), reading.getnext()
        runs_on = before is not None and before.tag == "span" and before.get("class") == "rt"
        if not runs_on or (before is not None and (before.tail or "").strip()):
            reading.text = open_ + (reading.text or "").lstrip()
        if following is None or following.tag not in ("rt", "rtc") or (reading.tail or "").strip():
            if len(reading):
                reading[-1].tail = (reading[-1].tail or "").rstrip() + close
            else:
                reading.text = (reading.text or "").rstrip() + close
        reading.tag = "span"
        reading.set("class", "rt")
    for part in (ruby, *ruby.iter("rb", "rbc")):
        part.tag = "span"
        part.attrib.pop("aria-hidden", "")
        part.text = (part.text or "").strip()
        if part is not ruby:
            part.tail = (part.tail or "").strip()
    for part in ruby:
        part.tail = (part.tail or "").strip()


def _join_words(root: etree._Element) -> None:
    """Replace buttons and times in the middle of a sentence with their text."""
    others: dict[etree._Element, int] = {}
    for element in list(root.iter("button", "time")):
        block = next(element.iterancestors(*_PARAGRAPHS, "pre", "nav", "form"), None)
        if block is None or block.tag not in _PARAGRAPHS:
            continue
        if block not in others:
            within = sum(len(text_of(e)) for e in block.iter("button", "time"))
            others[block] = len(" ".join(text_of(block).split())) - within
        enough = 1 if block.tag in ("p", "blockquote") else 40
        if others[block] >= max(enough, len(text_of(element).strip())) and text_of(element).strip():
            element.tag = "span"
            element.attrib.clear()


def _drop_double(element: etree._Element) -> None:
    """Drop text hidden from screen readers that repeats what they read out, or that is an icon."""
    text = " ".join(text_of(element).split())
    if not text or len(text) > _LONGEST_DOUBLE:
        return
    if element.tag in ("i", "span") and _says(element, _ICONS):
        drop(element)
        return
    for sibling in (element.getnext(), element.getprevious()):
        if sibling is None or not isinstance(sibling.tag, str):
            continue
        if _says(sibling, _UNSEEN) and " ".join(text_of(sibling).split()).startswith(text):
            drop(element if len(text) > 1 else sibling)
            return


def _says(element: etree._Element, words: Iterable[str]) -> bool:
    """Whether one of the words is in the class or style of an element, without hyphens and spaces."""
    if not element.attrib:
        return False
    said = f"{element.get('class') or ''} {element.get('style') or ''}".casefold()
    said = said.replace("-", "").replace("_", "").replace(" ", "")
    return any(word in said for word in words)


def _drop_permalink(anchor: etree._Element) -> None:
    """Drop a symbol in a heading that links to the heading."""
    heading = next(anchor.iterancestors("h1", "h2", "h3", "h4", "h5", "h6"), None)
    has_words = any(char.isalnum() for char in text_of(anchor))
    if heading is not None and not has_words and next(anchor.iter("img"), None) is None:
        drop(anchor)


def _join_initials(root: etree._Element) -> None:
    """Join a drop cap, which is in an element of its own, to its word."""
    known: frozenset[str] | None = None
    for element in list(root.iter("span", "div", "b", "strong", "em", "i", "font", "big")):
        if not _says(element, _INITIALS):
            continue
        letter = text_of(element).strip()
        if not 1 <= len(letter.strip("\"'“„«‘»")) <= 1 or not letter[-1].isalpha():
            continue
        last = _alone(element)
        rest = (last.tail or "").lstrip()
        following = last.getnext()
        if not rest and following is not None and isinstance(following.tag, str):
            rest = text_of(following).lstrip()[:40]
        if not rest[:1].isalpha():
            continue
        has_space = (last.tail or "")[:1].isspace()
        if has_space and letter[-1] in _WORDS:
            word = rest.partition(" ")[0].strip(_SIGNS).casefold()
            if known is None:
                known = frozenset(word.strip(_SIGNS) for word in text_of(root).casefold().split())
            if len(word) > 1 and f"{letter[-1]}{word}".casefold() not in known:
                continue
        for part in (element, *element.iter("div", "p")):
            part.tag = "span" if part.tag in ("div", "p") else part.tag
        for part in element.iter(etree.Element):
            part.text, part.tail = (
                (part.text or "").strip(),
                (part.tail or "").strip() if part is not element else part.tail,
            )
        last.tail = (last.tail or "").lstrip()
        if following is not None and not last.tail and isinstance(following.tag, str) and following.text:
            following.text = following.text.lstrip()


def _alone(element: etree._Element) -> etree._Element:
    """The outermost of the elements that contain only ``element``."""
    for holder in islice(element.iterancestors(), 3):
        if holder.tag not in ("span", "b", "strong", "em", "div") or len(holder) != 1:
            break
        if (holder.text or "").strip() or (element.tail or "").strip():
            break
        element = holder
    return element
