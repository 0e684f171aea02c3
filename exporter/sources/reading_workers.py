"""Files through the processes that read: in bundles, in their order, and what ends a process costs itself.

A worker looks into a file, and reads it at once if it is no archive, or a small one. Of a larger archive it
reports the members, which are read before the files that follow. So this process never looks into a file.
"""

from __future__ import annotations

import heapq
import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from typing import Generic, NamedTuple, Protocol, TypeVar

import msgspec

from exporter.diagnostics import Diagnostic
from exporter.readers.source import Reading
from exporter.sources import read_one
from exporter.sources.read_one import MOST, MOST_MEMORY, Answer, Job, Piece, ReadSession, Survey
from exporter.workers.limits import LOADING, Limits
from exporter.workers.pool import JobFailure, WorkerPool

AHEAD = 4096
"""Pieces that may be read after one that is not done yet: what came of them waits in memory."""
MEMORY = Limits(data=MOST_MEMORY, resting=384 * 1024**2)
STEPS = 2
"""What a worker reports with each piece (`ReadSession.do`)."""

Finished = TypeVar("Finished", bound=msgspec.Struct)


# -- The processes -----------------------------------------------------------------------


class Pool(Protocol):
    """What does jobs, with their numbers: `exporter.workers.pool.WorkerPool`, or `Here`."""

    size: int

    def do(
        self, jobs: Iterable[Job], seconds: Callable[[Job], float], ahead: int
    ) -> Generator[tuple[int, tuple[Answer, ...] | JobFailure], None, None]: ...


class Here:
    """This process, in which nothing is limited."""

    size = 1

    def do(
        self,
        jobs: Iterable[Job],
        seconds: Callable[[Job], float],  # noqa: ARG002
        ahead: int,  # noqa: ARG002
    ) -> Generator[tuple[int, tuple[Answer, ...] | JobFailure], None, None]:
        with closing(ReadSession()) as session:
            for number, job in enumerate(jobs):
                yield number, session.do(job)


