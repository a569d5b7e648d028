"""The benchmark of the import runs, and what it saw loaded is light. Its times are not judged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "import_time.py"

Case = dict[str, Any]


@pytest.fixture(scope="module")
def cases() -> dict[str, Case]:
    """What the program printed, by the names of its cases."""
    command = [sys.executable, str(PROGRAM), "--quick"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=300)
    return {case["case"]: case for case in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize(
    ("case", "absent"),
    [
        ("sora_nb", {"aiohttp", "anywidget", "av", "ipywidgets", "msgspec"}),
        ("sora_nb with a journal", {"aiohttp", "anywidget", "av", "ipywidgets"}),
    ],
)
def test_import_and_load_ext_load_nothing_heavy_into_a_running_kernel(
    cases: dict[str, Case], case: str, absent: set[str]
) -> None:
    found = cases[case]
    assert found["own_modules"] > 1, "the package was not imported at all"
    assert absent.isdisjoint(found["heavy"])
    assert absent.isdisjoint(found["heavy_before"]), (
        "the kernel itself loads them: nothing is shown"
    )


def test_the_benchmark_tells_what_each_case_costs_over_the_empty_one(
    cases: dict[str, Case],
) -> None:
    assert list(cases) == ["empty_extension", "sora_nb", "sora_nb with a journal"]
    assert {len(case["runs_ms"]) for case in cases.values()} == {2}
    empty = cases["empty_extension"]["cpu_ms"]
    for case in cases.values():
        assert case["over_empty_ms"] == pytest.approx(case["cpu_ms"] - empty, abs=0.2)
        assert case["met"] == (case["over_empty_ms"] <= 20)
