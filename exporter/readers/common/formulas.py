"""Formulas of a page as text in one line, each once: MathML, KaTeX, MathJax, TeX in scripts.

A fraction becomes ``(k w)/2``, a power ``v^10``, an index ``x_i`` (linear format of Unicode Technical Note
28). TeX is kept unchanged if there is no other form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from string import hexdigits

from lxml import etree, html

from exporter.model import build
from exporter.readers.common.markup import drop, text_of

_HOLDERS = frozenset(
    [
        *("katex", "mwe-math-element", "hurmet-tex", "temml", "mjx-chtml"),
        *("MathJax", "MathJax_SVG", "MathJax_CHTML", "MathJax_Display", "MathJax_Preview"),
    ]
)
_DISPLAYS = (
    "katex-display",
    "math-display",
    "mathjax_display",
    "math-block",
    "display-math",
    "mathml-display",
)
_SOURCES = ("data-math", "data-tex", "data-latex", "data-entry", "alttext")
_INVISIBLE = {"\u2061": " ", "\u2062": "", "\u2063": ",", "\u2064": "+"}
_ACCENTS = {
    **dict.fromkeys("¯‾−_", "\u0304"),
    **dict.fromkeys("^ˆ", "\u0302"),
    **dict.fromkeys("~˜∼", "\u0303"),
    **dict.fromkeys("→⃗", "\u20d7"),
    **dict.fromkeys("˙.", "\u0307"),
    "¨": "\u0308",
}
_PRIMES = frozenset("′″‴'∗*°†")
_STRETCHED = frozenset("⏞⏟︷︸⎴⎵")
_PAIRS = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "⌊": "⌋", "⌈": "⌉"}
_NONE = frozenset(
    ("annotation", "annotation-xml", "mphantom", "none", "mprescripts", "maligngroup", "malignmark")
)
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "span", "a", "em", "strong", "b", "i"))
_CANNOT_HOLD = frozenset(("tr", "tbody", "thead", "table", "ul", "ol", "dl"))


def prepare(root: etree._Element) -> None:
    """Replace each formula with text, in place."""
    for script in list(root.iter("script")):
        kind = (script.get("type") or "").casefold()
        if kind.startswith("math/"):
            _replace_script(script, kind)
    for element in list(root.iter(etree.Element)):
        is_holder = element.tag == "mjx-container" or (
            element.tag in ("span", "div", "p") and _is_holder(element)
        )
        if (is_holder or _name(element) == "math") and _is_in(element, root):
            _replace(element)


def _is_in(element: etree._Element, root: etree._Element) -> bool:
    """Whether an element is still in the tree, and not in a formula that was replaced."""
    return element is root or any(ancestor is root for ancestor in element.iterancestors())


def _is_holder(element: etree._Element) -> bool:
    return not _HOLDERS.isdisjoint(str(element.get("class") or "").split())


def _replace_script(script: etree._Element, kind: str) -> None:
    source = script.text or ""
    shown: list[etree._Element] = []
    before = script.getprevious()
    while (
        before is not None
        and not (before.tail or "").strip()
        and (before.tag == "mjx-container" or _is_holder(before))
    ):
        shown.append(before)
        before = before.getprevious()
    text = ""
    if "mml" in kind and source.strip():
        text = _first_words(html.fragment_fromstring(source, create_parent="div"))
    text = text or next(filter(None, map(_first_words, shown)), "") or _line(source)
    for element in shown:
        drop(element)
    _put(script, text, is_display="display" in kind or any(map(_is_display, shown)))


def _first_words(element: etree._Element) -> str:
    """The text of the first formula in MathML in an element."""
    return next((words(inner) for inner in element.iter(etree.Element) if _name(inner) == "math"), "")


def _replace(element: etree._Element) -> None:
    text = _first_words(element) or _source(element) or _line(_shown(element))
    if not text and element.tag in ("div", "p"):
        return
    _put(element, text, is_display=_is_display(element))


def _source(element: etree._Element) -> str:
    """The TeX of an element: from an attribute or annotation of it, of a descendant, or of its parent."""
    holders: Iterable[etree._Element | None] = (element.getparent(), *element.iter(etree.Element))
    for holder in holders:
        if holder is None:
            continue
        if source := next(filter(None, (_line(holder.get(name) or "") for name in _SOURCES)), ""):
            return source
        if _name(holder) == "annotation" and (source := _line(holder.text or "")):
            return source
    image = next(element.iter("img"), None)
    return "" if image is None else _line(image.get("alt") or "")


def _shown(element: etree._Element) -> str:
    """The visible text of a formula, if there is nothing else: for MathJax, by the names of its elements."""
    drawn = next(element.iter("mjx-math"), None)
    return text_of(element) if drawn is None else words(drawn)


def _is_display(element: etree._Element) -> bool:
    if "true" in (element.get("display"), element.get("data-display")):
        return True
    holder = element.getparent()
    around = (element, *([] if holder is None else [holder]), *element.iter("math", "span"))
    names = " ".join(e.get("class") or "" for e in around).casefold()
    return any(e.get("display") == "block" for e in around) or any(name in names for name in _DISPLAYS)


def _put(element: etree._Element, text: str, *, is_display: bool) -> None:
    parent = element.getparent()
    if parent is None:
        return
    for child in list(element):
        element.remove(child)
    is_inside = parent.tag in _PARAGRAPHS or parent.tag in _CANNOT_HOLD
    element.attrib.clear()
    element.tag, element.text = ("p" if is_display and not is_inside else "span"), text
    if is_display and is_inside and text and parent.tag not in _CANNOT_HOLD:
        tail, element.tail = element.tail, None
        after = [parent.makeelement("br", {}, None) for _ in range(2)]
        for line_break in after:
            element.addprevious(parent.makeelement("br", {}, None))
            element.addnext(line_break)
        after[0].tail = tail


def _line(text: str) -> str:
    return build.one_line(text)


def _name(element: etree._Element) -> str:
    """The local name of a MathML element, or of the MathJax element that corresponds to it."""
    return element.tag.rpartition(":")[2].removeprefix("mjx-") if isinstance(element.tag, str) else ""


# -- MathML to words -------------------------------------------------------------------------


def words(element: etree._Element) -> str:
    """The text of a MathML element in one line (MathML 3, chapter 3)."""
    return " ".join(_of(element).split())


def _of(element: etree._Element) -> str:
    name = _name(element)
    if not name or name in _NONE:
        return ""
    if name in _LEAVES:
        text = "".join(_INVISIBLE.get(char, char) for char in _coded(element) or text_of(element))
        return " ".join(text.split()) if name != "mtext" else " ".join(text.replace("\xa0", " ").split(" "))
    if name == "mspace":
        return " "
    if name == "semantics":
        return _of(element[0]) if len(element) else ""
    if name == "surd":
        return ""
    if name == "msqrt":
        return f"√{_grouped(_row(element).strip())}"
    if name == "mfenced":
        separator = (element.get("separators") or ",").strip()[:1]
        inner = separator.join(map(_of, element))
        return f"{element.get('open', '(')}{inner}{element.get('close', ')')}"
    if name in ("mtable", "mtr", "mlabeledtr"):
        parts = [text for child in element if (text := _of(child).strip())]
        if name == "mlabeledtr" and len(parts) > 1:
            parts = [*parts[1:], parts[0]]
        return ("; " if name == "mtable" else " ").join(parts)
    if (render := _RENDERED.get(name)) and (parts := _parts(element)):
        return render(parts, element)
    return _row(element)


_LEAVES = frozenset(("mi", "mn", "mo", "mtext", "ms", "c"))


def _coded(element: etree._Element) -> str:
    """The characters that MathJax draws by style sheet: each class has a code point (``mjx-c1D467``)."""
    classes = (e.get("class") or "" for e in element.iter("mjx-c"))
    codes = [
        letter for name in classes for part in name.split() if (letter := part.removeprefix("mjx-c")) != part
    ]
    return "".join(chr(int(code, 16)) for code in codes if len(code) <= 5 and not code.strip(hexdigits))


def _parts(element: etree._Element) -> list[str]:
    """The arguments of an element; MathJax puts each in a box of its own."""
    over = next((e for e in element.iter("mjx-num", "mjx-base")), None)
    if over is not None:
        within = set(over.iter())
        under = next((e for e in element.iter("mjx-den", "mjx-script") if e not in within), None)
        return [_row(part).strip() for part in (over, under) if part is not None]
    parts: list[etree._Element] = []
    for child in element:
        parts += child if child.tag == "mjx-script" else [child]
    words = [_of(part).strip() for part in parts if _name(part) not in ("", "spacer", "surd")]
    # MathJax draws the power first, above the index
    return [words[0], words[2], words[1]] if element.tag == "mjx-msubsup" and len(words) == 3 else words


def _row(element: etree._Element) -> str:
    """A row of elements: two names next to each other are separated by a space."""
    out, before = (element.text or "").strip(), ""
    for child in element:
        text = _of(child)
        follows_fraction = before == "mfrac" and text[:1].isalnum()
        before = _name(child)
        if before != "c" and (follows_fraction or _are_two(out[-1:], text[:1])):
            out += " "
        out += text
    return out


def _are_two(before: str, after: str) -> bool:
    """Whether adjacent characters would read as one name or number; ``2a`` does not."""
    return before.isalnum() and after.isalnum() and not before.isdigit()


def _grouped(text: str) -> str:
    """A text as one argument: in brackets, unless it is a single name or number or already in brackets."""
    if len(text) <= 1 or text.isalpha() or text.replace(".", "").isdigit():
        return text
    return text if _is_bracketed(text) else f"({text})"


def _is_bracketed(text: str) -> bool:
    """Whether the bracket at the beginning of a text is closed at its end."""
    end = _PAIRS.get(text[0])
    if end != text[-1]:
        return False
    depth = 0
    for place, char in enumerate(text):
        depth += (char == text[0]) - (char == end)
        if not depth:
            return place == len(text) - 1
    return False


def _fraction(parts: list[str], element: etree._Element) -> str:
    over, under = map(_grouped, (*parts, "", "")[:2])
    if (element.get("linethickness") or "").strip("0.pxtem") == "" and element.get("linethickness"):
        return f"({' over '.join(parts)})"
    return f"{over}/{under}"


def _power(parts: list[str], _: etree._Element) -> str:
    base, power = (*parts, "", "")[:2]
    return f"{_grouped(base)}{_raised(power)}" if power else base


def _index(parts: list[str], _: etree._Element) -> str:
    base, index = (*parts, "", "")[:2]
    return f"{_grouped(base)}_{_grouped(index)}" if index else base


def _both(parts: list[str], element: etree._Element) -> str:
    base, index, power = (*parts, "", "", "")[:3]
    return _index([base, index], element) + (_raised(power) if power else "")


def _raised(power: str) -> str:
    return power if set(power) <= _PRIMES else f"^{_grouped(power)}"


def _over(parts: list[str], element: etree._Element) -> str:
    base, above = (*parts, "", "")[:2]
    if above in _ACCENTS and len(base) == 1:
        return base + _ACCENTS[above]
    return base if set(above) <= _STRETCHED else _power([base, above], element)


def _under(parts: list[str], element: etree._Element) -> str:
    base, below = (*parts, "", "")[:2]
    return base if set(below) <= (_STRETCHED | frozenset("_¯‾")) else _index([base, below], element)


def _root(parts: list[str], _: etree._Element) -> str:
    base, index = (*parts, "", "")[:2]
    return f"{_grouped(base)}^(1/{index})" if index else f"√{_grouped(base)}"


_RENDERED: dict[str, Callable[[list[str], etree._Element], str]] = {
    "mfrac": _fraction,
    "msup": _power,
    "msub": _index,
    "msubsup": _both,
    "munderover": _both,
    "mover": _over,
    "munder": _under,
    "mroot": _root,
}
