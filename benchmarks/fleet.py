"""Many films at once: how late their ends are seen, for how many requests, how much CPU and memory.

The simulator runs as a process of its own, `speed` times as fast as the service, with the
service's limits (10,000 requests a minute, 1000 tasks). Each client is a process of its own, too,
and asks at once for N films, of 4, 8 and 12 s in turn (`--lengths`); they run one after another,
each new N with all of them:

    sora_nb        engine, journal (SQLite, durable) and transport as a Client has them
    every 10 s     aiohttp, a coroutine a task, the interval that the service advises from the start
    the advice     the same, but the first question after 180 s
    every 1 s      the same each second; after a 429 openai-python's back-off (0.5 to 8 s)

Prints one JSON line a client and N. `cpu_ms` is the client's process time a task, from asking until
every end is written down; not the download (benchmarks/download.py). `lag_s` and `p95_lag_s` end
with the reply that says success, in the service's seconds, by the service's own account of when
each job ended. `extra_mb` is its peak memory above what it had after one film (Linux: VmHWM and
VmRSS).

    python benchmarks/fleet.py [--quick] [--tasks 1000] [--speed 3] [--client sora_nb]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks._lines import tell
from benchmarks._lone_engine import lone_engine
from sora_nb.core.secret import Secret
from sora_nb.core.task import Report, VideoRequest
from sora_nb.service.transport import Transport

KEY = "a-key-of-the-usual-length-0123456789abcdefghijkl"
SPEEDS = {1000: 3.0, 300: 6.0, 100: 12.0, 1: 20.0}
"""Service seconds a second, by fleet: at the full rate a client sends 400 requests a second."""
TARGETS = {"requests": 26.0, "lag_s": 2.0, "cpu_ms": 12.0, "extra_mb": 5.0, "refused": 0.0}


LENGTHS = (4, 8, 12)


class Tally:
    """What one client did: requests, refusals, and how late it saw each end."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self.questions = 0
        self.refused = 0
        self.lags: list[float] = []

    def ended(self, created_ms: float, cost_time_ms: float) -> None:
        """The service says now that a job of that length, begun then, has ended."""
        age = (time.time() - created_ms / 1000) * self._speed
        self.lags.append(age - cost_time_ms / 1000)


class Watched(Transport):
    """The transport, with a look at what it brings."""

    def __init__(self, url: str, tally: Tally) -> None:
        async def endpoint() -> str:
            return url

        super().__init__(endpoint, api_key=Secret(KEY), submit_timeout=60.0, allow_loopback=True)
        self._tally = tally

    async def check(self, model: str, task_id: str) -> Report:
        self._tally.questions += 1
        report = await super().check(model, task_id)
        if report.state == "success":
            self._tally.ended(report.created_ms or 0, report.cost_time_ms or 0)
        return report


@dataclass(frozen=True)
class Fleet:
    """``count`` films asked for at once, of these lengths (seconds) in turn."""

    name: str
    count: int
    lengths: tuple[int, ...]

    def films(self) -> list[tuple[str, int]]:
        """(prompt, seconds) of each."""
        return [
            (f"{self.name}: a paper boat {number}", self.lengths[number % len(self.lengths)])
            for number in range(self.count)
        ]


Watch = Callable[[str, float, Fleet, Tally], Coroutine[Any, Any, None]]


async def with_sora_nb(url: str, speed: float, fleet: Fleet, tally: Tally) -> None:
    with lone_engine(Watched(url, tally), speed=speed) as alone:
        slow_down = alone.limiter.slow_down

        def refused(pause: float) -> None:
            tally.refused += 1
            slow_down(pause)

        alone.limiter.slow_down = refused  # type: ignore[method-assign]
        for number, (prompt, seconds) in enumerate(fleet.films()):
            alone.ask(f"k{number}", VideoRequest(prompt=prompt, duration=seconds))
        await alone.engine.at_rest()
        await alone.engine.close()


