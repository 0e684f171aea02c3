"""The words of a page that are marked up for more than words: formulas, ruby, initials, buttons, drawings."""

from __future__ import annotations

import pytest

from exporter.diagnostics import Report
from exporter.model import visit
from exporter.model.article import Block, Figure
from exporter.readers import registry as readers
from exporter.readers.common import dom, formulas, markup
from exporter.readers.source import Source

NS = 'xmlns="http://www.w3.org/2000/svg"'
SHAPES = '<path d="M0 0H9"/><rect width="9" height="9"/><circle r="4"/>'


def blocks(page: str) -> tuple[Block, ...]:
    report = Report()
    root = markup.parse(page, "page.html", report)
    return dom.blocks(root, Source(b"", "page.html"), report)[0]


def texts(page: str) -> list[str]:
    return list(visit.texts(blocks(page)))


def math(content: str) -> str:
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML">{content}</math>'


BOUND = "<mi>u</mi><mo>≤</mo><mi>c</mi>"
SEMANTICS = math(
    f"<semantics><mrow>{BOUND}</mrow>"
    '<annotation encoding="application/x-tex">u \\leq c</annotation></semantics>'
)
DRAWN = '<span class="katex-html" aria-hidden="true"><span class="mord">u</span><span>≤</span>c</span>'
KATEX = f'<span class="katex"><span class="katex-mathml">{SEMANTICS}</span>{DRAWN}</span>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<mfrac><mrow><mi>k</mi><mi>w</mi></mrow><mn>2</mn></mfrac>", "(k w)/2"),
        ("<mfrac><mn>1</mn><mrow><mn>2</mn><mi>a</mi></mrow></mfrac>", "1/(2a)"),
        ("<msup><mi>v</mi><mn>10</mn></msup>", "v^10"),
        ("<msup><mi>e</mi><mrow><mo>−</mo><mi>x</mi></mrow></msup>", "e^(−x)"),
        ("<msup><mrow><mo>(</mo><mi>a</mi><mo>+</mo><mi>b</mi><mo>)</mo></mrow><mn>2</mn></msup>", "(a+b)^2"),
        ("<msup><mi>f</mi><mo>′</mo></msup>", "f′"),
        ("<msub><mi>x</mi><mi>i</mi></msub>", "x_i"),
        ("<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>", "x_i^2"),
        (
            "<munderover><mo>∑</mo><mrow><mi>k</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>",
            "∑_(k=1)^n",
        ),
        ("<msqrt><mi>a</mi><mo>+</mo><mi>b</mi></msqrt>", "√(a+b)"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "x^(1/3)"),
        ("<mover><mi>x</mi><mo>¯</mo></mover>", "x\u0304"),
        ("<mi>sin</mi><mo>\u2061</mo><mi>x</mi>", "sin x"),
        ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a,b)"),
        (
            "<mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr><mtr><mtd><mi>c</mi></mtd></mtr></mtable>",
            "a b; c",
        ),
        (f"<semantics><mrow>{BOUND}</mrow><annotation>u \\leq c</annotation></semantics>", "u≤c"),
    ],
)
def test_a_formula_is_words_in_one_line(content: str, words: str) -> None:
    assert texts(f"<p>It is {math(content)} here.</p>") == [f"It is {words} here."]


@pytest.mark.parametrize(
    "formula",
    [
        KATEX,
        f'<span class="mwe-math-element"><span style="display:none">{SEMANTICS}</span>'
        "<img src=a.svg alt=x></span>",
        f'<mjx-container jax="SVG"><svg {NS}><path/></svg>'
        f"<mjx-assistive-mml>{math(BOUND)}</mjx-assistive-mml></mjx-container>",
        "<mjx-container><mjx-math><mjx-mi><mjx-c class=mjx-c75></mjx-c></mjx-mi>"
        "<mjx-mo><mjx-c>≤</mjx-c></mjx-mo><mjx-mi><mjx-c>c</mjx-c></mjx-mi></mjx-math></mjx-container>",
        '<span class="MathJax_Preview">u c</span><span class="MathJax"><nobr>u c</nobr>'
        f'{math(BOUND)}</span><script type="math/tex">u \\leq c</script>',
        f'<script type="math/mml">{math(BOUND)}</script>',
    ],
)
def test_a_formula_of_every_form_is_read_once(formula: str) -> None:
    assert texts(f"<p>the bound {formula} throughout</p>") == ["the bound u≤c throughout"]


