"""Read mail: single messages (.eml) and mailboxes (.mbox), especially newsletters. See docs/readers/mail.md.

If a message has several forms, the HTML one is used, else plain text. Images that are part of the message are
its figures; images on the network are not loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.headerregistry import AddressHeader

import msgspec
from lxml import html

from exporter.diagnostics import Report
from exporter.model import build, visit
from exporter.model.article import Article, Asset, Block, Heading, Paragraph, Quote
from exporter.readers.common import boilerplate, boilerplate_rules, date_parsing, dom, markup, prose, titles
from exporter.readers.common.markup import text_of
from exporter.readers.common.metadata import based
from exporter.readers.mail import _forwarded, _mime
from exporter.readers.mail._mime import Leaf, Mail
from exporter.readers.source import Source

_TYPE = "message/rfc822"
_POSTMARK = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [^\n]*\n")
_QUOTED = re.compile(rb"^>(>*From )", re.M)
_HEADER = re.compile(rb"^([A-Za-z][A-Za-z0-9-]{1,60}):", re.M)
_OF_MAIL = frozenset(
    (
        *(b"message-id", b"mime-version", b"received", b"return-path", b"delivered-to", b"list-id"),
        *(b"list-unsubscribe", b"x-mailer", b"user-agent", b"content-transfer-encoding"),
    )
)
_SAVED_PAGE = re.compile(rb"^(?:snapshot-content-location:|from: <saved by )", re.I | re.M)
_SUFFIXES = {".eml": 0.6, ".mbox": 0.6, ".mbx": 0.6}
_IN_BROWSER = re.compile(
    r"(?:(?:view|read|open|see)\s+(?:(?:this|the)\s+)?(?:(?:e-?mail|newsletter|message|it)\s+)?"
    r"(?:in|on)\s+(?:your\s+|a\s+|the\s+)?(?:web\s*)?(?:browser|web)|view\s+online|web\s+version|online\s+version|"
    r"(?:newsletter\s+)?(?:im|in\s+ihrem)\s+browser\s+(?:ansehen|anzeigen|öffnen|lesen)|"
    r"(?:voir|lire)\s++(?:.{1,30}\s+)?dans\s+(?:le|votre)\s+navigateur|ver\s++(?:.{1,30}\s+)?en\s+(?:el|tu|su)\s+navegador)\W*\Z",
    re.I,
)
_LONGEST_BOILERPLATE = 200
_BARS = str.maketrans("|·•", "\n\n\n")
_MACHINE_MADE = re.compile(r"[0-9a-f]{10,}|\d{6,}", re.I)


def sniff(source: Source) -> float:
    head = source.data[:8192].lstrip(b"\r\n")
    if _SAVED_PAGE.search(head) or source.suffix in (".mht", ".mhtml"):
        return 0.0  # a web page, saved as MIME
    if _POSTMARK.match(head):
        return 0.9
    end = re.search(rb"\r?\n\r?\n", head)
    names = {name.lower() for name in _HEADER.findall(head[: end.start() if end else len(head)])}
    if _HEADER.match(head) and b"from" in names and names & {b"date", b"subject"} and names & _OF_MAIL:
        return 0.9
    return _SUFFIXES.get(source.suffix, 0.0)


def read(source: Source, report: Report) -> Iterable[Article]:
    number = 0
    for message in _messages(source.data.lstrip(b"\r\n")):
        if not message.strip():  # a mailbox may contain a hundred thousand of these
            report.add("no-article", source.name)
            continue
        mail = _mime.read(message, source, report)
        for article in _article(mail, source, report, number):
            number += 1
            yield article


def _messages(data: bytes) -> Iterator[bytes]:
    """The messages of a mailbox, with quoted "From " lines restored (mboxrd), or the single message of the
    file."""
    marks = list(_POSTMARK.finditer(data)) if data.startswith(b"From ") else []
    if not marks:
        yield data
        return
    ends = [*(mark.start() for mark in marks[1:]), len(data)]
    for mark, end in zip(marks, ends, strict=True):
        yield _QUOTED.sub(rb"\1", data[mark.end() : end])


def _article(mail: Mail, source: Source, report: Report, number: int) -> Iterator[Article]:
    receivers = _forwarded.addresses(_mime_values(mail))
    mail, above = _unwrap(mail, source, report)
    blocks, assets, root = _body(mail, source, report)
    message = _forwarded.read(blocks, mail.text("subject"))
    if message.headers:
        receivers |= _forwarded.addresses([message.headers.get("to", ""), *_mime_values(mail, "from")])
        above += message.above
    blocks = _without_boilerplate(message.blocks, receivers, above, source, report)
    title = _forwarded.without_prefixes(message.headers.get("subject") or mail.text("subject"))
    words = next((text for text in visit.texts(blocks) if text.strip()), "")
    if not blocks or not (title or words):
        report.add("no-article", source.name, title[:80])
        return
    basis = based("metadata", title=title)
    if not title:
        report.add("title-missing", source.name)
        title, basis["title"] = titles.first_words(words), "guess"
    date_text = message.headers.get("date", "") if message.headers else mail.text("date")
    published = date_parsing.parse(date_text)
    if published:
        basis["published"] = "metadata"
    elif date_text:
        report.add("date-invalid", source.name, date_text[:60])
    author, label = _sender(mail)
    if message.headers:
        author, label = None, _forwarded.sender(message.headers["from"])
    declared = mail.text("content-language") or (root.get("lang") if root is not None else None)
    language = build.language_tag(declared)
    basis |= based("metadata", authors=author, source=label, language=language)
    yield Article(
        title=title,
        authors=(author,) if author else (),
        source=label,
        tags=tuple(dict.fromkeys(filter(None, map(str.strip, mail.text("keywords").split(","))))),
        language=language,
        published=published,
        basis=basis,
        link=_link(mail, root),
        blocks=blocks if basis["title"] == "guess" else titles.without_title(blocks, title),
        assets=assets,
        origin=source.origin("mail", _TYPE, number),
    )


def _unwrap(mail: Mail, source: Source, report: Report) -> tuple[Mail, tuple[Block, ...]]:
    """Return the message that was forwarded as an attachment, and the text above it.

    Without one, return the message itself, including its attachments, and no text.
    """
    above: tuple[Block, ...] = ()
    while len(mail.attached) == 1 and (_is_bare(mail) or _forwarded.has_prefix(mail.text("subject"))):
        above += _body(mail, source, report)[0]
        mail = mail.attached[0]
    return msgspec.structs.replace(mail, leaves=mail.every_leaf(), attached=()), above


def _is_bare(mail: Mail) -> bool:
    """Whether a message has no text of its own."""
    return not any(leaf.kind.startswith("text/") and leaf.data.strip() for leaf in mail.leaves)


def _mime_values(mail: Mail, *more: str) -> list[str]:
    """The headers that name the recipients of a message; the address of a mailing list is not included."""
    names = ("delivered-to", "x-original-to", *more)
    return [mail.text(name) for name in (names if mail.text("list-id") else ("to", "cc", *names))]


def _without_boilerplate(
    blocks: tuple[Block, ...],
    receivers: frozenset[str],
    above: tuple[Block, ...],
    source: Source,
    report: Report,
) -> tuple[Block, ...]:
    """Return the blocks without the boilerplate of a message.

    This is: lines with addresses of ``receivers``, lines for unsubscribing, and the text ``above`` a
    forwarded message.
    """
    left_out: dict[str, list[str]] = {}
    if above and "forwarding" in source.disabled_rules:
        blocks = (*above, *blocks)
    elif above:
        left_out["forwarding"] = [build.one_line(text) for text in visit.texts(above)]

    def keeps(block: Block) -> bool:
        name = _rule_name(block, receivers)
        if name is None or name in source.disabled_rules:
            return True
        left_out.setdefault(name, []).extend(map(build.one_line, visit.texts((block,))))
        return False

    def kept(inner: tuple[Block, ...]) -> tuple[Block, ...]:
        return tuple(
            part
            for block in inner
            for part in (build.quote(kept(block.blocks)) if isinstance(block, Quote) else (block,))
            if keeps(part)
        )

    shown = kept(blocks)
    boilerplate.add_findings(report, source.name, left_out)
    return shown or blocks


def _rule_name(block: Block, receivers: frozenset[str]) -> str | None:
    """The name of the rule that removes a line of a message's boilerplate, or None."""
    if not isinstance(block, Paragraph | Heading):
        return None
    text = visit.plain(block.content)
    if len(text) > _LONGEST_BOILERPLATE:
        return None
    if any(address in text.casefold() for address in receivers):
        return "reader-address"
    parts = [part.strip(" .") for part in text.translate(_BARS).split("\n") if part.strip(" .")]
    is_frame = parts and all(_is_footer(p) or _IN_BROWSER.match(p) for p in parts)
    return "mail-footer" if is_frame else None


