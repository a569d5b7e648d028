"""Pure: what stands behind the Studio where it cannot be drawn: in a saved notebook, in text."""

from __future__ import annotations

from html import escape

from sora_nb.display.saved_page import Bundle

TITLE = "The Studio: a form that makes films"
AGAIN = "It is drawn by the notebook's kernel: run its cell again to open it."
FILMS = "lists every film made so far, "
IN_TEXT = "sora_nb.generate('a paper boat in the rain') makes a film from here."


def saved_studio() -> Bundle:
    """The form itself is no result: the films are, each beside the notebook and in the journal."""
    page = (
        f"<p><strong>{escape(TITLE)}</strong></p><p>{escape(AGAIN)} <code>%sora tasks</code> "
        f"{escape(FILMS)}<code>%sora show KEY</code> plays one.</p>"
    )
    return {"text/html": f'<div class="sora-nb-saved">{page}</div>', "text/plain": saved_text()}


def saved_text() -> str:
    """The same in words alone."""
    return f"{TITLE}. {AGAIN}\n`%sora tasks` {FILMS}`%sora show KEY` plays one. {IN_TEXT}"
