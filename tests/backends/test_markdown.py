"""The Markdown edition as its readers see it: the same articles when this program reads it
again, and nothing but what was meant in the programs of others."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from lxml import html
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

from exporter.backends import markdown
from exporter.backends.registry import render_checked
from exporter.diagnostics import Report
from exporter.editions.compile import Edition, compile_edition
from exporter.editions.selection import Selected
from exporter.errors import IncompleteError
from exporter.library.catalog import select
from exporter.model import build, visit
from exporter.model.article import (
    Article,
    Block,
    Cell,
    Code,
    Copy,
    Definition,
    DefinitionList,
    Emphasis,
    Figure,
    Inline,
    LineBreak,
    Link,
    Note,
    Paragraph,
    Rule,
    Strong,
    Table,
    Teaser,
    Text,
)
from exporter.readers import registry as readers
from exporter.readers.source import Reading, Source
from exporter.sources import read_many
from tests import strategies
from tests.backends.samples import HOSTILE, article, hostile_edition, produced_elsewhere
from tests.conformance.editions import corpus
from tests.kitchen_sink import edition as kitchen_sink
from tests.kitchen_sink import picture

OURS = re.compile(
    "a|blockquote|body|br|caption|code|d[dlt]|div|em|figcaption|figure|h[1-6]|hr|html|img|li|ol|p|pre|section|strong|"
    "sub|sup|table|tbody|td|th|thead|tr|ul"
)
"""The elements that a program makes of the edition."""

GOLDEN = Path(__file__).parents[1] / "golden" / "backends" / "kitchen-sink.md"


def markdown_of(edition: Edition) -> str:
    return render_checked(edition, "md").data.decode()


def read(text: str, name: str = "digest.md") -> Reading:
    return readers.read_source(Source(text.encode(), name))


def as_written(matches: Article, original: Article) -> Article:
    """The article read back, with what the file cannot tell of it: see the backend's docstring."""
    return msgspec.structs.replace(matches, origin=original.origin, teasers=original.teasers)


def check_round_trip(edition: Edition) -> None:
    # The form has no soft hyphens: they would be a part of the words.
    edition = msgspec.json.decode(msgspec.json.encode(edition).replace("\xad".encode(), b"-"), type=Edition)
    reading = read(markdown_of(edition))
    assert {finding.id for finding in reading.diagnostics} <= {"date-missing", "title-long"}
    originals = [entry.article for entry in edition.entries]
    assert len(reading.articles) == len(originals)
    for matches, original in zip(reading.articles, originals, strict=True):
        assert as_written(matches, original) == original
    briefs = [teaser for matches in reading.articles for teaser in matches.teasers]
    assert sorted(briefs, key=repr) == sorted((b.teaser for b in edition.briefs), key=repr)


def of(*blocks: Block) -> Edition:
    return compile_edition([article("Story", tuple(blocks))], title="Tests", group="none")


def written(*blocks: Block) -> str:
    """What stands for the blocks, having seen that they come back."""
    check_round_trip(of(*blocks))
    return markdown_of(of(*blocks)).partition("- Published: 2021-05-02\n\n")[2]


def sentence(*content: Inline | str) -> str:
    return written(*build.paragraph(content)).removesuffix("\n")


def test_the_kitchen_sink_as_stored(request: pytest.FixtureRequest) -> None:
    text = markdown_of(kitchen_sink())
    if request.config.getoption("--rewrite-goldens"):
        GOLDEN.write_text(text, "utf-8", newline="\n")
    assert text == GOLDEN.read_text("utf-8")


def test_same_bytes_in_another_place() -> None:
    assert produced_elsewhere("md", "Asia/Seoul", "5") == markdown_of(kitchen_sink()).encode()


# -- reading it back --


@pytest.mark.parametrize("group", ["source", "day", "none"])
def test_the_kitchen_sink_comes_back(group: str) -> None:
    check_round_trip(kitchen_sink(group))  # type: ignore[arg-type]


