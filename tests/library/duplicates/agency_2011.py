"""The real stories that the labels name, each under an id that hangs on the corpus alone."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime

from exporter.model.article import Article, Origin, Paragraph, Text
from tests import kcna_2011
from tests.conformance.editions import corpus


def distinct() -> dict[str, Article]:
    """All of 2011 and of 2023–24, each text under its id once. Skips where the corpora are missing."""
    return dict(_year_2011()) | dict(_years_2023_24())


def _year_2011() -> Iterator[tuple[str, Article]]:
    with gzip.open(corpus("dprk", "kcna_xmarquez") / "KCNA_2011.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            paragraphs = kcna_2011.paragraphs(row["story"] or "")
            if any(paragraphs):
                title = row["title"] or ""
                yield (
                    _id("2011", row["date"], title, row["story"]),
                    output(title, row["date"], "KCNA.co.jp", paragraphs, language=row["language"]),
                )


def _years_2023_24() -> Iterator[tuple[str, Article]]:
    rows = json.loads((corpus("dprk", "kcna_stiles_json") / "headlines.shared.json").read_text("utf-8"))
    for row in rows:
        day = datetime.fromtimestamp(row["date"] / 1000, UTC).date().isoformat()
        text = row["story_text"] or ""
        if text.strip():
            yield (
                _id("stiles", day, row["headline"], text),
                output(row["headline"], day, "KCNA.kp", text.split("\n"), language="en"),
            )


def korean() -> Iterator[Article]:
    """Runs of paragraphs of speeches in Korean, as long as articles are."""
    for path in sorted((corpus("dprk", "nk_speeches_ko") / "data").glob("*.txt")):
        paragraphs = [line.strip() for line in path.read_text("utf-8").split("\n") if len(line.strip()) > 40]
        for at in range(0, len(paragraphs) - 6, 6):
            yield output(
                paragraphs[at][:20], f"{path.stem[:4]}-01-01", "로동신문", paragraphs[at : at + 6], "ko"
            )


def output(title: str, day: str, source: str, paragraphs: list[str], language: str | None = None) -> Article:
    blocks = tuple(Paragraph((Text(text.strip()),)) for text in paragraphs if text.strip())
    origin = Origin("story", "text/plain", "0" * 64)
    return Article(title=title, published=day, source=source, language=language, blocks=blocks, origin=origin)


def _id(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
