"""Builds pages in the form in which people copy them from the aggregator, for any content."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


def long_day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def short_day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


@dataclass
class CopiedTeaser:
    """A teaser on a copied page."""

    title: str
    summary: str
    day: date


@dataclass
class Page:
    """One article page; what a reader must give back of it."""

    title: str
    label: str
    published: date
    visited: date
    paragraphs: list[str]
    teasers: list[CopiedTeaser] = field(default_factory=list)

    def text(
        self,
        *,
        visit: str = "both",
        gap: str = "\n\n",
        more_from: bool = True,
        more_articles: bool = True,
    ) -> str:
        """The copied text. ``visit`` is both, long, short or none; ``gap`` parts paragraphs."""
        days = {
            "both": long_day(self.visited) + short_day(self.visited),
            "long": long_day(self.visited),
            "short": short_day(self.visited),
            "none": "",
        }
        head = [line for line in (days[visit], f"KCNA {self.label}") if line]
        lines = [
            "\n".join(head),
            self.title,
            f"Date: {self.published:%d/%m/%Y} | Source: {self.label} | Read original version at source",
            gap.join(self.paragraphs),
        ]
        if more_from:
            lines.append(f"More From {self.label}")
            for teaser in self.teasers:
                lines += [teaser.title, teaser.title]
                lines += [teaser.summary] if teaser.summary else []
                lines.append(long_day(teaser.day))
                lines += [teaser.summary] if teaser.summary else []
        if more_articles:
            lines.append("More Articles")
        return "\n\n".join(lines)
