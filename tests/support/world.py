"""One kernel's engine on stand-ins that do what their scripts say, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Protocol

from sora_nb.core.errors import JournalError
from sora_nb.core.lifecycle import new_record
from sora_nb.core.task import Film, Report, State, TaskRecord, VideoRequest
from sora_nb.engine.board import Board
from sora_nb.engine.engine import Engine
from sora_nb.engine.limits import ConcurrencyLimit, RateLimiter
from sora_nb.engine.pacing import Pacing
from sora_nb.engine.ports import Fetch
from sora_nb.engine.ports import Journal as JournalPort
from sora_nb.engine.recovery import Recovery
from sora_nb.engine.store import TaskStore
from sora_nb.engine.timers import Timers

from .virtual_time import now

SERVICE = "https://service.example/api/v1"
URL = "https://cdn.example/film.mp4"
FILM = Film(path="/films/boat.mp4", size=5, sha256="f" * 64, seconds=4.0, width=1280, height=720)
SUCCESS = Report(state="success", urls=(URL,), cost_time_ms=150_000)
PROCESSING = Report(state="processing")
FAILED = Report(state="failed", fail_code="CONTENT_VIOLATION", fail_message="no")
EMPTY = Report(state="success", problem="the service named no film")

Answer = Report | Exception
Diary = list[tuple[Any, ...]]


class Script(Protocol):
    """What the service says ``age`` seconds after it accepted a task."""

    def __call__(self, age: float) -> Answer: ...


def done_after(seconds: float, end: Answer = SUCCESS) -> Script:
    return lambda age: end if age >= seconds else PROCESSING


class FakeService:
    """``submits``: what each POST brings, in order (an id when they are used up)."""

    def __init__(self, diary: Diary) -> None:
        self.diary = diary
        self.submits: list[str | Exception | Callable[[], Awaitable[str]]] = []
        self.script: Script = done_after(150)
        self.asked: list[float] = []
        self.posts = 0
        self.closed = False
        self._accepted: dict[str, float] = {}

    @property
    def fetch(self) -> Fetch:
        raise AssertionError("the stand-in for the media fetches nothing")

    async def submit(self, request: VideoRequest) -> str:
        self.posts += 1
        self.diary.append(("POST", request.prompt))
        answer = self.submits.pop(0) if self.submits else f"task-{self.posts}"
        if isinstance(answer, Exception):
            raise answer
        task_id = answer if isinstance(answer, str) else await answer()
        self._accepted[task_id] = now()
        return task_id

    async def check(self, model: str, task_id: str) -> Report:
        self.asked.append(now())
        answer = self.script(now() - self._accepted.get(task_id, 0.0))
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def balance(self) -> float:
        return 1.0

    async def close(self) -> None:
        self.closed = True


class FakeMedia:
    """``saves``: what each attempt brings, in order (the film when they are used up);
    ``patience``: the seconds that each takes."""

    def __init__(self) -> None:
        self.there: dict[str, Film] = {}
        self.saves: list[Exception] = []
        self.tried: list[str] = []
        self.patience = 0.01

    def existing(self, record: TaskRecord) -> Film | None:
        return self.there.get(record.key)

    async def save(
        self,
        record: TaskRecord,
        fetch: object,
        *,
        url: str,
        on_progress: Callable[[int, int | None], None],
    ) -> Film:
        self.tried.append(url)
        on_progress(1, 5)
        await asyncio.sleep(self.patience)
        if self.saves:
            raise self.saves.pop(0)
        self.there[record.key] = FILM
        return FILM


class LazyFetch(FakeService):
    """A service whose ``fetch`` may be handed on, since the media never calls it."""

    @property
    def fetch(self) -> Fetch:
        return lambda *args, **kwargs: NotImplemented


class MemoryJournal:
    """The journal's contract in a dict; ``broken`` makes every call fail."""

    def __init__(self, diary: Diary | None = None) -> None:
        self.diary: Diary = [] if diary is None else diary
        self.rows: dict[str, TaskRecord] = {}
        self.broken = False
        self.closed = False

    def _check(self) -> None:
        if self.broken:
            raise JournalError("the journal cannot be written.")

    def create(self, record: TaskRecord, *, reuse: bool) -> TaskRecord:
        self._check()
        self.rows[record.key] = record
        return record

    def replace(self, old: TaskRecord, new: TaskRecord, *, durable: bool) -> bool:
        self._check()
        if self.rows.get(old.key) != old:
            return False
        self.rows[new.key] = new
        if new.state is not old.state:
            self.diary.append((new.state, new.key, durable))
        return True

    def replace_all(
        self, pairs: Sequence[tuple[TaskRecord, TaskRecord]], *, durable: bool
    ) -> frozenset[str]:
        self._check()
        kept = [self.replace(old, new, durable=durable) for old, new in pairs]
        return frozenset(new.key for (_, new), here in zip(pairs, kept, strict=True) if not here)

    def get(self, key: str) -> TaskRecord | None:
        self._check()
        return self.rows.get(key)

    def all(self) -> list[TaskRecord]:
        return list(self.rows.values())

    def close(self) -> None:
        self.closed = True


class World:
    """An engine and everything around it. Made inside a running virtual loop."""

    def __init__(
        self,
        journal: JournalPort | None = None,
        *,
        poll: str | float = "normal",
        speed: float = 1.0,
        concurrency: int = 1000,
        randomness: Callable[[], float] = lambda: 0.5,
        service: FakeService | None = None,
    ) -> None:
        loop = asyncio.get_running_loop()
        self.diary: Diary = []
        self.memory = MemoryJournal(self.diary)
        self.journal: JournalPort = journal or self.memory
        self.service = service or LazyFetch(self.diary)
        self.service.diary = self.diary
        self.media = FakeMedia()
        self.board = Board(loop.call_later)
        self.store = TaskStore(self.journal, self.board, clock=now, later=loop.call_later)
        self.speed = speed
        self.pacing = Pacing(
            poll=poll,
            speed=speed,
            job_times=self.board.job_times,
            clock=now,
            random=randomness,
        )
        self.concurrency = ConcurrencyLimit(concurrency)
        self.recovery = Recovery(self.media, self.store, now=now)
        self.engine = Engine(
            service=self.service,
            store=self.store,
            media=self.media,
            board=self.board,
            pacing=self.pacing,
            timers=Timers(clock=loop.time, later=loop.call_later),
            limiter=RateLimiter(10_000, clock=loop.time),
            concurrency=self.concurrency,
            submit_timeout=60.0,
        )

    def ask(self, key: str = "boat", **request: Any) -> str:
        """Write a task down and begin its life; gives its key."""
        request.setdefault("prompt", "a paper boat")
        record = new_record(
            key, VideoRequest(**request), service=SERVICE, now=now(), speed=self.speed
        )
        self.engine.start(self.store.create(record, reuse=False))
        return key

    def state(self, key: str = "boat") -> State:
        return self.board[key].state

    async def rest(self) -> TaskRecord:
        """The task "boat" once nothing moves any more."""
        await self.engine.at_rest()
        return self.board["boat"]

    async def until(self, states: Iterable[State], key: str = "boat") -> None:
        wanted = frozenset(states)
        while self.state(key) not in wanted:  # noqa: ASYNC110 - virtual time costs nothing
            await asyncio.sleep(0.1)

    async def until_posts(self, count: int) -> None:
        while self.service.posts < count:  # noqa: ASYNC110 - virtual time costs nothing
            await asyncio.sleep(0.1)
