"""Images of a page: which of an element's addresses to take, and its bytes as an asset."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote, unquote_to_bytes, urljoin, urlsplit

from lxml import etree

from exporter.diagnostics import Report
from exporter.model import images
from exporter.model.article import Asset
from exporter.readers.common import drawings
from exporter.readers.source import Source

_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-actualsrc", "data-hi-res-src",
         "data-full-src", "data-image", "data-url", "data-orig-file")  # fmt: skip
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_CANDIDATE = re.compile(r"([^\s,]\S*+)(?:(?<=,)|([^,]*+))")
_SIZE = re.compile(r"\s*+([\d.]++)[wxh]\s*+")
_MAX_REMOTE_DETAIL = 200
_MOST_SOURCES = 100


class Pictures:
    """Finds the images of one page. ``assets`` has each found one once, in order."""

    def __init__(self, source: Source, report: Report, base: str | None = None) -> None:
        self._source = source
        self._report = report
        self._base = base
        self._seen: dict[str, Asset | None] = {}
        self.assets: dict[str, Asset] = {}

    def asset(self, image: etree._Element) -> str | None:
        """The id of the asset for an ``img`` element; None, with a diagnostic, where it is lost.

        An address that lies beside the page or in it wins over one on the network.
        """
        refs = [ref for ref in dict.fromkeys(_addresses(image)) if not _is_placeholder(ref)]
        if not refs:
            return None
        for ref in refs:
            if (found := self._local(ref)) is not None:
                return found.id
        self._lost(refs)
        return None

    def _local(self, ref: str) -> Asset | None:
        if ref not in self._seen:
            self._seen[ref] = self._load(ref)
            if found := self._seen[ref]:
                self.assets.setdefault(found.id, found)
        return self._seen[ref]

    def _load(self, ref: str) -> Asset | None:
        if ref[:5].lower() == "data:":
            return images.asset(_decoded(ref), "data:", self._source.name, self._report)
        if (data := self._source.embedded(join(self._base, ref))) is not None:
            name = ref.partition("?")[0].rpartition("/")[2]
            return images.asset(data, name, self._source.name, self._report)
        if not _is_of_site(ref):
            return None
        path = re.split(r"[?#]", ref.replace("\\", "/"), maxsplit=1)[0]
        for name in dict.fromkeys((unquote(path), path)):
            if "\0" not in name and (data := self._source.sibling(name)) is not None:
                return images.asset(data, name.rpartition("/")[2], self._source.name, self._report)
        return None

    def _lost(self, refs: list[str]) -> None:
        """Say why none of ``refs`` gave an image, unless the image itself was found wanting."""
        if any(
            self._source.embedded(join(self._base, r)) is not None for r in refs if r[:5].lower() != "data:"
        ):
            return  # it is there, and was found wanting
        for ref in refs:
            address = urljoin(self._base, ref) if self._base and _is_page_relative(ref) else ref
            if address.startswith("//") or scheme(address) in ("http", "https"):
                self._report.add("image-remote", self._source.name, address[:_MAX_REMOTE_DETAIL])
                return
        ref = refs[0]
        if ref[:5].lower() == "data:" or self._is_beside(ref):
            return
        self._report.add("image-missing", self._source.name, ref[:_MAX_REMOTE_DETAIL])

    def _is_beside(self, ref: str) -> bool:
        return (
            _is_of_site(ref)
            and self._source.sibling(unquote(re.split(r"[?#]", ref, maxsplit=1)[0])) is not None
        )


def scheme(address: str) -> str:
    """The scheme of an address in lower case, empty for a relative or malformed one."""
    match = re.match(r"([a-z][a-z0-9+.-]*):", address.strip(), re.I)
    return match[1].lower() if match else ""


def join(base: str | None, ref: str) -> str:
    """``ref`` resolved against ``base``; as it is where that is not possible."""
    if not base:
        return ref
    try:
        urlsplit(ref)
        return urljoin(base, ref)
    except ValueError:
        return ref


def _addresses(image: etree._Element) -> Iterator[str]:
    """Addresses given for an image, the likeliest first."""
    get = image.get
    yield from filter(None, ((get("src") or "").strip(), *((get(name) or "").strip() for name in _LAZY)))
    sets = [get(name) or "" for name in _SETS]
    # To the parser a ``source`` is no empty element: the image is in the last one.
    picture = next(islice(image.iterancestors("picture"), 1), None)
    if picture is not None:
        sets += [s.get(name) or "" for s in islice(picture.iter("source"), _MOST_SOURCES) for name in _SETS]
    for value in sets:
        yield from _largest_first(value)


def _largest_first(srcset: str) -> list[str]:
    """The addresses of a ``srcset`` (HTML section 4.8.4.2.1), the largest image first."""
    found = []
    for match in _CANDIDATE.finditer(srcset[:20_000]):
        size = _SIZE.fullmatch(match[2] or "")
        found.append((_number(size[1]) if size else 1.0, match[1].rstrip(",")))
    return [address for _, address in sorted(found, key=lambda pair: -pair[0])]


def _number(text: str) -> float:
    try:
        return float(text.strip(".") or 1)
    except ValueError:  # "1.2.3"
        return 1.0


def _is_placeholder(ref: str) -> bool:
    """Whether an address holds no picture: a drawn-in dot while the real one loads."""
    if ref.startswith(drawings.MEDIA):
        return False
    if ref[:5].lower() != "data:":
        return ref in ("#", "about:blank") or scheme(ref) in ("javascript", "blob")
    return ref[5:14].lower() == "image/svg" or len(ref) < 180


def _is_of_site(ref: str) -> bool:
    """Whether an address leads to a file beside the page, or from the root of its site."""
    return not scheme(ref) and ref[:1] not in ("\\", "#", "~") and ref[:2] != "//" and bool(ref.strip())


def _is_page_relative(ref: str) -> bool:
    return not scheme(ref)


def _decoded(ref: str) -> bytes:
    head, _, body = ref.partition(",")
    if not head.lower().endswith(";base64"):
        return unquote_to_bytes(body)
    data = re.sub(rb"[^A-Za-z0-9+/]", b"", unquote_to_bytes(body))
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4))
    except binascii.Error:
        return b""
