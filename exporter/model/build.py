"""Constructors that normalise, so that equal content is equal data.

Readers build articles only with these. They join adjacent text, collapse white space, drop empty
nodes, remove characters that no output format may contain, and refuse links that are not safe to
print. They return normalised input unchanged. Constructors of blocks and notes return a tuple,
empty where nothing is left.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv6Address
from itertools import dropwhile
from typing import assert_never
from urllib.parse import quote as percent_encoded

from exporter.model.article import (
    Block,
    Code,
    CodeBlock,
    Emphasis,
    Figure,
    Heading,
    Inline,
    LineBreak,
    Link,
    ListBlock,
    Note,
    Paragraph,
    Quote,
    Strong,
    Subscript,
    Superscript,
    Text,
)

# XML 1.0 section 2.2 forbids C0 controls, surrogates and U+FFFE/F; C1 controls, U+2028/9,
# interlinear and private-use characters have no glyph in any text font.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u2028\u2029\ufff9-\uffff\ud800-\udfff\ue000-\uf8ff"
    "\ufdd0-\ufdef\U000f0000-\U0010ffff]"
)
_PARTS = re.compile("[\u2028\u2029\f\v]")
MAX_LINK = 2000
_KEEP = "\ufffc\ufffd"
_SPACE = re.compile(r"[ \t\r\n\f\v\x85\x1c-\x1f]+")
_INVISIBLE = " \xa0\u2007\u202f\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_ADDRESS = re.compile(
    r"(https?)://(?:[\w.~!$&'()*+,;=:%-]*@)?([^/?#@:]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?(?=[/?#]|\Z)", re.I
)
_MAIL = re.compile(r"mailto:[\w.!#$&'*+/=?~-]+@[\w.-]+(?:\?|\Z)", re.I)
_HOST = re.compile(r"(?:\w(?:[\w-]{0,61}\w)?\.)*\w(?:[\w-]{0,61}\w)?\.?\Z", re.A)
# Invalid in an address: white space, quotes, brackets and the like, characters that are unassigned or
# invisible in Unicode, a per cent sign that does not begin an escape.
_NOT_IN_ADDRESS = re.compile(
    r'[\x00-\x20<>"{}|\\^`\[\]\x7f-\xa0\ufdd0-\ufdef\ufff0-\uffff]|%(?![0-9A-Fa-f]{2})'
)


def clean(text: str) -> str:
    """``text`` without characters that XML forbids or no font has; other separators of lines and
    pages (U+2028/9, form feed, vertical tab) become a space."""
    if text.isprintable():  # usual: Python calls none of the characters to remove printable
        return text
    text = _PARTS.sub(" ", text)
    return _FORBIDDEN.sub(lambda m: m[0] if m[0] in _KEEP else "", text)


def has_forbidden(text: str) -> bool:
    """Whether `clean` would remove something from ``text``."""
    if text.replace("\n", "").replace("\t", "").isprintable():
        return False
    return any(m[0] not in _KEEP for m in _FORBIDDEN.finditer(text))


def folded(text: str | None) -> str:
    """A name in the form in which names are compared: case-folded, with single spaces."""
    return " ".join((text or "").casefold().split())


def one_line(text: str) -> str:
    """``text`` cleaned, in one line, single-spaced, trimmed, without soft hyphens: for titles and names."""
    return _SPACE.sub(" ", without_break_marks(clean(text))).strip(" ")


def without_break_marks(text: str) -> str:
    """``text`` without soft hyphens and zero-width spaces."""
    return text.replace("\xad", "").replace("\u200b", "")


@lru_cache(maxsize=1024)
def language_tag(value: str | None) -> str | None:
    """The BCP 47 tag, in its usual case, for a value such as ``en_US`` or ``EN``; None if it is not one."""
    if not value:
        return None
    parts = re.split(r"[-_]", value.split(".")[0].strip())
    if not re.fullmatch(r"[A-Za-z]{2,3}", parts[0]):
        return None
    first = parts[0].lower()
    tag = [{"kr": "ko", "jp": "ja", "cn": "zh"}.get(first, _shortest(first))]
    for part in parts[1:]:
        if re.fullmatch(r"[A-Za-z]{4}", part) and len(tag) == 1:
            tag.append(part.title())
        elif re.fullmatch(r"[A-Za-z]{2}|\d{3}", part):
            tag.append(part.upper())
            break
        else:
            break
    return "-".join(tag)


@cache
def _shortest(language: str) -> str:
    """The language's code of two letters where it has one (BCP 47, 2.2.1): ``ca`` for ``cat``."""
    if len(language) == 2:
        return language
    from babel.core import get_global  # slow to load, rarely needed

    short = get_global("language_aliases").get(language, "")
    return short if len(short) == 2 else language


