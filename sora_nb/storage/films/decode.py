"""Reading a saved film: its facts, a poster, its frames. Pure functions on a path.

Each raises DownloadError where the file is gone or is no film that can be played.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sora_nb.core.errors import DownloadError
from sora_nb.storage.films.mp4 import is_whole

if TYPE_CHECKING:
    import numpy as np
    from av import VideoFrame, VideoStream
    from av.container import InputContainer

    Picture = np.ndarray[Any, np.dtype[np.uint8]]

POSTER_WIDTH = 480
_WIDTHS = (POSTER_WIDTH, 360, 270, 200, 140, 90, 48, 16)
_QUALITIES = (82, 70, 58, 46, 34)
_NEAR = 1e-6

MOST_BYTES = 2 << 30
"""What ``frames`` makes at once, at most: 776 frames of 1280 x 720."""


class Facts(NamedTuple):
    """``seconds`` of picture; pixels as shown, after rotation; codec names; ``audio`` or None;
    ``fps`` frames a second, or None where the file does not tell."""

    seconds: float
    width: int
    height: int
    codec: str
    audio: str | None
    fps: float | None


def probe(path: Path) -> Facts:
    """The facts of a whole MP4 whose first frame was decoded."""
    with _opened(path) as (container, stream):
        if not is_whole(path):
            raise _unplayable(path, "its end is missing")
        first = next(_decoded(container, stream), None)
        if first is None:
            raise _unplayable(path, "no frame of it can be decoded")
        height, width = _shape(first)
        audio = container.streams.best("audio")
        return Facts(
            seconds=_seconds(container, stream),
            width=width,
            height=height,
            codec=stream.codec_context.name,
            audio=None if audio is None else audio.codec_context.name,
            fps=_rate(stream),
        )


def poster(path: Path, *, limit: int = 15_000) -> bytes:
    """A JPEG of at most ``limit`` bytes and POSTER_WIDTH pixels, from a fifth into the film.

    Raises ValueError for a limit below 1000, in which no picture has room.
    """
    if limit < 1000:
        raise ValueError(f"a poster needs at least 1000 bytes, not {limit}")
    from PIL import Image

    with _opened(path) as (container, stream):
        wanted = _seconds(container, stream) / 5
        _seek(container, stream, wanted)
        chosen: VideoFrame | None = None
        for frame in _decoded(container, stream):
            chosen = frame
            if _time(frame, stream) >= wanted:
                break
        if chosen is None:
            raise _unplayable(path, "no frame of it can be decoded")
        picture = Image.fromarray(_picture(chosen))
    for width in sorted({min(width, picture.width) for width in _WIDTHS}, reverse=True):
        picture.thumbnail((width, 4 * width), Image.Resampling.LANCZOS)
        for quality in _QUALITIES:
            file = io.BytesIO()
            picture.save(file, "JPEG", quality=quality, optimize=True)
            data = file.getvalue()
            if len(data) <= limit:
                return data
    raise _unplayable(path, f"no poster of it fits in {limit} bytes")


def frames(path: Path, every: float = 1.0, *, size: tuple[int, int] | None = None) -> Picture:
    """The pictures shown at 0, ``every``, 2 * ``every`` … seconds, before the film's end.

    uint8, shape (n, height, width, 3), RGB, scaled to ``size`` (width, height) where it is given.
    Beside the result, two frames are held in memory. Raises ValueError for an ``every`` or a
    ``size`` that is none, and where the result would be larger than MOST_BYTES.
    """
    import numpy as np

    with _shown_every(path, every, size) as (steps, pictures):
        first = next(pictures)
        if steps * first.nbytes > MOST_BYTES:
            raise ValueError(
                f"{steps} frames of {first.shape[1]} x {first.shape[0]} pixels need "
                f"{steps * first.nbytes / 2**30:.1f} GiB, and at most {MOST_BYTES / 2**30:g} are "
                "made: ask for fewer (every=…), smaller ones (size=…), or take them one by one "
                "with iter_frames"
            )
        result = np.empty((steps, *first.shape), np.uint8)
        result[0] = first
        for index, picture in enumerate(pictures, 1):
            result[index] = picture
    return result


def iter_frames(
    path: Path, every: float = 1.0, *, size: tuple[int, int] | None = None
) -> Iterator[Picture]:
    """The same pictures one by one, each decoded when it is asked for.

    uint8, shape (height, width, 3), RGB. At most two frames are held in memory.
    """
    with _shown_every(path, every, size) as (_, pictures):
        yield from pictures


@contextmanager
def _shown_every(
    path: Path, every: float, size: tuple[int, int] | None
) -> Iterator[tuple[int, Iterator[Picture]]]:
    """How many pictures there are, and the pictures: at least one."""
    if not 0 < every < math.inf:
        raise ValueError(f"every must be a number of seconds above 0, not {every!r}")
    if size is not None and not all(0 < pixels <= 8192 for pixels in size):
        raise ValueError(f"size must be (width, height) in pixels, not {size!r}")
    with _opened(path) as (container, stream):
        steps = max(1, math.ceil(_seconds(container, stream) / every - 1e-6))
        yield steps, islice(_pictures(path, container, stream, every, size), steps)


def _pictures(
    path: Path,
    container: InputContainer,
    stream: VideoStream,
    every: float,
    size: tuple[int, int] | None,
) -> Iterator[Picture]:
    """The picture shown at each step of ``every`` seconds, the last one without end."""
    done = 0
    shown: VideoFrame | None = None
    for frame in _decoded(container, stream):
        if shown is not None:
            upto = math.ceil(_time(frame, stream) / every - 1e-6)
            if upto > done:
                picture = _picture(shown, size)
                yield from (picture.copy() for _ in range(done, upto))
                done = upto
        shown = frame
    if shown is None:
        raise _unplayable(path, "no frame of it can be decoded")
    picture = _picture(shown, size)
    yield from (picture.copy() for _ in count())


def frame(path: Path, seconds: float) -> Picture:
    """The picture shown at ``seconds`` from the beginning; the last one from the end on.

    uint8, shape (height, width, 3), RGB. At most two frames are held in memory. Raises ValueError
    unless ``seconds`` is a finite number from 0.
    """
    if not 0 <= seconds < math.inf:
        raise ValueError(f"seconds must be a number from 0, not {seconds!r}")
    with _opened(path) as (container, stream):
        _seek(container, stream, min(seconds, _seconds(container, stream)))
        shown = _shown_at(container, stream, seconds)
        if shown is None or _time(shown, stream) > seconds + _NEAR:
            # In some files the search ends behind the wanted picture, or at the film's end. Then
            # the film is read from its beginning.
            _seek(container, stream, 0.0)
            shown = _shown_at(container, stream, seconds)
        if shown is None:
            raise _unplayable(path, "no frame of it can be decoded")
        return _picture(shown)


def _shown_at(container: InputContainer, stream: VideoStream, seconds: float) -> VideoFrame | None:
    """The last frame that begins by ``seconds``, or the first there is; None without any."""
    shown: VideoFrame | None = None
    for frame in _decoded(container, stream):
        if shown is not None and _time(frame, stream) > seconds + _NEAR:
            break
        shown = frame
    return shown


def _seek(container: InputContainer, stream: VideoStream, seconds: float) -> None:
    """To the last key frame by ``seconds``."""
    if stream.time_base:
        container.seek((stream.start_time or 0) + int(seconds / stream.time_base), stream=stream)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    import av

    try:
        # The format is forced: a playlist would let the file name other files and hosts.
        with av.open(
            os.path.abspath(path), "r", format="mp4", metadata_errors="ignore"
        ) as container:
            stream = container.streams.best("video")
            if not isinstance(stream, av.VideoStream):
                raise _unplayable(path, "it holds no picture")
            stream.thread_type = "AUTO"
            yield container, stream
    except FileNotFoundError as error:
        raise DownloadError(
            f"the film is no longer at {path}.",
            advice="If it was moved, open it where it is; if it was deleted, "
            "`%sora rescue` fetches it again while the service still has it.",
        ) from error
    except (av.FFmpegError, OSError) as error:
        raise _unplayable(path, error.strerror or str(error)) from error


def _unplayable(path: Path, why: str) -> DownloadError:
    return DownloadError(f"{path.name} is not a film that can be played: {why}.")


def _decoded(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Every frame that can be decoded; a damaged one is left out, not the rest with it."""
    import av

    for packet in container.demux(stream):
        try:
            found = packet.decode()
        except av.error.InvalidDataError:
            continue
        for frame in found:
            if isinstance(frame, av.VideoFrame):
                yield frame


