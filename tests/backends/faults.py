"""Layouts that go wrong as a layout engine may: what workers run instead of the real one in tests."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from exporter.backends.pdf import layout
from exporter.backends.pdf.assets import HtmlSection
from exporter.backends.pdf.layout import Failure, Laid

CODE = "<pre"
"""The engine fails on code blocks, of which plain text has none."""
DEEP = "unspeakable"

_lay_out = layout.lay_out


def _with(change: Callable[[str], str], section: HtmlSection) -> Laid | Failure:
    """What becomes of a section where the engine does so to the markup."""

    def engine(html: str, *rest: Any, **options: Any) -> Laid:
        return _lay_out(change(html) if CODE in html else html, *rest, **options)

    layout.lay_out = engine  # type: ignore[assignment]  # in a worker
    return layout.attempt(section)


def raises(section: HtmlSection) -> Laid | Failure:
    return _with(lambda _: {}["no such box"], section)


def crashes(section: HtmlSection) -> Laid | Failure:
    return _with(lambda _: os.kill(os.getpid(), signal.SIGSEGV) or "", section)


def hangs(section: HtmlSection) -> Laid | Failure:
    def loop(_: str) -> str:
        while True:
            pass

    return _with(loop, section)


def devours(section: HtmlSection) -> Laid | Failure:
    def eat(_: str) -> str:
        kept = []
        while True:
            kept.append(bytearray(1 << 24))

    return _with(eat, section)


def forgets(section: HtmlSection) -> Laid | Failure:
    """The engine ends the layout early and does not say so."""
    return _with(lambda html: html[: html.rindex("<article")], section)


def refuses(section: HtmlSection) -> Laid | Failure:
    return Failure("unspeakable") if DEEP in section.html else layout.attempt(section)


def refuses_contents(section: HtmlSection) -> Laid | Failure:
    return Failure("no contents") if 'class="toc"' in section.html else layout.attempt(section)
