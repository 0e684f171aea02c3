"""Any HTML becomes sound blocks: nothing unclean, nothing too deep, no word lost."""

from __future__ import annotations

import io
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from exporter.diagnostics import Report
from exporter.model import build, visit
from exporter.model.article import (
    Article,
    Asset,
    Block,
    Figure,
    Link,
    Note,
    Origin,
    Table,
    from_json,
    to_json,
)
from exporter.readers.common import dom, markup
from exporter.readers.source import Source


def read(
    page: str, *, base: str | None = None, sibling: Callable[[str], bytes | None] = lambda _: None
) -> tuple[tuple[Block, ...], tuple[Asset, ...], Report]:
    report = Report()
    source = Source(page.encode("utf-8", "surrogatepass"), "page.html", sibling)
    blocks, assets = dom.blocks(markup.parse(page, source.name, report), source, report, base=base)
    return blocks, assets, report


def texts(page: str) -> list[str]:
    return list(visit.texts(read(page)[0]))


def picture(color: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), color).save(out, "PNG")
    return out.getvalue()


BLOCKS = ("p", "div", "ul", "ol", "li", "table", "tr", "td", "th", "caption", "h2", "blockquote", "pre", "hr")
INLINES = ("b", "i", "a", "code", "sup", "br", "span", "font", "img", "noscript", "picture")
ODD = (
    "figure",
    "figcaption",
    "dl",
    "dt",
    "dd",
    "script",
    "style",
    "form",
    "title",
    "body",
    "html",
    "section",
)
TAGS = BLOCKS + INLINES + ODD
SOUP = st.lists(
    st.one_of(
        st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
        st.sampled_from(
            [
                *('<a href="https://a.example/">', '<a href="#n1">', '<li id="n1" class="footnote">'),
                *(
                    "<td colspan=3>",
                    "<td rowspan=99999999999>",
                    '<img src="x.png" alt="x">',
                    '<ol start="-5">',
                ),
                *("<!--", "-->", "&nbsp;", "&#0;"),
            ]
        ),
        st.text(max_size=8),
    ),
    max_size=60,
).map("".join)


@settings(max_examples=300)
@given(SOUP)
def test_any_soup_gives_sound_blocks(page: str) -> None:
    blocks, _, _ = read(page)
    article = Article(title="x", blocks=blocks, origin=Origin("x", "text/html", ""))
    assert from_json(to_json(article)) == (article,)
    for text in visit.texts(blocks, notes=True):
        assert not build.has_forbidden(text)
    for block in visit.each_block(blocks):
        for run in visit.runs(block):
            assert all(build.safe_link(i.href) for i in visit.each_inline(run) if isinstance(i, Link))
        if isinstance(block, Table):
            widths = {_width(block, row) for row in range(len(block.rows))}
            assert len(widths) == 1


def _width(table: Table, row: int) -> int:
    """The columns that a row covers, with what hangs down into it."""
    return sum(
        cell.colspan
        for number, cells in enumerate(table.rows[: row + 1])
        for cell in cells
        if number + cell.rowspan > row
    )


WORDS = st.text(alphabet="abcäжя가中ش&<\"'", min_size=1, max_size=12)


@given(st.lists(WORDS, min_size=1, max_size=8))
def test_every_paragraph_comes_back(words: list[str]) -> None:
    from html import escape

    page = "<body><article>" + "\n".join(f"<p>{escape(word)}</p>" for word in words) + "</article>"
    assert texts(page) == words


DEEP = [(tag, 10_000) for tag in ("div", "b", "blockquote", "ul><li", "table><tr><td", "dl><dd", "figure")]


@pytest.mark.parametrize(("tag", "deep"), [*DEEP, ("blockquote", 150), ("div", 100_000)])
def test_deep_nesting_keeps_the_text(tag: str, deep: int) -> None:
    blocks, _, report = read(f"<p>before</p>{f'<{tag}>' * deep}within<p>after</p>")
    said = " ".join(visit.texts(blocks))
    assert [word for word in ("before", "within", "after") if word in said] == ["before", "within", "after"]
    assert "nesting-too-deep" in report.counts()
    msgspec.json.encode(blocks)


def test_closing_tags_that_nothing_opened_cost_nothing() -> None:
    assert texts("<b>" * 9_000 + "</i>" * 9_000 + "<p>word</p>") == ["word"]


def test_marks_reach_over_blocks() -> None:
    (first, second), _, _ = read("<div><strong>one<div>two</div></strong></div>")
    assert msgspec.to_builtins(first)["content"][0]["type"] == "strong"
    assert msgspec.to_builtins(second)["content"][0]["type"] == "strong"


