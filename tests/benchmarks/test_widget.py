"""The benchmark of the widget runs; what it counts in bytes is judged, its times are not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "widget.py"


@pytest.fixture(scope="module")
def cases() -> dict[tuple[str, int], dict[str, Any]]:
    """What the program printed, by the road and the number of tasks."""
    command = [sys.executable, str(PROGRAM), "--quick"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=120)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {(case["case"], case["tasks"]): case for case in found}


def test_a_change_is_at_most_200_bytes_for_1_100_and_1000_tasks(
    cases: dict[tuple[str, int], dict[str, Any]],
) -> None:
    for count in (1, 100, 1000):
        case = cases["patch", count]
        assert 60 < case["bytes_median"] <= case["bytes_max"] <= 200
        assert case["changes"] > 100


def test_a_trait_of_all_tasks_grows_with_their_number(
    cases: dict[tuple[str, int], dict[str, Any]],
) -> None:
    one, many = cases["trait of all tasks", 1], cases["trait of all tasks", 1000]
    assert many["bytes_median"] > 500 * one["bytes_median"]


def test_each_line_says_whether_the_target_is_met_and_by_which_versions(
    cases: dict[tuple[str, int], dict[str, Any]],
) -> None:
    assert [case["met"] in (True, False) for case in cases.values() if case["case"] == "patch"]
    assert all({"python", "ipywidgets", "us_median", "us_p90"} <= set(c) for c in cases.values())
