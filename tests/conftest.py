"""What all tests share. The network is blocked by pytest-socket (see pyproject.toml)."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# Whole editions are large by nature; how long they take to draw depends on the machine.
settings.register_profile(
    "exporter",
    deadline=None,
    # On a developer's machine each run tries new examples; a build server tells the same of the same commit.
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow],
)
settings.load_profile("exporter")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-goldens",
        action="store_true",
        help="write the stored results anew; look at the difference before you commit",
    )


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests neither use nor fill the user's cache of laid-out pages, library and settings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPORTER_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        for name in ("EXPORTER_LIBRARY", "EXPORTER_CONFIG", "EXPORTER_HOME"):
            patch.delenv(name, raising=False)
        yield
