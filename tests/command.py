"""The command line run in this process: what a user's shell would show of it, in a tenth of the time.

Tests of processes themselves (interrupts, pipes, locks, two runs at once) start them.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import pytest

from exporter.cli import _console, main

_SET_BY_ITS_RUN = (signal.SIGINT, signal.SIGTERM)


def run(
    words: Sequence[str], folder: Path, environment: dict[str, str] | None = None, *, stdin: bytes = b""
) -> subprocess.CompletedProcess[str]:
    """``exporter`` with these words, in that folder: exit code, standard output, standard error.

    ``environment`` takes the place of the variables of the same names. What the command line sets
    for the whole process is as before when it returns.
    """
    streams = {name: io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n") for name in ("stdout", "stderr")}
    handlers = {number: signal.getsignal(number) for number in _SET_BY_ITS_RUN}
    variables = dict(os.environ)
    program = import_module("exporter.__main__")
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        for name, stream in streams.items():
            patch.setattr(sys, name, stream)
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        # As `python -m exporter` has them: the program's name in its messages comes from both.
        patch.setattr(sys, "argv", [str(program.__file__), *words])
        patch.setitem(sys.modules, "__main__", program)
        patch.setattr(_console.as_json, "on", False)
        patch.chdir(folder)
        os.environ.pop("EXPORTER_DEBUG", None)
        os.environ.update(environment or {})
        try:
            main()
        except SystemExit as end:
            code = end.code
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            os.environ.clear()
            os.environ.update(variables)
    assert isinstance(code, int)
    printed = (stream.detach().getvalue().decode("utf-8") for stream in streams.values())
    return subprocess.CompletedProcess(words, code, *printed)