def test_two_line_breaks_part_paragraphs() -> None:
    assert texts("one<br>line<br><br>\n two&nbsp;<br> <br><br>three<br>") == ["one\nline", "two", "three"]


def test_blank_paragraphs_and_indents_go_but_inner_spaces_stay() -> None:
    assert texts("<p>&nbsp;</p><p>\u3000\u3000東京&nbsp;駅</p><p> </p>") == ["東京\xa0駅"]


def test_links_resolve_against_the_page_alone() -> None:
    page = '<a href="/a">one</a> <a href="b">two</a> <a href="#c">three</a> <a href="javascript:x">four</a>'
    (block,), _, report = read(page, base="https://news.example/x/y")
    links = [node.href for node in visit.each_inline(block.content) if isinstance(node, Link)]  # type: ignore[union-attr]
    assert links == ["https://news.example/a", "https://news.example/x/b"]
    assert report.counts() == {"link-dropped": 1}
    (block,), _, report = read(page)
    assert visit.plain(block.content) == "one two three four"  # type: ignore[union-attr]


def test_footnotes_stand_where_their_marks_stand() -> None:
    page = (
        '<p>Rain<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup> fell.</p>'
        '<div class="footnote"><hr><ol><li id="fn:1"><p>Much.&nbsp;'
        '<a class="footnote-backref" href="#fnref:1">↩</a></p></li></ol></div>'
    )
    (block,), _, _ = read(page)
    assert visit.plain(block.content, notes=True) == "Rain [Much.] fell."  # type: ignore[union-attr]
    assert sum(isinstance(i, Note) for i in visit.each_inline(block.content)) == 1  # type: ignore[union-attr]


def test_a_layout_table_is_only_its_content() -> None:
    first, inner = read("<table><tr><td><p>a</p><table><tr><td>b<td>c<tr><td>d</table></table>")[0]
    assert (first,) == build.paragraph(["a"])
    assert isinstance(inner, Table)


def test_images_come_from_beside_the_page_once_each() -> None:
    files = {"a b.png": picture(), "c.png": picture("blue"), "bad.png": b"no image", "empty.png": b""}
    page = (
        '<p>Text <img src="a%20b.png?x=1" alt="A"> goes on.</p><img src="a b.png">'
        '<img src="data:image/gif;base64,AA" data-src="c.png">'
        '<img srcset="https://far.example/d.png 2x, c.png 1x" alt="C"><img src="bad.png" alt="bad">'
        '<img src="empty.png" alt="empty"><img src="../up.png" alt="up">'
        '<img src="https://far.example/e.png" alt="far">'
    )
    blocks, assets, report = read(page, sibling=files.get)
    assert [asset.name for asset in assets] == ["a b.png", "c.png"]
    figures = [(block.alt, block.asset is not None) for block in blocks if isinstance(block, Figure)]
    assert figures == [
        *(("A", True), ("", True), ("", True), ("C", True)),
        *(("bad", False), ("empty", False), ("up", False), ("far", False)),
    ]
    assert visit.plain(blocks[0].content) == "Text goes on."  # type: ignore[union-attr]
    assert report.counts() == {"image-broken": 2, "image-missing": 1, "image-remote": 1}


def test_an_image_s_title_is_its_caption_unless_a_figure_has_one() -> None:
    image = '<img src="a.png" alt="A" title="Seen from afar">'
    (alone,), _, _ = read(image)
    (within,), _, _ = read(f"<figure>{image}<figcaption>Seen near</figcaption></figure>")
    assert isinstance(alone, Figure)
    assert isinstance(within, Figure)
    assert (visit.plain(alone.caption), visit.plain(within.caption)) == ("Seen from afar", "Seen near")


def test_no_resource_outside_is_asked_for() -> None:
    query: list[str] = []

    def neighbour(ref: str) -> bytes | None:
        query.append(ref)
        return None

    refs = (
        "file:///etc/hostname",
        "//far.example/x",
        "C:\\x",
        "~/x",
        "https://far.example/x",
    )
    read("".join(f'<img src="{ref}">' for ref in refs), sibling=neighbour)
    assert query == []


def test_scripts_forms_and_embeds_vanish_with_one_word_on_it() -> None:
    page = "<p>a</p><script>x</script><iframe></iframe><form><input><button>b</button></form><style>c</style>"
    blocks, _, report = read(page)
    assert list(visit.texts(blocks)) == ["a"]
    assert report.counts() == {"markup-dropped": 1}