@pytest.mark.parametrize(
    "formula",
    [
        '<script type="math/tex">u \\leq c</script>',
        f'<span class="math-inline" data-math="u \\leq c"><span class="katex">{DRAWN}</span></span>',
        '<math alttext="u \\leq c"></math>',
    ],
)
def test_tex_stays_where_there_is_nothing_else(formula: str) -> None:
    assert texts(f"<p>the bound {formula} throughout</p>") == ["the bound u \\leq c throughout"]


@pytest.mark.parametrize(
    "formula",
    [
        f'</p><div class="katex-display">{KATEX}</div><p>',
        f'<span class="katex-display">{KATEX}</span>',
        f'</p><mjx-container display="true">{math(BOUND)}</mjx-container><p>',
        math(BOUND).replace("<math", '<math display="block"'),
        f'<script type="math/mml; mode=display">{math(BOUND)}</script>',
    ],
)
def test_a_displayed_formula_is_a_paragraph(formula: str) -> None:
    assert texts(f"<p>The bound is this:{formula}It is used.</p>") == [
        "The bound is this:",
        "u≤c",
        "It is used.",
    ]


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<ruby>港<rt>みなと</rt></ruby>の市場", "港(みなと)の市場"),
        ("<ruby><rb aria-hidden=true>港</rb><rp>(</rp><rt>みなと</rt><rp>)</rp></ruby>の", "港(みなと)の"),
        ("<ruby>港 <rp>（</rp><rt>みなと</rt><rp>）</rp></ruby>の", "港（みなと）の"),
        ("<ruby>東<rt>とう</rt>京<rt>きょう</rt></ruby>", "東(とう)京(きょう)"),
        ("<ruby><rb>東</rb><rb>京</rb><rt>とう</rt><rt>きょう</rt></ruby>", "東京(とうきょう)"),
        ("a <ruby>rule<rt>rool</rt></ruby> of it", "a rule(rool) of it"),
    ],
)
def test_ruby_is_its_base_and_its_reading(markup: str, words: str) -> None:
    assert texts(f"<p>{markup}</p>") == [words]


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<span class=dropcap>T</span> he ferry is late.", "The ferry is late."),
        ("<span aria-hidden=true class=drop-cap>T</span>he ferry is late.", "The ferry is late."),
        ('<span style="float: left; font-size: 3em">T</span> <b>he ferry</b> is late.', "The ferry is late."),
        ('<span class="first-letter"><b>T</b></span>\n<span>he ferry is late.</span>', "The ferry is late."),
        ("<div class=initial>T</div>he ferry is late.", "The ferry is late."),
        ("<span class=dropcap>A</span> ferry is late.", "A ferry is late."),
        (
            "<span class=dropcap>A</span> fter the ferry. What came after?",
            "After the ferry. What came after?",
        ),
        (
            "<span class=dropcap aria-hidden=true>T</span><span class=sr-only>T</span>he ferry.",
            "The ferry.",
        ),
        ("<b>B</b> flat", "B flat"),
    ],
)
def test_a_first_letter_belongs_to_its_word(markup: str, words: str) -> None:
    assert texts(f"<p>{markup}</p>") == [words]


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("The <button class=term>rule</button> is kept.", "The rule is kept."),
        ("On <time datetime=2011-05-01>the first of May</time> it rained.", "On the first of May it rained."),
        ("Read this. <span hidden>Not this.</span>", "Read this."),
        ('Up two per cent<span style="display: none">, opens new tab</span>.', "Up two per cent."),
        ('Up two<span style="position:absolute;width:1px">, opens new tab</span>.', "Up two."),
        ("Seen by <span aria-hidden=true>all</span> of them.", "Seen by all of them."),
        ("and <!-- -->nobody sp<!-- -->oke", "and nobody spoke"),
        ("Away <i class=material-icons aria-hidden=true>open_in_new</i>from here", "Away from here"),
    ],
)
def test_words_within_a_sentence(markup: str, words: str) -> None:
    assert texts(f"<p>{markup}</p>") == [words]


