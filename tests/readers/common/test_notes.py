"""Notes are read at their marks, in whatever form a site has them and wherever on the page they are."""

from __future__ import annotations

import pytest

from exporter.model import visit
from exporter.model.article import Note, Paragraph, Superscript
from exporter.readers import registry as readers
from exporter.readers.source import Reading, Source

TEXT = [
    "The ferry lost money again last year, and the board says that it will do so again whatever the weather.",
    "Only the summer of 2018 brought a surplus, when the road bridge was closed and everyone had to cross.",
    "The board meets again in June to decide on fares, and all who pay fares may come and speak for an hour.",
]
SAID = ["By 41,200 crowns, before the subsidy.", "The accounts were never audited."]


def page(*paragraphs: str, below: str = "", above: str = "", aside: str = "") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        "<!DOCTYPE html><html lang=en><head><title>The ferry</title>"
        "<link rel=canonical href=https://quay.example/2024/ferry.html></head><body>"
        f"{above}<article><h1>The ferry</h1>{body}{aside}</article>{below}</body></html>"
    )


def read(text: str) -> Reading:
    return readers.read_source(Source(text.encode(), "ferry.html"), "html")


def lines(reading: Reading) -> list[str]:
    """The paragraphs, each with its notes in brackets."""
    (article,) = reading.articles
    return [visit.plain(b.content, notes=True) for b in article.blocks if isinstance(b, Paragraph)]


def matches(reading: Reading) -> dict[str, str]:
    return {d.id: d.detail for d in reading.diagnostics if d.id.startswith("note")}


def marked(mark: str) -> list[str]:
    """The article's paragraphs, two of them with a mark: ``{n}`` counts."""
    return [TEXT[0] + mark.format(n=1), TEXT[1] + mark.format(n=2), TEXT[2]]


def listed(item: str, around: str) -> str:
    items = (item.format(n=n, said=said) for n, said in enumerate(SAID, 1))
    return around.format("".join(items))


WHOLE = [f"{TEXT[0]} [{SAID[0]}]", f"{TEXT[1]} [{SAID[1]}]", TEXT[2]]

