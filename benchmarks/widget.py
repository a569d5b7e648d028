"""What a change of one task costs a widget that shows N of them: bytes and CPU time.

Ours is the gallery's road from the changed key to the JSON that goes to the page: the row's fields,
the sums above the rows, the patch, its text. Beside it, in the same run, is what an ordinary widget
does: a synced trait that lists all tasks and is assigned anew. Every task goes on in turn, from
submitting to ready; N = 1, 100, 1000 and the two roads alternate, so that a busy machine slows all.
One JSON line a case. Targets: <= 200 B and <= 30 us a change, N = 1000 at most 1.1 times N = 1.

    python benchmarks/widget.py [--quick]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import anywidget
import traitlets

from benchmarks._lines import tell
from sora_nb.core import lifecycle as move
from sora_nb.core.lifecycle import advance, new_record
from sora_nb.core.task import Film, Report, TaskRecord, VideoRequest
from sora_nb.display.gallery.state import GalleryState
from sora_nb.display.kit.feed import Feed
from sora_nb.display.kit.widget import LiveWidget
from sora_nb.display.rows.snapshot import moving, row
from sora_nb.display.rows.source import TaskSource
from sora_nb.engine.board import Board
from sora_nb.handles.ports import TaskClient
from sora_nb.handles.task import Task
from sora_nb.handles.tasks import Tasks

SIZES = (1, 100, 1000)
BYTES, MICROSECONDS, RATIO = 200, 30.0, 1.1
BEGAN = 1_795_338_000.0
SERVICE = "https://api.example/api/v1"


class Desk:
    """As much of a client as a gallery asks of the owner of tasks."""

    def __init__(self) -> None:
        self.board = Board(lambda _seconds, _function: None)
        self.notebook_folder = Path()
        self.embed = False

    def now(self) -> float:
        return BEGAN + 300.0


class Ours(LiveWidget):
    """The gallery's widget; what it sends is kept as text."""

    text = ""

    def _send(self, msg: Any, buffers: Any = None) -> None:
        del buffers
        self.text = json.dumps(msg["content"]) if msg["method"] == "custom" else ""


class EveryTask(anywidget.AnyWidget):
    """An ordinary widget: all tasks in one synced trait."""

    _esm = "export default {}"
    rows: traitlets.List[Any] = traitlets.List().tag(sync=True)
    text = ""

    def _send(self, msg: Any, buffers: Any = None) -> None:
        del buffers
        self.text = json.dumps(msg["state"])


def life(key: str) -> list[TaskRecord]:
    """The records of one task, one for each change."""
    request = VideoRequest(
        prompt=f"A slow dolly in on a paper boat, golden hour, {key}", duration=8
    )
    record = new_record(key, request, service=SERVICE, now=BEGAN, cost=0.8)
    url = f"https://cdn.example/{key}.mp4"
    film = Film(
        path=f"/films/{key}.mp4", size=5_000_000, sha256="0" * 64,
        seconds=8.0, width=1280, height=720,
    )  # fmt: skip
    events = [
        move.Sending(),
        move.Accepted(task_id=f"task_{key}"),
        move.Reported(report=Report(state="processing")),
        move.Reported(report=Report(state="success", urls=(url,))),
        move.Saved(film=film),
    ]
    records = [record]
    for index, event in enumerate(events):
        records.append(advance(records[-1], event, BEGAN + 41.37 * (index + 1)))
    return records


class Gallery:
    """N tasks in our widget."""

    name = "patch"

    def __init__(self, count: int) -> None:
        self.desk = Desk()
        self.lives = [life(f"k{n:05}") for n in range(count)]
        for records in self.lives:
            self.desk.board.put(records[0])
        client = cast("TaskClient", self.desk)
        tasks = Tasks([Task(client, records[0].key) for records in self.lives])
        self.state = GalleryState(TaskSource(tasks))
        feed = Feed("rows", by="n")
        feed.replace(*self.state.whole())
        self.widget = Ours(feed, self.desk.now)

    def put(self, n: int, stage: int) -> Callable[[], None]:
        """Bring task ``n`` to a stage; gives what is to be timed."""
        record = self.lives[n][stage]
        self.desk.board.put(record)
        keys = frozenset({record.key})
        return lambda: self.widget.change(*self.state.changed(keys))


class Trait:
    """N tasks in one synced trait."""

    name = "trait of all tasks"

    def __init__(self, count: int) -> None:
        self.lives = [life(f"k{n:05}") for n in range(count)]
        self.now = [records[0] for records in self.lives]
        self.widget = EveryTask(rows=[row(n, record) for n, record in enumerate(self.now)])

    def put(self, n: int, stage: int) -> Callable[[], None]:
        """Bring task ``n`` to a stage; gives what is to be timed."""
        record = self.lives[n][stage]

        def tell() -> None:
            rows = list(self.widget.rows)
            rows[n] = {**rows[n], **moving(record)}
            self.widget.rows = rows

        return tell


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer changes")
    quick = parser.parse_args().quick
    cases = [kind(count) for kind in (Gallery, Trait) for count in SIZES]
    found = {(case.name, len(case.lives)): case for case in cases}
    times: dict[tuple[str, int], list[float]] = {key: [] for key in found}
    sizes: dict[tuple[str, int], list[int]] = {key: [] for key in found}
    for turn in range(60 if quick else 600):
        for key, case in found.items():
            for _ in range(1 if case.name == Trait.name else 5):
                measure(case, turn, times[key], sizes[key])
    base = statistics.median(times[Gallery.name, 1])
    for (name, count), measured in times.items():
        tell(summary(name, count, measured, sizes[name, count], base), "ipywidgets", "anywidget")


def measure(case: Gallery | Trait, turn: int, times: list[float], sizes: list[int]) -> None:
    """One task goes through all its stages."""
    n = (turn * 7919 + len(times)) % len(case.lives)
    for stage in range(len(case.lives[n])):
        tell = case.put(n, stage)
        case.widget.text = ""
        began = time.perf_counter_ns()
        tell()
        took = time.perf_counter_ns() - began
        if case.widget.text:  # the first round has no change from queued to queued
            times.append(took / 1000)
            sizes.append(len(case.widget.text.encode()))


def summary(
    name: str, count: int, times: list[float], sizes: list[int], base: float
) -> dict[str, Any]:
    micros = statistics.median(times)
    line: dict[str, Any] = {
        "case": name,
        "tasks": count,
        "bytes_max": max(sizes),
        "bytes_median": statistics.median(sizes),
        "us_median": round(micros, 1),
        "us_p90": round(sorted(times)[int(0.9 * len(times))], 1),
        "changes": len(times),
    }
    if name == Gallery.name:
        line["ratio_to_one"] = round(micros / base, 3)
        line["met"] = (
            max(sizes) <= BYTES and micros <= MICROSECONDS and line["ratio_to_one"] <= RATIO
        )
    return line


if __name__ == "__main__":
    main()
