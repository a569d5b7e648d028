"""The sweeps and collections behind ``js/tests/fixtures/gallery``."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from sora_nb.core import lifecycle as move
from sora_nb.core.errors import BudgetExceeded, ServiceError
from sora_nb.core.lifecycle import advance
from sora_nb.core.service_facts import SIMULATOR
from sora_nb.core.task import Film, State, Submission, TaskRecord, VideoRequest
from sora_nb.display.gallery.state import GalleryState
from sora_nb.display.kit.feed import Feed
from sora_nb.display.rows.source import Source, TaskSource
from sora_nb.handles.sweep import Sweep
from sora_nb.handles.task import Task
from sora_nb.handles.tasks import Tasks
from sora_nb.planning.outlook import Outlook
from sora_nb.planning.plan import plan_rows
from tests.support.desk import Desk

from .records import (
    BOAT_FILM,
    KOI_FILM,
    LOST,
    NOW,
    PROCESSING,
    SERVICE,
    Story,
    evil,
    reported,
)

PROMPTS = (
    "A slow dolly in on a paper boat drifting down a rainy street, golden hour, handheld, warm",
    "Neon koi circling a paper lantern, aerial view, dreamlike",
    "Orbiting shot of a lighthouse at dusk, dramatic light, tense",
    "Snow falling upwards over a quiet harbour, soft diffused light",
    "קרוס־פייד איטי של ספינת נייר ברחוב גשום",
    "A kite above dunes, backlit, epic",
)
OUTLOOK = Outlook(
    new=12, reused=0, unsure=0, same=0, invalid=1, seconds=240.0, at_once=4,
    source="the service's documented times", cost=7.2, simulated=False,
    budget="$12.80 of $20.00 left per day", refusal=None,
    complaints=("row 12: duration 7 is not one of 4, 8, 12.",),
)  # fmt: skip


@dataclass
class FakeBatch:
    """What a sweep asks of the batches that it began."""

    paused: bool = False
    stopped: int = 0
    outage: ServiceError | None = None
    held: frozenset[str] = frozenset()

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    async def stop(self) -> None:
        self.stopped += 1


@dataclass
class SweepDesk(Desk):
    """The owner of a sweep. What is begun gets the keys r0, r1, …; what is for later is kept."""

    records: Sequence[TaskRecord] = ()
    refusal: BudgetExceeded | None = None
    batches: list[FakeBatch] = field(default_factory=list)
    waiting: list[Coroutine[Any, Any, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(*self.records)

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        self.waiting.append(work)

    def look_ahead(self, requests: Sequence[VideoRequest], **how: Any) -> Outlook:
        del requests, how
        return OUTLOOK

    def call(self, act: Callable[[], Any]) -> Any:
        return act()

    def batch(self, concurrency: int | None) -> Any:
        del concurrency
        self.batches.append(FakeBatch())
        return self.batches[-1]

    def begin(self, requests: Sequence[VideoRequest], batch: Any, *, new: bool) -> list[Submission]:
        del batch, new
        if self.refusal is not None:
            raise self.refusal
        begun = []
        for request in requests:
            key = f"r{len(self.board._records)}"
            story = Story(key, request.prompt, 0.0, service=SERVICE)
            self.board.put(msgspec.structs.replace(story.record(), request=request))
            begun.append(Submission(self.board[key]))
        return begun

    def begin_again(self, keys: Sequence[str], batch: Any, *, new: bool) -> list[Submission]:
        return self.begin([self.board[key].request for key in keys], batch, new=new)


def record(n: int, state: State, request: VideoRequest, **changes: Any) -> TaskRecord:
    """The task of row ``n``, some minutes old, in that state."""
    key = f"s{n:03}"
    sent = [move.Sending(), move.Accepted(task_id=f"task_{key}")]
    done = reported("success", urls=(f"https://cdn.example.com/{key}.mp4",))
    # Every other failure is one where another try cannot help.
    trouble = ("CONTENT_VIOLATION", "[likeness]") if n % 2 else ("PROCESSING_TIMEOUT", "[slow]")
    refused = reported("failed", fail_code=trouble[0], fail_message=trouble[1])
    events: dict[State, list[Any]] = {
        State.QUEUED: [],
        State.SUBMITTING: [move.Sending()],
        State.PENDING: sent,
        State.PROCESSING: [*sent, PROCESSING],
        State.SAVING: [*sent, done],
        State.READY: [*sent, done, move.Saved(film=film(n, request))],
        State.FAILED: [*sent, refused],
        State.UNSURE: [move.Sending(), LOST],
        State.STOPPED: [*sent, move.Stopped()],
    }
    age = 20.0 + 7 * n if state is not State.READY else 150.0 + 5 * n
    story = Story(key, request.prompt, age, events[state], cost=0.1 * request.duration)
    return msgspec.structs.replace(story.record(), request=request, **changes)


def film(n: int, request: VideoRequest) -> Film:
    like = KOI_FILM if request.aspect_ratio == "portrait" else BOAT_FILM
    path = f"/home/ada/films/sora_videos/2026-11-22_{'koi' if like is KOI_FILM else 'boat'}_{n}.mp4"
    return msgspec.structs.replace(
        like, path=path, sha256=f"{n:064x}", seconds=float(request.duration)
    )


def sweep_of(states: Sequence[State], *, simulated: bool = False, paused: bool = False) -> Sweep:
    """A sweep with a row in each of these states, and one that cannot be made."""
    lines = [
        {
            "prompt": PROMPTS[n % len(PROMPTS)],
            "duration": (4, 8)[n % 2],
            "aspect_ratio": ("landscape", "landscape", "portrait")[n % 3],
            "mood": ("calm", "wild")[n % 2],
            "set": "winter",
        }
        for n in range(len(states))
    ]
    bad = {"prompt": "A celebrity endorsing a toothbrush", "duration": 7, "mood": "calm"}
    planned = plan_rows([*lines, bad], on_invalid="skip")
    service = {"service": SIMULATOR, "cost": None} if simulated else {}
    records = [
        record(n, state, planned[n].request or VideoRequest(prompt="?"), **service)
        for n, state in enumerate(states)
    ]
    desk = SweepDesk(records)
    sweep = Sweep(desk, planned, concurrency=4)
    for row, found in zip(sweep.rows, records, strict=False):
        row.task = Task(desk, found.key)
    sweep._batch = FakeBatch(paused)  # type: ignore[assignment]
    return sweep


S = State
RUNNING = [S.READY, S.READY, S.FAILED, S.PROCESSING, S.SAVING, S.PENDING, S.SUBMITTING, S.UNSURE]
RUNNING += [S.STOPPED, S.QUEUED, S.QUEUED, S.QUEUED]


def planned() -> Sweep:
    """A sweep that was not started."""
    sweep = sweep_of([S.QUEUED] * 12)
    for row in sweep.rows:
        row.task = None
    sweep._batch = None
    return sweep


def done() -> Sweep:
    """All is over; two films are picked."""
    sweep = sweep_of([S.READY] * 5 + [S.FAILED], simulated=True)
    sweep.pick("s001")
    sweep.pick("s002")
    return sweep


def thousand() -> Sweep:
    """Many films, most of them ready."""
    cycle = [S.READY] * 8 + [S.FAILED, S.PROCESSING]
    return sweep_of([cycle[n % 10] for n in range(999)])


def tasks(count: int = 3) -> Source:
    """Some films that somebody wants to compare."""
    sweep = sweep_of([S.READY] * count)
    return TaskSource(Tasks([row.task for row in sweep.rows if row.task is not None]))


def hostile() -> Sweep:
    """Rows in which every string that comes from outside is markup."""
    sweep = sweep_of([S.READY, S.FAILED, S.SAVING])
    desk = sweep.client
    for row in sweep.rows:
        row.labels = {evil("name"): evil(f"label{row.index}")}
        if row.task is None:
            row.complaint = evil("error")
            continue
        was = row.task.record
        request = msgspec.structs.replace(was.request, prompt=evil("prompt"), model=evil("model"))
        desk.board.put(msgspec.structs.replace(was, request=request))
    saving = sweep.rows[2].task
    assert saving is not None
    desk.board.put(advance(saving.record, move.Noted(note=evil("note")), NOW))
    return sweep


def whole(source: Source, *, comparing: bool = False) -> dict[str, Any]:
    """What a page gets when it connects to a gallery."""
    state = GalleryState(source, comparing=comparing)
    state.head()
    feed = Feed("rows", by="n")
    feed.replace(*state.whole())
    return {**feed.whole(), "at": NOW}


def fixtures() -> dict[str, dict[str, Any]]:
    """Every fixture of a gallery by its name."""
    return {
        "gallery_planned": whole(planned()),
        "gallery_running": whole(sweep_of(RUNNING)),
        "gallery_paused": whole(sweep_of(RUNNING, paused=True)),
        "gallery_done": whole(done()),
        "gallery_comparing": whole(tasks(), comparing=True),
        "gallery_hostile": whole(hostile()),
    }
