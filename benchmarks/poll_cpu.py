"""What one question for a task's state costs in CPU: our road beside a bare aiohttp loop.

A server of its own process on this machine always answers "processing", in the service's words.
In one process, in turns (A B C A B C, medians), K questions each, one after another:

    bare aiohttp   session.get, read, json.loads
    check          Transport.check: the same with key, proxy rules, timeouts, bounds, and a Report
    whole road     the engine that asks one task again and again: timers, line, limiter, check,
                   store, board; at a fixed interval, because the learned policy would wait (its
                   own cost is measured by polling.py)

Prints one JSON line a road; `cpu_us` is this process's time (user and system) a question.

    python benchmarks/poll_cpu.py [--quick]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import statistics
import time
from multiprocessing.connection import Connection
from typing import Any

import aiohttp

from benchmarks._lines import tell
from benchmarks._lone_engine import lone_engine
from sora_nb.core.secret import Secret
from sora_nb.core.task import Report, VideoRequest
from sora_nb.service.transport import Transport

KEY = "a-key-of-the-usual-length-0123456789abcdefghijkl"
TARGET = 1.5
REPLY = {
    "code": 200,
    "message": "success",
    "data": {"taskId": "task_1", "state": "processing", "createTime": 1_795_348_800_000},
}
INTERVAL = 0.0
"""Seconds between two questions, and no ticks of a crowd: a timer that is not due yet would put the
process to sleep."""


def serve(pipe: Connection) -> None:
    """Accept every task and answer that it is processing, until the pipe ends."""
    from aiohttp import web

    async def run() -> None:
        body = json.dumps(REPLY).encode()

        async def answer(_request: web.Request) -> web.Response:
            return web.Response(body=body, content_type="application/json")

        app = web.Application()
        app.router.add_route("*", "/api/v1/{rest:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        pipe.send(f"http://127.0.0.1:{runner.addresses[0][1]}/api/v1")
        ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(pipe.fileno(), ended.set)
        await ended.wait()
        await runner.cleanup()

    asyncio.run(run())


class Enough(Transport):
    """The transport until it has asked so often; then every task has failed."""

    left = 0

    async def check(self, model: str, task_id: str) -> Report:
        self.left -= 1
        if self.left < 0:
            return Report(state="failed", fail_code="ENOUGH")
        return await super().check(model, task_id)


def transport(url: str) -> Enough:
    async def endpoint() -> str:
        return url

    return Enough(endpoint, api_key=Secret(KEY), submit_timeout=60.0, allow_loopback=True)


async def bare(url: str, count: int) -> float:
    """CPU seconds."""
    headers = {"Authorization": f"Bearer {KEY}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        used = 0.0
        for number in range(count + 1):
            if number == 1:  # the first one opened the connection
                used = time.process_time()
            async with session.get(url + "/statusTask/sora-2", params={"taskId": "task_1"}) as got:
                json.loads(await got.read())
        return time.process_time() - used


async def check(url: str, count: int) -> float:
    """CPU seconds."""
    service = transport(url)
    service.left = count + 1
    await service.check("sora-2", "task_1")
    used = time.process_time()
    for _ in range(count):
        await service.check("sora-2", "task_1")
    used = time.process_time() - used
    await service.close()
    return used


async def whole_road(url: str, count: int) -> float:
    """CPU seconds."""
    service = transport(url)
    with lone_engine(service, poll=INTERVAL, rate=1e9, tick=0.0) as alone:

        async def ask(key: str, times: int) -> float:
            service.left = times
            used = time.process_time()
            alone.ask(key, VideoRequest(prompt=key))
            await alone.engine.at_rest()
            return time.process_time() - used

        once = await ask("warm", 1)
        used = await ask("asked", count + 1)
        await alone.engine.close()
    return used - once


ROADS = {"bare aiohttp": bare, "check": check, "whole road": whole_road}


def measure(url: str, rounds: int, count: int) -> list[dict[str, Any]]:
    used: dict[str, list[float]] = {road: [] for road in ROADS}
    for _ in range(rounds):
        for road, work in ROADS.items():
            used[road].append(asyncio.run(work(url, count)) / count * 1e6)
    floor = statistics.median(used["bare aiohttp"])
    lines = []
    for road, times in used.items():
        pairs = zip(times, used["bare aiohttp"], strict=True)
        line: dict[str, Any] = {
            "case": "CPU of a question",
            "road": road,
            "cpu_us": round(statistics.median(times), 1),
            "of_bare_aiohttp": round(statistics.median(a / b for a, b in pairs), 2),
            "questions": rounds * count,
        }
        if road != "bare aiohttp":
            line |= {"target": TARGET, "met": statistics.median(times) <= TARGET * floor}
        lines.append(line)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="3 rounds of 300, not 15 of 2000")
    quick = parser.parse_args().quick
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,))
    server.start()
    there.close()
    try:
        lines = measure(here.recv(), *((3, 300) if quick else (15, 2000)))
    finally:
        here.close()
        server.join(5)
    for line in lines:
        tell(line, "aiohttp")


if __name__ == "__main__":
    main()
