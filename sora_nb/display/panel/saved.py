"""What a notebook keeps of tasks: plain HTML, plain text and a picture, made from their records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sora_nb.core.task import TaskRecord
from sora_nb.display.card import saved
from sora_nb.display.host.host import Host, host_here
from sora_nb.display.kit.cell import Bundle, SavedPage
from sora_nb.display.panel.picture import Print, caption_of, printed
from sora_nb.display.player.film_source import film_source_of, poster_of, src_of

if TYPE_CHECKING:
    from sora_nb.handles.ports import TaskClient
    from sora_nb.handles.task import Task


def saved_page(
    tasks: Sequence[Task],
    client: TaskClient,
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
        source = film_source_of(record, client, root)
        path, src, found = source and source.shown, None, True
        poster = poster_of(record)
        if source is not None:
            src, found = src_of(source, host, embed=client.embed)
        plays = plays and found
        pages.append(
            saved.ended(
                record,
                src=src,
                poster=poster,
                shown_path=path,
                reused=task.reused,
                silent=host.silent,
            )
        )
        texts.append(saved.plain_text(record, path))
        if poster is not None and path is not None:
            prints.append(Print(poster, caption_of(record, path)))
    bundle = _bundle(saved.together(pages), texts)
    if len(prints) == len(pages) and (picture := printed(prints)) is not None:
        bundle["image/jpeg"] = picture
    return SavedPage(bundle, plays)


def page_on_its_way(records: Sequence[TaskRecord]) -> Bundle:
    """What stands behind a live panel, for places that cannot draw it."""
    pages = [saved.on_its_way(record) for record in records]
    return _bundle(saved.together(pages), [saved.plain_text(r) for r in records])


def _bundle(page: str, texts: Sequence[str]) -> Bundle:
    return {"text/html": page, "text/plain": "\n".join(texts)}
