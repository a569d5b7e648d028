"""What bringing a film of 20 MB to the disk costs: CPU, a blocked loop, and bytes fetched twice.

A server of its own process on this machine sends the film, with ETag and ranges. In turns
(A B C D A B C D), medians, N times each:

    curl           curl -s -o FILE, its own process: user and system time, start of the process too
    bare aiohttp   session.get, pieces of at most 256 KiB, written as they come
    download       Transport.fetch and Download: the same with checks, ETag, progress, disk trouble,
                   and the sha256 of what comes
    save           Media.save: all that, and in a thread a look at the film's boxes and its first
                   frame (PyAV), fsync, sidecar and rename: about 45 ms a film of any size
    sha256         of the same bytes in memory, for comparison

Prints one JSON line each: `cpu_ms_a_mb` (user and system time of the process a million bytes), and
for our own two the longest that one callback held the event loop, in runs of their own: `loop_ms`
of wall time, which grows with whatever else the machine does, and `loop_cpu_ms` of CPU, which is
judged. Then the server cuts the film at a third and at two thirds: `twice` is the bytes fetched
twice.

    python benchmarks/download.py [--quick]
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import multiprocessing
import re
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks._lines import tell
from sora_nb.core.errors import DownloadError
from sora_nb.core.lifecycle import new_record
from sora_nb.core.task import VideoRequest
from sora_nb.service.transport import Transport
from sora_nb.storage.films.download import Download
from sora_nb.storage.films.media import Media
from sora_nb.storage.films.part import Part

SIZE = 20_000_000
PIECE = 256 * 1024
BLOCKED_MS = 5.0
OF_CURL = 0.9

Road = Callable[[str, Path], Coroutine[Any, Any, float]]
"""Brings the film at a URL into an empty folder; gives the CPU seconds that took."""


def film(folder: Path) -> bytes:
    """An MP4 of SIZE bytes that can be played: a second of noise, and a box of nothing."""
    import av
    import numpy as np

    path, noise = folder / "film.mp4", np.random.default_rng(1)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for _ in range(24):
            picture = noise.integers(0, 255, (360, 640, 3), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    body = path.read_bytes()
    rest = SIZE - len(body)
    return body + rest.to_bytes(4, "big") + b"free" + bytes(rest - 8)


def serve(pipe: Connection, body: bytes) -> None:
    """Send the film until the pipe ends. ``/cut`` ends each answer a third of the film later."""
    from aiohttp import web

    async def answer(request: web.Request) -> web.StreamResponse:
        asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        headers = {"ETag": '"film"', "Content-Type": "video/mp4"}
        if start:
            headers["Content-Range"] = f"bytes {start}-{SIZE - 1}/{SIZE}"
        reply = web.StreamResponse(status=206 if start else 200, headers=headers)
        reply.content_length = SIZE - start
        await reply.prepare(request)
        end = start + SIZE // 3 + 1 if request.path == "/cut" else SIZE
        view = memoryview(body)
        for at in range(start, min(end, SIZE), PIECE):
            await reply.write(bytes(view[at : min(at + PIECE, end)]))
        if end < SIZE and request.transport is not None:
            pipe.send(end - start)
            request.transport.close()
        return reply

    async def run() -> None:
        app = web.Application()
        app.router.add_get("/{name}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        pipe.send(f"http://127.0.0.1:{runner.addresses[0][1]}")
        ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(pipe.fileno(), ended.set)
        await ended.wait()
        await runner.cleanup()

    asyncio.run(run())


async def with_curl(url: str, folder: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    curl = await asyncio.create_subprocess_exec("curl", "-s", "-o", folder / "film.mp4", url)
    if await curl.wait():
        raise RuntimeError("curl could not fetch the film")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - (before.ru_utime + before.ru_stime)


async def with_aiohttp(url: str, folder: Path) -> float:
    async with aiohttp.ClientSession(read_bufsize=PIECE) as session:
        used = time.process_time()
        async with session.get(url) as reply:
            with (folder / "film.mp4").open("wb", buffering=0) as file:
                while piece := await reply.content.read(PIECE):
                    file.write(piece)
        return time.process_time() - used


async def with_download(url: str, folder: Path) -> float:
    service = transport()
    used = time.process_time()
    part = Part(folder / "film.part", "film")
    await Download("film", part, lambda _got, _total: None).run(service.fetch, url)
    used = time.process_time() - used
    await service.close()
    return used


async def with_sha256(_url: str, _folder: Path) -> float:
    used = time.process_time()
    hashlib.sha256(bytes(SIZE)).hexdigest()
    return time.process_time() - used


async def with_save(url: str, folder: Path) -> float:
    service = transport()
    media = Media(folder, clock=time.time, version="benchmark")
    record = new_record("film", VideoRequest(prompt="a film"), service=url, now=time.time())
    used = time.process_time()
    await media.save(record, service.fetch, url=url, on_progress=lambda _got, _total: None)
    used = time.process_time() - used
    await service.close()
    return used


ROADS: dict[str, Road] = {
    "curl": with_curl,
    "bare aiohttp": with_aiohttp,
    "download": with_download,
    "save": with_save,
    "sha256": with_sha256,
}
OURS = ("download", "save")


def transport() -> Transport:
    async def endpoint() -> str:
        raise AssertionError("the service itself is not asked")

    return Transport(endpoint, api_key=None, submit_timeout=60.0, allow_loopback=True)


@contextmanager
def callbacks_timed() -> Iterator[list[tuple[float, float]]]:
    """(Wall, CPU) seconds that each callback of the event loop took."""
    took: list[tuple[float, float]] = []
    handle = asyncio.events.Handle
    run = handle._run

    def timed(self: asyncio.events.Handle) -> None:
        wall, cpu = time.perf_counter(), time.thread_time()
        run(self)
        took.append((time.perf_counter() - wall, time.thread_time() - cpu))

    handle._run = timed  # type: ignore[method-assign]
    try:
        yield took
    finally:
        handle._run = run  # type: ignore[method-assign]


def once(road: Road, url: str, folder: Path) -> float:
    """CPU seconds of one film."""
    here = Path(tempfile.mkdtemp(dir=folder))
    try:
        return asyncio.run(road(url, here))
    finally:
        shutil.rmtree(here)


def measure(url: str, folder: Path, rounds: int) -> list[dict[str, Any]]:
    roads = {name: road for name, road in ROADS.items() if name != "curl" or shutil.which("curl")}
    for road in roads.values():
        once(road, url, folder)  # imports, and the file's first pages
    used: dict[str, list[float]] = {name: [] for name in roads}
    blocked: dict[str, list[float]] = {name: [] for name in OURS}
    busy: dict[str, list[float]] = {name: [] for name in OURS}
    for _ in range(rounds):
        for name, road in roads.items():
            used[name].append(once(road, url, folder) / SIZE * 1e9)
        for name in OURS:
            with callbacks_timed() as took:
                once(ROADS[name], url, folder)
            blocked[name].append(max(wall for wall, _cpu in took) * 1e3)
            busy[name].append(max(cpu for _wall, cpu in took) * 1e3)
    lines = []
    for name, times in used.items():
        line: dict[str, Any] = {
            "case": "CPU of a download",
            "road": name,
            "cpu_ms_a_mb": round(statistics.median(times), 2),
        }
        if "curl" in used:
            pairs = zip(times, used["curl"], strict=True)
            line["of_curl"] = round(statistics.median(ours / its for ours, its in pairs), 2)
        if name in OURS:
            line["loop_ms"] = round(statistics.median(blocked[name]), 2)
            line["loop_cpu_ms"] = round(statistics.median(busy[name]), 2)
            if "curl" in used:
                bare = zip(times, used["sha256"], used["curl"], strict=True)
                ratios = [(ours - sha256) / its for ours, sha256, its in bare]
                line["of_curl_without_sha256"] = round(statistics.median(ratios), 2)
            line["met"] = {
                "loop": statistics.median(busy[name]) <= BLOCKED_MS,
                "of_curl": line.get("of_curl", 0.0) <= OF_CURL,
            }
        lines.append(line)
    return lines


async def resume(url: str, folder: Path, pipe: Connection) -> dict[str, Any]:
    """A film that is cut twice: what was sent in all, beyond its size."""
    service = transport()
    cuts = 0
    sent = 0
    while True:
        part = Part(folder / "film.part", "film")
        start = part.size
        try:
            await Download("film", part, lambda _got, _total: None).run(service.fetch, url)
        except DownloadError:
            cuts += 1
            sent += pipe.recv()
        else:
            sent += SIZE - start
            break
    await service.close()
    return {"case": "resume", "cuts": cuts, "sent": sent, "twice": sent - SIZE}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="3 rounds instead of 25")
    rounds = 3 if parser.parse_args().quick else 25
    with tempfile.TemporaryDirectory(prefix="sora_nb_bench_") as name:
        folder = Path(name)
        here, there = multiprocessing.Pipe()
        start = multiprocessing.get_context("spawn").Process
        server = start(target=serve, args=(there, film(folder)))
        server.start()
        there.close()
        try:
            base = here.recv()
            lines = measure(f"{base}/film", folder, rounds)
            lines.append(asyncio.run(resume(f"{base}/cut", folder, here)))
        finally:
            here.close()
            server.join(5)
    for line in lines:
        tell(line, "aiohttp")


if __name__ == "__main__":
    main()