@given(strategies.editions())
@settings(max_examples=12)
def test_editions_come_back(edition: Edition) -> None:
    check_round_trip(edition)


@given(strategies.blocks)
@settings(max_examples=100)
def test_blocks_come_back(blocks: tuple[Block, ...]) -> None:
    check_round_trip(of(*blocks))


def test_an_edition_made_of_what_came_back_is_the_same() -> None:
    edition = kitchen_sink()
    again = compile_edition(
        select(read(markdown_of(edition)).articles),
        title=edition.title,
        subtitle=edition.subtitle,
        window=edition.window,
    )
    assert markdown_of(again) == re.sub(r"urn:uuid:\S+", again.identifier, markdown_of(edition))


def test_posts_come_back() -> None:
    """Real posts; all of them in `tests.conformance.test_markdown`."""
    files = sorted(corpus("collections", "digitalgov/content").rglob("*-*.md"))[::60]
    articles, _ = read_many.read_paths(files, Report())
    assert len(articles) > 30
    check_round_trip(compile_edition(articles, group="month"))


def test_fields_and_basis_come_back() -> None:
    full = msgspec.structs.replace(
        article("Pears, plums & more"),
        subtitle="",
        authors=("Lind, Ada", "Per Holm"),
        section="Town: North",
        tags=("a", "b"),
        published="2021-05",
        basis={"title": "file name", "published": "url"},
        via="mailto:desk@papers.example",
    )
    edition = compile_edition([full])
    check_round_trip(edition)
    assert "- Author: Lind, Ada\n- Author: Per Holm\n- Source: Harbour Gazette\n" in markdown_of(edition)
    assert "- Tags: a, b\n" in markdown_of(edition)
    assert "- Basis: title (file name), published (url)\n" in markdown_of(edition)


def test_other_papers_come_back_each_with_its_own() -> None:
    copies = (
        Copy("Courier, 2021-05-03", None, "https://courier.example/a"),
        Copy("Valley: Post", "2021-05"),
        Copy("- Link: none"),
    )
    edition = compile_edition([msgspec.structs.replace(article("Pears"), also=copies)])
    check_round_trip(edition)
    assert "- Also in: Valley: Post\n  - Published: 2021-05\n" in markdown_of(edition)


def test_of_another_paper_only_what_is_true_is_read() -> None:
    copies = (Copy("Courier", "2021-05-03", "https://courier.example/a"),)
    text = markdown_of(compile_edition([msgspec.structs.replace(article("Pears"), also=copies)]))
    edited = text.replace("2021-05-03", "2021-02-30").replace("[https://courier.example/a]", "[javascript:a]")
    edited = edited.replace("<https://courier.example/a>", "javascript:a")
    reading = read(edited)
    assert reading.articles[0].also == (Copy("Courier"),)
    assert "date-invalid" in {finding.id for finding in reading.diagnostics}


def test_images_come_back_once_each() -> None:
    one, other = picture(), picture(40, 30, "JPEG", 'a "small" one.jpg')
    show = [build.figure(asset.id, "Alt [*] text") for asset in (one, other, one)]
    pieces = [
        article("First", tuple(b for blocks in show for b in blocks), assets=(one, other)),
        article("Second", show[1], assets=(other,)),
    ]
    edition = compile_edition(pieces)
    check_round_trip(edition)
    assert len(re.findall(r"^\[image-\d\]: data:", markdown_of(edition), re.M)) == 2


def test_an_image_without_bytes_is_a_lost_one() -> None:
    asset = msgspec.structs.replace(picture(), data=b"")
    edition = compile_edition([article("Story", build.figure(asset.id, "A quay"), assets=(asset,))])
    (matches,) = read(markdown_of(edition)).articles
    assert (matches.blocks, matches.assets) == ((Figure(None, "A quay"),), ())


def test_white_space_of_copied_text_stays() -> None:
    assert written(*build.verbatim("\u3000Two  spaces,\xa0and\ta tab ")) == (
        "&#12288;Two  spaces,\xa0and&#9;a tab&#32;\n"
    )


# -- finding everything again --


