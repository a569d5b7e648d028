"""Every guarantee that is written down names tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[2]
PAGE = TESTS.parent / "docs" / "guarantees.md"


def names_in(path: Path) -> set[str]:
    """What a test file defines at its top: functions, classes, and names given to test cases."""
    found: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


def test_every_test_that_a_guarantee_names_exists() -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE.read_text("utf-8"))
    assert len(named) > 50
    assert [pair for pair in named if pair[1] not in names_in(TESTS / pair[0])] == []


def test_every_guarantee_names_a_test() -> None:
    lines = PAGE.read_text("utf-8").splitlines()
    promises = [line for line in lines if line.startswith("- ")]
    assert len(promises) > 25
    assert [line for line in promises if "::test_" not in line and "::Test" not in line] == []
