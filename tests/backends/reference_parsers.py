"""References as programs of other people read them: one parser for each form, one shape for all.

BibLaTeX is read by pybtex and bibtexparser, its LaTeX by pylatexenc; RIS by rispy; CSL-JSON is
checked by a schema of the part that is used here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

import bibtexparser
import jsonschema
import pybtex.database
import rispy
from pylatexenc import latex2text, macrospec


class Read(NamedTuple):
    """A reference as another parser tells it; ``authors`` are family's name, comma, given name."""

    key: str
    kind: str
    title: str
    date: str
    url: str
    authors: tuple[str, ...]
    container: str
    accessed: str
    abstract: str
    keywords: tuple[str, ...]
    note: str


# -- the other parsers --

LATEX = latex2text.get_default_latex_context_db()
LATEX.add_context_category(
    "ours",
    prepend=True,
    macros=[
        latex2text.MacroTextSpec("vphantom", discard=True),
        latex2text.MacroTextSpec("textasciicircum", "^"),
        latex2text.MacroTextSpec("textless", "<"),
        latex2text.MacroTextSpec("textgreater", ">"),
        latex2text.MacroTextSpec("textbar", "|"),
        latex2text.MacroTextSpec("{", "{"),
        latex2text.MacroTextSpec("}", "}"),
    ],
)
PARSED = latex2text.latexwalker.get_default_latex_context_db()
PARSED.add_context_category("ours", prepend=True, macros=[macrospec.std_macro("vphantom", False, 1)])


def typeset(latex: str) -> str:
    """What LaTeX would set."""
    nodes, _, _ = latex2text.latexwalker.LatexWalker(latex, latex_context=PARSED).get_latex_nodes()
    return str(latex2text.LatexNodes2Text(LATEX, strict_latex_spaces=True).nodelist_to_text(nodes))


def read_bib(data: bytes) -> list[Read]:
    """By pybtex; bibtexparser must find the same entries and no fault."""
    text = data.decode()
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    entries = pybtex.database.parse_string(text, "bibtex").entries
    assert [(e.key, e["title"]) for e in library.entries] == [
        (k, e.fields["title"]) for k, e in entries.items()
    ]
    matches = []
    for key, entry in entries.items():
        values = {
            name: typeset(value) for name, value in entry.fields.items() if name not in ("url", "keywords")
        }
        people = [
            (
                " ".join(person.prelast_names + person.last_names),
                " ".join(person.lineage_names),
                " ".join(person.first_names + person.middle_names),
            )
            for person in entry.persons.get("author", ())
        ]
        matches.append(
            Read(
                key,
                entry.type + values.get("entrysubtype", ""),
                values["title"],
                values.get("date", ""),
                entry.fields.get("url", ""),
                tuple(typeset(", ".join(filter(None, names))) for names in people),
                values.get("journaltitle", ""),
                values.get("urldate", ""),
                values.get("abstract", ""),
                tuple(typeset(word) for word in entry.fields.get("keywords", "").split(", ") if word),
                values.get("note", ""),
            )
        )
    return matches


_TEXT = {"type": "string", "minLength": 1}
_DAY = {
    "type": "object",
    "properties": {
        "date-parts": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "integer"}},
        }
    },
    "required": ["date-parts"],
    "additionalProperties": False,
}
CSL = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "type": {"enum": ["article-newspaper", "webpage", "document"]},
            **dict.fromkeys(("issued", "accessed"), _DAY),
            **dict.fromkeys(("id", "title", "container-title", "URL", "language"), _TEXT),
            **dict.fromkeys(("abstract", "keyword", "note"), _TEXT),
            "author": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": dict.fromkeys(("family", "given", "suffix", "literal"), _TEXT),
                    "additionalProperties": False,
                    "oneOf": [
                        {"required": ["family", "given"]},
                        {"required": ["literal"], "maxProperties": 1},
                    ],
                },
            },
        },
        "required": ["id", "type", "title"],
        "additionalProperties": False,
    },
}
"""Of CSL-JSON what is used here, and no more."""


def read_csl(data: bytes) -> list[Read]:
    items = json.loads(data)
    jsonschema.validate(items, CSL)

    def day(date: dict[str, list[list[int]]] | None) -> str:
        return (
            "-".join(f"{n:02}" if i else f"{n:04}" for i, n in enumerate(date["date-parts"][0]))
            if date
            else ""
        )

    return [
        Read(
            item["id"],
            item["type"],
            item["title"],
            day(item.get("issued")),
            item.get("URL", ""),
            tuple(
                ", ".join(name[part] for part in ("literal", "family", "suffix", "given") if part in name)
                for name in item.get("author", ())
            ),
            item.get("container-title", ""),
            day(item.get("accessed")),
            item.get("abstract", ""),
            tuple(item["keyword"].split(", ")) if "keyword" in item else (),
            item.get("note", ""),
        )
        for item in items
    ]


def read_ris(data: bytes) -> list[Read]:
    def day(date: str) -> str:
        assert not date or date.count("/") == 3
        return "-".join(filter(None, date.split("/")))

    return [
        Read(
            item["id"],
            item["type_of_reference"],
            item["title"],
            day(item.get("date", "")),
            ";".join(item.get("urls", ())),  # at which rispy parts them, though few other programs do
            tuple(item.get("authors", ())),
            item.get("secondary_title", ""),
            day(item.get("access_date", "")),
            item.get("abstract", ""),
            tuple(item.get("keywords", ())),
            " ".join(item.get("notes", ())),
        )
        for item in rispy.loads(data.decode())
    ]


READ: dict[str, Callable[[bytes], list[Read]]] = {"bib": read_bib, "csl": read_csl, "ris": read_ris}
