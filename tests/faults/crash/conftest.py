"""A simulator for each test file, and one film that all of them bring."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sora_nb.simulator.drawing.film import Film
from sora_nb.simulator.drawing.render import render

from .service import Service, simulator


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    render(Film("a film", 4, 1280, 720), path, lambda: False)
    return path.read_bytes()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, film: bytes) -> Iterator[Service]:
    """The service at a thousand times its speed, without trouble unless a test asks for it."""
    with simulator(tmp_path_factory.mktemp("service") / "state", film) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a kernel's journal and films lie."""
    return tmp_path / "notebook"
