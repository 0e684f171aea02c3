"""Markdown written for CommonMark, GFM and kramdown keeps its structure in Python-Markdown.

Each case is Markdown, and the outline a reader should see: one line a block, indented by
what holds it.
"""

from __future__ import annotations

import re
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from exporter.readers._markdown_engine import to_html

_BLOCKS = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "ul",
        "ol",
        "li",
        "blockquote",
        "dl",
        "dt",
        "dd",
        "table",
        "tr",
        "td",
        "th",
        "hr",
        "div",
    ]
)


def outline(markdown: str) -> str:
    """The blocks that ``markdown`` makes, as indented lines of tag and text."""
    lines: list[str] = []

    def show(element: etree._Element, depth: int) -> None:
        inline = [element.text or ""]
        children = []
        for child in element:
            if child.tag in _BLOCKS:
                children.append(child)
            else:
                if child.tag in ("thead", "tbody", "section"):
                    children += list(child)
                elif child.tag == "br":
                    inline.append("/")
                else:
                    inline.append(etree.tostring(child, encoding="unicode", with_tail=False))
            inline.append(child.tail or "")
        text = "".join(inline)
        text = text.replace("\n", "¶") if element.tag == "pre" else " ".join(text.split())
        name = str(element.tag) + (f" {element.get('start')}" if element.get("start") else "")
        lines.append(f"{'  ' * depth}{name}: {text}".rstrip(": "))
        for child in children:
            show(child, depth + 1)

    for top in html.fragments_fromstring(f"<div>{to_html(markdown)}</div>")[0]:
        show(top, 0)
    return "\n".join(lines)


CASES = {
    "a list nested by two columns": (
        "- plum\n  - damson\n    - bullace\n- pear",
        "ul\n  li\n    p: plum\n    ul\n      li\n        p: damson\n"
        "        ul\n          li\n            p: bullace\n"
        "  li\n    p: pear",
    ),
    "a list nested by three under a number": (
        "1. sow\n   - early\n2. reap",
        "ol\n  li\n    p: sow\n    ul\n      li\n        p: early\n  li\n    p: reap",
    ),
    "a list nested by a tab": (
        "* one\n\t* two",
        "ul\n  li\n    p: one\n    ul\n      li\n        p: two",
    ),
    "paragraphs, code and quotes in an item": (
        "- rope\n\n  second\n\n      coil\n\n  > said\n\n  ```sh\n  tie\n  ```\n- next",
        "ul\n  li\n    p: rope\n    p: second\n    pre: <code>coil¶</code>\n    blockquote\n      p: said\n"
        '    pre: <code class="language-sh">tie¶</code>\n  li\n    p: next',
    ),
    "what interrupts a paragraph": (
        "tide\n- ebb\n\ntide\n> low\n\ntide\n## flood\ntide\n```\nneap\n```",
        "p: tide\nul\n  li\n    p: ebb\np: tide\nblockquote\n  p: low\np: tide\nh2: flood\np: tide\n"
        "pre: <code>neap¶</code>",
    ),
    "only a 1 interrupts": ("born in\n1984. Then\n1) so", "p: born in 1984. Then\nol\n  li\n    p: so"),
    "a list begun at seven, and a parenthesis": (
        "7) oak\n8) ash",
        "ol 7\n  li\n    p: oak\n  li\n    p: ash",
    ),
    "other bullets, another list": ("- a\n+ b", "ul\n  li\n    p: a\nul\n  li\n    p: b"),
    "a rule and a heading": ("calm\n---\n\n---\n- x\n***", "h2: calm\nhr\nul\n  li\n    p: x\nhr"),
    "lazy lines": ("> one\ntwo\n- a\nb", "blockquote\n  p: one two\nul\n  li\n    p: a b"),
    "nothing in code is touched": (
        "~~~\n- *x* <b> &amp;\n\n\t> [y](z)\n~~~",
        "pre: <code>- *x* &lt;b&gt; &amp;amp;¶¶\t&gt; [y](z)¶</code>",
    ),
    "a fence never closed": ("````\n```\nend", "pre: <code>```¶end¶</code>"),
    "a fence in a quote": ("> ```\n> x\n> ```\n> y", "blockquote\n  pre: <code>x¶</code>\n  p: y"),
    "struck out, linked, broken": (
        "~~gone~~ <https://example.org/a_b> snake_case_name  \nnext\\\nlast",
        'p: <del>gone</del> <a href="https://example.org/a_b">https://example.org/a_b</a> snake_case_name'
        "/next/last",
    ),
    "a table without outer pipes": (
        "fruit | price\n--- | ---:\nfig | `a\\|b`\nnone\n\nend",
        "table\n  tr\n    th: fruit\n    th: price\n  tr\n    td: fig\n    td: <code>a|b</code>\n"
        "  tr\n    td: none\n    td\np: end",
    ),
    "terms and definitions": (
        "Elver\nGlass eel\n: a young eel\n: and more\n\n  at length\n\nSmolt\n\n: a young salmon",
        "dl\n  dt: Elver\n  dt: Glass eel\n  dd\n    p: a young eel\n  dd\n    p: and more\n"
        "    p: at length\n"
        "  dt: Smolt\n  dd\n    p: a young salmon",
    ),
    "kramdown's attributes": (
        "heron\n{: .bird}\n\n- a\n{:toc}\n\nend",
        "p: heron\nul\n  li\n    p: a\np: end",
    ),
    "raw blocks": ("<div>\n\n*in*\n\n</div>\n\nout", "div\n  p: <em>in</em>\np: out"),
    "links by label": (
        "See [`Vec<T>`], [[it]] and [the *map*][M a\np].\n\n"
        "[`Vec<T>`]: /v\n[it]: <i j>\n[m  A p]: /m 'title'",
        'p: See <a href="/v"><code>Vec&lt;T&gt;</code></a>, [<a href="i j">it</a>] and '
        '<a href="/m" title="title">the <em>map</em></a>.',
    ),
    "tasks": ("- [x] done\n- [ ] open", "ul\n  li\n    p: [x] done\n  li\n    p: [ ] open"),
}


