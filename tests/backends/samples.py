"""What the tests of the backends share: small articles, hostile text, a run in another place."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from exporter.editions.compile import Edition, compile_edition
from exporter.editions.selection import Selected
from exporter.model import build
from exporter.model.article import Article, Asset, Block, Cell, Origin, Table, Teaser

ROOT = Path(__file__).parents[2]

HOSTILE = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "]]><!--x--><![CDATA[",
    "&lt;b&gt; &amp;amp; &#0; &nbsp; &bogus;",
    "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>",
    "{{ 7*7 }} {% raw %} ${x} #{y}",
    "javascript:alert(1)",
    "data:text/html,<script>1</script>",
    "//evil.example/x.js",
    "file:///etc/passwd",
    "http://user:pass@papers.example:99999/",
    "http://papers.example/%zz%<>#a#b[c]^`",
    "http://%20papers .example/?q=\"'",
    "a\u202eb\u2066c\u200f",
    "z\u0301\u0302\u0303\u0489algo",
    "\x00\x08\x0b\x1b[31m control \x7f\ufeff\ufffe",
    "../../../OEBPS/content.opf",
    "👩‍👩‍👧‍👦 👍🏽 🇰🇷 \U0001f9d1‍🚀",
    "' OR 1=1; --",
    "１２３ ﷽ Ⅷ ㍿",
    "con nul \\\\.\\aux",
    "-" * 300,
)  # fmt: skip


def article(
    title: str,
    blocks: tuple[Block, ...] | None = None,
    *,
    authors: tuple[str, ...] = (),
    source: str | None = "Harbour Gazette",
    published: str | None = "2021-05-02",
    link: str | None = None,
    language: str | None = "en",
    assets: tuple[Asset, ...] = (),
) -> Article:
    if blocks is None:
        blocks = build.paragraph(["The quay is open."])
    return Article(
        title=title, blocks=blocks, authors=authors, source=source, publisher=source, link=link,
        language=language, published=published, assets=assets, origin=Origin("a.md", "text/markdown", "0"),
    )  # fmt: skip


def changed(title: str = "A quay", **changes: object) -> Article:
    """An article with other fields than `article` gives it."""
    return msgspec.structs.replace(article(title), **changes)


def edition_of(*articles: Article) -> Edition:
    """An edition of these articles, not grouped."""
    return compile_edition(articles, group="none")


def hostile_edition(texts: Sequence[str] = HOSTILE) -> Edition:
    """Each hostile text as title, author, source, link, and in every place of a body."""
    articles = []
    for text in texts:
        addresses = (text, f"http://{text}", f"https://papers.example/{text}", f"mailto:a@b.example?{text}")
        blocks = (
            *build.paragraph([text, *build.note(build.paragraph([text]))]),
            *build.heading(3, [text]),
            *build.list_block([build.paragraph([text])]),
            *build.code_block(text, text),
            *build.figure("missing", text, [text]),
            Table(((Cell(build.paragraph([text])),),), 1, build.inlines([text])),
            *(block for address in addresses for block in build.paragraph(build.link(address, [text]))),
        )
        line = build.one_line(text)
        links = [build.safe_link(address) for address in addresses]
        articles.append(
            article(line, blocks, authors=(line,), source=line, link=next(filter(None, links), None),
                    language=build.language_tag(text))
        )  # fmt: skip
    teasers = tuple(Teaser(build.one_line(t), build.one_line(t), None, build.one_line(t)) for t in texts)
    return compile_edition(Selected(tuple(articles), teasers), title=build.one_line(texts[0]))


def produced_elsewhere(form: str, zone: str, seed: str) -> bytes:
    """The kitchen sink rendered by another process, in another zone, locale and hash order."""
    code = (
        "import sys; from exporter.backends.registry import render_checked;"
        "from tests.kitchen_sink import edition;"
        f"sys.stdout.buffer.write(render_checked(edition(), {form!r}).data)"
    )
    env = {k: v for k, v in os.environ.items() if k not in ("TZ", "LANG", "LC_ALL", "PYTHONHASHSEED")}
    env |= {"TZ": zone, "LANG": "de_DE.UTF-8", "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, capture_output=True, check=True)
    return run.stdout
