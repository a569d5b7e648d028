"""The panel as a widget: what it takes from the browser, and the way round one kernel's quirk."""

from __future__ import annotations

from typing import Any

from ipykernel.comm import Comm

from sora_nb.display.panel import Panel


def test_the_way_round_ipykernel_7_4_is_still_needed() -> None:
    """Fails once ipykernel no longer has the private name: then ``_answer_while_busy`` can go."""
    assert hasattr(Comm, "_reply_subshell_for")


def test_a_message_that_is_no_command_reaches_nobody() -> None:
    panel, heard = Panel(snapshot={}), list[dict[str, Any]]()
    panel.on_command(heard.append)
    messages: tuple[object, ...] = (None, [], "stop", {}, {"kind": 5}, {"kind": "stop", "key": "k"})
    for content in messages:
        panel._handle_custom_msg(content, [])
    assert heard == [{"kind": "stop", "key": "k"}]
    panel.close()


def test_a_change_of_state_syncs_the_snapshot_and_nothing_else() -> None:
    panel = Panel(snapshot={"version": 1, "cards": []})
    code = {"_esm", "_css", "_anywidget_id"}
    ours = {name for name in panel.keys if name in Panel.class_own_traits()} - code
    assert ours == {"snapshot"}
    panel.close()