def test_locations_are_lines() -> None:
    edition = kitchen_sink()
    product = render_checked(edition, "md")
    lines = product.data.decode().split("\n")
    for entry in edition.entries:
        number = int(product.locations[entry.anchor].removeprefix("line "))
        assert lines[number - 1] == f"### {entry.article.title}"
    for brief in edition.briefs:
        number = int(product.locations[brief.anchor].removeprefix("line "))
        assert lines[number - 1] == f"- **{brief.teaser.title}**"


@pytest.mark.parametrize(
    "lost", ["### Die Orgel der Dorfkirche klingt wieder", "- **Beekeepers meet at the mill**"]
)
def test_what_is_lost_is_named(lost: str, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = kitchen_sink()
    text = markdown_of(edition)
    assert text.count(f"{lost}\n") == 1
    monkeypatch.setattr(markdown, "render", lambda *_: text.replace(lost, "").encode())
    with pytest.raises(IncompleteError, match=lost.strip("#-* ")) as raised:
        render_checked(edition, "md")
    assert str(raised.value).startswith("1 of 10")


@pytest.mark.parametrize("language", [None, "md", "a`b"])
def test_what_looks_like_a_title_in_code_is_none(
    language: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = build.code_block("```\n~~~\n### Second\n\n- **Brief**\n## In brief", language)
    edition = compile_edition(
        Selected((article("First", code), article("Second")), (Teaser("Brief"),)), group="none"
    )
    check_round_trip(edition)
    text = markdown_of(edition)
    monkeypatch.setattr(markdown, "render", lambda *_: text.replace("\n\n### Second", "").encode())
    with pytest.raises(IncompleteError, match=r"1 of 3 .*: Second"):
        render_checked(edition, "md")


@pytest.mark.parametrize(
    "titles",
    [["Line one\nline two 🙂", "x" * 5000], ["The same", "The same"], ["---", "* * *", "1) ###", "```"]],
    ids=["newline, length", "twice", "marks"],
)
def test_odd_titles_come_back(titles: list[str]) -> None:
    articles = [article(title, source=f"Paper {n}") for n, title in enumerate(titles)]
    check_round_trip(
        compile_edition(Selected(tuple(articles), (Teaser(titles[0]), Teaser(titles[0], "b", "2021"))))
    )


def test_the_editions_own_title_is_no_markup() -> None:
    edition = compile_edition([article("One")], title="# --- #", subtitle="- Source: x")
    check_round_trip(edition)
    assert "---\n\n# \\# --- \\#\n\n\\- Source: x\n\n2 May 2021 · 1 article from 1 source\n" in markdown_of(
        edition
    )


def test_no_title_is_untitled_as_elsewhere() -> None:
    edition = compile_edition(Selected((article(""),), (Teaser(""),)))
    assert [matches.title for matches in read(markdown_of(edition)).articles] == ["Untitled"]


def test_a_part_of_the_briefs_name_is_none() -> None:
    check_round_trip(compile_edition(Selected((article("One", source="In brief"),), ())))
    check_round_trip(compile_edition(Selected((article("One", source="In brief"),), (Teaser("Two"),))))


def test_an_edition_of_briefs_alone_is_written() -> None:
    text = markdown_of(compile_edition(Selected((), (Teaser("A bridge", "It is new."),))))
    assert text.endswith("## In brief\n\n- **A bridge**\n\n  It is new.\n")
    assert [finding.id for finding in read(text).diagnostics] == ["no-article"]


# -- how it reads --


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (["1) one"], r"1\) one"),
        (["+ plus"], r"\+ plus"),
        (["- - -"], r"\- - -"),
        (["# no heading, but #tag"], r"\# no heading, but \#tag"),
        (["> 5 < 6, -5 degrees, 3.5 m"], r"\> 5 < 6, -5 degrees, 3.5 m"),
        (["Fish & chips, &amp; AT&T"], r"Fish & chips, \&amp; AT&T"),
        (["snake_case and _this_"], r"snake_case and \_this\_"),
        (["[^1] [x](y) ![z]"], r"\[\^1\] \[x\](y) !\[z\]"),
        (["a) first", LineBreak(), "===", LineBreak(), ": said"], "a\\) first\\\n\\=\\==\\\n\\: said"),
        (["a | b", LineBreak(), "--|--"], "a \\| b\\\n\\--\\|--"),
        (["<b>bold</b> & <https://a.example>"], r"\<b>bold\</b> & \<https://a.example>"),
        (["\"Straight\" and “curled”, it's"], "\"Straight\" and “curled”, it's"),
        (["$x$ ==y== %%z%% :tada: {{ a }} {% b %}"], r"\$x\$ \==y\== \%%z\%% \:tada: \{\{ a \}\} \{% b %\}"),
        (["C:\\new `x` *y* ~z~"], r"C:\\new \`x\` \*y\* \~z\~"),
        ([Code("a`b"), " ", Code(" c "), " ", Code("`")], "``a`b`` `  c  ` `` ` ``"),
        ([Code("a"), Code("b")], "`a`<code>b</code>"),
        ([Emphasis((Text("so"),)), " it ", Strong((Text("is"),))], "*so* it **is**"),
        (["un", Emphasis((Text("believ"),)), "able"], "un*believ*able"),
        ([Strong((Emphasis((Text("both"),)),))], "**_both_**"),
        (["東", Strong((Text("「港」"),)), "京"], "東<strong>「港」</strong>京"),
        ([Emphasis((Text("a "),)), "b"], "<em>a </em>b"),
        (["See https://a.example/a_b?c=d, www.b.example."], "See https://a.example/a_b?c=d, www.b.example."),
        (["https://a.example/?<b>, www.[x]"], r"https\://a.example/?\<b>, www\.\[x\]"),
        (["https://a.example/", Emphasis((Text("x"),))], "https\\://a.example/*x*"),
        (["See!", Link("https://a.example/(x)", (Text("it"),))], r"See\![it](<https://a.example/(x)>)"),
        ([Link("https://a.example/?a&copy;", (Text("c"),))], r"[c](https://a.example/?a\&copy;)"),
        (["x", Note((Paragraph((Text("n"),)),)), ": (y)"], "x[^1]\\: (y)\n\n[^1]: n"),
    ],
)  # fmt: skip
def test_what_could_be_markup_is_plain(content: list[Inline | str], expected: str) -> None:
    assert sentence(*content) == expected