def safe_link(href: str) -> str | None:
    """``href`` if it is an absolute http, https or mailto address that can be printed, else None.

    Characters that are invalid in an address are escaped. An address whose host or port cannot exist,
    or with more than `MAX_LINK` characters, is refused.
    """
    href = re.sub(r"[\t\r\n]", "", clean(href)).strip()
    if len(href) > MAX_LINK:
        return None
    match = _ADDRESS.match(href) or _MAIL.match(href)
    if not match or (match.re is _ADDRESS and not _can_exist(match[2], match[3])):
        return None
    rest, mark, fragment = href[match.end() :].partition("#")
    rest += mark + fragment.replace("#", "%23")
    return match[0] + _NOT_IN_ADDRESS.sub(lambda m: percent_encoded(m[0], safe=""), rest)


@lru_cache(maxsize=1024)
def _can_exist(host: str, port: str | None) -> bool:
    """Whether the host is a valid name or IP address and the port is in range."""
    if port and int(port) > 65535:
        return False
    try:
        if host.startswith("["):
            IPv6Address(host[1:-1])
        elif host.rstrip(".").rpartition(".")[2].isdecimal():
            IPv4Address(host)
        else:
            return bool(re.fullmatch(r"[\w.-]+", host) and _HOST.match(host.encode("idna").decode()))
    except ValueError:
        return False
    return True


# -- Inlines ---------------------------------------------------------------------------


def inlines(content: Iterable[Inline | str]) -> tuple[Inline, ...]:
    """A normalised run of inlines: strings become `Text`, adjacent nodes of one type are joined,
    white space is collapsed (also across marks), and the run's ends are trimmed."""
    merged = _merge(Text(c) if isinstance(c, str) else c for c in content)
    return _trim(_collapse(merged))


def _merge(content: Iterable[Inline]) -> list[Inline]:
    out: list[Inline] = []
    for node in content:
        match node:
            case Text():
                text = _SPACE.sub(" ", clean(node.text))
                if not text:
                    continue
                if out and isinstance(last := out[-1], Text):
                    out[-1] = Text(last.text + text)
                else:
                    out.append(Text(text))
            case Code():
                if text := clean(node.text):
                    out.append(Code(_SPACE.sub(" ", text)))
            case Emphasis() | Strong() | Subscript() | Superscript() | Link():
                inner = tuple(_merge(node.content))
                if not inner:
                    continue
                if all(isinstance(i, Text) and not i.text.strip(" ") for i in inner):
                    # A mark around white space alone: keep the space, drop the mark.
                    out = _merge([*out, *inner])
                elif isinstance(node, Link):
                    out.append(Link(node.href, inner))
                elif out and type(out[-1]) is type(node):
                    out[-1] = type(node)(tuple(_merge([*out[-1].content, *inner])))
                else:
                    out.append(type(node)(inner))
            case LineBreak() | Note():
                out.append(node)
            case _:
                assert_never(node)
    return out


def _collapse(content: Sequence[Inline]) -> list[Inline]:
    """Collapse spaces to one, also across marks, and remove those next to a line break."""
    spaced = True  # the start of a run counts as a space

    def visit(node: Inline) -> Inline | None:
        nonlocal spaced
        match node:
            case Text():
                text = re.sub(" +", " ", node.text)
                text = text[1:] if spaced and text.startswith(" ") else text
                if text:
                    spaced = text.endswith(" ")
                return Text(text) if text else None
            case Emphasis() | Strong() | Subscript() | Superscript() | Link():
                inner = visit_all(node.content)
                return _with_content(node, inner) if inner else None
            case LineBreak() | Code() | Note():
                spaced = isinstance(node, LineBreak)
                return node
            case _:
                assert_never(node)

    def visit_all(nodes: Sequence[Inline]) -> tuple[Inline, ...]:
        return tuple(result for node in nodes if (result := visit(node)) is not None)

    return list(_merge(visit_all(content)))


