"""One picture of a film as a PNG beside it."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path

from sora_nb.core.errors import DownloadError
from sora_nb.storage.films import decode


def save_still(path: Path, seconds: float) -> Path:
    """Write the picture that the film at ``path`` shows at ``seconds``; gives the PNG's path.

    The name is the film's with the milliseconds (``FILM_0003100ms.png``). A file of that name that
    holds something else stays as it is: the picture gets the next free name (``…ms-2.png``).
    Raises DownloadError when the film cannot be read or the picture not be written, ValueError
    unless ``seconds`` is a finite number from 0.
    """
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(decode.frame(path, seconds)).save(file, "PNG")
    data = file.getvalue()
    stem = f"{path.stem}_{round(seconds * 1000):07d}ms"
    names = (f"{stem}.png", *(f"{stem}-{number}.png" for number in range(2, 100)))
    try:
        for target in map(path.with_name, names):
            if _put(target, data):
                return target
    except OSError as error:
        raise DownloadError(
            f"the picture could not be written in {path.parent}: "
            f"{error.strerror or type(error).__name__}.",
            advice="Make room in the folder and make it writable, then choose the frame again.",
        ) from error
    raise DownloadError(
        f"{names[0]} and all names like it are taken by other files in {path.parent}.",
        advice="Move some of them elsewhere, then choose the frame again.",
    )


def _put(target: Path, data: bytes) -> bool:
    """Whether ``data`` is what ``target`` holds now: it is written only where nothing was."""
    try:
        file = target.open("xb")
    except FileExistsError:
        return target.is_file() and _holds(target, data)
    try:
        with file:
            file.write(data)
    except OSError:
        with suppress(OSError):
            target.unlink()
        raise
    return True


def _holds(target: Path, data: bytes) -> bool:
    with suppress(OSError):
        return target.stat().st_size == len(data) and target.read_bytes() == data
    return False
