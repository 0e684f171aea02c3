"""Temporary folders that no run leaves behind, not even one that is killed.

A folder is locked while it is in use, and the system frees the lock however its process ends. Whoever
makes a folder first removes those of the same user whose lock is free: a process id alone would not
do, because the system gives it to another process later.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.util import Finalize
from pathlib import Path

try:
    import fcntl
except ImportError:  # as on Windows: nothing is swept there
    fcntl = None  # type: ignore[assignment]

_NAME = re.compile(r"exporter-\d+-\w+")

_lasting: dict[int, Path] = {}
"""The folder of a process, by its id: a forked one has its own."""


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder in the system's temporary folder, removed at the end. Raises `OSError`."""
    _sweep()
    folder, lock = _create()
    owner = os.getpid()
    try:
        yield folder
    finally:
        if os.getpid() == owner:  # a forked process lets go of what is still in use here
            remove(folder)
        if lock is not None:
            os.close(lock)


def process_folder() -> Path:
    """A folder that lasts as long as this process, for its workers. Raises `OSError`."""
    folder = _lasting.get(os.getpid())
    if folder is None or not folder.is_dir():
        context = temporary_folder()
        folder = _lasting[os.getpid()] = context.__enter__()
        # Unlike `atexit`, this also runs in worker processes, and after their own workers have ended.
        Finalize(None, context.__exit__, (None, None, None), exitpriority=-100)
    return folder


def remove(folder: Path) -> None:
    """Remove a folder and all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)


def _create() -> tuple[Path, int | None]:
    """A new folder and its lock; None where the file system has no locks."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"exporter-{os.getpid()}-"))
        try:
            lock = _locked(folder)
        except (FileNotFoundError, BlockingIOError):
            continue  # another process sweeps it
        except BaseException:
            remove(folder)
            raise
        if folder.exists():
            return folder, lock
        if lock is not None:
            os.close(lock)


def _locked(folder: Path) -> int | None:
    """The descriptor that locks the folder. Raises `BlockingIOError` if it is in use, or `OSError`."""
    if fcntl is None:
        return None
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    except OSError:  # without locks nobody can sweep it, either
        os.close(descriptor)
        return None
    return descriptor


def _sweep() -> None:
    """Remove the folders of this user's processes that were killed."""
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            with suppress(OSError):
                if _NAME.fullmatch(entry.name) and _is_own(entry):
                    lock = _locked(Path(entry.path))
                    if lock is not None:
                        remove(Path(entry.path))
                        os.close(lock)


def _is_own(entry: os.DirEntry[str]) -> bool:
    return hasattr(os, "geteuid") and entry.stat(follow_symlinks=False).st_uid == os.geteuid()
