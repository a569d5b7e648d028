"""Which bytes of a film each Range request gets."""

from __future__ import annotations

import pytest

from sora_nb.simulator.results import select

ETAG = '"abc"'


@pytest.mark.parametrize(
    ("wanted", "status", "start", "stop", "content_range"),
    [
        (None, 200, 0, 100, None),
        ("bytes=0-9", 206, 0, 10, "bytes 0-9/100"),
        ("bytes=90-", 206, 90, 100, "bytes 90-99/100"),
        ("bytes=90-500", 206, 90, 100, "bytes 90-99/100"),
        ("bytes=-10", 206, 90, 100, "bytes 90-99/100"),
        ("bytes=-500", 206, 0, 100, "bytes 0-99/100"),
        ("bytes=99-99", 206, 99, 100, "bytes 99-99/100"),
        ("bytes=100-", 416, 0, 0, "bytes */100"),
        ("bytes=-0", 416, 0, 0, "bytes */100"),
        ("bytes=9-0", 200, 0, 100, None),
        ("bytes=-", 200, 0, 100, None),
        ("bytes=0-1,5-6", 200, 0, 100, None),
        ("lines=0-9", 200, 0, 100, None),
    ],
)
def test_a_range_header_chooses_the_bytes(
    wanted: str | None, status: int, start: int, stop: int, content_range: str | None
) -> None:
    chosen = select(100, ETAG, wanted, None)
    assert (chosen.status, chosen.start, chosen.stop) == (status, start, stop)
    assert chosen.headers.get("Content-Range") == content_range
    assert chosen.headers["ETag"] == ETAG


@pytest.mark.parametrize(("condition", "status"), [(ETAG, 206), ('"old"', 200), ("W/" + ETAG, 200)])
def test_if_range_gives_the_part_only_of_the_same_film(condition: str, status: int) -> None:
    assert select(100, ETAG, "bytes=50-", condition).status == status