FORMS = {
    "Hugo": (
        '<sup id="fnref:{n}"><a class="footnote-ref" href="#fn:{n}">{n}</a></sup>',
        '<li id="fn:{n}"><p>{said}&#160;<a class="footnote-backref" href="#fnref:{n}">&#8617;</a></p></li>',
        '<section class="footnotes" role="doc-endnotes"><hr><ol>{}</ol></section>',
    ),
    "Python-Markdown": (
        '<sup id="fnref:{n}"><a class="footnote-ref" href="#fn:{n}">{n}</a></sup>',
        '<li id="fn:{n}"><p>{said}<a class="footnote-backref" href="#fnref:{n}" title="Back">↩</a></p></li>',
        '<div class="footnote"><hr><ol>{}</ol></div>',
    ),
    "pandoc": (
        '<a href="#fn{n}" class="footnote-ref" id="fnref{n}" role="doc-noteref"><sup>{n}</sup></a>',
        '<li id="fn{n}"><p>{said}<a href="#fnref{n}" role="doc-backlink">↩</a></p></li>',
        '<aside id="footnotes" class="footnotes" role="doc-endnotes"><ol>{}</ol></aside>',
    ),
    "WordPress": (
        '<sup data-fn="a-{n}" class="fn"><a href="#a-{n}" id="a-{n}-link">{n}</a></sup>',
        '<li id="a-{n}">{said} <a href="#a-{n}-link" aria-label="Jump">↩︎</a></li>',
        '<ol class="wp-block-footnotes">{}</ol>',
    ),
    "Substack": (
        '<a id="footnote-anchor-{n}" href="#footnote-{n}" class="footnote-anchor">{n}</a>',
        '<div class="footnote">'
        '<a id="footnote-{n}" href="#footnote-anchor-{n}" class="footnote-number">{n}</a>'
        '<div class="footnote-content"><p>{said}</p></div></div>',
        "{}",
    ),
    "Word": (
        '<a name="_ftnref{n}" href="#_ftn{n}">[{n}]</a>',
        '<p><a name="_ftn{n}" href="#_ftnref{n}">[{n}]</a> {said}</p>',
        '<hr size="1" width="33%">{}',
    ),
    "Word without names": (
        '<sup><a href="#_ftn{n}">[{n}]</a></sup>',
        '<p><sup><a href="//6CB562CC#_ftnref{n}">[{n}]</a> </sup>{said}</p>',
        "<hr>{}",
    ),
    "Wikipedia": (
        '<sup id="cite_ref-{n}" class="reference">'
        '<a href="#cite_note-{n}"><span>[</span>{n}<span>]</span></a></sup>',
        '<li id="cite_note-{n}"><span class="mw-cite-backlink"><b><a href="#cite_ref-{n}">^</a></b></span> '
        '<span class="reference-text">{said}</span></li>',
        '<div class="mw-heading"><h2>References</h2></div><div><ol class="references">{}</ol></div>',
    ),
    "a list under a title": (
        ' <a href="#r{n}">[{n}]</a>',
        '<li><a id="r{n}"></a>{said}</li>',
        "<h4>References and notes</h4><ol>{}</ol>",
    ),
    "headings": (
        '<a class="footnote" id="DOCF{n}" href="#FOOT{n}"><sup>{n}</sup></a>',
        '<h5><a id="FOOT{n}" href="#DOCF{n}">({n})</a></h5><p>{said}</p>',
        '<div class="footnotes-segment"><hr><h4>Footnotes</h4>{}</div>',
    ),
    "one paragraph": (
        '<a href="#note{n}"><sup>{n}</sup></a>',
        '<a name="note{n}"><sup>{n}</sup></a> {said} <a href="#">↩</a><br><br>',
        '<hr><p id="footnote">{}</p>',
    ),
    "another address": (
        '<sup><a data-type="noteref" href="ferry.html#fn{n}" id="fn{n}-mark">{n}</a></sup>',
        '<p data-type="footnote" id="fn{n}"><sup><a href="ferry.html#fn{n}-mark">{n}</a></sup> {said}</p>',
        '<div data-type="footnotes">{}</div>',
    ),
    "escaped": (
        '<sup><a href="#fn%3A{n}%C3%A4">{n}</a></sup>',
        '<li id="fn:{n}ä">{said}</li>',
        '<ol class="footnotes">{}</ol>',
    ),
}


@pytest.mark.parametrize("place", ["aside", "below", "above"])
@pytest.mark.parametrize("form", FORMS)
def test_notes_of_every_form_are_at_their_marks(form: str, place: str) -> None:
    mark, item, around = FORMS[form]
    reading = read(page(*marked(mark), **{place: listed(item, around)}))
    assert [line.replace("  [", " [") for line in lines(reading)] == WHOLE
    assert matches(reading) == {}
    (article,) = reading.articles
    assert sum(isinstance(i, Note) for b in article.blocks for r in visit.runs(b) for i in r) == 2
    assert all(isinstance(block, Paragraph) for block in article.blocks)


@pytest.mark.parametrize(
    "neighbour",
    [
        '<label for="sn-{n}" class="margin-toggle sidenote-number"></label>'
        '<input type="checkbox" id="sn-{n}"><span class="sidenote">{said}</span>',
        '<span class="inline-footnote">{n}'
        '<span class="footnoteContent" style="display:none">{said}</span></span>',
        '<span class="fna" data-definition="d{n}"><a href="#">*</a></span>',
    ],
)
def test_notes_beside_the_text(neighbour: str) -> None:
    paragraphs = [TEXT[n - 1] + neighbour.format(n=n, said=said) for n, said in enumerate(SAID, 1)]
    hidden = listed('<aside style="display:none" class="fna-content" id="d{n}">{said}</aside>', "{}")
    text = page(*paragraphs, TEXT[2], aside=hidden if "data-definition" in neighbour else "")
    assert lines(read(text)) == WHOLE


