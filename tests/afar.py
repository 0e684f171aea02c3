"""A Dask cluster on this machine for the tests, run as a module; and work to be done there."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def cluster(workers: int = 2) -> Iterator[str]:
    """The address of a scheduler with so many worker processes; it ends with the context."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.afar", str(workers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


@contextmanager
def listener(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Who accepts connections and does no more than that with them."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        open_connections = []

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                open_connections.append(connection)
                answer(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        for connection in open_connections:
            connection.close()


def main() -> None:
    import dask
    from distributed import LocalCluster

    dask.config.set({"distributed.scheduler.allowed-failures": 1})
    with LocalCluster(
        n_workers=int(sys.argv[1]),
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
    ) as local:
        print(local.scheduler_address, flush=True)
        sys.stdin.read()


def double(number: int) -> int:
    return 2 * number


def die_at_three(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def end_worker_at_one(number: int) -> int:
    if number == 1:
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    return number


def complain(number: int) -> int:
    raise FileNotFoundError(f"no {number}")


def told_home(number: int) -> tuple[str, str]:
    """The user's template and style, as the work sees them."""
    from exporter import resources

    return (
        (resources.template_folders()[0] / "own.txt").read_text(),
        resources.own_style("./mine", "print.css"),
    )


BACKEND = """
import os, signal, time

from exporter.backends.registry import Format

FORMAT = Format(suffix=".odd", media_type="text/plain", about="What is odd")

def render(edition, settings, report):
    titles = [entry.article.title for entry in edition.entries]
    if "Poison" in titles:
        os.kill(os.getpid(), signal.SIGKILL)
    if "Sleep" in titles:
        time.sleep(600)
    return str(titles).encode()

def locate(data, edition):
    return {entry.anchor: "1" for entry in edition.entries}
"""


def write_backend(folder: Path) -> None:
    """A package with a backend that fails as articles tell it to."""
    (folder / "odd-1.0.dist-info").mkdir()
    (folder / "odd-1.0.dist-info" / "METADATA").write_text("Name: odd\nVersion: 1.0\n")
    (folder / "odd-1.0.dist-info" / "entry_points.txt").write_text("[exporter.backends]\nodd = odd_backend\n")
    (folder / "odd_backend.py").write_text(BACKEND)


if __name__ == "__main__":
    main()
