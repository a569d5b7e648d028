"""The benchmark of the first paint runs and measures what it says. Its times are not judged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def test_the_benchmark_sees_panels_and_films_in_a_real_page() -> None:
    command = [sys.executable, "-m", "benchmarks.first_paint", "--quick"]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, timeout=300, cwd=ROOT
    )
    cases: dict[str, dict[str, Any]] = {
        case["case"]: case for case in map(json.loads, done.stdout.splitlines())
    }
    assert {name: len(case["runs_ms"]) for name, case in cases.items()} == {
        "panel, first task of the kernel": 1,
        "panel, warm": 1,
        "one word, warm": 1,
        "film, first picture": 1,
        "film, playing": 1,
    }
    for case in cases.values():
        assert min(case["runs_ms"]) > 0
        assert case.get("met", True) is (case["ms"] <= case.get("target_ms", case["ms"]))
    steps = cases["film, playing"]["steps_ms"]
    assert 0 < steps["to video"] < steps["to loadedmetadata"] < steps["to playing"]
