"""The native form: JSON both ways, stable names."""

from __future__ import annotations

import msgspec
import pytest

import exporter
from exporter.model import markdown_fields
from exporter.model.article import Article
from exporter.model.visit import each_block, map_inlines
from tests.kitchen_sink import edition


def test_json_both_ways() -> None:
    articles = tuple(entry.article for entry in edition().entries)
    assert exporter.from_json(exporter.to_json(articles)) == articles
    assert exporter.from_json(exporter.to_json(articles[0])) == articles[:1]


def test_names_in_json() -> None:
    form = msgspec.json.decode(exporter.to_json(edition().entries[0].article))
    assert set(form) >= {
        *("title", "subtitle", "authors", "source", "language", "published", "captured", "link"),
        *("blocks", "teasers", "assets", "origin"),
    }
    assert form["blocks"][0]["type"]


def test_json_that_is_not_ours_is_refused_with_the_place() -> None:
    with pytest.raises(msgspec.ValidationError, match="blocks"):
        exporter.from_json(
            b'[{"title": "x", "origin": {"name": "", "media_type": "", "sha256": ""}, "blocks": [1]}]'
        )


def test_an_empty_change_is_no_change() -> None:
    for entry in edition().entries:
        assert map_inlines(entry.article.blocks, lambda node: (node,)) == entry.article.blocks
        assert len(list(each_block(entry.article.blocks))) >= len(entry.article.blocks)


def test_every_field_is_kept_by_markdown() -> None:
    """A new field needs a label there, or it is lost when an edition in Markdown is read again."""
    labels = {*markdown_fields.TEXTS, *markdown_fields.LISTS}
    others = {"title", "basis", "blocks", "teasers", "assets", "also", "origin"}  # each has a form of its own
    assert {field.name for field in msgspec.structs.fields(Article)} == labels | others
