"""A Dask cluster on this machine for the tests, run as a module; and work to be done there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
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


def main() -> None:
    from distributed import LocalCluster

    # A worker that is killed is not replaced in place by a test's clock: the others take over.
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


def complain(number: int) -> int:
    raise ValueError(f"no {number}")


def told_home(number: int) -> tuple[str, str]:
    """The user's template and style, as the work sees them."""
    from exporter import resources

    return (
        (resources.template_folders()[0] / "own.txt").read_text(),
        resources.own_style("./mine", "print.css"),
    )


def slow_then(folder: str) -> Path:
    """Tells that it has begun, then waits to be ended."""
    path = Path(folder, f"{os.getpid()}.begun")
    path.touch()
    while True:
        time.sleep(0.1)


if __name__ == "__main__":
    main()
