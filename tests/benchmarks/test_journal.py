"""What a durable intent costs is measured beside the same bytes synced; the disk is not judged."""

from __future__ import annotations

from .running import quick


def test_each_kind_of_row_is_written_and_the_file_system_is_named() -> None:
    lines = {line["row"]: line for line in quick("journal")}
    assert set(lines) == {"floor", "intent", "sending", "processing"}
    assert lines["floor"]["of_the_floor"] == 1.0
    for line in lines.values():
        assert 0 < line["wall_us"] <= line["p95_us"]
        assert line["file_system"]
        assert line["bytes"] > 4096, "an intent changes more than one page"
    assert {row for row, line in lines.items() if "target" in line} == {"intent", "sending"}
