"""How late a job's end is noticed, and for how many requests: the learned policy beside fixed ones.

A seeded simulation, no network and no clock. Jobs end by a law that the policy does not know:

    log-normal  truncated to the service's documented range
    uniform     over that range
    real        log-normal with 3 % failures after 6 to 14 s and 3 % up to three times too late

For a law with density f and survival S no policy gets mean lag x mean requests below
K = 1/2 (integral of sqrt(f S))^2. A score is lag x requests / K, so 1.00 cannot be beaten. Prints
one JSON line a case:

    first 20 tasks, all tasks   films of 4, 8, 12 s one after another, by kernels that began new
    drift, drift settled        the law moves to 1.4 times as long: the next 20 tasks, those after
    cost of a request's moment  microseconds of CPU for one next_age and for learning one end

`law known` is the same rule as `learned` with the true law in place of what was learned: what
better learning could reach at most.

    python benchmarks/polling.py [--quick]
"""

from __future__ import annotations

import argparse
import itertools
import math
import random
import statistics
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from benchmarks._lines import tell
from sora_nb.catalog.models import documented_seconds
from sora_nb.engine.polling import BIN, EndAges, next_age, prior
from sora_nb.settings.settings import POLL_WORDS

DURATIONS = (4, 8, 12)
FIRST = 20
DRIFT = 1.4
PRICE = POLL_WORDS["normal"]
FINE = 0.05
REACH = 1100.0

TARGETS = {"log-normal": 1.35, "uniform": 1.35, "real": 1.5}
FIRST_TARGET = 1.6

Ask = Callable[[float, EndAges], float]
"""A policy: the age of the next request from that of the last one and what was learned."""


@dataclass(frozen=True)
class Piece:
    """A part of a law: ``share`` of the jobs end between ``start`` and ``end`` seconds."""

    share: float
    start: float
    end: float
    log_normal: bool = False

    def density(self, age: float) -> float:
        """Unscaled; 0 outside."""
        if not self.start <= age < self.end:
            return 0.0
        if not self.log_normal:
            return 1.0
        centre = math.log(self.start * self.end) / 2
        spread = math.log(self.end / self.start) / 3
        return math.exp(-(((math.log(age) - centre) / spread) ** 2) / 2) / age


@dataclass(frozen=True)
class Law:
    """Where jobs end, on a grid of FINE seconds: ``shares[i]`` of them in its i-th step."""

    shares: tuple[float, ...]
    reached: tuple[float, ...]

    def draw(self, dice: random.Random) -> float:
        """The age at which one job ends."""
        step = bisect_left(self.reached, dice.random() * self.reached[-1])
        return FINE * (step + dice.random())

    @property
    def histogram(self) -> EndAges:
        """The law as the policy would hold it, had it seen all jobs there are."""
        weights = [0.0] * len(prior(1.0, 2.0).weights)
        for step, share in enumerate(self.shares):
            weights[min(int(FINE * (step + 0.5) / BIN), len(weights) - 1)] += share
        return EndAges(tuple(weights))

    @property
    def bound(self) -> float:
        """K, in seconds: the least mean lag x mean requests of any policy."""
        road, still = 0.0, 1.0
        for share in self.shares:
            road += math.sqrt(max(0.0, share * FINE * (still - share / 2)))
            still -= share
        return road * road / 2


@cache
def law(name: str, duration: int, stretch: float = 1.0) -> Law:
    low, high = (stretch * age for age in documented_seconds("sora-2", duration))
    usual = Piece(1.0, low, high, log_normal=name != "uniform")
    pieces = [usual]
    if name == "real":
        usual = Piece(0.94, low, high, log_normal=True)
        pieces = [usual, Piece(0.03, 6.0, 14.0), Piece(0.03, high, 3 * high)]
    ages = [FINE * (step + 0.5) for step in range(int(stretch * REACH / FINE))]
    shares = [0.0] * len(ages)
    for piece in pieces:
        raw = [piece.density(age) for age in ages]
        scale = piece.share / math.fsum(raw)
        shares = [share + scale * part for share, part in zip(shares, raw, strict=True)]
    return Law(tuple(shares), tuple(itertools.accumulate(shares)))


def learned(age: float, ends: EndAges) -> float:
    return next_age(age, ends, PRICE)


def every(seconds: float, first: float) -> Ask:
    return lambda age, _ends: age + (seconds if age else first)


def law_known(age: float, ends: EndAges) -> float:
    return next_age(age, ends, PRICE)


POLICIES: dict[str, Ask] = {
    "learned": learned,
    "law known": law_known,
    "every 1 s": every(1.0, 1.0),
    "every 10 s": every(10.0, 10.0),
    "after 180 s every 10 s": every(10.0, 180.0),
}


@dataclass(frozen=True)
class Watched:
    """One job: the age at its end, seconds from there to the reply that says so, requests, longest
    time between two of them in seconds."""

    end: float
    lag: float
    requests: int
    silence: float