def _trim(content: list[Inline]) -> tuple[Inline, ...]:
    """Remove white space and line breaks at the end, and white space before a line break."""
    while content:
        match last := content[-1]:
            case LineBreak():
                content.pop()
            case Text():
                text = last.text.rstrip(" ")
                if text == last.text:
                    break
                content[-1:] = [Text(text)] if text else []
            case Emphasis() | Strong() | Subscript() | Superscript() | Link():
                inner = _trim(list(last.content))
                if inner == last.content:
                    break
                content[-1:] = [_with_content(last, inner)] if inner else []
            case Code() | Note():
                break
            case _:
                assert_never(last)
    out: list[Inline] = []
    for node in content:
        if isinstance(node, LineBreak):
            if not out:
                continue
            if isinstance(before := out[-1], Text):
                text = before.text.rstrip(" ")
                out[-1:] = [Text(text)] if text else []
        out.append(node)
    return tuple(out)


def _with_content(
    node: Emphasis | Strong | Subscript | Superscript | Link, content: tuple[Inline, ...]
) -> Inline:
    return Link(node.href, content) if isinstance(node, Link) else type(node)(content)


def link(href: str, content: Iterable[Inline | str]) -> tuple[Inline, ...]:
    """A link, or only its content where `safe_link` refuses the address."""
    inner = tuple(_merge(Text(c) if isinstance(c, str) else c for c in content))
    safe = safe_link(href)
    return (Link(safe, inner),) if safe and inner else inner


# -- Blocks ----------------------------------------------------------------------------


def paragraph(content: Iterable[Inline | str], language: str | None = None) -> tuple[Block, ...]:
    """A paragraph; empty where all of its characters are invisible."""
    run = inlines(content)
    if all(isinstance(node, Text) and not node.text.strip(_INVISIBLE) for node in run):
        return ()
    return (Paragraph(run, language),)


def verbatim(line: str) -> tuple[Block, ...]:
    """A paragraph of copied text with its white space unchanged; empty where it is blank."""
    text = clean(line)
    return (Paragraph((Text(text),)),) if text.strip() else ()


def heading(level: int, content: Iterable[Inline | str], language: str | None = None) -> tuple[Block, ...]:
    run = inlines(Text(" ") if isinstance(i, LineBreak) else i for i in inlines(content))
    return (Heading(min(max(level, 1), 6), run, language),) if run else ()


def list_block(
    items: Iterable[Sequence[Block]], *, ordered: bool = False, start: int = 1
) -> tuple[Block, ...]:
    kept = tuple(tuple(item) for item in items if item)
    return (ListBlock(kept, ordered, start if ordered else 1),) if kept else ()


def quote(blocks: Sequence[Block]) -> tuple[Block, ...]:
    return (Quote(tuple(blocks)),) if blocks else ()


def code_block(text: str, language: str | None = None) -> tuple[Block, ...]:
    text = clean(text.replace("\r\n", "\n").replace("\r", "\n")).expandtabs(4)
    lines = list(dropwhile(lambda line: not line, map(str.rstrip, text.split("\n"))))
    while lines and not lines[-1]:
        lines.pop()
    return (CodeBlock("\n".join(lines), language or None),) if lines else ()


def figure(asset: str | None, alt: str = "", caption: Iterable[Inline | str] = ()) -> tuple[Block, ...]:
    """A figure; empty where it has neither image nor text. ``asset`` is an `Asset.id`."""
    block = Figure(asset, one_line(alt), inlines(caption))
    return (block,) if block != Figure() else ()


def note(blocks: Sequence[Block]) -> tuple[Inline, ...]:
    return (Note(tuple(blocks)),) if blocks else ()


def levels_from_one(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks with heading levels renumbered: the highest is 1, and no step down skips a level."""
    stack: list[int] = []
    out: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            while stack and stack[-1] >= block.level:
                stack.pop()
            stack.append(block.level)
            out.append(Heading(min(len(stack), 6), block.content, block.language))
        else:
            out.append(block)
    return tuple(out)


def slug(text: str, limit: int = 60) -> str:
    """``text`` for file names and URL fragments: words of any script, in lower case, joined by hyphens,
    at most ``limit`` characters."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", without_break_marks(text)).casefold())
    out = ""
    for word in words:
        if len(out) + len(word) + 1 > limit:
            break
        out = f"{out}-{word}" if out else word
    return out or ("-".join(words)[:limit] if words else "")
