"""What a page is told: all of it once, then only what differs."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sora_nb.display.kit.feed import Feed

HEAD = {"view": "gallery", "paused": False}


def items(*states: str) -> list[dict[str, Any]]:
    return [{"n": n, "state": state, "note": None} for n, state in enumerate(states)]


def apply(state: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """What ``js/src/kit/feed.ts`` makes of a patch."""
    rows = {row["n"]: row for row in state.get("rows", [])}
    for item in patch.get("items", []):
        rows[item["n"]] = {**rows.get(item["n"], {}), **item}
    order = patch.get("order", list(rows))
    found = [rows[n] for n in order]
    return {**state, **patch.get("set", {}), "number": patch["number"], "rows": found}


def test_a_patch_names_only_what_differs() -> None:
    feed = Feed("rows", by="n")
    feed.replace(HEAD, items("queued", "queued"))
    patch = feed.replace({**HEAD, "paused": True}, items("queued", "ready"))
    assert patch == {
        "kind": "patch", "number": 2,
        "set": {"paused": True}, "items": [{"n": 1, "state": "ready"}],
    }  # fmt: skip


def test_where_nothing_differs_nothing_is_said() -> None:
    feed = Feed("rows", by="n")
    feed.replace(HEAD, items("queued"))
    assert feed.replace(HEAD, items("queued")) is None
    assert feed.change({}, items("queued")) is None
    assert feed.number == 1


def test_a_change_leaves_what_it_does_not_name() -> None:
    feed = Feed("rows", by="n")
    feed.replace(HEAD, items("queued", "queued", "queued"))
    feed.change({}, [{"n": 1, "state": "ready"}])
    assert feed.whole() == {**HEAD, "number": 2, "rows": items("queued", "ready", "queued")}


def test_a_change_costs_the_same_however_many_items_there_are() -> None:
    sizes = []
    for count in (1, 1000):
        feed = Feed("rows", by="n")
        feed.replace(HEAD, items(*["queued"] * count))
        sizes.append(len(json.dumps(feed.change({}, [{"n": 0, "state": "ready"}]))))
    assert sizes[0] == sizes[1] < 100


def test_what_was_given_out_is_not_changed_afterwards() -> None:
    feed = Feed("rows", by="n")
    feed.replace(HEAD, items("queued"))
    before = feed.whole()
    kept = json.dumps(before)
    feed.replace({**HEAD, "paused": True}, items("ready", "queued"))
    assert json.dumps(before) == kept


rows = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["queued", "ready", "failed"])),
    unique_by=lambda row: row[0],
    max_size=6,
).map(lambda found: [{"n": n, "state": state} for n, state in found])


@given(st.lists(st.tuples(st.booleans(), rows), max_size=6))
def test_whoever_follows_the_patches_knows_what_whoever_connects_is_told(
    story: list[tuple[bool, list[dict[str, Any]]]],
) -> None:
    feed = Feed("rows", by="n")
    page = feed.whole()
    for paused, told in story:
        patch = feed.replace({"paused": paused}, told)
        page = page if patch is None else apply(page, patch)
        assert page == feed.whole()
        assert page["rows"] == told