def test_a_note_that_is_also_beside_the_text_is_read_once() -> None:
    mark, item, around = FORMS["Hugo"]
    neighbour = [m + f'<span class="sidenote"><sup>{n}</sup> {SAID[n - 1]}</span>' for n, m in enumerate(
        (mark.format(n=1), mark.format(n=2)), 1)]  # fmt: skip
    text = page(TEXT[0] + neighbour[0], TEXT[1] + neighbour[1], TEXT[2], below=listed(item, around))
    assert lines(read(text)) == WHOLE


def test_two_marks_may_share_a_note() -> None:
    mark, item, around = FORMS["Wikipedia"]
    shared = mark.format(n=1).replace("cite_ref-1", "cite_ref-1b")
    reading = read(page(*marked(mark)[:2], TEXT[2] + shared, aside=listed(item, around)))
    assert lines(reading) == [*WHOLE[:2], f"{TEXT[2]} [{SAID[0]}]"]


def test_a_mark_without_a_note_is_reported_and_keeps_its_number() -> None:
    mark, item, around = FORMS["Hugo"]
    missing = mark.format(n=7)
    reading = read(page(*marked(mark)[:2], TEXT[2] + missing, below=listed(item, around)))
    assert lines(reading) == [*WHOLE[:2], f"{TEXT[2]}7"]
    assert matches(reading) == {"note-missing": "7"}
    (article,) = reading.articles
    assert any(isinstance(i, Superscript) for b in article.blocks for r in visit.runs(b) for i in r)


@pytest.mark.parametrize(
    "link",
    [
        '<a href="#nowhere">here</a>',
        '<a href="#top">1</a>',
        '(see <a href="#theorem">1</a>)',
        '<a href="https://other.example/x#fn1">1</a>',
        "x<sup>2</sup>",
    ],
)
def test_other_links_are_no_marks(link: str) -> None:
    below = (
        '<h3><a name="theorem"></a>Theorem 1</h3><p>For any sum of fares the ferry loses a part of it.</p>'
    )
    reading = read(page(f"{TEXT[0]} {link}", *TEXT[1:], aside=below))
    assert matches(reading) == {}
    (article,) = reading.articles
    assert not any(isinstance(i, Note) for b in article.blocks for r in visit.runs(b) for i in r)
    assert "For any sum of fares" in visit.plain_text(article)


def test_of_two_notes_with_one_name_the_first_is_read() -> None:
    mark = '<sup><a href="#fn1">1</a></sup>'
    items = "".join(f'<li id="fn1">{said}</li>' for said in SAID)
    reading = read(page(TEXT[0] + mark, *TEXT[1:], aside=f'<ol class="footnotes">{items}</ol>'))
    assert lines(reading)[0] == WHOLE[0]
    (article,) = reading.articles
    assert SAID[1] in visit.plain_text(article)


def test_notes_that_call_themselves_or_one_another_end() -> None:
    mark, item, around = FORMS["Hugo"]
    calls = {1: mark.format(n=2), 2: mark.format(n=1) + mark.format(n=2)}
    notes = "".join(item.format(n=n, said=SAID[n - 1] + calls[n]) for n in (1, 2))
    (article,) = read(page(*marked(mark), below=around.format(notes))).articles
    values = "\n".join(visit.texts(article.blocks, notes=True))
    assert values.count(SAID[0]) == 2
    assert values.count(SAID[1]) == 2


def test_a_note_that_only_a_note_calls_is_in_it() -> None:
    mark, item, around = FORMS["Hugo"]
    notes = item.format(n=1, said=SAID[0] + mark.format(n=2)) + item.format(n=2, said=SAID[1])
    reading = read(page(TEXT[0] + mark.format(n=1), *TEXT[1:], below=around.format(notes)))
    assert lines(reading)[0] == f"{TEXT[0]} [{SAID[0]} [{SAID[1]}]]"


