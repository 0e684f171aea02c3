"""What all tests share. The network is blocked by pytest-socket (see pyproject.toml)."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import fontpkg_ibm_plex_serif
import pytest
from hypothesis import HealthCheck, settings

from exporter.backends.common import labels
from exporter.backends.common.images import Prepared
from exporter.backends.epub import _cover
from exporter.backends.pdf import workers
from exporter.diagnostics import Report
from exporter.editions.compile import Edition
from exporter.model.article import Asset
from exporter.sources import read_many
from exporter.workers import pool
from tests import fonts

# Whole editions are large by nature; how long they take to draw depends on the machine.
settings.register_profile(
    "exporter",
    deadline=None,
    # On a developer's machine each run tries new examples; a build server tells the same of the same commit.
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow],
)
settings.load_profile("exporter")


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to look for rubbish in it over and over would take a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-goldens",
        action="store_true",
        help="write the stored results anew; look at the difference before you commit",
    )


def pytest_xdist_auto_num_workers() -> int:
    """One process more than the machine has cores: some tests mostly wait."""
    return pool.cores() + 1


@pytest.fixture(autouse=True, scope="session")
def _read_here() -> Iterator[None]:
    """Tests read in this process, but for those of the processes that read (`reading_workers`)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read_many, "IN_WORKERS", False)
        yield


@pytest.fixture
def reading_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """All is read in worker processes, as by users."""
    monkeypatch.setattr(read_many, "IN_WORKERS", True)


@pytest.fixture(autouse=True, scope="session")
def _own_folders(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests neither use nor fill the user's cache of laid-out pages, library and settings; the processes
    of one run of the tests share a cache."""
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if hasattr(request.config, "workerinput") else folder
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPORTER_CACHE", str(shared / "cache"))
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        for name in ("EXPORTER_LIBRARY", "EXPORTER_CONFIG", "EXPORTER_HOME"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(autouse=True, scope="session")
def _one_core() -> Iterator[None]:
    """As on a machine of one core: the tests run on all cores already, and each worker of their own would
    load all it needs for a page or two. Tests of several workers say how many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "cores", lambda: 1)
        patch.setattr(workers, "cores", lambda: 1)
        yield


@pytest.fixture(autouse=True, scope="session")
def _covers() -> Iterator[None]:
    """To draw a cover takes most of the time of a small e-book: of editions that look alike on theirs, it is
    drawn for the first alone. Tests of drawing itself use `_cover.png`."""
    draw = _cover.image
    drawn: dict[tuple[object, ...], Prepared] = {}

    def image(edition: Edition, given: Asset | None, report: Report) -> Prepared:
        if given:
            return draw(edition, given, report)
        words = (edition.title, edition.subtitle, labels.window_words(edition), labels.counts(edition))
        key = (*words, edition.volume, edition.sources, os.environ.get("EXPORTER_FONTS"))
        if key not in drawn:
            drawn[key] = draw(edition, given, report)
        return drawn[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_cover, "image", image)
        yield


@pytest.fixture(autouse=True, scope="session")
def _own_fonts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The machine's fonts are out of sight, of the program and of the layout engine: that one knows Plex,
    for documents without fonts of their own."""
    folder = tmp_path_factory.mktemp("fonts")
    fonts.usual(folder)
    plex = Path(fontpkg_ibm_plex_serif.ROOT, "files")
    engine_fonts = tmp_path_factory.mktemp("fontconfig") / "fonts.conf"
    engine_fonts.write_text(
        f"<fontconfig><dir>{plex}</dir><cachedir>{engine_fonts.parent}</cachedir></fontconfig>"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPORTER_FONTS", str(folder))
        patch.setenv("FONTCONFIG_FILE", str(engine_fonts))
        yield
