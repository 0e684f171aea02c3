"""Marks that never end, tables that claim millions of cells, and the like: all are read at once."""

from __future__ import annotations

import time

import pytest

from exporter.model import visit
from exporter.model.article import Article, Inline, Link, Note, Table
from exporter.readers.registry import read_source
from exporter.readers.source import Reading, Source
from tests.hostile import DOCUMENTS

FRONT = "---\ntitle: The ferry\ndate: 2024-05-02\n---\n"
PROSE = "<p>The ferry to Saltmarsh leaves at nine from the north pier, and comes back in the evening.</p>" * 4


def read(text: str, name: str) -> Reading:
    return read_source(Source(text.encode(), name))


def article(text: str, name: str) -> Article:
    (matches,) = read(text, name).articles
    return matches


def words(matches: Article) -> str:
    return " ".join(" ".join(visit.texts(matches.blocks, notes=True)).split())


def inlines(matches: Article) -> list[Inline]:
    runs = (run for block in visit.each_block(matches.blocks) for run in visit.runs(block))
    return [node for run in runs for node in visit.each_inline(run)]


def ids(reading: Reading) -> list[str]:
    return [finding.id for finding in reading.diagnostics]


@pytest.mark.conformance
@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("highlight.md", 2_500),
        ("shortcodes.md", 20_000),
        ("shortcode-quotes.md", 20_000),
        ("angles.md", 12_000),
        ("wide-and-long-table.md", 9_000),
        ("yaml-brackets.md", 30_000),
        ("comments-first.html", 300),
        ("spanned.html", 5_000),
        ("one-letter-paragraphs.html", 12_000),
        ("pictures-and-text.html", 25_000),
        ("state-strings.html", 60_000),
        ("record-list.json", 60_000),
        ("attributes.html", 150_000),
    ],
)
def test_a_small_file_is_read_at_once(name: str, size: int) -> None:
    text = DOCUMENTS[name](size)
    for _ in range(2):  # what is loaded once does not count
        begun = time.process_time()
        read(text, name)
        if (taken := time.process_time() - begun) < 1.5:
            break
    assert taken < 1.5


def test_brackets_without_end_are_kept_as_they_are() -> None:
    reading = read(f"{FRONT}Before {'[' * 5000} after.\n\nA [link](https://example.org/).", "a.md")
    (matches,) = reading.articles
    assert f"Before {'[' * 5000} after." in words(matches)
    assert "marks-kept-plain" in ids(reading)
    assert [node.href for node in inlines(matches) if isinstance(node, Link)] == ["https://example.org/"]


def test_tags_without_end_are_kept_as_they_are() -> None:
    reading = read(f"{FRONT}{'<a ' * 500}\n\n`code <b `", "a.md")
    (matches,) = reading.articles
    assert words(matches).startswith("<a <a <a")
    assert words(matches).endswith("code <b")
    assert "marks-kept-plain" in ids(reading)


def test_a_few_brackets_and_tags_are_no_reason_for_a_word() -> None:
    reading = read(f"{FRONT}{'[a](https://example.org/) ' * 90} [ x < y <z", "a.md")
    assert ids(reading) == []


def test_a_wide_table_in_markdown_is_kept_as_text() -> None:
    head, rule, rows = "|a" * 2000, "|-" * 2000, "|b\n" * 2000
    reading = read(f"{FRONT}{head}|\n{rule}|\n{rows}\nThe end.", "a.md")
    (matches,) = reading.articles
    assert "table-too-large" in ids(reading)
    assert words(matches).count("a") >= 2000
    assert words(matches).count("b") >= 2000
    assert words(matches).endswith("The end.")


def test_a_long_table_in_markdown_is_one() -> None:
    matches = article(f"{FRONT}| a | b |\n|---|---|\n" + "| c | d |\n" * 300, "a.md")
    (table,) = (block for block in matches.blocks if isinstance(block, Table))
    assert len(table.rows) == 301


@pytest.mark.parametrize(
    "table",
    [
        "<tr>" + "<td>wide</td>" * 800 + "</tr>" + "<tr><td>low</td></tr>" * 800,
        "<tr>" + "<td rowspan=200 colspan=200>wide</td>" * 40 + "</tr>" + "<tr><td>low</td></tr>" * 400,
    ],
)
def test_a_wide_table_of_a_page_is_kept_as_text(table: str) -> None:
    reading = read(
        f"<html><head><title>The ferry</title></head><body><article><h1>The ferry</h1>{PROSE}"
        f"<table>{table}</table>{PROSE}</article></body></html>",
        "a.html",
    )
    (matches,) = reading.articles
    assert "table-too-large" in ids(reading)
    assert not any(isinstance(block, Table) for block in matches.blocks)
    assert words(matches).count("wide") == table.count("wide")
    assert words(matches).count("low") == table.count("low")


def test_a_page_is_read_whatever_attributes_one_tag_has() -> None:
    many = " ".join(f"a{n}='<b c=\"d>'" for n in range(5000))
    page = (
        f"<html><head><title>The ferry</title></head><body><h1>The ferry</h1>{PROSE}<p {many}>Last words.</p>"
    )
    assert words(article(page, "a.html")).endswith("Last words.")


def test_a_note_that_is_called_very_often_is_told_some_times() -> None:
    matches = article(f"{FRONT}{'Called.[^1] ' * 100}\n\n[^1]: {'Told. ' * 100}", "a.md")
    assert 1 <= len([node for node in inlines(matches) if isinstance(node, Note)]) <= 30
    assert words(matches).count("Called.") == 100


def test_broken_front_matter_keeps_each_of_its_lines() -> None:
    lines = [f"  word{n}" for n in range(50)]
    reading = read(
        "---\ntitle: [\nsummary: first\n" + "\n".join(lines) + "\ntags:\n- a\n- b\n---\nText.", "a.md"
    )
    (matches,) = reading.articles
    assert matches.tags == ("a", "b")
    assert "front-matter-invalid" in ids(reading)


def test_plain_fields_may_go_on_below() -> None:
    matches = article("Title: The ferry\nDate: 2024-05-02\nAuthor: Ann\n Lee\nAuthor: Ben\n\nText.", "a.md")
    assert matches.authors == ("Ann Lee", "Ben")


def test_liquid_tags_and_shortcodes_still_mean_what_they_say() -> None:
    matches = article(
        f"{FRONT}Go {{% link a.md %}} on. {{{{< aside >}}}}Kept{{{{< /aside >}}}}\n\n"
        '{{< figure src="a.png" caption="A <b>pier</b> {1}" />}}\n\n'
        "{% highlight python linenos %}\nprint('{%')\n{% endhighlight %}\n\n"
        "## Head {#id}\n\n![[b c.png|see]] [[x|y]]",
        "a.md",
    )
    values = words(matches)
    assert values.startswith("Go on. Kept")
    assert "print('{%')" in values
    assert "Head" in values
    assert "{#id}" not in values
    assert values.endswith("y see")
