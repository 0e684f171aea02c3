"""Tags of site generators, converted to the HTML or Markdown that they represent: pictures, links, text.

Liquid (Jekyll, Octopress), Nunjucks (Eleventy) and shortcodes (Hugo) use the same words for the same things,
with arguments in any order; themes add their own tags. So a tag is judged by the words in its name and by the
form of its arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape

import msgspec

from exporter.model import build

_ARGUMENT = re.compile(
    r"(?:([\w.-]++)\s*+(?:=|:(?![/\\]))\s*+)?+"
    r"(?:\"([^\"]*+)\"|'([^']*+)'|`([^`]*+)`|([^\s,\"'`][^\s,]*+))"
)
_SIZE = re.compile(r"(?:\d+(?:\.\d+)?(?:px|%|em|rem|vw)?|\d+x\d+|auto)", re.I)
_SIZES = re.compile(r"\b\d+(?:vw|w|px)\b", re.I)

_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".bmp", ".tif", ".tiff")
_STARTS = ("http://", "https://", "//", "www.")

_CONTROL = frozenset((
    "if", "elsif", "elseif", "elif", "else", "unless", "case", "when", "for", "break", "continue",
    "cycle", "tablerow", "assign", "capture", "set", "increment", "decrement", "block", "extends",
    "import", "from", "layout", "macro", "call", "filter", "do", "with", "comment", "raw", "verbatim",
    "liquid", "toc", "more", "readmore", "clear", "clearfix", "br", "hr", "pagebreak",
))  # fmt: skip
"""Tags without text or pictures of their own."""
_INCLUDES = frozenset((
    "include", "include_relative", "include_cached", "include_absolute", "partial", "render",
))  # fmt: skip
_PICTURES = frozenset((
    "img", "image", "images", "figure", "fig", "picture", "photo", "pic", "asset", "thumbnail",
    "screenshot",
))  # fmt: skip
_MEDIA = frozenset((
    "youtube", "yt", "vimeo", "video", "embed", "oembed", "tweet", "twitter", "gist", "instagram",
    "dailymotion", "asciinema", "soundcloud", "spotify", "codepen", "jsfiddle", "slideshare",
    "speakerdeck", "wistia", "loom", "tiktok", "facebook", "fb", "iframe", "audio", "podcast", "ted",
))  # fmt: skip
_REFERENCES = frozenset(("ref", "relref", "post_url", "post", "link", "doc", "xref"))
"""Tags for the address of another text of the site, which only its generator knows."""
_EMBEDDED = re.compile(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]++).*", re.S)
_PAGES = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "yt": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "dailymotion": "https://www.dailymotion.com/video/{}",
    "tweet": "https://twitter.com/i/status/{}",
    "twitter": "https://twitter.com/i/status/{}",
    "gist": "https://gist.github.com/{}",
    "instagram": "https://www.instagram.com/p/{}/",
    "asciinema": "https://asciinema.org/a/{}",
}
_SOURCES = [
    "src", "source", "image", "img", "url", "path", "file", "filename", "image_path", "image_url", "name",
]  # fmt: skip
_NO_SOURCES = frozenset(("link", "href", "icon", "poster", "target"))
_ALT = ["alt", "alt_text", "alttext", "alt-text", "image_alt", "img_alt"]
_LINKS = ["href", "url", "link", "src", "source", "file", "path", "to", "page", "address", "id"]
_WORDS = [
    "kicker", "title", "heading", "intro", "text", "label", "content", "body", "message", "quote",
    "caption", "cap", "image_caption", "legend", "description", "summary", "button-text", "cite",
    "citation", "author", "attribution", "attr", "credit",
]  # fmt: skip
"""Arguments with text to read, in the order of output."""


class Argument(msgspec.Struct, frozen=True):
    """An argument of a tag: its name in lower case, if any, its value, and its offset."""

    name: str
    value: str
    is_quoted: bool
    start: int


class Tag(msgspec.Struct, frozen=True):
    """A tag: its name, its arguments, and whether it is in the address of a link or alone on its line."""

    name: str
    arguments: str
    is_address: bool = False
    is_alone: bool = False
    is_paired: bool = False


Reporter = Callable[[str, str], None]
"""Adds a diagnostic, by its id and detail."""


def replace_tag(tag: Tag, variable: Callable[[str], str | None], report: Reporter) -> str:
    """Return HTML or Markdown for a tag; empty for one that is only for layout or counting.

    Losses are reported. ``variable`` returns the value of a variable of the front matter.
    """
    arguments = [
        Argument(
            (match[1] or "").lower(),
            build.one_line(_value(match, variable)),
            match[5] is None,
            match.start(),
        )
        for match in _ARGUMENT.finditer(tag.arguments)
    ]
    name = label = tag.name
    if name.lower() in _INCLUDES and arguments:
        label = f"{name} {arguments[0].value}"
        name = arguments[0].value.rpartition("/")[2].partition(".")[0]
        if not _is_picture(arguments[0].value):
            arguments = arguments[1:]
    words = frozenset(re.split(r"[^a-z0-9]+", name.lower()))
    if name.lower() in _CONTROL:
        return ""
    if tag.is_address:
        return _address(name, words, arguments, label, report)
    output = (
        (_media(words, arguments) if words & _MEDIA else "")
        or _picture(words, arguments, tag.arguments)
        or _words(tag, words, arguments)
    )
    if not output and not tag.is_paired:
        is_reference = name.lower() in _REFERENCES
        report("link-dropped" if is_reference else "template-tag-dropped", label)
    return output


def _value(match: re.Match[str], variable: Callable[[str], str | None]) -> str:
    bare = match[5]
    if bare is None:
        return next(group for group in match.groups()[1:] if group is not None)
    return variable(bare) or bare if bare.startswith("page.") else str(bare)


def _is_picture(value: str) -> bool:
    return value.partition("?")[0].partition("#")[0].lower().endswith(_ENDINGS)


def _is_page(value: str) -> bool:
    return value.partition("#")[0].lower().endswith((".md", ".markdown", ".mdx", ".html", ".htm"))


def _is_file(value: str) -> bool:
    stem, _, ending = value.rpartition(".")
    return bool(stem) and " " not in value and 2 <= len(ending) <= 5 and ending.isalnum()


def _is_address(value: str) -> bool:
    return " " not in value and (value.startswith((*_STARTS, "mailto:")) or "/" in value or _is_file(value))


def _first(arguments: Sequence[Argument], names: Sequence[str]) -> str:
    """The first value with one of the names, in the order of the names; empty if there is none."""
    return next((a.value for name in names for a in arguments if a.name == name and a.value), "")


def _all(arguments: Sequence[Argument], names: Sequence[str]) -> list[str]:
    """All values with one of the names, each once, in order."""
    return list(dict.fromkeys(a.value for name in names for a in arguments if a.name == name and a.value))


def _address(
    name: str, words: frozenset[str], arguments: Sequence[Argument], label: str, report: Reporter
) -> str:
    """The address that a tag within a link or an image represents."""
    values = [a.value for a in arguments if not a.name or a.name in _LINKS or a.name in _SOURCES]
    address = next(filter(_is_picture, values), None) or next(filter(_is_address, values), None)
    if words & _MEDIA:
        address = _media_address(words, arguments) or address
    if address is None or _is_page(address) or (name.lower() in _REFERENCES and name.lower() != "link"):
        report("link-dropped", " ".join((label, *values[:1])))
        return ""
    return address.replace(" ", "%20")


def _media_address(words: frozenset[str], arguments: Sequence[Argument]) -> str:
    values = [a.value for a in arguments if a.name not in _WORDS and a.value]
    for value in values:
        if value.startswith(_STARTS):
            address = value if value.startswith("http") else f"https://{value.removeprefix('//')}"
            return _EMBEDDED.sub(r"https://www.youtube.com/watch?v=\1", address)
    form = next((_PAGES[word] for word in sorted(words) if word in _PAGES), None)
    key = _first(arguments, ("id", "video", "video_id", "videoid", "code")) or next(
        (a.value for a in arguments if not a.name), ""
    )
    if "gist" in words and len(values) >= 2 and not values[0].count("/"):
        key = "/".join(values[:2])
    if form and re.fullmatch(r"[\w/-]{3,}", key):
        return form.format(key)
    return next((value for value in values if _is_address(value)), "")


def _media(words: frozenset[str], arguments: Sequence[Argument]) -> str:
    """A link to the page of a film, a recording or a post."""
    address = _media_address(words, arguments)
    unnamed = (a.value for a in arguments if a.is_quoted and not a.name and " " in a.value)
    return _link(address, _first(arguments, _WORDS) or next(unnamed, address)) if address else ""


def _link(address: str, text: str) -> str:
    return f'<a href="{_attribute(address)}">{text}</a>'


def _attribute(value: str) -> str:
    """``value`` as an attribute, without characters that are syntax in Markdown."""
    return re.sub(r"[\\`*_\[\]<>|~=\"'!{}]", lambda m: f"&#{ord(m[0])};", escape(value, quote=False))


def _picture(words: frozenset[str], arguments: Sequence[Argument], whole: str) -> str:
    """The pictures of a tag, each as an image or, with a caption, a figure."""
    has_picture = bool(words & _PICTURES)
    sources = [a for a in arguments if a.name not in _NO_SOURCES and _is_picture(a.value)]
    if not has_picture:  # text that ends in a file name is not the address of a picture
        sources = [a for a in sources if " " not in a.value]
    elif not sources:
        named = (a for name in _SOURCES for a in arguments if a.name == name and a.value)
        unnamed = (a for a in arguments if not a.name and (a.is_quoted or "/" in a.value))
        likely = next(named, None) or next(unnamed, None)
        sources = [likely] if likely and not _is_file(likely.value) else []
    if not sources:
        return ""
    alt = _first(arguments, _ALT)
    captions = [text for text in _all(arguments, _WORDS) if not _is_picture(text)]
    if not sources[0].name:
        said = _unnamed_words(arguments[arguments.index(sources[0]) + 1 :], whole)
        if "img" in words and len(said) > 1:  # Octopress: title, then alternative text
            said = [said[1], said[0], *said[2:]]
        if said and not alt:
            alt, *said = said
        captions += [text for text in said if " " in text and not _SIZES.search(text)]
    captions = [text for text in dict.fromkeys(captions) if text != alt or not alt]
    images = [f'<img src="{_attribute(a.value)}" alt="{_attribute(alt)}">' for a in sources]
    if not captions:
        return "<wbr>" + "".join(images)
    # A <wbr> before it prevents that the line begins an HTML block, which would include what follows.
    return f"<wbr><figure>{''.join(images)}<figcaption>{'<br>'.join(captions)}</figcaption></figure>"


def _unnamed_words(arguments: Sequence[Argument], whole: str) -> list[str]:
    """Text after the address and the size of a picture: the quoted parts, else all of it."""
    unnamed = [a for a in arguments if not a.name and not _SIZE.fullmatch(a.value)]
    if unnamed and not unnamed[0].is_quoted:
        end = next((a.start for a in arguments if a.name and a.start > unnamed[0].start), len(whole))
        return [build.one_line(whole[unnamed[0].start : end])]
    return [a.value for a in unnamed if a.is_quoted and a.value]


def _words(tag: Tag, words: frozenset[str], arguments: Sequence[Argument]) -> str:
    """The text in the arguments of a tag, as a link if there is an address, too."""
    links = (a.value for name in (*_LINKS, "button-url") for a in arguments if a.name == name)
    unnamed = [a for a in arguments if not a.name]
    address = next(filter(_is_address, (*links, *(a.value for a in unnamed if " " not in a.value))), "")
    texts = _all(arguments, _WORDS)
    texts += [
        a.value
        for a in unnamed
        if a.is_quoted and a.value != address and (" " in a.value or words & {"link", "linkto", "button"})
    ]
    if not texts:
        is_page = address.startswith(("http://", "https://")) and not words & _REFERENCES
        return _link(address, address) if is_page else ""
    if address:
        texts[-1 if "button" in words else 0] = _link(address, texts[-1 if "button" in words else 0])
    if not tag.is_alone:
        return " ".join(texts)
    mark = "> " if any("quot" in word for word in words) else ""
    return mark + f"\n{mark}\n{mark}".join(texts)
