"""Where an article's fields come from, told of several at once."""

from __future__ import annotations

from exporter.model.article import Basis


def based(basis: Basis, **values: object) -> dict[str, Basis]:
    """The ``basis`` of those of the fields that have a value."""
    return {name: basis for name, value in values.items() if value}
