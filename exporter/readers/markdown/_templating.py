"""Convert the additions of site generators and note-taking apps to plain Markdown, or remove them.

Liquid (Jekyll), shortcodes (Hugo), attribute lists (kramdown), wiki links and callouts (Obsidian). Code is
not changed: a text about templates must keep its examples.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import partial

from exporter.diagnostics import Report
from exporter.readers.common.markdown import left_open
from exporter.readers.markdown import _frontmatter
from exporter.readers.markdown._template_tags import Tag, replace_tag

# A tag cannot contain the beginning of another. So each search for the end of a tag stops at the next
# one, and the time grows with the length of the text, not with its square.

_IN_TAG = r"(?:[^%\n{]++|%(?!\})|\{(?!%)|\n(?![ \t]*+\n))*+"
_HIGHLIGHT = (
    r"\{%-?\s*(?P<tag>highlight|codeblock|prism)\s(?P<code>[^%]*+)%\}[ \t]*+\n?"
    r"(?P<text>(?:[^{]++|\{(?!%-?\s*(?:end)?(?P=tag)\b))*+)\{%-?\s*end(?P=tag)\s*-?%\}"
    r"|\{\{[<%]\s*highlight\s+(?P<lines>\w[^<>%{}]*+)[>%]\}\}[ \t]*+\n?"
    r"(?P<short>(?:[^{]++|\{(?!\{[<%]\s*+(?:/\s*+)?highlight\b))*+)\{\{[<%]\s*/\s*highlight\s*[>%]\}\}"
)
_RAW = r"\{%-?\s*raw\s*-?%\}(?P<raw>(?:[^{]++|\{(?!%-?\s*(?:end)?raw\b))*+)\{%-?\s*endraw\s*-?%\}"
_CODE = re.compile(
    rf"{_HIGHLIGHT}|{_RAW}"
    r"|^[ \t]*+(?P<fence>`{3,}+(?=[^`\n]*$)|~{3,}+)[^\n]*+\n(?:.*?)(?:^[ \t]*+(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(?P<span>`+)(?!`)[^`\n]+?(?P=span)(?!`)"
    r"|<(?P<element>pre|code)\b[^<>]*+>(?:[^<]++|<(?!/?(?P=element)\b))*+</(?P=element)>",
    re.M | re.S | re.I,
)
_RAW_TAG = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_ITEM = re.compile(r"(?:[-*+:]|\d{1,9}[.)]|\[\^[^\[\]]*\]:)[ \t]")
_LANGUAGE = re.compile(r"(?:lang:)?([\w+#-]++)")
_KEPT = "\ufdd5"
"""A noncharacter of Unicode, before and after the number of a protected piece of text."""

_COMMENT = re.compile(
    r"\{%-?\s*comment\s*-?%\}(?:[^{]++|\{(?!%-?\s*(?:end)?comment\b))*+\{%-?\s*endcomment\s*-?%\}"
    r"|\{::comment\}(?:[^{]++|\{(?!:))*+\{:/(?:comment)?\}"
    r"|%%(?!\})[^\n%]++%%"
)
_BRACE = r"\{(?!\{[<%])"
_SHORTCODE = re.compile(
    rf"\{{\{{[<%]\s*+(/?)\s*+([\w/.-]++)"
    rf"((?:[^<>%\"`{{]++|{_BRACE}|\"(?:[^\"{{]++|{_BRACE})*+\"|`(?:[^`{{]++|{_BRACE})*+`|[<%](?!\s*\}}\}}))*+)"
    r"[>%]\}\}"
)
_LIQUID_TAG = re.compile(rf"\{{%-?\s*+([\w.-]*+)({_IN_TAG})%\}}")
_EXPRESSION = re.compile(r"<?\{\{(?![<%{])-?((?:[^{}\n]++|\n(?![ \t]*+\n)|\}(?!\}))*+)\}\}>?")
_NO_EXPRESSION = re.compile(r"(?:\\[a-zA-Z]{1,20}|[\\^_}$])\Z")
"""Text before braces that belong to a formula, or to the templates of another language."""
_ADDRESS_BEGINS = ("](", "](<", "]: ", "]: <", 'href="', "href='", 'src="', "src='")
_LITERAL = re.compile(r"\"([^\"]*+)\"|'([^']*+)'")
_SITE = frozenset((
    "site.baseurl", "site.url", "site.github.url", "site.base_url", "baseurl", "base_url", "pathprefix",
))  # fmt: skip
"""Variables for the address of the site: without them, an address is relative to its root."""
_ATTRIBUTES = re.compile(
    r"(?:^[ \t]*|(?<=\S)[ \t]?)\{:[^{}\n]*+(?:\n(?![ \t]*+\n)[^{}\n]*+)?\}[ \t]*$"
    r"|(?<=[)\]*_`>\ufdd5])\{:[^{}\n]*+(?:\n(?![ \t]*+\n)[^{}\n]*+)?\}",
    re.M,
)
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


def plain_markdown(text: str, fields: Mapping[str, object], where: str, report: Report) -> str:
    """Return ``text`` as plain Markdown; of a tag around text, the text stays.

    ``fields`` are those of the front matter, by name in lower case. Removals are added to ``report``.
    """
    return _Template(fields, where, report).plain(text)


class _Template:
    """A text whose tags are being replaced."""

    def __init__(self, fields: Mapping[str, object], where: str, report: Report) -> None:
        self._fields, self._where, self._report = fields, where, report
        self._kept: list[str] = []
        self._lost: Counter[tuple[str, str]] = Counter()
        self._expressions: Counter[bool] = Counter()
        self._closed: frozenset[str] = frozenset()
        self._captions: dict[str, list[str]] = {}

    def plain(self, text: str) -> str:
        text = _CODE.sub(self._code, self._without_indented_code(text.replace(_KEPT, "")))
        if "{" in text:
            text = _COMMENT.sub("", text)
            text = _EXPRESSION.sub(self._expression, text)
            self._closed = frozenset(
                name.lower() for closing, name, _ in _SHORTCODE.findall(text) if closing
            ) | frozenset(name[3:].lower() for name, _ in _LIQUID_TAG.findall(text) if name[:3] == "end")
            text = _SHORTCODE.sub(lambda m: self._tag(m, m[2], m[3].rstrip().removesuffix("/"), m[1]), text)
            text = _LIQUID_TAG.sub(partial(self._liquid), text)
            text = _ATTRIBUTES.sub("", text)
            text = _HEADING_ID.sub("", text)
        if "[[" in text:
            text = _EMBED.sub(lambda m: f"![{_alt(m[2])}](<{m[1].strip()}>)", text)
            text = _WIKI.sub(lambda m: m[2] or m[1], text)
        text = _CALLOUT.sub(
            lambda m: f"{m[1]}**{m[2]}**\n{m[1].rstrip()}" if m[2].strip() else m[1].rstrip(), text
        )
        text = _MARKED.sub(r"\1", text)
        self._tell()
        return self._restored(_CONTENTS.sub("", _ABBREVIATION.sub("", text)))

    def _tell(self) -> None:
        for (id, what), times in self._lost.items():
            self._report.add(id, self._where, f"{what}, {times} times" if times > 1 else what)
        if self._expressions:
            resolved, removed = self._expressions[True], self._expressions[False]
            self._report.add("template-expressions", self._where, f"{resolved} resolved, {removed} removed")

    # -- Code ------------------------------------------------------------------------

    def _keep(self, piece: str) -> str:
        self._kept.append(piece)
        return f"{_KEPT}{len(self._kept) - 1}{_KEPT}"

    def _restored(self, text: str) -> str:
        """``text`` with the protected pieces restored, which may contain others."""
        parts = text.split(_KEPT)
        parts[1::2] = [self._restored(self._kept[int(number)]) for number in parts[1::2]]
        return "".join(parts)

    def _without_indented_code(self, text: str) -> str:
        """``text`` with indented code protected; the content of lists is indented, too, and is not."""
        if "{" not in text:
            return text
        lines = text.split("\n")
        columns = [0]  # column of the content of each open list item
        is_code, is_html, is_after_blank = False, False, True
        depth = 0  # open elements of HTML, in which anything may be indented
        for number, line in enumerate(lines):
            body = line.expandtabs(4).lstrip(" ")
            if not body:
                is_after_blank = True
                continue
            indent = len(line.expandtabs(4)) - len(body)
            item = _ITEM.match(body)
            while (is_after_blank or item) and indent < columns[-1]:
                if indent >= 4 and len(columns) == 2 and not item:  # see `markdown.normalise`
                    break
                columns.pop()
            is_open = depth or (is_html and body[0] == "<")
            is_code = not is_open and indent >= columns[-1] + 4 and (is_code or is_after_blank)
            is_html = not is_code and (body[0] == "<" if is_after_blank else is_html)
            if not is_code and body[0] == "<":
                depth = max(0, depth + left_open(body))
            if is_code and "{" in line:
                lines[number] = self._keep(line)
            elif item and not is_code:
                columns.append(indent + item.end())
            is_after_blank = False
        return "\n".join(lines)

    def _code(self, match: re.Match[str]) -> str:
        if match["raw"] is not None:
            return self._keep(match["raw"])
        text = match["text"] if match["short"] is None else match["short"]
        if text is None:
            return self._keep(_RAW_TAG.sub("", match[0]))
        named = _LANGUAGE.match((match["code"] or match["lines"] or "").strip())
        code = _RAW_TAG.sub("", self._restored(text)).rstrip(" \t").removesuffix("\n")
        fence = "```"
        while fence in code:
            fence += "`"
        return self._keep(f"\n{fence}{named[1] if named else ''}\n{code}\n{fence}\n")

    # -- Tags ------------------------------------------------------------------------

    def _liquid(self, match: re.Match[str]) -> str:
        name, arguments = match[1], match[2].rstrip().removesuffix("-")
        is_closing = name.startswith("end") and len(name) > 3
        return self._tag(match, name[3:] if is_closing else name, arguments, "/" if is_closing else "")

    def _tag(self, match: re.Match[str], name: str, arguments: str, closing: str) -> str:
        lower = name.lower()
        if closing:
            captions = self._captions.get(lower)
            return f"\n\n<figcaption>\n\n{captions.pop()}\n\n</figcaption>\n</figure>\n\n" if captions else ""
        if not name:
            return ""
        start, end = match.span()
        before = match.string[max(0, start - 300) : start]
        indent = before.rpartition("\n")[2]
        rest = match.string[end : end + 1000].partition("\n")[0]
        is_paired = lower in self._closed
        tag = Tag(
            name,
            self._restored(arguments),
            _is_in_address(before),
            not indent.strip() and (not rest or (is_paired and "{%" not in rest and "{{" not in rest)),
            is_paired,
        )
        output = replace_tag(tag, self._variable, self._lose)
        if lower == "figure" and tag.is_paired and "<img" not in output and output:
            self._captions.setdefault(lower, []).append(output.strip())
            return "\n\n<figure>\n\n"
        if output.startswith("<"):
            output = self._keep(output)
        if output and tag.is_alone:
            lines = (
                "",
                *output.split("\n"),
                *([""] if not rest else ["", ""]),
            )  # a paragraph of its own, where it is
            return f"\n{indent}".join(lines)
        return f"{output} " if output and match.string[end : end + 1].isalnum() else output

    def _lose(self, id: str, what: str) -> None:
        self._lost[id, what[:100]] += 1

    # -- Expressions -------------------------------------------------------------------

    def _expression(self, match: re.Match[str]) -> str:
        """The value of an expression; of one in angle brackets without a value, an empty string."""
        opening = "<" if match[0][0] == "<" else ""
        ending = ">" if match[0][-1] == ">" else ""
        before = match.string[max(0, match.start() - 24) : match.start()] + opening
        if _NO_EXPRESSION.search(before) or "=" in match[1]:
            return match[0]
        value = self._resolved(match[1].strip().removesuffix("-").rstrip())
        self._expressions[value is not None] += 1
        if opening and ending and not value:
            return ""
        return f"{opening}{value or ''}{ending}"

    def _resolved(self, expression: str) -> str | None:
        head, *filters = (part.strip() for part in self._restored(expression).split("|"))
        if literal := _LITERAL.match(head):
            value: str | None = literal[1] or literal[2] or ""
        else:
            value = "" if head.lower() in _SITE else self._variable(head)
        if value is None:
            return None
        for filter in filters:
            name, _, argument = filter.partition(":")
            words = _LITERAL.match(argument.strip())
            if words and name.strip() in ("append", "prepend"):
                added = words[1] or words[2] or ""
                value = value + added if name.strip() == "append" else added + value
        return value

    def _variable(self, name: str) -> str | None:
        """The value of a variable in the front matter, or None."""
        value: object = self._fields
        for key in name.lower().removeprefix("page.").split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        return ", ".join(_frontmatter.texts(value)) or None


def _is_in_address(before: str) -> bool:
    """Whether the text after ``before`` belongs to the address of a link or an image."""
    end = max(map(before.rfind, " \t\n\"'<()")) + 1
    return before[:end].endswith(_ADDRESS_BEGINS)


def _alt(size_or_words: str | None) -> str:
    """The alternative text of an image; after Obsidian's ``|`` there is a width, or text."""
    words = (size_or_words or "").strip()
    return "" if re.fullmatch(r"\d+(?:x\d+)?", words) else words
