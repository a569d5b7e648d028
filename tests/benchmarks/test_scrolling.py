"""The benchmark of scrolling runs and measures what it says. Its times are not judged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def test_the_benchmark_scrolls_a_thousand_rows_in_a_real_page() -> None:
    command = [sys.executable, "-m", "benchmarks.scrolling", "--quick"]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, timeout=300, cwd=ROOT
    )
    cases: dict[str, dict[str, Any]] = {
        case["case"]: case for case in map(json.loads, done.stdout.splitlines())
    }
    assert list(cases) == [
        "nothing scrolls", "a sweep under way", "films as a list", "films as pictures",
    ]  # fmt: skip
    for case in cases.values():
        assert (case["tasks"], case["frames"]) == (1000, 60)
        assert 0 < case["p50_ms"] <= case["p95_ms"] <= case["worst_ms"]
        assert case["rows_in_page"] < 120, "more rows are in the page than can be seen"
        assert case["main_thread_share"] >= 0
        assert case["met"] is (case["p95_ms"] <= 20 and case["main_thread_share"] <= 0.01)
    assert cases["a sweep under way"]["page_cpu_ms"] > cases["nothing scrolls"]["page_cpu_ms"]