def with_aiohttp(first: float, then: float, *, back_off: bool) -> Watch:
    async def watch_all(url: str, speed: float, fleet: Fleet, tally: Tally) -> None:
        async def sleep(seconds: float) -> None:
            await asyncio.sleep(seconds / speed)

        async def one(prompt: str, seconds: int) -> None:
            given = {"mode": "text-to-video", "prompt": prompt, "duration": seconds}
            body = {"request_type": "async", "provider": "official", "input": given}
            while True:
                async with session.post(url + "/generateTask/sora-2", json=body) as reply:
                    accepted = await reply.json()
                if reply.status == 200:
                    break
                tally.refused += 1
                await sleep(5.0)
            params = {"taskId": accepted["data"]["taskId"]}
            wait, trouble = first, 0
            while True:
                await sleep(wait)
                wait = then
                tally.questions += 1
                async with session.get(url + "/statusTask/sora-2", params=params) as reply:
                    data = (await reply.json())["data"]
                if reply.status == 429:
                    tally.refused += 1
                    if back_off:
                        wait = min(0.5 * 2**trouble, 8.0) * (1 - 0.25 * random.random())
                        trouble += 1
                    continue
                trouble = 0
                if data["state"] in ("success", "failed"):
                    tally.ended(data["createTime"], data["costTime"])
                    return

        headers = {"Authorization": f"Bearer {KEY}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            await asyncio.gather(*(one(*film) for film in fleet.films()))

    return watch_all


CLIENTS: dict[str, Watch] = {
    "sora_nb": with_sora_nb,
    "every 10 s": with_aiohttp(10.0, 10.0, back_off=False),
    "the advice": with_aiohttp(180.0, 10.0, back_off=False),
    "every 1 s": with_aiohttp(1.0, 1.0, back_off=True),
}


def memory(field: str) -> float:
    """MiB that this process holds now (``VmRSS``) or held at most (``VmHWM``).

    Not ``ru_maxrss``: that of a process begins with its parent's.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    raise OSError(f"no {field}")


def be_client(client: str, url: str, speed: float, fleet: Fleet) -> None:
    """One client, in this process; prints what it did."""
    watch = CLIENTS[client]
    one = Fleet(f"[fail:GENERATION_FAILED] {fleet.name}", 1, fleet.lengths)
    warm_up = watch if client == "sora_nb" else CLIENTS["every 1 s"]
    asyncio.run(warm_up(url, speed, one, Tally(speed)))
    held, used, began = memory("VmRSS"), time.process_time(), time.monotonic()
    tally = Tally(speed)
    asyncio.run(watch(url, speed, fleet, tally))
    cpu = time.process_time() - used
    lags = sorted(tally.lags)
    line = {
        "case": "fleet",
        "client": client,
        "tasks": fleet.count,
        "lengths": fleet.lengths,
        "lag_s": round(statistics.fmean(lags), 2),
        "p95_lag_s": round(lags[int(0.95 * (len(lags) - 1))], 2),
        "requests": round(tally.questions / fleet.count, 1),
        "refused": round(tally.refused / fleet.count, 2),
        "cpu_ms": round(1000 * cpu / fleet.count, 2),
        "cpu_us_a_question": round(1e6 * cpu / tally.questions),
        "extra_mb": round(max(0.0, memory("VmHWM") - held), 1),
        "seconds": round(time.monotonic() - began, 1),
        "speed": speed,
    }
    tell(line, "aiohttp")


@contextmanager
def simulator(speed: float, folder: Path) -> Iterator[str]:
    """A simulator as a process of its own, with the films of that folder; its URL."""
    words = [sys.executable, "-m", "sora_nb.simulator", "--speed", str(speed)]
    words += ["--state", str(folder), "--films", "plain", "--exit-with-parent"]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.stdin.close()


def make_films(folder: Path, lengths: Sequence[int]) -> None:
    """One film of each length, which all tasks get: else the first would wait for its rendering."""
    with simulator(1000.0, folder) as url:
        films = Fleet("first", len(lengths), tuple(lengths))
        asyncio.run(CLIENTS["every 10 s"](url, 50.0, films, Tally(50.0)))


def measure(
    clients: list[str], speeds: dict[int, float], lengths: Sequence[int], folder: Path
) -> list[dict[str, Any]]:
    """Each client for each fleet, one after another, on a simulator of their own each."""
    lines = []
    for fleet, speed in speeds.items():
        for client in clients:
            with simulator(speed, folder) as url:
                words = [sys.executable, __file__, "--client", client, "--url", url]
                words += ["--tasks", str(fleet), "--speed", str(speed)]
                words += ["--lengths", *map(str, lengths)]
                done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
            print(done.stdout, end="", flush=True)
            lines.append(json.loads(done.stdout))
    return lines


def verdict(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The largest fleet of ours against the targets and against the service's advice."""
    largest = max(line["tasks"] for line in lines)
    found = {line["client"]: line for line in lines if line["tasks"] == largest}
    ours = found["sora_nb"]
    met = {name: ours[name] <= target for name, target in TARGETS.items()}
    out = {"case": "fleet against its targets", "tasks": largest, "met": met}
    if "the advice" in found:
        out["lag_of_the_advice"] = round(ours["lag_s"] / found["the advice"]["lag_s"], 3)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="20 short films, two clients")
    parser.add_argument("--tasks", type=int, help="only this fleet")
    parser.add_argument("--speed", type=float, help="service seconds a second")
    parser.add_argument("--lengths", type=int, nargs="+", help="seconds of film")
    parser.add_argument("--client", choices=CLIENTS, help="only this client")
    parser.add_argument("--url", help="a simulator that runs already")
    given = parser.parse_args()
    lengths = given.lengths or (LENGTHS[:1] if given.quick else LENGTHS)
    if given.url:
        fleet = Fleet(f"{given.client} of {given.tasks}", given.tasks, tuple(lengths))
        be_client(given.client, given.url, given.speed, fleet)
        return
    clients = ["sora_nb", "every 10 s"] if given.quick else list(CLIENTS)
    clients = [given.client] if given.client else clients
    fleets = [20] if given.quick else list(SPEEDS)
    fleets = [given.tasks] if given.tasks else fleets
    speeds = {fleet: given.speed or SPEEDS.get(fleet, 100.0) for fleet in fleets}
    with tempfile.TemporaryDirectory(prefix="sora_nb_bench_") as name:
        make_films(Path(name), lengths)
        lines = measure(clients, speeds, lengths, Path(name))
    if "sora_nb" in clients:
        tell(verdict(lines))


if __name__ == "__main__":
    main()
