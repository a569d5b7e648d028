"""When each task acts next: the polling policy, and how trouble is spaced out.

It says how long to wait and waits for nothing. Clock and randomness come in as arguments; ``speed``
scales everything towards a simulator that runs faster than the real service.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sora_nb.core.task import TaskRecord
from sora_nb.engine.job_times import JobTimes
from sora_nb.engine.polling import next_age
from sora_nb.settings.settings import POLL_WORDS

LONGEST_BACK_OFF = 60.0
UNASKED_PAUSE = 5.0
CROWD, DEAREST = 100, 5.0
"""In a crowd a request costs more: slots are scarce, and the first of many jobs to end make the end
of the others look nearer than it is. So the price doubles for 100 tasks, up to five times."""

LOOK_AGAIN = 2.0
"""Service seconds between two looks at a task that another kernel has in hand."""


class Pacing:
    """``poll`` is a word of POLL_WORDS or a fixed interval in seconds; ``history`` is read only."""

    def __init__(
        self,
        *,
        poll: str | float,
        speed: float,
        job_times: JobTimes,
        clock: Callable[[], float],
        random: Callable[[], float],
    ) -> None:
        self._poll = poll
        self._speed = speed
        self._job_times = job_times
        self._clock = clock
        self._random = random
        self._troubles: dict[str, int] = {}

    def now(self) -> float:
        """Unix seconds of this machine."""
        return self._clock()

    def since(self, moment: float) -> float:
        """Service seconds since a moment of this machine's clock."""
        return (self._clock() - moment) * self._speed

    def real(self, seconds: float) -> float:
        """Service seconds as seconds of this machine."""
        return seconds / self._speed

    def until_next(self, record: TaskRecord, crowd: int = 1) -> float:
        """Service seconds until this task, one of a ``crowd``, is worth a status request."""
        if isinstance(self._poll, float):
            return self._poll
        age = record.age(self._clock())
        price = POLL_WORDS[self._poll] * min(DEAREST, 1 + (crowd - 1) / CROWD)
        return next_age(age, self._job_times.of(record), price) - age

    def back_off(self, key: str) -> float:
        """Service seconds to wait after trouble: full jitter, doubling, at most a minute."""
        count = self._troubles[key] = self._troubles.get(key, 0) + 1
        longest = min(LONGEST_BACK_OFF, 2.0 ** min(count, 6))
        return max(0.5, longest * self._random())

    def after_429(self, asked: float | None) -> float:
        """Seconds of this machine in which nothing is asked after a 429: what it asks for, and up
        to a tenth more, so that not all kernels of one key come back at once."""
        return self.real((asked or UNASKED_PAUSE) * (1 + 0.1 * self._random()))

    def is_third_trouble(self, key: str) -> bool:
        """Whether the trouble that is there now follows two (or five, eight, …) others."""
        return self._troubles.get(key, 0) % 3 == 2

    def is_past(self, moment: float | None) -> bool:
        """Whether a moment (Unix seconds) is known and over."""
        return moment is not None and self._clock() >= moment

    def went_well(self, key: str) -> None:
        """The trouble is over: the next one starts small again."""
        self._troubles.pop(key, None)

    def turn(self, key: str, urls: Sequence[str]) -> str:
        """The URL to try now: after trouble with one, the next of them."""
        return urls[self._troubles.get(key, 0) % len(urls)]
