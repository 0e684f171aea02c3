"""Feeds: what hostile and broken ones do, and real ones against what another program read of them."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.model import dates, visit
from exporter.model.article import Article, Teaser
from exporter.readers import registry as readers
from exporter.readers.common import prose
from exporter.readers.source import Reading, Source
from tests.conformance.editions import corpus


def read(data: str | bytes, name: str = "feed.xml", reader: str | None = None) -> Reading:
    return readers.read_source(Source(data.encode() if isinstance(data, str) else data, name), reader)


def rss(items: str, before: str = "") -> str:
    return f'{before}<rss version="2.0"><channel><title>Tides</title>{items}</channel></rss>'


def articles(reading: Reading) -> list[Article]:
    return [article for article in reading.articles if not article.is_listing]


def teasers(reading: Reading) -> list[Teaser]:
    return [teaser for article in reading.articles for teaser in article.teasers]


def ids(reading: Reading) -> set[str]:
    return {finding.id for finding in reading.diagnostics}


ITEM = "<item><title>&a;</title><link>https://tides.example/1</link></item>"
BILLION = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("zbcdefghi", "bcdefghia", strict=True))


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE rss [<!ENTITY z "ha">{BILLION}]>',
        f"<!DOCTYPE rss [<!ENTITY a '{'x' * 100_000}'>]>",
        '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss [<!ENTITY a PUBLIC "x" "https://tides.example/secret">]>',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "https://tides.example/x.dtd"> %p;]>',
        '<!DOCTYPE rss [<!ENTITY a "&#38;b;"><!ENTITY b "&#38;a;">]>',
        '<!-- <rss> --><!DOCTYPE rss [<!-- ]> --><!ENTITY a SYSTEM "file:///etc/passwd">]>',
        "<?x ?>\n<!DOCTYPE rss [ <?y ]> ?> <!ENTITY b ']>'> <!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
        '<!DOCTYPE rss [<!ENTITY a "no end',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_that_explode_or_reach_out_are_refused_by_name(doctype: str, encoding: str) -> None:
    reading = read(rss(ITEM * 3, doctype).encode(encoding))
    assert reading.articles == ()
    assert "entities-refused" in {finding.id for finding in reading.diagnostics}
    assert "root:" not in str(reading)


def test_a_second_document_type_is_never_read() -> None:
    inner = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    for text in (rss(ITEM, inner.join(("<!DOCTYPE rss>", ""))), rss(inner + ITEM), "<x/>" + rss(ITEM, inner)):
        assert "root:" not in str(read(text, reader="feed"))


def test_an_old_feeds_document_type_is_no_fault() -> None:
    netscape = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "https://n.example/rss-0.91.dtd">'
    reading = read(rss("<item><title>Low water</title></item>", netscape))
    assert [t.title for t in teasers(reading)] == ["Low water"]
    assert ids(reading) == set()


def test_an_error_tells_its_line() -> None:
    reading = read(
        '<?xml version="1.0"?>\n\n<rss><channel>\n<item><title>A & b</title></item></channel></rss>'
    )
    (matches,) = (f for f in reading.diagnostics if f.id == "feed-broken")
    assert matches.detail.startswith("line 4:")
    assert [t.title for t in teasers(reading)] == ["A & b"]


@pytest.mark.parametrize("broken", ["<item>" * 20_000, "<![CDATA[" * 5_000, "<!--" * 20_000, "&#" * 50_000])
def test_broken_without_end(broken: str) -> None:
    reading = read(rss("<item><title>First</title></item>" + broken), reader="feed")
    assert "reader-failed" not in ids(reading)
    assert "First" in {t.title for t in teasers(reading)}


def test_a_feed_that_the_parser_fails_on_is_read_entry_by_entry() -> None:
    """Tags of an image that close where none is open."""
    reading = read(
        rss("<item><title>A & b</title></item></image></width></height><item><title>Two</title></item>")
    )
    assert [t.title for t in teasers(reading)] == ["A & b", "Two"]
    assert ids(reading) == {"feed-broken"}


def test_content_nested_without_end_keeps_its_words() -> None:
    deep = f"<description>{'&lt;div&gt;' * 10_000}At the bottom.</description>"
    reading = read(rss(f"<item><title>Deep</title>{deep}</item>"))
    assert [t.summary for t in teasers(reading)] == ["At the bottom."]
    assert "nesting-too-deep" in ids(reading)


_lines = st.text(st.sampled_from("ab5 &<>;#ampltqu/é日한'\""), max_size=20)


@given(_lines)
def test_a_title_is_decoded_exactly_once(title: str) -> None:
    title = " ".join(f"T{title}".split())
    escaped = title.replace("&", "&amp;").replace("<", "&lt;")
    (teaser,) = teasers(read(rss(f"<item><title><![CDATA[{escaped}]]></title></item>")))
    # What is plain text by any reading stays; what is escaped HTML is shown as its reader sees it.
    assert teaser.title == title or ("&" in title and teaser.title == prose.line(escaped))


# -- Real feeds --------------------------------------------------------------------------


def test_every_feed_of_feedparsers_tests_is_read_without_failing() -> None:
    folder = corpus("feeds", "feedparser_tests")
    failed = []
    files = [path for path in folder.rglob("*") if path.suffix in (".xml", ".json")]
    for path in files:
        reading = readers.read_source(Source(path.read_bytes(), path.name), "feed")
        failed += [path.name for finding in reading.diagnostics if finding.id == "reader-failed"]
    assert len(files) > 2_000
    assert failed == []


def bare(text: str | None) -> str:
    return re.sub(r"[\W_]+", "", text or "")


def shown(html: str | None) -> str:
    """HTML as its reader sees it; the other program leaves some of it escaped."""
    return bare(prose.line(prose.line(html or "")))


def test_real_feeds_give_every_entry() -> None:
    """Against rss-parser's own expectations. Left out: a feed whose bytes declare no encoding (they
    came to nothing there), one read with an odd setting, two entries without any word or address."""
    folder = corpus("feeds", "rss_parser") / "test"
    compared = 0
    wrong: list[tuple[str, str, str]] = []
    for truth in sorted((folder / "output").glob("*.json")):
        if truth.stem in ("uolNoticias", "xml2js-options", "incomplete-fields", "missing-fields"):
            continue
        (path,) = (folder / "input").glob(f"{truth.stem}.*")
        reading = readers.read_source(Source(path.read_bytes(), path.name))
        details = {
            **{t.link: (t.title, t.date, t.summary) for t in teasers(reading)},
            **{a.link: (a.title, a.published, visit.plain_text(a)) for a in articles(reading)},
            **{a.via: (a.title, a.published, visit.plain_text(a)) for a in articles(reading) if a.via},
        }
        by_title = {bare(title): (title, date, words) for title, date, words in details.values()}
        # One of them is written in the encoding of its feed.
        encoding = "latin-1" if truth.stem == "encoding" else "utf-8"
        for item in json.loads(truth.read_text(encoding))["feed"]["items"]:
            compared += 1
            title = shown(item.get("title"))
            matches = details.get(item.get("link")) or by_title.get(title)
            if matches is None:
                wrong.append((path.name, "lost", title))
                continue
            content = item.get("content:encoded") or item.get("content") or item.get("summary")
            if shown(matches[0]) != title:
                wrong.append((path.name, "title", matches[0]))
            stated = item.get("isoDate")
            if stated and (not matches[1] or dates.instant(matches[1]) != _moment(stated)):
                wrong.append((path.name, "date", str(matches[1])))
            if not _holds(matches[2], content):
                wrong.append((path.name, "content", matches[0]))
    assert compared == 1_154
    assert wrong == []


def _holds(text: str, html: str | None) -> bool:
    """Whether the letters of ``html`` are all there but for one in fifty: the other program
    has the parts of mixed content in another order."""
    wanted = Counter(shown(html))
    return (wanted - Counter(bare(prose.line(text)))).total() <= wanted.total() // 50


def _moment(stated: str) -> datetime:
    return datetime.fromisoformat(stated.replace("Z", "+00:00")).replace(microsecond=0)


def test_real_bombs_are_refused_by_name() -> None:
    folder = corpus("hostile", "defusedxml") / "xmltestdata"
    refused = set()
    for path in folder.iterdir():
        reading = readers.read_source(Source(path.read_bytes(), path.name), "feed")
        assert "reader-failed" not in ids(reading)
        if "entities-refused" in ids(reading):
            refused.add(path.stem)
    assert refused == {"cyclic", "external", "external_file", "quadratic", "xmlbomb"}
