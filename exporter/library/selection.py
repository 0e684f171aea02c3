"""Which of the articles at hand go into an edition, and of which only a brief.

select(articles, selection)  →  Selected   (what goes in, and what not and why)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from exporter.diagnostics import Report
from exporter.editions.selection import Excluded, Selected, Selection, article_key, teaser_key, told_of
from exporter.errors import unknown
from exporter.library import duplicates, text_search
from exporter.model.article import Article, Teaser
from exporter.model.build import language_tag
from exporter.model.visit import texts


def select(
    articles: Iterable[Article], selection: Selection | None = None, report: Report | None = None
) -> Selected:
    """The articles and briefs that the selection asks for, each once, in reading order.
    A listing gives its briefs alone.

    Raises `UsageError` where a source is named that no article has.
    """
    selection = selection or Selection()
    report = report if report is not None else Report()
    everything = tuple(articles)
    for name in selection.sources:
        known = {name for a in everything for name in (a.source, a.publisher) if name}
        known |= {t.source for a in everything if a.is_listing for t in a.teasers if t.source}
        if everything and name.casefold() not in {k.casefold() for k in known}:
            raise unknown("source", name, known)
    full = [a for a in everything if not a.is_listing]
    unique, left_out = deduplicate(full, report) if selection.merge else (full, [])
    chosen: list[Article] = []
    for article in unique:
        reason = exclusion_reason(article, selection)
        if reason is None:
            chosen.append(selection.told(article))
            continue
        left_out.append(Excluded(article.title, article.origin.name, reason))
        if reason == "undated":
            report.add("undated-left-out", article.origin.name, article.title)
    briefs = _briefs(everything, selection) if selection.briefs and not selection.words else ()
    return Selected(tuple(chosen), briefs, tuple(left_out))


def exclusion_reason(article: Article, selection: Selection) -> str | None:
    if not _matches_source(selection, article.source, article.publisher):
        return "source"
    if not selection.takes_tags(article.tags):
        return "tag"
    if not _matches_language(selection, article.language):
        return "language"
    if selection.words and not text_search.answers(f"{article.title}\n{_said(article)}", selection.words):
        return "words"
    if selection.takes_day(selection.day_told(article.published)):
        return None
    return "date" if article.published else "undated"


def _said(article: Article) -> str:
    return "\n".join(texts(article.blocks, notes=True))


def _matches_source(selection: Selection, *names: str | None) -> bool:
    wanted = {name.casefold() for name in selection.sources}
    return not wanted or any(name and name.casefold() in wanted for name in names)


def _matches_language(selection: Selection, language: str | None) -> bool:
    wanted = {language_tag(name) or name for name in selection.languages}
    return not wanted or bool(language and {language, language.split("-")[0]} & wanted)


COMMON = 100
"""What so many articles share is of a form, not of a text, and says nothing."""
COMPARED = 25
"""Others that an article is compared with, at most."""
CROWD = 500
"""Copies of one article up to which they are compared with each other; of more, the best is chosen."""


def deduplicate(articles: Sequence[Article], report: Report) -> tuple[list[Article], list[Excluded]]:
    """Each article once. Of copies (`exporter.library.duplicates.clusters`) the best stays, in the
    place of the first."""
    kept: dict[int, int] = {}  # the best copy's place, by the first's
    left_out: list[Excluded] = []
    features = [duplicates.features(article) for article in articles] if len(articles) > 1 else []
    for meeting in candidate_groups(articles, features) if features else [[0]] * len(articles):
        for first, *others in _groups(meeting, features):
            lead = articles[first]
            kept[min([first, *others])] = first
            for other in others:
                copy, why = articles[other], duplicates.advantage(features[first], features[other])
                item = Excluded(copy.title, copy.origin.name, "duplicate", lead.origin.name, why, lead.title)
                left_out.append(item)
                report.add("duplicate", item.where, told_of(item))
    return [articles[kept[first]] for first in sorted(kept)], left_out


def _groups(meeting: Sequence[int], features: Sequence[duplicates.Features]) -> list[list[int]]:
    """The places of copies of one article together, the best first."""
    if len(meeting) == 1:
        return [list(meeting)]
    told = [features[at] for at in meeting]
    if len(meeting) > CROWD:
        best = meeting[duplicates.best_copy(told)]
        return [[best, *(at for at in meeting if at != best)]]
    return [[meeting[at] for at in group] for group in duplicates.clusters(told)]


def candidate_groups(articles: Sequence[Article], features: Sequence[duplicates.Features]) -> list[list[int]]:
    """The places of articles, together where one is a copy of the next."""
    leader = list(range(len(articles)))

    def lead(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    seen: dict[tuple[object, ...], list[int]] = {}
    for i, article in enumerate(articles):
        compared = 0
        for key in _keys(article, features[i]):
            sharing = seen.setdefault(key, [])
            if len(sharing) <= COMMON:
                for j in sharing:
                    if compared < COMPARED and lead(i) != lead(j):
                        compared += 1
                        if duplicates.is_copy(features[i], features[j]):
                            leader[max(lead(i), lead(j))] = min(lead(i), lead(j))
                sharing.append(i)
            elif key[0] == "text" and duplicates.is_copy(features[i], features[sharing[0]]):
                leader[max(lead(i), lead(sharing[0]))] = min(lead(i), lead(sharing[0]))
    together: dict[int, list[int]] = {}
    for i in range(len(articles)):
        together.setdefault(lead(i), []).append(i)
    return list(together.values())


def _keys(article: Article, features: duplicates.Features) -> Iterator[tuple[object, ...]]:
    """What an article shares with its copies."""
    yield "text", features.print.text
    # Without a date a title alone proves nothing ("Notes"): the text must be the same, too.
    yield ("story", *article_key(article), "" if article.published else features.print.text)
    if features.link:
        yield "link", features.link
    yield from (("band", *band) for band in enumerate(features.print.bands))


def _briefs(articles: Sequence[Article], selection: Selection) -> tuple[Teaser, ...]:
    """The teasers in the window, each once, that no full article at hand supersedes."""
    told = [a for a in articles if not a.is_listing]
    full: set[tuple[str, ...]] = {article_key(a) for a in told}
    full |= {(duplicates.canonical(a.link),) for a in told if a.link}
    kept: dict[tuple[str, ...], Teaser] = {}
    for article in articles:
        for teaser in article.teasers:
            dedupe_key = teaser_key(teaser, article)
            link = duplicates.canonical(teaser.link) if teaser.link else None
            if dedupe_key in full or (link,) in full:
                continue
            teaser = selection.told(teaser)
            if not selection.takes_day(teaser.date) or not _matches_language(selection, teaser.language):
                continue
            if not selection.takes_tags(teaser.tags):
                continue
            if not _matches_source(selection, teaser.source, article.publisher):
                continue
            # Without a date a title alone proves nothing: the link must be the same, too.
            key = dedupe_key if teaser.date or not link else (*dedupe_key, link)
            other = kept.get(key)
            if other is None or len(teaser.summary) > len(other.summary):
                kept[key] = teaser
    return tuple(kept.values())
