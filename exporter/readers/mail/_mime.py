"""MIME messages (RFC 5322, 2045 to 2049) → headers as text and leaves with their bytes.

The standard library parses them. This module protects it from hostile and broken messages: headers are
truncated before they are decoded, and parts that it cannot separate, because of their depth or a wrong
boundary, are separated by the headers at their beginning.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.headerregistry import BaseHeader
from email.message import Message

import msgspec

from exporter.diagnostics import Report
from exporter.model import build
from exporter.readers import decoding
from exporter.readers.source import Source

_LONGEST_HEADER = 2_000
_PIECE = re.compile(rb"(?:\A|\n)--[^\r\n]*\r?\n(?=content-)", re.I)
_CLOSING = re.compile(rb"\r?\n--[^\r\n]*--[ \t]*(?:\r?\n|\Z)")
_FOLD = re.compile(r"[\r\n]+")
_NO_CHARSETS = frozenset(("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"))
"""Python codecs that are not character sets of mail."""
_PROBLEM = re.compile(r"Boundary|Base64|Multipart|Header")


class Leaf(msgspec.Struct, frozen=True):
    """A part without parts: its media type and bytes, and what its headers say about it."""

    kind: str
    data: bytes
    charset: str | None = None
    id: str = ""
    name: str = ""
    is_attached: bool = False
    is_flowed: bool = False
    deletes_space: bool = False


class Mail(msgspec.Struct, frozen=True):
    """A message: the first raw header of each name in lower case, its leaves, and the messages attached to
    it, whose leaves are separate."""

    headers: dict[str, str]
    leaves: tuple[Leaf, ...]
    attached: tuple[Mail, ...] = ()

    def every_leaf(self) -> tuple[Leaf, ...]:
        """The leaves of the message, followed by those of the messages attached to it."""
        return (*self.leaves, *(leaf for mail in self.attached for leaf in mail.every_leaf()))

    def header(self, name: str) -> BaseHeader | str:
        """A decoded header (RFC 2047); an empty string if there is none."""
        raw = self.headers.get(name)
        if raw is None:
            return ""
        value = _FOLD.sub("", raw[: _LONGEST_HEADER * 2])[:_LONGEST_HEADER]
        value = decoding.decode(value.encode("utf-8", "surrogateescape"))[0]
        try:
            parsed: BaseHeader = policy.default.header_factory(name, value)
            return parsed
        except Exception:  # the library fails in many ways on invalid headers
            return value

    def text(self, name: str) -> str:
        """A header as one line of text."""
        value = str(self.header(name))
        if "=?" in value:  # encoded words are not allowed here, but they are meant as such
            with suppress(LookupError, ValueError, MessageError):
                value = str(make_header(decode_header(value)))
        return build.one_line(value)


def read(data: bytes, source: Source, report: Report) -> Mail:
    """The message; problems are reported as ``mail-broken``, excessive depth as ``nesting-too-deep``."""
    problems: dict[str, None] = {}
    try:
        mail = _mail(message_from_bytes(data), problems)
    except RecursionError:
        report.add("nesting-too-deep", source.name)
        mail = _mail(message_from_bytes(re.split(rb"\r?\n\r?\n", data, maxsplit=1)[0]), problems)
        mail = msgspec.structs.replace(mail, leaves=())
    if not any(leaf.kind.startswith("text/") for leaf in mail.every_leaf()):
        mail = msgspec.structs.replace(mail, leaves=(*mail.leaves, *_recovered_leaves(data, problems)))
    for problem in problems:
        report.add("mail-broken", source.name, problem)
    return mail


def _mail(message: Message, problems: dict[str, None]) -> Mail:
    """The message and those attached to it. Raises `RecursionError` if they are nested too deep."""
    attached: list[Message] = []
    leaves = tuple(_leaves(message, problems, attached))
    headers: dict[str, str] = {}
    for name, value in message.raw_items():
        headers.setdefault(name.lower(), str(value))
    return Mail(headers, leaves, tuple(_mail(inner, problems) for inner in attached))


def decode(leaf: Leaf, source: Source, report: Report) -> str:
    """The text of a leaf. Valid UTF-8 beyond ASCII is read as UTF-8, whatever charset is declared."""
    data = leaf.data
    name = _codec(leaf.charset)
    is_utf8 = not data.isascii() and _decodes(data, "utf-8")
    if name and not is_utf8 and _decodes(data, name):
        data = data.decode(name).encode("utf-8", "replace")
    return Source(data, source.name).text(report)


def _codec(charset: str | None) -> str | None:
    """The codec for a declared charset, which in practice is often a superset; None if it is unknown."""
    try:
        name = codecs.lookup(charset or "").name
    except (LookupError, ValueError):
        return None
    if name in _NO_CHARSETS:
        return None
    return {"iso8859-1": "cp1252", "ascii": None, "euc_kr": "cp949", "gb2312": "gb18030"}.get(name, name)


def _decodes(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return False
    return True


# -- Parts -----------------------------------------------------------------------------


def _leaves(message: Message, problems: dict[str, None], attached: list[Message]) -> Iterator[Leaf]:
    """The leaves in order; messages among the parts are appended to ``attached``."""
    stack = [message]
    while stack:
        part = stack.pop()
        payload = part.get_payload() if part.is_multipart() else None
        if isinstance(payload, list):
            _note(part, problems)
            inner = [each for each in payload if isinstance(each, Message)]
            if part.get_content_type() == "message/rfc822":
                attached += inner
            else:
                stack += reversed(inner)
        elif part.get_content_maintype() != "multipart":
            yield _leaf(part, problems)
        else:
            _note(part, problems)


def _leaf(part: Message, problems: dict[str, None]) -> Leaf:
    data = part.get_payload(decode=True)
    _note(part, problems)
    return Leaf(
        part.get_content_type(),
        data if isinstance(data, bytes) else b"",
        _word(part.get_content_charset()),
        str(part.get("Content-ID") or "").strip(" <>\r\n\t"),
        _word(part.get_filename()) or "",
        part.get_content_disposition() == "attachment",
        _word(part.get_param("format")) == "flowed",
        _word(part.get_param("delsp")) == "yes",
    )


def _word(value: object) -> str | None:
    """The value of a parameter, possibly in three parts (RFC 2231), in lower case."""
    value = value[2] if isinstance(value, tuple) else value
    return build.one_line(str(value)).lower() if isinstance(value, str) else None


def _note(part: Message, problems: dict[str, None]) -> None:
    for defect in part.defects:
        name = type(defect).__name__.removesuffix("Defect")
        if _PROBLEM.search(name):
            problems[re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()] = None


def _recovered_leaves(data: bytes, problems: dict[str, None]) -> Iterator[Leaf]:
    """The leaves of a message without a valid structure: each begins below a line of two hyphens."""
    for piece in _PIECE.split(data)[1:]:
        message = message_from_bytes(_CLOSING.split(piece, maxsplit=1)[0])
        if message.get_content_maintype() in ("text", "image"):
            yield _leaf(message, problems)
