"""What all tests share. The network is blocked by pytest-socket (see pyproject.toml)."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-goldens",
        action="store_true",
        help="write the stored results anew; look at the difference before you commit",
    )
