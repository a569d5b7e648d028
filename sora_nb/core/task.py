"""What a task is: the request a person made, and the frozen record of what became of it."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any, NamedTuple, NoReturn

import msgspec

from sora_nb.core.errors import SoraError
from sora_nb.core.service_facts import SIMULATOR

Json = Any


class State(StrEnum):
    """Where a task stands. The same words in Python, in the journal and on screen."""

    QUEUED = "queued"
    SUBMITTING = "submitting"
    PENDING = "pending"
    PROCESSING = "processing"
    SAVING = "saving"
    READY = "ready"
    FAILED = "failed"
    UNSURE = "unsure"
    STOPPED = "stopped"


UNFINISHED = frozenset(
    {State.QUEUED, State.SUBMITTING, State.PENDING, State.PROCESSING, State.SAVING}
)
"""States in which something still happens by itself. The others rest until a person acts."""

REUSABLE = UNFINISHED | {State.READY, State.STOPPED, State.UNSURE}
"""States whose task is given again for the same request instead of paying a second time: all but
failed. An unsure one may be charged already, a stopped one goes on at the service."""


class FrozenDict(dict[str, Json]):
    """A dict that refuses changes, so that a frozen record holds nothing that can move."""

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise TypeError("a request cannot be changed; make a new one")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(_canonical(self))

    def __reduce__(self) -> tuple[Any, ...]:
        # Copying and unpickling would otherwise fill it item by item.
        return FrozenDict, (dict(self),)


def _freeze(value: Json) -> Json:
    if isinstance(value, dict):
        return FrozenDict({str(k): _freeze(v) for k, v in value.items()})
    if isinstance(value, list | tuple):
        return tuple(_freeze(v) for v in value)
    return value


def _canonical(value: Json) -> bytes:
    return msgspec.json.encode(value, order="deterministic")


class VideoRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asked for; its fields are the arguments of ``generate``.

    ``duration`` is in seconds, ``take`` counts from 1, ``extra`` holds further input fields for
    the model as JSON values.
    """

    prompt: str
    duration: int = 4
    aspect_ratio: str = "landscape"
    image: str | None = None
    model: str = "sora-2"
    remove_watermark: bool = True
    take: int = 1
    extra: dict[str, Json] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "extra", _freeze(self.extra))

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of everything that makes two requests the same one."""
        return hashlib.sha256(_canonical(msgspec.to_builtins(self, order="sorted"))).hexdigest()


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What the service said about a task, in our words. Times are Unix milliseconds.

    ``state`` is ``pending``, ``processing``, ``success``, ``failed`` or an unknown word.
    ``urls`` holds only usable http(s) URLs; ``problem`` says why there is none, or what was odd.
    """

    state: str
    urls: tuple[str, ...] = ()
    fail_code: str | None = None
    fail_message: str | None = None
    created_ms: int | None = None
    completed_ms: int | None = None
    cost_time_ms: int | None = None
    problem: str | None = None


class Film(msgspec.Struct, frozen=True, kw_only=True):
    """A saved film: absolute path, bytes, SHA-256 (hex), seconds, pixels.

    ``fps``: frames a second; None where the file or an older journal does not tell.
    """

    path: str
    size: int
    sha256: str
    seconds: float
    width: int
    height: int
    fps: float | None = None


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a task rests without a film.

    ``kind``: ``refused`` (the submit was turned down, not charged), ``failed`` (the service ended
    the task), ``lost`` (the answer to the submit is unknown), ``gave_up`` (nothing usable came, our
    own words), ``forgotten`` (a person said so).
    ``code`` is the service's failCode or HTTP status, ``message`` its own words, shortened.
    """

    kind: str
    message: str
    code: str | None = None
    error: str | None = None


class TaskRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The truth about one task. Made only by ``new_record`` and ``lifecycle.advance``.

    Times are Unix seconds of this machine; ``cost`` is an estimate in USD or None; ``service`` is
    ``simulator`` or the base URL that the task belongs to; ``session`` the client that made it;
    ``speed`` is how much faster than the
    real service that service runs (1.0 for a real one). ``asked_at`` is when the service last said
    that the task still runs; ``ended_between`` the two ages, in the service's own seconds since the
    submit, between which it ended: that of the last such reply and that of the first other one.
    """

    key: str
    request: VideoRequest
    service: str
    state: State
    created_at: float
    speed: float = 1.0
    cost: float | None = None
    media: str | None = None
    session: str = ""
    submitted_at: float | None = None
    accepted_at: float | None = None
    ended_at: float | None = None
    task_id: str | None = None
    urls: tuple[str, ...] = ()
    expires_at: float | None = None
    film: Film | None = None
    failure: Failure | None = None
    note: str | None = None
    polls: int = 0
    service_seconds: float | None = None
    asked_at: float | None = None
    ended_between: tuple[float, float] | None = None

    @property
    def simulated(self) -> bool:
        """Whether the embedded simulator makes this film."""
        return self.service == SIMULATOR

    @property
    def finished(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.state not in UNFINISHED

    def age(self, now: float) -> float:
        """Seconds since the submit in the service's own time (since creation before that)."""
        start = self.submitted_at if self.submitted_at is not None else self.created_at
        end = self.ended_at if self.ended_at is not None else now
        return max(0.0, end - start) * self.speed


class Submission(NamedTuple):
    """What became of one request for a film. ``reused``: it already had this task, so nothing new
    was paid. ``error``: why the task has no film and none is on its way, e.g. that its film was
    made once and is lost for good."""

    record: TaskRecord
    reused: bool = False
    error: SoraError | None = None


def encode(record: TaskRecord) -> bytes:
    """The record as JSON, the form in which the journal keeps it."""
    return msgspec.json.encode(record)


def decode(data: bytes | str) -> TaskRecord:
    """The record from its JSON. Raises ``msgspec.ValidationError`` or ``msgspec.DecodeError``."""
    return msgspec.json.decode(data, type=TaskRecord)