def cells(*words: str, **features: object) -> tuple[Cell, ...]:
    return tuple(Cell(build.paragraph([word]), **features) for word in words)  # type: ignore[arg-type]


def test_a_simple_table_is_drawn_with_pipes() -> None:
    head = (*cells("Day", header=True), *cells("Tide", header=True, align="right"))
    body = (*cells("1 | 2 May"), Cell(build.paragraph([Code("a|b")]), align="right"))
    assert written(Table((head, body, (Cell(()), Cell((), align="right"))), 1)) == (
        "| Day        | Tide   |\n"
        "| ---------- | -----: |\n"
        "| 1 \\| 2 May | `a\\|b` |\n"
        "|            |        |\n"
    )


def test_other_tables_are_elements_with_markdown_in_them() -> None:
    listed = Cell(build.list_block([build.paragraph(["a"])]), header=True, rowspan=2)
    assert written(Table(((listed, *cells("b & c", colspan=2)),), caption=(Text("Tides"),))) == (
        '<table>\n<caption>Tides</caption>\n<tr>\n<th rowspan="2">\n\n- a\n\n</th>\n'
        '<td colspan="2">b &amp; c</td>\n</tr>\n</table>\n'
    )


def test_words_in_elements_are_plain_in_programs_that_read_markdown_there() -> None:
    table = Table((cells("*a*", "- b", "<c>", "&copy"),))
    assert written(table) == (
        "<table>\n<tr><td>&#42;a&#42;</td><td>&#45; b</td><td>&lt;c&gt;</td><td>&amp;copy</td></tr>\n"
        "</table>\n"
    )


