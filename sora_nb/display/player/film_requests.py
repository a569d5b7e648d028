"""What a page asks about one task, and gets over the comm: its film's bytes, its poster, one frame,
its whole prompt.

A page that reaches no file server has only this road
(docs/design/jupyter.md, "Roads for film bytes").
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard

from sora_nb.core.errors import SoraError
from sora_nb.core.task import TaskRecord
from sora_nb.display.host import paths
from sora_nb.storage.films.still import save_still

if TYPE_CHECKING:
    from sora_nb.handles.ports import TaskClient

CHUNK = 1 << 20
KINDS = frozenset({"film", "poster", "frame", "prompt"})


class Page(Protocol):
    """Where answers go: the widget, and by it every page that shows it."""

    def send(self, content: Any, buffers: Any = None) -> object: ...


class FilmRequests:
    """Answers on the private loop."""

    def __init__(self, client: TaskClient, page: Page) -> None:
        self._client = client
        self._page = page
        self._decoding = asyncio.Semaphore(2)  # a page may ask for hundreds of posters at once

    async def answer(self, record: TaskRecord, command: dict[str, Any]) -> None:
        """Answer one command of a kind in KINDS."""
        match command["kind"]:
            case "film":
                await self._film(record, command.get("request"))
            case "poster":
                await self._poster(record)
            case "frame":
                await self._frame(record, command.get("seconds"))
            case "prompt":
                # A card holds its beginning, so that a change of state stays a small message.
                prompt = record.request.prompt
                self._page.send({"kind": "prompt", "key": record.key, "prompt": prompt})

    async def _film(self, record: TaskRecord, request: object) -> None:
        """The film's bytes in pieces; ``request`` is the page's own word for this question."""
        head = {"kind": "film", "key": record.key, "request": request}
        try:
            if record.film is None:
                raise FileNotFoundError(record.key)
            data = await asyncio.to_thread(Path(record.film.path).read_bytes)
        except OSError:
            self._page.send({**head, "error": "the film's file is not there any more"})
            return
        count = max(1, -(-len(data) // CHUNK))
        for index in range(count):
            piece = data[index * CHUNK : (index + 1) * CHUNK]
            part = {**head, "index": index, "count": count, "type": "video/mp4"}
            self._page.send(part, buffers=[piece])
            await asyncio.sleep(0.01)

    async def _poster(self, record: TaskRecord) -> None:
        """A JPEG of at most 15 kB."""
        from sora_nb.storage.films import decode

        head = {"kind": "poster", "key": record.key}
        try:
            if record.film is None:
                raise FileNotFoundError(record.key)
            async with self._decoding:
                picture = await asyncio.to_thread(decode.poster, Path(record.film.path))
        except (OSError, SoraError, ValueError):
            self._page.send({**head, "error": "there is no picture of this film"})
        else:
            self._page.send({**head, "type": "image/jpeg"}, buffers=[picture])

    async def _frame(self, record: TaskRecord, asked: object) -> None:
        """The picture of that moment for ``Video.frame`` and as a PNG beside the film."""
        if record.film is None or not _is_number(asked):
            return
        seconds = min(seconds_of(asked), record.film.seconds)
        head = {"kind": "frame", "key": record.key, "seconds": seconds}
        try:
            still = await asyncio.to_thread(save_still, Path(record.film.path), seconds)
        except SoraError as error:
            self._page.send({**head, "error": f"The frame was not saved: {error.message}"})
            return
        self._client.chosen_frames[record.key] = seconds
        shown = paths.beside(still, self._client.notebook_folder)
        self._page.send({**head, "path": shown})


def seconds_of(value: object) -> float:
    """Seconds from the browser, between 0 and an hour; anything else is 0."""
    return min(max(float(value), 0.0), 3600.0) if _is_number(value) else 0.0


def _is_number(value: object) -> TypeGuard[int | float]:
    """Also for what JSON can carry and no clock shows: NaN, infinities, endless digits."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12
