"""Mail: what is hostile or broken, and that the words of any message come out."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.model import visit
from exporter.readers import registry as readers
from exporter.readers.source import Reading, Source

HEAD = (
    "From: Harbour Gazette <news@gazette.example>\nDate: Mon, 6 May 2024 10:00:00 +0900\nMIME-Version: 1.0\n"
)


def read(data: str | bytes, name: str = "a.eml") -> Reading:
    return readers.read_source(Source(data.encode() if isinstance(data, str) else data, name))


def ids(reading: Reading) -> set[str]:
    return {finding.id for finding in reading.diagnostics}


def nested(depth: int) -> str:
    parts = [f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth)]
    ends = [f"\n--b{n}--\n" for n in reversed(range(depth))]
    return f"{HEAD}Subject: Deep\n{''.join(parts)}Content-Type: text/plain\n\nAt the bottom.\n{''.join(ends)}"


@pytest.mark.parametrize("depth", [50, 1_000, 5_000])
def test_parts_nested_without_end_keep_their_words(depth: int) -> None:
    reading = read(nested(depth))
    (article,) = reading.articles
    assert (article.title, visit.paragraphs(article)) == ("Deep", ("At the bottom.",))
    assert ("nesting-too-deep" in ids(reading)) == (depth > 500)


@pytest.mark.parametrize(
    "header",
    [
        "Subject: T" + " =?utf-8?q?x?=" * 50_000,
        "Subject: T\nTo: " + ", ".join(f"a{n}@b.example" for n in range(20_000)),
        "Subject: T\nFrom: " + "(" * 50_000,
        "Subject: T\n" + "X-Bomb: 1\n" * 50_000,
        "Subject: T\nContent-Type: text/plain; " + "; ".join(f'a*{n}="b"' for n in range(2_000)),
        'Subject: T\nContent-Type: text/plain; charset="idna"',
        "Subject: T\nContent-Type: text/plain; charset*0*=nowhere''%FF%00",
        "Subject: T\nContent-Type: \nContent-Transfer-Encoding: x-nothing",
        "Subject: T\nDate: " + "9" * 10_000,
        "Subject: T\nList-Id: <" + "<" * 10_000,
        "Subject: T =?nowhere?b?!!!?= =?utf-8?q?=ff=fe?=",
    ],
    ids=lambda header: header[:40],
)
def test_odd_headers_cost_no_words(header: str) -> None:
    reading = read(f"{HEAD}{header}\n\nThe words stay.\n")
    (article,) = reading.articles
    assert article.title.startswith("T")
    assert visit.paragraphs(article) == ("The words stay.",)
    assert "reader-failed" not in ids(reading)


def test_a_boundary_that_never_comes_is_told() -> None:
    reading = read(
        f'{HEAD}Subject: T\nContent-Type: multipart/mixed; boundary="never"\n\n'
        "--other\nContent-Type: text/plain\n\nThe words stay.\n--other--\n"
    )
    assert visit.paragraphs(reading.articles[0]) == ("The words stay.",)
    assert "mail-broken" in ids(reading)


def test_a_message_cut_short_is_read_as_far_as_it_goes_and_told() -> None:
    reading = read(
        f'{HEAD}Subject: T\nContent-Type: multipart/mixed; boundary="b"\n\n'
        "--b\nContent-Type: text/html\n\n<p>The words stay.</p><p>The l"
    )
    assert visit.paragraphs(reading.articles[0]) == ("The words stay.", "The l")
    assert "mail-broken" in ids(reading)


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("us-ascii", "utf-8"), ("iso-8859-1", "utf-8"), ("utf-8", "cp1251"), ("iso-8859-1", "cp1252"),
        ("koi8-r", "koi8_r"), ("iso-2022-jp", "iso2022_jp"), ("euc-kr", "cp949"), ("nowhere", "utf-8"),
    ],
)  # fmt: skip
def test_encodings_and_lies_about_them(charset: str, encoding: str) -> None:
    words = {
        "cp1252": "„Brot“ für 3 €",
        "iso2022_jp": "パンは今日も焼けた",
        "cp949": "돌다리를 놓았다",
        "utf-8": "Мост открыт",
    }.get(encoding, "Старый мост через реку снова открыт для пешеходов")
    head = f"{HEAD}Subject: T\nContent-Type: text/plain; charset={charset}\n\n"
    (article,) = read(head.encode() + words.encode(encoding)).articles
    assert visit.paragraphs(article) == (words,)


def test_a_saved_page_in_mime_is_no_mail() -> None:
    head = (
        "From: <Saved by Blink>\nSnapshot-Content-Location: https://a.example/\nSubject: A\nMIME-Version: 1.0"
    )
    page = f"{head}\n\nx"
    assert readers.choose(Source(page.encode(), "page.mhtml")) != "mail"


def test_the_archive_of_a_list_is_not_the_address_of_a_message() -> None:
    head = f"{HEAD}Subject: T\nList-Archive: <https://lists.example/all>\nContent-Type: text/html\n\n"
    offers = '<p>Words.</p><a href="https://lists.example/{}">View in browser</a>'
    assert read(head + "<p>Words.</p>").articles[0].link is None
    assert read(head + offers.format(1)).articles[0].link == "https://lists.example/1"
    assert read(head + offers.format(1) + offers.format(2)).articles[0].link is None


@pytest.mark.parametrize("cid", ["mill", "a/b c%d@x", "../../etc/passwd", "part-1"])
def test_images_are_found_by_their_names_alone(cid: str) -> None:
    page = f'<p>Words.</p><img src="cid:{cid}" alt="A mill">'
    reading = read(f"{HEAD}Subject: T\nContent-Type: text/html\n\n{page}")
    assert reading.articles[0].assets == ()


_words = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=20)


@given(
    _words, st.lists(_words, min_size=1, max_size=4), st.sampled_from(["7bit", "base64", "quoted-printable"])
)
def test_title_and_words_survive_any_transfer(title: str, words: list[str], transfer: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["Date"], mail["Subject"] = "Jo <jo@m.example>", "Mon, 6 May 2024 10:00:00 +0900", title
    mail["Message-ID"] = "<1@m.example>"
    text = "\n\n".join(words)
    mail.set_content(text, cte=transfer if transfer != "7bit" or text.isascii() else "base64")
    mail.add_alternative("".join(f"<p>{word}</p>" for word in words), subtype="html", cte="base64")
    (article,) = read(mail.as_bytes()).articles
    assert article.title == title
    assert visit.paragraphs(article) == tuple(words)
    assert article.published == "2024-05-06T10:00:00+09:00"


@given(st.lists(_words, min_size=1, max_size=5))
def test_every_message_of_a_mailbox_is_an_article(texts: list[str]) -> None:
    box = "\n\n".join(
        f"From jo@m.example Mon May  6 10:00:0{n} 2024\n{HEAD}Subject: S{n}\n\n>From {text}"
        for n, text in enumerate(texts)
    )
    reading = read(box, "saved.mbox")
    assert [a.title for a in reading.articles] == [f"S{n}" for n in range(len(texts))]
    assert [visit.plain_text(a) for a in reading.articles] == [f"From {text}" for text in texts]
