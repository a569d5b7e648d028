"""What is fine here and what is not: findings from facts, with one fix for each that is not. Pure.

The facts are gathered in ``doctor_facts``; what only a page can know, it says itself
(``display/browser_check``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from sora_nb.core.errors import shorten
from sora_nb.display.host.host import Host
from sora_nb.display.player.embedding import FILM_LIMIT, NOTEBOOK_LIMIT
from sora_nb.display.player.film_source import gives_relative_links

SCARCE = 1 << 30
"""Bytes of free disk below which a person should look: some hundred films."""

EXHAUSTED = 64 << 20
"""Bytes of free disk below which a film may not be saved."""


class Finding(NamedTuple):
    """``mark``: ``ok``, ``look`` (works, with a limit) or ``bad``; only ``ok`` has no ``fix``."""

    name: str
    mark: Literal["ok", "look", "bad"]
    words: str
    fix: str | None = None


@dataclass(frozen=True)
class Facts:
    """What was found. Sizes in bytes; paths as a person reads them.

    ``root``: the Jupyter server's, if known; ``below_root`` and ``below_notebook``: whether a film
    that is saved now lies below it, and below the notebook's folder. ``undecodable``: why PyAV
    plays no film. ``service_trouble``: what the service answered to a question for the balance,
    and what to do; ``balance``: USD. ``journal``: None before the first task.
    ``journal_trouble``: what ``verify`` found. ``unwritable``: of home and media, which folders
    cannot be written.
    """

    host: Host
    python: str
    versions: Mapping[str, str] = field(default_factory=dict)
    root: str | None = None
    below_root: bool = False
    below_notebook: bool = False
    embed: bool = False
    undecodable: str | None = None
    key_from: str | None = None
    simulated: bool = True
    service: str = "simulator"
    balance: float | None = None
    service_trouble: tuple[str, str] | None = None
    home: str = ""
    media: str = ""
    journal: str | None = None
    journal_mode: str = "wal"
    journal_trouble: Sequence[str] = ()
    unwritable: Sequence[str] = ()
    free: int | None = None
    old_nest_asyncio: bool = False
    loop: str | None = None


def findings(facts: Facts) -> list[Finding]:
    """All of them, in the order in which a person asks: where, what, how, with which money."""
    return [
        Finding("place", "ok", f"{facts.host.value}, Python {facts.python}"),
        *_versions(facts),
        *_loop(facts),
        _road(facts),
        *_sound(facts),
        _codec(facts),
        _key(facts),
        _service(facts),
        _journal(facts),
        _folders(facts),
    ]


def worst(found: Sequence[Finding]) -> str:
    """``bad`` if anything is, else ``look`` or ``ok``."""
    marks = {finding.mark for finding in found}
    return next(mark for mark in ("bad", "look", "ok") if mark in marks)


def text_of(found: Sequence[Finding]) -> str:
    """The findings for a terminal or a cell: one line each, a fix below where there is one."""
    lines = []
    for mark, name, words, fix in ((f.mark, f.name, f.words, f.fix) for f in found):
        lines.append(f"{mark:<5}{name:<9}{words}")
        if fix is not None:
            lines.append(f"{'':<14}fix: {fix}")
    return "\n".join(lines)


def _versions(facts: Facts) -> Iterator[Finding]:
    told = " · ".join(f"{name} {version}" for name, version in facts.versions.items())
    yield Finding("versions", "ok", told or "none of the notebook's packages is installed")
    if facts.host is Host.COLAB:
        return  # its versions are Google's choice, and tested (requirements/colab.in)
    if _older(facts, "ipywidgets", 8):
        yield Finding(
            "widgets",
            "look",
            f"ipywidgets {facts.versions['ipywidgets']} draws panels, "
            "but pages of today expect version 8",
            'pip install -U "ipywidgets>=8", then restart the kernel and reload the page',
        )
    if _older(facts, "ipykernel", 7):
        yield Finding(
            "clicks",
            "look",
            f"ipykernel {facts.versions['ipykernel']} handles a click only when no cell is busy",
            'pip install -U "ipykernel>=7.4", then restart the kernel',
        )


def _older(facts: Facts, package: str, major: int) -> bool:
    first = facts.versions.get(package, "").split(".")[0]
    return first.isdigit() and int(first) < major


def _loop(facts: Facts) -> Iterator[Finding]:
    if facts.old_nest_asyncio and not _older(facts, "ipykernel", 7):
        yield Finding(
            "loop",
            "bad",
            "nest_asyncio is loaded: with ipykernel 7 it loses the waiting cells of a Run All",
            "use nest_asyncio2 in its place (same functions), then restart the kernel",
        )
    if facts.loop is not None:
        yield Finding(
            "loop",
            "look",
            f"this kernel's loop is {facts.loop}: task.wait() stops the notebook's own coroutines",
            "write `video = await task` in place of task.wait()",
        )


def _road(facts: Facts) -> Finding:
    """How a film's bytes come to the page, and whether the notebook still shows it later."""
    host = facts.host
    if facts.embed:
        return Finding("road", "ok", "the notebook holds each film itself (embed), up to 20 MiB")
    if host in (Host.TERMINAL, Host.SCRIPT):
        return Finding("road", "ok", f"no page here: films are files in {facts.media}")
    if host is Host.COLAB:
        most, whole = FILM_LIMIT >> 20, NOTEBOOK_LIMIT >> 20
        words = (
            f"the notebook holds films up to {most} MiB, {whole} MiB in all; "
            "larger ones come from the kernel while it lives"
        )
        return Finding("road", "ok", words)
    if host is Host.MARIMO:
        return Finding("road", "ok", "films come from the kernel, by messages")
    if gives_relative_links(
        host,
        rooted=facts.root is not None,
        below_root=facts.below_root,
        below_notebook=facts.below_notebook,
    ):
        if host in (Host.EXECUTED, Host.VSCODE):
            return Finding("road", "ok", f"a relative link to the films in {facts.media}")
        return Finding("road", "ok", f"the server's /files/, from {facts.media}")
    if host is Host.VSCODE:
        return Finding(
            "road",
            "look",
            f"films in {facts.media} come from the kernel and are gone when it ends",
            "save them below the notebook's folder: unset SORA_NB_MEDIA",
        )
    why = f"outside the server's root {facts.root}" if facts.root else "no server's root is known"
    return Finding(
        "road",
        "look",
        f"films come from the kernel and are gone when it ends: {facts.media}, {why}",
        "save them below the root: sora_nb.configure(media=...)"
        if facts.root
        else "keep them in the notebook: sora_nb.configure(embed=True)",
    )


