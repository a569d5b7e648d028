"""The place of one live widget in its cell, and the plain page that stands in for it.

JupyterLab prefers a widget to anything beside it in the same output, even when it cannot draw it
any more: "Error displaying widget: model not found" is then all that a person sees
(docs/design/jupyter.md, "What survives"). So the page is a second output right below: hidden while
the widget above it stands (``standin.css``), and hiding the widget's complaint when it does not.
"""

from __future__ import annotations

import secrets
import sys
from typing import Any, NamedTuple

from sora_nb.display.host.host import Host, shell_here

# The empty alternative in an output. A page that cannot draw the widget, or does not trust the
# notebook, shows this and is blank; without it the page would print an object's repr.
_NOTHING: Bundle = {"text/html": "", "text/plain": ""}

IDLE = 600.0
"""Seconds after which a widget that nobody used becomes plain HTML, once nothing moves in it."""

_LATE = 1.5
"""Seconds in which a widget is drawn: a page that was seen before it would flash up."""

# Only in a trusted notebook: elsewhere a page has no style sheet, and no widget either. A widget's
# output is the one kind of JupyterLab's without a data-mime-type.
_STYLE = (
    "<style>.jp-OutputArea-child:has(> .jp-OutputArea-output:not([data-mime-type]))"
    ":not(:has(.sora-nb))"
    ":has(+ .jp-OutputArea-child .sora-nb-standin) { display: none }"
    f".jp-NotebookPanel .sora-nb-standin {{ animation: sora-nb-late {_LATE}s step-end }}"
    "@keyframes sora-nb-late { from { visibility: hidden; max-height: 0 } }</style>"
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
            self._publish({**_NOTHING, **view}, _standing_in(page))

    @property
    def apart(self) -> bool:
        """Whether the page can be rewritten without drawing the widget anew."""
        return self._standin_id is not None

    def stand_in(self, page: Bundle) -> None:
        """Rewrite the page alone, where it is apart; the widget that is shown stays as it is."""
        if self._standin_id is not None:
            publish(_standing_in(page), self._standin_id, update=True)

    def plain(self, page: Bundle) -> None:
        """``page`` alone."""
        self._publish(page, _NOTHING)

    def _publish(self, output: Bundle, standin: Bundle = _NOTHING) -> None:
        outputs = [(self._id, output)]
        if self._standin_id is not None:
            outputs.append((self._standin_id, standin))
        # The first time the widget comes first, because its page stands below it. When they are
        # rewritten, the lower one goes first: else a page that moves up would be seen twice.
        for name, bundle in reversed(outputs) if self._there else outputs:
            publish(bundle, name, update=self._there)
        self._there = True


def _standing_in(page: Bundle) -> Bundle:
    html = f'<div class="sora-nb-standin">{_STYLE}{page["text/html"]}</div>'
    return {**page, "text/html": html}


WIDGET = "application/vnd.jupyter.widget-view+json"


Bundle = dict[str, Any]


class SavedPage(NamedTuple):
    """A MIME bundle, and whether each film in it will be found by the page that shows it."""

    bundle: Bundle
    plays: bool


def new_display_id() -> str:
    """An id by which an output can be rewritten later."""
    return f"sora-nb-{secrets.token_hex(8)}"


def publish(bundle: Bundle, display_id: str, *, update: bool) -> None:
    """Put a bundle into the running cell, or rewrite the output of that id (from any thread).

    Where no IPython runs (marimo) there is no output to put it into: the widget shows itself.
    """
    if shell_here() is None:
        return
    from IPython.display import publish_display_data

    publish_display_data(  # type: ignore[no-untyped-call]
        bundle, _metadata(bundle), transient={"display_id": display_id}, update=update
    )


def _metadata(bundle: Bundle) -> dict[str, Any]:
    """Colab draws a widget like ours with the manager that its view's metadata names.

    ``google.colab.output`` adds that by a hook of the thread that made the widget, which does not
    hear what another thread publishes.
    """
    output = sys.modules.get("google.colab.output")
    url = getattr(getattr(output, "_widgets", None), "_installed_url", None)
    if url is None or WIDGET not in bundle:
        return {}
    return {WIDGET: {"colab": {"custom_widget_manager": {"url": url}}}}
