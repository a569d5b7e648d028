"""Where a film is, and how a page reaches it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sora_nb.core.errors import SoraError
from sora_nb.core.task import Film, TaskRecord
from sora_nb.display.host import paths
from sora_nb.display.host.host import Host
from sora_nb.display.kit.html import data_src, relative_src
from sora_nb.display.player.embedding import Embedding

if TYPE_CHECKING:
    from sora_nb.handles.ports import TaskClient


_embedding = Embedding()  # one kernel, one notebook: what its file holds of films by itself


def _src(
    record: TaskRecord, client: TaskClient, root: Path | None, host: Host
) -> tuple[str | None, bool]:
    """Where the page finds the film: inside itself, beside it, or at the service; whether it does.

    Colab's page reaches no file of its machine, and the service's link dies: a film that is too
    large to be kept in the notebook needs the live panel there.
    """
    if record.film is None:
        return None, True
    path = Path(record.film.path)
    if _embedding.wanted(record.film, host, embed=client.embed) and path.is_file():
        return data_src("video/mp4", path.read_bytes()), True
    return film_link(record.film, record, client, root, host)


def film_link(
    film: Film, record: TaskRecord, client: TaskClient, root: Path | None, host: Host
) -> tuple[str | None, bool]:
    """Where a page finds the film outside itself, or None; and whether it does for good."""
    path = Path(film.path)
    relative = paths.beside(path, client.notebook_folder)
    if _beside_the_page(path, client, root, host) and not Path(relative).is_absolute():
        return relative_src(relative), True
    url = live_url(record, client.now())
    return url, url is not None and host is not Host.COLAB


def _beside_the_page(path: Path, client: TaskClient, root: Path | None, host: Host) -> bool:
    """Whether the page that shows the notebook gives its own folder's files to a relative link.

    VS Code sets the notebook's folder as the base of its outputs (backLayerWebView.ts).
    """
    if host is Host.EXECUTED:
        return root is None or paths.below(path, root) is not None
    if host is Host.VSCODE:
        return paths.below(path, client.notebook_folder) is not None
    return paths.below(path, root) is not None


def _poster(record: TaskRecord) -> bytes | None:
    from sora_nb.storage.films import decode

    if record.film is None:
        return None
    try:
        return decode.poster(Path(record.film.path))
    except (OSError, SoraError, ValueError):
        return None


def live_url(record: TaskRecord, now: float) -> str | None:
    """The service's own link while it lives. Links that carry a signature stay in the kernel."""
    if not record.urls or record.simulated or (record.expires_at or 0.0) <= now:
        return None
    url = record.urls[0]
    return None if "?" in url or "#" in url else url
