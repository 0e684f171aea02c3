"""Code of every highlighter is one block: its lines, its language, no numbers, no buttons."""

from __future__ import annotations

import pytest

from exporter.diagnostics import Report
from exporter.model.article import CodeBlock
from exporter.readers.common import dom, markup
from exporter.readers.source import Source

LINES = ["def tide(hour):", "", "    return hour % 12", "42"]
CODE = "\n".join(LINES)


def blocks(page: str) -> list[object]:
    report = Report()
    root = markup.parse(page, "page.html", report)
    return list(dom.blocks(root, Source(b"", "page.html"), report)[0])


def each(line: str, between: str = "") -> str:
    return between.join(line.format(n=n, line=text) for n, text in enumerate(LINES, 1))


NUMBERS = "\n".join("1234")

FORMS = {
    "plain": f"<pre><code class=language-python>{CODE}</code></pre>",
    "Chroma, one span a line": "<div class=highlight><pre class=chroma><code data-lang=python>"
    + each('<span class="line"><span class="cl">{line}\n</span></span>')
    + "</code></pre></div>",
    "Chroma, numbers within": "<div class=highlight><pre><code class=language-python>"
    + each('<span class="line"><span class="ln">{n}</span><span class="cl">{line}\n</span></span>')
    + "</code></pre></div>",
    "Chroma, numbers that cannot be selected": "<pre><code class=language-python>"
    + each(
        '<span style="display:flex"><span style="white-space:pre;user-select:none;color:#7f7f7f"> {n}</span>'
        "<span>{line}\n</span></span>"
    )
    + "</code></pre>",
    "Chroma, a table": '<div class=highlight><table class="lntable"><tr><td class="lntd"><pre class="chroma">'
    "<code>"
    + each('<span class="lnt">{n}\n</span>')
    + '</code></pre></td><td class="lntd">\n<pre class="chroma"><code class="language-python">'
    + each('<span class="line">{line}\n</span>')
    + "</code></pre></td></tr></table></div>",
    "Rouge": '<div class="language-python highlighter-rouge"><div class="highlight"><code>'
    f'<table class="rouge-table"><tbody><tr><td class="rouge-gutter gl"><pre class="lineno">{NUMBERS}\n</pre>'
    f'</td><td class="rouge-code"><pre>{CODE}\n</pre></td></tr></tbody></table></code></div></div>',
    "Pygments": '<div class="highlight-python"><table class="highlighttable"><tr><td class="linenos">'
    f'<div class="linenodiv"><pre>{NUMBERS}</pre></div></td><td class="code"><div class="highlight">'
    f"<pre data-lang=python>{CODE}</pre></div></td></tr></table></div>",
    "Pygments, numbers within": '<div class="highlight"><pre data-language=python>'
    + each('<span class="linenos">{n}</span>{line}', "\n")
    + "</pre></div>",
    "Hexo": '<figure class="highlight python"><table><tr><td class="gutter"><pre>'
    + each('<span class="line">{n}</span><br>')
    + '</pre></td><td class="code"><pre>'
    + each('<span class="line">{line}</span><br>')
    + "</pre></td></tr></table></figure>",
    "Shiki": '<pre class="shiki" data-language=python><code>'
    + each('<span class="line"><span>{line}</span></span>', "\n")
    + "</code></pre>",
    "Shiki, boxes": '<pre class="shiki" data-language=python><code>'
    + each('<span class="line" style="display: block">{line}</span>')
    + "</code></pre>",
    "Shiki, boxes with a line feed": '<pre class="shiki" data-language=python><code>'
    + each('<span class="line" style="display: block">{line}</span>', "\n")
    + "</code></pre>",
    "rehype-pretty-code": "<figure data-rehype-pretty-code-figure><pre data-language=python>"
    "<code data-line-numbers>" + each('<span data-line="">{line}</span>', "\n") + "</code></pre></figure>",
    "Expressive Code": '<div class="expressive-code"><figure class="frame"><pre data-language="python"><code>'
    + each('<div class="ec-line"><div class="gutter"><div class="ln">{n}</div></div><div>{line}</div></div>')
    + '</code></pre><div class="copy"><button title="Copy">Copy</button></div></figure></div>',
    "SyntaxHighlighter": '<div class="syntaxhighlighter python"><table><tbody><tr><td class="gutter">'
    + each('<div class="line number{n}">{n}</div>')
    + '</td><td class="code"><div class="container">'
    + each('<div class="line number{n}"><code class="python plain">{line}</code></div>')
    + "</div></td></tr></tbody></table></div>",
    "highlight.js": '<pre><code class="hljs language-python"><table class="hljs-ln"><tbody>'
    + each(
        '<tr><td class="hljs-ln-line hljs-ln-numbers" data-line-number="{n}"></td>'
        '<td class="hljs-ln-line hljs-ln-code">{line}</td></tr>'
    )
    + "</tbody></table></code></pre>",
    "GitHub": '<div class="highlight highlight-source-python"><table><tbody>'
    + each(
        '<tr><td class="blob-num" data-line-number="{n}"></td>'
        '<td class="blob-code"><span>{line}</span></td></tr>'
    )
    + "</tbody></table></div>",
    "GitHub, a copy button": f'<div class="highlight highlight-source-python"><pre>{CODE}</pre>'
    '<div class="zeroclipboard-container"><clipboard-copy>Copy</clipboard-copy></div></div>',
    "react-syntax-highlighter": '<pre><code class="language-python">'
    + each('<span><span class="linenumber react-syntax-highlighter-line-number">{n}</span>{line}\n</span>')
    + "</code></pre>",
    "google-code-prettify": '<pre class="prettyprint lang-python"><ol class="linenums">'
    + each("<li>{line}</li>")
    + "</ol></pre>",
    "a brush": f'<pre class="brush: python; gutter: false">{CODE}</pre>',
    "lines in code elements": '<pre class="language-python">'
    + each('<code class="line">{line}</code>', "\n")
    + "</pre>",
    "bare numbers": '<pre class="language-python">'
    + each('<div class="row"><span>{n}</span><div>{line}</div></div>')
    + "</pre>",
    "a header": '<pre><code class="hljs language-python"><div class="code__header"><span>python</span>'
    f"<button>Copy</button></div>{CODE}</code></pre>",
    "no pre": '<code class="block language-python">'
    + each('<span style="display:block">{line}</span>')
    + "</code>",
    "a pre in a code": f"<code class=wrap>\n<pre><code class=language-python>{CODE}</code></pre>\n</code>",
}


@pytest.mark.parametrize("form", FORMS)
def test_code_of_every_form_is_one_block(form: str) -> None:
    assert blocks(f"<p>Tides:</p>{FORMS[form]}<p>So much.</p>")[1:-1] == [CodeBlock(CODE, "python")]


def test_a_table_with_numbers_is_no_code() -> None:
    (table,) = blocks("<table><tr><td>1</td><td>Ida</td></tr><tr><td>2</td><td>Mia</td></tr></table>")
    assert not isinstance(table, CodeBlock)


@pytest.mark.parametrize("line", ["12 34", "1\n2\n3"])
def test_numbers_that_are_the_code_stay(line: str) -> None:
    assert blocks(f"<pre>{line}</pre>") == [CodeBlock(line)]


def test_code_in_a_line_stays_in_it() -> None:
    (paragraph,) = blocks("<p>Call <code>tide(1)</code> at noon.</p>")
    assert not isinstance(paragraph, CodeBlock)
