"""Tab on a line of %sora: hands ``completion.complete`` to whichever API this IPython has."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from sora_nb.client.default import existing_client
from sora_nb.core.errors import SoraError

if TYPE_CHECKING:
    from sora_nb.magic.completion import Offer

MATCHER = "sora_nb.matcher"
"""The matcher's identifier, by which it is found again."""

_HOOK = r".*%sora\s"


def install(shell: Any, completer: ModuleType) -> None:
    """Offer completions in ``shell``; a second call replaces the first.

    ``completer`` is ``IPython.core.completer``: it has matchers from IPython 8.6 on.
    """
    remove(shell)
    if not hasattr(completer, "context_matcher"):  # IPython 7 and 8.0 to 8.5, as on Colab
        shell.set_hook("complete_command", _hook, re_key=_HOOK)
        return

    @completer.context_matcher(identifier=MATCHER)  # type: ignore[untyped-decorator]
    def matcher(context: Any) -> dict[str, object]:
        above = context.full_text.split("\n")[: context.cursor_line]
        offer = _offer(shell, "\n".join([*above, context.text_until_cursor]))
        if offer is None:
            return {"completions": []}
        return {
            "completions": [
                completer.SimpleCompletion(item, type=offer.kind) for item in offer.items
            ],
            "matched_fragment": offer.fragment,
            "suppress": True,
            "ordered": True,
        }

    shell.Completer.custom_matchers.append(matcher)


def remove(shell: Any) -> None:
    """Undo ``install``."""
    matchers = shell.Completer.custom_matchers
    matchers[:] = [m for m in matchers if getattr(m, "matcher_identifier", "") != MATCHER]
    if hooks := shell.strdispatchers.get("complete_command"):
        for pattern in [p for p in hooks.regexs if p.pattern == _HOOK]:
            del hooks.regexs[pattern]


def _hook(shell: Any, event: Any) -> list[str]:
    """The older API: it knows the line only, and cuts its words at = and , by itself."""
    offer = _offer(shell, event.text_until_cursor)
    return list(offer.items) if offer else []


def _offer(shell: Any, text: str) -> Offer | None:
    from sora_nb.magic.completion import complete

    hidden = shell.user_ns_hidden
    names = [name for name in shell.user_ns if not name.startswith("_") and name not in hidden]
    return complete(text, keys=_keys, names=names)


def _keys(prefix: str) -> list[str]:
    """Keys of the tasks, if this notebook has made a client: Tab starts nothing."""
    client = existing_client()
    if client is None:
        return []
    try:
        return client.keys(prefix)
    except SoraError:
        return []
