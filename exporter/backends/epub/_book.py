"""The book itself: chapters, images, style and metadata, packed the same way every time."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from ebooklib import epub
from lxml import etree

from exporter import resources
from exporter.backends.common import images, labels
from exporter.backends.common.page_marks import Breaks
from exporter.backends.common.xhtml import Picture
from exporter.backends.epub import _chapters, _cover, _fonts, _metadata
from exporter.backends.epub._chapters import NAV, Chapter
from exporter.diagnostics import Report
from exporter.editions.compile import Edition
from exporter.editions.options import Settings
from exporter.model.article import Article
from exporter.version import __version__

FOLDER = "OEBPS"
MIMETYPE = "application/epub+zip"
_OPF = "{http://www.idpf.org/2007/opf}"
_XHTML = "application/xhtml+xml"
_CONTAINER = "META-INF/container.xml"
_PACKAGE = f"{FOLDER}/content.opf"
_SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}


def render(edition: Edition, settings: Settings, report: Report) -> bytes:
    """The edition as an EPUB 3 file."""
    archive = Archive()
    archive.add("mimetype", MIMETYPE.encode(), stored=True)
    book = epub.EpubBook()
    book.FOLDER_NAME = FOLDER
    book.set_identifier(edition.identifier)
    package = _Package(book, archive)
    gallery = _Gallery(package, settings.image_max, report)
    cover = _cover.image(edition, settings.cover, report)
    place = f"images/cover.{_SUFFIXES[cover.media_type]}"
    package.add(place, cover.media_type, cover.data, "cover-image")
    listed: list[Chapter] = []
    breaks = Breaks(settings.pages)
    characters: set[str] = set()
    for some in _batches(_chapters.chapters(edition, gallery.of, place, breaks)):
        for chapter in some:
            book.spine.append(package.add(chapter.file, _XHTML, chapter.data))
            listed.append(chapter._replace(data=b""))
            if settings.embed_fonts:
                characters.update(chapter.data.decode())
    tree = _chapters.tree(edition, listed)
    nav = package.add(NAV, _XHTML, _chapters.contents(edition, listed, tree, breaks.met), "nav")
    book.spine.insert(1 if edition.single else 2, nav)  # after cover and title page
    _dress(package, settings, frozenset(characters))
    book.add_item(epub.EpubNcx())
    archive.add(f"{FOLDER}/toc.ncx", _chapters.ncx(edition, tree, _metadata.book_title(edition)))
    _describe(book, edition, _metadata.Inside(not gallery.empty, bool(breaks.met)), place)
    for name, data in _framework(book, edition).items():
        archive.add(name, data)
    return archive.close()


def _batches(chapters: Iterator[Chapter]) -> Iterator[list[Chapter]]:
    """A few at a time: to write and to pack in turns costs a tenth more, as each needs the
    processor's cache for itself."""
    while some := list(islice(chapters, 64)):
        yield some


def _dress(package: _Package, settings: Settings, characters: frozenset[str]) -> None:
    """The style sheet, and the fonts that it names where the book is to carry them."""
    css = resources.style_css(settings.style, "epub.css")
    chosen = _fonts.font_files(css, characters) if settings.embed_fonts else []
    for file in chosen:
        package.add(file.name, _fonts.MEDIA_TYPE, _fonts.subset_font(file, characters))
    package.add("style.css", "text/css", (css + _fonts.rules(chosen)).encode())


class _Package:
    """The files of the book: in the archive as they are, in EbookLib's hands by name alone."""

    def __init__(self, book: epub.EpubBook, archive: Archive) -> None:
        self._book = book
        self._archive = archive

    def add(self, name: str, media_type: str, data: bytes, properties: str = "") -> epub.EpubItem:
        # EpubHtml would parse and rewrite what it is given; of an item EbookLib need but know.
        item = epub.EpubItem(_id(name), name, media_type, b"")
        item.properties = [properties] if properties else []
        self._archive.add(f"{FOLDER}/{name}", data)
        return self._book.add_item(item)


