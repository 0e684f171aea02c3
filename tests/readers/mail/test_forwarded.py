"""Forwarded mail: the message that was passed on, not the one who passed it on."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

import exporter
from exporter.diagnostics import Report
from exporter.model import visit
from exporter.model.article import Article

CASES = Path(__file__).parents[2] / "cases/reading"
WORDS = "Gulls come inland for food, and the food is on the fields behind the town."
SUBJECT = "Why gulls come inland"

GMAIL = """---------- Forwarded message ---------
From: The Quay Letter <quay@letters.example>
Date: Tue, 5 Mar 2024 at 07:00
Subject: Why gulls come inland
To: <pat@home.example>
"""
OUTLOOK = """Von: The Quay Letter <quay@letters.example>
Gesendet: Dienstag, 5. März 2024 07:00
An: pat@home.example
Betreff: Why gulls come inland
"""
APPLE = """Begin forwarded message:

> From: The Quay Letter <quay@letters.example>
> Subject: Why gulls come inland
> Date: 5 March 2024 at 07:00
> To: pat@home.example
"""
THUNDERBIRD = """-------- Message transféré --------
Sujet :  Why gulls come inland
Date :  Tue, 5 Mar 2024 07:00
De :  "The Quay Letter" <quay@letters.example>
Pour :  pat@home.example,
 kim@home.example
"""


def message(text: str, subject: str = f"Fwd: {SUBJECT}", kind: str = "plain") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Pat Reader <pat@home.example>", "archive@home.example"
    mail["Subject"], mail["Date"] = subject, "Fri, 8 Mar 2024 21:00:00 +0000"
    mail.set_content(text, subtype=kind)
    return mail


def read(mail: EmailMessage, keep: tuple[str, ...] = ()) -> tuple[Article, Report]:
    report = Report()
    (article,) = exporter.read(mail.as_bytes(), name="a.eml", report=report, disabled_rules=keep)
    return article, report


def is_the_letter(article: Article) -> bool:
    assert (article.title, article.source, article.authors) == (SUBJECT, "The Quay Letter", ())
    assert (article.published or "")[:16] == "2024-03-05T07:00"
    return True


def test_a_forwarded_newsletter_is_that_of_its_sender() -> None:
    report = Report()
    (article,) = exporter.read(CASES / "forwarded.eml", report=report)
    assert (article.title, article.source) == ("The Quay Letter: Why gulls come inland", "The Quay Letter")
    assert article.published == "2024-03-05T07:00:00"
    text = "\n".join(visit.texts(article.blocks))
    assert text.startswith("Why gulls come inland\nIt is not the weather.\nGulls come")
    assert not any(word in text for word in ("home.example", "Unsubscribe", "Forwarded"))
    assert report.counts()["lines-left-out"] == 1


@pytest.mark.parametrize("form", [GMAIL, OUTLOOK, THUNDERBIRD], ids=["gmail", "outlook", "thunderbird"])
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_the_headers_of_each_program_are_known(form: str, kind: str) -> None:
    text = f"{form}\n\n{WORDS}\n\nUnsubscribe from this list\n"
    if kind == "html":
        lines = [line.replace("<", "&lt;") for line in form.strip().split("\n")]
        text = f"<div>{'<br>'.join(lines)}</div><p>{WORDS}</p><p>Unsubscribe | View in browser</p>"
    article, report = read(message(text, f"WG: {SUBJECT}", kind))
    assert is_the_letter(article)
    assert visit.paragraphs(article) == (WORDS,)
    assert "lines-left-out" in report.counts()


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_message_forwarded_as_a_quotation_is_no_quotation(kind: str) -> None:
    text = f"{APPLE}>\n> {WORDS}\n>\n> More words.\n"
    if kind == "html":
        lines = [line.removeprefix("> ").replace("<", "&lt;") for line in APPLE.strip().split("\n")[2:]]
        inner = "".join(f"<div><b>{line.replace(':', ':</b>', 1)}</div>" for line in lines)
        inner += f"<p>{WORDS}</p><p>More words.</p>"
        text = f"<div>Begin forwarded message:</div><blockquote>{inner}</blockquote>"
    article, report = read(message(text, kind=kind))
    assert is_the_letter(article)
    assert [visit.plain(block.content) for block in article.blocks] == [WORDS, "More words."]  # type: ignore[union-attr]
    assert "lines-left-out" not in report.counts()


def test_a_table_of_headers_is_known() -> None:
    rows = [line.split(":", 1) for line in THUNDERBIRD.split("\n")[1:5]]
    table = "".join(f"<tr><th>{a}: </th><td>{b.replace('<', '&lt;')}</td></tr>" for a, b in rows)
    text = f"<p>-------- Message transféré --------</p><table>{table}</table><p>{WORDS}</p>"
    article, _ = read(message(text, kind="html"))
    assert is_the_letter(article)
    assert visit.paragraphs(article) == (WORDS,)


def test_a_message_attached_to_another_is_the_letter() -> None:
    letter = EmailMessage()
    letter["From"], letter["To"] = "The Quay Letter <quay@letters.example>", "pat@home.example"
    letter["Subject"], letter["Date"] = SUBJECT, "Tue, 5 Mar 2024 07:00:00 +0000"
    letter.set_content(f"{WORDS}\n")
    for number in range(10):
        outer = message(f"Read this, {number}.\n")
        outer.add_attachment(letter)
        letter = outer
    article, report = read(letter)
    assert is_the_letter(article)
    assert visit.paragraphs(article) == (WORDS,)
    (finding,) = (f for f in report.findings if f.id == "lines-left-out")
    assert "forwarding: 10" in finding.detail


@pytest.mark.parametrize("form", [GMAIL, OUTLOOK, APPLE], ids=["gmail", "outlook", "apple"])
def test_of_a_message_forwarded_ten_times_the_first_is_read(form: str) -> None:
    text = f"{form}\n{WORDS}\n"
    for number in range(9):
        header = GMAIL.replace("The Quay Letter", f"Reader {number}").replace("Subject: ", "Subject: Fwd: ")
        text = f"{header}\nFor you, {number}.\n\n{text}"
    article, report = read(message(text))
    assert is_the_letter(article)
    assert "".join(visit.texts(article.blocks)) == WORDS
    assert any("forwarding: 9" in finding.detail for finding in report.findings)


def test_what_was_written_above_is_reported_and_can_be_kept() -> None:
    mail = message(f"You may like this one.\n\n{GMAIL}\n{WORDS}\n")
    article, report = read(mail)
    assert visit.paragraphs(article) == (WORDS,)
    assert any("You may like this one." in finding.detail for finding in report.findings)
    assert visit.paragraphs(read(mail, keep=("forwarding",))[0]) == ("You may like this one.", WORDS)


def test_a_reply_is_not_taken_for_a_forwarded_message() -> None:
    article, _ = read(message(f"I agree with all of it.\n\n{OUTLOOK}\n{WORDS}\n", f"AW: {SUBJECT}"))
    assert (article.source, article.title) == ("Pat Reader", f"AW: {SUBJECT}")
    assert visit.paragraphs(article)[0] == "I agree with all of it."
    assert WORDS in visit.paragraphs(article)


def test_the_reader_s_address_is_left_out() -> None:
    article, report = read(message(f"{WORDS}\n\nThis was sent to archive@home.example.\n", SUBJECT))
    assert visit.paragraphs(article) == (WORDS,)
    assert any("reader-address: 1" in finding.detail for finding in report.findings)