def _is_footer(line: str) -> bool:
    rule = boilerplate_rules.anywhere().rule(boilerplate_rules.bare(line))
    return rule is not None and rule.name == "mail-footer"


def _sender(mail: Mail) -> tuple[str | None, str | None]:
    """The author and the source. For a mailing list, its name is the source and the sender is the author;
    otherwise the sender is the source."""
    sender = mail.header("from")
    name = address = ""
    if isinstance(sender, AddressHeader) and sender.addresses:
        name, address = build.one_line(sender.addresses[0].display_name), sender.addresses[0].domain
    name = name.strip("\"' ") or ("" if address else mail.text("from"))
    of_list = build.one_line(mail.text("list-id").partition("<")[0]).strip("\"' ")
    if of_list and not _MACHINE_MADE.search(of_list):
        return (name or None) if not titles.same(name, of_list) else None, of_list
    return None, name or build.one_line(address) or None


def _link(mail: Mail, root: html.HtmlElement | None) -> str | None:
    """The address of the message on the network, from its header (RFC 5064), or from the only link for
    viewing it there. The address of the archive of a mailing list does not count."""
    if archived := build.safe_link(mail.text("archived-at").strip("<> ")):
        return archived
    links = {a.get("href") or "" for a in (root.iter("a") if root is not None else ()) if _offers(a)}
    return build.safe_link(links.pop()) if len(links) == 1 else None