class _Gallery:
    """The images of the book, each once however many articles show it."""

    def __init__(self, package: _Package, image_max: int, report: Report) -> None:
        self._package = package
        self._max = image_max
        self._report = report
        self._placed: dict[str, Picture] = {}  # by the asset's id
        self._names: set[str] = set()

    @property
    def empty(self) -> bool:
        return not self._placed

    def of(self, article: Article) -> Callable[[str], Picture | None]:
        """The way from the ids of one article's images to their places."""
        assets = {asset.id: asset for asset in article.assets if asset.data}

        def place(id: str) -> Picture | None:
            if id not in assets:
                return None
            if id not in self._placed:
                image = images.prepare(assets[id], self._max)
                if image is None:
                    self._report.add("image-broken", article.origin.name, assets[id].name)
                    return None
                digest = hashlib.sha256(image.data).hexdigest()
                name = f"images/{digest[:32]}.{_SUFFIXES[image.media_type]}"
                if name not in self._names:
                    self._package.add(name, image.media_type, image.data)
                    self._names.add(name)
                self._placed[id] = Picture(name, image.width, image.height)
            return self._placed[id]

        return place


def _id(name: str) -> str:
    return f"i-{name.replace('/', '-')}"


def _describe(book: epub.EpubBook, edition: Edition, inside: _metadata.Inside, cover: str) -> None:
    for name, value, attributes in _metadata.dublin_core(edition):
        book.add_metadata("DC", name, value, dict(attributes))
    for name, value, attributes in _metadata.properties(edition, inside):
        book.add_metadata(None, "meta", value, {"property": name, **attributes})
    # Older readers find the cover by this.
    book.add_metadata("OPF", "cover", None, {"name": "cover", "content": _id(cover)})


class _Framework(epub.EpubWriter):  # type: ignore[misc]  # EbookLib ships no types
    """Writes what EbookLib makes itself: the rest is in the archive already."""

    def _write_items(self) -> None: ...


def _framework(book: epub.EpubBook, edition: Edition) -> dict[str, bytes]:
    """What holds the book together, by EbookLib: container and package document, with what
    it leaves out of that."""
    written = io.BytesIO()
    options = {
        "epub3_pages": False,
        "epub3_landmark": False,
        "compresslevel": 0,
        "mtime": datetime.fromisoformat(edition.modified),
    }
    writer = _Framework(written, book, options)
    writer.process()
    writer.write()
    with zipfile.ZipFile(written) as archive:
        return {_CONTAINER: archive.read(_CONTAINER), _PACKAGE: _package(archive.read(_PACKAGE), edition)}


def _package(data: bytes, edition: Edition) -> bytes:
    root = etree.fromstring(data)
    root.set("{http://www.w3.org/XML/1998/namespace}lang", edition.language)
    root.set("dir", labels.direction(edition.language))
    for meta in root.iter(f"{_OPF}meta"):
        if meta.get("name") == "generator":  # by which the book is not read again as articles
            meta.set("content", f"exporter {__version__}, {meta.get('content')}")
    direction = labels.direction(_metadata.languages(edition)[0])
    for spine in root.iter(f"{_OPF}spine"):
        spine.set("page-progression-direction", direction)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


# -- The file that the book is packed in: a ZIP whose bytes depend on its content alone (OCF 3.3, 4).


_STORED = (".png", ".jpg", ".gif")
"""Endings of what is compressed already."""


class Archive:
    """Takes the book's files one by one, so that no more than one need be held unpacked."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self._zip = zipfile.ZipFile(self._buffer, "w")

    def add(self, name: str, data: bytes, *, stored: bool = False) -> None:
        """Puts a file after those before it; ``stored`` leaves it as it is, for what must be
        found without unpacking."""
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.create_system = 3
        info.external_attr = 0o644 << 16
        packed = not (stored or name.endswith(_STORED))
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        self._zip.writestr(info, data)

    def close(self) -> bytes:
        """The finished file."""
        self._zip.close()
        return self._buffer.getvalue()
