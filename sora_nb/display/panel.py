"""The panel as a thin anywidget: one synced value out, small typed commands in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

_STATIC = Path(__file__).parent.parent / "static"

Command = dict[str, Any]


class Panel(anywidget.AnyWidget):
    """Draws ``snapshot`` (see snapshot.py). After the first display only one thread assigns it."""

    _esm = _STATIC / "panel.js"
    _css = _STATIC / "panel.css"
    snapshot = traitlets.Dict().tag(sync=True)

    def on_command(self, handle: Callable[[Command], None]) -> None:
        """Have ``handle`` called with each ``{kind, …}`` from the browser, on whichever thread."""

        def received(_widget: object, content: object, _buffers: object) -> None:
            if isinstance(content, dict) and isinstance(content.get("kind"), str):
                handle(content)

        self.on_msg(received)
        _answer_while_busy(self.comm)


def _answer_while_busy(comm: Any) -> None:
    """Let clicks arrive while a cell runs.

    ipykernel 7.4.0 hands a comm's messages to the subshell that last sent on it, which is the busy
    main one; 7.0 to 7.3 do not have the name and need nothing. It can go once the test
    ``test_the_way_round_ipykernel_7_4_is_still_needed`` says so.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _data, default=None: default
