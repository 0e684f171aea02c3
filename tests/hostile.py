"""Documents that are hard to read: one for each thing of which a text may have too much.

Each is made in any size, so that a test can tell whether the time grows with the size or with its square.
"""

import json
from collections.abc import Callable

Maker = Callable[[int], str]
_PROSE = (
    "<p>The ferry to Saltmarsh leaves at nine from the north pier, and comes back in the evening. "
    "The harbour office sells tickets on weekdays; on Sundays the captain does, on board.</p>"
) * 3


def _repeated(pump: str, before: str = "", after: str = "") -> Maker:
    return lambda size: before + pump * max(1, (size - len(before) - len(after)) // max(1, len(pump))) + after


def _page(pump: str, before: str = "", after: str = "", head: str = "") -> Maker:
    return _repeated(
        pump,
        f"<!DOCTYPE html><html lang=en><head><title>The harbour</title>{head}</head><body><article>"
        f"<h1>The harbour</h1><time datetime=2024-05-02>2 May 2024</time>{_PROSE}{before}",
        f"{after}{_PROSE}</article></body></html>",
    )


def _nested(opening: str, closing: str) -> Maker:
    def make(size: int) -> str:
        count = size // len(opening + closing)
        return _page("", opening * count + "deep" + closing * count)(0)

    return make


def _counted(one: Callable[[int], str], before: str, after: str, between: str = "") -> Maker:
    """Pieces that differ by their number."""

    def make(size: int) -> str:
        pieces: list[str] = []
        length = len(before) + len(after)
        while length < size:
            pieces.append(one(len(pieces)))
            length += len(pieces[-1]) + len(between)
        return before + between.join(pieces) + after

    return make


def _page_counted(one: Callable[[int], str], before: str = "", after: str = "", head: str = "") -> Maker:
    opening, closing = _page("\x00", before, after, head)(0).split("\x00")
    return _counted(one, opening, closing)


def _script(pump: str, before: str, after: str) -> Maker:
    return _page("", head="") if not pump else _page(pump, f"<script>{before}", f"{after}</script>")


_FRONT = "---\ntitle: The harbour\ndate: 2024-05-02\n"
_WORDS = "The ferry leaves at nine from the north pier.\n\n"
_MAIL = (
    "From: a@example.org\nDate: Thu, 02 May 2024 09:00:00 +0000\nSubject: The harbour\nMIME-Version: 1.0\n"
)
_FEED = '<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour</title>'
_KCNA = "December 18, 2025Dec 18, 2025\n\nKCNA KCNA.kp (En)\n\nThe harbour opens\n\nDate: 21/07/2021 | Source: KCNA.kp (En) | Read original version at source\n\n"

# fmt: off
DOCUMENTS: dict[str, Maker] = {
    # -- HTML
    "attributes.html": _page_counted(lambda n: f" a{n}=x", "<p", ">end</p>"),
    "data-attributes.html": _page_counted(lambda n: f" data-src{n}=x{n}.png", "<p><img src=x.png", "></p>"),
    "links.html": _page_counted(lambda n: f"<a href=https://example.org/{n}>w</a> ", "<p>", "</p>"),
    "same-links.html": _page("<a href=https://example.org/>w</a> ", "<p>", "</p>"),
    "paragraphs.html": _page_counted(lambda n: f"<p>The ferry number {n} leaves at nine from the pier.</p>"),
    "one-letter-paragraphs.html": _page("<p>a"),
    "headings.html": _page_counted(lambda n: f"<h{n % 6 + 1}>Part {n}</h{n % 6 + 1}>"),
    "breaks.html": _page("<br>"),
    "times.html": _page("<time datetime=2024-05-02>x</time>"),
    "stamps.html": _page_counted(lambda n: f"<p>{n // 60 % 24}:{n % 60:02} pm<p>Boat {n} passed the light."),
    "cards.html": _page_counted(lambda n: f"<h2>Related<h3><a href=/{n}>The boat number {n}</a></h3><p>Teaser"),
    "end-matter.html": _page("<p>Reporting by Ida Holm<p>Follow us on the quay<p>___"),
    "bad-times.html": _page_counted(lambda n: f"<time class=published datetime=x{n}>x</time>"),
    "pictures.html": _page_counted(lambda n: f"<img src=p{n}.png alt=x>"),
    "figures.html": _page_counted(lambda n: f"<figure><img src=p{n}.png><figcaption>Boat {n}</figcaption></figure>"),
    "captions.html": _page("<div><img src=a.png><span class=caption>A boat at the pier</span></div>"),
    "captions-in-one.html": _page("<span class=caption>A boat at the pier</span>", "<div>", "</div>"),
    "pictures-in-one.html": _page("<img src=a.png>", "<div>", "</div>"),
    "pictures-and-text.html": _page("<img src=a.png><p>A boat at the pier, seen from the office</p>", "<div>", "</div>"),
    "buttons.html": _page("<button>x</button>"),
    "forms.html": _page("<form><input></form>"),
    "spans.html": _page("<span>a</span>"),
    "bold.html": _page("<b>a</b> "),
    "bold-never-closed.html": _page("<b>a"),
    "marks-across-paragraphs.html": _page("<p><b><i>a"),
    "anchors-never-closed.html": _page("<a href=https://example.org/>a"),
    "fonts.html": _page("<font color=red>a<p>"),
    "divs.html": _nested("<div>", "</div>"),
    "divs-never-closed.html": _page("<div>"),
    "quotes.html": _nested("<blockquote>", "</blockquote>"),
    "lists.html": _nested("<ul><li>", "</li></ul>"),
    "tables.html": _nested("<table><tr><td>", "</td></tr></table>"),
    "sups.html": _nested("<sup>", "</sup>"),
    "notes.html": _page_counted(
        lambda n: f"<p>Word<sup><a href=#fn{n}>{n % 99}</a></sup>.</p><section class=footnotes><ol><li id=fn{n}>Note</li></ol></section>"
    ),
    "notes-in-one-list.html": lambda size: _page(
        "",
        "<p>" + "".join(f"a<sup><a href=#f{n}>{n % 99}</a></sup> " for n in range(size // 70)) + "</p><section class=footnotes><ol>"
        + "".join(f"<li id=f{n}><p>Note</p></li>" for n in range(size // 70)) + "</ol></section>",
    )(0),
    "one-note-often.html": _page("<sup><a href=#f1>1</a></sup>a ", "<section class=footnotes><ol><li id=f1>" + "Note " * 40 + "</li></ol></section><p>", "</p>"),
    "list-items.html": _page("<li>a", "<ul>", "</ul>"),
    "text-between-items.html": _page("<li>a</li>b", "<ul>", "</ul>"),
    "terms.html": _page("<dt>a<dd>b", "<dl>", "</dl>"),
    "cells.html": _page("<td>a", "<table><tr>", "</tr></table>"),
    "rows.html": _page("<tr><td>a<td>b", "<table>", "</table>"),
    "wide-rows.html": _page("<tr><td>a", "<table><tr>" + "<td>a" * 300, "</table>"),
    "spanned.html": _page("<td rowspan=1000 colspan=1000>a<tr>", "<table><tr>", "</table>"),
    "captions-of-a-table.html": _page("<caption>a</caption>", "<table><tr><td>a", "</table>"),
    "styles.html": _page("font-weight:bold;", '<p style="', '">a</p>'),
    "classes.html": _page("caption ", '<p class="', '">a</p>'),
    "class-of-images.html": _page("image", '<p class="', '">a</p>'),
    "srcset.html": _page_counted(lambda n: f"p{n}.png {n}w, ", '<img srcset="', '">'),
    "srcset-without-end.html": _page("a", '<img srcset="', ' b c">'),
    "titles.html": _page("<title>a</title>"),
    "long-title.html": _repeated("a ", "<html><head><title>", f"</title></head><body>{_PROSE}</body></html>"),
    "spaces-in-title.html": _repeated("&nbsp;", "<html><head><title>a", f"b</title></head><body>{_PROSE}</body></html>"),
    "bars-in-title.html": _repeated(" | a", "<html><head><title>", f"</title></head><body>{_PROSE}</body></html>"),
    "long-heading.html": _page("a ", "<h1>", "</h1>"),
    "metas.html": _page_counted(lambda n: f"<meta name=author content='Ann Lee {n}'>", head=""),
    "keywords.html": _page_counted(lambda n: f"w{n}, ", "<meta name=keywords content='", "'>"),
    "json-ld.html": _page_counted(lambda n: f'{{"@type":"NewsArticle","author":{{"name":"Ann Lee {n}"}}}},', '<script type="application/ld+json">[', "{}]</script>"),
    "json-ld-authors.html": _page_counted(lambda n: f'{{"name":"Ann Lee {n}"}},', '<script type="application/ld+json">{"@type":"NewsArticle","author":[', "{}]}</script>"),
    "json-ld-deep.html": lambda size: _page("", '<script type="application/ld+json">' + "[" * (size // 2) + "]" * (size // 2) + "</script>")(0),
    "json-ld-graphs.html": _page('{"@graph":[', '<script type="application/ld+json">', "</script>"),
    "state.html": lambda size: "<html><head><title>The harbour</title></head><body><script>"
    + json.dumps([{"title": "x", "body": "<p>" + "word " * 100 + "</p>"}] * (size // 560)) + "</script></body></html>",
    "state-strings.html": lambda size: "<html><head><title>The harbour</title></head><body><script>" + '"\\' * (size // 2) + "</script></body></html>",
    "state-quotes.html": lambda size: "<html><head><title>The harbour</title></head><body><script>" + '"' * size + "</script></body></html>",
    "comments.html": _page("<!-- url: x -->"),
    "comments-first.html": _repeated("<!---->", "", "<p>a</p>"),
    "comments-never-closed.html": _page("<!--"),
    "entities.html": _page("&amp;"),
    "no-entities.html": _page("&a"),
    "tags-never-closed.html": _page("<a "),
    "quotes-never-closed.html": _page('<a "'),
    "deep-and-never-closed.html": lambda size: _page("<s", "<div>" * 400)(size),
    "less-than.html": _page("< "),
    "spaces.html": _page(" ", "<p>a", "b</p>"),
    "no-break-spaces.html": _page("\u00a0", "<p>a", "b</p>"),
    "newlines.html": _page("\n", "<p>a", "b</p>"),
    "newlines-in-pre.html": _page("\n", "<pre>a", "b</pre>"),
    "lines-in-pre.html": _page("a\n", "<pre>", "</pre>"),
    "spans-in-pre.html": _page("<span>a</span>\n", "<pre>", "</pre>"),
    "one-word.html": _page("a", "<p>", "</p>"),
    "hangul.html": _page("항구 ", "<p>", "</p>"),
    "words.html": _page("harbour ", "<p>", "</p>"),
    "bylines.html": _page("<span class=byline>By Ann Lee and</span>"),
    "nested-bylines.html": _nested("<div class=byline>", "</div>"),
    "labels.html": _page("<p>By Ann Lee</p>"),
    "read-more.html": _page("<p>Read more</p>"),
    "lone-links.html": _page("<p><a href=https://example.org/a/b>The harbour is to be made larger</a></p>"),
    "languages.html": _page("<span lang=de>a</span><span lang=fr>b</span>", "<p>", "</p>"),
    "paragraph-languages.html": _page("<p lang=de>Der Hafen</p><p lang=fr>Le port</p>"),
    "scripts-of-the-world.html": _page("<p>Порт открыт 항구 港口 ميناء</p>"),
    "iframes.html": _page("<iframe src=x></iframe>"),
    "videos.html": _page("<video src=x></video>"),
    "svgs.html": _page("<svg><path d='M0 0'/></svg>"),
    "noscripts.html": _page("<noscript><img src=a.png></noscript>"),
    "math.html": _page("<math alttext=x><mi>x</mi></math>"),
    "rubies.html": _page("<ruby>a<rt>b</rt></ruby>"),
    "rules.html": _page("<hr>"),
    "sections.html": _page_counted(lambda n: f"<section><h2>Part {n}</h2><p>The ferry leaves at nine.</p></section>"),
    "articles.html": _page("</article><article><h2>Another</h2><p>The ferry leaves at nine from the north pier.</p>"),
    "asides.html": _page("<aside><p>Related</p></aside>"),
    "ids.html": _page_counted(lambda n: f"<p id=p{n}>a</p>"),
    "garbled.html": _page("cafÃ© "),
    "watch-teasers.html": _page("<div class=article-desc><h4><a href=x>The harbour</a></h4><p class=articled-date><span>May 2, 2024</span></p></div>", "<div class=article-content><p>Text</p></div><div id=latest_article_wrapper>", "</div>"),
    "watch-lines.html": _page("<p>Date: 02/05/2024 | Source: KCNA</p>", "<div class=article-content><p>Text</p></div>"),
    # -- Markdown
    "highlight.md": _repeated(" ", f"{_FRONT}---\n" + "{% highlight a%}"),
    "highlights.md": _repeated("{% highlight a%}\n", f"{_FRONT}---\n"),
    "shortcodes.md": _repeated("{{< a ", f"{_FRONT}---\n"),
    "shortcode-quotes.md": _repeated('{{% x "', f"{_FRONT}---\n"),
    "tags.md": _repeated("{% a ", f"{_FRONT}---\n"),
    "tag-of-spaces.md": _repeated(" ", f"{_FRONT}---\n" + "{% a"),
    "angles.md": _repeated("<a ", f"{_FRONT}---\n"),
    "angles-on-lines.md": _repeated("<a \n", f"{_FRONT}---\n"),
    "divs.md": _repeated("<div>\n", f"{_FRONT}---\n"),
    "divs-with-markdown.md": _repeated("<div>\n\n*a*\n\n</div>\n\n", f"{_FRONT}---\n"),
    "spans.md": _repeated("<span>a</span> ", f"{_FRONT}---\n"),
    "comments.md": _repeated("<!-- ", f"{_FRONT}---\n"),
    "brackets.md": _repeated("[", f"{_FRONT}---\n"),
    "brackets-on-lines.md": _repeated("[a\n", f"{_FRONT}---\n"),
    "brackets-in-paragraphs.md": _repeated("[" * 999 + "\n\n", f"{_FRONT}---\n"),
    "bracket-pairs.md": _repeated("[a]", f"{_FRONT}---\n"),
    "wiki-links.md": _repeated("[[a", f"{_FRONT}---\n"),
    "links.md": _repeated("[a](https://example.org/) ", f"{_FRONT}---\n"),
    "link-definitions.md": _counted(lambda n: f"[a{n}]: https://example.org/{n}\n", f"{_FRONT}---\n", ""),
    "references.md": _counted(lambda n: f"[a{n}] ", f"{_FRONT}---\n", ""),
    "pictures.md": _repeated("![a](b.png) ", f"{_FRONT}---\n"),
    "stars.md": _repeated("*", f"{_FRONT}---\n"),
    "starred.md": _repeated("*a ", f"{_FRONT}---\n"),
    "strong.md": _repeated("**a** ", f"{_FRONT}---\n"),
    "underscores.md": _repeated("_a", f"{_FRONT}---\n"),
    "strokes.md": _repeated("~~a ", f"{_FRONT}---\n"),
    "backticks.md": _repeated("`", f"{_FRONT}---\n"),
    "backtick-pairs.md": _repeated("`a` ", f"{_FRONT}---\n"),
    "backtick-runs.md": _counted(lambda n: "`" * n + " a ", f"{_FRONT}---\n", ""),
    "fences.md": _repeated("```\n", f"{_FRONT}---\n"),
    "fenced.md": _repeated("```\na\n```\n\n", f"{_FRONT}---\n"),
    "tilde-fence.md": _repeated("~", f"{_FRONT}---\n", "`"),
    "code-lines.md": _repeated("    a\n", f"{_FRONT}---\n\n"),
    "newlines.md": _repeated("\n", f"{_FRONT}---\n", "a"),
    "spaces.md": _repeated(" ", f"{_FRONT}---\na", "b"),
    "lines-of-spaces.md": _repeated("   \n", f"{_FRONT}---\na\n", "b"),
    "tabs.md": _repeated("\t", f"{_FRONT}---\na", "b"),
    "paragraphs.md": _repeated(_WORDS, f"{_FRONT}---\n"),
    "one-paragraph.md": _repeated("The ferry leaves at nine.\n", f"{_FRONT}---\n"),
    "hard-breaks.md": _repeated("a  \n", f"{_FRONT}---\n"),
    "headings.md": _counted(lambda n: f"## Part {n}\n\n", f"{_FRONT}---\n", ""),
    "underlined.md": _repeated("a\n=\n", f"{_FRONT}---\n"),
    "list.md": _repeated("- a\n", f"{_FRONT}---\n"),
    "loose-list.md": _repeated("- a\n\n", f"{_FRONT}---\n"),
    "numbered.md": _repeated("1. a\n", f"{_FRONT}---\n"),
    "nested-list.md": lambda size: f"{_FRONT}---\n" + "".join("  " * n + "- a\n" for n in range(int(size**0.5))),
    "list-on-a-line.md": _repeated("- ", f"{_FRONT}---\n", "a"),
    "quotes.md": _repeated("> a\n", f"{_FRONT}---\n"),
    "quotes-on-a-line.md": _repeated("> ", f"{_FRONT}---\n", "a"),
    "rules.md": _repeated("* * *\n", f"{_FRONT}---\n"),
    "long-rule.md": _repeated("- ", f"{_FRONT}---\n", "x"),
    "table.md": _repeated("| a | b |\n", f"{_FRONT}---\n| a | b |\n|---|---|\n"),
    "wide-table.md": lambda size: f"{_FRONT}---\n" + "|a" * (size // 4) + "|\n" + "|-" * (size // 4) + "|\n",
    "wide-and-long-table.md": lambda size: f"{_FRONT}---\n" + "|a" * (size // 6) + "|\n" + "|-" * (size // 6) + "|\n" + "|\n" * (size // 6),
    "pipes.md": _repeated("|", f"{_FRONT}---\n"),
    "notes.md": _counted(lambda n: f"a[^{n}] b\n\n[^{n}]: Note {n}\n\n", f"{_FRONT}---\n", ""),
    "note-marks.md": _repeated("[^1] ", f"{_FRONT}---\n", "\n\n[^1]: Note\n"),
    "notes-without-marks.md": _counted(lambda n: f"[^{n}]: Note {n}\n\n", f"{_FRONT}---\na[^1]\n\n", ""),
    "terms.md": _repeated("a\n: b\n\n", f"{_FRONT}---\n"),
    "abbreviations.md": _counted(lambda n: f"*[A{n}]: abbreviated\n", f"{_FRONT}---\nA1 A2\n\n", ""),
    "attributes.md": _repeated("{: a", f"{_FRONT}---\n"),
    "attribute-lists.md": _repeated("a {: .b}\n\n", f"{_FRONT}---\n"),
    "callouts.md": _repeated("> [!note] a\n", f"{_FRONT}---\n"),
    "entities.md": _repeated("&amp;", f"{_FRONT}---\n"),
    "backslashes.md": _repeated("\\", f"{_FRONT}---\n"),
    "escapes.md": _repeated("\\*", f"{_FRONT}---\n"),
    "addresses.md": _repeated("<https://example.org/> ", f"{_FRONT}---\n"),
    "one-word.md": _repeated("a", f"{_FRONT}---\n"),
    "equals.md": _repeated("==a", f"{_FRONT}---\n"),
    "heading-ids.md": _repeated(" {#a", f"{_FRONT}---\n# b"),
    # -- front matter
    "yaml-brackets.md": _repeated("[", "---\ntitle: ", "\n---\n" + _WORDS),
    "yaml-braces.md": _repeated("{", "---\ntitle: ", "\n---\n" + _WORDS),
    "yaml-list.md": _repeated("- a\n", f"{_FRONT}tags:\n", "---\n" + _WORDS),
    "yaml-flow-list.md": _repeated("a, ", f"{_FRONT}tags: [", "a]\n---\n" + _WORDS),
    "yaml-keys.md": _counted(lambda n: f"k{n}: v\n", _FRONT, "---\n" + _WORDS),
    "yaml-broken.md": _repeated("  more words\n", "---\ntitle: [\ndescription: a\n", "---\n" + _WORDS),
    "yaml-broken-list.md": _repeated("- a\n", "---\ntitle: [\ntags:\n", "---\n" + _WORDS),
    "yaml-deep.md": lambda size: "---\ntitle: x\n" + "".join(" " * n + "a:\n" for n in range(int((2 * size) ** 0.5))) + "---\n" + _WORDS,
    "yaml-anchors.md": _counted(lambda n: f"k{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n", "---\ntitle: x\nk: &a-1 x\n", "---\n" + _WORDS),
    "yaml-question-marks.md": _repeated("? ", "---\ntitle: x\n", "\n---\n" + _WORDS),
    "yaml-dashes.md": _repeated("- ", "---\ntitle: x\na:\n", "\n---\n" + _WORDS),
    "yaml-long-title.md": _repeated("word ", "---\ntitle: ", "\n---\n" + _WORDS),
    "yaml-wiki-links.md": _repeated("[[", "---\ntitle: '", "'\n---\n" + _WORDS),
    "yaml-never-closed.md": _repeated("a: b\n", "---\ntitle: x\n"),
    "toml-keys.md": _counted(lambda n: f"k{n} = 1\n", '+++\ntitle = "x"\n', "+++\n" + _WORDS),
    "toml-brackets.md": _repeated("[", "+++\ntitle = ", "\n+++\n" + _WORDS),
    "toml-dots.md": _repeated(".a", "+++\na", " = 1\n+++\n" + _WORDS),
    "toml-broken.md": _repeated("  more\n", "+++\ntitle = a\n", "+++\n" + _WORDS),
    "json-front.md": _repeated("[", '{"title": ', "\n\n" + _WORDS),
    "plain-fields.md": _repeated("  more words\n", "Title: x\nDate: 2024-05-02\nSummary: a\n", "\n" + _WORDS),
    "plain-tags.md": _repeated("Tags: a\n", "Title: x\nDate: 2024-05-02\n", "\n" + _WORDS),
    # -- text
    "newlines.txt": _repeated("\n", "The harbour\n\nThe ferry leaves.", "x"),
    "spaces.txt": _repeated(" ", "The harbour\n\nThe ferry leaves.", "x"),
    "lines.txt": _repeated("The ferry leaves at nine.\n", "The harbour\n\n"),
    "short-lines.txt": _repeated("a\n", "The harbour\n\n"),
    "paragraphs.txt": _repeated("The ferry leaves at nine.\n\n", "The harbour\n\n"),
    "one-line.txt": _repeated("word ", "The harbour\n\n"),
    "one-word.txt": _repeated("a", "The harbour\n\n"),
    "underlines.txt": _repeated("=", "The harbour\n", "x\n\nThe ferry leaves."),
    "underlined-lines.txt": _repeated("Part\n====\n\n", "The harbour\n\n"),
    "garbled.txt": _repeated("cafÃ© ", "The harbour\n\n"),
    "garbled-lines.txt": _counted(lambda n: f"cafÃ© {n} Ã\n", "The harbour\n\n", ""),
    "watch.txt": _repeated("The ferry leaves at nine.\n\n", _KCNA, "More From KCNA.kp\n\n"),
    "watch-teasers.txt": _repeated("The harbour opens\n\nThe harbour opens\n\nThe ferry leaves\n\nDecember 17, 2025\n\nThe ferry leaves\n\n", _KCNA + "The ferry leaves.\n\nMore From KCNA.kp (En)\n\n"),
    "watch-words.txt": _repeated("word ", _KCNA + "The ferry leaves.\n\nMore From KCNA.kp (En)\n\n"),
    "watch-short-teasers.txt": _repeated("a\n\n", _KCNA + "The ferry leaves.\n\nMore From KCNA.kp (En)\n\n"),
    "watch-pages.txt": _repeated(_KCNA + "The ferry leaves.\n\n"),
    "watch-anchors.txt": _repeated("Date: 21/07/2021 | Source: KCNA.kp (En) | Read original version at source\n", _KCNA),
    "watch-anchor-stars.txt": _repeated("*", _KCNA + "Date:", "| Source: a\n"),
    "watch-brackets.txt": _repeated("[", _KCNA + "[Read original version at source](https://example.org) "),
    "watch-bracketed-lines.txt": _repeated("[a](b)\n", _KCNA + "[Read original version at source](https://example.org)\n"),
    "watch-days.txt": _repeated("December 17, 2025\n", _KCNA + "More From KCNA.kp\n\n"),
    "watch-more-from.txt": _repeated("More From KCNA.kp\n\n", _KCNA),
    "watch-more-articles.txt": _repeated("More Articles", _KCNA),
    "agency.txt": _repeated("The ferry leaves.\n", "The harbour opens\n\nPyongyang, July 14 (KCNA) -- "),
    "agency-lines.txt": _repeated("Pyongyang, July 14 (KCNA) -- The ferry leaves.\n", "The harbour opens\n\n"),
    "agency-bars.txt": _repeated("|", "calendar>>September 21. 2018 Juche 107\n\n"),
    "rodong.txt": _repeated("> a ", "Aug. 3, Juche 113 (2024) Saturday\n", "\n\nThe harbour\n\nThe ferry leaves."),
    # -- mail
    "mail.eml": _repeated("The ferry leaves at nine.\n", _MAIL + "Content-Type: text/plain\n\n"),
    "mail-lines.eml": _repeated("\n", _MAIL + "Content-Type: text/plain\n\na", "b"),
    "mail-quotes.eml": _repeated("> a\n", _MAIL + "Content-Type: text/plain\n\n"),
    "mail-headers.eml": _counted(lambda n: f"X-Header-{n}: a\n", _MAIL, "\nThe ferry leaves."),
    "mail-folded.eml": _repeated(" a\n", _MAIL + "X-Header: a\n", "\nThe ferry leaves."),
    "mail-encoded-subject.eml": _repeated("=?utf-8?q?a?= ", "From: a@example.org\nMIME-Version: 1.0\nDate: Thu, 02 May 2024 09:00:00 +0000\nSubject: ", "\n\nThe ferry leaves."),
    "mail-addresses.eml": _repeated("a@example.org, ", "MIME-Version: 1.0\nDate: Thu, 02 May 2024 09:00:00 +0000\nSubject: a\nFrom: ", "a@example.org\n\nThe ferry leaves."),
    "mail-comments.eml": _repeated("(", "MIME-Version: 1.0\nDate: Thu, 02 May 2024 09:00:00 +0000\nSubject: a\nFrom: ", "a@example.org\n\nThe ferry leaves."),
    "mail-parts.eml": _repeated("--b\nContent-Type: text/plain\n\na\n", _MAIL + "Content-Type: multipart/mixed; boundary=b\n\n", "--b--\n"),
    "mail-nested.eml": _counted(lambda n: f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n", _MAIL, "Content-Type: text/plain\n\na\n"),
    "mail-pictures.eml": _counted(lambda n: f"--b\nContent-Type: image/png\nContent-ID: <i{n}>\nContent-Transfer-Encoding: base64\n\nAAAA\n", _MAIL + "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>a</p>\n", "--b--\n"),
    "mails.mbox": _repeated("From a@example.org Thu May  2 09:00:00 2024\n" + _MAIL + "Content-Type: text/plain\n\nThe ferry leaves.\n\n"),
    "mail-from-lines.mbox": _repeated(">From a\n", "From a@example.org Thu May  2 09:00:00 2024\n" + _MAIL + "\n"),
    "mail-blank-lines.mbox": _repeated("\n\nFrom a", "From a@example.org Thu May  2 09:00:00 2024\n" + _MAIL + "\n"),
    "page.mhtml": _counted(lambda n: f"--b\nContent-Type: image/png\nContent-Location: https://example.org/{n}.png\nContent-Transfer-Encoding: base64\n\nAAAA\n", "From: <Saved by Blink>\nSnapshot-Content-Location: https://example.org/\nSubject: a\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\nContent-Location: https://example.org/\n\n<html><body><h1>The harbour</h1><p>The ferry leaves.</p></body></html>\n", "--b--\n"),
    # -- feeds and records
    "items.rss": _counted(lambda n: f"<item><title>Ferry {n}</title><link>https://example.org/{n}</link><pubDate>Thu, 02 May 2024 09:00:00 GMT</pubDate><description>The ferry leaves at nine.</description></item>", _FEED, "</channel></rss>"),
    "same-items.rss": _repeated("<item><title>Ferry</title><description>The ferry leaves at nine.</description></item>", _FEED, "</channel></rss>"),
    "items-never-closed.rss": _repeated("<item>", _FEED),
    "empty-items.rss": _repeated("<item/>", _FEED, "</channel></rss>"),
    "broken.rss": _repeated("<item><title>a & b</title>", _FEED),
    "feed-declarations.rss": _repeated("<!ENTITY a 'b'>", "<!DOCTYPE rss [", "]>" + _FEED + "</channel></rss>"),
    "feed-comments.rss": _repeated("<!-- -->", "", _FEED + "<item><title>a</title></item></channel></rss>"),
    "feed-instructions.rss": _repeated("<?a ", "", _FEED + "<item><title>a</title></item></channel></rss>"),
    "feed-categories.rss": _repeated("<category>a</category>", _FEED + "<item><title>a</title><description>The ferry leaves.</description>", "</item></channel></rss>"),
    "feed-one-item.rss": _repeated("The ferry leaves. ", _FEED + "<item><title>a</title><description>", "</description></item></channel></rss>"),
    "feed-html.rss": _repeated("&lt;a ", _FEED + "<item><title>a</title><description>", "</description></item></channel></rss>"),
    "items.json": _counted(lambda n: f'{{"id":"{n}","title":"Ferry {n}","content_text":"The ferry leaves at nine."}}', '{"version":"https://jsonfeed.org/version/1.1","title":"Harbour","items":[', "]}", ","),
    "same-items.json": _repeated('{"id":"1","title":"Ferry","content_text":"The ferry leaves at nine."},', '{"version":"https://jsonfeed.org/version/1.1","title":"Harbour","items":[', '{"id":"1"}]}'),
    "records.jsonl": _counted(lambda n: f'{{"title":"Ferry {n}","date":"2024-05-02","text":"The ferry leaves at nine from the pier."}}\n', "", ""),
    "records.csv": _counted(lambda n: f'Ferry {n},2024-05-02,"The ferry leaves at nine from the pier."\n', "title,date,text\n", ""),
    "columns.csv": lambda size: ",".join(["title", "date", "text", *(f"c{n}" for n in range(size // 12))]) + "\n" + ",".join(["Ferry", "2024-05-02", "The ferry leaves at nine.", *(["x"] * (size // 12))]) + "\n",
    "quotes.csv": _repeated('"', "title,date,text\nFerry,2024-05-02,", "\n"),
    "records-cut.json": _repeated('{"title":"Ferry","date":"2024-05-02","text":"The ferry leaves at nine."},', "["),
    "records-deep.json": _repeated("[", '[{"title":"Ferry","date":"2024-05-02","text":"The ferry leaves."},'),
    "records-objects.json": _repeated('{"a":', '[{"title":"Ferry","date":"2024-05-02","text":"The ferry leaves."},'),
    "records-strings.json": _repeated('"\\', '[{"title":"Ferry","date":"2024-05-02","text":"The ferry leaves."},'),
    "record-tags.json": _repeated('"a",', '[{"title":"Ferry","date":"2024-05-02","text":"The ferry leaves.","tags":[', '"a"]}]'),
    "record-authors.json": lambda size: json.dumps([{"title": "Ferry", "date": "2024-05-02", "text": "The ferry leaves.", "author": " " * size}]),
    "record-list.json": lambda size: json.dumps([{"title": "Ferry", "date": "2024-05-02", "text": "The ferry leaves.", "tags": "['" + "\\'" * (size // 3) + "]"}]),
    "bookmarks.html": _counted(lambda n: f'<DT><A HREF="https://example.org/{n}" ADD_DATE="1714640400">Ferry {n}</A>\n', "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<TITLE>Bookmarks</TITLE>\n<H1>Bookmarks</H1>\n<DL><p>\n", "</DL><p>\n"),
}

PUMPS = (
    *(" ", "\n", "\t", "\xa0", "a", "a ", "a\n", "A ", "0", "0.0,", "1:", "-", "- ", "[", "[[a", "](", "<a ", "<", "&a", "&amp;"),
    *('"', "\\", "'\\", "{", "{% a ", "{{< a ", "*", "_a", "`", "=", "|", "| ", "/a", "항", "항 ", "é", "Ã©", "\u200b", "e\u0301"),
    *("www.a.", "https://a ", "https://", "mailto:a@", ", ", "; ", " and ", "by ", "Mr. ", "(a", "(a) ", "> ", "#", "# ", "%41"),
)
"""What a text may be made of, over and over."""