@pytest.mark.parametrize(("markdown", "expected"), CASES.values(), ids=CASES.keys())
def test_structure(markdown: str, expected: str) -> None:
    assert outline(markdown) == expected


def test_angle_brackets_that_are_no_tag_and_an_escaped_entity_are_read_as_they_stand() -> None:
    assert (
        html.fromstring(to_html("list<a.b> of \\&amp; `` a`b ``")).text_content() == "list<a.b> of &amp; a`b"
    )


def test_a_footnote_of_several_paragraphs_and_one_defined_twice() -> None:
    text = "Ink[^1] and again[^1].\n\n[^1]: Oak gall.\n\n    Iron too.\n\n[^1]: Another.\n"
    root = html.fromstring(f"<div>{to_html(text)}</div>")
    [note] = root.xpath("//li[@id]")
    assert [p.text_content().strip(" \xa0↩") for p in note.iter("p")] == ["Oak gall.", "Iron too."]
    assert [a.get("href") for a in root.xpath("//sup/a")] == [f"#{note.get('id')}"] * 2
    assert "Another." in root.text_content()


def test_an_image_within_the_text_is_kept_whole_however_long() -> None:
    address = "data:image/png;base64," + "iVBORw0KGgo" * 20_000
    root = html.fromstring(to_html(f'{"word " * 4_000}![alt]({address} "title") end'))
    assert [image.get("src") for image in root.iter("img")] == [address]
    assert len(root.text_content().split()) == 4_001


WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)


@st.composite
def documents(draw: st.DrawFn, depth: int = 0) -> list[str]:
    """Lines of paragraphs, nested lists, quotes and code in the many ways people indent them."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["paragraph", "list", "quote", "fence"] if depth < 4 else ["paragraph"]))
        if lines and draw(st.booleans()):
            lines.append("")
        if kind == "paragraph":
            lines += draw(
                st.lists(st.lists(WORD, min_size=1, max_size=5).map(" ".join), min_size=1, max_size=3)
            )
        elif kind == "fence":
            lines += ["```", *draw(st.lists(WORD, max_size=3)), "```"]
        elif kind == "quote":
            lines += [f"> {line}" for line in draw(documents(depth + 1))]
        else:
            marker = draw(st.sampled_from(["-", "*", "+", "1.", "1)"])) + " " * draw(st.integers(1, 4))
            for _ in range(draw(st.integers(1, 3))):
                first, *rest = draw(documents(depth + 1))
                lines += [marker + first, *(" " * len(marker) + line for line in rest)]
    return lines


@given(documents())
def test_every_word_comes_out_once_and_in_order(lines: list[str]) -> None:
    words = re.findall("[a-z]+", "\n".join(lines))
    root = html.fromstring(f"<div>{to_html(chr(10).join(lines))}</div>")
    assert " ".join(root.itertext()).split() == words


@given(
    st.lists(
        st.sampled_from(
            [*"#*_-+=~`>|:[]()!<>&\\ \t\n\"'{}^1.)a\x00\x02\x03", "\n\n", "    ", "[^a]", "]: ", "](", "<b>"]
        )
        | st.characters(),
        max_size=80,
    ).map("".join)
)
def test_no_text_is_refused(text: str) -> None:
    assert (to_html(text) == "") <= (not re.search(r"\w", re.sub(r"\[[^\]]*\]:.*", "", text)) or "{:" in text)


@pytest.mark.parametrize("marker", ["> ", ">", "- ", "1. ", ": ", "> - ", "*a ", "**a *b ", "[", "![", "<b>"])
def test_depth_is_survived_and_the_text_kept(marker: str) -> None:
    assert "innermost" in to_html(marker * 10_000 + "innermost")


def test_a_staircase_of_lists_is_survived() -> None:
    lines = [f"{'  ' * depth}- step{depth}" for depth in range(400)]
    text = html.fromstring(f"<div>{to_html(chr(10).join(lines))}</div>").text_content()
    assert re.findall(r"step\d+", text) == [f"step{depth}" for depth in range(400)]


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "[a](",
        "![",
        "`a ",
        "<a ",
        '<a b="',
        "<!--",
        "*a_ ",
        "\\[",
        "[a]: b 'c\n",
        "[^1] ",
        "|",
        "`|",
        "a|b\n",
    ],
)
def test_what_takes_others_forever_is_done_and_kept(piece: str) -> None:
    text = "a|b\n-|-\n" * (piece[-1] == "|") + piece * (60_000 // len(piece)) + "\n\nthe end"
    assert "the end" in to_html(text)


def test_code_keeps_its_blank_lines_and_tabs() -> None:
    code = dedent("""\
        def f():
        \treturn 1


        # end
    """)
    root = html.fromstring(f"<div>{to_html(f'```python{chr(10)}{code}```')}</div>")
    assert root.findtext(".//code") == code
