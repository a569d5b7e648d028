"""Video: a saved film as a value, in this process and, pickled, in another one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sora_nb.core.errors import DownloadError, InvalidRequest
from sora_nb.core.task import TaskRecord

if TYPE_CHECKING:
    import numpy as np


class Chooser(Protocol):
    """Who keeps what was chosen in the player."""

    @property
    def chosen_frames(self) -> dict[str, float]: ...


class Source(Protocol):
    """The task that a film is of."""

    @property
    def key(self) -> str: ...
    @property
    def record(self) -> TaskRecord: ...
    @property
    def client(self) -> Chooser: ...
    def _display_(self) -> object: ...
    def _ipython_display_(self) -> None: ...


class Video:
    """A film on disk: ``path``, ``size`` in bytes, ``seconds``, ``sha256`` in hex, ``width`` and
    ``height`` in pixels, and the ``key`` of its task.

    Pickled it holds these and its link, and nothing else: no task, no client, no API key. There,
    where ``path`` may not exist, frames and poster are read from the link.
    """

    __module__ = "sora_nb"  # where people find it, in errors, help and pickles

    def __init__(self, task: Source) -> None:
        film = task.record.film
        assert film is not None
        self.task: Source | None = task
        self.key = task.key
        self.path = Path(film.path)
        self.size = film.size
        self.seconds = film.seconds
        self.sha256 = film.sha256
        self.width = film.width
        self.height = film.height
        self._link: tuple[str | None, float | None] = (None, None)

    @property
    def url(self) -> str | None:
        """The service's own link, which dies at ``expires_at``."""
        return self._newest_link()[0]

    @property
    def expires_at(self) -> float | None:
        """When the service's link dies (Unix seconds)."""
        return self._newest_link()[1]

    def save(self, path: str | Path) -> Path:
        """Copy the film to a file, or into a folder under its own name. Gives the path written."""
        target = Path(path).expanduser()
        if target.is_dir() or str(path).endswith(("/", "\\")):
            target = target / self.path.name
        elif not target.suffix:
            target = target.with_suffix(".mp4")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with self._file() as file:
                shutil.copyfile(file, target)
        except shutil.SameFileError:
            return target
        except OSError as error:
            raise DownloadError(
                f"task {self.key}: the film was not copied to {target}: {error.strerror}.",
                advice=f"The film itself is at {self.path}.",
                task=self.task,
            ) from error
        return target

    def poster(self) -> bytes:
        """A JPEG of an early frame, at most 15 kB."""
        from sora_nb.storage.films import decode

        with self._file() as file:
            return decode.poster(file)

    def frames(self, every: float = 1.0, *, size: tuple[int, int] | None = None) -> np.ndarray:
        """A frame for each ``every`` seconds: uint8, shape (n, height, width, 3), RGB.

        ``size``: (width, height) in pixels to which they are scaled. At most 2 GiB are made:
        above that InvalidRequest is raised, and ``iter_frames`` gives them one by one.
        """
        from sora_nb.storage.films import decode

        with self._asked(), self._file() as file:
            return decode.frames(file, every, size=size)

    def iter_frames(
        self, every: float = 1.0, *, size: tuple[int, int] | None = None
    ) -> Iterator[np.ndarray]:
        """The same frames one by one: uint8, shape (height, width, 3), RGB. Decoded as they are
        asked for; two of them are held in memory, however long the film is."""
        from sora_nb.storage.films import decode

        with self._asked(), self._file() as file:
            yield from decode.iter_frames(file, every, size=size)

    def frame(self, seconds: float | None = None) -> np.ndarray:
        """The picture at ``seconds``: uint8, shape (height, width, 3), RGB.

        Without ``seconds``: the one that was chosen last with "Use this frame" in the player.
        Raises InvalidRequest where none was chosen, or for what is no number of seconds from 0.
        """
        from sora_nb.storage.films import decode

        if seconds is None and self.task is not None:
            seconds = self.task.client.chosen_frames.get(self.key)
        if seconds is None:
            raise InvalidRequest(
                f"task {self.key}: no frame of its film was chosen yet.",
                advice='Press "Use this frame" in the player, or say when: video.frame(1.5).',
                task=self.task,
            )
        with self._asked(), self._file() as file:
            return decode.frame(file, seconds)

    def _newest_link(self) -> tuple[str | None, float | None]:
        if self.task is None:
            return self._link
        record = self.task.record
        return (record.urls[0] if record.urls else None), record.expires_at

    def _file(self) -> AbstractContextManager[Path]:
        """The film's file. Where its task is known, a missing file is said, with what to do."""
        from sora_nb.storage.films.copy import film_at_hand

        url = self.url if self.task is None else None
        return film_at_hand(self.path, url, size=self.size, sha256=self.sha256)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """What was asked for wrongly is an InvalidRequest that names the task."""
        try:
            yield
        except InvalidRequest:
            raise
        except ValueError as error:
            raise InvalidRequest(f"task {self.key}: {error}.", task=self.task) from None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "task": None, "_link": self._newest_link()}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Video) and (self.key, self.sha256) == (other.key, other.sha256)

    def __hash__(self) -> int:
        return hash((self.key, self.sha256))

    def __repr__(self) -> str:
        return f"<Video {self.path} · {self.seconds:g} s · {self.size / 1e6:.1f} MB>"

    def _display_(self) -> object:
        return repr(self) if self.task is None else self.task._display_()

    def _ipython_display_(self) -> None:
        if self.task is None:
            raise NotImplementedError  # IPython then shows the repr
        self.task._ipython_display_()
