"""What a widget takes from the browser and sends it, and the way round one kernel's quirk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ipykernel.comm import Comm

from sora_nb.display.kit.feed import Feed
from sora_nb.display.kit.widget import LiveWidget


class Shown(LiveWidget):
    """A widget whose messages to the browser are kept."""

    sent: list[dict[str, Any]]

    def send(self, content: dict[str, Any], buffers: Any = None) -> None:
        self.sent.append(content)


@pytest.fixture
def widget() -> Iterator[Shown]:
    widget = Shown(Feed("cards", by="key"), lambda: 100.0)
    widget.sent = []
    yield widget
    widget.close()


@pytest.mark.todays_packages
def test_the_way_round_ipykernel_7_4_is_still_needed() -> None:
    """Fails once ipykernel no longer has the private name: then ``_answer_while_busy`` can go."""
    assert hasattr(Comm, "_reply_subshell_for")


def test_a_message_that_is_no_command_reaches_nobody(widget: Shown) -> None:
    heard = list[dict[str, Any]]()
    widget.on_command(heard.append)
    messages: tuple[object, ...] = (None, [], "stop", {}, {"kind": 5}, {"kind": "stop", "key": "k"})
    for content in messages:
        widget._handle_custom_msg(content, [])
    assert heard == [{"kind": "stop", "key": "k"}]


def test_only_the_snapshot_is_synced(widget: Shown) -> None:
    code = {"_esm", "_css", "_anywidget_id"}
    ours = {name for name in widget.keys if name in type(widget).class_own_traits()} - code
    inherited = {name for name in LiveWidget.class_own_traits() if not name.startswith("_")}
    assert (ours, inherited) == (set(), {"snapshot"})


def test_a_change_is_one_small_message_and_a_page_that_connects_later_gets_all(
    widget: Shown,
) -> None:
    cards = [{"key": "a", "state": "queued", "prompt": "x" * 400}]
    widget.show({"view": "panel"}, cards)
    widget.show({"view": "panel"}, [{**cards[0], "state": "pending"}])
    widget.show({"view": "panel"}, [{**cards[0], "state": "pending"}])
    assert widget.sent[1:] == [
        {"kind": "patch", "number": 2, "items": [{"key": "a", "state": "pending"}], "at": 100.0}
    ]
    assert widget.get_state("snapshot")["snapshot"] == {
        "view": "panel", "number": 2, "cards": [{**cards[0], "state": "pending"}], "at": 100.0,
    }  # fmt: skip


def test_a_page_that_missed_a_patch_is_sent_everything_and_the_others_the_clock(
    widget: Shown,
) -> None:
    widget.on_command(lambda _: None)
    widget.show({"view": "panel"}, [{"key": "a"}])
    widget.sent.clear()
    widget._handle_custom_msg({"kind": "connect", "number": 0}, [])
    widget._handle_custom_msg({"kind": "connect", "number": 1}, [])
    assert widget.sent == [
        {"kind": "whole", "snapshot": widget.whole()},
        {"kind": "patch", "number": 1, "at": 100.0},
    ]
