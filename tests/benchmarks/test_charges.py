"""One call for a film is one POST, as a server counts them that accepts it and then misbehaves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "charges.py"

Line = dict[str, Any]


@pytest.fixture(scope="module")
def lines() -> dict[str, Line]:
    """What the program printed about our own client, by case."""
    command = [sys.executable, str(PROGRAM), "--quick"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=300)
    return {line["case"]: line for line in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("case", ["lost answer", "hang", "500"])
def test_a_submit_that_may_have_been_charged_is_one_post_even_after_a_restart(
    lines: dict[str, Line], case: str
) -> None:
    assert lines[case]["posts"] == lines[case]["accepted"] == 1
    assert lines[case]["ended"], "the call was cut off: it might have sent more"
    assert lines[case]["outcome"] == "SubmitUnsure"


def test_a_submit_at_the_limit_is_repeated_until_accepted_and_charged_once(
    lines: dict[str, Line],
) -> None:
    line = lines["429"]
    assert (line["posts"], line["accepted"], line["outcome"]) == (3, 1, "accepted")


def test_the_quick_benchmark_says_whom_it_left_out_and_that_the_promise_is_met(
    lines: dict[str, Line],
) -> None:
    verdict = lines["POSTs of one call of sora_nb"]
    assert verdict["met"]
    assert verdict["posts"] == {case: lines[case]["posts"] for case in verdict["posts"]}
    assert verdict["left_out"] == ["openai", "runwayml", "fal-client", "replicate"]
