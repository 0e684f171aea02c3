"""Work that may never end, in a thread that nobody has to wait for."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

Answer = TypeVar("Answer")
Outcome = tuple[Any, Exception | None]


def begun(work: Callable[[], Any]) -> queue.SimpleQueue[Outcome]:
    """Where what the work returns, or the error that it raises, arrives."""
    done = queue.SimpleQueue[Outcome]()

    def run() -> None:
        try:
            done.put((work(), None))
        except Exception as error:
            done.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    return done


def within(seconds: float, work: Callable[[], Answer]) -> Answer:
    """What the work returns. Raises what it raises, and `TimeoutError` after so many seconds."""
    try:
        answer, error = begun(work).get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"no answer in {seconds:g} seconds") from None
    if error is not None:
        raise error
    return cast(Answer, answer)
