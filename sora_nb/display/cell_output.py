"""The place of one live widget in its cell, and the plain page that stands in for it.

JupyterLab prefers a widget to anything beside it in the same output, even when it cannot draw it
any more: "Error displaying widget: model not found" is then all that a person sees (jupyter.md,
"What survives"). So the page is a second output right below: hidden while the widget above it
stands (``standin.css``), and hiding the widget's error when it does not.
"""

from __future__ import annotations

from typing import Any

from sora_nb.display.host import Host
from sora_nb.display.saved_page import WIDGET, Bundle, new_display_id, publish

# What a page shows that draws neither the widget nor trusts the notebook: nothing, not its repr.
_NOTHING: Bundle = {"text/html": "", "text/plain": ""}

_HIDES_THE_ERROR = (
    "<style>.jp-OutputArea-child:has(.jupyter-widgets):not(:has(.sora-nb))"
    ":has(+ .jp-OutputArea-child .sora-nb-standin) { display: none }</style>"
)


class CellOutput:
    """The first call of ``live`` or ``plain`` puts it into the running cell, later ones rewrite it,
    from any thread."""

    def __init__(self, model_id: str, host: Host) -> None:
        self._view = {"version_major": 2, "version_minor": 0, "model_id": model_id}
        self._id = new_display_id()
        self._standin_id = new_display_id() if host is Host.JUPYTER else None
        self._there = False

    def live(self, page: Bundle) -> None:
        """The widget, and ``page`` for whoever cannot draw it."""
        view: dict[str, Any] = {WIDGET: self._view}
        if self._standin_id is None:
            self._publish({**page, **view})
        else:
            html = f'<div class="sora-nb-standin">{_HIDES_THE_ERROR}{page["text/html"]}</div>'
            self._publish({**_NOTHING, **view}, {**page, "text/html": html})

    def plain(self, page: Bundle) -> None:
        """``page`` alone."""
        self._publish(page, _NOTHING)

    def _publish(self, output: Bundle, standin: Bundle = _NOTHING) -> None:
        publish(output, self._id, update=self._there)
        if self._standin_id is not None:
            publish(standin, self._standin_id, update=self._there)
        self._there = True
