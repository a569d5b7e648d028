"""Where a film is, and how a page reaches it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sora_nb.core.errors import SoraError
from sora_nb.core.task import Film, TaskRecord
from sora_nb.display.host import paths
from sora_nb.display.host.host import Host
from sora_nb.display.kit.html import data_src, relative_src
from sora_nb.display.player.embedding import Embedding

if TYPE_CHECKING:
    from sora_nb.handles.ports import TaskClient


_embedding = Embedding()  # one kernel, one notebook: what its file holds of films by itself


class FilmSource(NamedTuple):
    """Where one film is.

    ``shown`` is its path as a person would write it, ``server_path`` the one below the Jupyter
    server's root ``root``, if it is there; ``url`` the service's own link while that lives.
    """

    film: Film
    shown: str
    server_path: str | None
    root: Path | None
    folder: Path
    url: str | None

    @property
    def path(self) -> Path:
        return Path(self.film.path)

    def link(self, host: Host) -> tuple[str | None, bool]:
        """Where a page finds the film outside itself, or None; and whether it does for good."""
        reached = gives_relative_links(
            host,
            rooted=self.root is not None,
            below_root=self.server_path is not None,
            below_notebook=paths.below(self.path, self.folder) is not None,
        )
        if reached and not Path(self.shown).is_absolute():
            return relative_src(self.shown), True
        return self.url, self.url is not None and host is not Host.COLAB


def film_source_of(record: TaskRecord, client: TaskClient, root: Path | None) -> FilmSource | None:
    """Where the film of a task is; None while there is none."""
    if record.film is None:
        return None
    path, folder = Path(record.film.path), client.notebook_folder
    return FilmSource(
        record.film,
        shown=paths.beside(path, folder),
        server_path=paths.below(path, root),
        root=root,
        folder=folder,
        url=live_url(record, client.now()),
    )


def gives_relative_links(
    host: Host, *, rooted: bool, below_root: bool, below_notebook: bool
) -> bool:
    """Whether the page that shows the notebook gives a film to a relative link. ``rooted``: the
    root of a Jupyter server is known; the film lies below it, below the notebook's folder.

    VS Code sets the notebook's folder as the base of its outputs (backLayerWebView.ts).
    """
    if host is Host.EXECUTED:
        return not rooted or below_root
    return below_notebook if host is Host.VSCODE else below_root


def src_of(source: FilmSource, host: Host, *, embed: bool) -> tuple[str | None, bool]:
    """Where the page finds the film: inside itself, beside it, or at the service; whether it does.

    Colab's page reaches no file of its machine, and the service's link dies: a film that is too
    large to be kept in the notebook needs the live panel there.
    """
    if _embedding.wanted(source.film, host, embed=embed) and source.path.is_file():
        return data_src("video/mp4", source.path.read_bytes()), True
    return source.link(host)


def poster_of(record: TaskRecord) -> bytes | None:
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
