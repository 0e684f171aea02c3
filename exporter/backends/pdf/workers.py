"""Where sections are laid out: in worker processes that may fail, hang or be killed.

Always in workers, even where there is one: only a process can be ended that runs away in
the middle of a library, and what it takes of memory goes with it. A worker is kept for
the next edition, so that many small ones do not wait for its start (half a second).
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Literal, NamedTuple, TypeAlias

from exporter.backends.pdf import cache, fallback
from exporter.backends.pdf.assets import HtmlSection
from exporter.backends.pdf.layout import Failure, Laid, attempt
from exporter.editions.options import Settings
from exporter.errors import ExporterError
from exporter.workers.limits import Limits
from exporter.workers.pool import JobFailure, WorkerPool, cores

LISTED = 5
"""Failures that an error names."""
SECONDS = 30.0
"""Processor time that a section may take, whatever it holds."""
SLOWEST = 1000
"""Characters of markup that may take a second more: usual ones are fifty times as fast. For
emergencies and tests ``EXPORTER_SHEET_SECONDS`` sets a limit for all."""
MEMORY = Limits(data=2 * 1024**3, resting=160 * 1024**2)
"""What workers may hold: a usual one has 80 to 120 MB."""

Layout: TypeAlias = WorkerPool[HtmlSection, Laid | Failure]
Form: TypeAlias = Literal["styled", "plain", "bare"]

_spare: dict[int, list[Layout]] = {}
"""Workers of this process that wait for the next edition: a pool is here or in use, never both."""


class _Task(NamedTuple):
    """A section, or a piece of one: of which, what comes before it there, its articles' form."""

    number: int
    order: tuple[int, ...]
    section: HtmlSection
    form: Form = "styled"


