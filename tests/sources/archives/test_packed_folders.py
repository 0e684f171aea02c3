"""ZIP and TAR: read as the folder they were packed from, and never further."""

from __future__ import annotations

import hashlib
import io
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from exporter.diagnostics import Report
from exporter.sources import archives, files, read_many
from tests.sources.archives.samples import FERRY, findings_of, page, picture, read

Pack = Callable[[Path, Mapping[str, bytes]], None]

SAVED = {
    "Zoo/lion.html": page("The lion sleeps", body="<img src='img/lion.png'>").encode(),
    "Zoo/img/lion.png": picture(),
    "ferry.html": page("Ferry runs late", body="<img src='ferry_files/a.png'>").encode(),
    "ferry_files/a.png": picture("green"),
    "ferry_files/frame.html": page("A frame of it").encode(),
    "notes/bread.md": b"# Bread is dearer\n\nA loaf costs a penny more.\n",
    ".hidden/page.html": page("Hidden").encode(),
    "__MACOSX/ferry.html": page("Not a page").encode(),
    "blob.bin": bytes(range(256)) * 20,
}


def zipped(path: Path, saved: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in saved.items():
            archive.writestr(name, data)


def tarred(path: Path, saved: Mapping[str, bytes]) -> None:
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as archive:
        for name, data in saved.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


FORMS = [("saved.zip", zipped), ("saved.tar", tarred), ("saved.tar.gz", tarred), ("saved", zipped)]


@pytest.mark.parametrize(("name", "pack"), FORMS)
def test_an_archive_is_read_as_its_folder(tmp_path: Path, name: str, pack: Pack) -> None:
    (tmp_path / "folder").mkdir()
    for path, data in SAVED.items():
        (tmp_path / "folder" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "folder" / path).write_bytes(data)
    pack(tmp_path / name, SAVED)
    plain, _, _ = read(tmp_path / "folder")
    articles, books, report = read(tmp_path / name)
    assert [a.title for a in articles] == [a.title for a in plain]
    assert [a.title for a in articles] == ["Ferry runs late", "Bread is dearer", "The lion sleeps"]
    assert [a.origin.name for a in articles] == [f"{name}!/{a.origin.name}" for a in plain]
    assert [(a.blocks, a.assets) for a in articles] == [(a.blocks, a.assets) for a in plain]
    assert [len(a.assets) for a in articles] == [1, 0, 1]
    assert findings_of(report) == [("file-not-text", f"{name}!/blob.bin")]
    assert [(b.name, b.articles) for b in books] == [(name, 3)]


def test_the_order_and_the_choice_of_files_are_those_of_folders(tmp_path: Path) -> None:
    names = ["b/x.html", "B/y.html", "a.html", "a_files/z.html", "b.txt", "b/.x", "c/c_files/d.txt", "i.png"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert files.readable(names) == [f.name for f in files.find([tmp_path], Report())]


@pytest.mark.usefixtures("reading_workers")
def test_workers_read_members_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zipped(tmp_path / "saved.zip", SAVED)
    alone = read(tmp_path / "saved.zip")
    monkeypatch.setattr(read_many, "WORTH", 1)
    shared = read(tmp_path / "saved.zip", workers=2)
    assert shared[:2] == alone[:2]
    assert shared[2].findings == alone[2].findings


@pytest.mark.parametrize(("name", "pack"), FORMS)
@pytest.mark.parametrize(
    "evil", ["../evil.html", "/evil.html", "a/../../evil.html", "C:\\evil.html", "..\\e.html"]
)
def test_names_that_lead_out_are_told(tmp_path: Path, name: str, pack: Pack, evil: str) -> None:
    pack(tmp_path / name, {evil: page("Evil").encode(), "good.html": page("Good").encode()})
    articles, _, report = read(tmp_path / name)
    assert [a.title for a in articles] == ["Good"]
    assert findings_of(report) == [("archive-path-unsafe", name)]


@pytest.mark.parametrize(
    "reference", ["../secret.png", "/secret.png", "img/../../secret.png", "..%2fsecret.png"]
)
def test_a_page_reaches_nothing_outside_its_archive(tmp_path: Path, reference: str) -> None:
    (tmp_path / "secret.png").write_bytes(picture())
    zipped(tmp_path / "a.zip", {"page.html": page("Spy", body=f"<img src='{reference}'>").encode()})
    (article,), _, report = read(tmp_path / "a.zip")
    assert article.assets == ()
    assert findings_of(report) == [("image-missing", "a.zip!/page.html")]


def test_a_flat_bomb_costs_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "FREE", 1_000_000)
    saved = {"a.html": page("First").encode(), "bomb.txt": b"a" * 50_000_000, "c.html": page("Last").encode()}
    zipped(tmp_path / "a.zip", saved)
    articles, _, report = read(tmp_path / "a.zip")
    assert findings_of(report) == [("archive-too-large", "a.zip!/bomb.txt")]
    assert [a.title for a in articles] == ["First", "Last"]
    tarred(tmp_path / "a.tar.gz", saved)
    articles, _, report = read(tmp_path / "a.tar.gz")
    assert "archive-too-large" in report.counts()


def test_a_header_that_lies_of_its_size_unpacks_to_no_more_than_it_says(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", {"bomb.txt": b"word " * 4_000_000, "good.html": page("Good").encode()})
    data = (tmp_path / "a.zip").read_bytes()
    lie = data.replace(struct.pack("<L", 20_000_000), struct.pack("<L", 1000))
    assert lie != data
    (tmp_path / "a.zip").write_bytes(lie)
    articles, _, report = read(tmp_path / "a.zip")
    assert [a.title for a in articles] == ["Good"]
    assert findings_of(report) == [("archive-broken", "a.zip!/bomb.txt")]


def test_a_member_larger_than_a_file_may_be_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("readers.registry", "sources.archives._tree"):
        monkeypatch.setattr(f"exporter.{module}.MAX_BYTES", 100_000)
    zipped(tmp_path / "a.zip", {"big.txt": b"word " * 40_000, "good.html": page("Good").encode()})
    articles, _, report = read(tmp_path / "a.zip")
    assert [a.title for a in articles] == ["Good"]
    assert findings_of(report) == [("file-too-large", "a.zip!/big.txt")]


def nested(saved: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in saved.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_archives_in_archives_are_opened_once(tmp_path: Path) -> None:
    innermost = nested({"deep.html": page("Too deep").encode()})
    inner = nested({"mid.html": page("In the middle").encode(), "innermost.zip": innermost})
    zipped(tmp_path / "a.zip", {"in/inner.zip": inner, "top.html": page("On top").encode()})
    articles, books, report = read(tmp_path / "a.zip")
    assert [(a.title, a.origin.name) for a in articles] == [
        ("In the middle", "a.zip!/in/inner.zip!/mid.html"),
        ("On top", "a.zip!/top.html"),
    ]
    assert findings_of(report) == [("archive-nested", "a.zip!/in/inner.zip!/innermost.zip")]
    assert [b.articles for b in books] == [2]


def test_a_library_of_archives_takes_few_files(tmp_path: Path) -> None:
    """More archives in an archive than a process may have files open."""
    resource = pytest.importorskip("resource")
    books = {f"{n:03}.zip": nested({"a.txt": f"Book {n}\n\nWords.".encode()}) for n in range(60)}
    zipped(tmp_path / "a.zip", books)
    kept = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/proc/self/fd").iterdir())) + 20, kept[1]))
    try:
        articles, _, report = read(tmp_path / "a.zip")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, kept)
    assert [a.title for a in articles] == [f"Book {n}" for n in range(60)]
    assert findings_of(report) == []


def test_the_archive_is_the_original_of_what_it_holds(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", SAVED)
    articles, books, _ = read(tmp_path / "a.zip")
    kept = read_many.originals(articles, books)
    assert {kept[a.origin.sha256].name for a in articles} == {"a.zip"}
    assert {kept[a.origin.sha256].media_type for a in articles} == {"application/zip"}
    digest = hashlib.sha256((tmp_path / "a.zip").read_bytes()).hexdigest()
    assert {kept[a.origin.sha256].sha256 for a in articles} == {digest}


def test_a_nested_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "FREE", 1_000_000)
    bombs = {f"{n}.zip": nested({"zeros.txt": b"0" * 30_000_000}) for n in range(3)}
    zipped(tmp_path / "a.zip", {"a.html": page("First").encode(), **bombs})
    articles, _, report = read(tmp_path / "a.zip")
    assert [a.title for a in articles] == ["First"]
    assert {id for id, _ in findings_of(report)} == {"archive-too-large"}


def test_too_many_members_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 5)
    zipped(tmp_path / "a.zip", {f"{n}.txt": f"Boat {n}\n\nIt sails.".encode() for n in range(9)})
    articles, _, report = read(tmp_path / "a.zip")
    assert len(articles) == 5
    assert findings_of(report) == [("archive-too-large", "a.zip")]


def test_an_encrypted_member_is_told(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", {"a.txt": b"Secret\n\nWords.", "b.txt": b"Open\n\nWords."})
    data = bytearray((tmp_path / "a.zip").read_bytes())
    first, entry = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    data[first + 6] |= 1
    data[entry + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    articles, _, report = read(tmp_path / "a.zip")
    assert [a.title for a in articles] == ["Open"]
    assert findings_of(report) == [("archive-encrypted", "a.zip!/a.txt")]


@pytest.mark.parametrize(("name", "pack"), FORMS)
def test_cut_short_anywhere_it_is_told_and_the_rest_read(tmp_path: Path, name: str, pack: Pack) -> None:
    pack(tmp_path / name, SAVED)
    data = (tmp_path / name).read_bytes()
    whole = {a.title for a in read(tmp_path / name)[0]}
    for part in (0.1, 0.5, 0.9):
        (tmp_path / name).write_bytes(data[: int(len(data) * part)])
        articles, _, report = read(tmp_path / name)
        assert {a.title for a in articles} <= whole
        assert "archive-broken" in report.counts() or {a.title for a in articles} == whole


def test_documents_that_are_archives_inside_are_none(tmp_path: Path) -> None:
    words = b"<w:document xmlns:w='http://example.org/'><w:t>Words</w:t></w:document>"
    zipped(tmp_path / "a.docx", {"[Content_Types].xml": b"<Types/>", "word/document.xml": words})
    zipped(tmp_path / "b.zip", {"in.docx": (tmp_path / "a.docx").read_bytes(), "c.html": SAVED["ferry.html"]})
    articles, _, report = read(tmp_path)
    assert [a.title for a in articles] == ["Ferry runs late"]
    assert [finding for finding in findings_of(report) if finding[0] == "file-not-text"] == [
        ("file-not-text", "a.docx"),
        ("file-not-text", "b.zip!/in.docx"),
    ]


def test_nothing_in_it(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", {"a.png": picture()})
    articles, books, report = read(tmp_path / "a.zip")
    assert (articles, findings_of(report)) == ((), [("archive-empty", "a.zip")])
    assert [b.articles for b in books] == [0]


def test_bytes_of_an_archive_are_read_too() -> None:
    import exporter

    report = Report()
    articles = exporter.read(nested({"a.html": page("Packed").encode()}), name="my.zip", report=report)
    assert [(a.title, a.origin.name) for a in articles] == [("Packed", "my.zip!/a.html")]
    assert exporter.paragraphs(articles[0])[0] == FERRY


def test_a_wacz_is_read_by_its_warc(tmp_path: Path) -> None:
    from tests.sources.archives.test_warc import response, warc

    inner = warc([response("https://harbour.example/ferry", page("Ferry runs late"))])
    zipped(
        tmp_path / "a.wacz",
        {
            "archive/data.warc.gz": inner,
            "pages/pages.jsonl": b'{"format": "json-pages-1.0", "id": "pages"}\n{"url": "https://a.example"}\n',
            "datapackage.json": b'{"profile": "data-package", "wacz_version": "1.1.1"}',
            "indexes/index.cdx.gz": b"",
        },
    )
    articles, _, report = read(tmp_path / "a.wacz")
    assert [a.origin.name for a in articles] == [
        "a.wacz!/archive/data.warc.gz!/https://harbour.example/ferry"
    ]
    assert findings_of(report) == []
