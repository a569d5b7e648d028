"""What a notebook keeps of tasks: plain HTML, plain text and a picture, made from their records."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sora_nb.core.errors import SoraError
from sora_nb.core.task import Film, TaskRecord
from sora_nb.display import places, snapshot, static_html
from sora_nb.display.embedding import Embedding
from sora_nb.display.host import Host, host_here, shell_here
from sora_nb.display.printed import Print, caption_of, printed

if TYPE_CHECKING:
    from sora_nb.display.handle import Owner, Task

WIDGET = "application/vnd.jupyter.widget-view+json"

Bundle = dict[str, Any]

_embedding = Embedding()  # one kernel, one notebook: what its file holds of films by itself


class SavedPage(NamedTuple):
    """A MIME bundle, and whether each film in it will be found by the page that shows it."""

    bundle: Bundle
    plays: bool


def saved_page(
    tasks: Sequence[Task],
    owner: Owner,
    root: Path | None,
    *,
    attended: bool,
    host: Host | None = None,
) -> SavedPage:
    """The page of tasks that rest. Reads films for their posters: not for the event loop.

    ``root`` is the Jupyter server's root; without one and ``attended``, no server is known that
    would give a page the file. ``host`` is this one unless it is given.
    """
    host = host or (host_here() if attended else Host.EXECUTED)
    pages, prints, texts, plays = [], [], [], True
    for task in tasks:
        record = task.record
        path = _shown_path(record, owner)
        poster = _poster(record)
        src, found = _src(record, owner, root, host)
        plays = plays and found
        pages.append(
            static_html.ended(
                record,
                src=src,
                poster=poster,
                shown_path=path,
                reused=task.reused,
                silent=host.silent,
            )
        )
        texts.append(static_html.plain_text(record, path))
        if poster is not None and path is not None:
            prints.append(Print(poster, caption_of(record, path)))
    bundle = _bundle(static_html.together(pages), texts)
    if len(prints) == len(pages) and (picture := printed(prints)) is not None:
        bundle["image/jpeg"] = picture
    return SavedPage(bundle, plays)


def page_on_its_way(records: Sequence[TaskRecord]) -> Bundle:
    """What stands behind a live panel, for places that cannot draw it."""
    pages = [static_html.on_its_way(record) for record in records]
    return _bundle(static_html.together(pages), [static_html.plain_text(r) for r in records])


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


def _bundle(page: str, texts: Sequence[str]) -> Bundle:
    return {"text/html": page, "text/plain": "\n".join(texts)}


def _shown_path(record: TaskRecord, owner: Owner) -> str | None:
    return places.beside(Path(record.film.path), owner.notebook_folder) if record.film else None


def _src(
    record: TaskRecord, owner: Owner, root: Path | None, host: Host
) -> tuple[str | None, bool]:
    """Where the page finds the film: inside itself, beside it, or at the service; whether it does.

    Colab's page reaches no file of its machine, and the service's link dies: a film that is too
    large to be kept in the notebook needs the live panel there.
    """
    if record.film is None:
        return None, True
    path = Path(record.film.path)
    if _embedding.wanted(record.film, host, embed=owner.embed) and path.is_file():
        return static_html.data_src("video/mp4", path.read_bytes()), True
    return film_link(record.film, record, owner, root, host)


def film_link(
    film: Film, record: TaskRecord, owner: Owner, root: Path | None, host: Host
) -> tuple[str | None, bool]:
    """Where a page finds the film outside itself, or None; and whether it does for good."""
    path = Path(film.path)
    relative = places.beside(path, owner.notebook_folder)
    if _beside_the_page(path, owner, root, host) and not Path(relative).is_absolute():
        return static_html.relative_src(relative), True
    url = snapshot.live_url(record, owner.now())
    return url, url is not None and host is not Host.COLAB


def _beside_the_page(path: Path, owner: Owner, root: Path | None, host: Host) -> bool:
    """Whether the page that shows the notebook gives its own folder's files to a relative link.

    VS Code sets the notebook's folder as the base of its outputs (backLayerWebView.ts).
    """
    if host is Host.EXECUTED:
        return root is None or places.below(path, root) is not None
    if host is Host.VSCODE:
        return places.below(path, owner.notebook_folder) is not None
    return places.below(path, root) is not None


def _poster(record: TaskRecord) -> bytes | None:
    from sora_nb.storage import film

    if record.film is None:
        return None
    try:
        return film.poster(Path(record.film.path))
    except (OSError, SoraError, ValueError):
        return None
