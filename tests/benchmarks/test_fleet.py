"""The fleet of films runs against the simulator: what does not depend on the machine is judged."""

from __future__ import annotations

import pytest

from .running import Line, quick


@pytest.fixture(scope="module")
def lines() -> dict[str, Line]:
    return {str(line.get("client", line["case"])): line for line in quick("fleet")}


def test_every_film_of_both_clients_is_seen_to_its_end_and_no_request_is_refused(
    lines: dict[str, Line],
) -> None:
    for client in ("sora_nb", "every 10 s"):
        line = lines[client]
        assert line["tasks"] == 20
        assert line["refused"] == 0
        assert 1 < line["requests"] < 200
        assert 0 < line["lag_s"] <= line["p95_lag_s"] or line["lag_s"] > 0
        assert line["cpu_ms"] > 0


def test_a_fixed_interval_takes_as_many_questions_as_it_goes_into_a_job(
    lines: dict[str, Line],
) -> None:
    # Jobs of 4 s of film take 120 to 240 s; a slow machine asks later and so less often.
    assert lines["every 10 s"]["requests"] <= 26


def test_the_verdict_compares_with_every_target(lines: dict[str, Line]) -> None:
    met = lines["fleet against its targets"]["met"]
    assert set(met) == {"requests", "lag_s", "cpu_ms", "extra_mb", "refused"}
    assert met["refused"] is True
