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


def test_import_and_load_ext_load_nothing_heavy_into_a_running_kernel(
    cases: dict[str, Case],
) -> None:
    case = cases["sora_nb"]
    assert case["own_modules"] > 1, "the package was not imported at all"
    assert case["heavy"] == []
    absent = {"aiohttp", "anywidget", "av", "ipywidgets", "msgspec"}
    assert absent.isdisjoint(case["heavy_before"]), "the kernel itself loads them: nothing is shown"


def test_the_benchmark_tells_the_cost_of_both_extensions_and_its_target(
    cases: dict[str, Case],
) -> None:
    assert len(cases["sora_nb"]["runs_ms"]) == len(cases["empty_extension"]["runs_ms"]) == 2
    over = cases["sora_nb over the empty extension"]
    difference = cases["sora_nb"]["cpu_ms"] - cases["empty_extension"]["cpu_ms"]
    assert over["cpu_ms"] == pytest.approx(difference, abs=0.2)
    assert over["met"] == (over["cpu_ms"] <= over["target_ms"])
