"""The service counts requests by key: all clients of this process that hold it share one clock."""

from __future__ import annotations

import gc
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sora_nb import Client
from sora_nb.engine.limits import SHARE, RateLimiter
from sora_nb.runtime.build import rate_limiter_of
from tests.support.clients import CANARY

HERE = "https://service.example/api/v1"


def limiter(**settings: Any) -> RateLimiter:
    return rate_limiter_of(
        Client(**{"api_key": CANARY, "base_url": HERE, **settings}).settings, 1.0
    )


def test_clients_of_one_service_and_key_share_its_request_slots() -> None:
    one = limiter()
    assert limiter(price_per_second=0.1) is one, (
        "as after sora.configure() in the middle of a sweep"
    )
    one.pause(60)
    assert limiter().free() == one.free() > 0


@pytest.mark.parametrize(
    "other", [{"api_key": "another"}, {"base_url": "https://other.example"}, {"rate": 60}], ids=str
)
def test_another_service_or_key_has_slots_of_its_own(other: dict[str, Any]) -> None:
    assert limiter() is not limiter(**other)


def test_each_simulator_counts_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = (limiter(api_key=None, base_url=None) for _ in range(2))
    assert one is not two


def test_slots_that_nobody_uses_any_more_are_forgotten() -> None:
    one = limiter()
    one.pause(3600)
    del one
    gc.collect()
    assert limiter().free() == 0


def test_clients_that_take_slots_at_the_same_time_take_each_slot_once() -> None:
    clock = RateLimiter(1000 * 60 / SHARE, clock=lambda: 0.0)

    def take(_number: int) -> None:
        for _ in range(5_000):
            clock.take(0.0)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that they come between each other
    try:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(take, range(4)))
    finally:
        sys.setswitchinterval(interval)
    assert clock.free() == pytest.approx(20.0)
