"""Pure: what stands behind the Studio where it cannot be drawn: in a saved notebook, in text."""

from __future__ import annotations

from html import escape

from sora_nb.display.saved_page import Bundle
from sora_nb.display.static_html import CLASS

TITLE = "The Studio: a form that makes films"
AGAIN = "It is drawn by the notebook's kernel: run its cell again to open it."
FILMS = "lists every film made so far, "
IN_TEXT = "sora_nb.generate('a paper boat in the rain') makes a film from here."


def saved_studio(films: Bundle | None = None) -> Bundle:
    """The form itself is no result: the films are. ``films``: the page of those asked for in it."""
    page = (
        f"<p><strong>{escape(TITLE)}</strong></p><p>{escape(AGAIN)} <code>%sora tasks</code> "
        f"{escape(FILMS)}<code>%sora show KEY</code> plays one.</p>"
    )
    html, text = f'<div class="{CLASS}">{page}</div>', saved_text()
    if films is None:
        return {"text/html": html, "text/plain": text}
    return {"text/html": html + films["text/html"], "text/plain": f"{text}\n{films['text/plain']}"}


def saved_text() -> str:
    """The same in words alone."""
    return f"{TITLE}. {AGAIN}\n`%sora tasks` {FILMS}`%sora show KEY` plays one. {IN_TEXT}"