def test_lists_side_by_side_stay_two() -> None:
    one, two = build.list_block([build.paragraph(["a"])]), build.list_block([build.paragraph(["b"])])
    assert written(Rule(), *one, *two, *one) == "***\n\n- a\n\n+ b\n\n- a\n"
    # The list of fields stands above a body.
    assert written(*one) == "+ a\n"
    terms = DefinitionList((Definition((Text("A"),), (build.paragraph(["b"]),)),))
    assert written(terms, terms) == "A\n:   b\n\n<!-- -->\n\nA\n:   b\n"


def test_a_list_that_begins_a_body_is_no_list_of_fields() -> None:
    written(*build.list_block([build.paragraph(["Source: the well"]), build.paragraph(["Tag: none"])]))


def test_notes_within_notes() -> None:
    inner = build.note(build.paragraph(["inner"]))
    assert sentence("Words", *build.note(build.paragraph(["outer", *inner]))) == (
        "Words[^1]\n\n[^1]: outer[^2]\n\n[^2]: inner"
    )


def test_fifty_levels_deep_come_back() -> None:
    quotes, lists = build.paragraph(["at the bottom"]), build.paragraph(["of it all"])
    for level in range(50):
        quotes = build.quote(quotes)
        lists = build.list_block([lists]) if level % 2 else lists
    written(*quotes, *lists)


# -- hostile text --


def test_hostile_text_comes_back() -> None:
    check_hostile(hostile_edition())


def check_hostile(edition: Edition) -> None:
    text = markdown_of(edition)
    check_inert(text)
    matches = read(text).articles
    for one, entry in zip(matches, edition.entries, strict=True):
        original = entry.article
        assert one.title == build.clean(original.title)
        assert list(visit.texts(one.blocks, notes=True)) == list(visit.texts(original.blocks, notes=True))
        assert (one.authors, one.source, one.link) == (original.authors, original.source, original.link)


def check_inert(text: str) -> None:
    """Set by a program that lets all HTML through, there is no element but ours, and no address
    that runs anything."""
    engine = (
        MarkdownIt("commonmark", {"maxNesting": 100}).enable("table").use(footnote_plugin).use(deflist_plugin)
    )
    engine.use(gfm_autolink_plugin)
    engine.validateLink = bool  # type: ignore[assignment, method-assign]
    body = text.partition("---\n\n")[2]
    root = html.document_fromstring(f"<html><body>{engine.render(body)}</body></html>")
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    for element in elements:
        assert OURS.fullmatch(element.tag)
        assert not [name for name in element.attrib if str(name).startswith("on")]
        address = element.get("href") or element.get("src") or ""
        assert re.match(r"(?:https?://|mailto:|#fn|data:image/|\Z)", address), address


@pytest.mark.parametrize(
    "text",
    [
        *HOSTILE,
        "[x](javascript:alert(1)) <javascript:alert(1)> ![x](javascript:alert(1))",
        "---\nform: other\n---",
        "***\n===\n---\n```\n~~~\n:::\n| a | b |\n|---|---|",
        "http://papers.example/?<script>alert(1)</script> www.<b>x</b> http://x*<i>y</i>*",
        "<!-- \n\n<details>\n\n</details>",
        "[image-1]: data:image/png;base64,AAAA",
        "- Source: x\n- Published: 2020",
        "a" * 5000,
        "`" * 50 + "|" * 50 + "\\" * 51,
    ],
)
def test_hostile_text_in_every_place(text: str) -> None:
    # As a reader would have it: clean, and in one line where a title is.
    text, line = build.clean(text), build.one_line(text)
    (plain,) = build.paragraph([text])
    assert isinstance(plain, Paragraph)
    run = plain.content
    blocks = (
        plain,
        *build.paragraph([Emphasis(run), "x", Strong(run), LineBreak(), *run, Code(line)]),
        *build.paragraph([*run, *build.note((plain,))]),
        *build.paragraph(build.link("https://a.example/", run)),
        *build.heading(2, run),
        *build.heading(5, run),
        *build.list_block([(plain,), (*build.code_block(text, line), plain)]),
        *build.figure(None, text, run),
        Table(((Cell((plain,), header=True),), (Cell((plain, plain)),)), 1, run),
        Table(((Cell((plain,), header=True),), (Cell((plain,)),)), 1),
        DefinitionList((Definition(run, ((plain,),)),)),
        DefinitionList((Definition((), ((plain,),)),)),
    )
    text_item = msgspec.structs.replace(
        article(line, blocks, authors=(line, line), source=line), subtitle=line, section=line, tags=(line,)
    )
    edition = compile_edition(Selected((text_item,), (Teaser(line, text, None, line),)), title=line)
    check_round_trip(edition)
    check_inert(markdown_of(edition))