def test_notes_that_nothing_calls_stay_where_they_are() -> None:
    mark, item, around = FORMS["Hugo"]
    text = page(TEXT[0] + mark.format(n=1), *TEXT[1:], aside=listed(item, around))
    (article,) = read(text).articles
    assert "\n".join(visit.texts(article.blocks, notes=True)).count(SAID[1]) == 1


def test_notes_of_what_is_left_out_are_counted() -> None:
    mark, item, around = FORMS["Hugo"]
    comment = f"<div class=comments><p>Nobody was asked{mark.format(n=1)} and nobody came.</p></div>"
    notes = around.format(item.format(n=1, said=SAID[0]))
    reading = read(page(*TEXT, below=f"<footer>{comment}</footer>{notes}"))
    assert lines(reading) == TEXT
    assert matches(reading) == {"notes-left-out": "1"}


def test_a_page_of_a_hundred_notes() -> None:
    mark, item, around = FORMS["Wikipedia"]
    marks = "".join(f"{TEXT[n % 3]}{mark.format(n=n)} " for n in range(1, 101))
    notes = "".join(item.format(n=n, said=f"Said on day {n}.") for n in range(1, 101))
    (article,) = read(page(marks, *TEXT, below=around.format(notes))).articles
    values = [
        i for b in article.blocks for r in visit.runs(b) for i in visit.each_inline(r) if isinstance(i, Note)
    ]
    assert [next(visit.texts(note.blocks)) for note in values] == [f"Said on day {n}." for n in range(1, 101)]


def test_a_page_whose_class_speaks_of_notes_keeps_its_text() -> None:
    mark, item, around = FORMS["Hugo"]
    text = page(*marked(mark), aside=listed(item, around)).replace("<article>", "<div class=notes>")
    assert lines(read(text.replace("</article>", "</div>"))) == WHOLE


LOOSE = {
    "under a rule": ("<hr><p><sup>1</sup> {0}</p><p><sup>2</sup> {1}</p>", ""),
    "under a title": ("<h2>Notes</h2><p><strong>1</strong> {0}</p><p><strong>2</strong> {1}</p>", ""),
    "a numbered list": (
        "",
        "<div class=x__footnotes><h4>Footnotes</h4><ol><li>{0}</li><li>{1}</li></ol></div>",
    ),
    "lists beside the text": (
        "<aside><ol start=1><li>{0}</li></ol></aside><aside><ol start=2><li>{1}</li></ol></aside>",
        "",
    ),
}


@pytest.mark.parametrize("form", LOOSE)
def test_marks_that_are_no_links_belong_to_the_notes_of_their_numbers(form: str) -> None:
    aside, below = (text.format(*SAID) for text in LOOSE[form])
    assert lines(read(page(*marked("<sup>{n}</sup>"), aside=aside, below=below))) == WHOLE


def test_a_note_goes_on_as_far_as_the_next() -> None:
    aside = f"<hr><p><sup>1</sup> {SAID[0]}</p><p>So it is said.</p><p><sup>2</sup> {SAID[1]}</p>"
    assert (
        lines(read(page(*marked("<sup>{n}</sup>"), aside=aside)))[0]
        == f"{TEXT[0]} [{SAID[0]} So it is said.]"
    )


@pytest.mark.parametrize("marks", ["<sup>1</sup>", "<sup>{n}</sup> and m<sup>2</sup>"])
def test_numbers_that_are_no_certain_marks_stay(marks: str) -> None:
    aside = f"<hr><p><sup>1</sup> {SAID[0]}</p><p><sup>2</sup> {SAID[1]}</p>"
    (article,) = read(page(*marked(marks), aside=aside)).articles
    assert not any(isinstance(i, Note) for b in article.blocks for r in visit.runs(b) for i in r)
    assert SAID[0] in visit.plain_text(article)
