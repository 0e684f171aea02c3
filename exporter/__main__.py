"""``python -m exporter``, and the command ``exporter``."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # as in the module typing
if TYPE_CHECKING:
    from typing import NoReturn

try:
    from exporter.workers import interrupts
except KeyboardInterrupt:  # nothing has started yet
    sys.exit(130)


def main() -> NoReturn:
    interrupts.early()
    from exporter.cli import main as run  # slow to import

    run()


if __name__ == "__main__":
    main()
