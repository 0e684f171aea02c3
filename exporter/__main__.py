"""``python -m exporter``, and the command ``exporter``."""

from __future__ import annotations

from typing import NoReturn

from exporter import interrupts


def main() -> NoReturn:
    interrupts.early()
    from exporter.cli import main as run  # which takes a while

    run()


if __name__ == "__main__":
    main()