def _offers(link: html.HtmlElement) -> bool:
    return bool(_IN_BROWSER.match(build.one_line(text_of(link))))


# -- The body --------------------------------------------------------------------------


def _body(
    mail: Mail, source: Source, report: Report
) -> tuple[tuple[Block, ...], tuple[Asset, ...], html.HtmlElement | None]:
    """The blocks, the images that they use, and the page that they come from, if there is one."""
    texts = [leaf for leaf in mail.leaves if not leaf.is_attached]
    images = [leaf for leaf in mail.leaves if leaf.kind.startswith("image/")]
    shown = Source(source.data, source.name, lambda name: _part(images, name))
    for leaf in texts:
        if leaf.kind not in ("text/html", "application/xhtml+xml"):
            continue
        root = markup.parse(_mime.decode(leaf, source, report), source.name, report)
        _place(root, images)
        blocks, assets = dom.blocks(root, shown, report, base=None)
        if blocks:
            return blocks, assets, root
    plain = [leaf for leaf in texts if leaf.kind == "text/plain"]
    said: list[Block] = []
    for leaf in plain:
        text = _mime.decode(leaf, source, report)
        said += _plain(leaf, _forwarded.apart(text, mail.text("subject")))
    if not images:
        return tuple(said), (), None
    root = markup.parse("<body></body>", source.name, report)
    _place(root, images)
    pictures, assets = dom.blocks(root, shown, report, base=None)
    return (*said, *pictures), assets, None


def _place(root: html.HtmlElement, images: list[Leaf]) -> None:
    """Resolve the ``cid:`` images (RFC 2392) of a page to the parts that they name.

    Inline parts that the page does not show are appended to it.
    """
    placed: set[int] = set()
    for image in root.iter("img"):
        ref = (image.get("src") or "").strip()
        for number, leaf in enumerate(images):
            if ref[:4].lower() == "cid:" and leaf.id and ref[4:] == leaf.id:
                image.set("src", f"part-{number}")
                placed.add(number)
    body = root.find("body")
    for number, leaf in enumerate(images):
        if number not in placed and not leaf.is_attached and not leaf.id and body is not None:
            figure = html.Element("figure")
            figure.append(html.Element("img", src=f"part-{number}", alt=""))
            body.append(figure)


def _part(images: list[Leaf], name: str) -> bytes | None:
    match = re.fullmatch(r"part-(\d{1,6})", name)
    return images[int(match[1])].data if match and int(match[1]) < len(images) else None


def _plain(leaf: Leaf, text: str) -> tuple[Block, ...]:
    """Plain text, with soft line breaks removed if it has these (RFC 3676)."""
    if not leaf.is_flowed:
        return prose.plain(text)
    blocks: list[Block] = []
    depth, lines = 0, list[str]()
    for at, line in _flowed(text, leaf.deletes_space):
        if at != depth:
            blocks += _quoted(depth, lines)
            depth, lines = at, []
        lines.append(line)
    return (*blocks, *_quoted(depth, lines))


def _quoted(depth: int, lines: list[str]) -> tuple[Block, ...]:
    blocks = tuple(block for line in lines for block in build.paragraph([line]))
    return build.quote(blocks) if depth else blocks


def _flowed(text: str, deletes_space: bool) -> Iterator[tuple[int, str]]:
    """Complete lines, each with its depth of quotation."""
    depth, pending = 0, ""
    for line in text.split("\n"):
        said = line.lstrip(">")
        at = len(line) - len(said)
        said = said.removeprefix(" ")
        if pending and at != depth:
            yield depth, pending
            pending = ""
        depth = at
        if said.endswith(" ") and said != "-- ":
            pending += said[:-1] if deletes_space else said
            continue
        yield depth, pending + said
        pending = ""
    if pending:
        yield depth, pending
