"""The edition as data: whole, documented, and read back."""

from __future__ import annotations

import json
from inspect import cleandoc
from pathlib import Path

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings

from exporter.backends import json as backend
from exporter.backends.registry import get, render_checked
from exporter.editions.compile import Edition, compile_edition
from exporter.editions.selection import Selected
from exporter.errors import IncompleteError
from exporter.model.article import Teaser
from exporter.readers.registry import choose, read_source
from exporter.readers.source import Source
from tests import strategies
from tests.backends.samples import article, hostile_edition, produced_elsewhere
from tests.kitchen_sink import edition as kitchen_sink

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "backends" / "kitchen-sink.json"
SCHEMA = ROOT / "docs" / "edition.schema.json"


def schema() -> bytes:
    """The shape of an edition as the model has it, in JSON Schema 2020-12."""
    shown = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An edition, as exporter's format json writes it",
    } | msgspec.json.schema(Edition)
    for shape in shown["$defs"].values():
        if "description" in shape:  # a docstring, which Python 3.13 and later have without its indent
            shape["description"] = cleandoc(shape["description"])
    return msgspec.json.format(msgspec.json.encode(shown), indent=2) + b"\n"


def validate(output: bytes) -> None:
    jsonschema.Draft202012Validator(
        json.loads(SCHEMA.read_bytes()), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(json.loads(output))


def test_the_schema_is_the_models(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--rewrite-goldens"):
        SCHEMA.write_bytes(schema())
    assert SCHEMA.read_bytes() == schema()
    jsonschema.Draft202012Validator.check_schema(json.loads(schema()))


def test_the_kitchen_sink_as_stored(request: pytest.FixtureRequest) -> None:
    output = render_checked(kitchen_sink(), "json").data
    if request.config.getoption("--rewrite-goldens"):
        GOLDEN.write_bytes(output)
    assert output == GOLDEN.read_bytes()


def test_same_bytes_in_another_place() -> None:
    assert produced_elsewhere("json", "Asia/Seoul", "5") == render_checked(kitchen_sink(), "json").data


@pytest.mark.parametrize("make", [kitchen_sink, hostile_edition])
def test_all_of_the_edition_is_in_it(make: object) -> None:
    edition = make()  # type: ignore[operator]
    output = render_checked(edition, "json").data
    validate(output)
    assert msgspec.json.decode(output, type=Edition) == edition


@given(strategies.editions())
@settings(max_examples=12, deadline=None)
def test_any_edition_is_valid_and_its_articles_come_back(edition: Edition) -> None:
    output = render_checked(edition, "json").data
    validate(output)
    source = Source(output, "digest.json")
    assert choose(source) == "native"
    reading = read_source(source)
    assert reading.articles == tuple(entry.article for entry in edition.entries)


def test_locations_point_to_the_entries() -> None:
    edition = kitchen_sink()
    product = render_checked(edition, "json")
    for one in (*edition.entries, *edition.briefs):
        matches = json.loads(product.data)
        for step in product.locations[one.anchor].split("/")[1:]:
            matches = matches[int(step)] if isinstance(matches, list) else matches[step]
        assert matches["anchor"] == one.anchor


def test_an_edition_of_briefs_alone() -> None:
    edition = compile_edition(Selected((), (Teaser("A bridge", "It is new."), Teaser("A bridge", "Newer."))))
    product = render_checked(edition, "json")
    validate(product.data)
    assert list(product.locations.values()) == ["/briefs/0", "/briefs/1"]
    reading = read_source(Source(product.data, "briefs.json"))
    assert not reading.articles
    assert [(finding.id, finding.detail) for finding in reading.diagnostics] == [
        ("briefs-not-read", "2 of 2"),
        ("no-article", ""),
    ]


def test_briefs_come_back_as_the_teasers_that_they_are() -> None:
    teasers = (Teaser("A bridge", "It is new."), Teaser("A ferry", "It is late."))
    neighbour = msgspec.structs.replace(article("The quay"), teasers=teasers)
    edition = compile_edition(Selected((neighbour,), teasers))
    reading = read_source(Source(render_checked(edition, "json").data, "digest.json"))
    assert reading.articles == (neighbour,)
    assert "briefs-not-read" not in {finding.id for finding in reading.diagnostics}


@pytest.mark.parametrize("lost", ["entry", "word", "brief"])
def test_what_is_lost_is_named(lost: str, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = kitchen_sink()
    form = json.loads(render_checked(edition, "json").data)
    if lost == "entry":
        form["parts"][0]["entries"].pop()
    elif lost == "word":
        form["parts"][0]["entries"][0]["article"]["blocks"].pop()
    else:
        form["briefs"].pop(1)
    monkeypatch.setattr(backend, "render", lambda *_: json.dumps(form).encode())
    with pytest.raises(IncompleteError) as raised:
        render_checked(edition, "json")
    assert str(raised.value).startswith("1 of 10")


@pytest.mark.parametrize("output", [b"\xff", b"[]", b"{}", b'{"title": 1}'])
def test_bytes_that_are_no_edition_are_refused(output: bytes) -> None:
    with pytest.raises(IncompleteError):
        get("json").locate(output, kitchen_sink())


@pytest.mark.parametrize("parts", ["1", '["x"]', '[{"anchor": "p1", "title": "", "entries": [{}]}]'])
def test_an_edition_that_is_damaged_is_a_diagnostic(parts: str) -> None:
    output = f'{{"identifier": "", "grouping": "none", "briefs": [], "parts": {parts}}}'.encode()
    reading = read_source(Source(output, "digest.json"))
    assert not reading.articles
    assert [finding.id for finding in reading.diagnostics] == ["reader-failed"]
