"""What every widget of ours is: one synced value out, small typed messages both ways.

The value goes out whole when a page connects, and as patches afterwards (feed.py). One bundle draws
them all: the value's ``view`` says what it is (``js/src/widget.ts``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from sora_nb.display.kit.feed import Feed

_STATIC = Path(str(files("sora_nb"))) / "static"

Command = dict[str, Any]
Json = dict[str, Any]


class LiveWidget(anywidget.AnyWidget):
    """Shows a feed. After the first display only one thread calls ``show`` and ``change``."""

    _esm = _STATIC / "widget.js"
    _css = _STATIC / "widget.css"
    # Made at the moment when a page reads it, so it never lags behind the patches.
    snapshot = traitlets.Dict().tag(sync=True, to_json=lambda _value, self: self.whole())

    def __init__(self, feed: Feed, clock: Callable[[], float], **traits: Any) -> None:
        self.feed = feed
        self._clock = clock
        super().__init__(**traits)

    def whole(self) -> Json:
        """All that is shown. ``at``, here and in each patch: this machine's Unix seconds, by which
        a page learns how far its own clock is off."""
        return {**self.feed.whole(), "at": self._now()}

    def show(self, head: Mapping[str, Any], items: Iterable[Json]) -> None:
        """Bring every page to this head and these items, with one message or none."""
        self._tell(self.feed.replace(head, items))

    def change(self, head: Mapping[str, Any], items: Sequence[Json]) -> None:
        """Tell every page the new state of some items and some fields of the head."""
        self._tell(self.feed.change(head, items))

    def _tell(self, patch: Json | None) -> None:
        if patch is not None:
            self.send({**patch, "at": self._now()})

    def _now(self) -> float:
        return round(self._clock(), 3)

    def on_command(self, handle: Callable[[Command], None]) -> None:
        """Have ``handle`` called with each ``{kind, …}`` from the browser, on whichever thread.

        A page that connects is answered here: with what it lacks, and this machine's clock.
        """

        def received(_widget: object, content: object, _buffers: object) -> None:
            if not (isinstance(content, dict) and isinstance(content.get("kind"), str)):
                return
            if content["kind"] == "connect":
                number = self.feed.number
                if content.get("number") == number:
                    self.send({"kind": "patch", "number": number, "at": self._now()})
                else:
                    self.send({"kind": "whole", "snapshot": self.whole()})
            else:
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