class Press:
    """Lays out the sections of one edition; used as a context.

    ``plainly`` says which articles had to be set as mere text: anchor → why; ``without_flex`` why
    the style had to do without flex and grid, if it had.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._layout: Layout | None = None
        self._forms: dict[str, Form] = {}
        self.plainly: dict[str, str] = {}
        self.without_flex = ""

    def __enter__(self) -> Press:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        layout, self._layout = self._layout, None
        if layout:
            spare = _spare.setdefault(os.getpid(), [])
            layout.rest(0 if error or spare else 1)
            if not error and not spare:
                spare.append(layout)

    def lay_out(self, sections: Sequence[HtmlSection]) -> list[Laid]:
        """Every section laid out, in order. What fails or takes too long is laid out without
        the style's flex and grid, then in smaller pieces, down to the article at fault, which is
        set plainly.

        Raises `ExporterError` naming sections that could not be laid out at all.
        """
        tasks = [task for n, section in enumerate(sections) for task in self._tasks(n, section)]
        done: list[tuple[_Task, Laid]] = []
        failed: list[tuple[str, str]] = []
        while tasks:
            smaller: list[_Task] = []
            results = self._attempts([task.section for task in tasks])
            for task, result in zip(tasks, results, strict=True):
                if isinstance(result, Laid):
                    done.append((task, result))
                elif rest := self._smaller(task, result.reason):
                    smaller += rest
                else:
                    failed.append((task.section.name, result.reason))
            tasks = smaller
        if failed:
            raise ExporterError(
                _failures(failed), "Leave these articles out, and report them with the error."
            )
        done.sort(key=lambda pair: pair[0][:2])
        pieces: list[list[Laid]] = [[] for _ in sections]
        for task, laid in done:
            pieces[task.number].append(laid)
        return [_united(laid) for laid in pieces]

    # -- Once --

    def _attempts(self, sections: Sequence[HtmlSection]) -> list[Laid | Failure]:
        """Each section laid out, or why not; one that is kept from another run is not laid out
        again, if the settings allow."""
        settings = self._settings
        keys = [cache.key(section) for section in sections] if settings.cache else []
        done: dict[int, Laid | Failure] = {n: kept for n, key in enumerate(keys) if (kept := cache.get(key))}
        # The longest first, so that none is left to wait for at the end.
        order = sorted(set(range(len(sections))) - done.keys(), key=lambda n: (-len(sections[n].html), n))
        for number, result in self._laid_sections([sections[n] for n in order]):
            n = order[number]
            done[n] = Failure(_why(result)) if isinstance(result, JobFailure) else result
            if settings.cache and isinstance(result, Laid):
                cache.put(keys[n], result)
        return [done[n] for n in range(len(sections))]

    def _laid_sections(
        self, sections: Sequence[HtmlSection]
    ) -> Iterator[tuple[int, Laid | Failure | JobFailure]]:
        if not sections:
            return
        if self._layout is None:
            spare = _spare.get(os.getpid())
            self._layout = spare.pop() if spare else WorkerPool(attempt, 1, MEMORY)
            self._layout.size = self._settings.workers or cores()
        yield from self._layout.do(sections, _seconds)

    # -- Again --

    def _tasks(self, number: int, section: HtmlSection) -> list[_Task]:
        """The section; in pieces if it holds articles that are known to fail."""
        if self.without_flex and fallback.is_wild(section.css):
            section = section._replace(css=fallback.without_flex(section.css))
        groups: list[list[str]] = []
        for anchor in section.anchors:
            if groups and anchor not in self._forms and groups[-1][-1] not in self._forms:
                groups[-1].append(anchor)
            else:
                groups.append([anchor])
        if self._forms.keys().isdisjoint(section.anchors):
            return [_Task(number, (), section)]
        cut = fallback.split(section, groups)
        tasks = [_Task(number, (n,), piece) for n, piece in enumerate(cut)]
        return [_formed(task, self._forms.get(task.section.anchors[0], "styled")) for task in tasks]

    def _smaller(self, task: _Task, reason: str) -> list[_Task]:
        """What to try where a task failed; nothing where nothing is left."""
        if fallback.is_wild(task.section.css):
            # The style may be at fault, and not what is set in it.
            self.without_flex = self.without_flex or reason
            return [task._replace(section=task.section._replace(css=fallback.without_flex(task.section.css)))]
        cut = fallback.halves(task.section)
        if len(cut) > 1:
            return [task._replace(order=(*task.order, n), section=piece) for n, piece in enumerate(cut)]
        is_article = len(task.section.anchors) == 1
        if task.form == "bare" or (task.form == "plain" and not is_article):
            return []
        form: Form = "plain" if task.form == "styled" else "bare"
        if is_article:
            (anchor,) = task.section.anchors
            self._forms[anchor] = form
            self.plainly[anchor] = reason
        return [_formed(task, form)]


def _seconds(section: HtmlSection) -> float:
    given = os.environ.get("EXPORTER_SHEET_SECONDS")
    return float(given) if given else SECONDS + len(section.html) / SLOWEST


def _formed(task: _Task, form: Form) -> _Task:
    if form == "styled":
        return task
    section = task.section
    if len(section.anchors) == 1:
        return task._replace(section=fallback.plainly(section, text=form == "plain"), form=form)
    return task._replace(section=section._replace(css=fallback.without_flex(section.css)), form=form)


def _united(pieces: Sequence[Laid]) -> Laid:
    """What was laid out in pieces as one."""
    if len(pieces) == 1:
        return pieces[0]
    return Laid(
        tuple(fragment for laid in pieces for fragment in laid.fragments),
        tuple(page for laid in pieces for page in laid.pages),
        tuple(dict.fromkeys(complaint for laid in pieces for complaint in laid.complaints)),
    )


def _why(lost: JobFailure) -> str:
    if lost.why == "time":
        return "it takes too long"
    if lost.code >= 0:
        return f"its process ended twice, with code {lost.code}"
    name = signal.Signals(-lost.code).name
    return f"its process ended twice, by {name}{', perhaps for want of memory' * (name == 'SIGKILL')}"


def _failures(failed: Sequence[tuple[str, str]]) -> str:
    named = [f"{name} ({reason})" for name, reason in failed]
    more = f" and {len(named) - LISTED} more" if len(named) > LISTED else ""
    return f"{len(named)} of the sections could not be laid out: {'; '.join(named[:LISTED])}{more}"
