"""The CPU of a question is measured on three roads; how much it is, no test says."""

from __future__ import annotations

from .running import quick


def test_each_road_asks_the_server_and_is_set_beside_bare_aiohttp() -> None:
    lines = {line["road"]: line for line in quick("poll_cpu")}
    assert list(lines) == ["bare aiohttp", "check", "whole road"]
    assert lines["bare aiohttp"]["of_bare_aiohttp"] == 1.0
    for line in lines.values():
        assert line["questions"] == 900
        assert line["cpu_us"] > 10
    for road in ("check", "whole road"):
        assert lines[road]["met"] is (
            lines[road]["cpu_us"] <= 1.5 * lines["bare aiohttp"]["cpu_us"]
        )
