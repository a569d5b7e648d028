"""A film of 20 MB comes on every road; what is judged is that a cut makes nothing come twice."""

from __future__ import annotations

import shutil

import pytest

from .running import Line, quick


@pytest.fixture(scope="module")
def lines() -> dict[str, Line]:
    return {str(line.get("road", line["case"])): line for line in quick("download")}


def test_every_road_brings_the_film_and_tells_its_cpu(lines: dict[str, Line]) -> None:
    roads = ["bare aiohttp", "download", "save", "sha256"]
    roads += ["curl"] if shutil.which("curl") else []
    assert set(lines) == {*roads, "resume"}
    for road in roads:
        assert lines[road]["cpu_ms_a_mb"] > 0
    for road in ("download", "save"):
        assert lines[road]["loop_ms"] > 0
        assert lines[road]["loop_cpu_ms"] > 0


def test_a_film_that_was_cut_twice_is_continued_and_no_byte_comes_twice(
    lines: dict[str, Line],
) -> None:
    assert lines["resume"]["cuts"] == 2
    assert lines["resume"]["twice"] == 0
