"""The digest as a mail: a message that mail programs take, with the whole of the text in it."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.backends.registry import render_checked
from exporter.backends.text import mail
from exporter.editions.compile import Edition, compile_edition, single
from exporter.editions.options import Settings
from exporter.errors import IncompleteError
from exporter.model import build, visit
from exporter.readers.registry import read_source
from exporter.readers.source import Source
from tests import strategies
from tests.backends.samples import HOSTILE, article, hostile_edition, produced_elsewhere
from tests.backends.test_text import unflowed
from tests.kitchen_sink import edition as kitchen_sink

GOLDEN = Path(__file__).parents[1] / "golden" / "backends" / "kitchen-sink.eml"


def opened(data: bytes) -> EmailMessage:
    """The message as a mail program has it, after what any message must keep to (RFC 5322, 2.1 and 2.3)."""
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    assert not [d for _, header in message.items() for d in header.defects]  # type: ignore[attr-defined]
    return message


def text(message: EmailMessage) -> str:
    return str(message.get_content()).replace("\r\n", "\n")


def test_the_kitchen_sink_as_stored(request: pytest.FixtureRequest) -> None:
    output = render_checked(kitchen_sink(), "eml").data
    if request.config.getoption("--rewrite-goldens"):
        GOLDEN.write_bytes(output)
    assert output == GOLDEN.read_bytes()


def test_same_bytes_in_another_place() -> None:
    assert produced_elsewhere("eml", "Asia/Seoul", "5") == render_checked(kitchen_sink(), "eml").data


def test_the_headers_tell_the_edition() -> None:
    edition = kitchen_sink()
    message = opened(render_checked(edition, "eml").data)
    assert message["Subject"] == "The Kitchen Sink, May 2021"
    assert message["Date"].datetime.isoformat() == "2021-06-11T00:00:00+00:00"
    assert edition.identifier.endswith(message["Message-ID"].strip("<>").partition("@")[0])
    assert parseaddr(message["From"])[1] == "exporter@localhost"
    assert message["To"] is None
    assert message["Content-Language"] == "en, ar, de, ko, ru"
    kind = message["Content-Type"]
    assert kind.content_type == "text/plain"
    assert dict(kind.params) == {"charset": "utf-8", "format": "flowed", "delsp": "yes"}


@pytest.mark.parametrize("make", [kitchen_sink, hostile_edition])
@pytest.mark.parametrize("ascii", [False, True])
def test_it_holds_the_flowed_text(make: object, ascii: bool) -> None:
    edition: Edition = make()  # type: ignore[operator]
    output = render_checked(edition, "eml", Settings(ascii=ascii))
    flowed = render_checked(edition, "txt", Settings(ascii=ascii, flowed=True))
    assert text(opened(output.data)) == flowed.data.decode()
    assert output.locations == flowed.locations


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("The quay is “open” for all who come by the road or by the water.", "quoted-printable"),
        ("마을 텃밭에 첫 감자가 나왔다", "base64"),
    ],
)
def test_what_is_legible_stays_legible(words: str, encoding: str) -> None:
    message = opened(render_checked(single(article("Quay", build.paragraph([words]))), "eml").data)
    assert message["Content-Transfer-Encoding"] == encoding
    assert words in "\n".join(line for _, line in unflowed(text(message)))


@pytest.mark.parametrize(("length", "encoding"), [(900, "7bit"), (990, "quoted-printable")])
def test_ascii_stays_as_it_is_unless_an_address_is_too_long_for_mail(length: int, encoding: str) -> None:
    long = f"https://a.example/{'a' * length}"
    blocks = build.paragraph(build.link(long, ["Here"]))
    message = opened(render_checked(single(article("Quay", blocks)), "eml", Settings(ascii=True)).data)
    assert message["Content-Transfer-Encoding"] == encoding
    assert long in text(message)


@given(strategies.editions(), st.booleans())
@settings(max_examples=25, deadline=None)
def test_any_edition_is_a_message(edition: Edition, ascii: bool) -> None:
    product = render_checked(edition, "eml", Settings(ascii=ascii))
    message = opened(product.data)
    assert message["Subject"].startswith(edition.title)
    assert set(product.locations) == {e.anchor for e in (*edition.entries, *edition.briefs)}


TITLES = [
    *HOSTILE,
    *("=?utf-8?q?quay?=", "Bcc: all@papers.example", "a" * 70 + " é" * 60, "ab; cd, é " * 18),
    *("a" * 70 + " b" * 50, "경" * 4000, "t" * 4000, "t " * 4000),
]


@pytest.mark.parametrize("title", [title for title in map(build.one_line, TITLES) if title])
def test_hostile_titles_stay_in_the_subject(title: str) -> None:
    message = opened(render_checked(compile_edition([article("Quay")], title=title), "eml").data)
    assert set(message.keys()) == {
        *("From", "Subject", "Date", "Message-ID", "Content-Language"),
        *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    }
    shown = message["Subject"]
    assert shown == f"{title}, 2 May 2021" or (len(shown) <= 200 and shown.endswith("…, 2 May 2021"))


def test_our_reader_reads_it() -> None:
    matches = read_source(Source(render_checked(kitchen_sink(), "eml").data, "digest.eml"))
    (values,) = matches.articles
    assert (values.title, values.published) == ("The Kitchen Sink, May 2021", "2021-06-11T00:00:00+00:00")
    assert matches.diagnostics == ()
    words = "".join(visit.plain_text(values).split())
    for entry in kitchen_sink().entries:
        assert "".join(entry.article.title.split()) in words


def test_what_is_lost_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = kitchen_sink()
    last = edition.parts[-1]
    shorter = msgspec.structs.replace(edition, parts=edition.parts[:-1])
    render = mail.render
    monkeypatch.setattr(mail, "render", lambda _, *rest: render(shorter, *rest))
    with pytest.raises(IncompleteError, match=last.entries[0].article.title):
        render_checked(edition, "eml")


@pytest.mark.parametrize("data", [b"Content-Type: image/png\r\n\r\nx", b"Subject: A\r\nno header\r\n\r\nx"])
def test_bytes_that_are_no_message_of_text_are_refused(data: bytes) -> None:
    with pytest.raises(IncompleteError):
        mail.locate(data, kitchen_sink())