def _sound(facts: Facts) -> Iterator[Finding]:
    if facts.host.silent:
        yield Finding(
            "sound",
            "look",
            "VS Code plays H.264 but no AAC: films are silent in it",
            "open the saved file in a player, or the notebook in JupyterLab",
        )


def _codec(facts: Facts) -> Finding:
    page = "; whether the page plays it, the browser says" if facts.host.has_page else ""
    if facts.undecodable is None:
        return Finding("codec", "ok", f"PyAV decodes H.264 (posters, frames){page}")
    return Finding(
        "codec",
        "bad",
        f"PyAV decodes no film: {shorten(facts.undecodable, 200)}",
        'pip install -U --force-reinstall "av<19"',
    )


def _key(facts: Facts) -> Finding:
    if facts.key_from is not None:
        return Finding("key", "ok", f"set ({facts.key_from})")
    if facts.simulated:
        return Finding("key", "ok", "not set: the simulator is used, nothing is charged")
    return Finding("key", "bad", f"not set, but {facts.service} is asked", "set APIXO_API_KEY")


def _service(facts: Facts) -> Finding:
    if facts.simulated:
        return Finding("service", "ok", "simulator, on this machine")
    if facts.service_trouble is not None:
        words, fix = facts.service_trouble
        return Finding("service", "bad", f"{facts.service}: {shorten(words, 300)}", fix)
    left = "" if facts.balance is None else f" answers: {facts.balance:.2f} USD left"
    return Finding("service", "ok", f"{facts.service}{left}")


def _journal(facts: Facts) -> Finding:
    if facts.journal is None:
        return Finding("journal", "ok", f"none yet; it will be in {facts.home}")
    if facts.journal_trouble:
        more = len(facts.journal_trouble) - 1
        words = shorten(facts.journal_trouble[0], 300) + (f" (and {more} more)" if more else "")
        fix = f"close other kernels, copy {facts.journal} away, then look at it with SQLite"
        return Finding("journal", "bad", words, fix)
    if facts.journal_mode != "wal":
        return Finding(
            "journal",
            "look",
            f"{facts.journal} is on a file system that machines share: slower, without WAL",
            "set SORA_NB_HOME to a folder on this machine's own disk",
        )
    return Finding("journal", "ok", f"{facts.journal}, sound, WAL")


def _folders(facts: Facts) -> Finding:
    if facts.unwritable:
        closed = facts.unwritable[0]
        name = "SORA_NB_HOME" if closed == facts.home else "SORA_NB_MEDIA"
        return Finding(
            "disk", "bad", f"{closed} cannot be written", f"set {name} to a folder of yours"
        )
    if facts.free is not None and facts.free < SCARCE:
        return Finding(
            "disk",
            "bad" if facts.free < EXHAUSTED else "look",
            f"{facts.free / 1e6:.0f} MB are free for films in {facts.media}",
            "make room there, or set SORA_NB_MEDIA to another disk",
        )
    room = "" if facts.free is None else f", {facts.free / 1e9:.0f} GB free"
    return Finding("disk", "ok", f"{facts.media}{room}")
