"""The simulation of the polling policies runs, and learning is worth its while. Scores that depend
on the draw are not judged but for the widest gap: that to asking every second."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LAWS = ("log-normal", "uniform", "real")

Line = dict[str, Any]


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    command = [sys.executable, str(ROOT / "benchmarks" / "polling.py"), "--quick"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, timeout=300, env=environment
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("case", ["first 20 tasks", "all tasks"])
def test_what_was_learned_beats_asking_every_second(lines: list[Line], law: str, case: str) -> None:
    scores = {
        line["policy"]: line["score"]
        for line in lines
        if (line["case"], line.get("law")) == (case, law)
    }
    assert set(scores) == {
        "learned", "law known", "every 1 s", "every 10 s", "after 180 s every 10 s",
    }  # fmt: skip
    assert scores["learned"] < scores["every 1 s"]


def test_asking_every_second_is_half_a_second_late_and_bounds_hold(lines: list[Line]) -> None:
    fixed = [line for line in lines if line.get("policy") == "every 1 s"]
    assert len(fixed) == 2 * len(LAWS)
    for line in fixed:
        assert line["lag_s"] == pytest.approx([0.5] * 3, abs=0.1)
        assert line["longest_silence_s"] == 1
    uniform = next(line for line in fixed if line["law"] == "uniform")
    assert uniform["bound_s"] == pytest.approx([2 * 120 / 9] * 3, abs=0.1)


def test_the_benchmark_tells_of_the_drift_and_of_its_own_cost(lines: list[Line]) -> None:
    assert {line["case"] for line in lines} == {
        "first 20 tasks", "all tasks", "drift", "drift settled", "cost of a request's moment",
    }  # fmt: skip
    assert lines[-1]["next_age_us"] > 0
