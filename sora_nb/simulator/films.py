"""The film store: each film is rendered once, in a worker thread, and kept as a file."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import aiohttp

from sora_nb.simulator.drawing.film import Film
from sora_nb.simulator.drawing.picture import PictureRefused, fetch

from .config import Films
from .tasks import SimulatedTask

WORKERS = 2
PLAIN_PROMPT = "A plain film for load tests: the same for every task."


class FilmStore:
    """Films by task. Owned by one event loop; `close` ends what is being made within moments.

    `failed(task, code, message)` is told of a film that cannot be made.
    """

    def __init__(
        self,
        folder: Path,
        kind: Films,
        failed: Callable[[SimulatedTask, str, str], None],
    ) -> None:
        self._folder = folder
        self._kind = kind
        self._failed = failed
        self._making: dict[str, asyncio.Task[None]] = {}
        self._done: set[str] = set()
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="simulator-film")
        self._closing = threading.Event()
        self._session: aiohttp.ClientSession | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def ready(self, task: SimulatedTask) -> Path | None:
        """The finished film's file, or None."""
        name = self._name(task)
        path = self._folder / name
        if name not in self._done:
            if not path.exists():
                return None
            self._done.add(name)
        return path

    def want(self, task: SimulatedTask) -> None:
        """Have the film made if it is not there yet."""
        name = self._name(task)
        if name not in self._making and self.ready(task) is None and not self._closing.is_set():
            making = asyncio.get_running_loop().create_task(self._make(task, name, 0))
            self._making[name] = making
            making.add_done_callback(lambda _: self._making.pop(name, None))

    async def made(self, task: SimulatedTask) -> Path | None:
        """The film's file once it is made; None when it could not be."""
        self.want(task)
        making = self._making.get(self._name(task))
        if making is not None:
            await asyncio.shield(making)
        return self.ready(task)

    async def other(self, task: SimulatedTask) -> Path | None:
        """Another film of the same length and frame, for the fault of changed content."""
        path = self._folder / f"{task.file_name}-changed.mp4"
        if not path.exists():
            await self._make(task, path.name, 1)
        return path if path.exists() else None

    def prune(self, older_than: float) -> None:
        """Delete what was made before that Unix second: its links have expired."""
        for path in self._folder.iterdir():
            with contextlib.suppress(OSError):  # another simulator was quicker
                if path.stat().st_mtime < older_than:
                    path.unlink()

    async def close(self) -> None:
        """End all rendering and fetching."""
        self._closing.set()
        making = list(self._making.values())
        for each in making:
            each.cancel()
        await asyncio.gather(*making, return_exceptions=True)
        # The workers look at the event between two frames, so this takes no film's length.
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)
        if self._session is not None:
            await self._session.close()

    def _name(self, task: SimulatedTask) -> str:
        if self._kind == "plain":
            return f"plain-{task.width}x{task.height}-{task.duration}.mp4"
        return f"{task.file_name}.mp4"

    async def _make(self, task: SimulatedTask, name: str, variant: int) -> None:
        try:
            picture = None
            if task.image_url is not None:
                if self._session is None:
                    self._session = aiohttp.ClientSession()
                picture = await fetch(self._session, task.image_url)
            film = self._film(task, picture, variant)
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._pool, self._render, film, self._folder / name)
        except PictureRefused as refused:
            self._failed(task, refused.code, refused.message)
        except Exception:  # noqa: BLE001 (whatever it was, it is told and the task ends)
            if not self._closing.is_set():
                traceback.print_exc(file=sys.stderr)
                self._failed(task, "GENERATION_FAILED", "The simulator could not render the film.")

    def _film(self, task: SimulatedTask, picture: bytes | None, variant: int) -> Film:
        if self._kind == "plain":
            return Film(PLAIN_PROMPT, task.duration, task.width, task.height, variant=variant)
        return Film(
            prompt=task.prompt,
            duration=task.duration,
            width=task.width,
            height=task.height,
            model=task.model,
            seed=task.seed,
            take=task.take,
            watermark=not task.remove_watermark,
            picture=picture,
            variant=variant,
        )

    def _render(self, film: Film, path: Path) -> None:
        # Here, not above: loading the codecs takes longer than the whole start of a simulator.
        from sora_nb.simulator.drawing.render import render

        part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            render(film, part, self._closing.is_set)
            if not path.exists():  # of two simulators on one folder the first one's film stays
                os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
