"""The plain-text digest as a mail: a message file (RFC 5322) to open, to keep in a mailbox or to
hand to what sends mail. Nothing is sent from here.

Its body is the text backend's, flowed (RFC 3676). An edition knows neither who sends it nor to
whom: there is no ``To``, and ``From``, which a message must have, is a name without a mailbox.
The place of an entry is the line of the text.
"""

from __future__ import annotations

from email import message_from_bytes, policy
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime

import msgspec

from exporter.backends.common import labels
from exporter.backends.text import _digest, _locate
from exporter.diagnostics import Report
from exporter.editions.compile import Edition
from exporter.editions.options import Settings
from exporter.errors import IncompleteError
from exporter.model import dates

_SENDER = "exporter <exporter@localhost>"
_HOST = "exporter.invalid"
"""Of message ids, whose left part alone distinguishes editions: a name that no machine has (RFC 6761)."""
_LINE, _LONGEST_LINE = 74, 998
_LONGEST_SUBJECT = 200


def render(edition: Edition, settings: Settings, report: Report) -> bytes:
    """The message, lines ended by CR LF. Raises `UsageError` for a width below 24 columns."""
    text = _digest.render(edition, msgspec.structs.replace(settings, flowed=True), report)
    body = EmailMessage(policy.SMTP)
    body.set_content(text.decode(), cte=_encoding(text), params={"format": "flowed", "delsp": "yes"})
    body["Content-Language"] = ", ".join(edition.languages or (edition.language,))
    head = {
        "From": _SENDER,
        "Subject": _encoded("Subject", _subject(edition)),
        "Date": format_datetime(dates.instant(edition.modified)),
        "Message-ID": f"<{edition.identifier.rpartition(':')[2]}@{_HOST}>",
    }
    return "".join(f"{name}: {value}\r\n" for name, value in head.items()).encode("ascii") + body.as_bytes()


def locate(data: bytes, edition: Edition) -> dict[str, str]:
    """Each anchor with the line of the text on which its heading or title stands, counted from 1.
    Raises `IncompleteError` for bytes that are not a message of plain text."""
    message = message_from_bytes(data, policy=policy.default)
    if message.defects or message.get_content_type() != "text/plain":
        raise IncompleteError("the mail is not a message of plain text", "Please report this.")
    text = message.get_payload(decode=True)
    assert isinstance(text, bytes)  # it has no parts
    return _locate.locate(text.replace(b"\r\n", b"\n"), edition)


def _subject(edition: Edition) -> str:
    """The title and the days; of an article by itself the title, as its day is that of the mail."""
    days = "" if edition.single else labels.window_words(edition)
    period = f", {days}" if days else ""
    title, room = edition.title, _LONGEST_SUBJECT - len(period)
    return (title if len(title) <= room else f"{title[: room - 1].rstrip()}…") + period


def _encoded(name: str, value: str) -> str:
    """A header's value in ASCII (RFC 2047), as it is where it needs neither encoding nor folding. Not
    by the newer ``email`` classes, which lose spaces between encoded words."""
    plain = value.isascii() and "=?" not in value and len(name) + len(value) <= _LINE
    return Header(value, "us-ascii" if plain else "utf-8", header_name=name).encode(linesep="\r\n")


def _encoding(text: bytes) -> str:
    """The shortest of the encodings by which any mail program gets the text as it is: of what is
    not ASCII, quoted-printable makes three bytes of one, base64 four of three of everything."""
    if text.isascii() and max(map(len, text.split(b"\n"))) <= _LONGEST_LINE:
        return "7bit"
    foreign = len(text) - len(text.decode().encode("ascii", "ignore"))
    return "quoted-printable" if 6 * foreign < len(text) else "base64"
