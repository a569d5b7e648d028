"""The records behind ``js/tests/fixtures/panel``: what Python tells the panel in each state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from sora_nb.core import lifecycle as move
from sora_nb.core.lifecycle import Event, advance, new_record
from sora_nb.core.service_facts import SIMULATOR
from sora_nb.core.task import Failure, Film, Report, TaskRecord, VideoRequest
from sora_nb.display.card.context import CardContext
from sora_nb.display.kit.feed import Feed
from sora_nb.display.panel.panel import panel_state
from sora_nb.engine.board import Progress

NOW = 1_795_338_000.0
SERVICE = "https://api.apixo.ai/api/v1"
BOAT = "k7f3qa"
BOAT_PROMPT = (
    "A slow dolly in on a paper boat drifting down a rainy street, golden hour, handheld, warm"
)
BOAT_ID = "task_01k9v5t0r7b2m8x4c6"
BOAT_URL = "https://cdn.example.com/results/paper-boat.mp4"
BOAT_FILM = Film(
    path="/home/ada/films/sora_videos/2026-11-22_paper-boat_k7f3qa.mp4",
    size=5_452_595,
    sha256="3f9a1c2be07d5a44c1d0b9e86f2735d1a8c4e0f79b6d2e1350acbd4f8e7162a9",
    seconds=8.0,
    width=1280,
    height=720,
    fps=24.0,
)
KOI_URL = "https://cdn.example.com/results/neon-koi.mp4"
KOI_FILM = Film(
    path="/mnt/archive/2026-11-20_neon-koi_m2x9rt.mp4",
    size=2_306_867,
    sha256="84a9c022313f5a44c1d0b9e86f2735d1a8c4e0f79b6d2e1350acbd4f8e7162a9",
    seconds=4.0,
    width=720,
    height=1280,
)
PROCESSING = move.Reported(report=Report(state="processing"))


def reported(state: str, **fields: Any) -> Event:
    return move.Reported(report=Report(state=state, **fields))


@dataclass
class Story:
    """A task that was asked for ``age`` service seconds before NOW, and what happened to it."""

    key: str
    prompt: str
    age: float
    events: list[Event] = field(default_factory=list)
    service: str = SERVICE
    speed: float = 1.0
    cost: float | None = None
    request: dict[str, Any] = field(default_factory=dict)

    def record(self) -> TaskRecord:
        began = NOW - self.age / self.speed
        record = new_record(
            self.key,
            VideoRequest(prompt=self.prompt, **self.request),
            service=self.service,
            now=began,
            speed=self.speed,
            cost=self.cost,
        )
        for event in self.events:
            record = advance(record, event, began if isinstance(event, move.Sending) else NOW)
        return record


def boat(age: float, *events: Event, **fields: Any) -> TaskRecord:
    story = Story(BOAT, BOAT_PROMPT, age, list(events), request={"duration": 8})
    for name, value in {"service": SIMULATOR, **fields}.items():
        setattr(story, name, value)
    return story.record()


def koi(age: float, *events: Event) -> TaskRecord:
    request = {"duration": 4, "aspect_ratio": "portrait"}
    prompt = "Neon koi circling a paper lantern, aerial view, dreamlike"
    return Story("m2x9rt", prompt, age, list(events), cost=0.4, request=request).record()


SENT = (move.Sending(), move.Accepted(task_id=BOAT_ID))
KOI_SENT = (move.Sending(), move.Accepted(task_id="task_01k9v7w3d1n5q0z8y2"))
BOAT_DONE = reported("success", urls=(BOAT_URL,))
KOI_DONE = reported("success", urls=(KOI_URL,))
LOST = move.Lost(failure=Failure(kind="lost", message="the connection was cut after sending"))


def failed_content() -> CardContext:
    events = [
        move.Sending(),
        move.Accepted(task_id="task_01k9v8aa3f6h9j2l5p"),
        reported(
            "failed",
            fail_code="CONTENT_VIOLATION",
            fail_message="Your request was rejected as a result of our safety system. [likeness]",
        ),
    ]
    return CardContext(Story("p4t8wz", "A celebrity endorsing a toothbrush", 12, events).record())


def failed_retryable() -> CardContext:
    end = reported("failed", fail_code="PROCESSING_TIMEOUT", fail_message="Timed out.")
    return CardContext(boat(604, *SENT, PROCESSING, end))


def ready() -> CardContext:
    return CardContext(
        boat(182, *SENT, BOAT_DONE, move.Saved(film=BOAT_FILM), service=SERVICE, cost=0.8),
        shown_path="sora_videos/2026-11-22_paper-boat_k7f3qa.mp4",
        server_path="films/sora_videos/2026-11-22_paper-boat_k7f3qa.mp4",
    )


def ready_reused() -> CardContext:
    return CardContext(koi(182, *KOI_SENT, KOI_DONE, move.Saved(film=KOI_FILM)), reused=True)


def processing() -> CardContext:
    return CardContext(boat(111, *SENT, PROCESSING, speed=100.0))


def saving_trouble() -> CardContext:
    note = move.Noted(note="not saved yet: the disk is full; tried again by itself")
    return CardContext(boat(182, *SENT, BOAT_DONE, note), Progress(3_250_585, None))


def processing_overdue() -> CardContext:
    note = move.Noted(note="the service at api.apixo.ai cannot be reached; tried again by itself")
    return CardContext(koi(276, *KOI_SENT, PROCESSING, note))


def unsure() -> CardContext:
    request = {"duration": 12}
    prompt = "Orbiting shot of a lighthouse at dusk"
    return CardContext(
        Story("u5b3hc", prompt, 61, [move.Sending(), LOST], request=request).record()
    )


VIEWS: dict[str, Callable[[], list[CardContext]]] = {
    "queued": lambda: [CardContext(boat(3))],
    "submitting": lambda: [CardContext(boat(4, move.Sending()))],
    "pending": lambda: [CardContext(boat(14, *SENT))],
    "processing": lambda: [processing()],
    "processing_overdue": lambda: [processing_overdue()],
    "saving": lambda: [CardContext(boat(182, *SENT, BOAT_DONE), Progress(3_250_585, 5_452_595))],
    "saving_trouble": lambda: [saving_trouble()],
    "ready": lambda: [ready()],
    "ready_reused": lambda: [ready_reused()],
    "failed_content": lambda: [failed_content()],
    "failed_retryable": lambda: [failed_retryable()],
    "unsure": lambda: [unsure()],
    "stopped": lambda: [CardContext(boat(73, *SENT, move.Stopped()))],
    "many": lambda: [processing(), ready_reused(), failed_content()],
}


def evil(name: str) -> str:
    """Markup that would set ``globalThis.pwned`` wherever it is not treated as text."""
    act = f"globalThis.pwned='{name}'"
    return f'<img src=x onerror="{act}"><script>{act}</script>&lt;b&gt;'


def hostile_views() -> list[CardContext]:
    """Tasks in which every string that comes from outside is markup."""

    def story(key: str, *events: Event, prompt: str = evil("prompt"), model: str = "sora-2") -> Any:
        sent = [move.Sending(), move.Accepted(task_id=evil("id"))]
        request = {"duration": 8, "model": model}
        told = [*sent, *events]
        return Story(key, prompt, 9, told, service=SIMULATOR, request=request).record()

    film = Film(
        path=f"/films/{evil('path')}", size=5_452_595, sha256=evil("sha"), seconds=8.0,
        width=1280, height=720,
    )  # fmt: skip
    failed = reported("failed", fail_code=evil("code"), fail_message=evil("words"))
    done = reported("success", urls=("javascript:globalThis.pwned='url'",))
    ready = story("h3&amp;", done, move.Saved(film=film))
    return [
        CardContext(
            story(
                '"><b>h1</b>',
                PROCESSING,
                move.Noted(note=evil("note")),
                prompt=f"\u202e{evil('prompt')} שלום",
                model=evil("fact"),
            ),
            reused=True,
        ),
        CardContext(story("h2'<i>", failed)),
        CardContext(
            msgspec.structs.replace(ready, service=SERVICE),
            shown_path=evil("path"),
            server_path=f"../../{evil('server')}?token=1#x",
        ),
    ]


def whole(views: list[CardContext]) -> dict[str, Any]:
    """What a page gets when it connects to a panel of these tasks."""
    feed = Feed("cards", by="key")
    feed.replace(*panel_state(views, NOW))
    return {**feed.whole(), "at": NOW}


def hostile() -> dict[str, Any]:
    """The panel of the hostile tasks, with markup in our own words as well."""
    panel = whole(hostile_views())
    first, second, third = panel["cards"]
    for kind, badge in zip(("simulator", "reused"), first["badges"], strict=True):
        badge["text"] = evil(kind)
    first["badges"].append({"kind": "unsaved", "text": evil("unsaved")})
    marks = ("done", "now", "todo", "bad", "ask", "off")
    first["steps"] = [{"name": evil("step"), "mark": mark} for mark in marks]
    first["estimate"]["source"] = evil("source")
    second["failure"].update(title=evil("title"), advice=evil("advice"))
    third["film"]["name"] = evil("name")
    return panel


def fixtures() -> dict[str, dict[str, Any]]:
    """Every fixture by its name."""
    panels = {name: whole(views()) for name, views in VIEWS.items()}
    return {**panels, "hostile": hostile()}
