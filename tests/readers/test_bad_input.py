"""What is broken, hostile or merely odd: a diagnostic, the article as far as there is one, no exception."""

from __future__ import annotations

import pytest

from exporter.model import visit
from exporter.readers import registry as readers
from exporter.readers.source import Reading, Source


def read(data: bytes | str, name: str) -> Reading:
    return readers.read_source(Source(data.encode() if isinstance(data, str) else data, name))


def ids(reading: Reading) -> set[str]:
    return {finding.id for finding in reading.diagnostics}


@pytest.mark.parametrize("name", ["a.md", "a.html", "a.txt"])
@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"\xef\xbb\xbf", b"\0\0\0"])
def test_nothing_in_the_file(name: str, data: bytes) -> None:
    reading = read(data, name)
    assert reading.articles == ()
    assert ids(reading) == {"file-empty"}


@pytest.mark.parametrize("encoding", ["utf-16", "cp1251", "utf-8-sig"])
@pytest.mark.parametrize("form", ["a.md", "a.txt", "a.html"])
def test_other_encodings(form: str, encoding: str) -> None:
    title, words = "Мост открыт", "Старый мост через реку снова открыт для пешеходов, его чинили два года."
    head = f"<head><title>{title}</title></head>"
    page = {
        "a.md": f"# {title}\n\n{words}\n",
        "a.txt": f"{title}\n\n{words}\n",
        "a.html": f"<html>{head}<body><h1>{title}</h1><p>{words}</p></body></html>",
    }[form]
    (article,) = read(page.encode(encoding), form).articles
    assert article.title == title
    assert visit.paragraphs(article) == (words,)


def test_korean_in_its_old_encoding() -> None:
    page = '<html><head><meta charset="euc-kr"><title>다리</title></head><body><p>돌다리를 놓았다.</p>'
    (article,) = read(page.encode("euc-kr"), "a.html").articles
    assert (article.title, visit.paragraphs(article)) == ("다리", ("돌다리를 놓았다.",))


@pytest.mark.parametrize("name", ["a.md", "a.html", "a.txt"])
def test_broken_bytes_lose_only_themselves(name: str) -> None:
    page = "# A title\n\nÜber der Höhe läuft für die Bürger ein schöner ÿ Fußweg nach Süden.\n"
    reading = read(page.encode().replace("ÿ".encode(), b"\xff"), name)
    (article,) = reading.articles
    assert "encoding-broken" in ids(reading)
    assert "schöner \ufffd Fußweg" in visit.plain_text(article) + article.title


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("a.md", "{}\n===\n\nbody"),
        ("b.md", "---\ntitle: {}\n---\nbody"),
        ("a.html", "<html><head><title>{}</title></head><body><p>body</p></body></html>"),
    ],
)
def test_a_title_of_five_thousand_characters(name: str, page: str) -> None:
    title = ("long word " * 500).strip()
    reading = read(page.format(title), name)
    (article,) = reading.articles
    assert article.title == title
    assert visit.paragraphs(article) == ("body",)
    assert "title-long" in ids(reading)


def test_a_first_line_of_five_thousand_characters_is_no_title() -> None:
    line = ("long word " * 500).strip()
    reading = read(f"{line}\n\nmore", "a.txt")
    assert reading.articles[0].title == "long word " * 7 + "long word…"
    assert visit.paragraphs(reading.articles[0]) == (line, "more")
    assert "title-missing" in ids(reading)


DEEP = "These words lie at the bottom of it all, and they are long enough to be taken for a paragraph."
AFTER = "And these words follow when all that was opened is closed again, or has never been closed at all."


@pytest.mark.parametrize(
    "page",
    [
        "> " * 10_000 + DEEP,
        ">" * 10_000 + DEEP,
        "- " * 10_000 + DEEP,
        "\n".join("  " * n + "- item" for n in range(300)) + f"\n{'  ' * 300}- {DEEP}",
        "[" * 10_000 + DEEP,
        "*a **b " * 3_000 + DEEP,
        "<div>" * 10_000 + DEEP,
    ],
)
def test_markdown_nested_without_end(page: str) -> None:
    reading = read(f"# T\n\n{page}\n\n{AFTER}\n", "a.md")
    said = visit.plain_text(reading.articles[0])
    assert DEEP in said
    assert AFTER in said


@pytest.mark.parametrize("tag", ["div", "blockquote", "table><tr><td", "ul><li", "b"])
def test_a_page_nested_without_end(tag: str) -> None:
    reading = read(f"<html><body>{f'<{tag}>' * 10_000}{DEEP}<p>{AFTER}</p>", "a.html")
    assert visit.paragraphs(reading.articles[0]) == (DEEP, AFTER)
    assert "nesting-too-deep" in ids(reading)


@pytest.mark.parametrize(
    "fields",
    [
        "title: [unclosed",
        "title: &a [*a]\ntags: *a",
        "title:\n  - 1\n  - 2\ndate: [2021]\nauthor: {name: {}}\ntags: {a: b}",
        "title: 5\ndate: .nan\nauthor: 3.5\ntags: 1\nlang: 7\nurl: 9\nsource: true",
        "date: 99999999999999999999\ncreated: -1\npublished: 0",
        "- a\n- b",
        "? complex\n: key",
        'title: "\\x00\\uD800"',
        "a: &x [z,z,z,z,z,z,z,z,z]\n"
        + "\n".join(f"b{n}: &y{n} [*x,*x,*x,*x]" for n in range(9))
        + "\ntags: *y8",
    ],
)
def test_odd_front_matter(fields: str) -> None:
    reading = read(f"---\n{fields}\n---\nThe words of the text stay.\n", "a.md")
    assert "reader-failed" not in ids(reading)
    assert "The words of the text stay." in visit.plain_text(reading.articles[0])


def test_control_characters_go() -> None:
    for name in ("a.md", "a.txt", "a.html"):
        reading = read("A title\x07\n\nbell\x07 and\x1b escape\x9f", name)
        assert "control-characters" in ids(reading)
        assert not set("\x07\x1b\x9f") & set(
            visit.plain_text(reading.articles[0]) + reading.articles[0].title
        )
