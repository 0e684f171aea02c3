"""What site generators and note-takers add to Markdown, turned into Markdown or taken out.

Liquid (Jekyll), shortcodes (Hugo), attribute lists (kramdown), wiki links and callouts
(Obsidian). Code is left alone: a text about templates must not lose its examples.
"""

from __future__ import annotations

import re
from html import escape

# What opens a tag cannot be in one: so each search for a tag's end is over at the next tag, and the time
# grows with the length of the text, not with its square.

_HIGHLIGHT = re.compile(
    r"\{%-?\s*highlight\s+([\w+#-]++)[^%]*+%\}[ \t]*+\n?"
    r"((?:[^{]++|\{(?!%-?\s*(?:end)?highlight\b))*+)\{%-?\s*endhighlight\s*-?%\}"
)
_RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_CODE = re.compile(
    r"(^[ \t]*(`{3,}+|~{3,}+)[^\n]*+\n(?:.*?)(?:^[ \t]*\2[`~]*[ \t]*$|\Z)|(?<!`)(`+)(?!`)[^`\n]+?\3(?!`))",
    re.M | re.S,
)

_COMMENT = re.compile(
    r"\{%-?\s*comment\s*-?%\}(?:[^{]++|\{(?!%-?\s*(?:end)?comment\b))*+\{%-?\s*endcomment\s*-?%\}"
    r"|%%(?!\})[^\n%]++%%"
)
_BRACE = r"\{(?!\{[<%])"
_SHORTCODE = re.compile(
    rf"\{{\{{[<%]\s*+(/?)\s*+([\w/.-]++)"
    rf"((?:[^<>%\"`{{]++|{_BRACE}|\"(?:[^\"{{]++|{_BRACE})*+\"|`(?:[^`{{]++|{_BRACE})*+`|[<%](?!\s*\}}\}}))*+)"
    r"[>%]\}\}"
)
_ARGUMENT = re.compile(r"(?<![\w-])([\w-]++)\s*+=\s*+(?:\"([^\"]*)\"|`([^`]*)`|(\S+))")
_LIQUID_TAG = re.compile(r"\{%(?:[^%\n{]++|%(?!\})|\{(?!%))*+%\}")
_LIQUID_IN_LINK = re.compile(r"(\]\(\s*<?|\]:\s*<?|(?:href|src)=[\"'])\{\{[^{}\n]*\}\}")
_ATTRIBUTES = re.compile(r"(?:^[ \t]*|(?<=\S)[ \t]?)\{:[^{}\n]*\}[ \t]*$|(?<=[)\]*_`>])\{:[^{}\n]*\}", re.M)
_HEADING_ID = re.compile(r"(?<=\S)[ \t]++\{[#.][^{}\n]*\}[ \t]*$", re.M)
_ABBREVIATION = re.compile(r"^\*\[[^\]\n]+\]:[^\n]*$", re.M)
_CONTENTS = re.compile(r"^\[(?:TOC|\[_?TOC_?\])\][ \t]*$", re.M | re.I)

_EMBED = re.compile(
    r"!\[\[([^\[\]|\n]+?\.(?:png|jpe?g|gif|webp|avif|bmp|tiff?|svg))(?:\|((?:[^\]\n!]++|!(?!\[\[))*+))?\]\]",
    re.I,
)
_WIKI = re.compile(r"!?\[\[([^\[\]|\n]+)(?:\|([^\[\]\n]*))?\]\](?![(\[])")
_CALLOUT = re.compile(r"^((?:[ \t]*>)+[ \t]*)\[![\w-]+\][+-]?[ \t]*(.*)$", re.M)
_MARKED = re.compile(r"==(?=\S)([^=\n]+?)(?<=\S)==")


def plain_markdown(text: str) -> str:
    """``text`` as plain Markdown; of a tag around text, the text stays."""
    text = _HIGHLIGHT.sub(_fenced, text)
    text = _RAW.sub("", text)
    out: list[str] = []
    end = 0
    for code in _CODE.finditer(text):
        out += [_prose(text[end : code.start()]), code[0]]
        end = code.end()
    return "".join((*out, _prose(text[end:])))


def _prose(text: str) -> str:
    if "{" in text:
        text = _COMMENT.sub("", text)
        text = _SHORTCODE.sub(_shortcode, text)
        text = _LIQUID_IN_LINK.sub(r"\1", text)
        text = _LIQUID_TAG.sub("", text)
        text = _ATTRIBUTES.sub("", text)
        text = _HEADING_ID.sub("", text)
    if "[[" in text:
        text = _EMBED.sub(lambda m: f"![{_alt(m[2])}](<{m[1].strip()}>)", text)
        text = _WIKI.sub(lambda m: m[2] or m[1], text)
    text = _CALLOUT.sub(
        lambda m: f"{m[1]}**{m[2]}**\n{m[1].rstrip()}" if m[2].strip() else m[1].rstrip(), text
    )
    text = _MARKED.sub(r"\1", text)
    return _CONTENTS.sub("", _ABBREVIATION.sub("", text))


def _fenced(match: re.Match[str]) -> str:
    """Liquid's highlighted code as a fenced block."""
    code = match[2].rstrip(" \t").removesuffix("\n")
    return f"\n```{match[1]}\n{code}\n```\n"


def _alt(size_or_words: str | None) -> str:
    """Obsidian's ``|`` behind an image gives a width, or words."""
    words = (size_or_words or "").strip()
    return "" if re.fullmatch(r"\d+(?:x\d+)?", words) else words


def _shortcode(match: re.Match[str]) -> str:
    """An image's shortcode as a figure; of all others, what stands between them."""
    name = match[2].lower()
    if match[1] or not re.search(r"(?:^|[-_])(?:img|image|figure)\Z", name):
        return ""
    arguments = match[3].rstrip().removesuffix("/")
    found = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ARGUMENT.finditer(arguments)}
    address = found.get("src")
    if not address:
        return ""
    caption = found.get("caption") or found.get("title") or ""
    image = f'<img src="{escape(address)}" alt="{escape(found.get("alt", ""))}">'
    return f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>" if caption else image
