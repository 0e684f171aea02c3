"""Pages as browsers and tools save them: with a folder of files, or all in one file with a comment."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

import exporter
from exporter.diagnostics import Report
from tests import kitchen_sink
from tests.sources.archives.samples import findings_of, page, picture, read

ADDRESS = "https://harbour.example/news/ferry"
SINGLEFILE = f"""<!DOCTYPE html> <html lang=en><!--
 Page saved with SingleFile
 url: {ADDRESS}
 saved date: Wed Apr 05 2023 08:07:08 GMT+0200 (Central European Summer Time)
-->"""
MONOLITH = f"<!-- Saved from {ADDRESS} at 2023-04-05T06:07:08Z using monolith v2.7.0 -->\n"
BROWSER = f"<!DOCTYPE html>\n<!-- saved from url=(0033){ADDRESS} -->\n<html lang=en>"


@pytest.mark.parametrize(
    ("opening", "captured"),
    [
        (SINGLEFILE, "2023-04-05T08:07:08+02:00"),
        (f"{MONOLITH}<!DOCTYPE html><html lang=en>", "2023-04-05T06:07:08+00:00"),
        (f"<!DOCTYPE html>{MONOLITH}<html lang=en>", "2023-04-05T06:07:08+00:00"),
        (BROWSER, None),
    ],
)
def test_the_comment_says_where_and_when(opening: str, captured: str | None) -> None:
    drawn = base64.b64encode(kitchen_sink.picture().data).decode()
    text = page("Ferry runs late", body=f"<img src='data:image/png;base64,{drawn}' alt='The ferry'>")
    saved = text.replace("<!DOCTYPE html><html lang=en>", opening)
    (article,) = exporter.read(saved.encode(), name="a.html")
    assert (article.title, article.link, article.captured) == ("Ferry runs late", ADDRESS, captured)
    assert article.basis.get("captured") == ("metadata" if captured else None)
    assert len(article.assets) == 1


def test_monolith_of_a_local_file_has_no_address() -> None:
    comment = "<!-- Saved from local source at 2023-04-05T06:07:08Z using monolith v2.7.0 -->"
    (article,) = exporter.read((comment + page("Ferry runs late")).encode(), name="a.html")
    assert (article.link, article.captured) == (None, "2023-04-05T06:07:08+00:00")


def test_a_complete_page_with_its_folder(tmp_path: Path) -> None:
    """Chrome's and Firefox's "complete": images from the folder, which is no page itself."""
    (tmp_path / "Ferry runs late_files").mkdir()
    (tmp_path / "Ferry runs late_files" / "boat.png").write_bytes(picture())
    (tmp_path / "Ferry runs late_files" / "frame.html").write_text(page("A frame"))
    text = page("Ferry runs late", body="<img src='./Ferry%20runs%20late_files/boat.png'>")
    (tmp_path / "Ferry runs late.html").write_text(text)
    (article,), books, report = read(tmp_path)
    assert (article.title, len(article.assets)) == ("Ferry runs late", 1)
    assert [b.name for b in books] == ["Ferry runs late.html"]
    assert findings_of(report) == []
    report = Report()
    (alone,) = exporter.read(tmp_path / "Ferry runs late.html", report=report)
    assert alone == article


def test_the_day_of_saving_is_no_date_of_publication() -> None:
    comment = "<!--\n Page saved with SingleFile\n url: https://a.example/p\n saved date: 7 May 2024\n-->"
    page = f"<!DOCTYPE html> <html lang=en>{comment}<head><title>Rope</title></head><body><p>{'Rope. ' * 90}"
    (article,) = exporter.read(page.encode(), name="page.html")
    assert article.published is None
    assert article.captured == "2024-05-07"