def test_naughty_strings_come_back() -> None:
    lines = (corpus("hostile", "blns") / "blns.txt").read_text("utf-8").split("\n")
    strings = [line for line in lines if build.one_line(line) and not line.startswith("#")]
    assert len(strings) > 400
    check_round_trip(compile_edition([article(build.one_line(s), build.verbatim(s)) for s in strings]))


# -- edited by hand --


def test_what_a_person_changes_is_read() -> None:
    text = markdown_of(of(*build.paragraph(["Words."])))
    edited = text.replace("- Published: 2021-05-02\n", "- Published: 2021-02-30\n- Mood: good\n").replace(
        "Words.",
        "Words<br/>with <b>HTML</b>,\nin [two](javascript:x) lines.\n\n<script>\nalert(1)\n</script>\n\n"
        "<div>\nIn a box.\n</div>\n\n<li>stray</li>\n\n<td>cell</td>\n\n![Gone](quay.png)\n\n[^1] <sub>open",
    )
    reading = read(edited)
    assert {finding.id for finding in reading.diagnostics} == {
        "date-invalid",
        "date-missing",
        "image-missing",
        "markup-dropped",
    }
    (matches,) = reading.articles
    assert matches.source == "Harbour Gazette"
    assert list(visit.texts(matches.blocks)) == [
        "Mood: good",
        "Words\nwith HTML, in two lines.",
        "In a box.",
        "stray",
        "cell",
        "Gone",
        "[^1] open",
    ]


def test_markdown_that_only_looks_like_an_edition_is_read_as_ever() -> None:
    text = markdown_of(kitchen_sink()).replace("form: exporter-edition-1\n", "")
    assert [matches.title for matches in read(text).articles] == ["The Kitchen Sink"]


@pytest.mark.parametrize(
    ("body", "words", "findings"),
    [
        ("[" * 3000, "[" * 3000, []),
        ("<table><tr><td>" * 600 + "deep", "deep", ["nesting-too-deep"]),
        ("- " * 70 + "deep", "deep", ["nesting-too-deep"]),
        ("> " * 500 + "deep", "", ["nesting-too-deep"]),
        ("[^1]\n\n[^1]: one [^1]", " [one ]", []),
        (
            "".join(f"[^{n}]: word{n} [^{n + 1}]\n\n" for n in range(200)) + "[^0]",
            " [word0  [word1  [word2  [word3 ]]]]",
            ["nesting-too-deep"],
        ),
        (
            "end[^1]\n\n" + "".join(f"[^{n}]: {f'[^{n + 1}]' * 100}\n\n" for n in range(1, 4)) + "[^4]: x",
            "end [ [ [",
            ["nesting-too-deep"],
        ),
    ],
    ids=[
        "brackets",
        "tables",
        "lists",
        "quotations",
        "a note in itself",
        "notes in notes",
        "notes by hundreds",
    ],
)
def test_what_was_made_to_have_no_end_has_one(body: str, words: str, findings: list[str]) -> None:
    reading = read(markdown_of(of(*build.paragraph(["Words."]))).replace("Words.", body))
    (matches,) = reading.articles
    assert "\n".join(visit.texts(matches.blocks, notes=True)).startswith(words)
    assert [finding.id for finding in reading.diagnostics] == findings
