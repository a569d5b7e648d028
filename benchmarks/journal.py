"""What writing a task down costs, beside the disk's own least: one write and one fdatasync.

The intent of a task is on the disk before anything is sent (WAL, synchronous=FULL). Its floor is a
file in the same folder that gets as many bytes as one intent adds to the WAL, at the same place
(the WAL begins anew each 1000 pages, and so does the file), and then fdatasync. In turns, medians:

    floor       write and fdatasync
    intent      Journal.create: a new task
    sending     Journal.replace, durable: the step before its POST
    processing  Journal.replace, not durable: follows with the next durable one

Prints one JSON line a kind, in microseconds of wall time and of CPU, and names the file system.

    python benchmarks/journal.py [--quick] [--folder DIR]
"""

from __future__ import annotations

import argparse
import itertools
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks._lines import tell
from sora_nb.core.lifecycle import Accepted, Reported, Sending, advance, new_record
from sora_nb.core.task import Report, TaskRecord, VideoRequest
from sora_nb.storage.journal.journal import Journal

TARGET = 1.5
PROMPT = "A paper boat drifts down a rainy street at golden hour, slow dolly in, warm light"
WAL_PAGES = 1000


class Floor:
    """A file that is written and synced as the WAL is."""

    def __init__(self, path: Path, size: int, limit: int) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT)
        self._bytes = os.urandom(size)
        self._limit = limit
        self._at = 0

    def write(self) -> None:
        if self._at + len(self._bytes) > self._limit:
            self._at = 0
        os.pwrite(self._file, self._bytes, self._at)
        self._at += len(self._bytes)
        getattr(os, "fdatasync", os.fsync)(self._file)

    def close(self) -> None:
        os.close(self._file)


class Stopwatch:
    """Wall and CPU time of what is done again and again, by name."""

    def __init__(self) -> None:
        self.wall: dict[str, list[float]] = {}
        self.cpu: dict[str, list[float]] = {}

    def time(self, name: str, work: Callable[[], Any]) -> None:
        cpu, wall = time.thread_time(), time.perf_counter()
        work()
        self.wall.setdefault(name, []).append((time.perf_counter() - wall) * 1e6)
        self.cpu.setdefault(name, []).append((time.thread_time() - cpu) * 1e6)


def intent(number: int) -> TaskRecord:
    request = VideoRequest(prompt=f"{PROMPT}, take {number}")
    return new_record(f"k{number:06}", request, service="benchmark", now=time.time())


def bytes_of_an_intent(folder: Path) -> int:
    """How many bytes a new task adds to the WAL; the median, because some split a page."""
    journal = Journal(folder / "size.sqlite3", clock=time.time)
    sizes = []
    for number in range(30):
        journal.create(intent(number), reuse=True)
        sizes.append((folder / "size.sqlite3-wal").stat().st_size)
    journal.close()
    return round(statistics.median(b - a for a, b in itertools.pairwise(sizes)))


def measure(folder: Path, rounds: int) -> tuple[Stopwatch, int]:
    size = bytes_of_an_intent(folder)
    floor = Floor(folder / "floor", size, WAL_PAGES * 4120)
    journal = Journal(folder / "journal.sqlite3", clock=time.time)
    watch = Stopwatch()
    runs = Reported(report=Report(state="processing"))
    for number in range(rounds):
        record = intent(number)
        watch.time("floor", floor.write)
        watch.time("intent", partial(journal.create, record, reuse=True))
        watch.time("floor", floor.write)
        sending = advance(record, Sending(), time.time())
        watch.time("sending", partial(journal.replace, record, sending, durable=True))
        accepted = advance(sending, Accepted(task_id="task_1"), time.time())
        journal.replace(sending, accepted, durable=True)
        running = advance(accepted, runs, time.time())
        watch.time("processing", partial(journal.replace, accepted, running, durable=False))
        if journal.get(record.key) != running:
            raise RuntimeError("nobody else writes this journal")
    floor.close()
    journal.close()
    return watch, size


def file_system(folder: Path) -> str:
    """The type of the mount that holds the folder, where the system tells."""
    mounts = Path("/proc/mounts")
    best, kind = "", "unknown"
    for line in mounts.read_text().splitlines() if mounts.exists() else ():
        _device, point, found, *_rest = line.split()
        inside = folder == Path(point) or Path(point) in folder.parents
        if inside and len(point) >= len(best):
            best, kind = point, found
    return kind


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="100 tasks instead of 2000")
    parser.add_argument("--folder", type=Path, help="on the disk to measure (default: temporary)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sora_nb_bench_", dir=given.folder) as name:
        folder = Path(name).resolve()
        watch, size = measure(folder, 100 if given.quick else 2000)
        about = {
            "file_system": file_system(folder),
            "bytes": size,
            "sqlite": sqlite3.sqlite_version,
        }
    floor = statistics.median(watch.wall["floor"])
    for name, times in watch.wall.items():
        wall = statistics.median(times)
        line: dict[str, Any] = {
            "case": "writing a task down",
            "row": name,
            "wall_us": round(wall, 1),
            "p95_us": round(sorted(times)[int(0.95 * (len(times) - 1))], 1),
            "cpu_us": round(statistics.median(watch.cpu[name]), 1),
            "of_the_floor": round(wall / floor, 2),
        }
        if name in ("intent", "sending"):
            line |= {"target": TARGET, "met": wall <= TARGET * floor}
        tell(line | about)


if __name__ == "__main__":
    main()
