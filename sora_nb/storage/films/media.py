"""Where films are kept: fetched through a ``.part``, checked, renamed, described beside."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sora_nb.core.errors import DownloadError
from sora_nb.core.task import Film, TaskRecord
from sora_nb.storage.films import decode as films
from sora_nb.storage.films import sidecar
from sora_nb.storage.films.disk import disk_trouble
from sora_nb.storage.films.download import LIMIT, Download, Fetch, Progress
from sora_nb.storage.films.part import Part

if TYPE_CHECKING:
    from filelock import BaseFileLock, Timeout

_T = TypeVar("_T")
_KEY = re.compile(r"[a-z0-9]{1,64}")
_SLUG_LENGTH = 40
_LOCK_WAIT = 0.5


class Media:
    """The films of one folder (or of ``record.media``), each with a JSON sidecar.

    ``clock`` gives Unix seconds, ``version`` is written into sidecars, ``sleep`` is awaited for
    some tenths of a second while another process saves the same film; ``limit`` is in bytes.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], float],
        version: str,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        limit: int = LIMIT,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._version = version
        self._sleep = sleep
        self._limit = limit

    def target(self, record: TaskRecord) -> Path:
        """The absolute path of the task's film: local date of creation, prompt, key."""
        if not _KEY.fullmatch(record.key):
            raise ValueError(f"{record.key!r} is not a task's key")
        folder = Path(record.media) if record.media is not None else self._folder
        day = datetime.fromtimestamp(record.created_at).astimezone().date()
        name = f"{day.isoformat()}_{slug(record.request.prompt)}_{record.key}.mp4"
        return Path(os.path.abspath(folder)) / name

    def existing(self, record: TaskRecord) -> Film | None:
        """The task's film if it is saved: a file of the size that the record or sidecar tells."""
        if record.film is not None:
            known = sidecar.film_if_there(record.film)
            if known is not None:
                return known
        target = self.target(record)
        found = sidecar.read(target.with_suffix(".json"))
        return None if found is None else found.film_at(target, record)

    async def save(
        self, record: TaskRecord, fetch: Fetch, *, url: str, on_progress: Progress
    ) -> Film:
        """One attempt to save the task's film; what an earlier one left is continued.

        A film that is there already is given at once. Raises LinkExpired, or DownloadError with
        what happened and what to do.
        """
        target = self.target(record)
        film = self.existing(record)
        if film is not None:
            _tidy(target)  # a process may have been killed behind the rename
            return film
        with disk_trouble(record.key, target.parent):
            target.parent.mkdir(parents=True, exist_ok=True)
        async with self._only_writer(record.key, target):
            film = self.existing(record)
            if film is None:
                part = Part(_beside(target, "part"), record.key)
                await Download(record.key, part, on_progress, limit=self._limit).run(fetch, url)
                film = await _uncut(asyncio.to_thread(self._finish, record, part, target))
            _tidy(target)
        return film

    @asynccontextmanager
    async def _only_writer(self, key: str, target: Path) -> AsyncIterator[None]:
        """Hold the film's lock; wait while another process has it. That of a dead one is free."""
        path = _beside(target, "lock")
        # In a thread, because the import alone would hold the loop up for a tenth of a second.
        lock, held_elsewhere = await asyncio.to_thread(_lock_at, path)
        with disk_trouble(key, target.parent):
            while not lock.is_locked:
                try:
                    lock.acquire(blocking=False)
                except held_elsewhere:
                    await self._sleep(_LOCK_WAIT)
        try:
            yield
        finally:
            lock.release()

    def _finish(self, record: TaskRecord, part: Part, target: Path) -> Film:
        """Check the bytes and make them the film. Runs in a thread: decodes, hashes and syncs."""
        try:
            facts = films.probe(part.path)
        except DownloadError as error:
            part.remove()
            raise DownloadError(
                f"the film of task {record.key} was not saved: what came cannot be played "
                f"({error.message})"
            ) from error
        with disk_trouble(record.key, target.parent):
            with part.path.open("rb") as file:
                digest = part.sha256 or hashlib.file_digest(file, "sha256").hexdigest()
                os.fsync(file.fileno())
            film = Film(
                path=str(target),
                size=part.path.stat().st_size,
                sha256=digest,
                seconds=facts.seconds,
                width=facts.width,
                height=facts.height,
                fps=facts.fps,
            )
            # The sidecar first: a film that is there is then always a described one.
            described = sidecar.describe(record, film, ended=self._clock(), version=self._version)
            sidecar.write(target.with_suffix(".json"), described)
            part.path.replace(target)
            _sync_folder(target.parent)
        return film


def _beside(target: Path, end: str) -> Path:
    """Where the unfinished film lies (``part``), what it is of (``part.json``), and its lock."""
    return target.with_name(f".{target.stem}.{end}")


def _tidy(target: Path) -> None:
    """Remove what is of no use beside a film that is there.

    Whoever still waits for the removed lock finds the film before it would write.
    """
    for end in ("part.json", "lock"):
        with suppress(OSError):
            _beside(target, end).unlink()


def _lock_at(path: Path) -> tuple[BaseFileLock, type[Timeout]]:
    from filelock import FileLock, Timeout

    return FileLock(path, thread_local=False), Timeout


def slug(prompt: str) -> str:
    """The prompt for a file name: at most 40 of a-z, 0-9 and ``-``, or ``film`` if none is left."""
    plain = (
        unicodedata.normalize("NFKD", prompt[:400].casefold()).encode("ascii", "ignore").decode()
    )
    words = re.findall(r"[a-z0-9]+", plain)
    text = ""
    for word in words:
        longer = f"{text}-{word}" if text else word[:_SLUG_LENGTH]
        if len(longer) > _SLUG_LENGTH:
            break
        text = longer
    return text or "film"


async def _uncut(work: Coroutine[object, object, _T]) -> _T:
    """Await work that a cancellation must not leave running: the lock is given back after it."""
    running = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        if not running.cancelled():
            running.exception()
        raise


def _sync_folder(folder: Path) -> None:
    """Make the rename last. Windows cannot open a folder, some network drives cannot sync one."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