_spare: list[tuple[object, WorkerPool[Job, tuple[Answer, ...]]]] = []
"""Crews that nobody uses, each with a worker that waits for more, and with what that worker knows of this
process."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_spare.clear)


@contextmanager
def reading_pool() -> Iterator[WorkerPool[Job, tuple[Answer, ...]]]:
    """Workers, at first one, which stays for the next who asks: to start one takes half a second."""
    known = _known()
    workers: WorkerPool[Job, tuple[Answer, ...]] | None = None
    while _spare and workers is None:
        knew, workers = _spare.pop()
        if knew != known:
            workers.close()
            workers = None
    workers = workers or WorkerPool(read_one.work, 1, MEMORY)
    try:
        yield workers
    except BaseException:
        workers.close()
        raise
    workers.size = 1
    workers.rest(1)
    for _ in workers.do([Job((), read_one.as_read)]) if workers.has_workers else ():
        pass
    _spare.append((known, workers))


def _known() -> object:
    """What a worker takes over from this process as it starts."""
    settings = sorted(item for item in os.environ.items() if item[0].startswith("EXPORTER_"))
    return os.getpid(), tuple(sys.path), os.environ.get("TMPDIR"), settings


# -- The files ---------------------------------------------------------------------------


class _File(Generic[Finished]):
    """A file on its way: what it was found to be, what has been made of its pieces, and how reading it at
    once was lost."""

    def __init__(self) -> None:
        self.survey: Survey | None = None
        self.finished: dict[int, Finished] = {}
        self.lost: JobFailure | None = None


class _Task(NamedTuple):
    """Pieces that a worker is given together; of each the number of its file, and its own in that."""

    pieces: tuple[Piece, ...]
    places: tuple[tuple[int, int], ...]
    at_once: bool = True

    def part(self, numbers: Iterable[int]) -> _Task:
        chosen = tuple(numbers)
        return _Task(tuple(self.pieces[n] for n in chosen), tuple(self.places[n] for n in chosen))


class Files(Generic[Finished]):
    """Files through a pool: jobs, drawn as it has room, and what comes of them, in the files' order."""

    def __init__(
        self,
        files: Iterable[Piece],
        finish: Callable[[Reading], Finished],
        kind: type[Finished],
        job: Job,
        *,
        workers: int = 1,
        worth: int = 0,
        looks_only: bool = False,
    ) -> None:
        """``job`` says how pieces are read, and ``workers`` how many may, from so many bytes on as are
        ``worth`` more than one. ``looks_only`` gives surveys alone."""
        self._bundles = bundles(files)
        self._finish = finish
        self._decode = msgspec.msgpack.Decoder(kind).decode
        self._job = job
        self._workers = workers
        self._worth = worth
        self._looks_only = looks_only
        self._files: dict[int, _File[Finished]] = {}
        self._count = 0
        self._first: list[tuple[tuple[tuple[int, int], ...], _Task]] = []
        self._begun: dict[int, _Task] = {}
        self._drawn = 0
        self._size = 0

    def read(self, pool: Pool) -> Iterator[tuple[Survey, Iterator[Finished]]]:
        """The survey of each file, and what is made of its pieces, which is to be taken before the next."""
        self._pool = pool
        if self._workers > pool.size:
            first, size = _first(self._bundles, self._worth)
            self._bundles = chain(first, self._bundles)
            if size >= self._worth:
                pool.size = self._workers
        with closing(pool.do(self, _seconds, AHEAD // MOST)) as self._answers:
            number = 0
            while True:
                while number not in self._files or self._files[number].survey is None:
                    if not self._wait():
                        return
                file = self._files[number]
                assert file.survey is not None
                yield file.survey, self._results(file, len(file.survey.pieces))
                del self._files[number]
                number += 1

    def _results(self, file: _File[Finished], pieces: int) -> Iterator[Finished]:
        for number in range(pieces):
            while number not in file.finished:
                self._wait()
            yield file.finished.pop(number)

    # What the pool is to do: first what earlier files need.

    def __iter__(self) -> Iterator[Job]:
        return self

    def __next__(self) -> Job:
        task = heapq.heappop(self._first)[1] if self._first else self._new()
        self._begun[self._drawn] = task
        self._drawn += 1
        self._size += sum(piece.size for piece in task.pieces)
        if self._size >= self._worth:
            self._pool.size = max(self._pool.size, self._workers)
        return self._job._replace(pieces=task.pieces, at_once=task.at_once and not self._looks_only)

    def _new(self) -> _Task:
        pieces = next(self._bundles)
        begin, self._count = self._count, self._count + len(pieces)
        for number in range(begin, self._count):
            self._files[number] = _File()
        return _Task(pieces, tuple((number, 0) for number in range(begin, self._count)))

    def _add(self, task: _Task) -> None:
        heapq.heappush(self._first, (task.places, task))

    # What has come of it.

    def _wait(self) -> bool:
        """Take the next answer; False where all is done."""
        for number, answers in self._answers:
            task = self._begun.pop(number)
            if isinstance(answers, JobFailure):
                self._recover(task, answers)
            else:
                for piece, place, answer in zip(task.pieces, task.places, answers, strict=True):
                    self._take(piece, place, answer)
            return True
        return False

    def _take(self, piece: Piece, place: tuple[int, int], answer: Answer) -> None:
        number, part = place
        file, survey = self._files[number], answer.survey
        if piece.member is None:
            file.survey = survey or Survey((piece,))
            if survey is None and file.lost:
                file.finished[0] = self._finish(lost(piece, file.lost))
        for result in answer.results:
            file.finished[part] = self._decode(result)
            part += 1
        if survey and not answer.results and not self._looks_only:
            begin = 0
            for bundle in bundles(survey.pieces):
                end = begin + len(bundle)
                self._add(_Task(bundle, tuple((number, part) for part in range(begin, end))))
                begin = end

    def _recover(self, task: _Task, how: JobFailure) -> None:
        """One of the pieces has ended the worker: the others are read again."""
        every = range(len(task.pieces))
        if len(every) > 1:
            if not how.steps:
                for each in every:
                    self._add(task.part([each]))
                return
            at = min((how.steps - 1) // STEPS, every[-1])
            self._add(task.part(each for each in every if each != at))
            task = task.part([at])
        ((piece,), ((number, part),), at_once) = task
        file = self._files[number]
        was_looked_into = how.steps % STEPS == 0
        if piece.member is not None:
            file.finished[part] = self._finish(lost(piece, how))
        elif at_once and was_looked_into and not self._looks_only:
            # Perhaps an archive, all of whose members were read at once: the others are not lost.
            file.lost = how
            self._add(task._replace(at_once=False))
        else:
            file.survey = Survey((piece,))
            file.finished[0] = self._finish(lost(piece, file.lost or how))


def bundles(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, ...]]:
    """The pieces in their order, small ones several at a time: what a worker is sent and sends
    costs time by itself, and while it waits for that it does nothing."""
    bundle: list[Piece] = []
    for piece in pieces:
        if bundle and not read_one.is_small((*bundle, piece)):
            yield tuple(bundle)
            bundle = []
        bundle.append(piece)
    if bundle:
        yield tuple(bundle)


def _first(bundles: Iterator[tuple[Piece, ...]], worth: int) -> tuple[Sequence[tuple[Piece, ...]], int]:
    """The first bundles, of so many bytes, or all; and how many bytes they have."""
    first: list[tuple[Piece, ...]] = []
    size = 0
    for bundle in bundles:
        first.append(bundle)
        size += sum(piece.size for piece in bundle)
        if size >= worth:
            break
    return first, size


def _seconds(job: Job) -> float:
    return sum(read_one.allowed(piece.size).seconds + LOADING for piece in job.pieces)


def lost(piece: Piece, how: JobFailure) -> Reading:
    """The reading of a piece whose worker was ended."""
    if how.why == "time":
        return Reading((), (Diagnostic("reading-too-long", piece.name),))
    return Reading((), (Diagnostic("reading-ended", piece.name, f"exit code {how.code}"),))