def _seconds(container: InputContainer, stream: VideoStream) -> float:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / 1_000_000


def _rate(stream: VideoStream) -> float | None:
    rate = stream.average_rate or stream.guessed_rate
    return round(float(rate), 3) if rate else None


def _time(frame: VideoFrame, stream: VideoStream) -> float:
    """Seconds from the film's beginning."""
    start = (stream.start_time or 0) * float(stream.time_base or 0)
    return (frame.time or 0.0) - start


def _turns(frame: VideoFrame) -> int:
    """Quarter turns counterclockwise that show the frame upright (its display matrix)."""
    return round(frame.rotation / 90) % 4


def _shape(frame: VideoFrame) -> tuple[int, int]:
    """(height, width) as shown."""
    if _turns(frame) % 2:
        return frame.width, frame.height
    return frame.height, frame.width


def _picture(frame: VideoFrame, size: tuple[int, int] | None = None) -> Picture:
    """Upright, and scaled to ``size`` (width, height) as shown."""
    import numpy as np

    turns = _turns(frame)
    wanted: dict[str, int] = {}
    if size is not None:
        width, height = reversed(size) if turns % 2 else size
        wanted = {"width": width, "height": height}
    picture = frame.reformat(format="rgb24", **wanted).to_ndarray()
    return np.ascontiguousarray(np.rot90(picture, turns))
