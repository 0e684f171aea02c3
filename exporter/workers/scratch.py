"""Temporary folders that no run leaves behind, not even one that is killed.

A folder is locked while it is in use, and the system releases the lock however the process ends. Before
a new folder is made, those of the same user whose lock is free are removed. A process id alone is not
enough, because the system reuses it.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from multiprocessing.util import Finalize
from pathlib import Path

from exporter.errors import temporary_files

try:
    import fcntl
except ImportError:  # as on Windows, where nothing is swept
    fcntl = None  # type: ignore[assignment]

_NAME = re.compile(r"\.?exporter-\d+-\w{8}\.scratch")
"""Names of these folders; a user's folder has no such name."""

_lasting: dict[int, Path] = {}
"""The folder of each process, by process id: a forked process has its own."""
_open: dict[Path, int] = {}
"""The folders in use, with the id of the process that made each."""


@contextmanager
def temporary_folder(place: Path | None = None) -> Iterator[Path]:
    """A folder in the system's temporary folder, or a hidden one in ``place``; removed at the end.

    Raises `DiskError`, and `OSError` for one in a place.
    """
    with nullcontext() if place else temporary_files():
        _sweep(place or Path(tempfile.gettempdir()))
        folder, lock = _create(place)
    owner = _open[folder] = os.getpid()
    try:
        yield folder
    finally:
        _open.pop(folder, None)
        if os.getpid() == owner:  # a forked process runs this, too
            remove(folder)
        if lock is not None:
            os.close(lock)


def process_folder() -> Path:
    """A folder for this process's workers, removed when the process ends. Raises `DiskError`."""
    folder = _lasting.get(os.getpid())
    if folder is None or not folder.is_dir():
        context = temporary_folder()
        folder = _lasting[os.getpid()] = context.__enter__()
        # Unlike `atexit`, this also runs in worker processes, and after their own workers have ended.
        Finalize(None, context.__exit__, (None, None, None), exitpriority=-100)
    return folder


def remove(folder: Path) -> None:
    """Remove a folder with its contents; errors are ignored."""
    shutil.rmtree(folder, ignore_errors=True)


def remove_all() -> None:
    """Remove the folders of this process, which is about to end without cleaning up."""
    for folder, owner in list(_open.items()):
        if owner == os.getpid():
            remove(folder)


def _create(place: Path | None) -> tuple[Path, int | None]:
    """A new folder and its lock; None where the file system has no locks."""
    prefix = f"{'.' if place else ''}exporter-{os.getpid()}-"
    while True:
        folder = Path(tempfile.mkdtemp(".scratch", prefix, place))
        try:
            lock = _locked(folder)
        except (FileNotFoundError, BlockingIOError):
            continue  # another process is removing it
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
    except OSError:  # without locks it is never swept
        os.close(descriptor)
        return None
    return descriptor


def _sweep(place: Path) -> None:
    """Remove the folders that killed processes of this user left."""
    with suppress(OSError), os.scandir(place) as entries:
        for entry in entries:
            with suppress(OSError):
                if _NAME.fullmatch(entry.name) and _is_own(entry):
                    lock = _locked(Path(entry.path))
                    if lock is not None:
                        remove(Path(entry.path))
                        os.close(lock)


def _is_own(entry: os.DirEntry[str]) -> bool:
    return hasattr(os, "geteuid") and entry.stat(follow_symlinks=False).st_uid == os.geteuid()