def watch(ask: Ask, end: float, ends: EndAges) -> tuple[Watched, float, float]:
    """One job that ends at ``end``, and the ages of the last two requests."""
    before, age, requests, silence = 0.0, 0.0, 0, 0.0
    while age < end:
        before, age, requests = age, ask(age, ends), requests + 1
        silence = max(silence, age - before)
    return Watched(end, age - end, requests, silence), before, age


def kernel(ask: Ask, ages: Iterator[float], ends: EndAges) -> Iterator[Watched]:
    """A kernel's jobs, one after another; ``ends`` is what it believes at first. The learned policy
    alone looks at what was learned, so the others are spared the learning."""
    for end in ages:
        watched, before, by = watch(ask, end, ends)
        if ask is learned:
            ends = ends.learned(before, by)
        yield watched


def histories(
    name: str, policy: str, kernels: int, tasks: int, stretch: float = 1.0
) -> dict[int, list[list[Watched]]]:
    """By duration: what each kernel watched, after ``tasks`` jobs the same number of a law
    ``stretch`` times as long. Every policy gets the same jobs."""
    found: dict[int, list[list[Watched]]] = {}
    for duration in DURATIONS:
        found[duration] = []
        believed = prior(*documented_seconds("sora-2", duration))
        if POLICIES[policy] is law_known:
            believed = law(name, duration).histogram
        for number in range(kernels):
            dice = random.Random(f"{name}/{duration}/{number}")
            ages = [law(name, duration).draw(dice) for _ in range(tasks)]
            if stretch != 1.0:
                ages += [law(name, duration, stretch).draw(dice) for _ in range(tasks)]
            found[duration].append(list(kernel(POLICIES[policy], iter(ages), believed)))
    return found


def line(
    case: str,
    name: str,
    policy: str,
    watched: dict[int, list[list[Watched]]],
    which: slice,
    stretch: float = 1.0,
) -> dict[str, object]:
    """Lag, requests and score by duration; ``score`` is the worst of the three. The lags of early
    and late ends are the parts of the mean lag from jobs that end outside the usual range."""
    lags, requests, scores, bounds, early, late = [], [], [], [], [], []
    for duration, kernels in watched.items():
        jobs = [job for jobs in kernels for job in jobs[which]]
        lags.append(statistics.fmean(job.lag for job in jobs))
        requests.append(statistics.fmean(job.requests for job in jobs))
        bounds.append(law(name, duration, stretch).bound)
        low, high = (stretch * age for age in documented_seconds("sora-2", duration))
        early.append(sum(job.lag for job in jobs if job.end < low) / len(jobs))
        late.append(sum(job.lag for job in jobs if job.end > high) / len(jobs))
        scores.append(lags[-1] * requests[-1] / bounds[-1])
    return {
        "case": case,
        "law": name,
        "policy": policy,
        "durations": list(watched),
        "jobs": sum(len(jobs[which]) for kernels in watched.values() for jobs in kernels),
        "lag_s": [round(lag, 2) for lag in lags],
        "lag_of_early_ends_s": [round(lag, 2) for lag in early],
        "lag_of_late_ends_s": [round(lag, 2) for lag in late],
        "requests": [round(count, 1) for count in requests],
        "bound_s": [round(bound, 1) for bound in bounds],
        "scores": [round(score, 2) for score in scores],
        "score": round(max(scores), 3),
        "longest_silence_s": round(
            max(
                job.silence for jobs in watched.values() for kernel in jobs for job in kernel[which]
            )
        ),
    }


def cost(rounds: int) -> dict[str, object]:
    """CPU of the learned policy itself, on a histogram that has seen 50 ends."""
    ends = prior(120.0, 240.0)
    for _ in range(50):
        ends = ends.learned(170.0, 174.0)
    next_age(0.0, ends, PRICE)  # the first look-up makes the integral; it is paid in `learn`
    start = time.process_time()
    for number in range(rounds):
        next_age(number % 300, ends, PRICE)
    asked = time.process_time()
    for _ in range(rounds // 100):
        ends = ends.learned(170.0, 174.0)
        next_age(0.0, ends, PRICE)
    learning = time.process_time()
    return {
        "case": "cost of a request's moment",
        "next_age_us": round((asked - start) / rounds * 1e6, 2),
        "learn_us": round((learning - asked) / (rounds // 100) * 1e6, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="4 kernels a case instead of 40")
    quick = parser.parse_args().quick
    kernels, tasks = (4, 60) if quick else (40, 200)
    for name, target in TARGETS.items():
        for policy in POLICIES:
            watched = histories(name, policy, kernels, tasks)
            first = line("first 20 tasks", name, policy, watched, slice(FIRST))
            whole = line("all tasks", name, policy, watched, slice(None))
            if policy == "learned":
                first |= {"target": FIRST_TARGET}
                whole |= {"target": target}
            tell(first)
            tell(whole)
    watched = histories("log-normal", "learned", kernels, tasks, DRIFT)
    for case, which in (
        ("drift", slice(tasks, tasks + FIRST)),
        ("drift settled", slice(tasks + FIRST, None)),
    ):
        tell(line(case, "log-normal", "learned", watched, which, DRIFT))
    tell(cost(2_000 if quick else 20_000))


if __name__ == "__main__":
    main()
