"""Too many films for the service's rate, in virtual time: so the result is the same everywhere."""

from __future__ import annotations

import pytest

from .running import Line, quick

LAWS = ("log-normal", "real")


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return quick("overload")


def of(lines: list[Line], law: str) -> dict[str, Line]:
    return {line["policy"]: line for line in lines if line["law"] == law and "policy" in line}


@pytest.mark.parametrize("law", LAWS)
def test_nobody_waits_for_a_slot_longer_than_two_requests_of_everybody_take(
    lines: list[Line], law: str
) -> None:
    found = of(lines, law)
    for policy in ("learned", "every 1 s"):
        assert found[policy]["longest_wait_s"] <= found[policy]["bound_s"] == 60.6
    assert found["raced for"]["longest_wait_s"] > found["raced for"]["bound_s"]


@pytest.mark.parametrize("law", LAWS)
def test_what_is_learned_sees_the_ends_sooner_than_asking_each_second(
    lines: list[Line], law: str
) -> None:
    found = of(lines, law)
    assert found["learned"]["lag_s"] < found["every 1 s"]["lag_s"] < found["raced for"]["lag_s"]
    verdict = next(line for line in lines if line["law"] == law and "ratio" in line)
    assert verdict["ratio"] == pytest.approx(
        found["learned"]["lag_s"] / found["every 1 s"]["lag_s"], abs=0.01
    )
