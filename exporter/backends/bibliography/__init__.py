"""The edition's articles for reference managers, one module a form: `biblatex`, `csl`, `ris`.

    edition ──_reference──▶ references (facts, named and keyed alike) ──a form──▶ bytes ──_inspect──▶ keys

What a reference says is decided once, in `_reference`; a form's module knows its own syntax
alone, to write and to read. An article's place in the file is its citation key.
"""