def test_signs_that_link_to_their_heading_are_left_out() -> None:
    assert texts("<h2>Tides <a href=#tides aria-hidden=true>#</a></h2><p>Low.</p>") == ["Tides", "Low."]


def test_buttons_of_the_page_stay_out() -> None:
    assert texts("<p><button>Share</button></p><p>Low tide.</p><button>Print</button>") == ["Low tide."]


def test_ten_thousand_times_in_a_paragraph() -> None:
    (text,) = texts("<p>" + "At <time>noon</time> it rained. " * 10_000 + "</p>")
    assert text.count("noon") == 10_000


# -- Pictures --------------------------------------------------------------------------------


def figures(page: str) -> list[Figure]:
    return [block for block in blocks(page) if isinstance(block, Figure)]


@pytest.mark.parametrize(
    ("drawing", "alt"),
    [
        (f'<svg {NS} role=img aria-label="h = k w / 2" viewBox="0 0 200 60" width=200>{SHAPES}</svg>',
         "h = k w / 2"),
        (f'<figure><svg {NS} viewBox="0 0 100 50">{SHAPES}<text>2018</text></svg></figure>', "2018"),
        (f'<svg {NS} width=300 height=200><title>Fares by year</title>{SHAPES}</svg>', "Fares by year"),
        (f'<svg {NS} width=300 height=200>{SHAPES}</svg>', ""),
    ],
)  # fmt: skip
def test_a_drawing_is_an_image(drawing: str, alt: str) -> None:
    (figure,) = figures(f"<p>Look:</p><section>{drawing}</section>")
    assert figure.alt == alt
    assert figure.asset


@pytest.mark.parametrize(
    "icon",
    [
        f'<svg {NS} width=24 height=24 role=img aria-label="Share">{SHAPES}</svg>',
        f'<a href="/"><svg {NS} width=200 height=200><title>Gazette</title>{SHAPES}</svg></a>',
        f'<svg {NS} viewBox="0 0 512 512">{SHAPES}</svg>',
        f'<svg {NS} width=200 height=200><use href="#a"/></svg>',
    ],
)
def test_an_icon_is_not(icon: str) -> None:
    assert figures(f"<p>Look: {icon}</p>") == []


def test_a_credit_beside_the_only_image_is_behind_its_caption() -> None:
    (figure,) = figures(
        "<figure><div><img src=https://x.example/l.jpg><span class=e>Photo: Renata Holm</span></div>"
        "<figcaption><p>The keeper on the stairs.</p></figcaption></figure>"
    )
    assert visit.plain(figure.caption) == "The keeper on the stairs.\nPhoto: Renata Holm"


def test_alternative_text_is_no_paragraph_unless_asked_for() -> None:
    page = '<title>Tower</title><p>A tower stands there.</p><img src=a.png alt="Seen from a boat">'
    source = Source(f"<!DOCTYPE html>{page}<p>{'It is high. ' * 30}</p>".encode(), "page.html")
    (article,) = readers.read_source(source, "html").articles
    assert "Seen from a boat" not in visit.plain_text(article)
    assert "Seen from a boat" in visit.paragraphs(article, alt=True)


def test_formulas_of_any_depth_are_read() -> None:
    deep = "<msqrt>" * 400 + "<mi>x</mi>" + "</msqrt>" * 400
    assert "x" in "".join(texts(f"<p>{math(deep)}</p>"))
    assert formulas.words(markup.parse(math("<mi>x</mi>"), "x", Report())) == "x"


def test_comments_are_passed_over_wherever_they_are() -> None:
    page = (
        "<p>a<!-- a --><sup><!-- b --><a href=#fn1><!-- c -->1</a></sup> <!-- d --><button>b</button> c</p>"
        f"<div><!-- e --><pre><!-- f -->d</pre><!-- g --></div>{math('<!-- h --><mi>x</mi>')}"
        "<ruby><!-- i -->e<!-- j --><rt>f</rt><!-- k --></ruby>"
        "<p><span class=dropcap><!-- l -->T</span><!-- m -->he</p>"
        "<h2><!-- n -->Notes</h2><!-- o --><ol><!-- p --><li id=fn1><!-- q -->g</li><!-- r --></ol>"
    )
    assert list(visit.texts(blocks(page), notes=True)) == ["a [g] b c", "d", "xe(f)", "The"]
