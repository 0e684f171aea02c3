"""Markdown as sites write it: HTML around it, tags of generators, pictures from the site's root."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import msgspec
import pytest

import exporter
from exporter.diagnostics import Report
from exporter.editions.compile import compile_edition
from exporter.editions.selection import Selected
from exporter.model.article import (
    Article,
    Code,
    CodeBlock,
    Figure,
    Inline,
    Link,
    ListBlock,
    Quote,
    Strong,
    Table,
)
from exporter.model.visit import each_block, each_inline, plain, runs

CASES = Path(__file__).parents[2] / "cases/markdown"
FRONT = "---\ntitle: A note\nauthor: Ida Holm\ndate: 2024-05-01\n---\n"


def read(text: str) -> tuple[Article, Report]:
    report = Report()
    (article,) = exporter.read((FRONT + text).encode(), name="a.md", report=report)
    return article, report


def matches(article: Article, *kinds: type) -> list[object]:
    """The nodes of these kinds, in their order."""
    blocks = [b for b in each_block(article.blocks) if isinstance(b, kinds)]
    return [*blocks, *(node for node in inlines(article) if isinstance(node, kinds))]


def inlines(article: Article) -> list[Inline]:
    return [n for b in each_block(article.blocks) for run in runs(b) for n in each_inline(run)]


def links(article: Article) -> list[tuple[str, str]]:
    return [(plain(node.content), node.href) for node in inlines(article) if isinstance(node, Link)]


def pictures(article: Article) -> list[tuple[str, str]]:
    """Alternative text and caption of each picture."""
    return [(b.alt, plain(b.caption)) for b in each_block(article.blocks) if isinstance(b, Figure)]


# -- The stored cases, in every format ----------------------------------------------------------


@pytest.fixture(scope="module")
def outputs() -> dict[str, str]:
    """All cases in one edition: its JSON, its text, and the pages of its EPUB."""
    articles = exporter.read(CASES)
    edition = compile_edition(Selected(articles, ()))
    with zipfile.ZipFile(io.BytesIO(exporter.render(edition, "epub"))) as book:
        pages = [book.read(name).decode() for name in book.namelist() if name.endswith("html")]
    return {
        "json": msgspec.json.encode(articles).decode(),
        "text": " ".join(exporter.render(edition, "txt").decode().split()),
        "epub": " ".join("".join(pages).split()),
    }


@pytest.mark.parametrize(
    "words",
    [
        "Boats.",
        "ferry list",
        "with two gulls",
        "The pier",
        "What the pier looks like",
        "A book is out.",
        "the ferry page",
        "https://video.example/watch?v=1",
    ],
)
def test_every_format_has_the_words_of_the_cases(outputs: dict[str, str], words: str) -> None:
    for format, text in outputs.items():
        assert words in text, format


def test_no_format_has_marks_or_tags_of_the_cases(outputs: dict[str, str]) -> None:
    for format, text in outputs.items():
        for mark in ("**", "](", "{%", "{{", "{:", "height="):
            assert mark not in text or (format, mark) == ("epub", "height="), (format, mark)


@pytest.mark.parametrize("name", ["details.md", "main.md", "quote.md"])
def test_markdown_goes_on_in_html_after_a_blank_line(name: str) -> None:
    (article,) = exporter.read(CASES / name)
    assert links(article) == [("ferry list", "https://ferry.example/list")]
    assert [plain(node.content) for node in inlines(article) if isinstance(node, Strong)] == ["Boats."]
    assert matches(article, ListBlock if name != "quote.md" else Quote)
    assert len(matches(article, Code)) == (name == "quote.md")


@pytest.mark.parametrize(
    ("name", "picture"),
    [
        ("image.md", ("The pier at noon, with two gulls", "")),
        ("img.md", ("The pier", "")),
        ("asset.md", ("The pier", "")),
        ("include.md", ("The pier at noon", "The pier")),
        ("include-lines.md", ("The pier at noon", "What the pier looks like")),
        ("ial.md", ("cover", "")),
    ],
)
def test_a_tag_with_a_picture_gives_the_picture(name: str, picture: tuple[str, str]) -> None:
    report = Report()
    (article,) = exporter.read(CASES / "liquid" / name, report=report)
    assert pictures(article) == [picture]
    assert len(article.assets) == 1
    assert not report.findings


def test_a_picture_from_the_sites_root_is_found_in_the_named_folder() -> None:
    (article,) = exporter.read(CASES / "site")
    assert len(article.assets) == 1
    report = Report()
    (alone,) = exporter.read(CASES / "site/posts/a.md", report=report)
    assert not alone.assets
    assert report.counts()["image-missing"] == 1


@pytest.mark.parametrize(("folder", "holds"), [("static", True), ("public", True), ("other", False)])
def test_a_folder_that_is_served_as_the_root_counts(tmp_path: Path, folder: str, holds: bool) -> None:
    for name in ("blog/content/posts/a.md", f"blog/{folder}/pics/pier.png", "pics/pier.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "blog/content/posts/a.md").write_text(f"{FRONT}![The pier](/pics/pier.png)")
    picture = (CASES / "site/assets/pier.png").read_bytes()
    (tmp_path / f"blog/{folder}/pics/pier.png").write_bytes(picture)
    (tmp_path / "pics/pier.png").write_bytes(picture)  # outside the folder that is named
    (article,) = exporter.read(tmp_path / "blog")
    assert bool(article.assets) == holds


def test_dates_in_file_names() -> None:
    articles = exporter.read(CASES / "fname")
    assert sorted((a.published, a.basis["published"]) for a in articles) == [
        (f"2024-05-0{day}", "file name") for day in (1, 2, 3, 4)
    ]


@pytest.mark.parametrize("name", ["20241399 x.md", "12345678-x.md", "20240501123-x.md", "x-20240501.md"])
def test_a_number_that_is_not_a_date_is_not_taken_for_one(name: str) -> None:
    (article,) = exporter.read(b"# Ferry at noon\n\nThe ferry sails.", name=name)
    assert article.published is None


@pytest.mark.parametrize(
    "line",
    ["Ida Holm; Mia Lund", "Ida Holm and Mia Lund", "Ida Holm & Mia Lund", "By Ida Holm, Mia Lund"],
)
@pytest.mark.parametrize("field", ["author", "authors", "byline"])
def test_a_line_of_two_authors_is_two_authors(field: str, line: str) -> None:
    (article,) = exporter.read(f'---\ntitle: T\n{field}: "{line}"\n---\nText.'.encode(), name="a.md")
    assert article.authors == ("Ida Holm", "Mia Lund")


def test_three_authors_with_commas_and_a_last_and() -> None:
    text = "---\ntitle: T\nauthor: Ida Holm, Mia Lund, and Per Dahl\n---\nText."
    (article,) = exporter.read(text.encode(), name="a.md")
    assert article.authors == ("Ida Holm", "Mia Lund", "Per Dahl")


# -- HTML ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tag", ["article", "aside", "center", "div", "figcaption", "figure", "li", "p", "section", "td"]
)
def test_markdown_in_an_element_is_read(tag: str) -> None:
    article, _ = read(f"<{tag}>\n\nThe **boat** and [list](https://ferry.example/list)\n\n</{tag}>\n\nEnd.")
    assert links(article) == [("list", "https://ferry.example/list")]
    assert "boat" in [plain(n.content) for n in inlines(article) if isinstance(n, Strong)]


def test_markdown_in_the_cells_of_a_table_is_read() -> None:
    cells = "".join(f"<td>\n\n**{word}**\n\n</td>\n" for word in ("one", "two"))
    article, _ = read(f"<table>\n  <tr>\n{cells}  </tr>\n  <tr><td>a</td><td>b</td></tr>\n</table>")
    (table,) = matches(article, Table)
    assert isinstance(table, Table)
    assert [len(row) for row in table.rows] == [2, 2]
    assert len(matches(article, Strong)) == 2


def test_html_without_a_blank_line_is_html() -> None:
    article, _ = read("<div>\nThe *ferry* [list](https://ferry.example/)\n</div>")
    assert not links(article)
    assert "The *ferry* [list](https://ferry.example/)" in exporter.plain_text(article)


@pytest.mark.parametrize("html", ["<ul>\n<li>a</li>\n</ul>", "</div>", "<p>\n  a\n</p>"])
@pytest.mark.parametrize("between", ["", "\n"])
def test_text_after_the_last_closing_tag_is_markdown(html: str, between: str) -> None:
    article, _ = read(f"{html}{between}The *ferry* [list](https://ferry.example/list)\n\nEnd.")
    assert links(article) == [("list", "https://ferry.example/list")]
    assert exporter.plain_text(article).split()[-4:] == ["The", "ferry", "list", "End."]


def test_characters_that_stand_for_nothing_do_no_harm() -> None:
    article, _ = read("The \ufdd3ferry\ufdd5 sails.\n\n<div>\ufdd3</div>\n\n`\ufdd5` {{ a }}")
    assert "The ferry sails." in exporter.plain_text(article)


def test_a_comment_goes_on_over_blank_lines() -> None:
    article, _ = read("Before.\n\n<!-- The\n\n**hidden**\n\nboat -->\n\nAfter.")
    assert exporter.plain_text(article).split()[-2:] == ["Before.", "After."]


def test_code_in_html_keeps_its_blank_lines_and_marks() -> None:
    article, _ = read('<div class="code">\n<pre>\na *b*\n\nc [d](e)\n</pre>\n</div>\n\nThe **end**.')
    (code,) = matches(article, CodeBlock)
    assert isinstance(code, CodeBlock)
    assert code.text == "a *b*\n\nc [d](e)"


@pytest.mark.parametrize("opening", ["<!--", "<pre>", "<script>", "<style>", "<div><script>", "a <style>"])
def test_what_never_ends_does_not_take_the_text_after_it(opening: str) -> None:
    article, _ = read(f"Before.\n\n{opening} unclosed\n\nThe ferry\n\nsails.")
    assert exporter.plain_text(article).split()[-3:] == ["The", "ferry", "sails."]


def test_html_that_is_indented_in_open_html_is_no_code() -> None:
    article, _ = read(
        "<ul>\n  <li>\n\n    <p>\n      The ferry\n    </p>\n\n  </li>\n</ul>\n\nSee:\n\n    <p>code</p>"
    )
    assert [block.text for block in matches(article, CodeBlock) if isinstance(block, CodeBlock)] == [
        "<p>code</p>"
    ]


def test_a_tag_that_is_indented_in_open_html_gives_its_picture() -> None:
    article, _ = read(
        '<table>\n  <tr><td>\n\n      {{< img src="p.png" alt="The pier" >}}\n\n  </td></tr>\n</table>'
    )
    assert pictures(article) == [("The pier", "")]
    assert not matches(article, CodeBlock)


def test_a_paragraph_that_is_never_closed_makes_no_code() -> None:
    article, _ = read('<p>\n  One\n\n  <p>\n    Two\n\n    <p>\n      <a href="{{ site.url }}/x">Three</a>\n')
    assert exporter.plain_text(article).split()[-3:] == ["One", "Two", "Three"]
    assert not matches(article, CodeBlock)


def test_what_is_indented_by_four_belongs_to_an_item_that_is_indented_itself() -> None:
    article, _ = read('  1. One\n\n    {{< img src="p.png" alt="The pier" >}}\n  2. Two\n')
    (items,) = matches(article, ListBlock)
    assert isinstance(items, ListBlock)
    assert len(items.items) == 2
    assert pictures(article) == [("The pier", "")]


# -- Tags ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "picture"),
    [
        ("{% img left pics/pier.png 300 200 'A title here' 'The pier' %}", ("The pier", "A title here")),
        ("{% img /pics/pier.png The pier's end, at noon %}", ("The pier's end, at noon", "")),
        ('{% image "./pier.png", "The pier", "(min-width: 30em) 50vw, 100vw" %}', ("The pier", "")),
        ('{% figure "pier.png" "The pier" "Seen from `north`" %}', ("The pier", "Seen from north")),
        ('{% include image.html url="/pier.png" description="At noon" %}', ("", "At noon")),
        ("{% include gallery.html img1='a.png' img2=\"b.png\" alt='Two' %}", ("Two", "")),
        ('{{< img src="pier" alt="The pier" >}}', ("The pier", "")),
        ('{{< legacy-img-right src="pier.jpg" alt="The [pier]" caption="By A" >}}', ("The [pier]", "By A")),
        ('{{< figure src="p.png"\n  alt="The pier"\n  caption="See [it](https://a.example/)" >}}',
         ("The pier", "See it")),
        ('{% asset pier.png alt="The pier" class="wide" %}', ("The pier", "")),
        ('{% responsive_image path: pier.jpg alt: "The pier" caption: "At noon" %}', ("The pier", "At noon")),
        ('{% figure caption:"At *noon*" %}\n![The pier](pier.png)\n{% endfigure %}', ("The pier", "At noon")),
        ('![The pier]({{ "/pier.png" | relative_url }})', ("The pier", "")),
        ('<img src="{% asset_path pier.png %}" alt="The pier">', ("The pier", "")),
    ],
)  # fmt: skip
def test_tags_of_pictures(tag: str, picture: tuple[str, str]) -> None:
    article, report = read(f"Before.\n\n{tag}\nAfter **all**.")
    assert picture in pictures(article)
    assert "template-tag-dropped" not in report.counts()
    assert "After all." in exporter.plain_text(article)


@pytest.mark.parametrize(
    ("tag", "link"),
    [
        ("{% youtube abc-123 %}", "https://www.youtube.com/watch?v=abc-123"),
        ('{{< youtube id="abc-123" title="The ferry sails" >}}', "https://www.youtube.com/watch?v=abc-123"),
        ('{% include youtube.html id="abc-123" %}', "https://www.youtube.com/watch?v=abc-123"),
        ("{% include video url='https://www.youtube-nocookie.com/embed/abc?rel=0' %}",
         "https://www.youtube.com/watch?v=abc"),
        ("{% vimeo 1234 %}", "https://vimeo.com/1234"),
        ("{% embed https://clips.example/a %}", "https://clips.example/a"),
        ("{{< tweet user=ferry id=123456 >}}", "https://twitter.com/i/status/123456"),
        ("{{< gist ida 7f3a >}}", "https://gist.github.com/ida/7f3a"),
        ('{% link_to "the list", "https://ferry.example/list" %}', "https://ferry.example/list"),
        ('{{< button href="https://ferry.example/list" text="The list" >}}', "https://ferry.example/list"),
    ],
)  # fmt: skip
def test_tags_of_media_and_links_give_links(tag: str, link: str) -> None:
    article, report = read(f"See {tag} here.")
    assert [href for _, href in links(article)] == [link]
    assert not report.findings


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ('{{< quote-block text="Row on." cite="Ida Holm" >}}', "Row on. Ida Holm"),
        ('{% include note.html content="Mind the **gap**." %}', "Mind the gap."),
        ('{{< card title="Row on" >}}Inside.{{< /card >}}', "Row on Inside."),
        ('{{% note class="x" %}}Inside.{{% /note %}}', "Inside."),
        ("{% if page.x %}One{% else %}Two{% endif %}", "OneTwo"),
    ],
)
def test_words_in_and_between_tags_stay(tag: str, words: str) -> None:
    article, report = read(f"{tag}\n")
    assert " ".join(exporter.plain_text(article).split()[-len(words.split()) :]) == words
    assert not report.findings


def test_the_title_of_a_box_is_a_paragraph_of_its_own() -> None:
    article, _ = read('{{< box title="Row on" >}}**One** boat.\n\nTwo.\n{{< /box >}}')
    assert exporter.plain_text(article).split("\n\n")[-3:] == ["Row on", "One boat.", "Two."]


@pytest.mark.parametrize(
    ("tag", "named"),
    [
        ("{% include newsletter.html %}", "include newsletter.html"),
        ("{% chart ferries %}", "chart"),
        ('{{< map lat="1" >}}', "map"),
    ],
)
def test_a_tag_that_shows_something_else_is_named(tag: str, named: str) -> None:
    _, report = read(f"Before {tag} after. {tag}")
    (finding,) = report.findings
    assert (finding.id, finding.detail) == ("template-tag-dropped", f"{named}, 2 times")


def test_links_to_other_texts_of_the_site_keep_their_words() -> None:
    article, report = read(
        '[a]({% post_url 2024-04-01-ferry %}) [b]({{< ref "b.md" >}}) [c]({{< relref "c" >}}) '
        "[d]({{ site.baseurl }}{% link _posts/d.md %})"
    )
    assert exporter.plain_text(article).split()[-4:] == ["a", "b", "c", "d"]
    assert report.counts() == {"link-dropped": 4, "template-expressions": 1}


def test_expressions_are_resolved_or_removed_and_counted() -> None:
    article, report = read(
        "By {{ page.author }}: {{ site.time | date: '%Y' }}sails [here]({{ site.url }}/x/).\n\n"
        "[there]({{ 'https://ferry.example' | append: '/x' }}) <{{ release.url }}>"
    )
    assert "By Ida Holm: sails here." in exporter.plain_text(article)
    assert links(article) == [("there", "https://ferry.example/x")]
    (finding,) = report.findings
    assert (finding.id, finding.detail) == ("template-expressions", "3 resolved, 2 removed")


@pytest.mark.parametrize(
    "text",
    [
        "`{{ page.title }} {% img a.png %}`",
        "```\n{{ page.title }} {% img a.png %}\n```",
        "    {{ page.title }} {% img a.png %}",
        "* item\n\n      {{ page.title }} {% img a.png %}",
        "<pre>{{ page.title }} {% img a.png %}</pre>",
        "{% highlight html %}\n{{ page.title }} {% img a.png %}\n{% endhighlight %}",
        "{% raw %}\n```\n{{ page.title }} {% img a.png %}\n```\n{% endraw %}",
        "{% highlight html %}{% raw %}\n{{ page.title }} {% img a.png %}\n{% endraw %}{% endhighlight %}",
        "{{< highlight html >}}\n{{ page.title }} {% img a.png %}\n{{< /highlight >}}",
        "{% raw %}{{ page.title }} {% img a.png %}{% endraw %}",
    ],
)
def test_code_and_raw_text_keep_their_tags(text: str) -> None:
    article, report = read(text)
    assert "{{ page.title }} {% img a.png %}" in exporter.plain_text(article)
    assert not report.findings


@pytest.mark.parametrize("formula", ["e^{{x}}", r"\frac{{a}}{{b}}", "${{ secrets.KEY }}", "{{cite|a=b}}"])
def test_braces_of_formulas_and_other_templates_stay(formula: str) -> None:
    article, report = read(f"See {formula} here.")
    assert formula in exporter.plain_text(article)
    assert not report.findings


def test_a_tag_that_never_ends_takes_no_text() -> None:
    article, _ = read("Before {% a\n\nThe ferry {{ b\n\nsails {{< c\n\nat noon. %}")
    assert exporter.plain_text(article).split()[-2:] == ["noon.", "%}"]
    assert "The ferry" in exporter.plain_text(article)
