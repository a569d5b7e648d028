"""Fault rules: which are understood, and which request each one meets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sora_nb.simulator.faults import FaultPlan, load, parse


def picks(plan: FaultPlan, count: int, path: str = "status", **more: Any) -> list[bool]:
    about: dict[str, Any] = {"prompt": "a boat", "model": "sora-2", "key": "k", **more}
    return [bool(plan.pick(path, **about)) for _ in range(count)]


def plan(**match: Any) -> FaultPlan:
    return FaultPlan(parse([{"match": match, "do": {"status": 503}}]))


def test_a_rule_without_a_match_meets_every_request() -> None:
    for path in ("submit", "status", "result", "balance"):
        assert picks(plan(), 2, path) == [True, True]


def test_nth_counts_only_the_requests_that_the_rest_matches() -> None:
    rules = plan(path="status", nth=[1, 3])
    assert picks(rules, 2, "submit") == [False, False]
    assert picks(rules, 4) == [True, False, True, False]


def test_times_ends_a_rule() -> None:
    assert picks(plan(times=2), 4) == [True, True, False, False]


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ({"prompt": "boat"}, True),
        ({"prompt": "ship"}, False),
        ({"model": "sora-2"}, True),
        ({"model": "sora-2-pro"}, False),
        ({"key": "k"}, True),
        ({"key": "other"}, False),
    ],
)
def test_prompt_model_and_key_choose_the_requests(match: dict[str, Any], expected: bool) -> None:
    assert picks(plan(**match), 1) == [expected]


def test_an_effect_meets_only_the_paths_where_it_has_a_meaning() -> None:
    rules = FaultPlan(parse([{"do": {"cut_after": 5}}]))
    assert picks(rules, 1, "status") == [False]
    assert picks(rules, 1, "result") == [True]


def test_the_first_rule_that_fits_is_used_and_the_next_one_after_it() -> None:
    rules = [{"match": {"times": 1}, "do": {"status": 500}}, {"do": {"status": 502}}]
    both = FaultPlan(parse(rules))
    found = [both.pick("status", prompt="", model="", key=None)["status"] for _ in range(2)]
    assert found == [500, 502]


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ({}, "list"),
        ([1], "rule 0"),
        ([{"do": {}}], "at least one effect"),
        ([{"do": {"status": 500}}, {"do": {"explode": True}}], "rule 1: unknown effect 'explode'"),
        ([{"do": {"status": 99}}], "'status'"),
        ([{"do": {"cut": "now"}}], "'cut'"),
        ([{"do": {"delay": -1}}], "'delay'"),
        ([{"do": {"retry_after": "soon"}}], "'retry_after'"),
        ([{"match": {"path": "film"}, "do": {"hang": True}}], "match.path"),
        ([{"match": {"path": "status"}, "do": {"html": True}}], "no meaning on path"),
        ([{"match": {"nth": 0}, "do": {"hang": True}}], "match.nth"),
        ([{"match": {"times": 0}, "do": {"hang": True}}], "match.times"),
        ([{"match": {"when": 1}, "do": {"hang": True}}], "match takes"),
        ([{"match": {"prompt": 1}, "do": {"hang": True}}], "match.prompt"),
    ],
)
def test_a_rule_that_is_not_understood_is_named(value: Any, word: str) -> None:
    with pytest.raises(ValueError, match="fault") as caught:
        parse(value)
    assert word in str(caught.value)


def test_rules_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "faults.json"
    path.write_text('[{"match": {"path": "submit"}, "do": {"cut": "after"}}]')
    (rule,) = load(path)
    assert (rule.path, rule.do) == ("submit", {"cut": "after"})
