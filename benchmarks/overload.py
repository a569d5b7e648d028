"""1000 films at once where the service takes 33 requests a second: who waits, and how long.

A seeded simulation on the engine's own timers, queue, rate limiter, pacing and job times, in
virtual time: no network, and a result that does not depend on the machine. Films of 4, 8 and 12 s
in turn, jobs that end by a log-normal law truncated to the service's documented range (`real`:
with 3 % early failures and 3 % stragglers, as in polling.py); a request is answered at once.
Prints one JSON line a policy and law:

    learned      the engine's policy
    every 1 s    each task each second, through the same fair line (slots in due order)
    raced for    each task each second; a free slot goes to any of those who want it, by chance

`lag_s` is the time from a job's end to the reply that says so; `longest_wait_s` how long one
request waited for its slot, beside 2N/rate.

    python benchmarks/overload.py [--quick]
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import random
import statistics
from collections.abc import Callable
from typing import Any

from benchmarks._lines import tell
from benchmarks.polling import law
from sora_nb.core.lifecycle import Accepted, Reported, Sending, advance, new_record
from sora_nb.core.task import Report, TaskRecord, VideoRequest
from sora_nb.engine.job_times import JobTimes
from sora_nb.engine.limits import SHARE, RateLimiter
from sora_nb.engine.pacing import Pacing
from sora_nb.engine.request_queue import Go, RequestQueue
from sora_nb.engine.timers import TICK, Timers

RATE = 33.0
LENGTHS = (4, 8, 12)
TARGET = 0.65
RUNS = Reported(report=Report(state="processing"))
ENDED = Reported(report=Report(state="failed"))


class Alarm:
    """One timer of the virtual clock."""

    def __init__(self, function: Callable[[], None]) -> None:
        self.function: Callable[[], None] | None = function

    def cancel(self) -> None:
        self.function = None


class VirtualClock:
    """Time that passes from one timer to the next."""

    def __init__(self) -> None:
        self.now = 0.0
        self._timers: list[tuple[float, int, Alarm]] = []
        self._count = itertools.count()

    def time(self) -> float:
        return self.now

    def later(self, seconds: float, function: Callable[[], None]) -> Alarm:
        alarm = Alarm(function)
        heapq.heappush(self._timers, (self.now + seconds, next(self._count), alarm))
        return alarm

    def run(self) -> None:
        """Until no timer is left."""
        while self._timers:
            at, _number, alarm = heapq.heappop(self._timers)
            if alarm.function is not None:
                self.now = at
                alarm.function()


class RacedFor:
    """A line without order: whoever of those who wait happens to come first gets the slot."""

    def __init__(self, limiter: RateLimiter, timers: Timers, dice: random.Random) -> None:
        self._limiter, self._timers, self._dice = limiter, timers, dice
        self._waiting: list[tuple[str, Go]] = []

    def submit(self, record: TaskRecord, go: Go) -> None:
        self.ask(record.key, go)

    def ask(self, key: str, go: Go) -> None:
        self._waiting.append((key, go))
        self._serve()

    def done(self, key: str) -> None:
        """Nothing is bounded here."""

    def _serve(self) -> None:
        while self._waiting:
            now = self._timers.now()
            if self._limiter.free() > now:
                self._timers.schedule("/slot", self._limiter.free(), self._serve)
                return
            self._limiter.take(now)
            chosen = self._dice.randrange(len(self._waiting))
            self._waiting[chosen], self._waiting[-1] = self._waiting[-1], self._waiting[chosen]
            key, go = self._waiting.pop()
            go(key)


class Overload:
    """One run: N tasks from their submit to the reply that says that they ended."""

    def __init__(self, name: str, policy: str, tasks: int, seed: int) -> None:
        dice = random.Random(f"{name}/{seed}")
        self.clock = VirtualClock()
        fair = policy != "raced for"
        self.timers = Timers(
            clock=self.clock.time, later=self.clock.later, tick=TICK if fair else 0.0
        )
        limiter = RateLimiter(RATE * 60 / SHARE, clock=self.clock.time)
        self.queue = (
            RequestQueue(limiter, self.timers) if fair else RacedFor(limiter, self.timers, dice)
        )
        self.job_times = JobTimes()
        self.pacing = Pacing(
            poll="normal" if policy == "learned" else 1.0,
            speed=1.0,
            job_times=self.job_times,
            clock=self.clock.time,
            random=dice.random,
        )
        self.records: dict[str, TaskRecord] = {}
        self.ends: dict[str, float] = {}
        self.since: dict[str, float] = {}
        self.lags: list[float] = []
        self.waits: list[float] = []
        self.questions = 0
        for number in range(tasks):
            seconds = LENGTHS[number % len(LENGTHS)]
            key = f"k{number:05}"
            self.ends[key] = law(name, seconds).draw(dice)
            request = VideoRequest(prompt="a boat", duration=seconds)
            self.records[key] = new_record(key, request, service="benchmark", now=number * 1e-6)
            self.since[key] = 0.0
            self.queue.submit(self.records[key], self._sent)

    def _sent(self, key: str) -> None:
        self._answered(key)
        record = advance(self.records[key], Sending(), self.clock.now)
        self._rest(advance(record, Accepted(task_id=key), self.clock.now))

    def _rest(self, record: TaskRecord) -> None:
        self.records[record.key] = record
        due = self.clock.now + self.pacing.until_next(record, len(self.ends))
        self.timers.schedule(record.key, due, lambda: self._due(record.key))

    def _due(self, key: str) -> None:
        self.since[key] = self.clock.now
        self.queue.ask(key, self._asked)

    def _asked(self, key: str) -> None:
        self._answered(key)
        self.questions += 1
        record = self.records[key]
        late = record.age(self.clock.now) - self.ends[key]
        if late < 0:
            self._rest(advance(record, RUNS, self.clock.now))
            return
        self.lags.append(late)
        self.job_times.learn(advance(record, ENDED, self.clock.now))
        del self.records[key], self.ends[key]

    def _answered(self, key: str) -> None:
        self.waits.append(self.clock.now - self.since[key])
        self.queue.done(key)


def measure(name: str, policy: str, tasks: int, seeds: int) -> dict[str, Any]:
    runs = []
    for seed in range(seeds):
        runs.append(Overload(name, policy, tasks, seed))
        runs[-1].clock.run()
    lags = sorted(lag for run in runs for lag in run.lags)
    return {
        "case": "overload",
        "law": name,
        "policy": policy,
        "tasks": tasks,
        "requests_a_second": RATE,
        "lag_s": round(statistics.fmean(lags), 2),
        "p95_lag_s": round(lags[int(0.95 * (len(lags) - 1))], 2),
        "requests": round(sum(run.questions for run in runs) / len(lags), 1),
        "longest_wait_s": round(max(wait for run in runs for wait in run.waits), 1),
        "bound_s": round(2 * tasks / RATE, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one draw of the jobs, not five")
    seeds = 1 if parser.parse_args().quick else 5
    for name in ("log-normal", "real"):
        lines = {}
        for policy in ("learned", "every 1 s", "raced for"):
            queue = lines[policy] = measure(name, policy, 1000, seeds)
            if policy == "learned":
                queue["met"] = {"wait": queue["longest_wait_s"] <= queue["bound_s"]}
            tell(queue, "msgspec")
        ratio = lines["learned"]["lag_s"] / lines["every 1 s"]["lag_s"]
        out = {"case": "overload, learned beside every 1 s", "law": name, "ratio": round(ratio, 3)}
        tell(out | {"target": TARGET, "met": ratio <= TARGET})


if __name__ == "__main__":
    main()
